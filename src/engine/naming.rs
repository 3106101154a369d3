//! Names that cannot be had on one of the sides: which the server refuses is
//! known before a step is planned, which this disk cannot show is told.

use std::collections::BTreeMap;

use unicode_normalization::is_nfc;

use crate::event::Cause;
use crate::model::{
    Entry, Kind, LocalRow, Name, NameReason, NameRules, NodeId, Place, Rows, Side, Stand,
};
use crate::report::Item;

/// Local nodes whose new name the server refuses. A name that it shows, or has
/// shown, it takes, unless it shows another node in another spelling of it.
pub(super) fn refused<'a>(
    rows: &'a Rows,
    rules: &'a NameRules,
) -> impl Iterator<Item = (NodeId, NameReason)> + 'a {
    let spellings = Spellings::of(rows, rules);
    rows.local.iter().filter_map(move |(&node, row)| {
        let name = &row.entry.place.name;
        let there = rows.remote.get(&node).map(|row| &row.entry);
        let agreed = rows.base.get(&node).map(|row| &row.entry);
        let is_so = |entry: Option<&Entry>| entry.is_some_and(|entry| entry.place.name == *name);
        if row.stand != Stand::Home || is_so(there) {
            return None;
        }
        if is_so(agreed) {
            // It has gone there, and asks for its name again only if it is to
            // be sent for what was done here.
            let reason = spellings.refuse(node, &row.entry.place)?;
            return (there.is_none() && lives(rows, node)).then_some((node, reason));
        }
        let kind = if row.entry.body.is_dir() { Kind::Dir } else { Kind::File };
        let reason = rules.refuses(name, kind).or_else(|| spellings.refuse(node, &row.entry.place));
        Some((node, reason?))
    })
}

/// Whether `node`, or anything below it, is another here than was agreed.
fn lives(rows: &Rows, node: NodeId) -> bool {
    let above = |at: &NodeId| rows.local.get(at).map(|row| row.entry.place.parent);
    rows.local.iter().any(|(&at, row)| {
        let is_as_agreed = rows.base.get(&at).is_some_and(|base| base.entry == row.entry);
        let mut up = std::iter::successors(Some(at), above).take(rows.local.len());
        !is_as_agreed && up.any(|at| at == node)
    })
}

/// Names of one folder that a server which composes takes for one: the first
/// that it shows has it, or else the composed one, or the oldest.
struct Spellings<'a> {
    rules: &'a NameRules,
    taken: BTreeMap<Place, (NodeId, Name)>,
}

impl<'a> Spellings<'a> {
    fn of(rows: &Rows, rules: &'a NameRules) -> Self {
        let mut taken = BTreeMap::new();
        // Mostly there is no such name, and nothing to keep of all the others.
        let is_other = |row: &LocalRow| !is_nfc(row.entry.place.name.as_str());
        if !rules.composes || !rows.local.values().any(is_other) {
            return Self { rules, taken };
        }
        let there = rows.remote.iter().map(|(&node, row)| (node, &row.entry.place));
        let here = rows.local.iter().map(|(&node, row)| (node, &row.entry.place));
        let composed = here.clone().filter(|(_, place)| rules.key(place) == **place);
        // What the server shows of a node counts, not where it stands here.
        let here = here.filter(|(node, _)| !rows.remote.contains_key(node));
        let composed = composed.filter(|(node, _)| !rows.remote.contains_key(node));
        for (node, place) in there.chain(composed).chain(here) {
            taken.entry(rules.key(place)).or_insert_with(|| (node, place.name.clone()));
        }
        Self { rules, taken }
    }

    fn refuse(&self, node: NodeId, place: &Place) -> Option<NameReason> {
        let (owner, name) = self.taken.get(&self.rules.key(place))?;
        let other = *owner != node && *name != place.name;
        other.then(|| NameReason::SpelledLike(name.to_string()))
    }
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
        Some(Item { path: rows.spoken(node), side, cause, blocks: false, again: None, bytes: 0 })
    })
}
