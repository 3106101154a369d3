use std::fs;

use super::super::{Entry, Filter, Query, Verb};
use super::*;

const NOW: i64 = 1_700_000_000;

fn entries(from: usize, to: usize) -> Vec<Entry> {
    (from..to).map(|file| Entry::new(NOW, Verb::Sent, format!("d/{file}"))).collect()
}

fn paths(store: &Store, query: &Query) -> Vec<String> {
    store.page(query).unwrap().into_iter().map(|kept| kept.entry.path).collect()
}

fn filled(dir: &Path, count: usize) -> Store {
    let mut store = Store::open(dir).unwrap();
    store.add(&entries(0, count), None, NOW).unwrap();
    store
}

#[test]
fn entries_come_back_whole_and_newest_first_beside_whoever_writes() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = filled(dir.path(), 3);
    let mut entry = Entry::new(NOW + 1, Verb::Conflict, "d/1");
    entry.more.copy = Some("d/1 (conflict)".to_owned());
    entry.more.cause = Some(crate::event::Cause::ShownAs("x".to_owned()));
    entry.more.here = Some(crate::event::Version { size: Some(0), date: Some(7) });
    let kept = store.add(std::slice::from_ref(&entry), None, NOW).unwrap();
    let reader = Store::read(dir.path()).unwrap().unwrap();
    assert_eq!(paths(&reader, &Query::default()), ["d/1", "d/2", "d/1", "d/0"]);
    assert_eq!(reader.of_path("d/1", 1).unwrap(), kept);
    assert_eq!(reader.of_path("d/1", 9).unwrap().len(), 2);
    assert_eq!(kept[0].entry, entry);
    let since = Query { since: Some(NOW + 1), ..Query::default() };
    assert_eq!(paths(&reader, &since), ["d/1"]);
    let filter = Some(Filter::parse("*/2").unwrap());
    assert_eq!(paths(&reader, &Query { filter, ..Query::default() }), ["d/2"]);
    let copy = Some(Filter::parse("d/1 (conflict)").unwrap());
    assert_eq!(paths(&reader, &Query { filter: copy, ..Query::default() }), ["d/1"]);
}

#[test]
fn pages_follow_one_another_without_gap_or_repetition() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path(), 10);
    let mut query = Query { limit: Some(4), ..Query::default() };
    let mut seen = Vec::new();
    loop {
        let page = store.page(&query).unwrap();
        let Some(last) = page.last() else { break };
        query.before = Some(last.id);
        seen.extend(page.into_iter().map(|kept| kept.entry.path));
    }
    let all: Vec<String> = (0..10).rev().map(|file| format!("d/{file}")).collect();
    assert_eq!(seen, all);
    let newest = store.page(&Query::default()).unwrap();
    let after = Query { after: Some(newest[2].id), ..Query::default() };
    assert_eq!(paths(&store, &after), ["d/9", "d/8"]);
}

#[test]
fn what_is_older_than_ninety_days_goes_with_the_next_write() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = filled(dir.path(), 5);
    let later = NOW + KEEP_DAYS * 24 * 3600;
    store.add(&[Entry::new(later, Verb::Sent, "new")], None, later).unwrap();
    assert_eq!(store.rows().unwrap(), 6, "ninety days are not over");
    store.add(&[Entry::new(later + 1, Verb::Sent, "newer")], None, later + 1).unwrap();
    assert_eq!(paths(&store, &Query::default()), ["newer", "new"]);
}

#[test]
fn there_are_never_more_rows_or_bytes_than_so_many() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap().bounded(100, 1 << 30);
    for batch in 0..10 {
        store.add(&entries(batch * 30, batch * 30 + 30), None, NOW).unwrap();
        assert!(store.rows().unwrap() <= 100);
    }
    assert_eq!(paths(&store, &Query::default())[0], "d/299");

    let mut store = Store::open(dir.path()).unwrap().bounded(1 << 30, 200_000);
    for batch in 0..60 {
        let long = |file: usize| Entry::new(NOW, Verb::Sent, format!("{}/{file}", "x".repeat(200)));
        let many: Vec<Entry> = (batch * 50..batch * 50 + 50).map(long).collect();
        store.add(&many, None, NOW).unwrap();
        // One batch may come on top before the oldest go.
        assert!(store.bytes().unwrap() < 260_000, "{}", store.bytes().unwrap());
    }
    assert!(store.rows().unwrap() > 200, "the newest are there");
}

#[test]
fn a_damaged_one_is_begun_anew_and_says_so_to_those_who_only_read() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path(), 2000));
    let path = dir.path().join("activity.db");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    let read = Store::read(dir.path());
    let damaged = |error: ActivityError| matches!(error, ActivityError::Damaged(_));
    let shown = read.and_then(|store| store.unwrap().page(&Query::default()));
    assert!(shown.is_err_and(damaged));
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(store.rows().unwrap(), 0);
    store.add(&entries(0, 1), None, NOW).unwrap();
    assert_eq!(paths(&store, &Query::default()), ["d/0"]);

    for junk in [&b"no database at all, only words"[..], b""] {
        drop(store);
        Store::forget(dir.path()).unwrap();
        fs::write(&path, junk).unwrap();
        store = Store::open(dir.path()).unwrap();
        store.add(&entries(0, 1), None, NOW).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn one_that_is_damaged_while_it_is_open_is_begun_anew_with_the_next_write() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path(), 2000);
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    let path = dir.path().join("activity.db");
    let length = fs::metadata(&path).unwrap().len() as usize;
    // In place, and of what is read anew.
    store.connection.execute_batch("PRAGMA shrink_memory").unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, &vec![0xA5; length - 4096], 4096).unwrap();
    let kept = store.add(&entries(5, 6), None, NOW).unwrap();
    assert_eq!(paths(&store, &Query::default()), ["d/5"]);
    assert!(kept[0].id >= NOW * PER_SECOND, "no id is given again");
}

#[test]
fn an_entry_of_a_later_version_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path(), 2);
    store
        .connection
        .execute("UPDATE entry SET verb = 'teleported' WHERE path = 'd/1'", [])
        .unwrap();
    assert_eq!(paths(&store, &Query::default()), ["d/0"]);
}

#[cfg(unix)]
#[test]
fn only_its_user_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let store = filled(dir.path(), 1);
    for suffix in ["", "-wal", "-shm"] {
        let path = dir.path().join(format!("activity.db{suffix}"));
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{suffix}");
    }
    drop(store);
}
