//! The marker in the folder: whose it is, and whether the journal speaks of it.

use std::time::Duration;

use navette::cloud::{Dialect, Fate, NoFaults, Request};
use navette::disk::DiskErrorKind;
use navette::disk::sim::Unmounted;
use navette::engine::Engine;
use navette::journal::InMemory;
use navette::model::RelPath;
use navette::plan::AllowDeletes;
use navette::report::{End, Gate, SyncOptions};

use crate::Pair;
use navette_sim::world::{Turn, run};

#[test]
fn a_marker_that_cannot_be_renewed_is_told_with_what_was_achieved() {
    for kind in [DiskErrorKind::Full, DiskErrorKind::Broken] {
        let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
        pair.write_here("b", "new");
        pair.world.pass(Duration::from_secs(10));
        let (disk, marker) = (pair.world.disk.clone(), RelPath::parse(".navette/marker").unwrap());
        let at = marker.clone();
        pair.world.server.set_faults(move |request: &Request<'_>| {
            if request.method == "PUT" {
                disk.fault(&at, kind);
            }
            Fate::Proceed
        });
        let report = pair.sync().unwrap();
        assert_eq!((report.end, report.counts.sent), (End::Unfinished, 1));
        let items: Vec<&str> = report.items.iter().map(|item| item.path.as_str()).collect();
        assert_eq!(items, [".navette/marker"]);
        assert_eq!(pair.there(), ["a", "b"]);
        // The old one is still good for this pair.
        pair.world.disk.heal(&marker);
        pair.world.server.set_faults(NoFaults);
        assert_eq!(pair.sync().unwrap().end, End::Equal);
    }
}

#[test]
fn an_unmounted_folder_is_not_a_deletion() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    pair.world.disk.unmount(Unmounted::Empty);
    assert_eq!(pair.gate(), Gate::MarkerMissing);
    assert_eq!(pair.there(), ["a", "b"]);
    pair.world.disk.mount();
    assert_eq!(pair.sync().unwrap().end, End::Equal);
}

/// An empty mount point in the midst of a run, for those whose system shows
/// one, and a disk that is only gone, for the others.
#[test]
fn a_disk_that_goes_away_in_the_midst_of_a_run_deletes_nothing() {
    for (leaving, new) in [(Unmounted::Empty, false), (Unmounted::Gone, true)] {
        for steps in 1.. {
            let pair = Pair::synced(Dialect::Plain, &["a", "d/b"]);
            if new {
                pair.write_here("c", "new");
            }
            let (world, journal) = (pair.world.clone(), pair.journal.clone());
            let future = async move {
                let mut engine = Engine::open(world, journal).await?;
                let all = SyncOptions { allow: AllowDeletes::All, ..SyncOptions::default() };
                engine.sync(&all).await
            };
            let mut left = steps;
            let ended = run(&pair.world, future, || {
                left -= i32::from(left > 0);
                if left == 0 {
                    pair.world.disk.unmount(leaving);
                }
                Turn::Go
            });
            let there: Vec<String> = pair.there().into_iter().filter(|path| path != "c").collect();
            assert_eq!(there, ["a", "d", "d/b"], "{leaving:?} after {steps}: {ended:?}");
            pair.world.disk.mount();
            assert_eq!(pair.sync().unwrap().end, End::Equal, "{leaving:?} after {steps}");
            assert_eq!(pair.here(), pair.there(), "{leaving:?} after {steps}");
            assert_eq!(pair.here().contains(&"c".to_owned()), new);
            if left > 0 {
                break;
            }
        }
    }
}

#[test]
fn a_user_may_start_anew_whatever_the_gates_say() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    let older = pair.world.cloud().lock().clone();
    pair.write_here("a", "newer");
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.world.cloud().lock().restore_backup(&older, "after the backup");
    assert_eq!(pair.gate(), Gate::RemoteRestored);
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move {
        let mut engine = Engine::open_anew(world, journal).await?;
        let report = engine.sync(&SyncOptions::default()).await;
        engine.close()?;
        report
    };
    let report = run(&pair.world, future, || Turn::Go).unwrap().unwrap();
    assert_eq!(report.end, End::Equal);
    assert_eq!(pair.here(), pair.there());
    let all: Vec<_> = pair.world.disk.snapshot().into_values().flatten().collect();
    assert!(all.iter().any(|bytes| bytes == b"newer"), "{:?}", pair.here());
    pair.write_here("b", "later");
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal, "and goes on as ever");
}

#[test]
fn a_first_run_that_was_cut_off_before_it_wrote_the_marker_can_be_repeated() {
    for steps in 1..40 {
        let pair = Pair::new(Dialect::Nextcloud);
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let future = async move { Engine::open(world, journal).await.map(drop) };
        let mut left = steps;
        let _ = run(&pair.world, future, || {
            left -= 1;
            if left == 0 { Turn::Cut } else { Turn::Go }
        });
        assert_eq!(pair.sync().unwrap().end, End::Equal, "cut off after {steps}");
    }
}

#[test]
fn another_devices_folder_is_not_touched() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let marker = RelPath::parse(".navette/marker").unwrap();
    let other = br#"{"pair":"x","device":"other","nonce":"y"}"#;
    pair.world.disk.user().write(&marker, other).unwrap();
    assert_eq!(pair.gate(), Gate::ForeignMarker);
}

#[test]
fn a_computer_that_is_called_something_else_by_now_goes_on() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let marker = RelPath::parse(".navette/marker").unwrap();
    let read = || pair.world.disk.snapshot_all()[".navette/marker"].clone().unwrap();
    let mut renamed: serde_json::Value = serde_json::from_slice(&read()).unwrap();
    renamed["device"] = "host-17.example.org".into();
    pair.world.disk.user().write(&marker, renamed.to_string().as_bytes()).unwrap();
    pair.remove_here("a");
    pair.world.pass(Duration::from_secs(10));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.removed_there), (End::Equal, 1), "the agreement holds");
    renamed["device"] = "host-18.example.org".into();
    renamed["machine"] = "".into();
    pair.world.disk.user().write(&marker, renamed.to_string().as_bytes()).unwrap();
    assert_eq!(pair.gate(), Gate::ForeignMarker, "where nobody can tell, the name counts");
}

#[test]
fn a_start_that_was_cut_before_its_first_marker_is_made_up_for() {
    let pair = Pair::new(Dialect::Nextcloud);
    pair.write_there("a", "a");
    for polls in 0..20 {
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let mut left = polls;
        let cut =
            run(&pair.world, async move { Engine::open(world, journal).await.map(drop) }, || {
                left -= 1;
                if left < 0 { Turn::Cut } else { Turn::Go }
            });
        assert!(cut.is_none_or(|opened| opened.is_ok()), "after {polls} polls");
    }
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.here(), ["a"]);
}

#[test]
fn computers_that_were_set_up_as_copies_of_one_are_told_apart() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let marker = RelPath::parse(".navette/marker").unwrap();
    let read = || pair.world.disk.snapshot_all()[".navette/marker"].clone().unwrap();
    let mut other: serde_json::Value = serde_json::from_slice(&read()).unwrap();
    // The same word of the system, another name, and a journal of its own.
    other["device"] = "lab-2".into();
    other["pair"] = "0123456789abcdef".into();
    pair.world.disk.user().write(&marker, other.to_string().as_bytes()).unwrap();
    let first = Pair { journal: InMemory::new(), ..pair };
    assert_eq!(first.gate(), Gate::ForeignMarker);
}
