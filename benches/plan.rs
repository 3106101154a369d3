//! How fast plans are made: many small situations, and few changes in a large tree.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap fails the test")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use navette::model::{Body, Entry, Hash, Name, NodeId, Place, Tree};
use navette::plan::{Shown, Situation, plan};

#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "../tests/plan/exhaustive.rs"]
mod exhaustive;
#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "../tests/plan/steps.rs"]
mod steps;
#[allow(dead_code, reason = "shared with the tests of the planner")]
#[path = "../tests/plan/world.rs"]
mod world;

use exhaustive::{Users, bases, reachable};
use world::World;

/// A thousand situations of the exhaustive check, spread over all of it.
fn small() -> Vec<Situation> {
    let names = [world::name("a"), world::name("b")];
    let users = Users { steps: 2, names: &names, ..Users::default() };
    let mut found = Vec::new();
    for (at, base) in bases(3, &names).iter().enumerate() {
        let locals = reachable(base, &Users { first_id: 100, ..users });
        let remotes = reachable(base, &Users { first_id: 200, ..users });
        for number in 0..10 {
            let local = &locals[(at * 7919 + number * 104_729) % locals.len()];
            let remote = &remotes[(at * 6271 + number * 15_485_863) % remotes.len()];
            found.push(World::new(base, &local.0, &remote.0).situation());
        }
    }
    found
}

/// A hundred thousand nodes, of which ten differ.
fn large() -> Situation {
    let mut tree = Tree::default();
    for id in 1..=100_000u64 {
        let is_dir = id % 50 == 1;
        let parent = if is_dir { id / 2500 * 50 + 1 } else { (id - 1) / 50 * 50 + 1 };
        let parent = if parent >= id { 0 } else { parent };
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&id.to_be_bytes());
        let body = if is_dir { Body::Dir } else { Body::known(Hash(hash)) };
        let name = Name::new(&format!("a name of usual length {id}.txt")).unwrap();
        tree.0.insert(NodeId(id), Entry { place: Place::new(NodeId(parent), name), body });
    }
    let (mut local, mut remote) = (tree.clone(), tree.clone());
    for id in [20, 40_020, 80_020] {
        local.0.get_mut(&NodeId(id)).unwrap().body = Body::known(Hash([7; 32]));
        remote.0.get_mut(&NodeId(id + 2)).unwrap().place.name = Name::new("renamed").unwrap();
        local.0.remove(&NodeId(id + 4));
    }
    remote.0.remove(&NodeId(60_020));
    Situation {
        base: tree,
        local: Shown { tree: local, ..Shown::default() },
        remote: Shown { tree: remote, ..Shown::default() },
        consistent: true,
        next_node: 200_000,
        ..Situation::default()
    }
}

fn planner(criterion: &mut Criterion) {
    let situations = small();
    let mut group = criterion.benchmark_group("plan");
    group.throughput(Throughput::Elements(situations.len() as u64));
    group.bench_function("small trees", |bench| {
        bench.iter(|| situations.iter().map(|one| black_box(plan(one)).steps.len()).sum::<usize>());
    });
    let large = large();
    assert_eq!(plan(&large).steps.len(), 10);
    group.throughput(Throughput::Elements(100_000));
    group.sample_size(20);
    group.bench_function("100,000 nodes, 10 differ", |bench| {
        bench.iter_batched(|| (), |()| black_box(plan(&large)), BatchSize::SmallInput);
    });
    group.finish();
}

criterion_group!(benches, planner);
criterion_main!(benches);
