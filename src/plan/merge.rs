//! A three-way merge of each register (docs/SPEC.md, the table of rules).

use std::collections::BTreeSet;

use crate::model::{Body, Content, Entry, NodeId, Place};

use super::draft::Draft;
use super::overlay::Overlay;
use super::permit::Permit;
use crate::mutant::{Mutant, broken};

/// What both sides are to become.
pub(super) struct Target<'a> {
    /// The tree; nodes that nobody changed are as the server shows them.
    pub(super) tree: Overlay<'a>,
    /// Nodes that are to go, unless something below them lives.
    pub(super) dead: BTreeSet<NodeId>,
    /// Files whose local bytes become a conflict copy.
    pub(super) split: BTreeSet<NodeId>,
    /// Files whose content is left as it is on both sides for now.
    pub(super) content_stays: BTreeSet<NodeId>,
    /// Nodes whose name the planner chose (amendment 17).
    pub(super) named: BTreeSet<NodeId>,
}

/// The register that is to be: the one that changed; if both did, the server's,
/// so that all clients agree.
pub(super) fn three_way<T: PartialEq>(base: T, local: T, remote: T) -> T {
    if local == base {
        remote
    } else if remote == base || broken(Mutant::TiesToLocal) {
        local
    } else {
        remote
    }
}

/// Merges every open node.
pub(super) fn merge<'a>(draft: &mut Draft<'a>, permit: &Permit) -> Target<'a> {
    let mut target = Target {
        tree: draft.there.clone(),
        dead: BTreeSet::new(),
        split: BTreeSet::new(),
        content_stays: BTreeSet::new(),
        named: BTreeSet::new(),
    };
    let open: Vec<NodeId> = draft.open.iter().copied().collect();
    for node in open {
        merge_node(draft, permit, &mut target, node);
    }
    target
}

fn merge_node(draft: &mut Draft<'_>, permit: &Permit, target: &mut Target<'_>, node: NodeId) {
    let base = draft.base.get(node);
    match (base, draft.local.get(node), draft.there.get(node)) {
        (_, None, None) => drop(target.tree.remove(node)),
        (None, Some(only), None) => target.tree.insert(node, only.clone()),
        (None, None, Some(_)) => {}
        (Some(base), Some(left), None) => {
            if left == base || broken(Mutant::DeleteBeatsEdit) {
                target.dead.insert(node);
            }
            target.tree.insert(node, left.clone());
        }
        (Some(base), None, Some(left)) => {
            let untouched = left == base;
            // Only its bytes may differ, and they are unread: is it an edit at
            // all? The delete waits for the answer (amendment 18).
            let unknown = left.place == base.place && left.body == UNREAD;
            if untouched || unknown || broken(Mutant::DeleteBeatsEdit) {
                target.dead.insert(node);
            }
            if unknown && !broken(Mutant::DeletesUnread) {
                draft.to_read.insert(node);
            }
        }
        (base, Some(local), Some(remote)) => {
            let place = base.map_or_else(
                || remote.place.clone(),
                |base| merge_place(&base.place, &local.place, &remote.place),
            );
            let fate = match permit.edits.get(&node) {
                Some(fate) => *fate,
                None => merge_body(base.map(|base| base.body), local.body, remote.body),
            };
            let body = if fate == Fate::Local { local.body } else { remote.body };
            match fate {
                Fate::Split => drop(target.split.insert(node)),
                Fate::Stays => drop(target.content_stays.insert(node)),
                Fate::Unknown => {
                    target.content_stays.insert(node);
                    draft.to_read.insert(node);
                }
                Fate::Local | Fate::Remote => {}
            }
            target.tree.insert(node, Entry { place, body });
        }
    }
}

/// Bytes that nobody has read.
pub(super) const UNREAD: Body = Body::File(Content::Unread);

fn merge_place(base: &Place, local: &Place, remote: &Place) -> Place {
    Place {
        parent: three_way(base.parent, local.parent, remote.parent),
        name: three_way(&base.name, &local.name, &remote.name).clone(),
    }
}

/// What becomes of a file's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The local bytes are the new ones, or there is nothing to choose.
    Local,
    /// The server's are.
    Remote,
    /// Both are kept.
    Split,
    /// Each side keeps its own for now.
    Stays,
    /// The server's must be read before it can be said.
    Unknown,
}

fn merge_body(base: Option<Body>, local: Body, remote: Body) -> Fate {
    if base == Some(local) {
        // No edit here: whatever the server has is taken, read or not (amendment 18).
        Fate::Remote
    } else if remote == UNREAD {
        Fate::Unknown
    } else if local == remote {
        Fate::Remote
    } else if base == Some(remote) || broken(Mutant::TiesToLocal) {
        Fate::Local
    } else {
        Fate::Split
    }
}
