//! What a step leaves behind for those who tell of it later. Half of it is
//! gone once the step is committed, the other half is not there before.

use crate::event::{Trace, Version};
use crate::model::{Change, NodeId, Rows, Stand};
use crate::plan::{Op, Step, Why};

use super::super::outcome::Performed;

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// What is to be told of a step that is done, from the rows before its commit.
pub(super) fn before(rows: &Rows, op: &Op, performed: &Performed) -> Trace {
    let node = op.node();
    let aside = performed.changes.iter().find_map(|change| match change {
        Change::Aside(number, Some(_)) => Some(*number),
        _ => None,
    });
    let replaces = matches!(op, Op::Replace { .. });
    let writes = performed.changes.iter().any(|change| matches!(change, Change::Local(..)));
    Trace {
        idle: replaces && !writes,
        from: place(rows, op),
        bytes: performed.up.saturating_add(performed.down),
        aside,
        here: here(rows, node),
        there: there(rows, node),
        ..Trace::default()
    }
}

/// The same with what else is to be told, from the rows after its commit:
/// `path` is what it is called now.
pub(super) fn after(rows: &Rows, step: &Step, path: &str, trace: Trace) -> Trace {
    let now = place(rows, &step.op);
    let from = trace.from.filter(|before| now.as_ref() != Some(before));
    let copy = match &step.op {
        Op::Replace { keep: Some((kept, _)), .. } => Some(rows.spoken(*kept)),
        // New files of both sides at one place: one of them gets the name of a copy.
        Op::Move { given: true, .. } if step.why == Why::Clash => Some(path.to_owned()),
        _ => None,
    };
    let shown_as = rows.local.get(&step.op.node()).and_then(|row| match &row.stand {
        Stand::Alias(alias) => Some(alias.to_string()),
        _ => None,
    });
    Trace { from, copy, shown_as, ..trace }
}

/// Where something that is moved has its place on the side where it is moved:
/// on the other one it may be called so already.
fn place(rows: &Rows, op: &Op) -> Option<String> {
    let Op::Move { side, node, .. } = op else { return None };
    Some(rows.home(*side, *node)?.as_str().to_owned())
}

fn here(rows: &Rows, node: NodeId) -> Option<Version> {
    let row = rows.local.get(&node).filter(|row| !row.entry.body.is_dir())?;
    let date = Some(row.seen.mtime.div_euclid(SECOND));
    Some(Version { size: Some(row.seen.size), date })
}

fn there(rows: &Rows, node: NodeId) -> Option<Version> {
    let row = rows.remote.get(&node).filter(|row| !row.entry.body.is_dir())?;
    Some(Version { size: row.seen.size, date: row.seen.mtime })
}
