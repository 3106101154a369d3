//! Base follows what both sides were just proved to show (I4).
//!
//! The planner's rule (`plan::agreement`) on the few rows of one batch.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BaseRow, Change, Entry, LocalRow, NodeId, RemoteRow, Rows, Stand};
use crate::plan;

/// The rows as they will be once `changes` are committed.
struct After<'a> {
    rows: &'a Rows,
    base: BTreeMap<NodeId, Option<BaseRow>>,
    local: BTreeMap<NodeId, Option<&'a LocalRow>>,
    remote: BTreeMap<NodeId, Option<&'a RemoteRow>>,
}

impl<'a> After<'a> {
    fn base(&self, node: NodeId) -> Option<&BaseRow> {
        self.base.get(&node).map_or_else(|| self.rows.base.get(&node), Option::as_ref)
    }

    fn local(&self, node: NodeId) -> Option<&'a LocalRow> {
        self.local.get(&node).copied().unwrap_or_else(|| self.rows.local.get(&node))
    }

    fn remote(&self, node: NodeId) -> Option<&'a RemoteRow> {
        self.remote.get(&node).copied().unwrap_or_else(|| self.rows.remote.get(&node))
    }

    /// Neither side shows a parked node, and one with an open request is not
    /// forgotten (amendment 11).
    fn is_open(&self, node: NodeId) -> bool {
        let parked = Some(&Stand::Parked);
        self.local(node).map(|row| &row.stand) == parked
            || self.remote(node).map(|row| &row.stand) == parked
            || self.rows.intents.get(&node).is_some_and(|intent| intent.unknown)
    }

    /// The base row of `node` as it should be.
    fn agreed(&self, node: NodeId) -> Option<BaseRow> {
        let base = self.base(node);
        match (self.local(node), self.remote(node)) {
            _ if self.is_open(node) => base.cloned(),
            (None, None) => None,
            (Some(local), Some(remote)) => self.merged(base, local, remote).or(base.cloned()),
            _ => base.cloned(),
        }
    }

    fn merged(
        &self,
        base: Option<&BaseRow>,
        local: &LocalRow,
        remote: &RemoteRow,
    ) -> Option<BaseRow> {
        let rooted = |parent: NodeId| parent.is_root() || self.base(parent).is_some();
        let old = base.map(|row| &row.entry);
        let here = meant(local, remote);
        let agreed = plan::agreement(rooted, old, Some(&here), Some(&remote.entry));
        let entry = agreed.flatten().or(old.cloned())?;
        let body = local.entry.body == remote.entry.body;
        let mut row = base.cloned().unwrap_or_else(|| BaseRow {
            entry: entry.clone(),
            sha1: None,
            size: 0,
            etag: None,
            presumed: false,
        });
        row.entry = entry;
        if body {
            row.sha1 = local.sha1;
            row.size = if local.entry.body.is_dir() { 0 } else { local.seen.size };
            row.etag = remote.seen.etag.clone();
            row.presumed = false;
        }
        Some(row)
    }
}

/// What this computer shows, with a name that the engine gave here counting as
/// the server's (amendment 17).
fn meant(local: &LocalRow, remote: &RemoteRow) -> Entry {
    let mut here = local.entry.clone();
    if local.given.as_ref() == Some(&here.place.name) {
        here.place.name = remote.entry.place.name.clone();
    }
    here
}

/// The changes of base that follow from `changes`, parents before children as
/// far as the batch has them in that order.
pub(super) fn agree(rows: &Rows, changes: &[Change]) -> Vec<Change> {
    let mut after =
        After { rows, base: BTreeMap::new(), local: BTreeMap::new(), remote: BTreeMap::new() };
    let mut touched = BTreeSet::new();
    let mut order = Vec::new();
    for change in changes {
        let node = match change {
            Change::Local(node, row) => {
                after.local.insert(*node, row.as_ref());
                *node
            }
            Change::Remote(node, row) => {
                after.remote.insert(*node, row.as_ref());
                *node
            }
            _ => continue,
        };
        if touched.insert(node) {
            order.push(node);
        }
    }
    let mut agreed = Vec::new();
    for node in order {
        let row = after.agreed(node);
        if row.as_ref() != after.base(node) {
            after.base.insert(node, row.clone());
            agreed.push(Change::Base(node, row));
        }
    }
    agreed
}
