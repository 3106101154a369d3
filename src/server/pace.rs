//! How large the requests of an upload are, learnt while it goes on.
//!
//! Larger pieces cost fewer round trips; smaller ones lose less in a cut and
//! pass more proxies. One minute a piece is aimed at (protocol.md 4.4). What
//! one upload learns, the others of the run use.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// A piece is to be on its way for so long.
const AIM: Duration = Duration::from_secs(60);

/// The size that is tried first, and up to which a file goes in one request.
pub(super) const START: u64 = 10 << 20;

/// Proxies of the usual kind take no more.
const MOST: u64 = 100 << 20;

/// Whoever wants smaller pieces wants a request for every few bytes.
const SMALLEST: u64 = 64 << 10;

/// The size of pieces, in bytes.
#[derive(Debug)]
pub(super) struct Pace {
    least: u64,
    most: AtomicU64,
    size: AtomicU64,
    /// What goes in one request.
    whole: AtomicU64,
}

impl Pace {
    /// Pieces of at least `least` bytes, and of at most what the server says, if it does.
    pub(super) fn new(least: u64, most: Option<u64>) -> Self {
        let most = most.filter(|most| *most > 0).unwrap_or(MOST).clamp(SMALLEST, MOST);
        let start = START.min(most);
        Self { least: least.min(most), most: most.into(), size: start.into(), whole: start.into() }
    }

    /// The size of the next piece.
    pub(super) fn size(&self) -> u64 {
        self.size.load(Relaxed)
    }

    /// The largest file that goes in one request.
    pub(super) fn whole(&self) -> u64 {
        self.whole.load(Relaxed)
    }

    /// A piece of `length` bytes took so long. The last one of a file is often
    /// too short to tell anything.
    pub(super) fn took(&self, length: u64, time: Duration) {
        let size = self.size();
        if length < size / 2 {
            return;
        }
        let predicted = u128::from(length) * AIM.as_millis() / time.as_millis().max(1);
        let predicted = u64::try_from(predicted).unwrap_or(u64::MAX);
        self.set(size / 2 + predicted / 2);
    }

    /// A piece of `length` bytes was cut on its way: the next one is smaller.
    pub(super) fn cut(&self, length: u64) {
        self.set(self.size().min(length / 2));
    }

    /// A request of `length` bytes was refused for its size: no other one of
    /// this run will be larger than half of it. Whether that can be tried.
    pub(super) fn refused(&self, length: u64) -> bool {
        if length <= self.least {
            return false;
        }
        let half = (length / 2).max(self.least);
        self.most.fetch_min(half, Relaxed);
        self.whole.fetch_min(half, Relaxed);
        self.set(self.size().min(length / 2));
        true
    }

    fn set(&self, size: u64) {
        self.size.store(size.clamp(self.least, self.most.load(Relaxed)), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn the_first_piece_is_as_the_server_allows() {
        let first = |most| Pace::new(5 * MIB, most).size();
        assert_eq!([first(None), first(Some(0)), first(Some(1 << 40))], [START; 3]);
        assert_eq!(first(Some(2 * MIB)), 2 * MIB);
    }

    #[test]
    fn pieces_grow_and_shrink_towards_a_minute_each() {
        let pace = Pace::new(MIB, None);
        pace.took(10 * MIB, seconds(30));
        assert_eq!(pace.size(), 15 * MIB);
        pace.took(15 * MIB, seconds(1));
        assert_eq!(pace.size(), 100 * MIB, "never beyond what proxies take");
        pace.took(100 * MIB, seconds(6000));
        assert_eq!(pace.size(), 50 * MIB + MIB / 2);
        pace.took(MIB, seconds(6000));
        assert_eq!(pace.size(), 50 * MIB + MIB / 2, "the short rest of a file tells nothing");
    }

    #[test]
    fn a_cut_halves_the_piece_down_to_the_least() {
        let pace = Pace::new(4 * MIB, None);
        pace.cut(10 * MIB);
        assert_eq!(pace.size(), 5 * MIB);
        pace.cut(5 * MIB);
        pace.cut(4 * MIB);
        assert_eq!(pace.size(), 4 * MIB);
        pace.took(4 * MIB, seconds(1));
        assert!(pace.size() > 4 * MIB, "it grows again");
    }

    #[test]
    fn what_was_refused_for_its_size_is_never_tried_again() {
        let pace = Pace::new(MIB, None);
        assert!(pace.refused(6 * MIB));
        assert_eq!((pace.size(), pace.whole()), (3 * MIB, 3 * MIB));
        pace.took(3 * MIB, seconds(1));
        assert_eq!(pace.size(), 3 * MIB);
        assert!(!pace.refused(MIB), "smaller ones are not taken by object stores");
    }
}
