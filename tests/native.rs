//! The program as it is shipped: real processes on real files, against real
//! servers, while people act on both sides and things go wrong. What is tried,
//! and how, is in `tests/native`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]
#![allow(clippy::disallowed_methods, reason = "a real program takes real time")]

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use navette::cloud::{Cloud, Dialect, Direct, SharedCloud};
use navette::disk::SimDisk;
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::event::Cause;
use navette::journal::InMemory;
use navette::model::RelPath;
use navette::report::{End, Report, SyncOptions};
use navette_native::case::{Case, Met, Outcome};
use navette_native::idle::Idle;
use navette_sim::world::{SimWorld, Turn, run};

/// Cases in the ordinary run: each trouble with each server. `cargo xtask soak`
/// goes on with other seeds.
const CASES: u64 = 50;

/// How many at once: most of the time, they wait.
const AT_ONCE: usize = 25;

/// Troubles that those who stay go through in the ordinary run, as the cases
/// count them: none, wires, kills, both, a full disk, a closed folder.
const STAYING: [u64; 6] = [0, 1, 3, 5, 7, 8];

#[test]
fn with_every_server_every_trouble_ends_well() {
    let next = AtomicU64::new(0);
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| play(&next, &outcomes));
        }
    });
    let outcomes = outcomes.into_inner().unwrap();
    let bad = outcomes.iter().filter(|(_, outcome)| !outcome.verdict.is_good());
    let bad: Vec<String> = bad.map(|(case, outcome)| outcome.told(case)).collect();
    assert!(bad.is_empty(), "{} cases end badly:\n{}", bad.len(), bad.join("\n"));
    // A trouble that no case has met would prove nothing.
    let met = |what: fn(&Met) -> u64| outcomes.iter().map(|(_, outcome)| what(&outcome.met)).sum();
    let all: [u64; 5] = [
        met(|met| met.beside),
        met(|met| met.broken),
        met(|met| met.kills),
        met(|met| met.closed),
        met(|met| met.jumps),
    ];
    assert!(all.iter().all(|&times| times > 0), "{all:?}");
    let could_fill = outcomes.iter().all(|(_, outcome)| outcome.remark.is_none());
    assert!(met(|met| met.full) > 0 || !could_fill);
}

/// Goes through the next case, until there is none.
fn play(next: &AtomicU64, outcomes: &Mutex<Vec<(Case, Outcome)>>) {
    let navette = Path::new(assert_cmd::cargo::cargo_bin!("navette"));
    loop {
        let seed = next.fetch_add(1, Ordering::SeqCst);
        if seed >= CASES {
            return;
        }
        let case = Case::ordinary(seed);
        let outcome = case.play_apart(navette);
        if let Some(remark) = &outcome.remark {
            eprintln!("{}: {remark}", case.title());
        }
        outcomes.lock().unwrap().push((case, outcome));
    }
}

/// Each server with each trouble but the clock, by clients that stay.
#[test]
fn who_stays_keeps_up_with_people_and_troubles() {
    let next = AtomicU64::new(0);
    let bad = Mutex::new(Vec::new());
    let seeds: Vec<u64> = STAYING.into_iter().flat_map(|turn| 5 * turn..5 * turn + 5).collect();
    let navette = Path::new(assert_cmd::cargo::cargo_bin!("navette"));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(&seed) = seeds.get(next.fetch_add(1, Ordering::SeqCst) as usize) {
                    let case = Case::staying(seed);
                    let outcome = case.play_apart(navette);
                    if !outcome.verdict.is_good() || outcome.met.beside == 0 {
                        bad.lock().unwrap().push(outcome.told(&case));
                    }
                }
            });
        }
    });
    let bad = bad.into_inner().unwrap();
    assert!(bad.is_empty(), "{} cases end badly:\n{}", bad.len(), bad.join("\n"));
}

/// Fifty thousand files, two minutes in which nothing happens. `cargo xtask
/// soak` goes on for as long as asked.
#[test]
fn nothing_is_done_while_nothing_happens() {
    let navette = Path::new(assert_cmd::cargo::cargo_bin!("navette"));
    let idle = Idle::begin(navette, 500, 100).unwrap();
    let (begun, before) = (Instant::now(), idle.now());
    std::thread::sleep(Duration::from_secs(120));
    let after = idle.now();
    let excess = idle.excess(before, after, begun.elapsed().as_secs());
    println!("before: {before:?}\nafter: {after:?}");
    assert_eq!(excess, Vec::<String>::new(), "{before:?} {after:?}");
}

/// What stands for the small disk where none can be mounted: the same, in the
/// seam of the disk.
#[test]
fn a_full_disk_in_the_seam_keeps_back_only_what_does_not_fit() {
    let cloud = SharedCloud::new(Cloud::new(Dialect::Nextcloud, 7));
    let server = Direct::new(cloud, "u", RelPath::root());
    let disk = SimDisk::new(SimConfig { capacity: 40_000, ..SimConfig::default() });
    let world = SimWorld::new(disk, server);
    world.pass(Duration::from_secs(1));
    world.disk.user().create(&RelPath::parse("ours").unwrap(), b"ours").unwrap();
    world.cloud().lock().user("u").write("large", vec![b'.'; 50_000]).unwrap();
    world.cloud().lock().user("u").write("small", "small").unwrap();
    world.pass(Duration::from_secs(10));
    let journal = InMemory::new();
    let sync = || -> Report {
        let (world_now, journal) = (world.clone(), journal.clone());
        let future = async move {
            let mut engine = Engine::open(world_now, journal).await?;
            let report = engine.sync(&SyncOptions::default()).await;
            engine.close()?;
            report
        };
        run(&world, future, || Turn::Go).expect("nobody cuts it off").unwrap()
    };
    let report = sync();
    assert_eq!(report.end, End::Unfinished);
    let held = report.items.iter().map(|item| (item.path.as_str(), &item.cause));
    assert_eq!(held.collect::<Vec<_>>(), [("large", &Cause::DiskFull)]);
    assert_eq!(world.disk.snapshot().into_keys().collect::<Vec<_>>(), ["ours", "small"]);
    world.disk.set_capacity(1 << 20);
    assert_eq!(sync().end, End::Equal);
    let all = ["large", "ours", "small"];
    assert_eq!(world.disk.snapshot().into_keys().collect::<Vec<_>>(), all);
}
