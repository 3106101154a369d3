//! Every pair of small changes of every small tree.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use navette::model::{Body, Entry, Name, NodeId, Place, Tree};

use crate::world::{Chance, Verdict, World, bytes, ensure, name};

/// A side after some changes of a user, and the bytes that its user did away with.
pub type Changed = (Tree, BTreeSet<Body>);

fn folders(tree: &Tree) -> Vec<NodeId> {
    let dirs = tree.iter().filter(|(_, at)| at.body.is_dir()).map(|(node, _)| node);
    std::iter::once(NodeId::ROOT).chain(dirs).collect()
}

fn is_free(tree: &Tree, place: &Place) -> bool {
    !tree.iter().any(|(_, at)| at.place == *place)
}

fn with(tree: &Tree, node: NodeId, entry: Entry) -> Tree {
    let mut tree = tree.clone();
    tree.0.insert(node, entry);
    tree
}

/// Every base tree of at most `nodes` nodes.
pub fn bases(nodes: u64, names: &[Name]) -> Vec<Tree> {
    let mut all = BTreeSet::from([Tree::default()]);
    let mut last = all.clone();
    for id in 1..=nodes {
        let mut next = BTreeSet::new();
        for tree in &last {
            for parent in folders(tree) {
                for name in names {
                    let place = Place::new(parent, name.clone());
                    if is_free(tree, &place) {
                        for body in [Body::Dir, bytes(id as u32)] {
                            let entry = Entry { place: place.clone(), body };
                            next.insert(with(tree, NodeId(id), entry));
                        }
                    }
                }
            }
        }
        all.extend(next.iter().cloned());
        last = next;
    }
    all.into_iter().collect()
}

/// Everything that one user can do in one step; `id` names what is new.
fn changes((tree, gone): &Changed, id: u64, names: &[Name]) -> Vec<Changed> {
    let mut found = Vec::new();
    let step = (id % 100) as u32;
    let token = id as u32;
    for parent in folders(tree) {
        for name in names {
            let place = Place::new(parent, name.clone());
            if is_free(tree, &place) {
                // The bytes 50 can be made on both sides: equal new files.
                for body in [Body::Dir, bytes(50), bytes(token)] {
                    let entry = Entry { place: place.clone(), body };
                    found.push((with(tree, NodeId(id), entry), gone.clone()));
                }
            }
        }
    }
    let _ = step;
    for (node, entry) in tree.iter() {
        if !entry.body.is_dir() {
            for body in [bytes(51), bytes(token + 10)] {
                if body != entry.body {
                    let mut gone = gone.clone();
                    gone.insert(entry.body);
                    found.push((with(tree, node, Entry { body, ..entry.clone() }), gone));
                }
            }
        }
        found.push(without((tree, gone), node));
        for parent in folders(tree) {
            if parent == node || (!parent.is_root() && tree.is_below(parent, node)) {
                continue;
            }
            for name in names {
                let place = Place::new(parent, name.clone());
                if is_free(tree, &place) {
                    let entry = Entry { place, body: entry.body };
                    found.push((with(tree, node, entry), gone.clone()));
                }
            }
        }
    }
    found
}

fn without((tree, gone): (&Tree, &BTreeSet<Body>), node: NodeId) -> Changed {
    let (mut tree_after, mut gone) = (tree.clone(), gone.clone());
    for (below, entry) in tree.iter() {
        if below == node || tree.is_below(below, node) {
            tree_after.0.remove(&below);
            if !entry.body.is_dir() {
                gone.insert(entry.body);
            }
        }
    }
    (tree_after, gone)
}

/// All that a user can make of `base` in at most `steps` steps.
pub fn reachable(base: &Tree, steps: u64, first_id: u64, names: &[Name]) -> Vec<Changed> {
    let mut all = BTreeSet::from([(base.clone(), BTreeSet::new())]);
    let mut last = all.clone();
    for step in 0..steps {
        let next: BTreeSet<Changed> =
            last.iter().flat_map(|changed| changes(changed, first_id + step, names)).collect();
        all.extend(next.iter().cloned());
        last = next;
    }
    all.into_iter().collect()
}

/// One case: both sides changed, planned and carried out until all is quiet.
pub fn check_pair(base: &Tree, local: &Changed, remote: &Changed, seed: u64) -> Verdict {
    let mut chance = Chance::new(seed);
    let mut world = World::new(base, &local.0, &remote.0);
    let wanted: BTreeSet<Body> = world.contents();
    world.settle(&mut chance, 6)?;
    world.check_equal()?;
    let left = world.contents();
    for lost in wanted.difference(&left) {
        ensure!(local.1.contains(lost) || remote.1.contains(lost), "lost {lost:?}");
    }
    // What only one side changed is copied exactly.
    if local.0 == *base {
        ensure!(world.remote.tree == remote.0, "the server was changed");
    }
    if remote.0 == *base {
        ensure!(world.local.tree == local.0, "this side was changed");
    }
    check_lossy(base, local, remote, seed)
}

/// The same in short bursts that lose commits.
fn check_lossy(base: &Tree, local: &Changed, remote: &Changed, seed: u64) -> Verdict {
    if seed % 4 != 0 {
        return Ok(());
    }
    let mut chance = Chance::new(seed ^ 0xB1A5);
    let mut world = World::new(base, &local.0, &remote.0);
    let wanted: BTreeSet<Body> = world.contents();
    for _ in 0..6 {
        let plan = world.plan()?;
        let burst = 1 + chance.below(4);
        world.run(&plan.steps, &mut chance, burst, 3)?;
    }
    world.settle(&mut chance, 8).map_err(|why| format!("after bursts: {why}"))?;
    world.check_equal()?;
    let left = world.contents();
    for lost in wanted.difference(&left) {
        ensure!(local.1.contains(lost) || remote.1.contains(lost), "bursts lost {lost:?}");
    }
    Ok(())
}

/// Whether every case is to be checked.
pub fn is_whole() -> bool {
    std::env::var("NAVETTE_EXHAUSTIVE").is_ok_and(|value| value == "1")
}

/// What a run over many cases found.
#[derive(Debug, Default)]
pub struct Tally {
    pub cases: u64,
    pub failures: u64,
    pub first: Vec<String>,
}

/// Checks one case in `every` on all cores.
pub fn check_all(nodes: u64, steps: u64, every: u64) -> Tally {
    let names = [name("a"), name("b")];
    let bases = bases(nodes, &names);
    let next = AtomicUsize::new(0);
    let (cases, failures) = (AtomicU64::new(0), AtomicU64::new(0));
    let first = std::sync::Mutex::new(Vec::new());
    let work = || loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(base) = bases.get(at) else { return };
        let (locals, remotes) =
            (reachable(base, steps, 100, &names), reachable(base, steps, 200, &names));
        let mut number = (at as u64) << 32;
        for local in &locals {
            for remote in &remotes {
                number += 1;
                if every > 1 && (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) % every != 0 {
                    continue;
                }
                cases.fetch_add(1, Ordering::Relaxed);
                if let Err(why) = check_pair(base, local, remote, number) {
                    failures.fetch_add(1, Ordering::Relaxed);
                    let mut first = first.lock().unwrap();
                    if first.len() < 5 {
                        first.push(format!(
                            "{why}\n  base   {base:?}\n  local  {:?}\n  remote {:?}",
                            local.0, remote.0
                        ));
                    }
                }
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    Tally {
        cases: cases.into_inner(),
        failures: failures.into_inner(),
        first: first.into_inner().unwrap(),
    }
}

#[test]
fn every_pair_of_small_changes_reaches_rest_and_loses_nothing() {
    let tally = check_all(3, 2, if is_whole() { 1 } else { 200 });
    println!("{} cases", tally.cases);
    assert_eq!(tally.failures, 0, "of {}:\n{}", tally.cases, tally.first.join("\n"));
    if is_whole() {
        assert_eq!(tally.cases, 12_634_931);
    }
}
