//! Selection, what is never synced, read-only shares and folding, tried with every small change.

use std::collections::{BTreeMap, BTreeSet};

use navette::model::{Body, Folding, Name, NodeId, Side, Stand, Tree};
use navette::plan::{Plan, WaitReason};

use crate::exhaustive::{Changed, Sample, Tally, Users, bases, in_bursts, on_all_cores, reachable};
use crate::world::{Chance, Verdict, World, ensure, name};

/// What is special about a pair.
#[derive(Clone, Copy, Debug, Default)]
struct Setting {
    deselected: Option<NodeId>,
    holding: Option<NodeId>,
    read_only: Option<NodeId>,
    folding: Folding,
}

/// One base on the server, with what of it is kept here.
#[derive(Debug)]
struct Scene {
    setting: Setting,
    whole: Tree,
    kept: Tree,
}

fn is_within(tree: &Tree, node: NodeId, top: NodeId) -> bool {
    node == top || tree.is_below(node, top)
}

impl Scene {
    fn new(setting: Setting, whole: &Tree) -> Self {
        let mut out: BTreeSet<NodeId> = setting.deselected.into_iter().collect();
        let mut names = BTreeSet::new();
        for (node, entry) in whole.iter() {
            // Of two names that are one here, the second is not here yet.
            if !names.insert((entry.place.parent, setting.folding.key(&entry.place.name))) {
                out.insert(node);
            }
        }
        let is_kept = |node: NodeId| !out.iter().any(|&top| is_within(whole, node, top));
        let kept = whole.iter().filter(|(node, _)| is_kept(*node));
        let kept = kept.map(|(node, entry)| (node, entry.clone())).collect();
        Self { setting, whole: whole.clone(), kept }
    }

    fn world(&self, local: &Tree, remote: &Tree) -> World {
        let mut world = World::new(&self.kept, local, remote);
        world.deselected.extend(self.setting.deselected);
        world.holding.extend(self.setting.holding);
        // A share that was taken back is no share any more.
        world.read_only = self.setting.read_only.filter(|top| remote.contains(*top));
        world.folding = self.setting.folding;
        world
    }

    fn check(&self, local: &Changed, remote: &Changed, seed: u64) -> Verdict {
        let mut chance = Chance::new(seed);
        let mut world = self.world(&local.0, &remote.0);
        let rest = world.settle(&mut chance, 12)?;
        self.check_rest(&world, &rest, local, remote)?;
        let mut world = self.world(&local.0, &remote.0);
        in_bursts(&mut world, &mut chance).map_err(|why| format!("in bursts: {why}"))?;
        let rest = world.settle(&mut chance, 14).map_err(|why| format!("bursts: {why}"))?;
        self.check_rest(&world, &rest, local, remote).map_err(|why| format!("bursts: {why}"))
    }

    fn check_rest(&self, world: &World, rest: &Plan, local: &Changed, remote: &Changed) -> Verdict {
        world.check_tree(Side::Local)?;
        world.check_tree(Side::Remote)?;
        world.check_names()?;
        ensure!(world.remote.stands.is_empty(), "parked there");
        ensure!(!world.local.stands.values().any(|at| *at == Stand::Parked), "parked here");
        let held: BTreeMap<NodeId, WaitReason> =
            rest.waits.iter().map(|wait| (wait.node, wait.reason)).collect();
        ensure!(held.values().all(|reason| *reason == WaitReason::Forbidden), "waits for {held:?}");
        ensure!(self.setting.read_only.is_some() || held.is_empty(), "nothing is forbidden");
        let bodies = |tree: &Tree| -> BTreeSet<Body> {
            tree.iter().map(|(_, at)| at.body).filter(|body| !body.is_dir()).collect()
        };
        let there = bodies(&world.remote.tree);
        let gone = |body: &Body| local.1.contains(body) || remote.1.contains(body);
        for lost in bodies(&remote.0).difference(&there) {
            ensure!(gone(lost), "lost {lost:?} of the server");
        }
        let unsent = world.local.tree.iter().filter(|(node, _)| held.contains_key(node));
        let unsent: BTreeSet<Body> = unsent.map(|(_, at)| at.body).collect();
        for lost in bodies(&local.0).difference(&there) {
            ensure!(gone(lost) || unsent.contains(lost), "lost {lost:?} of this side");
        }
        ensure!(local.0 != self.kept || world.remote.tree == remote.0, "the server was changed");
        self.check_alike(world, &held)?;
        self.check_deletes(world, local, remote)
    }

    /// What differs is hidden or waits; nothing else differs.
    fn check_alike(&self, world: &World, held: &BTreeMap<NodeId, WaitReason>) -> Verdict {
        let remote = &world.remote.tree;
        for (node, there) in remote.iter() {
            let hidden = world.deselected.iter().any(|&top| is_within(remote, node, top));
            let here = world.local.tree.get(node);
            if hidden {
                ensure!(here.is_none(), "{node:?} is not kept and is here");
                ensure!(!world.base.contains(node), "{node:?} is not kept and in base");
            } else if !held.contains_key(&node) {
                ensure!(here == Some(there), "{node:?} differs");
                ensure!(world.base.get(node) == here, "base of {node:?} differs");
            }
        }
        for (node, _) in world.local.tree.iter() {
            ensure!(
                remote.contains(node) || held.contains_key(&node),
                "{node:?} is only here, and that is not said"
            );
        }
        Ok(())
    }

    /// A file deleted on one side and untouched on the other is gone from both.
    fn check_deletes(&self, world: &World, local: &Changed, remote: &Changed) -> Verdict {
        let forbidden = |tree: &Tree, node| {
            self.setting.read_only.is_some_and(|top| tree.contains(top) && tree.is_below(node, top))
        };
        for (node, base) in self.kept.iter().filter(|(_, at)| !at.body.is_dir()) {
            let (here, there) = (local.0.get(node), remote.0.get(node));
            // Moved there to where it is not kept here: never deleted, even if it
            // was deleted here; that absence may be our own doing.
            let is_hidden =
                world.deselected.iter().any(|&top| is_within(&world.remote.tree, node, top));
            let lives = world.remote.tree.contains(node) && !is_hidden;
            if here.is_none() && there == Some(base) && lives {
                let mut top = node;
                while let Some(above) = self.kept.parent(top).filter(|above| {
                    !above.is_root()
                        && !local.0.contains(*above)
                        && remote.0.parent(top) == Some(*above)
                }) {
                    top = above;
                }
                let forbidden = forbidden(&remote.0, top) || forbidden(&world.remote.tree, node);
                ensure!(forbidden, "the delete of {node:?} was not carried out there");
            }
            if there.is_none() && here == Some(base) {
                ensure!(!world.local.tree.contains(node), "{node:?} was deleted there and is here");
            }
        }
        Ok(())
    }
}

/// Checks the pairs of one scene.
fn check_scene(at: usize, scene: &Scene, names: &[Name], sample: Sample, tally: &mut Tally) {
    let users = Users { steps: 2, names, alike: false, ..Users::default() };
    let folding = scene.setting.folding;
    let locals = reachable(&scene.kept, &Users { first_id: 100, folding, ..users });
    let remotes = reachable(&scene.whole, &Users { first_id: 200, ..users });
    let mut number = (at as u64) << 32;
    for local in &locals {
        for remote in &remotes {
            number += 1;
            if sample.takes(number) {
                tally.count(scene.check(local, remote, number), || {
                    let setting = scene.setting;
                    format!(
                        "  {setting:?}\n  whole  {:?}\n  base   {:?}\n  local  {:?}\n  remote {:?}",
                        scene.whole, scene.kept, local.0, remote.0
                    )
                });
            }
        }
    }
}

fn check_scenes(nodes: u64, names: &[Name], sample: Sample, settings: fn(&Tree) -> Vec<Setting>) {
    let scenes: Vec<Scene> = bases(nodes, names)
        .iter()
        .flat_map(|tree| settings(tree).into_iter().map(|setting| Scene::new(setting, tree)))
        .collect();
    on_all_cores(&scenes, |at, scene, tally| check_scene(at, scene, names, sample, tally))
        .assert_clean();
}

fn for_each_folder(tree: &Tree, setting: fn(NodeId) -> Setting) -> Vec<Setting> {
    tree.iter().filter(|(_, at)| at.body.is_dir()).map(|(node, _)| setting(node)).collect()
}

fn selections(tree: &Tree) -> Vec<Setting> {
    for_each_folder(tree, |node| Setting { deselected: Some(node), ..Setting::default() })
}

fn holdings(tree: &Tree) -> Vec<Setting> {
    for_each_folder(tree, |node| Setting { holding: Some(node), ..Setting::default() })
}

fn shares(tree: &Tree) -> Vec<Setting> {
    for_each_folder(tree, |node| Setting { read_only: Some(node), ..Setting::default() })
}

fn case_folding(_: &Tree) -> Vec<Setting> {
    let folding = Folding { case: true, normalization: false };
    vec![Setting { folding, ..Setting::default() }]
}

#[test]
fn selection_never_touches_what_is_not_kept_here() {
    check_scenes(2, &[name("a"), name("b")], Sample::one_in(20), selections);
}

#[test]
fn selection_holds_for_deeper_trees() {
    check_scenes(3, &[name("a"), name("b")], Sample(800), selections);
}

#[test]
fn what_is_never_synced_keeps_its_folder_and_nothing_else() {
    check_scenes(2, &[name("a"), name("b")], Sample::one_in(20), holdings);
    check_scenes(3, &[name("a"), name("b")], Sample(800), holdings);
}

#[test]
fn read_only_shares_are_never_written_to() {
    check_scenes(2, &[name("a"), name("b")], Sample::one_in(40), shares);
}

#[test]
fn folding_never_renames_on_the_server() {
    check_scenes(2, &[name("a"), name("A"), name("b")], Sample::one_in(40), case_folding);
}
