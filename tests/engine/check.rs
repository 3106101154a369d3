//! A check of all contents: what it can tell, and that it tells only what is so.

use std::time::Duration;

use navette::check::{Findings, Proof, Verdict, check};
use navette::cloud::Dialect;
use navette::journal::Journal;
use navette::model::{Body, Content, Hash, RelPath, Rows, RuleTexts};
use navette::server::Server as _;
use navette::world::World as _;
use navette_sim::world::{Turn, run};

use crate::Pair;

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

fn rows(pair: &Pair) -> Option<Rows> {
    Journal::read_only(&pair.journal).unwrap()
}

/// A check whose knowledge is what `known` says at that moment.
fn checked_by(pair: &Pair, proof: Proof, known: impl Fn() -> Option<Rows>) -> Findings {
    let world = pair.world.clone();
    let future = async { check((world.disk(), world.server(), world.clock()), proof, known).await };
    run(&pair.world, future, || Turn::Go).expect("nobody cuts it off").unwrap()
}

fn checked(pair: &Pair, proof: Proof) -> Findings {
    checked_by(pair, proof, || rows(pair))
}

fn items(findings: &Findings) -> Vec<(&str, Verdict)> {
    findings.items.iter().map(|(path, verdict)| (path.as_str(), *verdict)).collect()
}

/// What a check says to differ.
pub(crate) fn differences(pair: &Pair) -> Vec<String> {
    checked(pair, Proof::Fetched).items.into_iter().map(|(path, _)| path.to_string()).collect()
}

#[test]
fn what_is_synced_is_well_by_checksum_by_agreement_or_by_its_bytes() {
    let ocis = Pair::synced(Dialect::Ocis, &["a", "d/b"]);
    let found = checked(&ocis, Proof::Told);
    // Both files and their folder.
    assert_eq!((found.equal, found.agreed, found.fetched), (3, 0, 0), "{found:?}");
    let nextcloud = Pair::synced(Dialect::Nextcloud, &["a", "d/b"]);
    let before = nextcloud.world.server().requests();
    let found = checked(&nextcloud, Proof::Told);
    assert_eq!((found.equal, found.agreed, found.fetched), (1, 2, 0), "{found:?}");
    assert_eq!(nextcloud.world.server().requests() - before, 2, "one listing a folder");
    let found = checked(&nextcloud, Proof::Fetched);
    assert_eq!((found.equal, found.agreed, found.fetched), (3, 0, 4), "{found:?}");
    for found in [found, checked(&ocis, Proof::Fetched)] {
        assert!(found.items.is_empty() && found.untold.is_empty(), "{found:?}");
    }
}

#[test]
fn what_was_never_agreed_is_not_called_equal_without_proof() {
    let pair = Pair::new(Dialect::Nextcloud);
    for (name, here, there) in
        [("same", "one", "one"), ("other", "two", "TWO"), ("long", "a", "aa")]
    {
        pair.write_here(name, here);
        pair.write_there(name, there);
    }
    pair.world.pass(Duration::from_secs(60));
    let found = checked(&pair, Proof::Told);
    assert_eq!(items(&found), [("long", Verdict::Differs)]);
    assert_eq!(found.untold, [path("other"), path("same")]);
    let found = checked(&pair, Proof::Fetched);
    assert_eq!(items(&found), [("long", Verdict::Differs), ("other", Verdict::Differs)]);
    assert_eq!(found.equal, 1);
    // A presumption is no agreement.
    assert_eq!(pair.sync().unwrap().counts.presumed, 2);
    assert_eq!(checked(&pair, Proof::Told).untold.len(), 2);
}

#[test]
fn edits_that_wait_are_no_damage() {
    let pair = Pair::synced(Dialect::Ocis, &["here", "there", "gone here", "gone there", "dir/x"]);
    pair.write_here("here", "edited");
    pair.write_there("there", "edited");
    pair.remove_here("gone here");
    pair.remove_there("gone there");
    pair.write_here("new here", "new");
    pair.write_there("new there", "new");
    pair.world.pass(Duration::from_secs(60));
    let found = checked(&pair, Proof::Told);
    let expected = [
        ("gone here", Verdict::OnlyThere),
        ("gone there", Verdict::OnlyHere),
        ("here", Verdict::Unsynced),
        ("new here", Verdict::OnlyHere),
        ("new there", Verdict::OnlyThere),
        ("there", Verdict::Unsynced),
    ];
    assert_eq!(items(&found), expected);
}

#[test]
fn what_is_on_its_way_is_looked_at_again() {
    let pair = Pair::synced(Dialect::Ocis, &["a"]);
    pair.write_here("a", "edited");
    pair.world.pass(Duration::from_secs(60));
    // Between the two looks whoever watches sends it.
    let looks = std::cell::Cell::new(0);
    let known = || {
        looks.set(looks.get() + 1);
        if looks.get() == 2 {
            pair.write_there("a", "edited");
        }
        rows(&pair)
    };
    let found = checked_by(&pair, Proof::Told, known);
    assert_eq!((looks.get(), items(&found), found.equal), (2, vec![], 1));
}

/// A journal in which the bytes of this file were agreed to be others, with all
/// else as it is: what rot of a disk looks like afterwards.
fn rotten(pair: &Pair, name: &str, here: bool) -> Option<Rows> {
    let mut rows = rows(pair)?;
    let node = *rows.local.iter().find(|(_, row)| row.entry.place.name.as_str() == name)?.0;
    let was = Body::File(Content::Known(Hash([7; 32])));
    if here {
        rows.local.get_mut(&node)?.entry.body = was;
        rows.base.get_mut(&node)?.entry.body = was;
    }
    Some(rows)
}

#[test]
fn bytes_that_changed_by_themselves_are_told_apart_by_side() {
    let nextcloud = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    let found = checked_by(&nextcloud, Proof::Told, || rotten(&nextcloud, "a", true));
    assert_eq!((items(&found), found.agreed), (vec![("a", Verdict::DamagedHere)], 1));
    // Other bytes under the version that was agreed on.
    let plain = Pair::synced(Dialect::Plain, &["a", "b"]);
    let base = rows(&plain).unwrap();
    plain.write_there("a", "A");
    let known = || {
        let mut rows = base.clone();
        let shown = rows_of_the_version_there(&plain);
        for row in rows.base.values_mut().filter(|row| row.entry.place.name.as_str() == "a") {
            row.etag.clone_from(&shown);
        }
        Some(rows)
    };
    let found = checked_by(&plain, Proof::Fetched, known);
    assert_eq!((items(&found), found.equal), (vec![("a", Verdict::DamagedThere)], 1));
}

fn rows_of_the_version_there(pair: &Pair) -> Option<navette::model::Etag> {
    let world = pair.world.clone();
    let stat = async { world.server().stat(&path("a")).await };
    run(&pair.world, stat, || Turn::Go).unwrap().unwrap().unwrap().seen.etag
}

#[test]
fn what_is_not_kept_here_and_what_is_never_synced_is_not_missed() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "d/b"]);
    pair.write_here(".DS_Store", "x");
    pair.write_there("notes.txt~", "x");
    let node = |rows: &Rows| {
        *rows.remote.iter().find(|(_, row)| row.entry.place.name.as_str() == "d").unwrap().0
    };
    pair.remove_here("d");
    let known = || {
        let mut rows = rows(&pair).unwrap();
        let node = node(&rows);
        rows.pair.deselected.insert(node);
        Some(rows)
    };
    let found = checked_by(&pair, Proof::Told, known);
    assert_eq!((items(&found), found.agreed), (vec![], 1));
}

#[test]
fn what_rules_leave_out_and_copies_that_only_stay_are_no_findings() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "d/b"]);
    pair.write_here("only.log", "here");
    pair.write_there("there.log", "there");
    pair.write_there("large", &"x".repeat(200));
    pair.write_here("d/edited", "by nobody's leave");
    let known = || {
        let mut rows = rows(&pair).unwrap();
        let d = rows.remote.iter().find(|(_, row)| row.entry.place.name.as_str() == "d");
        let d = *d.unwrap().0;
        rows.pair.chosen.kept.insert(d);
        rows.pair.deselected.insert(d);
        let texts = RuleTexts {
            folder: vec!["*.log".to_owned()],
            largest: Some(100),
            ..RuleTexts::default()
        };
        rows.pair.chosen.rules = std::sync::Arc::new(texts.into());
        Some(rows)
    };
    let found = checked_by(&pair, Proof::Told, known);
    assert_eq!((items(&found), found.agreed), (vec![], 1), "{found:?}");
}

#[test]
fn what_cannot_be_read_here_is_said() {
    let pair = Pair::synced(Dialect::Ocis, &["a", "d/b"]);
    pair.world.disk.fault(&path("a"), navette::disk::DiskErrorKind::Denied);
    let found = checked(&pair, Proof::Told);
    assert_eq!(items(&found), [("a", Verdict::Unreadable)]);
}
