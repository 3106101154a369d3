//! What stops a run, or makes it wait.

use std::time::Duration;

use navette::cloud::{Cloud, Dialect, Direct, Fate, NoFaults, Request, SharedCloud};
use navette::disk::DiskErrorKind;
use navette::disk::sim::Unmounted;
use navette::engine::Engine;
use navette::event::Cause;
use navette::journal::InMemory;
use navette::model::{RelPath, WaitReason};
use navette::mutant::Mutant;
use navette::plan::AllowDeletes;
use navette::report::{End, Gate, SyncOptions};
use navette_sim::world::{Turn, run};

use super::Scenes;
use crate::Pair;

pub(super) const SCENES: Scenes = &[
    ("many deletions wait for a decision", &[Mutant::NoBrake], many_deletions),
    ("a slow mass deletion does not pass in slices", &[Mutant::BrakeForgets], in_slices),
    ("one look at a plain server proves nothing", &[Mutant::OneLookOnPlain], one_look),
    ("a server that is suddenly empty is looked at twice", &[Mutant::EmptyServerBelieved], emptied),
    ("what stands at its old path again is not gone", &[Mutant::AbsenceUnasked], back_again),
    (
        "what moves there during a look moves here",
        &[Mutant::TornListingBelieved],
        moved_during_a_look,
    ),
    ("what has just vanished here may come back", &[Mutant::GoneAtOnce], just_vanished),
    ("a vanished share is unavailable", &[Mutant::VanishedShareIsGone], vanished_share),
    ("what cannot be read here is not gone", &[Mutant::UnreadableIsGone], unreadable),
    ("a new home on the server stops the run", &[Mutant::RootUnchecked], new_home),
    (
        "a server set back to a backup stops the run",
        &[Mutant::RestoredServerBelieved],
        restored_server,
    ),
    ("another device's folder is not touched", &[Mutant::ForeignMarkerTaken], foreign_marker),
    ("an unmounted folder stops the run", &[Mutant::EmptyFolderBelieved], unmounted),
    ("a folder from a backup deletes nothing", &[Mutant::NonceUnchecked], old_folder),
    (
        "a copy of the journal does not delete what it has not seen",
        &[Mutant::OldJournalTrusted],
        old_journal,
    ),
    (
        "what was deleted there is not sent again without a journal",
        &[Mutant::DiscardedSentAgain],
        discarded,
    ),
    (
        "what a blind deletion took comes back before a gate forgets it",
        &[Mutant::OwedForgotten],
        owed,
    ),
];

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("f{number:02}")).collect()
}

fn synced(names: &[String]) -> Pair {
    Pair::synced(Dialect::Nextcloud, &names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Nothing is waited for, and any number of deletions is allowed.
fn hasty() -> SyncOptions {
    SyncOptions { no_wait: true, allow: AllowDeletes::All, ..SyncOptions::default() }
}

fn many_deletions() {
    let names = names(30);
    let pair = synced(&names);
    names[..25].iter().for_each(|name| pair.remove_here(name));
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Braked);
    assert_eq!(pair.there().len(), 30);
}

fn in_slices() {
    let names = names(40);
    let pair = synced(&names);
    let mut ends = Vec::new();
    for slice in names.chunks(8).take(4) {
        slice.iter().for_each(|name| pair.remove_here(name));
        pair.world.pass(Duration::from_secs(600));
        ends.push(pair.sync().unwrap().end);
    }
    assert!(ends.contains(&End::Braked), "{ends:?}");
}

fn one_look() {
    let pair = Pair::synced(Dialect::Plain, &["a", "b"]);
    pair.remove_there("b");
    assert_eq!(pair.run(hasty()).unwrap().end, End::Unfinished);
    assert_eq!(pair.here(), ["a", "b"]);
}

fn emptied() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    pair.remove_there("a");
    pair.remove_there("b");
    assert_eq!(pair.run(hasty()).unwrap().end, End::Unfinished);
    assert_eq!(pair.here(), ["a", "b"]);
}

/// Each listing comes at a bad moment.
fn back_again() {
    let pair = Pair::synced(Dialect::Plain, &["a", "f"]);
    let cloud = pair.world.cloud().clone();
    pair.world.server.set_faults(move |request: &Request<'_>| {
        let mut cloud = cloud.lock();
        match (request.method, request.path.as_str()) {
            ("PROPFIND", "") => drop(cloud.user("u").delete("f")),
            ("PROPFIND", "f") => drop(cloud.user("u").write("f", "f").unwrap()),
            _ => {}
        }
        Fate::Proceed
    });
    assert_eq!(pair.sync().unwrap().counts.removed_here, 0);
    assert_eq!(pair.here(), ["a", "f"]);
}

fn moved_during_a_look() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a/x", "b/c/f"]);
    pair.write_there("a/x", "news");
    pair.write_there("b/c/y", "news");
    pair.world.pass(Duration::from_secs(60));
    let cloud = pair.world.cloud().clone();
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if (request.method, request.path.as_str()) == ("PROPFIND", "b/c") {
            // "a" has been listed by now.
            drop(cloud.lock().user("u").rename("b/c/f", "a/f"));
        }
        Fate::Proceed
    });
    let counts = pair.sync().unwrap().counts;
    assert_eq!((counts.moved, counts.removed_here), (1, 0));
    assert!(pair.here().contains(&"a/f".to_owned()));
}

/// Many programs save by deleting and renaming.
fn just_vanished() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    pair.remove_here("b");
    assert_eq!(pair.run(hasty()).unwrap().end, End::Unfinished);
    assert_eq!(pair.there(), ["a", "b"]);
}

fn vanished_share() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    pair.write_there("team/plan", "of others");
    pair.world.cloud().lock().user("u").share("team", Some("SRGDNVCK")).unwrap();
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.remove_there("team");
    assert_eq!(pair.sync().unwrap().end, End::Unfinished);
    assert_eq!(pair.here(), ["a", "team", "team/plan"]);
}

fn unreadable() {
    let pair = Pair::synced(Dialect::OwnCloud10, &["a", "d/x"]);
    pair.world.disk.fault(&RelPath::parse("d").unwrap(), DiskErrorKind::Denied);
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.run(hasty()).unwrap().end, End::Unfinished);
    assert_eq!(pair.there(), ["a", "d", "d/x"]);
}

fn new_home() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let cloud = SharedCloud::new(Cloud::new(Dialect::Nextcloud, 99));
    let mut world = pair.world.clone();
    // Ids of the other server begin elsewhere.
    for number in 0..20 {
        cloud.lock().user("u").write(&format!("x{number}"), "x").unwrap();
        cloud.lock().user("u").delete(&format!("x{number}")).unwrap();
    }
    world.server = Direct::new(cloud, "u", RelPath::root());
    let moved = Pair { world, journal: pair.journal.clone() };
    assert_eq!(moved.gate(), Gate::RemoteRootChanged);
}

fn restored_server() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let older = pair.world.cloud().lock().clone();
    pair.write_here("b", "newer");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.world.cloud().lock().restore_backup(&older, "restored");
    assert_eq!(pair.gate(), Gate::RemoteRestored);
}

fn foreign_marker() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let other = br#"{"pair":"x","device":"other","nonce":"y"}"#;
    pair.world.disk.user().write(&RelPath::parse(".navette/marker").unwrap(), other).unwrap();
    let fresh = Pair { world: pair.world.clone(), journal: InMemory::new() };
    assert_eq!(fresh.gate(), Gate::ForeignMarker);
}

fn unmounted() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    pair.world.disk.unmount(Unmounted::Empty);
    assert_eq!(pair.gate(), Gate::MarkerMissing);
    assert_eq!(pair.there(), ["a", "b"]);
}

fn old_folder() {
    let pair = Pair::synced(Dialect::OwnCloud10, &["a", "b"]);
    let marker = RelPath::parse(".navette/marker").unwrap();
    let old = pair.world.disk.snapshot_all()[".navette/marker"].clone().unwrap();
    pair.write_here("c", "newer");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.remove_here("c");
    pair.world.disk.user().write(&marker, &old).unwrap();
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.there(), ["a", "b", "c"]);
}

fn old_journal() {
    // The first run has made the copy. Since then the server has another
    // version, though of the same bytes.
    let pair = Pair::synced(Dialect::OwnCloud10, &["a", "b"]);
    pair.write_there("b", "b");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.remove_here("b");
    pair.journal.damage(0..4096);
    pair.world.pass(Duration::from_secs(10));
    pair.sync().unwrap();
    assert_eq!(pair.there(), ["a", "b"]);
}

/// Killed before the look, and then the folder comes back from a backup.
fn owed() {
    let pair = Pair::synced(Dialect::Nextcloud, &["d/a", "keep"]);
    let older = pair.world.disk.image();
    pair.remove_here("d");
    pair.world.pass(Duration::from_secs(10));
    let cloud = pair.world.cloud().clone();
    pair.world.server.set_faults(move |request: &Request<'_>| {
        if request.method == "DELETE" {
            drop(cloud.lock().user("u").write("d/new", "theirs"));
        }
        Fate::Proceed
    });
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move { Engine::open(world, journal).await?.sync(&hasty()).await };
    let killed = run(&pair.world, future, || match pair.there().contains(&"d".to_owned()) {
        true => Turn::Go,
        false => Turn::Cut,
    });
    assert!(killed.is_none());
    pair.world.server.set_faults(NoFaults);
    pair.world.disk.restore(&older);
    pair.sync().unwrap();
    let there = pair.there();
    assert!(there.iter().any(|path| path.ends_with("new")), "{there:?}");
}

fn discarded() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    pair.remove_there("b");
    pair.world.pass(Duration::from_secs(10));
    let lost = Pair { world: pair.world.clone(), journal: InMemory::new() };
    let report = lost.sync().unwrap();
    assert_eq!(report.items[0].cause, Cause::Waits(WaitReason::Discarded));
    assert_eq!(lost.there(), ["a"]);
}
