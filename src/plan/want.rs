//! What each side is to show: the target, but for what is hidden, held or
//! shown under an alias here.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Body, Entry, Name, NodeId, Place, Side, Stand};

use super::clash::{self, Taken};
use super::draft::Draft;
use super::hide::Hidden;
use super::merge::Target;
use super::permit::Permit;
use crate::mutant::{Mutant, broken};

/// What a side is to show of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Want {
    pub(super) place: Place,
    pub(super) alias: Option<Name>,
    pub(super) body: Body,
}

impl Want {
    fn of(entry: &Entry) -> Self {
        Self { place: entry.place.clone(), alias: None, body: entry.body }
    }

    /// The name that the file system gets to see.
    pub(super) fn real_name(&self) -> &Name {
        self.alias.as_ref().unwrap_or(&self.place.name)
    }
}

/// What open nodes are to be on one side; none: not there.
pub(super) type Wants = BTreeMap<NodeId, Option<Want>>;

/// What the server is to show.
pub(super) fn remote(draft: &Draft<'_>, target: &Target<'_>) -> Wants {
    draft.open.iter().map(|&node| (node, target.tree.get(node).map(Want::of))).collect()
}

/// What this computer is to show.
pub(super) fn local(
    draft: &Draft<'_>,
    target: &mut Target<'_>,
    permit: &Permit,
    hidden: &Hidden,
) -> Wants {
    let aside = clash::step_aside(draft, target, permit);
    target.named.extend(aside.keys());
    let want = |node: NodeId| {
        if hidden.nodes.contains(&node) {
            return None;
        }
        let here = draft.here.get(node);
        if permit.held.contains(&node) || hidden.forked.contains(&node) {
            let mut want = here.map(Want::of)?;
            match aside.get(&node) {
                Some(name) => want.place.name = name.clone(),
                None => want.alias = alias_now(draft, node),
            }
            return Some(want);
        }
        let mut want = target.tree.get(node).map(Want::of)?;
        if permit.held_places.contains(&node) {
            want.place = here.map(|here| here.place.clone())?;
            want.alias = alias_now(draft, node);
        }
        Some(want)
    };
    let mut wants: Wants = draft.open.iter().map(|&node| (node, want(node))).collect();
    give_aliases(draft, target, permit, &mut wants);
    wants
}

fn alias_now(draft: &Draft<'_>, node: NodeId) -> Option<Name> {
    match draft.stand(Side::Local, node) {
        Stand::Alias(alias) => Some(alias.clone()),
        Stand::Home | Stand::Parked => None,
    }
}

/// Names that this disk takes for one, or cannot show, or that a copy has which
/// only stays: one node gets the name, or none, the others an alias. The server is never renamed for it (amendment 15).
fn give_aliases(draft: &Draft<'_>, target: &Target<'_>, permit: &Permit, wants: &mut Wants) {
    let (folding, showable) = (draft.seen.folding, draft.seen.showable);
    let has_alias = wants.keys().any(|&node| alias_now(draft, node).is_some());
    let has_odd = wants.values().flatten().any(|want| !showable.takes(&want.place.name));
    let folds = folding.case || folding.normalization;
    if !folds && !has_odd && !has_alias && draft.seen.kept.is_empty() || broken(Mutant::NoAliases) {
        return;
    }
    let folders: BTreeSet<NodeId> =
        wants.values().flatten().map(|want| want.place.parent).collect();
    let mut groups: BTreeMap<(NodeId, Name), Vec<NodeId>> = BTreeMap::new();
    for (&node, want) in wants.iter() {
        if let Some(want) = want.as_ref().filter(|_| !permit.held.contains(&node)) {
            let key = (want.place.parent, folding.key(&want.place.name));
            groups.entry(key).or_default().push(node);
        }
    }
    // Nodes that are not open stand here under their own names.
    for (node, entry) in draft.here.children_of(&folders) {
        if !wants.contains_key(&node) {
            let key = (entry.place.parent, folding.key(&entry.place.name));
            groups.entry(key).or_default().push(node);
        }
    }
    let mut taken = Taken::look(draft, target, &folders);
    take_wanted(&mut taken, draft, wants);
    let in_use = aliases_in_use(draft, &folders, wants);
    for (slot, mut group) in groups {
        let is_in_use = in_use.get(&slot).is_some_and(|owner| !group.contains(owner));
        let (folder, key) = slot;
        // The name that it is to have counts, whoever gives it: the server may
        // show the node no more, or this plan make it a conflict copy.
        let is_odd = |wants: &Wants, node: NodeId| {
            wanted_name(draft, wants, node).is_some_and(|name| !showable.takes(&name))
        };
        group.sort_by_key(|&node| {
            (
                is_odd(wants, node),
                !has_name_here(draft, node, folder, &key),
                !draft.base.contains(node),
                node,
            )
        });
        let first = group.first().and_then(|&node| wanted_name(draft, wants, node));
        for (rank, node) in group.into_iter().enumerate() {
            let plain = is_odd(wants, node);
            let Some(Some(want)) = wants.get_mut(&node) else { continue };
            // The very same name is no matter of this disk: whoever has it goes
            // another way, or has to be waited for.
            let is_same = first.as_ref() == Some(&want.place.name);
            let keeps = if rank == 0 { !is_in_use } else { is_same };
            if !plain && keeps {
                continue;
            }
            let stays = draft.here.parent(node) == Some(folder);
            let kind = clash::kind(draft, target, node);
            let former = alias_now(draft, node).filter(|alias| {
                stays && folding.key(alias) != key && alias.is_alias_of(&want.place.name)
            });
            want.alias = Some(
                former.unwrap_or_else(|| taken.alias(draft, folder, &want.place.name, kind, plain)),
            );
        }
    }
}

/// Names here that are the aliases of others which stay where they are, or of
/// copies that are no part of the pair: what comes under such a name cannot
/// have it.
fn aliases_in_use(
    draft: &Draft<'_>,
    folders: &BTreeSet<NodeId>,
    wants: &Wants,
) -> BTreeMap<(NodeId, Name), NodeId> {
    let stays = |node: NodeId, folder: NodeId| match wants.get(&node) {
        Some(want) => want.as_ref().is_some_and(|want| want.place.parent == folder),
        None => true,
    };
    let here = draft.here.children_of(folders).filter_map(|(node, entry)| {
        let (folder, alias) = (entry.place.parent, alias_now(draft, node)?);
        stays(node, folder).then(|| ((folder, draft.seen.folding.key(&alias)), node))
    });
    let key = |place: &Place| (place.parent, draft.seen.folding.key(&place.name));
    let kept = draft.seen.kept.iter().map(|(&node, place)| (key(place), node));
    here.chain(kept).collect()
}

/// The name that `node` is to have here, but for an alias.
fn wanted_name(draft: &Draft<'_>, wants: &Wants, node: NodeId) -> Option<Name> {
    match wants.get(&node) {
        Some(want) => want.as_ref().map(|want| want.place.name.clone()),
        None => draft.here.get(node).map(|entry| entry.place.name.clone()),
    }
}

/// How many of them are shown under another name than on the server.
pub(super) fn aliases(wants: &Wants) -> usize {
    wants.values().flatten().filter(|want| want.alias.is_some()).count()
}

/// The names that this plan gives are taken, too.
pub(super) fn take_wanted(taken: &mut Taken, draft: &Draft<'_>, wants: &Wants) {
    for want in wants.values().flatten() {
        taken.take(draft, want.place.parent, want.real_name());
    }
}

/// Whether `node` really stands in `folder` under a name that folds to `key`.
fn has_name_here(draft: &Draft<'_>, node: NodeId, folder: NodeId, key: &Name) -> bool {
    draft.here.get(node).is_some_and(|entry| {
        let real = draft.real_name(Side::Local, node, entry);
        entry.place.parent == folder
            && real.is_some_and(|name| draft.seen.folding.key(name) == *key)
    })
}
