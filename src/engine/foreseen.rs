//! What the rows alone let expect of one node: the real planner, asked about
//! what was written down, as if nothing else stood in the way.

use crate::model::{NodeId, Rows, Side, WaitReason};
use crate::plan::{self, Op};
use crate::report::PlannedStep;

use super::{situation, told};

/// What the next run would do with a node.
#[derive(Clone, Debug, Default)]
pub struct Foreseen {
    /// Its steps.
    pub steps: Vec<PlannedStep>,
    /// What it waits for.
    pub waits: Vec<WaitReason>,
}

/// How many changes of this computer the server has not got yet, at `now`
/// (seconds since 1970), as both sides were last seen.
pub fn unsent(rows: &Rows, now: i64, device: &str) -> u64 {
    let plan = plan::plan(&situation::remembered(rows, false, now, device));
    plan.steps.iter().filter(|step| step.op.side() == Some(Side::Remote)).count() as u64
}

/// What a run at `now` (seconds since 1970) would do with `node`, if both sides
/// are as they were last seen.
pub fn foreseen(rows: &Rows, node: NodeId, now: i64, device: &str) -> Foreseen {
    let plan = plan::plan(&situation::remembered(rows, false, now, device));
    let is_about = |op: &Op| {
        op.node() == node || matches!(op, Op::Remove { with, .. } if with.contains(&node))
    };
    let steps = plan.steps.iter().filter(|step| is_about(&step.op));
    let steps = steps.map(|step| told::planned_step(rows, step)).collect();
    let waits = plan.waits.iter().filter(|wait| wait.node == node).map(|wait| wait.reason);
    Foreseen { steps, waits: waits.collect() }
}
