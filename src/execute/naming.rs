//! Names that the server is known to refuse: nothing is asked for them.

use crate::model::{Kind, Name, NameReason, NameRules, Rows, Side};
use crate::plan::Op;

/// What is wrong with the name that `op` would give on the server, if the
/// server refuses it.
pub(super) fn refused(rules: &NameRules, rows: &Rows, op: &Op) -> Option<NameReason> {
    let (name, kind): (&Name, Kind) = match op {
        Op::MakeDir { side: Side::Remote, to, .. } => (&to.name, Kind::Dir),
        Op::Send { to, .. } => (&to.name, Kind::File),
        Op::Update { node } => (&rows.entry(Side::Remote, *node)?.place.name, Kind::File),
        Op::Move { side: Side::Remote, node, to, .. } => {
            let entry = rows.entry(Side::Remote, *node)?;
            // A move that keeps the name cannot fail of it.
            if entry.place.name == to.name {
                return None;
            }
            (&to.name, if entry.body.is_dir() { Kind::Dir } else { Kind::File })
        }
        _ => return None,
    };
    rules.refuses(name, kind)
}
