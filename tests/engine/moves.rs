//! Moves, on servers with ids and without: nothing but names travels, and what
//! was changed meanwhile stays what it is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::model::RelPath;
use navette::report::End;

use super::Pair;

pub(crate) fn rename_here(pair: &Pair, from: &str, to: &str) {
    let at = |text| RelPath::parse(text).unwrap();
    pair.world.disk.user().rename(&at(from), &at(to)).unwrap();
}

fn rename_there(pair: &Pair, from: &str, to: &str) {
    pair.world.cloud().lock().user("u").rename(from, to).unwrap();
}

/// Every request from now on that changes something or moves a file's bytes.
fn writes(pair: &Pair) -> Arc<Mutex<Vec<String>>> {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = seen.clone();
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method != "PROPFIND" {
            log.lock().unwrap().push(format!("{} {}", request.method, request.path));
        }
        Fate::Proceed
    });
    seen
}

#[test]
fn a_folder_moved_here_is_one_request_on_every_family() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["a/1", "a/2", "a/3", "b/x"]);
        pair.world.pass(Duration::from_secs(60));
        let seen = writes(&pair);
        rename_here(&pair, "a", "b/a");
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.moved), (End::Equal, 1), "{dialect:?}");
        assert_eq!((report.bytes_up, report.bytes_down), (0, 0), "{dialect:?}");
        assert_eq!(*seen.lock().unwrap(), ["MOVE a"], "{dialect:?}");
        assert_eq!(pair.there(), ["b", "b/a", "b/a/1", "b/a/2", "b/a/3", "b/x"]);
    }
}

#[test]
fn a_folder_moved_there_is_renamed_here_without_a_byte_where_there_are_ids() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = Pair::synced(dialect, &["a/1", "a/2", "b/x"]);
        let seen = writes(&pair);
        rename_there(&pair, "a", "b/a");
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.moved), (End::Equal, 1), "{dialect:?}");
        assert!(seen.lock().unwrap().is_empty(), "{dialect:?}");
        assert_eq!(pair.here(), ["b", "b/a", "b/a/1", "b/a/2", "b/x"]);
    }
}

#[test]
fn a_file_moved_on_a_plain_server_is_known_by_its_bytes() {
    let pair = Pair::synced(Dialect::Plain, &["one", "two", "d/x"]);
    rename_there(&pair, "one", "d/other");
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal);
    assert_eq!((report.counts.moved, report.counts.removed_here), (1, 0));
    assert_eq!(report.counts.fetched, 0);
    assert_eq!(pair.here(), ["d", "d/other", "d/x", "two"]);
}

#[test]
fn an_equal_length_is_no_move_on_a_plain_server() {
    let pair = Pair::synced(Dialect::Plain, &["one", "two"]);
    pair.remove_there("one");
    pair.write_there("new", "eno");
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.moved), (End::Equal, 0));
    assert_eq!((report.counts.removed_here, report.counts.fetched), (1, 1));
    assert_eq!(pair.here(), ["new", "two"]);
}

#[test]
fn a_folder_that_left_another_on_a_plain_server_is_renamed_here() {
    let names = ["a/b/1", "a/b/22", "a/b/c/333", "a/4444", "d/55555"];
    let pair = Pair::synced(Dialect::Plain, &names);
    rename_there(&pair, "a/b", "d/e");
    pair.write_there("a/4444", "edited there");
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal, "{:?}", report.items);
    let counts = report.counts;
    assert_eq!((counts.moved, counts.replaced, counts.fetched, counts.removed_here), (1, 1, 0, 0));
    let now = ["a", "a/4444", "d", "d/55555", "d/e", "d/e/1", "d/e/22", "d/e/c", "d/e/c/333"];
    assert_eq!(pair.here(), now);
}

#[test]
fn what_was_done_here_in_a_folder_moved_on_a_plain_server_stays_done() {
    let pair = Pair::synced(Dialect::Plain, &["a/1", "a/22", "a/333", "a/4444"]);
    rename_there(&pair, "a", "b");
    pair.write_here("a/1", "edited here");
    pair.remove_here("a/4444");
    pair.world.pass(Duration::from_secs(10));
    let report = pair.sync().unwrap();
    assert_eq!(report.end, End::Equal, "{:?}", report.items);
    assert_eq!(pair.here(), ["b", "b/1", "b/22", "b/333"]);
    assert_eq!(pair.there(), ["b", "b/1", "b/22", "b/333"]);
    let bytes = pair.world.cloud().lock().user("u").bytes("b/1").unwrap();
    assert_eq!(bytes, "edited here");
}

#[test]
fn folders_that_change_places_meet_again() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["a/2", "a/b/1", "c/3", "d/44"]);
        // An inversion here, a swap there.
        rename_here(&pair, "a/b", "b");
        rename_here(&pair, "a", "b/a");
        if dialect != Dialect::Plain {
            rename_there(&pair, "c", "t");
            rename_there(&pair, "d", "c");
            rename_there(&pair, "t", "d");
        }
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?} {:?}", report.items);
        assert_eq!((report.bytes_up, report.bytes_down), (0, 0), "{dialect:?}");
        assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        assert!(pair.here().contains(&"b/a/2".to_owned()));
    }
}

#[test]
fn a_file_that_becomes_a_folder_and_a_folder_that_becomes_a_file() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["f", "d/x", "keep"]);
        pair.remove_here("f");
        pair.remove_here("d");
        pair.write_here("f/y", "in the folder");
        pair.write_here("d", "a file");
        pair.world.pass(Duration::from_secs(10));
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?} {:?}", report.items);
        assert_eq!(pair.here(), ["d", "f", "f/y", "keep"], "{dialect:?}");
        assert_eq!(pair.there(), ["d", "f", "f/y", "keep"], "{dialect:?}");
    }
}

#[test]
fn an_answer_lost_after_a_move_does_not_bring_back_what_is_deleted_next() {
    for dialect in Dialect::ALL {
        let pair = Pair::synced(dialect, &["a", "keep"]);
        rename_here(&pair, "a", "b");
        let mut lost = false;
        pair.world.server.set_faults(move |request: &Request<'_>| {
            match request.method == "MOVE" && !std::mem::replace(&mut lost, true) {
                true => Fate::LoseReply,
                false => Fate::Proceed,
            }
        });
        let hasty = navette::report::SyncOptions { no_wait: true, ..Default::default() };
        pair.run(hasty).unwrap();
        pair.world.server.set_faults(NoFaults);
        pair.remove_here("b");
        pair.world.pass(Duration::from_secs(60));
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Equal, "{dialect:?} {:?}", report.items);
        assert_eq!((pair.here(), pair.there()), (vec!["keep".into()], vec!["keep".into()]));
    }
}

/// As a share that is mounted twice: nothing has left the folder that did not change.
#[test]
fn a_second_thing_with_one_id_is_no_move() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        let pair = Pair::synced(dialect, &["a/f", "b/g"]);
        pair.world.cloud().lock().user("u").copy_with_id("a/f", "b/f").unwrap();
        for _ in 0..3 {
            pair.world.pass(std::time::Duration::from_secs(10));
            assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}");
            assert_eq!(pair.here(), ["a", "a/f", "b", "b/f", "b/g"], "{dialect:?}");
            assert_eq!(pair.here(), pair.there(), "{dialect:?}");
        }
        pair.write_there("a/f", "another version");
        assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}");
        let here = pair.world.disk.snapshot();
        assert_eq!(here["a/f"].as_deref(), Some(&b"another version"[..]), "{dialect:?}");
        assert_eq!(here["b/f"].as_deref(), Some(&b"a/f"[..]), "{dialect:?}");
    }
}
