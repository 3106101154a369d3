//! Room on this disk: what would leave less than the reserve does not begin.
//!
//! Several downloads at once may each find room that all of them together do not
//! have. So what runs is counted here: a download begins if it fits beside those
//! that run, or if none does. Alone, it measures the disk itself just before its
//! first byte, with what is here of it already ([`super::stage`]), and that
//! decides. Smaller ones go on meanwhile.

use std::collections::{BTreeMap, VecDeque};

use crate::disk::Disk;
use crate::event::Outcome;
use crate::model::{Reserve, Rows};
use crate::plan::Op;

/// Of what waits, so many are tried when one has ended: one in its place, and one
/// more, for the disk may have more room by now.
const TRIED: usize = 2;

/// The room that the downloads of a plan find.
#[derive(Debug, Default)]
pub(super) struct Headroom {
    /// Bytes above the reserve that nobody has claimed; none: not known.
    free: Option<u64>,
    /// What runs.
    coming: BTreeMap<usize, u64>,
    waiting: VecDeque<usize>,
}

impl Headroom {
    /// Measures the disk, of which `reserve` stays free. Where nothing is to, each
    /// download measures for itself, and a full disk says so.
    pub(super) async fn measure<D: Disk>(&mut self, disk: &D, reserve: Reserve) {
        self.free = None;
        if reserve != Reserve::NOTHING {
            // What cannot be measured is found out by writing.
            let space = disk.space().await.ok();
            self.free = space.map(|space| space.free.saturating_sub(reserve.bytes(space.total)));
        }
    }

    /// Whether `op` may begin now; its room is claimed then, until [`Self::ended`].
    /// Otherwise the step waits.
    pub(super) fn admit(&mut self, rows: &Rows, step: usize, op: &Op) -> bool {
        let Some(size) = size(rows, op) else { return true };
        let fits = self.free.is_none_or(|free| size <= free);
        if !fits && !self.coming.is_empty() {
            self.waiting.push_back(step);
            return false;
        }
        self.free = self.free.map(|free| free.saturating_sub(size));
        self.coming.insert(step, size);
        true
    }

    /// A step has ended so. Returns those that wait and may try again.
    pub(super) fn ended(&mut self, step: usize, outcome: &Outcome) -> Vec<usize> {
        let Some(size) = self.coming.remove(&step) else { return Vec::new() };
        if !matches!(outcome, Outcome::Done) {
            self.free = self.free.map(|free| free.saturating_add(size));
        }
        let tried = self.waiting.len().min(TRIED);
        self.waiting.drain(..tried).collect()
    }

    /// Nothing runs any more: whatever still waits may try again.
    pub(super) fn settle(&mut self) -> Vec<usize> {
        self.waiting.drain(..).collect()
    }
}

/// Bytes that `op` brings to this disk; none if it brings none.
fn size(rows: &Rows, op: &Op) -> Option<u64> {
    match op {
        Op::Fetch { node, .. } | Op::Replace { node, .. } => rows.remote.get(node)?.seen.size,
        _ => None,
    }
}
