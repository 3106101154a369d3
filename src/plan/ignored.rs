//! What would come to a place that a rule leaves out (amendment 30).
//!
//! Each side hides what is ignored where it stands there. While a folder is
//! renamed on one side, what is in it may be ignored on that side and seen on
//! the other: it stays where it is, and goes out of sight with its folder.

use std::collections::BTreeSet;

use crate::model::{Kind, NodeId, RelPath};

use super::draft::Draft;
use super::merge::Target;

/// Takes new nodes of one side whose place is ignored out of the open ones.
pub(super) fn set_aside(draft: &mut Draft<'_>, target: &Target<'_>) {
    if draft.seen.rules.is_plain() {
        return;
    }
    let is_new = |node: NodeId| {
        !draft.base.contains(node) && draft.here.contains(node) != draft.there.contains(node)
    };
    let out = draft.open.iter().copied().filter(|&node| is_new(node));
    let out: BTreeSet<NodeId> = out.filter(|&node| is_left_out(draft, target, node)).collect();
    draft.open.retain(|node| !out.contains(node));
}

fn is_left_out(draft: &Draft<'_>, target: &Target<'_>, node: NodeId) -> bool {
    let Some(entry) = target.tree.get(node) else { return false };
    let kind = if entry.body.is_dir() { Kind::Dir } else { Kind::File };
    let above: Vec<NodeId> = target.tree.ancestors(node).collect();
    let names = above.iter().rev().chain([&node]).filter_map(|&node| target.tree.place(node));
    let path = names.fold(RelPath::root(), |path, place| path.join(&place.name));
    draft.seen.rules.of_path(&path, kind).is_some()
}
