//! How many steps run at once: requests cost round trips, bulk costs the line.

use std::collections::BTreeSet;

use crate::model::Rows;
use crate::plan::Op;

/// Steps without bytes, or with few, at a time.
const SMALL: usize = 6;
/// Large files at a time.
const BULK: usize = 3;
/// From this size a file is large.
const LARGE: u64 = 1 << 20;
/// So many waiting steps of a lane are looked at for one that may start: if
/// all of them are held up by others, so are most likely the rest.
const GLANCE: usize = 64;

/// Where a step queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// One lane: what runs in it, and what may start.
#[derive(Debug, Default)]
struct Track {
    running: usize,
    queued: BTreeSet<usize>,
}

/// Both lanes.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    small: Track,
    bulk: Track,
}

impl Lanes {
    fn track(&mut self, lane: Lane) -> &mut Track {
        match lane {
            Lane::Small => &mut self.small,
            Lane::Bulk => &mut self.bulk,
        }
    }

    /// Whether another step may run in `lane`.
    pub(super) fn has_room(&self, lane: Lane) -> bool {
        match lane {
            Lane::Small => self.small.running < SMALL,
            Lane::Bulk => self.bulk.running < BULK,
        }
    }

    /// A step may start as soon as there is room for it.
    pub(super) fn queue(&mut self, lane: Lane, step: usize) {
        self.track(lane).queued.insert(step);
    }

    /// The first steps that wait in lanes with room, in order.
    pub(super) fn candidates(&self) -> Vec<usize> {
        let mut steps = Vec::new();
        for (lane, track) in [(Lane::Small, &self.small), (Lane::Bulk, &self.bulk)] {
            if self.has_room(lane) {
                steps.extend(track.queued.iter().take(GLANCE));
            }
        }
        steps.sort_unstable();
        steps
    }

    /// A queued step starts.
    pub(super) fn enter(&mut self, lane: Lane, step: usize) {
        let track = self.track(lane);
        track.queued.remove(&step);
        track.running += 1;
    }

    /// Several steps start as one, which were not queued.
    pub(super) fn enter_group(&mut self, lane: Lane) {
        self.track(lane).running += 1;
    }

    /// A queued step cannot start; it is queued again when it can.
    pub(super) fn pass_over(&mut self, lane: Lane, step: usize) {
        self.track(lane).queued.remove(&step);
    }

    /// A step or a group has ended.
    pub(super) fn leave(&mut self, lane: Lane) {
        self.track(lane).running -= 1;
    }
}
