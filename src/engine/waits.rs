//! How long to wait for what waits.

use std::time::Duration;

use crate::clock::Clock as _;
use crate::event::Cause;
use crate::model::{NodeId, WaitReason};
use crate::plan::Plan;
use crate::world::World;

use super::{Engine, Look};

/// How long to wait until something that waits may go on by itself.
pub(super) fn next_wait<W: World>(
    engine: &Engine<W>,
    look: &Look,
    plan: &Plan,
) -> Option<(Duration, WaitReason, String)> {
    let timing = engine.world.timing();
    let now = engine.world.clock().now();
    let remembered = engine.memory.next_moment(&engine.world).map(|at| at.saturating_sub(now));
    let waits = look.waits(engine.journal.rows(), plan);
    let waits = waits.iter().filter_map(|wait| {
        let duration = match wait.reason {
            WaitReason::Quiet => still_unquiet(engine, look, wait.node),
            WaitReason::Racy | WaitReason::Changing => timing.racy,
            WaitReason::SecondLook | WaitReason::Quarantined => remembered.unwrap_or(timing.racy),
            WaitReason::TornEpoch => timing.racy / 4,
            WaitReason::Settling => timing.database / 3,
            _ => return None,
        };
        Some((duration, wait.reason, engine.journal.rows().spoken(wait.node)))
    });
    let changing = look.mentions().into_iter().filter(|mention| mention.cause == Cause::Changing);
    let changing = changing.map(|mention| (timing.racy, WaitReason::Changing, mention.path));
    let next = waits.chain(changing).min_by_key(|(duration, ..)| *duration)?;
    Some((next.0.max(Duration::from_millis(1)), next.1, next.2))
}

/// How long until what was written to here counts as quiet, if nobody writes to
/// it any more.
fn still_unquiet<W: World>(engine: &Engine<W>, look: &Look, node: NodeId) -> Duration {
    let racy = engine.world.timing().racy;
    let row = engine.journal.rows().local.get(&node);
    let age = row.map_or(0, |row| look.local.volume_time.saturating_sub(row.seen.mtime));
    // What is just past that moment is quiet; a date to come says nothing.
    let left = racy.saturating_sub(Duration::from_nanos(u64::try_from(age).unwrap_or(0)));
    if left.is_zero() { racy } else { left + Duration::from_millis(20) }
}
