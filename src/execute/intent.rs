//! What is written down before the server is asked (amendments 11, 12, 20a).

use crate::event::Outcome;
use crate::model::{Change, Digest, Intent, Rows, Side};
use crate::mutant::{Mutant, broken};
use crate::plan::Op;
use crate::server::Profile;

use super::remove;

/// The intent to commit before the first byte of `op` leaves; none for steps
/// whose lost answer needs no explanation. `grouped`: it goes with others.
pub(super) fn before(rows: &Rows, profile: &Profile, op: &Op, grouped: bool) -> Option<Change> {
    let node = op.node();
    let mut intent = rows.intents.get(&node).cloned().unwrap_or_default();
    match op {
        Op::Send { to, .. } => {
            intent.sent.push(sent(rows, op)?);
            intent.asked.push(to.clone());
            // Where none is refused, or where it goes together with others.
            intent.creating |=
                (grouped || !profile.guards_creations) && !broken(Mutant::CreationForgotten);
        }
        Op::Update { .. } => intent.sent.push(sent(rows, op)?),
        Op::MakeDir { side: Side::Remote, to, .. } | Op::Move { side: Side::Remote, to, .. } => {
            intent.asked.push(to.clone());
        }
        Op::Remove { side: Side::Remote, .. } if remove::is_blind(rows, profile, node) => {
            intent.deleting = true;
            intent.gone_from = rows.path(Side::Remote, node);
        }
        _ => return None,
    }
    intent.sent.dedup();
    intent.asked.dedup();
    Some(Change::Intent(node, Some(intent)))
}

fn sent(rows: &Rows, op: &Op) -> Option<Digest> {
    let row = rows.local.get(&op.node())?;
    Some(Digest { hash: row.entry.body.hash()?, sha1: row.sha1, size: row.seen.size })
}

/// What is left of the intent after `op` has ended as `outcome`.
///
/// A success answers what was asked. A refusal answers it too, but the row is
/// kept: an earlier request of the same node may have been lost. Whoever ended
/// without an answer is marked, and closed only by a later listing.
pub(super) fn after(rows: &Rows, op: &Op, outcome: &Outcome) -> Option<Change> {
    let node = op.node();
    let known = rows.intents.get(&node);
    match outcome {
        Outcome::Unknown(_) => {
            let mut intent = known.cloned().unwrap_or_default();
            intent.unknown = true;
            Some(Change::Intent(node, Some(intent)))
        }
        Outcome::Done => {
            let mut intent = known.filter(|intent| !intent.unknown)?.clone();
            match op {
                Op::Send { .. } => intent = Intent::default(),
                Op::Update { .. } => intent.sent.clear(),
                Op::MakeDir { side: Side::Remote, .. } | Op::Move { side: Side::Remote, .. } => {
                    intent.asked.clear();
                }
                _ => return None,
            }
            let empty = intent == Intent::default();
            Some(Change::Intent(node, (!empty).then_some(intent)))
        }
        // Refused: nothing was deleted or overwritten, unless an earlier request may have.
        Outcome::Stale | Outcome::Failed(_) | Outcome::Skipped => {
            let open = |intent: &&Intent| (intent.deleting || intent.creating) && !intent.unknown;
            let mut intent = known.filter(open)?.clone();
            (intent.deleting, intent.gone_from, intent.creating) = (false, None, false);
            Some(Change::Intent(node, (intent != Intent::default()).then_some(intent)))
        }
    }
}
