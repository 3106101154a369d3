//! Files that are always being written to: logs, mailboxes (amendment 35).
//!
//! Such a file never comes to rest, so waiting for rest would keep it from the
//! server for ever. After three looks at which it was being written to, the
//! bytes that it has at one moment are taken for its state; if it only grows,
//! they are one (`execute` proves that when it sends them). They go out at
//! most once in [`Timing::growing`]; meanwhile the file is not even read.

use std::collections::BTreeMap;

use crate::model::{Body, LocalSeen, NodeId, Rows, Timing, WaitReason};

/// Looks at which a file was being written to that make it restless.
const LOOKS: u32 = 3;

/// What is remembered of such files from look to look.
#[derive(Clone, Debug, Default)]
pub(super) struct Restless(BTreeMap<NodeId, Watched>);

#[derive(Clone, Debug)]
struct Watched {
    /// What the last look showed.
    seen: LocalSeen,
    /// Looks at which it had been written to.
    looks: u32,
    /// The evidence of the bytes that were taken for its state and are to be sent.
    taken: Option<LocalSeen>,
}

/// What to do of a file at this look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// As of any other.
    Usual,
    /// The bytes that it has now are its state.
    Take,
    /// Its row says enough: it goes out so, or waits for this reason.
    Keep(Option<WaitReason>),
}

fn nanos(time: std::time::Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

impl Restless {
    /// Says what to do of the file `node`, which shows `seen` at `now`
    /// (nanoseconds since 1970, by the volume's clock).
    pub(super) fn turn(
        &mut self,
        rows: &Rows,
        node: NodeId,
        seen: &LocalSeen,
        now: i64,
        timing: &Timing,
    ) -> Turn {
        // A date in the future says nothing about lately.
        if now.saturating_sub(seen.mtime).unsigned_abs() >= timing.still.as_nanos() as u64 {
            self.0.remove(&node);
            return Turn::Usual;
        }
        let watched = self.0.entry(node).or_insert(Watched { seen: *seen, looks: 0, taken: None });
        let written = watched.looks == 0 || !watched.seen.unchanged(seen);
        watched.seen = *seen;
        watched.looks += u32::from(written);
        let row = rows.local.get(&node);
        if watched.looks < LOOKS || row.is_some_and(|row| row.seen.unchanged(seen)) {
            return Turn::Usual;
        }
        let Some(row) = row else { return Turn::Take };
        let agreed = agreed(rows, node);
        if agreed.is_some() && is_fresh_there(rows, node, now, timing) {
            let wait = if written { WaitReason::Growing } else { WaitReason::Quiet };
            return Turn::Keep(Some(wait));
        }
        if agreed == Some(row.entry.body) {
            return Turn::Take;
        }
        if watched.taken != Some(row.seen) || !row.seen.same_object(seen) {
            return Turn::Take;
        }
        // A version whose date is that of its arrival is racy (amendment 4).
        if now.saturating_sub(row.seen.mtime) < nanos(timing.racy) {
            return Turn::Keep(Some(WaitReason::Quiet));
        }
        // Once: if it does not get there, it is read anew.
        watched.taken = None;
        Turn::Keep(None)
    }

    /// Remembers that the bytes under this evidence are to be sent.
    pub(super) fn took(&mut self, node: NodeId, seen: LocalSeen) {
        if let Some(watched) = self.0.get_mut(&node) {
            watched.taken = Some(seen);
        }
    }
}

/// What both sides agreed on last, if the server still has it.
fn agreed(rows: &Rows, node: NodeId) -> Option<Body> {
    let base = rows.base.get(&node).filter(|base| !base.presumed)?.entry.body;
    let there = rows.remote.get(&node)?.entry.body;
    (there == base).then_some(base)
}

/// Whether the server's version is so young that the next one has time.
fn is_fresh_there(rows: &Rows, node: NodeId, now: i64, timing: &Timing) -> bool {
    let date = rows.remote.get(&node).map(|row| row.seen.mtime);
    let age = |date: i64| now.saturating_sub(date.saturating_mul(1_000_000_000));
    date.is_some_and(|date| date.is_none_or(|date| age(date) < nanos(timing.growing)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        BaseRow, Change, Entry, Hash, LocalRow, Name, Perms, Place, RemoteRow, RemoteSeen, Stand,
    };

    const SECOND: i64 = 1_000_000_000;
    const NOW: i64 = 1_000_000 * SECOND;
    const LOG: NodeId = NodeId(7);

    fn seen(size: u64, mtime: i64) -> LocalSeen {
        let born = Some(1);
        LocalSeen { volume: 1, file_id: 1, born, size, mtime, ctime: mtime, links: 1 }
    }

    fn entry() -> Entry {
        let place = Place::new(NodeId::ROOT, Name::new("log").unwrap());
        Entry { place, body: Body::known(Hash([1; 32])) }
    }

    fn here(seen: LocalSeen) -> Change {
        let Entry { place, body } = entry();
        Change::Local(LOG, Some(LocalRow::home(place, body, None, seen)))
    }

    /// The server has had it since `date`, and both sides agree.
    fn there(date: Option<i64>) -> Vec<Change> {
        let (sha1, etag, size) = (None, None, 1);
        let base = BaseRow { entry: entry(), sha1, size, etag: etag.clone(), presumed: false };
        let mtime = date.map(|date| date / SECOND);
        let (file_id, perms, size) = (None, Perms::OWN, Some(1));
        let seen = RemoteSeen { file_id, etag, sha1, perms, size, mtime };
        let (listed, holds_ignored, racy, stand) = (None, false, false, Stand::Home);
        let remote = RemoteRow { entry: entry(), seen, listed, holds_ignored, racy, stand };
        vec![Change::Base(LOG, Some(base)), Change::Remote(LOG, Some(remote))]
    }

    fn look(restless: &mut Restless, rows: &Rows, seen: LocalSeen, now: i64) -> Turn {
        restless.turn(rows, LOG, &seen, now, &Timing::default())
    }

    /// A log that was written to before each of three looks, the last of which
    /// took its state.
    fn taken(rows: &mut Rows) -> (Restless, i64) {
        let mut restless = Restless::default();
        let mut turns = Vec::new();
        for second in 0..3 {
            let now = NOW + 2 * second * SECOND;
            turns.push(look(&mut restless, rows, seen(10 + second.unsigned_abs(), now), now));
        }
        assert_eq!(turns, [Turn::Usual, Turn::Usual, Turn::Take]);
        let now = NOW + 4 * SECOND;
        restless.took(LOG, seen(12, now));
        rows.apply([here(seen(12, now))]);
        (restless, now)
    }

    #[test]
    fn a_file_that_is_saved_now_and_then_is_nothing_special() {
        let (mut restless, rows) = (Restless::default(), Rows::default());
        for minute in 0..20 {
            let saved = NOW + minute * 60 * SECOND;
            let first = look(&mut restless, &rows, seen(5, saved), saved + SECOND);
            let again = look(&mut restless, &rows, seen(5, saved), saved + 3 * SECOND);
            assert_eq!((first, again), (Turn::Usual, Turn::Usual));
            let rested = look(&mut restless, &rows, seen(5, saved), saved + 20 * SECOND);
            assert_eq!(rested, Turn::Usual);
        }
    }

    #[test]
    fn what_was_taken_of_a_log_goes_out_once_it_is_older_than_its_arrival_will_be() {
        let mut rows = Rows::default();
        let (mut restless, now) = taken(&mut rows);
        let soon = now + SECOND;
        let turn = look(&mut restless, &rows, seen(14, soon), soon);
        assert_eq!(turn, Turn::Keep(Some(WaitReason::Quiet)));
        let later = now + 3 * SECOND;
        assert_eq!(look(&mut restless, &rows, seen(15, later), later), Turn::Keep(None));
        // It did not arrive: what is there now is taken.
        let after = now + 5 * SECOND;
        assert_eq!(look(&mut restless, &rows, seen(16, after), after), Turn::Take);
    }

    #[test]
    fn a_log_that_was_sent_waits_ten_minutes() {
        for date in [Some(NOW + 4 * SECOND), None] {
            let mut rows = Rows::default();
            let (mut restless, now) = taken(&mut rows);
            rows.apply(there(date));
            let soon = now + 3 * SECOND;
            let turn = look(&mut restless, &rows, seen(15, soon), soon);
            assert_eq!(turn, Turn::Keep(Some(WaitReason::Growing)));
            let turn = look(&mut restless, &rows, seen(15, soon), soon + 2 * SECOND);
            assert_eq!(turn, Turn::Keep(Some(WaitReason::Quiet)), "perhaps it came to rest");
            let turn = look(&mut restless, &rows, seen(15, soon), soon + 11 * SECOND);
            assert_eq!(turn, Turn::Usual, "it came to rest");
        }
        let mut rows = Rows::default();
        let (mut restless, now) = taken(&mut rows);
        rows.apply(there(Some(now - 601 * SECOND)));
        let soon = now + 3 * SECOND;
        assert_eq!(look(&mut restless, &rows, seen(15, soon), soon), Turn::Take);
    }

    #[test]
    fn a_new_file_under_the_name_of_a_log_is_not_its_state() {
        let mut rows = Rows::default();
        let (mut restless, now) = taken(&mut rows);
        let later = now + 3 * SECOND;
        let rotated = LocalSeen { file_id: 2, ..seen(99, later) };
        assert_eq!(look(&mut restless, &rows, rotated, later), Turn::Take);
    }
}
