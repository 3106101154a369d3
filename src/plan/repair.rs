//! The target becomes a tree: no orphan, no loop, no dead folder above the living.

use std::collections::BTreeSet;

use crate::model::NodeId;

use super::difference::{Differences, Repair};
use super::draft::Draft;
use super::merge::Target;
use super::overlay::Overlay;
use crate::mutant::{Mutant, broken};

/// Repairs the shape of the target, and counts what it took; names come later.
pub(super) fn repair(draft: &Draft<'_>, target: &mut Target<'_>, taken: &mut Differences) {
    taken.repaired(Repair::Orphan, adopt_orphans(draft, target));
    if !broken(Mutant::NoLoopUndo) {
        taken.repaired(Repair::Loop, undo_loops(draft, target));
    }
    let dying = target.dead.len();
    keep_skeleton(draft, target);
    taken.repaired(Repair::Skeleton, dying - target.dead.len());
    for node in std::mem::take(&mut target.dead) {
        target.tree.remove(node);
    }
}

/// A parent that is gone from both sides: the child goes where the server has
/// it, else where it is here, else where it was agreed to be, else to the root.
fn adopt_orphans(draft: &Draft<'_>, target: &mut Target<'_>) -> usize {
    let mut adopted = 0;
    for &node in &draft.open {
        let Some(parent) = target.tree.parent(node) else { continue };
        if target.tree.contains(parent) {
            continue;
        }
        let parents = [&draft.there, &draft.local, &draft.base].map(|tree| tree.parent(node));
        let mut alive = parents.into_iter().flatten().filter(|at| target.tree.contains(*at));
        target.tree.set_parent(node, alive.next().unwrap_or(NodeId::ROOT));
        adopted += 1;
    }
    adopted
}

/// Folders moved into each other on different sides: the local move of the
/// smallest id is undone, until there is no loop (Kleppmann's rule, the server
/// first: its own moves never make a loop, so undoing local ones suffices).
fn undo_loops(draft: &Draft<'_>, target: &mut Target<'_>) -> usize {
    let strays = |tree: &Overlay<'_>, node: NodeId| {
        tree.parent(node).is_some_and(|parent| draft.there.parent(node) != Some(parent))
    };
    // A loop holds at least one node whose parent is not the server's.
    let movers: Vec<NodeId> =
        draft.open.iter().copied().filter(|&node| strays(&target.tree, node)).collect();
    let (mut looped, mut moves_undone) = (true, 0);
    while looped {
        looped = false;
        for &mover in &movers {
            while target.tree.is_in_loop(mover) {
                looped = true;
                let around = loop_through(&target.tree, mover);
                let undone = around.into_iter().filter(|&node| strays(&target.tree, node)).min();
                let undone = undone.unwrap_or(mover);
                let home = draft.there.parent(undone).or_else(|| draft.base.parent(undone));
                let home = home.filter(|home| target.tree.parent(undone) != Some(*home));
                target.tree.set_parent(undone, home.unwrap_or(NodeId::ROOT));
                moves_undone += 1;
            }
        }
    }
    moves_undone
}

fn loop_through(tree: &Overlay<'_>, node: NodeId) -> Vec<NodeId> {
    let mut around = vec![node];
    let mut at = tree.parent(node);
    while let Some(above) = at.filter(|above| *above != node) {
        around.push(above);
        at = tree.parent(above);
    }
    around
}

/// A dead folder with a living descendant lives; its untouched other children
/// still die. What is not kept here lives, too (amendment 1).
fn keep_skeleton(draft: &Draft<'_>, target: &mut Target<'_>) {
    if target.dead.is_empty() || broken(Mutant::NoSkeleton) {
        return;
    }
    let is_alive = |node: &NodeId| target.tree.contains(*node) && !target.dead.contains(node);
    let living: Vec<NodeId> =
        draft.open.iter().chain(&draft.hidden_tops).copied().filter(is_alive).collect();
    let mut climbed = BTreeSet::new();
    for node in living {
        let mut at = target.tree.parent(node);
        while let Some(above) = at.filter(|above| !above.is_root() && climbed.insert(*above)) {
            target.dead.remove(&above);
            at = target.tree.parent(above);
        }
    }
}
