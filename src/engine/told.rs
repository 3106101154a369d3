//! What a plan comes to: the paths that a person would say.

use crate::model::Rows;
use crate::plan::{Brake, Op, Plan, Step};
use crate::report::{BrakeReport, PlannedStep};

pub(super) fn spoken_brake(rows: &Rows, brake: &Brake) -> BrakeReport {
    let paths = brake.files.iter().map(|&node| rows.spoken(node)).collect();
    let sizes = brake.files.iter().filter_map(|node| rows.base.get(node)).map(|row| row.size);
    BrakeReport { brake: brake.clone(), paths, bytes: sizes.fold(0, u64::saturating_add) }
}

/// The steps of a plan with their paths.
pub(super) fn planned(rows: &Rows, plan: &Plan) -> Vec<PlannedStep> {
    plan.steps.iter().map(|step| planned_step(rows, step)).collect()
}

pub(super) fn planned_step(rows: &Rows, step: &Step) -> PlannedStep {
    let to = match &step.op {
        Op::MakeDir { to, .. }
        | Op::Move { to, .. }
        | Op::Fetch { to, .. }
        | Op::Send { to, .. } => {
            let parent =
                if to.parent.is_root() { String::new() } else { rows.spoken(to.parent) + "/" };
            Some(format!("{parent}{}", to.name))
        }
        _ => None,
    };
    let path = rows.spoken(step.op.node());
    let path = if path.is_empty() { to.clone().unwrap_or_default() } else { path };
    PlannedStep { step: step.clone(), path, to }
}
