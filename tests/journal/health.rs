//! In whatever state the journal is found, it opens, and says so.

use std::fs;
use std::path::Path;

use navette::journal::{Health, InMemory, Journal, JournalError, JournalFiles as _, OnDisk};
use navette::model::{Change, NodeId, Rows};
use rusqlite::Connection;

use crate::rows::{folder, hold};

const DAY: i64 = 24 * 3600;

/// A journal in `dir` with enough rows for every table to have pages of its
/// own, and what it holds.
fn filled(dir: &Path) -> (Journal, Rows) {
    let (mut journal, _) = Journal::open(OnDisk::new(dir)).unwrap();
    let row = |id| Change::Local(NodeId(id), Some(folder(&format!("folder {id}"))));
    journal.commit((1..200).map(row).chain((1..200).map(hold)).collect()).unwrap();
    let rows = journal.rows().clone();
    (journal, rows)
}

fn database(dir: &Path) -> std::path::PathBuf {
    dir.join("journal.db")
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn is_replaced(health: &Health) -> bool {
    matches!(health, Health::Restored { .. } | Health::Lost { .. })
}

#[test]
fn a_journal_that_was_closed_is_clean_and_one_that_was_dropped_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, rows) = filled(dir.path());
    journal.close().unwrap();
    for expected in [Health::Clean, Health::Unclean, Health::Unclean] {
        let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
        assert_eq!((health, journal.rows()), (expected, &rows));
    }
}

#[test]
fn a_power_cut_right_after_the_start_does_not_make_the_journal_clean_again() {
    let files = InMemory::new();
    Journal::open(files.clone()).unwrap().0.close().unwrap();
    assert_eq!(Journal::open(files.clone()).unwrap().1, Health::Clean);
    files.power_cut(0);
    assert_eq!(Journal::open(files).unwrap().1, Health::Unclean);
}

#[test]
fn only_one_process_at_a_time_may_write() {
    let dir = tempfile::tempdir().unwrap();
    let memory = InMemory::new();
    for _ in 0..2 {
        let on_disk = Journal::open(OnDisk::new(dir.path())).unwrap().0;
        let in_memory = Journal::open(memory.clone()).unwrap().0;
        let second = Journal::open(OnDisk::new(dir.path())).err();
        assert!(matches!(second, Some(JournalError::InUse)), "{second:?}");
        let second = Journal::open(memory.clone()).err();
        assert!(matches!(second, Some(JournalError::InUse)), "{second:?}");
        // Dropping ends the right as well as closing does: see the second round.
        on_disk.close().unwrap();
        drop(in_memory);
    }
}

#[test]
fn one_may_look_while_another_writes_and_after_it_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let files = OnDisk::new(dir.path().join("journal"));
    assert_eq!(Journal::read_only(&files).unwrap(), None);
    assert_eq!(names(dir.path()), [""; 0], "looking makes nothing");

    let (mut journal, mut rows) = filled(&files.dir);
    assert_eq!(Journal::read_only(&files).unwrap().as_ref(), Some(&rows));
    journal.commit(vec![hold(7)]).unwrap();
    rows.apply([hold(7)]);
    assert_eq!(Journal::read_only(&files).unwrap().as_ref(), Some(&rows));
    journal.close().unwrap();
    assert_eq!(Journal::read_only(&files).unwrap(), Some(rows));
    assert_eq!(Journal::open(files).unwrap().1, Health::Clean);
}

#[cfg(unix)]
#[test]
fn only_the_user_may_read_the_journal() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let own = dir.path().join("state/pair");
    let (mut journal, _) = filled(&own);
    journal.back_up(0).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    for folder in [own.as_path(), &dir.path().join("state")] {
        assert_eq!(mode(folder), 0o700, "{folder:?}");
    }
    let files = names(&own);
    assert_eq!(
        files,
        ["backup-1.db", "journal.db", "journal.db-shm", "journal.db-wal", "journal.lock"]
    );
    for file in files {
        assert_eq!(mode(&own.join(&file)), 0o600, "{file}");
    }
}

#[test]
fn a_newer_journal_is_refused_and_stays_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).0.close().unwrap();
    let newer = Connection::open(database(dir.path())).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    newer.close().unwrap();
    let before = fs::read(database(dir.path())).unwrap();

    for _ in 0..2 {
        let refused = Journal::open(OnDisk::new(dir.path())).err();
        assert!(matches!(refused, Some(JournalError::Newer { found: 99, .. })), "{refused:?}");
    }
    assert_eq!(fs::read(database(dir.path())).unwrap(), before);
    assert_eq!(names(dir.path()), ["journal.db", "journal.lock", "journal.seal"]);
}

#[test]
fn an_unreadable_journal_is_replaced_by_its_newest_copy() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, rows) = filled(dir.path());
    assert!(journal.back_up(1000).unwrap());
    journal.commit(vec![hold(777)]).unwrap();
    journal.close().unwrap();
    fs::write(database(dir.path()), "these are not the rows you are looking for").unwrap();

    let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    let damaged = dir.path().join("damaged-1.db");
    assert_eq!(health, Health::Restored { damaged: damaged.display().to_string() });
    assert!(fs::read_to_string(damaged).unwrap().starts_with("these are not"));

    let mut expected = rows.clone();
    expected.pair = journal.rows().pair.clone();
    assert_eq!(journal.rows(), &expected);
    assert!(journal.rows().pair.merging, "it is older than the folder (amendment 27)");
    assert!(journal.rows().pair.next_node > rows.pair.next_node + 100_000, "ids are not reused");
    drop(journal);
    let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    assert_eq!((health, journal.rows()), (Health::Unclean, &expected));
}

#[test]
fn a_copy_that_is_unreadable_too_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, rows) = filled(dir.path());
    journal.back_up(0).unwrap();
    journal.commit(vec![hold(777)]).unwrap();
    journal.back_up(DAY).unwrap();
    journal.close().unwrap();
    for bad in ["journal.db", "backup-2.db"] {
        let path = dir.path().join(bad);
        let mut bytes = fs::read(&path).unwrap();
        bytes[4096..].fill(0x5A);
        fs::write(path, bytes).unwrap();
    }
    let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    assert!(matches!(health, Health::Restored { .. }), "{health:?}");
    assert_eq!(journal.rows().holds, rows.holds);
}

#[test]
fn a_lost_journal_begins_anew_and_authorises_no_delete() {
    for bytes in [&b"garbage, and no copy"[..], &[0; 9000]] {
        let dir = tempfile::tempdir().unwrap();
        filled(dir.path()).0.close().unwrap();
        fs::write(database(dir.path()), bytes).unwrap();
        let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
        assert!(matches!(health, Health::Lost { .. }), "{health:?}");
        assert!(journal.rows().pair.merging);
        assert!(journal.rows().local.is_empty());
        assert_eq!(fs::read(dir.path().join("damaged-1.db")).unwrap(), bytes);
        drop(journal);

        // The process may end before anything is made of it.
        let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
        assert_eq!(health, Health::Unclean);
        assert!(journal.rows().pair.merging);
    }
}

#[test]
fn the_database_of_another_program_is_put_aside_not_written_to() {
    let dir = tempfile::tempdir().unwrap();
    let other = Connection::open(database(dir.path())).unwrap();
    other.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    other.close().unwrap();
    let before = fs::read(database(dir.path())).unwrap();
    let (_journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    assert!(matches!(health, Health::Lost { .. }), "{health:?}");
    assert_eq!(fs::read(dir.path().join("damaged-1.db")).unwrap(), before);
}

#[test]
fn the_log_of_a_database_that_is_gone_is_not_taken_for_the_copys_own() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, rows) = filled(dir.path());
    journal.back_up(0).unwrap();
    journal.commit(vec![hold(777)]).unwrap();
    let log = fs::read(dir.path().join("journal.db-wal")).unwrap();
    assert!(!log.is_empty());
    journal.close().unwrap();
    // As after a power cut in the middle of putting it aside.
    fs::remove_file(database(dir.path())).unwrap();
    fs::write(dir.path().join("journal.db-wal"), log).unwrap();

    let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    assert!(matches!(health, Health::Restored { .. }), "{health:?}");
    assert_eq!(journal.rows().holds, rows.holds);
}

#[test]
fn a_copy_is_put_in_place_without_the_log_that_it_finds_there() {
    let dir = tempfile::tempdir().unwrap();
    let files = OnDisk::new(dir.path());
    let (mut journal, rows) = filled(dir.path());
    journal.back_up(0).unwrap();
    journal.commit(vec![hold(777)]).unwrap();
    let log = fs::read(dir.path().join("journal.db-wal")).unwrap();
    drop(journal);
    fs::write(dir.path().join("journal.db-wal"), log).unwrap();
    files.restore(1).unwrap();
    assert_eq!(Journal::read_only(&files).unwrap().unwrap().holds, rows.holds);
}

#[test]
fn what_is_put_aside_keeps_its_log_and_the_oldest_of_it_goes() {
    let dir = tempfile::tempdir().unwrap();
    let files = OnDisk::new(dir.path());
    let (mut journal, _) = filled(dir.path());
    journal.commit(vec![hold(777)]).unwrap();
    let (database, log) = (dir.path().join("journal.db"), dir.path().join("journal.db-wal"));
    let bytes = (fs::read(&database).unwrap(), fs::read(&log).unwrap());
    drop(journal);
    for round in 1..=4 {
        fs::write(&database, &bytes.0).unwrap();
        fs::write(&log, &bytes.1).unwrap();
        assert!(files.put_aside().unwrap().ends_with(&format!("damaged-{round}.db")));
    }
    let aside = ["damaged-2.db", "damaged-3.db", "damaged-4.db"];
    let with_logs = aside.iter().flat_map(|name| [(*name).to_owned(), format!("{name}-wal")]);
    let expected: Vec<String> = with_logs.chain(["journal.lock".to_owned()]).collect();
    assert_eq!(names(dir.path()), expected);
    let last = Connection::open(dir.path().join("damaged-4.db")).unwrap();
    let sql = "SELECT count(*) FROM hold WHERE node = 777";
    assert_eq!(last.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}

/// Opens a journal with each of its pages overwritten in turn, then cut off at
/// each page and in the midst of it. Nothing may be read that was not written.
fn survives_damage_everywhere(clean: bool) {
    let dir = tempfile::tempdir().unwrap();
    let (journal, rows) = filled(dir.path());
    if clean {
        journal.close().unwrap();
    } else {
        drop(journal);
    }
    let sound = fs::read(database(dir.path())).unwrap();
    let starts = (0..sound.len()).step_by(4096);
    let overwritten = starts.clone().map(|at| {
        let mut bytes = sound.clone();
        bytes[at..at + 4096].fill(0xA5);
        bytes
    });
    let cut = starts.flat_map(|at| [at, at + 100]).skip(1).map(|at| sound[..at].to_vec());

    for bytes in overwritten.chain(cut) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(database(dir.path()), &bytes).unwrap();
        let (mut journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
        assert!(is_replaced(&health), "{health:?}: without its seal it is looked through");
        assert!(journal.rows().pair.merging && journal.rows() != &rows);
        journal.commit(vec![hold(1)]).unwrap();
    }
}

/// What SQLite cannot see: it has no checksums of its own.
#[test]
fn no_bit_of_a_closed_journal_changes_unnoticed() {
    let (dir, memory) = (tempfile::tempdir().unwrap(), InMemory::new());
    filled(dir.path()).0.close().unwrap();
    let (mut journal, _) = Journal::open(memory.clone()).unwrap();
    journal.commit(vec![hold(1)]).unwrap();
    journal.close().unwrap();
    let sound = fs::read(database(dir.path())).unwrap();
    for at in (0..sound.len()).step_by(997) {
        let hurt = tempfile::tempdir().unwrap();
        fs::copy(dir.path().join("journal.seal"), hurt.path().join("journal.seal")).unwrap();
        let mut bytes = sound.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(database(hurt.path()), bytes).unwrap();
        let (journal, health) = Journal::open(OnDisk::new(hurt.path())).unwrap();
        assert!(is_replaced(&health) && journal.rows().pair.merging, "{at}: {health:?}");
        let hurt = memory.copied();
        hurt.corrupt(|image| {
            let at = at % image.len();
            image[at] ^= 1;
        });
        assert!(is_replaced(&Journal::open(hurt).unwrap().1), "{at}");
    }
}

#[test]
fn a_seal_is_gone_before_anything_is_written_and_missed_by_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, rows) = filled(dir.path());
    assert!(!names(dir.path()).contains(&"journal.seal".to_owned()));
    journal.close().unwrap();
    assert!(names(dir.path()).contains(&"journal.seal".to_owned()));
    let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    assert_eq!(health, Health::Clean);
    assert!(!names(dir.path()).contains(&"journal.seal".to_owned()));
    journal.close().unwrap();
    // As after a power cut at its very end, or closed by an earlier version.
    fs::remove_file(dir.path().join("journal.seal")).unwrap();
    let (journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    assert_eq!((health, journal.rows()), (Health::Clean, &rows));
}

#[test]
fn a_closed_journal_is_replaced_wherever_it_is_damaged() {
    survives_damage_everywhere(true);
}

#[test]
fn an_unclean_journal_is_replaced_wherever_it_is_damaged() {
    survives_damage_everywhere(false);
}

#[test]
fn damage_that_shows_up_while_writing_is_found_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).0.close().unwrap();
    let root: u32 = Connection::open(database(dir.path()))
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'local_id'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let (mut journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    assert_eq!(health, Health::Clean);
    // An index is not read before something is written.
    let mut bytes = fs::read(database(dir.path())).unwrap();
    bytes[(root as usize - 1) * 4096..][..4096].fill(0xA5);
    fs::write(database(dir.path()), bytes).unwrap();
    assert!(journal.commit(vec![Change::Local(NodeId(1), None)]).is_err());
    journal.close().unwrap();
    let (_journal, health) = Journal::open(OnDisk::new(dir.path())).unwrap();
    assert!(matches!(health, Health::Lost { .. }), "{health:?}");
}

#[test]
fn a_copy_is_made_once_a_day_and_three_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (mut journal, rows) = filled(dir.path());
    let days = [0, DAY - 1, DAY, 3 * DAY, 3 * DAY + 5, 4 * DAY];
    let made: Vec<bool> = days.iter().map(|&now| journal.back_up(now).unwrap()).collect();
    assert_eq!(made, [true, false, true, true, false, true]);
    assert!(journal.back_up(2 * DAY).unwrap(), "the clock was set back");
    assert!(!journal.back_up(2 * DAY).unwrap());
    let kept: Vec<String> =
        names(dir.path()).into_iter().filter(|name| name.starts_with("backup")).collect();
    assert_eq!(kept, ["backup-3.db", "backup-4.db", "backup-5.db"]);
    assert_eq!(journal.rows(), &rows, "a copy changes nothing in the journal");
}

#[test]
fn a_journal_in_memory_is_restored_and_lost_like_one_on_disk() {
    let files = InMemory::new();
    let (mut journal, _) = Journal::open(files.clone()).unwrap();
    journal.commit(vec![hold(1)]).unwrap();
    drop(journal);
    files.damage(0..usize::MAX);
    let (mut journal, health) = Journal::open(files.clone()).unwrap();
    assert!(matches!(health, Health::Lost { .. }), "{health:?}");
    assert!(journal.rows().pair.merging && journal.rows().holds.is_empty());

    journal.commit(vec![hold(2)]).unwrap();
    journal.back_up(0).unwrap();
    journal.commit(vec![hold(3)]).unwrap();
    drop(journal);
    files.damage(600..usize::MAX);
    let (journal, health) = Journal::open(files).unwrap();
    assert!(matches!(health, Health::Restored { .. }), "{health:?}");
    assert!(journal.rows().pair.merging);
    assert_eq!(journal.rows().holds.keys().copied().collect::<Vec<_>>(), [NodeId(2)]);
}
