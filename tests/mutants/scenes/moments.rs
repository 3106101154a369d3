//! Somebody saves a file here at any moment of a run that replaces it or takes
//! it away. People in the stories rarely come at exactly that moment.

use std::time::Duration;

use navette::clock::Clock as _;
use navette::cloud::Dialect;
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::model::RelPath;
use navette::mutant::Mutant;
use navette::plan::AllowDeletes;
use navette::report::{End, SyncOptions};
use navette_sim::world::{Turn, run};

use super::{Scenes, on};
use crate::Pair;

pub(super) const SCENES: Scenes = &[
    ("a save at any moment of a replacement is shown", &[Mutant::ExchangeUnproved], || {
        saved_while(SimConfig::default(), |pair| pair.write_there("f", "theirs"))
    }),
    ("a save at any moment of a deletion is shown", &[Mutant::RenameUnproved], || {
        saved_while(SimConfig::default(), |pair| pair.remove_there("f"))
    }),
    (
        "a save at any moment of a replacement without exchange is shown",
        &[Mutant::RenameUnproved],
        || saved_while(SimConfig::windows(), |pair| pair.write_there("f", "theirs")),
    ),
    (
        "what has just taken the place of a folder there is not moved",
        &[Mutant::NoLookBefore],
        replaced_folder,
    ),
    (
        "a second write there of one moment and one length is read when its folder changes",
        &[Mutant::RacyNotReadAgain],
        written_twice,
    ),
    (
        "a file saved by deleting it in the midst of a look is not deleted there",
        &[Mutant::LookLastsNoTime],
        saved_in_a_look,
    ),
];

const OPTIONS: SyncOptions =
    SyncOptions { allow: AllowDeletes::All, no_wait: false, dry_run: false, verify: false };

/// Repeats a run after `act` on the server, and saves before each of its steps
/// in turn, in place or as editors do.
fn saved_while(config: SimConfig, act: impl Fn(&Pair)) {
    for step in 0.. {
        let mut over = true;
        for by_rename in [false, true] {
            let pair = on(Dialect::OwnCloud10, config);
            ["f", "keep"].iter().for_each(|path| pair.write_here(path, path));
            pair.world.pass(Duration::from_secs(60));
            assert_eq!(pair.sync().unwrap().end, End::Equal);
            act(&pair);
            pair.world.pass(Duration::from_secs(60));
            over &= !saved_at(&pair, step, by_rename);
            assert_eq!(pair.run(OPTIONS).unwrap().end, End::Equal);
            let here = pair.world.disk.snapshot();
            let shown = here.values().flatten().any(|bytes| bytes == b"mine, just now");
            assert!(over || shown, "step {step}: {here:?}");
        }
        if over {
            return;
        }
    }
}

/// Runs once and saves before this step; whether the run came to it.
fn saved_at(pair: &Pair, step: u32, by_rename: bool) -> bool {
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move {
        let mut engine = Engine::open(world, journal).await.unwrap();
        engine.sync(&OPTIONS).await.unwrap();
        engine.close().unwrap();
    };
    let (user, path, bytes) =
        (pair.world.disk.user(), RelPath::parse("f").unwrap(), b"mine, just now");
    let (mut left, mut saved) = (step, false);
    run(&pair.world, future, || {
        if left == 0 && !std::mem::replace(&mut saved, true) {
            let there = pair.world.disk.snapshot().contains_key("f");
            let done = match (there, by_rename) {
                (true, true) => user.save_by_rename(&path, bytes),
                (true, false) => user.write(&path, bytes),
                (false, _) => user.create(&path, bytes),
            };
            done.unwrap();
        }
        left = left.saturating_sub(1);
        Turn::Go
    });
    saved
}

/// Somebody deletes the folder there and puts a file in its place when the step
/// that moves it has begun.
fn replaced_folder() {
    let pair = Pair::synced(Dialect::Nextcloud, &["d/a"]);
    let (from, to) = (RelPath::parse("d").unwrap(), RelPath::parse("e").unwrap());
    pair.world.disk.user().rename(&from, &to).unwrap();
    pair.world.pass(Duration::from_secs(10));
    let (world, journal) = (pair.world.clone(), pair.journal.clone());
    let future = async move {
        let mut engine = Engine::open(world, journal).await.unwrap();
        engine.sync(&OPTIONS).await.unwrap();
        engine.close().unwrap();
    };
    let (mut read, mut begun) = (0, false);
    run(&pair.world, future, || {
        let lines = pair.world.trace.lines();
        let moves = lines[read..].iter().any(|line| line.contains("Move { side: Remote"));
        read = lines.len();
        if moves && !std::mem::replace(&mut begun, true) {
            pair.remove_there("d");
            pair.write_there("d", "theirs");
        }
        Turn::Go
    });
    assert!(begun && pair.there().contains(&"d".to_owned()), "{:?}", pair.there());
}

/// The server keeps the version of a file that is written to twice in one
/// second with equally many bytes.
fn written_twice() {
    let pair = on(Dialect::Nextcloud, SimConfig::default());
    pair.write_here("d/keep", "keep");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    let moment = pair.world.clock.wall();
    pair.write_there("d/web", "first!");
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    pair.world.cloud().lock().set_now(moment);
    pair.write_there("d/web", "second");
    pair.world.pass(Duration::from_secs(60));
    pair.write_here("d/own", "own");
    pair.world.pass(Duration::from_secs(60));
    assert_eq!(pair.sync().unwrap().end, End::Equal);
    let here = pair.world.disk.snapshot().remove("d/web").flatten();
    assert_eq!(here.as_deref(), Some(b"second".as_slice()));
}

/// The program deletes the file at any moment of a run, and writes it anew a
/// second later: what has gone in the midst of a look has just gone.
fn saved_in_a_look() {
    for step in 0_u32.. {
        let pair = Pair::synced(Dialect::OwnCloud10, &["d/a", "keep"]);
        pair.write_here("other", "so that there is something to do");
        pair.world.pass(Duration::from_secs(60));
        let (world, journal) = (pair.world.clone(), pair.journal.clone());
        let future = async move {
            let mut engine = Engine::open(world, journal).await.unwrap();
            engine.sync(&OPTIONS).await.unwrap();
            engine.close().unwrap();
        };
        let (mut left, mut gone, mut back) = (step, None, false);
        run(&pair.world, future, || {
            let now = pair.world.clock.now();
            if left == 0 && gone.is_none() {
                pair.remove_here("d/a");
                gone = Some(now);
            }
            if gone.is_some_and(|gone| now > gone + Duration::from_secs(1)) && !back {
                pair.write_here("d/a", "saved");
                back = true;
            }
            let there = pair.there();
            assert!(there.contains(&"d/a".to_owned()), "step {step}: {there:?}");
            left = left.saturating_sub(1);
            Turn::Go
        });
        if gone.is_none() {
            return;
        }
    }
}
