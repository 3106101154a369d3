//! Every pair of small changes of every small tree.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use navette::model::{Body, Entry, Folding, Name, NodeId, Place, Tree};

use crate::world::{Chance, Verdict, World, bytes, ensure, name};

/// A side after some changes of a user, and the bytes that its user did away with.
pub(crate) type Changed = (Tree, BTreeSet<Body>);

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
pub(crate) fn bases(nodes: u64, names: &[Name]) -> Vec<Tree> {
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

/// What users of a side may do.
#[derive(Clone, Copy)]
pub(crate) struct Users<'n> {
    /// The id of the first new node.
    pub(crate) first_id: u64,
    /// How many things they do at most.
    pub(crate) steps: u64,
    /// The names they choose from.
    pub(crate) names: &'n [Name],
    /// Which names their disk takes for one.
    pub(crate) folding: Folding,
    /// Both sides may make a file with the same bytes.
    pub(crate) alike: bool,
}

impl Default for Users<'_> {
    fn default() -> Self {
        Self { first_id: 100, steps: 2, names: &[], folding: Folding::default(), alike: true }
    }
}

impl Users<'_> {
    fn is_free(&self, tree: &Tree, place: &Place, but: Option<NodeId>) -> bool {
        let key = |name: &Name| self.folding.key(name);
        !tree.iter().any(|(node, at)| {
            Some(node) != but
                && at.place.parent == place.parent
                && key(&at.place.name) == key(&place.name)
        })
    }

    fn places(&self, tree: &Tree) -> Vec<Place> {
        let places = folders(tree)
            .into_iter()
            .flat_map(|parent| self.names.iter().map(move |name| Place::new(parent, name.clone())));
        places.collect()
    }

    /// Everything that one user can do in one step.
    fn changes(&self, changed: &Changed, id: u64) -> Vec<Changed> {
        let (tree, gone) = changed;
        let mut found = Vec::new();
        let token = id as u32;
        let (new, edits) = if self.alike {
            (vec![Body::Dir, bytes(50), bytes(token)], vec![bytes(51), bytes(token + 10)])
        } else {
            (vec![Body::Dir, bytes(token)], vec![bytes(token + 10)])
        };
        for place in self.places(tree).into_iter().filter(|at| self.is_free(tree, at, None)) {
            for &body in &new {
                let entry = Entry { place: place.clone(), body };
                found.push((with(tree, NodeId(id), entry), gone.clone()));
            }
        }
        for (node, entry) in tree.iter() {
            for &body in edits.iter().filter(|body| !entry.body.is_dir() && **body != entry.body) {
                let mut gone = gone.clone();
                gone.insert(entry.body);
                found.push((with(tree, node, Entry { body, ..entry.clone() }), gone));
            }
            found.push(without((tree, gone), node));
            for place in self.places(tree) {
                let inside = place.parent == node
                    || (!place.parent.is_root() && tree.is_below(place.parent, node));
                if !inside && place != entry.place && self.is_free(tree, &place, Some(node)) {
                    let entry = Entry { place, body: entry.body };
                    found.push((with(tree, node, entry), gone.clone()));
                }
            }
        }
        found
    }
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

/// All that its users can make of `base`.
pub(crate) fn reachable(base: &Tree, users: &Users<'_>) -> Vec<Changed> {
    let mut all = BTreeSet::from([(base.clone(), BTreeSet::new())]);
    let mut last = all.clone();
    for step in 0..users.steps {
        let id = users.first_id + step;
        let next: BTreeSet<Changed> =
            last.iter().flat_map(|changed| users.changes(changed, id)).collect();
        all.extend(next.iter().cloned());
        last = next;
    }
    all.into_iter().collect()
}

/// One case: both sides changed, planned and carried out until all is quiet.
pub(crate) fn check_pair(base: &Tree, local: &Changed, remote: &Changed, seed: u64) -> Verdict {
    let mut chance = Chance::new(seed);
    let mut world = World::new(base, &local.0, &remote.0);
    let wanted: BTreeSet<Body> = world.contents();
    world.settle(&mut chance, 6)?;
    world.check_equal()?;
    check_end(&world, &wanted, base, local, remote)?;
    if seed.is_multiple_of(4) { check_lossy(base, local, remote, seed) } else { Ok(()) }
}

/// Nothing is lost, and what only one side changed is copied exactly.
fn check_end(
    world: &World,
    wanted: &BTreeSet<Body>,
    base: &Tree,
    local: &Changed,
    remote: &Changed,
) -> Verdict {
    for lost in wanted.difference(&world.contents()) {
        ensure!(local.1.contains(lost) || remote.1.contains(lost), "lost {lost:?}");
    }
    ensure!(local.0 != *base || world.remote.tree == remote.0, "the server was changed");
    ensure!(remote.0 != *base || world.local.tree == local.0, "this side was changed");
    Ok(())
}

/// The same in short bursts that lose commits.
fn check_lossy(base: &Tree, local: &Changed, remote: &Changed, seed: u64) -> Verdict {
    let mut chance = Chance::new(seed ^ 0xB1A5);
    let mut world = World::new(base, &local.0, &remote.0);
    let wanted = world.contents();
    in_bursts(&mut world, &mut chance)?;
    world.settle(&mut chance, 8).map_err(|why| format!("after bursts: {why}"))?;
    world.check_equal()?;
    check_end(&world, &wanted, base, local, remote).map_err(|why| format!("bursts: {why}"))
}

/// Plans again and again, of which only a part is done, and less is written down.
pub(crate) fn in_bursts(world: &mut World, chance: &mut Chance) -> Verdict {
    for _ in 0..6 {
        let plan = world.plan()?;
        let burst = 1 + chance.below(4);
        world.run(&plan.steps, chance, burst, 3)?;
    }
    Ok(())
}

/// What a run over many cases found.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cases: u64,
    pub(crate) failures: u64,
    pub(crate) first: Vec<String>,
}

impl Tally {
    pub(crate) fn count(&mut self, verdict: Verdict, case: impl FnOnce() -> String) {
        self.cases += 1;
        if let Err(why) = verdict {
            self.failures += 1;
            if self.first.len() < 3 {
                self.first.push(format!("{why}\n{}", case()));
            }
        }
    }

    pub(crate) fn assert_clean(&self) {
        println!("{} cases", self.cases);
        assert_eq!(self.failures, 0, "of {}:\n{}", self.cases, self.first.join("\n"));
    }
}

/// Which cases of a run are checked: one in `every`.
#[derive(Clone, Copy)]
pub(crate) struct Sample(pub u64);

impl Sample {
    /// One in `every` in an ordinary run, all if the environment asks for it.
    pub(crate) fn one_in(every: u64) -> Self {
        let whole = std::env::var("NAVETTE_EXHAUSTIVE").is_ok_and(|value| value == "1");
        Self(if whole { 1 } else { every })
    }

    pub(crate) fn is_whole(self) -> bool {
        self.0 == 1
    }

    pub(crate) fn takes(self, number: u64) -> bool {
        self.is_whole() || (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20).is_multiple_of(self.0)
    }
}

/// Runs `check` for each of `many` on all cores and adds up what it found.
pub(crate) fn on_all_cores<T: Sync>(
    many: &[T],
    check: impl Fn(usize, &T, &mut Tally) + Sync,
) -> Tally {
    let next = AtomicUsize::new(0);
    let total = Mutex::new(Tally::default());
    let work = || {
        let mut tally = Tally::default();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = many.get(at) else { break };
            check(at, one, &mut tally);
        }
        let mut total = total.lock().unwrap();
        total.cases += tally.cases;
        total.failures += tally.failures;
        total.first.extend(tally.first);
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    total.into_inner().unwrap()
}

/// Checks the pairs of one base.
pub(crate) fn check_base(at: usize, base: &Tree, steps: u64, sample: Sample, tally: &mut Tally) {
    let names = [name("a"), name("b")];
    let locals =
        reachable(base, &Users { first_id: 100, steps, names: &names, ..Users::default() });
    let remotes =
        reachable(base, &Users { first_id: 200, steps, names: &names, ..Users::default() });
    let mut number = (at as u64) << 32;
    for local in &locals {
        for remote in &remotes {
            number += 1;
            if sample.takes(number) {
                tally.count(check_pair(base, local, remote, number), || {
                    format!("  base   {base:?}\n  local  {:?}\n  remote {:?}", local.0, remote.0)
                });
            }
        }
    }
}
