//! How far the steps of a run are: files, bytes, work, how fast they go, and how
//! long they still take. Pure: events and moments in, numbers out.
//!
//! The work of a step is its bytes and a little more, so that small files, moves
//! and deletions count as well.

use std::time::Duration;

use crate::clock::Moment;
use crate::event::Outcome;
use crate::model::{NodeId, Side};
use crate::plan::Op;

/// What a step counts besides its bytes.
const STEP: u64 = 64 << 10;
/// Bytes a second are a mean in which what is so long ago counts half.
const RATE: Duration = Duration::from_secs(5);
/// The same for the work, from which the time that is left is estimated.
const WORK: Duration = Duration::from_secs(20);
/// No rate before so long, and no time left.
const RATE_AFTER: Duration = Duration::from_secs(1);
const LEFT_AFTER: Duration = Duration::from_secs(5);
/// The time that is left grows only once in so long.
const GROWS: Duration = Duration::from_secs(10);
/// Without anything that goes by for so long, it waits for the server.
const STALLED: Duration = Duration::from_secs(30);

/// One file or folder on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moving {
    /// Which.
    pub node: NodeId,
    /// The path as a person would say it.
    pub path: String,
    /// The side that changes.
    pub side: Side,
    /// Bytes in all, as far as known.
    pub bytes: u64,
    /// Bytes of them that went by.
    pub moved: u64,
}

/// How far the steps are.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Steps in all.
    pub steps: u64,
    /// Steps that have ended.
    pub ended: u64,
    /// Files that are sent or fetched, in all.
    pub files: u64,
    /// Those of them that have ended.
    pub files_ended: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// What is on its way, in the order in which it began.
    pub moving: Vec<Moving>,
    /// Bytes of the steps that have ended.
    bytes_ended: u64,
    begun: Moment,
    /// When something last went by.
    stirred: Moment,
    /// What was shown of the whole.
    shown: f64,
    wire: Mean,
    work: Mean,
    /// When all will have ended, as was shown, and when that last grew.
    ends: Option<Moment>,
    grew: Moment,
}

impl Progress {
    /// Nothing is planned yet.
    pub(super) fn begun(now: Moment) -> Self {
        Self {
            steps: 0,
            ended: 0,
            files: 0,
            files_ended: 0,
            bytes: 0,
            moving: Vec::new(),
            bytes_ended: 0,
            begun: now,
            stirred: now,
            shown: 0.0,
            wire: Mean::over(RATE, now),
            work: Mean::over(WORK, now),
            ends: None,
            grew: now,
        }
    }

    /// So many steps more are planned; what was planned before and has not been
    /// done is among them.
    pub(super) fn plans(&mut self, steps: u64, files: u64, bytes: u64, now: Moment) {
        self.moving.clear();
        self.steps = self.ended.saturating_add(steps);
        self.files = self.files_ended.saturating_add(files);
        self.bytes = self.bytes_ended.saturating_add(bytes);
        self.stirs(now);
    }

    /// A step begins.
    pub(super) fn starts(&mut self, op: &Op, path: &str, bytes: u64, now: Moment) {
        self.moving.push(Moving {
            node: op.node(),
            path: path.to_owned(),
            // To read the server's bytes changes nothing; they come here.
            side: op.side().unwrap_or(Side::Local),
            bytes,
            moved: 0,
        });
        self.stirs(now);
    }

    /// Bytes of a file went by.
    pub(super) fn moves(&mut self, node: NodeId, bytes: u64, now: Moment) {
        self.wire.add(bytes, now);
        if let Some(moving) = self.moving.iter_mut().find(|moving| moving.node == node) {
            let before = moving.moved;
            // What is fetched a second time is no news, and more than was told of neither.
            moving.moved = before.saturating_add(bytes).min(moving.bytes);
            self.work.add(moving.moved - before, now);
        }
        self.stirs(now);
    }

    /// A step ended.
    pub(super) fn ends(&mut self, op: &Op, outcome: &Outcome, now: Moment) {
        let at = self.moving.iter().position(|moving| moving.node == op.node());
        let moving = at.map(|at| self.moving.remove(at));
        // Its turn did not come: it will be planned anew.
        if *outcome == Outcome::Skipped {
            return;
        }
        let (bytes, moved) = moving.map_or((0, 0), |moving| (moving.bytes, moving.moved));
        self.ended += 1;
        self.files_ended += u64::from(op.moves_file());
        self.bytes_ended = self.bytes_ended.saturating_add(bytes);
        self.work.add((bytes - moved).saturating_add(STEP), now);
        self.stirs(now);
    }

    /// Bytes that went by.
    pub fn moved(&self) -> u64 {
        let moving = self.moving.iter().map(|moving| moving.moved);
        moving.fold(self.bytes_ended, u64::saturating_add).min(self.bytes)
    }

    /// Work done of work known, 0 to 1. It never goes back within a run: work that
    /// is found meanwhile makes it wait.
    pub fn fraction(&self) -> f64 {
        let (done, all) = self.works();
        let now = if all == 0 { 0.0 } else { real(done) / real(all) };
        now.clamp(self.shown, 1.0)
    }

    /// Bytes a second, once they can be told.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate to show")]
    pub fn rate(&self, now: Moment) -> Option<u64> {
        let is_known = now.saturating_sub(self.begun) >= RATE_AFTER;
        is_known.then(|| self.wire.a_second(now).round() as u64)
    }

    /// How long it still takes, once that can be told; nothing while nothing goes by.
    pub fn time_left(&self, now: Moment) -> Option<Duration> {
        let ends = self.ends.filter(|_| self.stalled(now).is_none())?;
        Some(ends.saturating_sub(now).max(Duration::from_secs(1)))
    }

    /// For how long nothing has gone by, if that is long.
    pub fn stalled(&self, now: Moment) -> Option<Duration> {
        Some(now.saturating_sub(self.stirred)).filter(|still| *still >= STALLED)
    }

    /// Work that is done, and all that is known.
    fn works(&self) -> (u64, u64) {
        let work = |steps: u64, bytes: u64| steps.saturating_mul(STEP).saturating_add(bytes);
        (work(self.ended, self.moved()), work(self.steps, self.bytes))
    }

    fn stirs(&mut self, now: Moment) {
        self.stirred = now;
        self.shown = self.fraction();
        if now.saturating_sub(self.begun) < LEFT_AFTER {
            return;
        }
        let Some(ends) = self.estimate(now) else { return };
        let grows = self.ends.is_none_or(|before| ends > before);
        if !grows {
            self.ends = Some(ends);
        } else if self.ends.is_none() || now.saturating_sub(self.grew) >= GROWS {
            (self.ends, self.grew) = (Some(ends), now);
        }
    }

    /// When all will have ended if it goes on so.
    fn estimate(&self, now: Moment) -> Option<Moment> {
        let (done, all) = self.works();
        let left = real(all.saturating_sub(done)) / self.work.a_second(now);
        // Nothing has been done yet, or it is so little that nobody knows.
        Duration::try_from_secs_f64(left).ok().and_then(|left| now.checked_add(left))
    }
}

/// How much a second, as a mean in which what is long ago counts less and less.
#[derive(Clone, Debug, PartialEq)]
struct Mean {
    half_life: Duration,
    begun: Moment,
    /// What is left of the amounts by then.
    amount: f64,
    at: Moment,
}

impl Mean {
    fn over(half_life: Duration, now: Moment) -> Self {
        Self { half_life, begun: now, amount: 0.0, at: now }
    }

    fn add(&mut self, amount: u64, now: Moment) {
        self.amount = self.amount * self.left_after(now.saturating_sub(self.at)) + real(amount);
        self.at = now;
    }

    fn a_second(&self, now: Moment) -> f64 {
        let amount = self.amount * self.left_after(now.saturating_sub(self.at));
        // A second counts for less the longer it is ago, too.
        let seconds = self.half_life.as_secs_f64() / std::f64::consts::LN_2
            * (1.0 - self.left_after(now.saturating_sub(self.begun)));
        if seconds > 0.0 { amount / seconds } else { 0.0 }
    }

    /// What counts of something after so long.
    fn left_after(&self, time: Duration) -> f64 {
        0.5_f64.powf(time.as_secs_f64() / self.half_life.as_secs_f64())
    }
}

#[allow(clippy::cast_precision_loss, reason = "numbers to show")]
fn real(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
#[path = "progress/tests.rs"]
mod tests;
