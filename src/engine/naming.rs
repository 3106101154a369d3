//! Names that cannot be had on one of the sides: which the server refuses is
//! known before a step is planned, which this disk cannot show is told.

use crate::event::Cause;
use crate::model::{Kind, NameReason, NameRules, NodeId, Rows, Side, Stand};
use crate::report::Item;

/// Local nodes whose new name the server refuses. A name that it shows, or has
/// shown, it takes.
pub(super) fn refused<'a>(
    rows: &'a Rows,
    rules: &'a NameRules,
) -> impl Iterator<Item = (NodeId, NameReason)> + 'a {
    rows.local.iter().filter_map(move |(&node, row)| {
        let name = &row.entry.place.name;
        let there = rows.remote.get(&node).map(|row| &row.entry);
        let agreed = rows.base.get(&node).map(|row| &row.entry);
        if row.stand != Stand::Home
            || [there, agreed].into_iter().flatten().any(|entry| entry.place.name == *name)
        {
            return None;
        }
        let kind = if row.entry.body.is_dir() { Kind::Dir } else { Kind::File };
        Some((node, rules.refuses(name, kind)?))
    })
}

/// Whether a folder above `node` is one of those that `is_refused`: its own
/// item explains all below it.
pub(super) fn is_below(rows: &Rows, node: NodeId, is_refused: impl Fn(NodeId) -> bool) -> bool {
    let above = |node| rows.entry(Side::Local, node).map(|entry| entry.place.parent);
    let mut at = above(node);
    // Rows are written one by one: a ring among them must not keep us.
    for _ in 0..4096 {
        match at {
            Some(node) if is_refused(node) => return true,
            Some(node) => at = above(node),
            None => return false,
        }
    }
    false
}

/// What is shown here under another name than on the server.
pub(super) fn aliases(rows: &Rows) -> impl Iterator<Item = Item> + '_ {
    rows.local.iter().filter_map(|(&node, row)| {
        let Stand::Alias(alias) = &row.stand else { return None };
        let cause = Cause::ShownAs(alias.as_str().to_owned());
        let side = Some(Side::Local);
        Some(Item { path: rows.spoken(node), side, cause, blocks: false })
    })
}
