//! Carries out a plan's records: changes of the journal alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BaseRow, Body, Change, Entry, NodeId, PairState, RelPath, Rows, Side};
use crate::plan::{Plan, Record};

/// The changes that the records of a plan come to. `rows` is what the plan was
/// made from.
pub(super) fn changes(rows: &Rows, plan: &Plan) -> Vec<Change> {
    if plan.records.is_empty() && plan.next_node <= rows.pair.next_node {
        return Vec::new();
    }
    let mut shown = rows.clone();
    let mut children = Children::of(rows);
    let mut changes = Vec::new();
    for record in &plan.records {
        let next = match record {
            Record::Unify { local, remote } => children.relabel(&shown, *local, *remote),
            Record::Fork { node, fork } => children.relabel(&shown, *node, *fork),
            Record::Agree { node, base } => vec![agree(&shown, *node, base.as_ref())],
            Record::Prove { node, body } => prove(&shown, *node, *body),
            Record::Presume { node, base } => vec![presume(&shown, *node, base)],
            Record::Forget { node } => vec![Change::Base(*node, None)],
            Record::Select { node } => vec![select(&shown, *node)],
        };
        shown.apply(next.iter().cloned());
        changes.extend(next);
    }
    if plan.next_node > shown.pair.next_node {
        let pair = PairState { next_node: plan.next_node, ..shown.pair };
        changes.push(Change::Pair(Box::new(pair)));
    }
    changes
}

/// Local folders that hold what is agreed on for the first time: a run that was
/// killed may have put it there without making it durable, and a journal that
/// is newer than the disk would send its loss as a deletion (I8).
pub(super) fn adopting_folders(rows: &Rows, plan: &Plan) -> BTreeSet<RelPath> {
    let adopted = plan.records.iter().filter_map(|record| match record {
        Record::Agree { node, base: Some(_) } if !rows.base.contains_key(node) => Some(*node),
        _ => None,
    });
    let paths = adopted.filter_map(|node| rows.path(Side::Local, node));
    paths.filter_map(|path| path.parent()).collect()
}

/// What stands in each local folder, kept while nodes change their ids: a
/// first comparison of two full sides relabels every one of them.
struct Children(BTreeMap<NodeId, BTreeSet<NodeId>>);

impl Children {
    fn of(rows: &Rows) -> Self {
        let mut children: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
        for (&node, row) in &rows.local {
            children.entry(row.entry.place.parent).or_default().insert(node);
        }
        Self(children)
    }

    /// Gives the local row of `from` to the node `to`, with its children, and
    /// with what was asked of the server for it.
    fn relabel(&mut self, rows: &Rows, from: NodeId, to: NodeId) -> Vec<Change> {
        let Some(row) = rows.local.get(&from) else { return Vec::new() };
        let mut changes = vec![Change::Local(from, None), Change::Local(to, Some(row.clone()))];
        if let Some(siblings) = self.0.get_mut(&row.entry.place.parent) {
            siblings.remove(&from);
            siblings.insert(to);
        }
        let below = self.0.remove(&from).unwrap_or_default();
        for &child in &below {
            if let Some(row) = rows.local.get(&child) {
                let mut row = row.clone();
                row.entry.place.parent = to;
                changes.push(Change::Local(child, Some(row)));
            }
        }
        self.0.entry(to).or_default().extend(below);
        if let Some(intent) = rows.intents.get(&from)
            && !rows.remote.contains_key(&from)
        {
            changes.push(Change::Intent(from, None));
            changes.push(Change::Intent(to, Some(intent.clone())));
        }
        changes
    }
}

fn agree(rows: &Rows, node: NodeId, base: Option<&Entry>) -> Change {
    Change::Base(node, base.map(|entry| base_row(rows, node, entry)))
}

/// The base row of an agreement, with what both sides know of the content.
fn base_row(rows: &Rows, node: NodeId, entry: &Entry) -> BaseRow {
    let before = rows.base.get(&node).filter(|row| row.entry.body == entry.body);
    let local = rows.local.get(&node).filter(|row| row.entry.body == entry.body);
    let remote = rows.remote.get(&node).filter(|row| row.entry.body == entry.body);
    BaseRow {
        entry: entry.clone(),
        sha1: local.and_then(|row| row.sha1).or_else(|| before.and_then(|row| row.sha1)),
        size: local.map_or_else(|| before.map_or(0, |row| row.size), |row| row.seen.size),
        etag: remote
            .map_or_else(|| before.and_then(|row| row.etag.clone()), |row| row.seen.etag.clone()),
        presumed: before.is_some_and(|row| row.presumed) && remote.is_none(),
    }
}

/// The server's version is known without having been fetched.
fn prove(rows: &Rows, node: NodeId, body: Body) -> Vec<Change> {
    let row = rows.remote.get(&node).cloned();
    row.map(|mut row| {
        row.entry.body = body;
        Change::Remote(node, Some(row))
    })
    .into_iter()
    .collect()
}

/// The base row of a presumption: what this computer has, under the version
/// that looked like it.
fn presume(rows: &Rows, node: NodeId, entry: &Entry) -> Change {
    let here = rows.local.get(&node);
    let row = BaseRow {
        entry: entry.clone(),
        sha1: here.and_then(|row| row.sha1),
        size: here.map_or(0, |row| row.seen.size),
        etag: rows.remote.get(&node).and_then(|row| row.seen.etag.clone()),
        presumed: true,
    };
    Change::Base(node, Some(row))
}

/// Keeps `node` here from now on; those of its remote children that are not
/// here stay away one by one (amendment 3).
fn select(rows: &Rows, node: NodeId) -> Change {
    let mut pair = rows.pair.clone();
    pair.deselected.remove(&node);
    let children = rows.remote.iter().filter(|(child, row)| {
        row.entry.place.parent == node
            && !rows.local.contains_key(child)
            && !rows.base.contains_key(child)
    });
    pair.deselected.extend(children.map(|(&child, _)| child));
    Change::Pair(Box::new(pair))
}
