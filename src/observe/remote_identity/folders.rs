//! Which folders an epoch leaves as they are known, shows changed, or must be
//! listed again.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Clock as _;
use crate::model::{Change, Etag, NodeId, RemoteRow, Rows};
use crate::mutant::{Mutant, broken};
use crate::world::World;

use super::super::Observation;
use super::super::remote::{Epoch, Look};
use super::Pairing;

/// The known folders of which the epoch says that their children are as known.
pub(super) fn as_known(epoch: &Epoch, rows_of: &BTreeMap<&str, Vec<NodeId>>) -> BTreeSet<NodeId> {
    let unlisted = epoch.folders.iter().filter(|(_, look)| matches!(look, Look::AsKnown));
    let ids = unlisted.filter_map(|(path, _)| {
        let Some(Look::Listed(above)) = epoch.folders.get(&path.parent()?) else { return None };
        let name = path.name()?;
        let (_, child) = above.children.iter().find(|(child, _)| child.as_str() == name)?;
        child.seen.file_id.as_deref()
    });
    ids.filter_map(|id| rows_of.get(id)?.first().copied()).collect()
}

/// When every folder was last listed.
pub(super) fn walked_at<W: World>(world: &W, epoch: &Epoch, rows: &Rows) -> Option<i64> {
    let told_all = |look: &Look| !matches!(look, Look::Unknown(_));
    let whole = epoch.whole && epoch.consistent && epoch.folders.values().all(told_all);
    if whole { Some(world.clock().wall()) } else { rows.pair.walked_at }
}

fn gone_there(change: &Change) -> Option<NodeId> {
    match change {
        Change::Remote(node, None) => Some(*node),
        _ => None,
    }
}

impl Pairing<'_> {
    /// Whether a folder above `node` is as known.
    pub(super) fn is_below_known(&self, node: NodeId) -> bool {
        let above = |node: &NodeId| Some(self.rows.remote.get(node)?.entry.place.parent);
        let mut folders = std::iter::successors(above(&node), above).take(self.rows.remote.len());
        folders.any(|folder| self.as_known.contains(&folder))
    }

    /// Folders that must be looked at again though their etag may not change:
    /// one that could not be listed, in which something is missing that still
    /// has its row, or to which something has come whose row stays as it is
    /// while it is asked to go; and all above them, for a walk ends at the
    /// first folder whose etag is known.
    pub(super) fn unsure_folders(&self, observation: &Observation) -> BTreeSet<NodeId> {
        if broken(Mutant::UnlistedForgotten) {
            return BTreeSet::new();
        }
        let rows = observation.doubts.keys().filter_map(|node| self.rows.remote.get(node));
        let missing = rows.map(|row| row.entry.place.parent);
        let unknown = self.folder.iter().filter(|(path, _)| {
            self.epoch.folders.get(*path).is_some_and(|look| match look {
                Look::Unknown(_) => true,
                // What is no name for us is to be said every time.
                Look::Listed(listing) => !listing.unusable.is_empty(),
                Look::AsKnown => false,
            })
        });
        let frozen = self.rows_out.iter().filter(|(node, _)| self.frozen.contains(node));
        let frozen = frozen.map(|(_, row)| row.entry.place.parent);
        let parents: BTreeMap<NodeId, NodeId> =
            self.rows_out.iter().map(|(node, row)| (*node, row.entry.place.parent)).collect();
        let mut unsure = BTreeSet::new();
        for folder in missing.chain(frozen).chain(unknown.map(|(_, &node)| node)) {
            let mut at = folder;
            while unsure.insert(at) && !at.is_root() {
                let known = || self.rows.remote.get(&at).map(|row| row.entry.place.parent);
                at = parents.get(&at).copied().or_else(known).unwrap_or(NodeId::ROOT);
            }
        }
        unsure
    }

    /// Known folders that a look at everything has not come upon, and that keep
    /// their rows: they are asked to go, or out of reach. What they hold is not
    /// known by the rules of now; they are listed once they are back, under
    /// whatever etag.
    pub(super) fn passed_over(&self, observation: &Observation) -> Vec<Change> {
        if !self.epoch.whole {
            return Vec::new();
        }
        let gone: BTreeSet<NodeId> = observation.changes.iter().filter_map(gone_there).collect();
        let seen = |node: &NodeId| self.claimed.contains(node) && !self.frozen.contains(node);
        let unseen = self.rows.remote.iter().filter(|(node, row)| {
            row.listed.as_ref().is_some_and(|listed| *listed != Etag::outdated())
                && !seen(node)
                && !gone.contains(node)
        });
        let outdated = unseen.map(|(&node, row)| {
            Change::Remote(node, Some(RemoteRow { listed: Some(Etag::outdated()), ..row.clone() }))
        });
        outdated.collect()
    }

    /// Known folders whose etag is another one than when they were last listed.
    /// Whatever else has changed in them, a racy child may be another version
    /// under its old etag (amendment 4).
    pub(super) fn changed_folders(&self) -> BTreeSet<NodeId> {
        let changed = self.folder.iter().filter(|(path, node)| {
            let before = match node.is_root() {
                true => self.rows.pair.root_listed.as_ref(),
                false => self.rows.remote.get(node).and_then(|row| row.listed.as_ref()),
            };
            let Some(Look::Listed(listing)) = self.epoch.folders.get(*path) else { return false };
            before.is_some() && before != listing.dir.seen.etag.as_ref()
        });
        changed.map(|(_, &node)| node).collect()
    }
}
