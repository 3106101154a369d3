//! A power cut leaves the commits up to some point, never older than the last
//! barrier, and never a later commit without an earlier one.

use std::fs;
use std::path::Path;

use navette::journal::{Health, InMemory, Journal, OnDisk};
use navette::model::Rows;
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;

use crate::rows::hold;
use crate::strategy::commits;

/// The smallest piece that a disk writes whole.
const SECTOR: usize = 512;

/// What became of a sector that was not synced.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Old,
    New,
    Garbage,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![2 => Just(Fate::Old), 6 => Just(Fate::New), 1 => Just(Fate::Garbage)]
}

/// A file as a power cut leaves it: each sector that was written since `synced`
/// meets its fate. Old beyond the former end means that it never got there.
fn torn(synced: &[u8], written: &[u8], fates: &[Fate]) -> Vec<u8> {
    let mut left = synced.to_vec();
    let mut fates = fates.iter().cycle();
    for at in (0..written.len()).step_by(SECTOR) {
        let new = &written[at..written.len().min(at + SECTOR)];
        if synced.get(at..at + new.len()) == Some(new) {
            continue;
        }
        let fate = fates.next().copied().unwrap_or(Fate::Old);
        if matches!(fate, Fate::Old) {
            continue;
        }
        if left.len() < at + new.len() {
            left.resize(at + new.len(), 0);
        }
        match fate {
            Fate::New => left[at..at + new.len()].copy_from_slice(new),
            _ => left[at..at + new.len()].fill(0x5A),
        }
    }
    left
}

fn read(dir: &Path, name: &str) -> Vec<u8> {
    fs::read(dir.join(name)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// On real files: all bytes of the log that were written since the barrier
    /// are lost, kept or spoilt, sector by sector.
    #[test]
    fn on_a_disk_the_first_commits_after_the_barrier_survive(
        before in commits(),
        after in commits(),
        emptied in any::<bool>(),
        fates in vec(fate(), 1..64),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (mut journal, _) = Journal::open(OnDisk::new(dir.path())).unwrap();
        for changes in before {
            journal.commit(changes).unwrap();
        }
        if emptied {
            // The next commit overwrites the log from its beginning.
            let sql = "PRAGMA wal_checkpoint(PASSIVE)";
            let beside = Connection::open(dir.path().join("journal.db")).unwrap();
            beside.query_row(sql, [], |_| Ok(())).unwrap();
        }
        journal.barrier().unwrap();
        let (database, log) = (read(dir.path(), "journal.db"), read(dir.path(), "journal.db-wal"));
        let mut states = vec![journal.rows().clone()];
        for changes in after {
            journal.commit(changes).unwrap();
            states.push(journal.rows().clone());
        }
        prop_assert_eq!(&read(dir.path(), "journal.db"), &database, "only the log is written");

        let cut = tempfile::tempdir().unwrap();
        let log = torn(&log, &read(dir.path(), "journal.db-wal"), &fates);
        fs::write(cut.path().join("journal.db"), database).unwrap();
        fs::write(cut.path().join("journal.db-wal"), log).unwrap();
        let (found, health) = Journal::open(OnDisk::new(cut.path())).unwrap();
        prop_assert_eq!(health, Health::Unclean);
        prop_assert!(states.contains(found.rows()));
    }

    /// In memory exactly as many as the test says.
    #[test]
    fn in_memory_as_many_survive_as_are_kept(
        before in commits(),
        after in commits(),
        keep in 0..10_usize,
    ) {
        let files = InMemory::new();
        let (mut journal, _) = Journal::open(files.clone()).unwrap();
        for changes in before {
            journal.commit(changes).unwrap();
        }
        journal.barrier().unwrap();
        let mut states = vec![journal.rows().clone()];
        for changes in after {
            journal.commit(changes).unwrap();
            states.push(journal.rows().clone());
        }
        prop_assert_eq!(files.unsynced(), states.len() - 1);
        drop(journal);
        files.power_cut(keep);

        let (journal, health) = Journal::open(files).unwrap();
        prop_assert_eq!(health, Health::Unclean);
        prop_assert_eq!(journal.rows(), &states[keep.min(states.len() - 1)]);
    }
}

/// The test of the real log would be worth nothing if no commit were ever lost.
#[test]
fn without_a_barrier_commits_are_lost() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(OnDisk::new(dir.path())).unwrap();
    let after_cut = |journal: &mut Journal, commit: bool| -> Rows {
        journal.barrier().unwrap();
        let log = read(dir.path(), "journal.db-wal");
        if commit {
            journal.commit(vec![hold(3)]).unwrap();
        }
        let cut = tempfile::tempdir().unwrap();
        let log = torn(&log, &read(dir.path(), "journal.db-wal"), &[Fate::Garbage]);
        fs::write(cut.path().join("journal.db"), read(dir.path(), "journal.db")).unwrap();
        fs::write(cut.path().join("journal.db-wal"), log).unwrap();
        Journal::open(OnDisk::new(cut.path())).unwrap().0.rows().clone()
    };
    assert_eq!(&after_cut(&mut journal, false), journal.rows());
    assert_ne!(&after_cut(&mut journal, true), journal.rows());
    assert_eq!(&after_cut(&mut journal, false), journal.rows());
}

/// What was lost in a cut is no commit any more: new ones follow the survivors.
#[test]
fn a_journal_goes_on_from_what_a_cut_has_left() {
    let files = InMemory::new();
    let (mut journal, _) = Journal::open(files.clone()).unwrap();
    journal.commit(vec![hold(1)]).unwrap();
    journal.barrier().unwrap();
    journal.commit(vec![hold(2)]).unwrap();
    drop(journal);
    files.power_cut(0);
    let (mut journal, _) = Journal::open(files.clone()).unwrap();
    journal.commit(vec![hold(3)]).unwrap();
    drop(journal);
    files.power_cut(usize::MAX);
    let rows = Journal::read_only(&files).unwrap().unwrap();
    assert_eq!(rows.holds.keys().map(|node| node.0).collect::<Vec<_>>(), [1, 3]);
}
