//! What a journal, folder or server leads to that was lost or set back.

use std::time::Duration;

use navette::cloud::{Dialect, Shot};
use navette::engine::Engine;
use navette::journal::InMemory;
use navette::model::RelPath;
use navette::report::{End, Gate, SyncOptions};

use crate::Pair;
use navette_sim::world::{Turn, run};

#[test]
fn a_folder_from_before_a_run_that_was_killed_is_compared_anew() {
    for steps in 1.. {
        let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
        let older = pair.world.disk.image();
        pair.write_there("b", "new there");
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let future = async move {
            let mut engine = Engine::open(world, journal).await?;
            engine.sync(&SyncOptions::default()).await
        };
        let mut left = steps;
        let cut = run(&pair.world, future, || {
            left -= 1;
            if left == 0 { Turn::Cut } else { Turn::Go }
        });
        pair.world.disk.restore(&older);
        assert_eq!(pair.sync().unwrap().end, End::Equal, "cut off after {steps}");
        assert_eq!(pair.there(), ["a", "b"], "nothing was deleted, cut off after {steps}");
        assert_eq!(pair.here(), pair.there());
        if cut.is_some() {
            break;
        }
    }
}

#[test]
fn what_a_killed_run_left_behind_outlives_a_power_cut() {
    for steps in 1..200 {
        let pair = Pair::new(Dialect::OwnCloud10);
        for path in ["a", "d/b", "d/e/c"] {
            pair.write_there(path, path);
        }
        pair.world.pass(Duration::from_secs(60));
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let future = async move {
            let mut engine = Engine::open(world, journal).await?;
            engine.sync(&SyncOptions::default()).await
        };
        let mut left = steps;
        let killed = run(&pair.world, future, || {
            left -= 1;
            if left == 0 { Turn::Cut } else { Turn::Go }
        });
        pair.sync().unwrap();
        pair.world.disk.crash(&pair.world.dice);
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        assert_eq!(pair.there(), ["a", "d", "d/b", "d/e", "d/e/c"], "killed after {steps}");
        if killed.is_some() {
            return;
        }
    }
    panic!("200 steps were too few to finish");
}

#[test]
fn a_lost_journal_deletes_nothing_and_adopts_what_is_equal() {
    let pair = Pair::synced(Dialect::OwnCloud10, &["a", "b"]);
    pair.remove_here("b");
    let lost = Pair { world: pair.world.clone(), journal: InMemory::new() };
    let report = lost.sync().unwrap();
    assert_eq!((report.end, report.counts.adopted), (End::Equal, 1));
    assert_eq!(lost.here(), ["a", "b"], "what was deleted meanwhile comes back");
    assert_eq!(report.bytes_up, 0);
}

#[test]
fn the_first_run_after_the_loss_of_the_journal_can_be_cut_off_anywhere() {
    for steps in 1..40 {
        let pair = Pair::synced(Dialect::OwnCloud10, &["a"]);
        let lost = Pair { world: pair.world.clone(), journal: InMemory::new() };
        let (world, journal) = (lost.world.clone(), lost.journal.clone());
        let future = async move { Engine::open(world, journal).await.map(drop) };
        let mut left = steps;
        let _ = run(&lost.world, future, || {
            left -= 1;
            if left == 0 { Turn::Cut } else { Turn::Go }
        });
        assert_eq!(lost.sync().unwrap().end, End::Equal, "cut off after {steps}");
    }
}

#[test]
fn a_folder_from_a_backup_deletes_nothing() {
    let pair = Pair::synced(Dialect::OwnCloud10, &["a", "b"]);
    let marker = RelPath::parse(".navette/marker").unwrap();
    let old = pair.world.disk.snapshot_all()[".navette/marker"].clone().unwrap();
    pair.write_here("c", "newer");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    // The folder as it was before `c`: marker, files and all.
    pair.remove_here("c");
    pair.world.disk.user().write(&marker, &old).unwrap();
    pair.world.pass(Duration::from_secs(10));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    assert_eq!(pair.there(), ["a", "b", "c"]);
    assert_eq!(pair.here(), ["a", "b", "c"]);
}

#[test]
fn a_server_set_back_to_a_backup_stops_the_run() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
    let older = pair.world.cloud().lock().clone();
    pair.write_here("b", "newer");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.world.cloud().lock().restore_backup(&older, "restored");
    assert_eq!(pair.gate(), Gate::RemoteRestored);
    assert_eq!(pair.here(), ["a", "b"]);
}

#[test]
fn a_copied_computer_gets_a_name_of_its_own() {
    let pair = Pair::synced(Dialect::Nextcloud, &["a", "b"]);
    let marker = RelPath::parse(".navette/marker").unwrap();
    let read = || {
        let bytes = pair.world.disk.snapshot_all()[".navette/marker"].clone().unwrap();
        serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()
    };
    let before = read();
    let mut copied = before.clone();
    copied["machine"] = "another".into();
    pair.world.disk.user().write(&marker, copied.to_string().as_bytes()).unwrap();
    pair.remove_here("b");
    pair.world.pass(Duration::from_secs(10));
    let report = pair.sync().unwrap();
    assert_eq!((report.end, report.counts.removed_there), (End::Equal, 1), "the agreement holds");
    assert_eq!(read()["machine"], "sim");
    assert_ne!(read()["pair"], before["pair"]);
    assert_eq!(pair.sync().unwrap().end, End::Equal);
}

#[test]
fn an_older_journal_says_nothing_of_a_folder_without_its_marker() {
    for marked in [true, false] {
        let pair = Pair::synced(Dialect::Nextcloud, &["a"]);
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        pair.journal.damage(0..100);
        if !marked {
            pair.remove_here(".navette/marker");
        }
        pair.write_here("a", "of another folder, perhaps");
        pair.world.pass(Duration::from_secs(10));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        // With its marker it is an edit of what the older journal knows.
        let names = pair.there();
        assert_eq!(names.len(), if marked { 1 } else { 2 }, "{names:?}");
    }
}

/// A folder from a backup, and a journal that is replaced by a copy from after
/// that backup: what is older here than the agreement is nobody's edit of it.
#[test]
fn an_older_journal_says_nothing_of_a_folder_from_before_it() {
    for compared in [false, true] {
        let pair = Pair::synced(Dialect::Plain, &["a"]);
        let older = pair.world.disk.image();
        pair.write_there("a", "newer, and nowhere else");
        pair.world.pass(Duration::from_secs(2 * 24 * 3600));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        pair.world.disk.restore(&older);
        if compared {
            // It was found out already, and the run was cut off.
            let (world, journal) = (pair.world.clone(), pair.journal.clone());
            let open = async move { Engine::open(world, journal).await.map(drop) };
            run(&pair.world, open, || Turn::Go).unwrap().unwrap();
        }
        pair.journal.damage(0..100);
        pair.world.pass(Duration::from_secs(60));
        assert_eq!(pair.sync().unwrap().end, End::Equal);
        let there = pair.world.cloud().lock().user("u").snapshot();
        let newer = |shot: &Shot| matches!(shot, Shot::File(bytes) if bytes.starts_with(b"newer"));
        assert!(there.values().any(newer), "{:?}", pair.there());
    }
}
