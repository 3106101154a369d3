//! Names that differ only in how their accents are written, or that one side
//! cannot have.

use std::time::Duration;

use navette::cloud::Dialect;
use navette::disk::sim::SimConfig;
use navette::event::Cause;
use navette::model::{NameReason, RelPath};
use navette::report::End;

use super::Pair;

const COMPOSED: &str = "\u{e9}t\u{e9}";
const DECOMPOSED: &str = "e\u{301}te\u{301}";

#[test]
fn of_two_spellings_that_the_server_takes_for_one_the_other_is_held_with_what_to_rename() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10] {
        let pair = Pair::synced(dialect, &["a", COMPOSED]);
        pair.write_here(DECOMPOSED, "another file");
        pair.write_here("b", "goes on");
        pair.world.pass(Duration::from_secs(10));
        let report = pair.sync().unwrap();
        assert_eq!(report.end, End::Unfinished, "{dialect:?}");
        let spelled = NameReason::SpelledLike(COMPOSED.to_owned());
        let causes: Vec<_> = report.items.iter().map(|item| item.cause.clone()).collect();
        assert_eq!(causes, [Cause::NameForbidden(spelled)], "{dialect:?}");
        assert_eq!(pair.there(), ["a", "b", COMPOSED], "{dialect:?}");
        assert_eq!(pair.here().len(), 4, "{dialect:?}");

        let at = |text| RelPath::parse(text).unwrap();
        pair.world.disk.user().rename(&at(DECOMPOSED), &at("c")).unwrap();
        pair.world.pass(Duration::from_secs(10));
        assert_eq!(pair.sync().unwrap().end, End::Equal, "{dialect:?}");
        assert_eq!(pair.there(), pair.here(), "{dialect:?}");
    }
}

#[test]
fn whoever_only_changes_the_spelling_of_a_name_ends_with_that_of_the_server() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10] {
        let folder = format!("{COMPOSED}/b");
        let pair = Pair::synced(dialect, &["a", &folder]);
        let at = |text| RelPath::parse(text).unwrap();
        pair.world.disk.user().rename(&at(COMPOSED), &at(DECOMPOSED)).unwrap();
        pair.world.pass(Duration::from_secs(10));
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.bytes_up), (End::Equal, 0), "{dialect:?}");
        assert_eq!(pair.here(), ["a", COMPOSED, &folder], "{dialect:?}");
        assert_eq!(pair.there(), pair.here(), "{dialect:?}");
    }
}

#[test]
fn where_a_server_keeps_both_spellings_both_are_synced() {
    for dialect in [Dialect::Ocis, Dialect::Plain] {
        let pair = Pair::synced(dialect, &["a", COMPOSED, DECOMPOSED]);
        assert_eq!(pair.there(), pair.here(), "{dialect:?}");
        assert_eq!(pair.here().len(), 3, "{dialect:?}");
    }
}

#[test]
fn what_windows_cannot_show_has_an_alias_there_and_its_own_name_elsewhere() {
    let pair = Pair::on_disk(Dialect::Nextcloud, SimConfig::windows());
    pair.write_there("con", "a device");
    pair.write_there("a:b.txt", "a stream");
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.here(), ["a_b (case 2).txt", "con (case 2)"]);

    pair.write_here("a_b (case 2).txt", "edited here");
    pair.world.pass(Duration::from_secs(10));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.bytes_up), (End::Equal, 11));
    assert_eq!(pair.there(), ["a:b.txt", "con"]);

    pair.remove_here("con (case 2)");
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.there(), ["a:b.txt"]);
}
