//! What the user does not keep here (amendments 1 to 3, 30).

use std::collections::BTreeSet;

use crate::model::{Body, NodeId, Side};

use super::draft::Draft;
use super::merge::Target;
use super::{Record, Step, Why};
use crate::mutant::{Mutant, broken};

/// Takes nodes that are on the server only because they are not kept here out
/// of the open ones. They are never made here and never deleted there, and
/// keep the folders above them alive.
///
/// One that base still knows was taken away here by us: base forgets it, so
/// that its absence is not read as a delete.
pub(super) fn set_hidden_aside(draft: &mut Draft<'_>) {
    if draft.deselected.is_empty() || broken(Mutant::HiddenIsDeleted) {
        return;
    }
    let is_hidden = |draft: &Draft<'_>, node: NodeId| {
        !draft.here.contains(node) && draft.there.contains(node) && draft.is_deselected(node)
    };
    let hidden: BTreeSet<NodeId> =
        draft.open.iter().copied().filter(|&node| is_hidden(draft, node)).collect();
    for &node in &hidden {
        draft.open.remove(&node);
        if draft.base.contains(node) {
            draft.base.remove(node);
            draft.records.push(Record::Forget { node });
        }
        if draft.there.parent(node).is_some_and(|parent| !hidden.contains(&parent)) {
            draft.hidden_tops.insert(node);
        }
    }
}

/// What the target puts out of sight although it is here.
#[derive(Default)]
pub(super) struct Hidden {
    /// Nodes that are not to be here.
    pub(super) nodes: BTreeSet<NodeId>,
    /// New nodes made of local bytes that the server does not have: nothing
    /// more is done with them in this plan.
    pub(super) forked: BTreeSet<NodeId>,
}

/// Finds local nodes whose place is not kept here. Bytes that the server has
/// are taken away; others become new nodes where they stand, with the hidden
/// folders above them (amendment 2).
pub(super) fn hide(draft: &mut Draft<'_>, target: &Target<'_>) -> Hidden {
    let mut hidden = Hidden::default();
    if draft.deselected.is_empty() {
        return hidden;
    }
    let is_out = |node: NodeId| {
        draft.deselected.contains(&node)
            || target.tree.ancestors(node).any(|above| draft.deselected.contains(&above))
    };
    let known = draft.open.iter().chain(&draft.deselected).copied();
    let tops: BTreeSet<NodeId> =
        known.filter(|&node| target.tree.contains(node) && is_out(node)).collect();
    for node in target.tree.subtrees(&tops) {
        if draft.here.contains(node) {
            draft.open.insert(node);
        }
        hidden.nodes.insert(node);
    }
    keep_what_moves(draft, target, &mut hidden);
    // What leaves this computer must be proved to be there (amendment 32).
    let presumed: Vec<NodeId> =
        hidden.nodes.iter().copied().filter(|node| draft.presumed.contains(node)).collect();
    draft.to_read.extend(presumed);
    fork_unknown_bytes(draft, &mut hidden);
    hidden
}

/// Base forgets what these steps take away because it is not kept here, before
/// they do: if it is somewhere else on the server by the next look, its absence
/// here must not be read as a delete. Where the server has another version, no
/// delete would win, and base still tells whose bytes are here.
pub(super) fn forget_what_leaves(draft: &mut Draft<'_>, steps: &[Step]) {
    if broken(Mutant::HiddenIsDeleted) {
        return;
    }
    for step in steps.iter().filter(|step| step.why == Why::Deselected) {
        let node = step.op.node();
        let known = draft.base.get(node).map(|base| base.body);
        let there = draft.there.get(node).map(|there| there.body);
        if step.op.side() == Some(Side::Local) && known.is_some() && known == there {
            draft.base.remove(node);
            draft.records.push(Record::Forget { node });
        }
    }
}

/// What is not kept here only by a move that the server does not show yet stays
/// for now, with the folders that hold it: were it taken away, and the move
/// refused, its absence would be read as a delete.
fn keep_what_moves(draft: &Draft<'_>, target: &Target<'_>, hidden: &mut Hidden) {
    if broken(Mutant::HiddenBeforeItMoved) {
        return;
    }
    let moves = |node: &NodeId| {
        draft.here.contains(*node) && draft.there.contains(*node) && !draft.is_deselected(*node)
    };
    let moving: Vec<NodeId> = hidden.nodes.iter().copied().filter(moves).collect();
    for node in moving {
        hidden.nodes.remove(&node);
        for above in draft.here.ancestors(node).chain(target.tree.ancestors(node)) {
            hidden.nodes.remove(&above);
        }
    }
}

fn fork_unknown_bytes(draft: &mut Draft<'_>, hidden: &mut Hidden) {
    let precious: Vec<NodeId> =
        hidden.nodes.iter().copied().filter(|&node| is_precious(draft, node)).collect();
    let mut forks: BTreeSet<NodeId> = BTreeSet::new();
    for node in precious {
        forks.insert(node);
        let above: Vec<NodeId> = draft.here.ancestors(node).collect();
        forks.extend(above.into_iter().filter(|above| hidden.nodes.contains(above)));
    }
    let children = draft.here.children_by_folder(&forks);
    for node in forks {
        hidden.nodes.remove(&node);
        let known = draft.base.contains(node) || draft.there.contains(node);
        if !known {
            hidden.forked.insert(node);
            continue;
        }
        let fork = draft.new_node();
        draft.rename_here(node, fork, children.get(&node).map_or(&[], Vec::as_slice));
        draft.records.push(Record::Fork { node, fork });
        if draft.base.remove(node).is_some() {
            draft.records.push(Record::Forget { node });
        }
        draft.open.remove(&node);
        hidden.forked.insert(fork);
    }
}

/// Whether taking `node` away would take bytes (or a new folder) that the
/// server does not have. Unread bytes are read first, and nothing is taken.
fn is_precious(draft: &Draft<'_>, node: NodeId) -> bool {
    let Some(here) = draft.here.get(node) else { return false };
    let equals = |body: Option<Body>| body == Some(here.body);
    let base = draft.base.get(node).map(|entry| entry.body);
    let there = draft.there.get(node).map(|entry| entry.body);
    there.is_none() || !(equals(base) || equals(there) || draft.to_read.contains(&node))
}
