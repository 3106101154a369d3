//! Base follows what both sides were just proved to show (I4).
//!
//! The same rule as the planner's `agree`, on rows, for the few nodes of one
//! batch: register by register, and a new base row only when all of them agree.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    BaseRow, Body, Change, Entry, LocalRow, Name, NodeId, Place, RemoteRow, Rows, Stand,
};

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
        let parent = agreed_parent(self, local, remote);
        let name = agreed_name(local, remote);
        let body = agreed_body(local.entry.body, remote.entry.body);
        let old = base.map(|row| &row.entry);
        let entry = Entry {
            place: Place {
                parent: parent.or(old.map(|old| old.place.parent))?,
                name: name.or(old.map(|old| &old.place.name))?.clone(),
            },
            body: body.or(old.map(|old| old.body))?,
        };
        let mut row = base.cloned().unwrap_or_else(|| BaseRow {
            entry: entry.clone(),
            sha1: None,
            size: 0,
            etag: None,
            presumed: false,
        });
        row.entry = entry;
        if body.is_some() {
            row.sha1 = local.sha1;
            row.size = if local.entry.body.is_dir() { 0 } else { local.seen.size };
            row.etag = remote.seen.etag.clone();
            row.presumed = false;
        }
        Some(row)
    }
}

fn agreed_parent(after: &After<'_>, local: &LocalRow, remote: &RemoteRow) -> Option<NodeId> {
    let parent = local.entry.place.parent;
    let rooted = parent.is_root() || after.base(parent).is_some();
    (parent == remote.entry.place.parent && rooted).then_some(parent)
}

/// A name that the engine gave here counts as the server's (amendment 17).
fn agreed_name<'a>(local: &LocalRow, remote: &'a RemoteRow) -> Option<&'a Name> {
    let (here, there) = (&local.entry.place.name, &remote.entry.place.name);
    (here == there || local.given.as_ref() == Some(here)).then_some(there)
}

fn agreed_body(local: Body, remote: Body) -> Option<Body> {
    let known = local.is_dir() || local.hash().is_some();
    (local == remote && known).then_some(local)
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
