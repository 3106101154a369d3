//! Says which known nodes are gone from this computer, as far as that is certain (I7).

use std::collections::{BTreeMap, BTreeSet};

use super::super::local::Look;
use super::super::{Observation, doubt, is_in_or_below};
use super::{Pairing, object};
use crate::model::{Change, Kind, LocalRow, NodeId, RelPath, Side, Stand, WaitReason};
use crate::mutant::{Mutant, broken};
use crate::world::World;

impl Pairing<'_> {
    /// Whether a known node was not seen, and not because we could not look.
    pub(super) fn misses(&self) -> bool {
        let unreadable = self.unreadable();
        let mut unseen = self.rows.local.keys().filter(|node| !self.claimed.contains(node));
        unseen.any(|&node| !is_in_or_below(self.rows, Side::Local, node, &unreadable))
    }

    /// Writes down which known nodes are gone, as far as that is certain.
    pub(super) fn write_absent<W: World>(&self, world: &W, observation: &mut Observation) {
        let unreadable = self.unreadable();
        let hidden = self.renamed_out_of_sight();
        let racy = i64::try_from(world.timing().racy.as_nanos()).unwrap_or(i64::MAX);
        // A look may take longer than a folder has to rest.
        let now = self.epoch.time_now(world);
        let paths: BTreeMap<NodeId, &RelPath> =
            self.folder.iter().map(|(path, &node)| (node, path)).collect();
        for (&node, row) in &self.rows.local {
            if self.claimed.contains(&node) {
                continue;
            }
            if self.is_left_out(node, row) {
                // That is no deletion (amendment 30).
                observation.changes.extend([Change::Base(node, None), Change::Local(node, None)]);
            } else if is_in_or_below(self.rows, Side::Local, node, &unreadable) {
                doubt(&mut observation.doubts, node, WaitReason::Unreadable);
            } else if !self.epoch.consistent {
                doubt(&mut observation.doubts, node, WaitReason::TornEpoch);
            } else if self.changed_lately(row, &paths, (now, racy)) && !broken(Mutant::GoneAtOnce) {
                doubt(&mut observation.doubts, node, WaitReason::Quiet);
            } else {
                if is_in_or_below(self.rows, Side::Local, node, &hidden) {
                    observation.changes.push(Change::Base(node, None));
                }
                observation.changes.push(Change::Local(node, None));
            }
        }
    }

    /// Whether a rule leaves out what stood where this node was seen last.
    fn is_left_out(&self, node: NodeId, row: &LocalRow) -> bool {
        let rules = &self.rows.pair.chosen.rules;
        let kind = if row.entry.body.is_dir() { Kind::Dir } else { Kind::File };
        let path = || self.rows.path(Side::Local, node);
        row.stand != Stand::Parked && path().is_some_and(|at| rules.of_path(&at, kind).is_some())
    }

    /// Nodes that now have an ignored name, or are in a copy that only stays.
    /// That is no deletion (amendment 30): nothing is agreed of them any more,
    /// and the server's version comes back.
    fn renamed_out_of_sight(&self) -> BTreeSet<NodeId> {
        let mut ignored = self.epoch.ignored();
        ignored.extend(self.kept.iter().flat_map(|path| self.epoch.objects_in(path)));
        let rows = self.rows.local.iter().filter(|(node, row)| {
            self.stable_ids && !self.claimed.contains(node) && ignored.contains(&object(&row.seen))
        });
        rows.map(|(&node, _)| node).collect()
    }

    /// Nodes that stand where we could not look (amendment 24).
    fn unreadable(&self) -> BTreeSet<NodeId> {
        if broken(Mutant::UnreadableIsGone) {
            return BTreeSet::new();
        }
        let folders =
            self.epoch.folders.iter().filter(|(_, (_, look))| matches!(look, Look::Unknown));
        let below = folders.filter_map(|(path, _)| self.folder.get(path).copied());
        let single = self.epoch.unknown().filter_map(|path| self.row_at.get(&self.place(&path)?));
        below.chain(single.copied()).collect()
    }

    /// Whether the folder that something vanished from changed only just now:
    /// many programs save by deleting and renaming.
    fn changed_lately(
        &self,
        row: &LocalRow,
        paths: &BTreeMap<NodeId, &RelPath>,
        (now, racy): (i64, i64),
    ) -> bool {
        let mut parent = row.entry.place.parent;
        loop {
            if let Some((seen, _)) =
                paths.get(&parent).and_then(|path| self.epoch.folders.get(*path))
            {
                // A date in the future says nothing about lately.
                return seen.mtime <= now && seen.mtime > now.saturating_sub(racy);
            }
            match self.rows.local.get(&parent) {
                Some(above) => parent = above.entry.place.parent,
                None => return false,
            }
        }
    }
}
