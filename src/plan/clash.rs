//! Two nodes, one name: who keeps it, and what the others are called.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Kind, Name, NodeId, Place, Side, Stand};

use super::WaitReason;
use super::draft::Draft;
use super::merge::Target;
use super::permit::Permit;
use crate::mutant::{Mutant, broken};

/// The names that stand, on either side or in the target, in the folders where
/// new names are made; folded as the local disk does, so that a made name is
/// free everywhere.
#[derive(Default)]
pub(super) struct Taken {
    names: BTreeMap<NodeId, BTreeSet<Name>>,
}

impl Taken {
    /// Looks into `folders` once.
    pub(super) fn look(draft: &Draft<'_>, target: &Target<'_>, folders: &BTreeSet<NodeId>) -> Self {
        let mut taken = Self::default();
        let key = |name: &Name| draft.seen.folding.key(name);
        for side in [Side::Local, Side::Remote] {
            for (node, entry) in draft.tree(side).children_of(folders) {
                let real = draft.real_name(side, node, entry).into_iter();
                for name in real.chain([&entry.place.name]) {
                    taken.names.entry(entry.place.parent).or_default().insert(key(name));
                }
            }
        }
        for place in draft.seen.kept.values().filter(|place| folders.contains(&place.parent)) {
            taken.take(draft, place.parent, &place.name);
        }
        for (_, entry) in target.tree.children_of(folders) {
            taken.names.entry(entry.place.parent).or_default().insert(key(&entry.place.name));
        }
        taken
    }

    /// Takes a name that this plan gives.
    pub(super) fn take(&mut self, draft: &Draft<'_>, folder: NodeId, name: &Name) {
        self.names.entry(folder).or_default().insert(draft.seen.folding.key(name));
    }

    /// A free conflict name in `folder`, which is then taken.
    pub(super) fn conflict(
        &mut self,
        draft: &Draft<'_>,
        folder: NodeId,
        name: &Name,
        kind: Kind,
    ) -> Name {
        let folding = draft.seen.folding;
        let names = self.names.entry(folder).or_default();
        let made =
            name.conflict(kind, &draft.seen.stamp, |name| names.contains(&folding.key(name)));
        names.insert(folding.key(&made));
        made
    }

    /// A free alias in `folder`, which is then taken.
    pub(super) fn alias(
        &mut self,
        draft: &Draft<'_>,
        folder: NodeId,
        name: &Name,
        kind: Kind,
        plain: bool,
    ) -> Name {
        let folding = draft.seen.folding;
        let names = self.names.entry(folder).or_default();
        let made = name.alias(kind, plain, |name| names.contains(&folding.key(name)));
        names.insert(folding.key(&made));
        made
    }
}

pub(super) fn kind(draft: &Draft<'_>, target: &Target<'_>, node: NodeId) -> Kind {
    let entry = target.tree.get(node).or_else(|| draft.here.get(node));
    if entry.is_some_and(|entry| entry.body.is_dir()) { Kind::Dir } else { Kind::File }
}

/// Nodes that would have to be renamed but may not be now: nothing is done
/// with them in this plan.
pub(super) type Frozen = BTreeMap<NodeId, WaitReason>;

/// Gives every node of the target a name of its own in its folder: the one
/// that the server shows there keeps it, else the one of base, else the lower
/// id; the others get conflict names.
pub(super) fn resolve(draft: &Draft<'_>, target: &mut Target<'_>) -> Frozen {
    let mut frozen = Frozen::new();
    let losers = losers(draft, target);
    if losers.is_empty() || broken(Mutant::NoClashRename) {
        return frozen;
    }
    let folders: BTreeSet<NodeId> =
        losers.iter().filter_map(|loser| target.tree.parent(loser.node)).collect();
    let mut taken = Taken::look(draft, target, &folders);
    let mut kept_names: BTreeSet<Place> =
        target.tree.children_of(&folders).map(|(_, entry)| entry.place.clone()).collect();
    for Loser { node, certain } in losers {
        if !certain || !draft.seen.consistent {
            let reason =
                if draft.seen.consistent { WaitReason::Blocked } else { WaitReason::TornEpoch };
            frozen.insert(node, reason);
            continue;
        }
        let Some(mut entry) = target.tree.get(node).cloned() else { continue };
        let kind = kind(draft, target, node);
        let name = former_conflict_name(draft, node, &entry.place, kind)
            .filter(|name| !kept_names.contains(&Place::new(entry.place.parent, name.clone())))
            .unwrap_or_else(|| taken.conflict(draft, entry.place.parent, &entry.place.name, kind));
        entry.place.name = name;
        kept_names.insert(entry.place.clone());
        target.tree.insert(node, entry);
        target.named.insert(node);
    }
    frozen
}

struct Loser {
    node: NodeId,
    /// All who want the name are where they are seen.
    certain: bool,
}

fn losers(draft: &Draft<'_>, target: &Target<'_>) -> Vec<Loser> {
    let is_parked = |node: NodeId| *draft.stand(Side::Remote, node) == Stand::Parked;
    // What really stands on the server is free of clashes, so one needs an
    // arrival, be it from staging.
    let arrives = |node: &&NodeId| {
        let place = target.tree.place(**node);
        place.is_some() && (place != draft.there.place(**node) || is_parked(**node))
    };
    let arrivals = draft.open.iter().filter(arrives);
    let folders: BTreeSet<NodeId> = arrivals.filter_map(|&node| target.tree.parent(node)).collect();
    let mut groups: BTreeMap<&Place, Vec<NodeId>> = BTreeMap::new();
    for (node, entry) in target.tree.children_of(&folders) {
        if !draft.undecided.contains(&node) {
            groups.entry(&entry.place).or_default().push(node);
        }
    }
    let mut losers = Vec::new();
    for (place, mut group) in groups {
        if group.len() < 2 {
            continue;
        }
        group.sort_by_key(|&node| {
            let stands = |tree: &super::overlay::Overlay<'_>| tree.place(node) == Some(place);
            let is_there = stands(&draft.there) && !is_parked(node);
            (!is_there, !stands(&draft.base), node)
        });
        let is_certain = |&node: &NodeId| {
            !draft.is_uncertain(node, Side::Local) && !draft.is_uncertain(node, Side::Remote)
        };
        let certain = group.iter().all(is_certain);
        losers.extend(group.into_iter().skip(1).map(|node| Loser { node, certain }));
    }
    losers
}

/// The conflict name that an earlier plan gave the node for the same reason:
/// it keeps it, lest every pass rename it anew.
fn former_conflict_name(
    draft: &Draft<'_>,
    node: NodeId,
    wanted: &Place,
    kind: Kind,
) -> Option<Name> {
    let places = [draft.here.place(node), draft.there.place(node)];
    let fits = |place: &&Place| {
        place.parent == wanted.parent && place.name.is_conflict_of(&wanted.name, kind)
    };
    places.into_iter().flatten().find(fits).map(|place| place.name.clone())
}

/// New names for held local nodes that stand where the target needs the place
/// (amendment 16).
pub(super) fn step_aside(
    draft: &Draft<'_>,
    target: &Target<'_>,
    permit: &Permit,
) -> BTreeMap<NodeId, Name> {
    let mut aside = BTreeMap::new();
    let folders: BTreeSet<NodeId> =
        permit.held.iter().filter_map(|&node| draft.here.parent(node)).collect();
    if folders.is_empty() {
        return aside;
    }
    let folding = draft.seen.folding;
    let wanted: BTreeSet<(NodeId, Name)> = target
        .tree
        .children_of(&folders)
        .map(|(_, entry)| (entry.place.parent, folding.key(&entry.place.name)))
        .collect();
    let mut taken = Taken::look(draft, target, &folders);
    for &node in &permit.held {
        let Some(entry) = draft.here.get(node) else { continue };
        let Some(name) = draft.real_name(Side::Local, node, entry) else { continue };
        if wanted.contains(&(entry.place.parent, folding.key(name))) {
            let kind = kind(draft, target, node);
            aside.insert(node, taken.conflict(draft, entry.place.parent, name, kind));
        }
    }
    aside
}
