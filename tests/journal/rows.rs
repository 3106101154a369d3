//! What goes in comes out.

use navette::journal::{Health, InMemory, Journal, OnDisk};
use navette::model::{
    Body, Change, Content, Entry, Hold, HoldReason, LocalRow, LocalSeen, Name, NodeId, Place, Rows,
    Side, Stand,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use crate::strategy::commits;

/// A folder that stands at the top of this computer's side.
pub(crate) fn folder(name: &str) -> LocalRow {
    let seen =
        LocalSeen { volume: 1, file_id: 2, born: None, size: 0, mtime: 3, ctime: 4, links: 2 };
    let place = Place::new(NodeId::ROOT, Name::new(name).unwrap());
    LocalRow::home(place, Body::Dir, None, seen)
}

/// A change that can be told from those with another number.
pub(crate) fn hold(since: i64) -> Change {
    let row = Hold { side: Side::Remote, reason: HoldReason::MountGone, since };
    Change::Hold(NodeId(since.unsigned_abs()), Some(row))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn whatever_was_committed_is_there_at_the_next_start(commits in commits()) {
        let files = InMemory::new();
        let (mut journal, health) = Journal::open(files.clone()).unwrap();
        prop_assert_eq!(health, Health::New);
        let mut expected = journal.rows().clone();
        for changes in commits {
            expected.apply(changes.clone());
            journal.commit(changes).unwrap();
            prop_assert_eq!(journal.rows(), &expected);
        }
        drop(journal);

        prop_assert_eq!(Journal::read_only(&files).unwrap(), Some(expected.clone()));
        let (journal, health) = Journal::open(files).unwrap();
        prop_assert_eq!(health, Health::Unclean);
        prop_assert_eq!(journal.rows(), &expected);
    }
}

#[test]
fn a_journal_on_disk_and_one_in_memory_hold_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let disk = OnDisk::new(dir.path().join("a/b"));
    let memory = InMemory::new();
    let (mut on_disk, _) = Journal::open(disk.clone()).unwrap();
    let (mut in_memory, _) = Journal::open(memory.clone()).unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..20 {
        for changes in commits().new_tree(&mut runner).unwrap().current() {
            on_disk.commit(changes.clone()).unwrap();
            in_memory.commit(changes).unwrap();
        }
    }
    drop((on_disk, in_memory));
    let rows = Journal::read_only(&disk).unwrap();
    assert!(rows.as_ref().is_some_and(|rows| !rows.base.is_empty() && !rows.asides.is_empty()));
    assert_eq!(rows, Journal::read_only(&memory).unwrap());
}

#[test]
fn a_new_journal_holds_nothing_and_keeps_the_roots_id_for_the_root() {
    let (journal, health) = Journal::open(InMemory::new()).unwrap();
    assert_eq!(health, Health::New);
    let mut expected = Rows::default();
    expected.pair.next_node = 1;
    expected.pair.next_aside = 1;
    assert_eq!(journal.rows(), &expected);
}

#[test]
fn of_a_commit_that_fails_nothing_is_kept() {
    let files = InMemory::new();
    let (mut journal, _) = Journal::open(files.clone()).unwrap();
    journal.commit(vec![Change::Local(NodeId(1), Some(folder("a")))]).unwrap();
    let before = journal.rows().clone();

    // A local file whose bytes nobody knows breaks I4: the table refuses it.
    let place = Place::new(NodeId::ROOT, Name::new("b").unwrap());
    let unread =
        LocalRow { entry: Entry { place, body: Body::File(Content::Unread) }, ..folder("b") };
    let changes =
        vec![Change::Local(NodeId(1), None), hold(5), Change::Local(NodeId(2), Some(unread))];
    assert!(journal.commit(changes).is_err());
    assert_eq!(journal.rows(), &before);

    journal.commit(vec![hold(6)]).unwrap();
    let after = journal.rows().clone();
    drop(journal);
    assert_eq!(Journal::read_only(&files).unwrap(), Some(after));
}

#[test]
fn an_alias_on_the_server_is_refused() {
    use navette::model::{Perms, RemoteRow, RemoteSeen};
    let (mut journal, _) = Journal::open(InMemory::new()).unwrap();
    let row = RemoteRow {
        entry: folder("a").entry,
        seen: RemoteSeen {
            file_id: None,
            etag: None,
            sha1: None,
            perms: Perms::OWN,
            size: None,
            mtime: None,
        },
        listed: None,
        holds_ignored: false,
        racy: false,
        stand: Stand::Alias(Name::new("b").unwrap()),
    };
    assert!(journal.commit(vec![Change::Remote(NodeId(1), Some(row))]).is_err());
}

#[test]
fn two_nodes_may_swap_their_names_in_one_commit() {
    let (mut journal, _) = Journal::open(InMemory::new()).unwrap();
    let at = |node, name| Change::Local(NodeId(node), Some(folder(name)));
    journal.commit(vec![at(1, "a"), at(2, "b")]).unwrap();
    journal.commit(vec![at(1, "b"), at(2, "a")]).unwrap();
    assert_eq!(journal.rows().spoken(NodeId(1)), "b");
}
