//! Room as Nextcloud lists it: worked out anew only after five minutes
//! (`OC_Helper::getStorageInfo`).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How long a number is told, seconds.
const KEPT: i64 = 300;

/// What was told, and when: by person and folder.
#[derive(Debug, Default)]
pub(super) struct Rooms(Mutex<BTreeMap<(String, String), (i64, i64)>>);

impl Rooms {
    /// What is listed for the folder `at` in which there is `room`.
    pub(super) fn listed(&self, user: &str, at: &str, now: i64, room: i64) -> i64 {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = told.entry((user.to_owned(), at.to_owned())).or_insert((now, room));
        if now - kept.0 >= KEPT {
            *kept = (now, room);
        }
        kept.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_for_five_minutes() {
        let rooms = Rooms::default();
        assert_eq!(rooms.listed("a", "d", 1000, 7), 7);
        assert_eq!(rooms.listed("a", "d", 1299, 9), 7);
        assert_eq!(rooms.listed("a", "e", 1299, 9), 9);
        assert_eq!(rooms.listed("b", "d", 1299, 9), 9);
        assert_eq!(rooms.listed("a", "d", 1300, 9), 9);
    }
}
