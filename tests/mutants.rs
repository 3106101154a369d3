//! Everything that can be broken on purpose is noticed (docs/RELIABILITY.md).
//!
//! `cargo xtask mutants` prints who notices what. Stories are looked for where
//! they were found before (`mutants/dies_at.txt`), and from the first one on if
//! they have changed since; `cargo xtask mutants --search` writes them down anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed check panics")]

#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "plan/exhaustive.rs"]
mod exhaustive;
#[path = "mutants/killers.rs"]
mod killers;
#[path = "mutants/memory.rs"]
mod memory;
#[allow(dead_code, reason = "shared with the tests of the engine")]
#[path = "engine/pair.rs"]
mod pair;
#[path = "mutants/scenes/mod.rs"]
mod scenes;
#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "plan/steps.rs"]
mod steps;
#[path = "mutants/table.rs"]
mod table;
#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "plan/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use killers::{Killed, kill};
use memory::Memory;
use navette::mutant::Mutant;
use pair::Pair;

/// What `kill` comes to for each mutant; they are killed on all cores.
fn kill_all(memory: &Memory) -> BTreeMap<Mutant, Killed> {
    let (next, killed) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        while let Some(&mutant) = memory.chosen().get(next.fetch_add(1, Ordering::Relaxed)) {
            let one = kill(mutant, memory);
            if memory.is_search() {
                println!("{}", table::line(mutant, &one));
            }
            killed.lock().unwrap().insert(mutant, one);
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    killed.into_inner().unwrap()
}

#[test]
fn every_mutant_is_killed() {
    let memory = Memory::asked_for();
    let killed = kill_all(&memory);
    print!("{}", table::of(&killed));
    memory.keep(&killed);
    let alive: Vec<&Mutant> =
        killed.iter().filter(|(_, one)| !one.is_dead()).map(|(mutant, _)| mutant).collect();
    assert!(alive.is_empty(), "nobody misses {alive:?}");
}

#[test]
fn no_scene_fails_while_nothing_is_broken() {
    for scene in scenes::all() {
        println!("{}", scene.name);
        (scene.play)();
    }
}

#[test]
fn no_case_fails_while_nothing_is_broken() {
    killers::cases().assert_clean();
}
