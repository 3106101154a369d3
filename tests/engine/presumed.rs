//! A first comparison without checksums: what looks equal is presumed so, and
//! never a licence to delete or overwrite (amendment 32).

use std::time::Duration;

use navette::cloud::Dialect;
use navette::event::Comparison;
use navette::model::RelPath;
use navette::report::{End, Report, SyncOptions};

use crate::Pair;

/// Both sides hold these files, with one date and the same or other bytes of
/// the same length, and were never compared.
fn two_full_sides(files: &[(&str, &str, &str)]) -> Pair {
    let pair = Pair::new(Dialect::Nextcloud);
    for (path, here, there) in files {
        assert_eq!(here.len(), there.len());
        pair.write_here(path, here);
        pair.write_there(path, there);
    }
    pair.world.pass(Duration::from_secs(60));
    pair
}

fn presumed(files: &[(&str, &str, &str)]) -> (Pair, Report) {
    let pair = two_full_sides(files);
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.presumed), (End::Equal, files.len() as u64));
    pair.world.pass(Duration::from_secs(60));
    (pair, report)
}

fn text_here(pair: &Pair, path: &str) -> String {
    String::from_utf8(pair.world.disk.snapshot()[path].clone().unwrap()).unwrap()
}

fn text_there(pair: &Pair, path: &str) -> String {
    let bytes = pair.world.cloud().lock().user("u").bytes(path).unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn two_full_sides_that_look_equal_are_equal_without_a_byte() {
    let (pair, report) = presumed(&[("a", "one", "one"), ("d/b", "two", "two")]);
    assert_eq!((report.bytes_up, report.bytes_down, report.counts.conflicts), (0, 0, 0));
    let expected = Comparison { presumed: 2, ..Comparison::default() };
    assert_eq!(report.compared, Some(expected));
    let again = pair.sync().unwrap();
    assert_eq!((again.end, again.requests, again.compared), (End::Equal, 1, None));
    assert_eq!(again.counts.presumed, 2, "it still says so");
}

#[test]
fn a_verification_reads_what_was_presumed() {
    let (pair, _) = presumed(&[("a", "one", "one"), ("b", "two", "TWO")]);
    let report = pair.run(SyncOptions { verify: true, ..SyncOptions::default() }).unwrap();
    assert_eq!((report.end, report.counts.presumed), (End::Equal, 0));
    assert_eq!(pair.here().len(), 3, "of what differed both are kept: {:?}", pair.here());
    assert_eq!(pair.here(), pair.there());
    assert_eq!(text_here(&pair, "b"), "TWO");
}

#[test]
fn an_edit_here_of_what_was_presumed_rightly_is_an_edit() {
    let (pair, _) = presumed(&[("a", "one", "one")]);
    pair.write_here("a", "edited");
    pair.world.pass(Duration::from_secs(60));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.updated), (End::Equal, 1));
    assert_eq!(report.counts.presumed, 0, "it was compared before it was overwritten");
    assert_eq!((pair.here(), text_there(&pair, "a")), (vec!["a".to_owned()], "edited".to_owned()));
}

#[test]
fn an_edit_here_of_what_was_presumed_wrongly_keeps_both() {
    let (pair, _) = presumed(&[("a", "one", "ONE")]);
    pair.write_here("a", "edited");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!((pair.here(), pair.there().len()), (pair.there(), 2));
    assert_eq!(text_here(&pair, "a"), "ONE");
}

#[test]
fn a_deletion_here_of_what_was_presumed_rightly_is_a_deletion() {
    let (pair, _) = presumed(&[("a", "one", "one"), ("b", "two", "two")]);
    pair.remove_here("a");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!((pair.here(), pair.there()), (vec!["b".to_owned()], vec!["b".to_owned()]));
}

#[test]
fn a_deletion_here_of_what_was_presumed_wrongly_deletes_nothing() {
    let (pair, _) = presumed(&[("a", "one", "ONE"), ("b", "two", "two")]);
    pair.remove_here("a");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!((pair.here(), text_here(&pair, "a")), (pair.there(), "ONE".to_owned()));
}

#[test]
fn a_deletion_there_of_what_was_only_presumed_deletes_nothing_here() {
    let (pair, _) = presumed(&[("a", "one", "one"), ("b", "two", "two")]);
    pair.remove_there("a");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.there(), ["a", "b"]);
    assert_eq!(text_there(&pair, "a"), "one");
}

#[test]
fn an_edit_there_of_what_was_only_presumed_overwrites_nothing_here() {
    let (pair, _) = presumed(&[("a", "one", "one")]);
    pair.write_there("a", "edited there");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!((pair.here(), pair.there().len()), (pair.there(), 2));
    assert_eq!(text_here(&pair, "a"), "edited there");
}

#[test]
fn what_was_presumed_can_be_renamed_on_either_side() {
    let (pair, _) = presumed(&[("a", "one", "one"), ("b", "two", "two")]);
    let path = |text: &str| RelPath::parse(text).unwrap();
    pair.world.disk.user().rename(&path("a"), &path("a2")).unwrap();
    pair.world.cloud().lock().user("u").rename("b", "b2").unwrap();
    pair.world.pass(Duration::from_secs(60));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.moved), (End::Equal, 2));
    assert_eq!((report.bytes_up, report.bytes_down), (0, 0));
    assert_eq!(
        (pair.here(), pair.there()),
        (vec!["a2".into(), "b2".into()], vec!["a2".into(), "b2".into()])
    );
}

#[test]
fn two_full_sides_with_checksums_are_equal_without_a_byte_and_proved() {
    let pair = Pair::new(Dialect::OwnCloud10);
    for path in ["a", "d/b"] {
        pair.write_here(path, path);
        pair.world.pass(Duration::from_secs(60));
        pair.write_there(path, path);
    }
    pair.write_here("c", "mine");
    pair.write_there("c", "theirs");
    pair.world.pass(Duration::from_secs(60));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.adopted, report.counts.presumed), (End::Equal, 2, 0));
    assert_eq!((report.bytes_up, report.bytes_down), (4, 6), "only what differs travels, once");
    assert_eq!((report.counts.conflicts, report.counts.moved), (1, 0), "both are kept");
    let expected = Comparison { equal: 2, different: 1, ..Comparison::default() };
    assert_eq!(report.compared, Some(expected));
}
