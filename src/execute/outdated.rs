//! What is to be listed again because the server showed something else in the
//! meantime than it had listed.
//!
//! Mostly its folder has another etag by then, and is listed anyway. But a
//! listing that once left something out, or told of an older state, would else
//! be believed for as long as nothing changes, and the step refused for ever.

use std::collections::BTreeSet;

use crate::model::{Change, Etag, NodeId, PairState, Rows, Side};
use crate::plan::Op;

/// Forgets that the folders which a stale `op` is about are known, with all
/// above them: a walk ends at the first folder whose etag is known.
pub(super) fn after_stale(rows: &Rows, op: &Op) -> Vec<Change> {
    if !op.asks_server() {
        return Vec::new();
    }
    let stands = rows.remote.get(&op.node()).map(|row| row.entry.place.parent);
    with_all_above(rows, stands.into_iter().chain(target(op)))
}

/// Forgets that the folder is known into which `op` has put something. A path
/// asked for it, and another folder may have stood there by then: only a
/// listing shows in which of them it is.
pub(super) fn after_placed(rows: &Rows, op: &Op) -> Vec<Change> {
    with_all_above(rows, target(op))
}

/// The folder on the server into which `op` puts something.
fn target(op: &Op) -> Option<NodeId> {
    match op {
        Op::MakeDir { side: Side::Remote, to, .. }
        | Op::Move { side: Side::Remote, to, .. }
        | Op::Send { to, .. } => Some(to.parent),
        _ => None,
    }
}

fn with_all_above(rows: &Rows, nodes: impl IntoIterator<Item = NodeId>) -> Vec<Change> {
    let mut folders = BTreeSet::new();
    for folder in nodes {
        let mut at = folder;
        while folders.insert(at) && !at.is_root() {
            at = rows.remote.get(&at).map_or(NodeId::ROOT, |row| row.entry.place.parent);
        }
    }
    folders.into_iter().filter_map(|folder| outdated(rows, folder)).collect()
}

/// None if the folder has never been listed, or is outdated already.
fn outdated(rows: &Rows, folder: NodeId) -> Option<Change> {
    let is_known = |listed: &&Etag| **listed != Etag::outdated();
    if folder.is_root() {
        rows.pair.root_listed.as_ref().filter(is_known)?;
        let pair = PairState { root_listed: Some(Etag::outdated()), ..rows.pair.clone() };
        return Some(Change::Pair(Box::new(pair)));
    }
    let mut row = rows.remote.get(&folder)?.clone();
    row.listed.as_ref().filter(is_known)?;
    row.listed = Some(Etag::outdated());
    Some(Change::Remote(folder, Some(row)))
}
