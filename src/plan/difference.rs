//! What the sides of a plan differ in: the row of the merge's table
//! (docs/SPEC.md) in which each node stands, and which repairs its target took.
//! Counted, for whoever wants to know what a plan is about.

use std::collections::BTreeMap;

use crate::model::Entry;

use super::draft::Draft;

/// What one side shows of a node, beside the last agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Divergence {
    /// What was agreed.
    Same,
    /// Other bytes.
    Edited,
    /// Another place.
    Moved,
    /// Other bytes at another place.
    EditedAndMoved,
    /// Nothing any more.
    Deleted,
    /// What was never agreed on.
    New,
    /// Nothing, and nothing was ever agreed on.
    Nothing,
}

/// How a target that was no tree, or none that both sides can show, became one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// A node whose folder is gone from both sides went elsewhere.
    Orphan,
    /// A move was undone that had put a folder into itself.
    Loop,
    /// A folder that was to die lives, for something in it does.
    Skeleton,
    /// Of two nodes with one name one got another.
    Clash,
    /// A name that this disk cannot show got an alias here.
    Alias,
}

/// How many nodes stand in which row, and how many repairs were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// By what this computer and the server show.
    pub rows: BTreeMap<(Divergence, Divergence), u64>,
    /// Repairs of the target.
    pub repairs: BTreeMap<Repair, u64>,
}

impl Differences {
    /// Counts the nodes that are not the same everywhere.
    pub(super) fn of(draft: &Draft<'_>) -> Self {
        let mut rows = BTreeMap::new();
        for &node in &draft.open {
            let base = draft.base.get(node);
            let row =
                (divergence(base, draft.here.get(node)), divergence(base, draft.there.get(node)));
            *rows.entry(row).or_default() += 1;
        }
        Self { rows, repairs: BTreeMap::new() }
    }

    /// So many repairs of a kind were made.
    pub(super) fn repaired(&mut self, repair: Repair, count: usize) {
        if count > 0 {
            *self.repairs.entry(repair).or_default() += count as u64;
        }
    }
}

fn divergence(base: Option<&Entry>, side: Option<&Entry>) -> Divergence {
    match (base, side) {
        (None, None) => Divergence::Nothing,
        (None, Some(_)) => Divergence::New,
        (Some(_), None) => Divergence::Deleted,
        (Some(base), Some(side)) => match (base.body != side.body, base.place != side.place) {
            (false, false) => Divergence::Same,
            (true, false) => Divergence::Edited,
            (false, true) => Divergence::Moved,
            (true, true) => Divergence::EditedAndMoved,
        },
    }
}
