//! From a path to its node, in rows that have no index by name.

use std::iter::successors;

use crate::model::{Entry, NodeId, RelPath, Rows, Side, Stand};

/// The node that people mean by this path: as this computer shows it, as the
/// server does, or as it was agreed on.
pub(super) fn node(rows: &Rows, path: &RelPath) -> Option<NodeId> {
    let here = || {
        let nodes =
            || rows.local.iter().map(|(&node, row)| (node, &row.entry, alias_of(&row.stand)));
        walk(path, nodes)
    };
    let there = || walk(path, || rows.remote.iter().map(|(&node, row)| (node, &row.entry, None)));
    let agreed = || walk(path, || rows.base.iter().map(|(&node, row)| (node, &row.entry, None)));
    here().or_else(there).or_else(agreed)
}

fn walk<'a, I>(path: &RelPath, nodes: impl Fn() -> I) -> Option<NodeId>
where
    I: Iterator<Item = (NodeId, &'a Entry, Option<&'a str>)>,
{
    path.names().try_fold(NodeId::ROOT, |parent, name| {
        let is_it = |entry: &Entry, alias: Option<&str>| {
            entry.place.parent == parent && alias.unwrap_or(entry.place.name.as_str()) == name
        };
        let by_alias = nodes().find(|(_, entry, alias)| is_it(entry, *alias));
        let found = by_alias.or_else(|| nodes().find(|(_, entry, _)| is_it(entry, None)));
        found.map(|(node, ..)| node)
    })
}

fn alias_of(stand: &Stand) -> Option<&str> {
    match stand {
        Stand::Alias(alias) => Some(alias.as_str()),
        _ => None,
    }
}

/// What the node is called here instead of its own name.
pub(super) fn alias(rows: &Rows, node: NodeId) -> Option<String> {
    rows.local.get(&node).and_then(|row| alias_of(&row.stand)).map(str::to_owned)
}

/// The node and the folders above it, on whichever side knows them.
pub(super) fn up(rows: &Rows, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let above = |&node: &NodeId| {
        let entry = rows.entry(Side::Remote, node).or_else(|| rows.entry(Side::Local, node));
        let entry = entry.or_else(|| rows.base.get(&node).map(|row| &row.entry));
        entry.map(|entry| entry.place.parent).filter(|parent| !parent.is_root())
    };
    // Rows that stand in a circle have no top.
    successors(Some(node), above).take(rows.remote.len().max(rows.local.len()) + 1)
}

/// Whether it lies in a folder that is not chosen for this computer.
pub(super) fn is_deselected(rows: &Rows, node: NodeId) -> bool {
    !rows.local.contains_key(&node)
        && up(rows, node).any(|above| rows.pair.deselected.contains(&above))
}

/// Whether it is, or lies in, a copy that has stayed of a folder that is not
/// chosen any more.
pub(super) fn is_kept(rows: &Rows, node: NodeId) -> bool {
    up(rows, node).any(|above| rows.pair.chosen.kept.contains(&above))
}

/// The path that was agreed on.
pub(super) fn agreed_path(rows: &Rows, node: NodeId) -> Option<RelPath> {
    let above = |&node: &NodeId| {
        let parent = rows.base.get(&node)?.entry.place.parent;
        (!parent.is_root()).then_some(parent)
    };
    let nodes: Vec<NodeId> = successors(Some(node), above).take(rows.base.len() + 1).collect();
    nodes.iter().rev().try_fold(RelPath::root(), |path, node| {
        Some(path.join(&rows.base.get(node)?.entry.place.name))
    })
}
