//! Larger trees, changed at random: by users of both sides, before and while
//! plans are being carried out, with commits lost in between. Renames are
//! biased to what is hard: swaps, chains, folders turned inside out.

use std::collections::BTreeSet;

use navette::model::{Body, Entry, NodeId, Place, Side, Stand, Tree};
use navette::plan::plan;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::{Chance, World, bytes, name};

/// What a user does; the numbers choose among what there is.
#[derive(Clone, Debug)]
enum Deed {
    Edit(usize),
    MakeFile(usize, usize),
    MakeFolder(usize, usize),
    Move(usize, usize, usize),
    Delete(usize),
    Swap(usize, usize),
    InsideOut(usize),
    Chain(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let n = 0..64usize;
    prop_oneof![
        n.clone().prop_map(Deed::Edit),
        (n.clone(), n.clone()).prop_map(|(a, b)| Deed::MakeFile(a, b)),
        (n.clone(), n.clone()).prop_map(|(a, b)| Deed::MakeFolder(a, b)),
        (n.clone(), n.clone(), n.clone()).prop_map(|(a, b, c)| Deed::Move(a, b, c)),
        n.clone().prop_map(Deed::Delete),
        (n.clone(), n.clone()).prop_map(|(a, b)| Deed::Swap(a, b)),
        n.clone().prop_map(Deed::InsideOut),
        n.prop_map(Deed::Chain),
    ]
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Local), Just(Side::Remote)]
}

/// Both worlds with their users, and what these did away with.
struct Play {
    world: World,
    names: usize,
    next_id: u64,
    next_token: u32,
    made: BTreeSet<Body>,
    gone: BTreeSet<Body>,
}

impl Play {
    fn new(base: &[Deed], names: usize) -> Self {
        let empty = Tree::default();
        let mut play = Self {
            world: World::new(&empty, &empty, &empty),
            names,
            next_id: 10_000,
            next_token: 0,
            made: BTreeSet::new(),
            gone: BTreeSet::new(),
        };
        for deed in base {
            play.act(Side::Remote, deed);
        }
        let tree = play.world.remote.tree.clone();
        play.world.local.tree = tree.clone();
        play.world.base = tree;
        play.world.next_node = 1_000_000;
        play
    }

    fn tree(&mut self, side: Side) -> &mut Tree {
        match side {
            Side::Local => &mut self.world.local.tree,
            Side::Remote => &mut self.world.remote.tree,
        }
    }

    /// What users of a side see: nothing that is parked, nor what lies in it.
    fn visible(&self, side: Side) -> Tree {
        let shown = match side {
            Side::Local => &self.world.local,
            Side::Remote => &self.world.remote,
        };
        let parked = |node: &NodeId| shown.stands.get(node) == Some(&Stand::Parked);
        let is_visible = |node: NodeId| {
            !parked(&node) && !shown.tree.ancestors(node).any(|above| parked(&above))
        };
        let seen = shown.tree.iter().filter(|(node, _)| is_visible(*node));
        seen.map(|(node, entry)| (node, entry.clone())).collect()
    }

    fn new_bytes(&mut self) -> Body {
        self.next_token += 1;
        let body = bytes(self.next_token);
        self.made.insert(body);
        body
    }

    fn make(&mut self, side: Side, folder: usize, text: usize, is_dir: bool) {
        let tree = self.visible(side);
        let dirs = tree.iter().filter(|(_, at)| at.body.is_dir()).map(|(node, _)| node);
        let dirs: Vec<NodeId> = std::iter::once(NodeId::ROOT).chain(dirs).collect();
        let place = self.place(dirs[folder % dirs.len()], text);
        if is_free(&tree, &place) {
            let body = if is_dir { Body::Dir } else { self.new_bytes() };
            let node = NodeId(self.next_id);
            self.next_id += 1;
            self.tree(side).0.insert(node, Entry { place, body });
        }
    }

    fn place(&self, folder: NodeId, text: usize) -> Place {
        let letter = char::from(b'a' + (text % self.names) as u8);
        Place::new(folder, name(&letter.to_string()))
    }

    fn put(&mut self, side: Side, node: NodeId, place: Place) {
        if let Some(entry) = self.tree(side).0.get_mut(&node) {
            entry.place = place;
        }
    }

    /// Does it, if it can be done.
    fn act(&mut self, side: Side, deed: &Deed) {
        let tree = self.visible(side);
        let nodes: Vec<NodeId> = tree.iter().map(|(node, _)| node).collect();
        let pick = |number: usize| nodes.get(number % nodes.len().max(1)).copied();
        match *deed {
            Deed::MakeFile(folder, text) => self.make(side, folder, text, false),
            Deed::MakeFolder(folder, text) => self.make(side, folder, text, true),
            Deed::Edit(at) => {
                let Some(node) = pick(at) else { return };
                if tree.0[&node].body.is_dir() {
                    return;
                }
                let body = self.new_bytes();
                self.gone.insert(tree.0[&node].body);
                self.tree(side).0.get_mut(&node).unwrap().body = body;
            }
            Deed::Delete(at) => {
                let Some(node) = pick(at) else { return };
                for (below, entry) in tree.iter() {
                    if below == node || tree.is_below(below, node) {
                        self.gone.insert(entry.body);
                        self.tree(side).0.remove(&below);
                    }
                }
            }
            Deed::Move(at, folder, text) => {
                let Some(node) = pick(at) else { return };
                let folder = pick(folder).filter(|dir| tree.0[dir].body.is_dir());
                let place = self.place(folder.unwrap_or(NodeId::ROOT), text);
                let into_itself = place.parent == node
                    || (!place.parent.is_root() && tree.is_below(place.parent, node));
                if !into_itself && is_free(&tree, &place) {
                    self.put(side, node, place);
                }
            }
            Deed::Swap(one, other) => {
                let (Some(one), Some(other)) = (pick(one), pick(other)) else { return };
                if one != other && !tree.is_below(one, other) && !tree.is_below(other, one) {
                    self.put(side, one, tree.0[&other].place.clone());
                    self.put(side, other, tree.0[&one].place.clone());
                }
            }
            Deed::InsideOut(at) => {
                let Some(inner) = pick(at).filter(|node| tree.0[node].body.is_dir()) else {
                    return;
                };
                let outer = tree.0[&inner].place.parent;
                let Some(outside) = tree.get(outer).map(|entry| entry.place.clone()) else {
                    return;
                };
                let inside = Place::new(inner, tree.0[&inner].place.name.clone());
                if is_free(&tree, &inside) {
                    self.put(side, inner, outside);
                    self.put(side, outer, inside);
                }
            }
            Deed::Chain(at) => {
                // Everything in a folder takes the name of its neighbour.
                let Some(folder) = pick(at).map(|node| tree.0[&node].place.parent) else { return };
                let inside: Vec<NodeId> = nodes
                    .iter()
                    .copied()
                    .filter(|node| tree.parent(*node) == Some(folder))
                    .collect();
                for (node, next) in inside.iter().zip(inside.iter().cycle().skip(1)) {
                    self.put(side, *node, tree.0[next].place.clone());
                }
            }
        }
    }
}

fn is_free(tree: &Tree, place: &Place) -> bool {
    !tree.iter().any(|(_, at)| at.place == *place)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn users_who_keep_editing_lose_nothing_and_come_to_rest(
        base in vec(deed(), 0..14),
        first in vec((side(), deed()), 0..9),
        later in vec(vec((side(), deed()), 0..3), 0..6),
        names in 2..5usize,
        seed: u64,
    ) {
        let mut chance = Chance::new(seed);
        let mut play = Play::new(&base, names);
        for (side, deed) in &first {
            play.act(*side, deed);
        }
        for deeds in &later {
            let plan = play.world.plan().map_err(TestCaseError::fail)?;
            let burst = 1 + chance.below(8);
            play.world.run(&plan.steps, &mut chance, burst, 3).map_err(TestCaseError::fail)?;
            for (side, deed) in deeds {
                play.act(*side, deed);
            }
            play.world.check_tree(Side::Local).map_err(TestCaseError::fail)?;
            play.world.check_tree(Side::Remote).map_err(TestCaseError::fail)?;
        }
        play.world.settle(&mut chance, 12).map_err(TestCaseError::fail)?;
        play.world.check_equal().map_err(TestCaseError::fail)?;
        let left = play.world.contents();
        for body in &play.made {
            prop_assert!(left.contains(body) || play.gone.contains(body), "lost {:?}", body);
        }
    }

    #[test]
    fn what_one_side_did_is_copied_exactly_in_one_plan(
        base in vec(deed(), 0..20),
        deeds in vec(deed(), 0..12),
        side in side(),
        seed: u64,
    ) {
        let mut play = Play::new(&base, 4);
        for deed in &deeds {
            play.act(side, deed);
        }
        let wanted = play.tree(side).clone();
        let mut chance = Chance::new(seed);
        let plan = play.world.plan().map_err(TestCaseError::fail)?;
        play.world.run(&plan.steps, &mut chance, usize::MAX, 0).map_err(TestCaseError::fail)?;
        prop_assert_eq!(&play.world.local.tree, &wanted);
        prop_assert_eq!(&play.world.remote.tree, &wanted);
        play.world.settle(&mut chance, 2).map_err(TestCaseError::fail)?;
        play.world.check_equal().map_err(TestCaseError::fail)?;
    }

    #[test]
    fn a_plan_depends_on_nothing_but_its_situation(
        base in vec(deed(), 0..14),
        deeds in vec((side(), deed()), 0..9),
    ) {
        let mut play = Play::new(&base, 3);
        for (side, deed) in &deeds {
            play.act(*side, deed);
        }
        let situation = play.world.situation();
        prop_assert_eq!(plan(&situation), plan(&situation.clone()));
    }
}
