//! What both sides show becomes base (I4), and nothing else ever does.

use std::collections::BTreeMap;

use crate::model::{Entry, NodeId, Side, Stand, Tree};

use super::Record;
use super::draft::Draft;
use crate::mutant::{Mutant, broken};

/// Returns what base is to say of `node` when the sides show `local` and
/// `remote`: `None` if it stays as it is, `Some(None)` if it goes because
/// neither side has the node. Each register is agreed on for itself, a parent
/// only if it is itself in base.
///
/// Not to be asked while the node is parked on a side: that side does not
/// show it.
pub fn agree(
    base: &Tree,
    local: Option<&Entry>,
    remote: Option<&Entry>,
    node: NodeId,
) -> Option<Option<Entry>> {
    agreement(|parent| base.contains(parent), base.get(node), local, remote)
}

/// As [`agree`], for those who have no tree of the base: `base` is what it
/// says of the node, and `is_agreed` whether a parent is in it.
pub fn agreement(
    is_agreed: impl Fn(NodeId) -> bool,
    base: Option<&Entry>,
    local: Option<&Entry>,
    remote: Option<&Entry>,
) -> Option<Option<Entry>> {
    match (base, local, remote) {
        (Some(_), None, None) => Some(None),
        (_, Some(_), Some(remote)) if broken(Mutant::BaseWithoutAgreement) => {
            (base != Some(remote)).then(|| Some(remote.clone()))
        }
        (None, Some(local), Some(remote)) => {
            let agreed = local == remote && is_agreed(remote.place.parent);
            agreed.then(|| Some(remote.clone()))
        }
        (Some(base), Some(local), Some(remote)) => {
            let mut agreed = base.clone();
            if local.place.parent == remote.place.parent && is_agreed(remote.place.parent) {
                agreed.place.parent = remote.place.parent;
            }
            if local.place.name == remote.place.name {
                agreed.place.name = remote.place.name.clone();
            }
            if local.body == remote.body {
                agreed.body = remote.body;
            }
            (agreed != *base).then_some(Some(agreed))
        }
        (_, Some(_), None) | (_, None, Some(_)) | (None, None, None) => None,
    }
}

/// Records every agreement there is, parents before children.
pub(super) fn record(draft: &mut Draft<'_>) {
    let mut queue: Vec<NodeId> = draft.open.iter().rev().copied().collect();
    // Nodes that wait for their parent's own agreement.
    let mut orphans: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
    while let Some(node) = queue.pop() {
        if !is_shown(draft, node) {
            continue;
        }
        let (here, there) = (draft.here.get(node), draft.there.get(node));
        if let (Some(here), Some(there)) = (here, there) {
            let parent = there.place.parent;
            if here.place.parent == parent && !draft.base.contains(parent) {
                orphans.entry(parent).or_default().push(node);
            }
        }
        let agreed =
            agreement(|parent| draft.base.contains(parent), draft.base.get(node), here, there);
        if let Some(base) = agreed {
            match base.clone() {
                Some(entry) => draft.base.insert(node, entry),
                None => drop(draft.base.remove(node)),
            }
            draft.records.push(match base {
                Some(base) if draft.presumed.contains(&node) => Record::Presume { node, base },
                base => Record::Agree { node, base },
            });
            queue.extend(orphans.remove(&node).into_iter().flatten());
        }
    }
    draft.close_settled();
}

/// Whether both sides really show what their rows say: nothing is agreed on
/// from a torn look, nor forgotten while a request for it is open (amendment 11).
fn is_shown(draft: &Draft<'_>, node: NodeId) -> bool {
    [Side::Local, Side::Remote]
        .into_iter()
        .all(|side| *draft.stand(side, node) != Stand::Parked && !draft.is_uncertain(node, side))
}
