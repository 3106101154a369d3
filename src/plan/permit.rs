//! What this account may not do on the server is taken out of the local side
//! before the merge (amendment 16): an op that is tried and refused would
//! leave half of it done.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Body, Kind, Name, NodeId, Perms, Place, Side};

use super::draft::Draft;
use super::merge::{Fate, Target};
use super::{Record, WaitReason};
use crate::mutant::{Mutant, broken};

/// What the permissions change.
#[derive(Default)]
pub(super) struct Permit {
    /// Files whose edit here is forbidden, and what becomes of it.
    pub(super) edits: BTreeMap<NodeId, Fate>,
    /// Local nodes that stay here and are not sent.
    pub(super) held: BTreeSet<NodeId>,
    /// Nodes that stand here where they may not stand on the server; they stay
    /// until they are in the way.
    pub(super) held_places: BTreeSet<NodeId>,
    /// New ids of copies, with the nodes whose local rows they took.
    copies: BTreeMap<NodeId, NodeId>,
}

impl Permit {
    /// Reports what is left different because it is forbidden.
    pub(super) fn report(&self, draft: &mut Draft<'_>) {
        let stay =
            self.edits.iter().filter(|(_, fate)| **fate == Fate::Stays).map(|(node, _)| node);
        for &node in self.held.iter().chain(&self.held_places).chain(stay) {
            draft.wait(node, Some(Side::Local), WaitReason::Forbidden);
        }
    }
}

/// Makes `draft.local`, the view that the merge gets, of `draft.here`.
pub(super) fn filter(draft: &mut Draft<'_>) -> Permit {
    let mut permit = Permit::default();
    if draft.seen.perms.is_empty() || broken(Mutant::RightsIgnored) {
        draft.local = draft.here.clone();
        take_back_given_names(draft);
        return permit;
    }
    if draft.seen.consistent {
        copy_what_may_not_leave(draft, &mut permit);
    }
    draft.local = draft.here.clone();
    take_back_given_names(draft);
    stay_below_originals(draft, &permit);
    judge_edits(draft, &mut permit);
    hold_places(draft, &mut permit);
    hold_new(draft, &mut permit);
    restore_deleted(draft, &permit);
    permit
}

/// A name that the engine gave is no rename by the user (amendment 17).
fn take_back_given_names(draft: &mut Draft<'_>) {
    if draft.seen.given.is_empty() {
        return;
    }
    let given: Vec<NodeId> =
        draft.open.iter().copied().filter(|&node| draft.is_given(node)).collect();
    for node in given {
        let known = draft.base.place(node).or_else(|| draft.there.place(node));
        let Some(name) = known.map(|place| place.name.clone()) else { continue };
        if let Some(mut entry) = draft.here.get(node).cloned() {
            entry.place.name = name;
            draft.local.insert(node, entry);
        }
    }
}

/// Whether the user gave `node` a place here that the server does not show.
fn was_moved(draft: &Draft<'_>, node: NodeId) -> bool {
    let trees = (draft.here.place(node), draft.base.place(node), draft.there.place(node));
    let (Some(here), Some(base), Some(there)) = trees else { return false };
    let given = draft.is_given(node) && here.parent == base.parent;
    here != base && here != there && !given
}

/// Whether the server lets `node` go from where it is to `to`.
fn may_leave(draft: &Draft<'_>, node: NodeId, to: &Place) -> bool {
    let stays_in_folder = draft.there.parent(node) == Some(to.parent);
    draft.may(node, if stays_in_folder { Perms::RENAME } else { Perms::MOVE })
}

/// Whether the server refuses new nodes of this kind in a local folder. One
/// that is not there yet gets the rights of the folder above it.
fn is_closed(draft: &Draft<'_>, folder: NodeId, kind: Kind) -> bool {
    let mut folder = folder;
    while !draft.there.contains(folder) {
        folder = draft.here.parent(folder).unwrap_or(NodeId::ROOT);
    }
    let right = match kind {
        Kind::File => Perms::ADD_FILE,
        Kind::Dir => Perms::ADD_DIR,
    };
    !draft.may(folder, right)
}

fn kind_of(body: Body) -> Kind {
    if body.is_dir() { Kind::Dir } else { Kind::File }
}

fn is_closed_to(draft: &Draft<'_>, node: NodeId) -> bool {
    let Some(entry) = draft.here.get(node) else { return false };
    // Within its own folder a rename makes nothing new.
    draft.there.parent(node) != Some(entry.place.parent)
        && is_closed(draft, entry.place.parent, kind_of(entry.body))
}

/// Moved out of a place that it may not leave: what is here becomes a copy,
/// the original comes back.
fn copy_what_may_not_leave(draft: &mut Draft<'_>, permit: &mut Permit) {
    let moved: Vec<NodeId> =
        draft.open.iter().copied().filter(|&node| was_moved(draft, node)).collect();
    for node in moved {
        let Some(place) = draft.here.place(node).cloned() else { continue };
        let kind = draft.here.get(node).map_or(Kind::File, |entry| kind_of(entry.body));
        if may_leave(draft, node, &place) || is_closed(draft, place.parent, kind) {
            continue;
        }
        let subtree = draft.here.subtrees(&BTreeSet::from([node]));
        let copied: Vec<NodeId> = subtree
            .iter()
            .copied()
            .filter(|&below| below == node || goes_along(draft, below))
            .collect();
        let children = draft.here.children_by_folder(&copied.iter().copied().collect());
        for old in copied {
            let fork = draft.new_node();
            draft.rename_here(old, fork, children.get(&old).map_or(&[], Vec::as_slice));
            draft.records.push(Record::Fork { node: old, fork });
            permit.copies.insert(fork, old);
        }
    }
}

/// Whether a node below a copied folder is copied with it: what the server
/// still has there, and what it deleted but somebody changed here.
fn goes_along(draft: &Draft<'_>, node: NodeId) -> bool {
    let (Some(base), Some(here)) = (draft.base.get(node), draft.here.get(node)) else {
        return false;
    };
    if draft.there.contains(node) {
        return !draft.may(node, Perms::MOVE);
    }
    let has_new = || {
        let below = draft.here.subtrees(&BTreeSet::from([node]));
        below.into_iter().any(|below| !draft.base.contains(below))
    };
    here != base || (here.body.is_dir() && has_new())
}

/// What was left in a copied folder has not been moved by its user.
fn stay_below_originals(draft: &mut Draft<'_>, permit: &Permit) {
    if permit.copies.is_empty() {
        return;
    }
    for &node in &draft.open {
        let Some(parent) = draft.local.parent(node) else { continue };
        let original = permit.copies.get(&parent).copied();
        if let Some(original) = original.filter(|old| draft.base.parent(node) == Some(*old)) {
            draft.local.set_parent(node, original);
        }
    }
}

/// A forbidden edit becomes a conflict copy, and the server's version comes
/// back. An editor that saves every minute must not make a copy a minute:
/// while a copy that cannot be sent is there, the next edit stays in place
/// until the server's version changes.
fn judge_edits(draft: &Draft<'_>, permit: &mut Permit) {
    let mut edited = Vec::new();
    for &node in &draft.open {
        let trees = (draft.base.get(node), draft.here.get(node), draft.there.get(node));
        let (Some(base), Some(here), Some(there)) = trees else { continue };
        let is_edit = !here.body.is_dir() && here.body != base.body && here.body != there.body;
        let is_known = there.body.hash().is_some();
        if is_edit && is_known && !draft.may(node, Perms::WRITE) {
            edited.push((node, &here.place, there.body == base.body));
        }
    }
    if edited.is_empty() {
        return;
    }
    let mut unsent: BTreeMap<NodeId, Vec<&Name>> = BTreeMap::new();
    for &node in &draft.open {
        let is_unsent = !draft.base.contains(node) && !draft.there.contains(node);
        if let Some(place) = draft.here.place(node).filter(|_| is_unsent) {
            unsent.entry(place.parent).or_default().push(&place.name);
        }
    }
    for (node, place, same_there) in edited {
        let mut beside = unsent.get(&place.parent).into_iter().flatten();
        let has_copy = beside.any(|name| name.is_conflict_of(&place.name, Kind::File));
        let fate = if same_there && has_copy { Fate::Stays } else { Fate::Split };
        permit.edits.insert(node, fate);
    }
}

/// A move into or within a closed folder is not carried out: the merge sees
/// the node where it was, and here it stays where the user put it.
fn hold_places(draft: &mut Draft<'_>, permit: &mut Permit) {
    for &node in &draft.open {
        if !was_moved(draft, node) {
            continue;
        }
        let Some(here) = draft.here.place(node) else { continue };
        if is_closed_to(draft, node) || !may_leave(draft, node, here) {
            permit.held_places.insert(node);
        }
    }
    for &node in &permit.held_places {
        put_back(draft, node);
    }
}

/// Shows the merge `node` where it was agreed to be.
fn put_back(draft: &mut Draft<'_>, node: NodeId) {
    let place = draft.base.place(node).cloned();
    if let (Some(mut entry), Some(place)) = (draft.local.get(node).cloned(), place) {
        entry.place = place;
        draft.local.insert(node, entry);
    }
}

/// What may not be made on the server stays here, unsent: new nodes, and those
/// that were deleted there while somebody changed them here.
fn hold_new(draft: &mut Draft<'_>, permit: &mut Permit) {
    let unsent: Vec<NodeId> = draft
        .open
        .iter()
        .copied()
        .filter(|&node| !draft.there.contains(node))
        .filter(|&node| {
            draft.local.get(node).is_some_and(|local| draft.base.get(node) != Some(local))
        })
        .collect();
    let mut queue: Vec<NodeId> = Vec::new();
    for node in unsent {
        let Some(entry) = draft.here.get(node) else { continue };
        if is_closed(draft, entry.place.parent, kind_of(entry.body)) {
            queue.push(node);
        }
    }
    if queue.is_empty() {
        return;
    }
    // What stands in a held folder cannot be sent either; what the server has
    // elsewhere is only not moved.
    let mut inside: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
    for &node in &draft.open {
        if let Some(folder) = draft.here.parent(node) {
            inside.entry(folder).or_default().push(node);
        }
    }
    while let Some(node) = queue.pop() {
        if !permit.held.insert(node) {
            continue;
        }
        draft.local.remove(node);
        for &child in inside.get(&node).into_iter().flatten() {
            if draft.there.contains(child) {
                permit.held_places.insert(child);
                put_back(draft, child);
            } else if draft.base.get(child) != draft.local.get(child) {
                queue.push(child);
            }
        }
    }
}

/// Forbidden deletes are judged at the topmost deleted node (to leave a share
/// is allowed, to delete in it is not) and are all or nothing: if the server
/// has anything new below, all comes back.
fn restore_deleted(draft: &mut Draft<'_>, permit: &Permit) {
    let is_deleted = |node: NodeId| {
        draft.base.contains(node)
            && !draft.here.contains(node)
            && draft.there.contains(node)
            && !permit.held.contains(&node)
    };
    let mut whole: BTreeMap<NodeId, bool> = BTreeMap::new();
    let mut restored = Vec::new();
    for &node in &draft.open {
        if !is_deleted(node) {
            continue;
        }
        let mut top = node;
        while let Some(above) = draft.base.parent(top).filter(|&above| {
            !above.is_root() && is_deleted(above) && draft.there.parent(top) == Some(above)
        }) {
            top = above;
        }
        let goes_whole = top != node
            && *whole.entry(top).or_insert_with(|| {
                let below = draft.there.subtrees(&BTreeSet::from([top]));
                below.into_iter().all(|at| {
                    is_deleted(at)
                        && draft.there.get(at) == draft.base.get(at)
                        && !draft.seen.holding.contains(&at)
                })
            });
        if !draft.may(top, Perms::DELETE) || !(goes_whole || draft.may(node, Perms::DELETE)) {
            restored.push(node);
        }
    }
    for node in restored {
        if let Some(entry) = draft.base.get(node).cloned() {
            draft.local.insert(node, entry);
        }
    }
}

/// Ends holds that stand in the way of the target, and holds folders that die
/// on the server but still have something unsent in them: those are unlinked,
/// not sent again.
pub(super) fn settle_holds(draft: &mut Draft<'_>, permit: &mut Permit, target: &Target<'_>) {
    if permit.held.is_empty() && permit.held_places.is_empty() {
        return;
    }
    let folders: BTreeSet<NodeId> =
        permit.held_places.iter().filter_map(|&node| draft.here.parent(node)).collect();
    let mut wanted: BTreeMap<Place, Vec<NodeId>> = BTreeMap::new();
    for (node, entry) in target.tree.children_of(&folders) {
        wanted.entry(folded(draft, &entry.place)).or_default().push(node);
    }
    let held: Vec<NodeId> = permit.held_places.iter().copied().collect();
    for node in held {
        if !may_stay(draft, permit, target, &wanted, node) {
            permit.held_places.remove(&node);
        }
    }
    let mut queue: Vec<NodeId> = permit.held.iter().copied().collect();
    while let Some(node) = queue.pop() {
        let Some(parent) = draft.here.parent(node) else { continue };
        let dies = !parent.is_root() && !target.tree.contains(parent);
        if dies && permit.held.insert(parent) {
            if draft.base.remove(parent).is_some() {
                draft.records.push(Record::Forget { node: parent });
            }
            queue.push(parent);
        }
    }
}

fn folded(draft: &Draft<'_>, place: &Place) -> Place {
    Place::new(place.parent, draft.seen.folding.key(&place.name))
}

/// Whether the held `node` is not in the way of what is `wanted` here.
fn may_stay(
    draft: &Draft<'_>,
    permit: &Permit,
    target: &Target<'_>,
    wanted: &BTreeMap<Place, Vec<NodeId>>,
    node: NodeId,
) -> bool {
    let Some(place) = draft.here.place(node) else { return false };
    let mut folder = place.parent;
    while permit.held.contains(&folder) {
        folder = draft.here.parent(folder).unwrap_or(NodeId::ROOT);
    }
    let rivals = wanted.get(&folded(draft, place)).into_iter().flatten();
    target.tree.contains(folder)
        && !target.tree.is_within(folder, node)
        && rivals.into_iter().all(|rival| *rival == node)
}
