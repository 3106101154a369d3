//! Looks that are owed when what was agreed is about to be forgotten.
//!
//! What was asked of the server under no condition is looked at afterwards:
//! a deletion in its trash, a creation among the older versions (amendment 14).
//! Only the rows tell what was meant. So where a gate or a new rule forgets them,
//! the look comes first, and where it cannot be made, nothing is forgotten yet.

use crate::clock::Clock as _;
use crate::event::Event;
use crate::execute;
use crate::journal::Journal;
use crate::model::{Intent, NodeId, RelPath, Rows, WaitReason};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::server::{Server as _, ServerErrorKind};
use crate::world::World;

/// A restoration that loses its answer is looked at again, so often.
const ROUNDS: usize = 3;

/// Makes the looks that are owed, once no request of an earlier process can
/// land any more (amendment 12).
///
/// Nothing is looked at on another storage than the one that was agreed with,
/// or on one that was set back to a backup: the rows do not speak of it. What
/// the server goes on failing at is given up, and stays in its trash or among
/// its versions.
///
/// # Errors
///
/// If the server cannot be asked. The looks are still owed then.
pub(super) async fn look_first<W: World>(
    world: &W,
    journal: &mut Journal,
) -> Result<(), EngineError> {
    for _ in 0..ROUNDS {
        let Some(node) = owing(journal.rows()) else { return Ok(()) };
        if broken(Mutant::OwedForgotten) || !is_agreed_with(world, journal.rows()).await? {
            break;
        }
        let (wait, reason) = (world.timing().quarantine, WaitReason::Quarantined);
        let path = journal.rows().spoken(node);
        world.tell(Event::Waiting { wait, reason, path });
        world.clock().sleep(wait).await;
        execute::look_after_deletions(world, journal, |_| false).await?;
        execute::look_after_creations(world, journal, |_| false).await?;
    }
    if owing(journal.rows()).is_some() {
        tracing::warn!("what was asked of the server under no condition is not looked at");
    }
    Ok(())
}

/// The first node of which a look is owed.
fn owing(rows: &Rows) -> Option<NodeId> {
    let is_owed = |intent: &Intent| intent.deleting || intent.creating;
    rows.intents.iter().find(|(_, intent)| is_owed(intent)).map(|(&node, _)| node)
}

/// Whether the server is the one that the rows speak of, in no older state.
async fn is_agreed_with<W: World>(world: &W, rows: &Rows) -> Result<bool, EngineError> {
    let root = match world.server().stat(&RelPath::root()).await {
        Ok(Some(root)) => root,
        Ok(None) => return Ok(false),
        Err(error) if error.kind == ServerErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let pair = &rows.pair;
    Ok(pair.remote_root.is_none()
        || (pair.remote_root == root.id && pair.fingerprint == root.fingerprint))
}
