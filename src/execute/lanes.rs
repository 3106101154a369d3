//! How many steps run at once: requests cost round trips, bulk costs the line.

use crate::model::Rows;
use crate::plan::Op;

/// Steps without bytes, or with few, at a time.
const SMALL: usize = 6;
/// Large files at a time.
const BULK: usize = 3;
/// From this size a file is large.
const LARGE: u64 = 1 << 20;

/// Where a step queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    Small,
    Bulk,
}

impl Lane {
    /// The lane of `op`, by the bytes that it moves as far as they are known.
    pub(super) fn of(rows: &Rows, op: &Op) -> Self {
        let bytes = match op {
            Op::Fetch { node, .. } | Op::Replace { node, .. } | Op::Read { node } => {
                rows.remote.get(node).and_then(|row| row.seen.size)
            }
            Op::Send { node, .. } | Op::Update { node } => {
                rows.local.get(node).map(|row| row.seen.size)
            }
            Op::MakeDir { .. } | Op::Move { .. } | Op::Park { .. } | Op::Remove { .. } => None,
        };
        if bytes.is_some_and(|bytes| bytes >= LARGE) { Self::Bulk } else { Self::Small }
    }
}

/// How many steps run in each lane.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    small: usize,
    bulk: usize,
}

impl Lanes {
    fn count(&mut self, lane: Lane) -> &mut usize {
        match lane {
            Lane::Small => &mut self.small,
            Lane::Bulk => &mut self.bulk,
        }
    }

    /// Whether another step may run in `lane`.
    pub(super) fn has_room(&self, lane: Lane) -> bool {
        match lane {
            Lane::Small => self.small < SMALL,
            Lane::Bulk => self.bulk < BULK,
        }
    }

    /// A step starts.
    pub(super) fn enter(&mut self, lane: Lane) {
        *self.count(lane) += 1;
    }

    /// A step has ended.
    pub(super) fn leave(&mut self, lane: Lane) {
        *self.count(lane) -= 1;
    }
}
