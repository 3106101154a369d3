//! What a first comparison of two full sides comes to, before anything is transferred.

use std::collections::BTreeSet;

use crate::event::Comparison;
use crate::model::{Body, Rows, Side};
use crate::plan::{Op, Plan, Record, Step};

/// Whether both sides hold files and nothing was ever agreed on.
pub(super) fn is_first(rows: &Rows) -> bool {
    let is_file = |body: Body| !body.is_dir();
    !rows.base.values().any(|row| is_file(row.entry.body))
        && rows.local.values().any(|row| is_file(row.entry.body))
        && rows.remote.values().any(|row| is_file(row.entry.body))
}

/// Counts what the plan found and what it means to do.
pub(super) fn of(plan: &Plan) -> Comparison {
    let mut seen = Comparison::default();
    for record in &plan.records {
        match record {
            Record::Agree { base: Some(entry), .. } if !entry.body.is_dir() => seen.equal += 1,
            Record::Presume { .. } => seen.presumed += 1,
            _ => {}
        }
    }
    // Two different files of one name: the local one steps aside first, then
    // both are transferred.
    let aside: BTreeSet<usize> =
        (0..plan.steps.len()).filter(|&at| steps_aside(&plan.steps[at])).collect();
    seen.different = aside.len() as u64;
    for step in plan.steps.iter().filter(|step| !step.after.iter().any(|at| aside.contains(at))) {
        match &step.op {
            Op::Send { .. } => seen.only_here += 1,
            Op::Fetch { .. } => seen.only_there += 1,
            Op::Read { .. } => seen.unknown += 1,
            _ => {}
        }
    }
    seen
}

fn steps_aside(step: &Step) -> bool {
    matches!(step.op, Op::Move { side: Side::Local, given: true, .. })
}
