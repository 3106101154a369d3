//! New nodes of both sides at one place are one node.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::model::{Body, Content, Folding, Name, NodeId, Side};

use super::Record;
use super::draft::Draft;
use crate::mutant::{Mutant, broken};

/// Makes one node of each new local and new remote node that stand at one
/// place and are both folders or have equal bytes.
pub(super) fn unify(draft: &mut Draft<'_>) {
    let new_here = only_on(draft, Side::Local);
    let new_there = only_on(draft, Side::Remote);
    if new_here.is_empty() || new_there.is_empty() {
        return;
    }
    let mut pairing = Pairing::new(draft, &new_here, new_there);
    // Parents first: a child can only meet its counterpart once their folders are one.
    let mut queue: VecDeque<NodeId> = new_here
        .iter()
        .copied()
        .filter(|&node| draft.here.parent(node).is_some_and(|parent| !new_here.contains(&parent)))
        .collect();
    while let Some(local) = queue.pop_front() {
        let Some(remote) = pairing.counterpart(draft, local) else { continue };
        let likeness = compare(draft, local, remote);
        match likeness {
            Likeness::One | Likeness::Proved | Likeness::Presumed => {
                let children = pairing.children.remove(&local).unwrap_or_default();
                draft.rename_here(local, remote, &children);
                draft.records.push(Record::Unify { local, remote });
                if likeness != Likeness::One {
                    draft.take_for_equal(remote, likeness == Likeness::Proved);
                }
                pairing.new_there.remove(&remote);
                select(draft, remote);
                queue.extend(children.into_iter().filter(|child| new_here.contains(child)));
            }
            Likeness::Unknown => {
                draft.undecided.extend([local, remote]);
                draft.to_read.insert(remote);
            }
            Likeness::Different => {}
        }
    }
}

/// The open nodes that one side has and neither the other nor base.
fn only_on(draft: &Draft<'_>, side: Side) -> BTreeSet<NodeId> {
    let is_new = |node: &NodeId| {
        draft.tree(side).contains(*node)
            && !draft.tree(side.other()).contains(*node)
            && !draft.base.contains(*node)
            && !draft.is_uncertain(*node, side)
    };
    draft.open.iter().copied().filter(is_new).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    One,
    /// By the checksum that the server vouches for.
    Proved,
    /// As far as length and date say (amendment 32).
    Presumed,
    Unknown,
    Different,
}

fn compare(draft: &Draft<'_>, local: NodeId, remote: NodeId) -> Likeness {
    let body = |side: Side, node| draft.tree(side).get(node).map(|entry| entry.body);
    match (body(Side::Local, local), body(Side::Remote, remote)) {
        (Some(Body::Dir), Some(Body::Dir)) => Likeness::One,
        (Some(Body::File(_)), Some(Body::File(Content::Unread))) => looks(draft, local, remote),
        (Some(local), Some(remote)) if local == remote || broken(Mutant::UnequalUnite) => {
            Likeness::One
        }
        _ => Likeness::Different,
    }
}

/// What checksum, length and date say of a file that was not read.
fn looks(draft: &Draft<'_>, local: NodeId, remote: NodeId) -> Likeness {
    let look = |node, side| draft.seen.looks.get(&(node, side));
    let here = look(draft.former(local), Side::Local);
    let (Some(here), Some(there)) = (here, look(remote, Side::Remote)) else {
        return Likeness::Unknown;
    };
    let same_date = here.date.is_some() && here.date == there.date;
    match (here.sum, there.sum) {
        _ if here.size != there.size => Likeness::Different,
        (Some(here), Some(there)) if here == there => Likeness::Proved,
        (Some(_), Some(_)) => Likeness::Different,
        _ if same_date && broken(Mutant::PresumedIsProved) => Likeness::Proved,
        _ if same_date => Likeness::Presumed,
        _ => Likeness::Unknown,
    }
}

/// What is needed to find counterparts, collected in one look at each side.
struct Pairing {
    new_there: BTreeSet<NodeId>,
    /// Children of new local folders.
    children: BTreeMap<NodeId, Vec<NodeId>>,
    /// Remote nodes by folder and folded name.
    there: BTreeMap<(NodeId, Name), Vec<NodeId>>,
    folding: Folding,
}

impl Pairing {
    fn new(draft: &Draft<'_>, new_here: &BTreeSet<NodeId>, new_there: BTreeSet<NodeId>) -> Self {
        let folding = draft.seen.folding;
        let is_dir = |node: &NodeId| draft.here.get(*node).is_some_and(|entry| entry.body.is_dir());
        let dirs_here: BTreeSet<NodeId> = new_here.iter().copied().filter(is_dir).collect();
        let children = draft.here.children_by_folder(&dirs_here);
        let parents = new_here.iter().filter_map(|&node| draft.here.parent(node));
        let folders: BTreeSet<NodeId> = parents.chain(new_there.iter().copied()).collect();
        let mut there: BTreeMap<(NodeId, Name), Vec<NodeId>> = BTreeMap::new();
        for (node, entry) in draft.there.children_of(&folders) {
            let key = (entry.place.parent, folding.key(&entry.place.name));
            there.entry(key).or_default().push(node);
        }
        Self { new_there, children, there, folding }
    }

    /// The new remote node that may be the same as the new local one: of the
    /// same name or, where this disk folds, the only one of that folded name
    /// (amendment 15).
    fn counterpart(&self, draft: &Draft<'_>, local: NodeId) -> Option<NodeId> {
        let place = draft.here.place(local)?;
        let folded = self.there.get(&(place.parent, self.folding.key(&place.name)))?;
        let is_same = |node: &&NodeId| {
            draft.there.place(**node).is_some_and(|there| there.name == place.name)
        };
        let only = || folded.first().filter(|_| folded.len() == 1);
        let found = folded.iter().find(is_same).or_else(only)?;
        self.new_there.contains(found).then_some(*found)
    }
}

/// A folder made here under the name of one that is not kept here makes that
/// one partly kept: whatever else is not here, in it or in a folder of it that
/// is here still, stays deselected by itself (amendment 3). Nobody has deleted that.
fn select(draft: &mut Draft<'_>, node: NodeId) {
    if !draft.deselected.remove(&node) {
        return;
    }
    let here = |at: NodeId| at == node || draft.here.contains(at);
    let below = draft.there.subtrees(&BTreeSet::from([node])).into_iter();
    let absent = below.filter(|&below| !here(below) && draft.there.parent(below).is_some_and(here));
    let away: Vec<NodeId> = absent.collect();
    draft.deselected.extend(&away);
    draft.records.push(Record::Select { node, away });
}
