//! What stays as it was written down while a deletion is being looked after.
//!
//! Whatever the server shows of such a node, or in its folder, may be gone the
//! next moment, by our own request. Its rows say what was meant to go; only
//! the look into the trash may change them (amendment 14).

use std::collections::BTreeSet;

use crate::model::{NodeId, Rows, Side};

use super::is_in_or_below;
use crate::mutant::{Mutant, broken};

/// The nodes that were asked to go, with all that is in them.
pub(super) fn of(rows: &Rows) -> BTreeSet<NodeId> {
    let asked = rows.intents.iter().filter(|(_, intent)| intent.deleting);
    let tops: BTreeSet<NodeId> = asked.map(|(&node, _)| node).collect();
    if tops.is_empty() || broken(Mutant::DeletionThaws) {
        return BTreeSet::new();
    }
    let nodes = rows.remote.keys().copied();
    nodes.filter(|&node| is_in_or_below(rows, Side::Remote, node, &tops)).collect()
}
