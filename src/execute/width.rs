//! How many steps run at once, learnt from how the server bears them.
//!
//! Additive increase, multiplicative decrease, as TCP does it: one more as
//! long as requests take no longer for it, half as many when they do, or when
//! the server says that it has too much to do (429, 503) or does not answer.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Moment;

use super::group::Kind;
use super::lanes::Lane;

/// Steps without bytes, or with few, that run at once to begin with.
const START: usize = 6;
/// Never fewer, so that a short pause of one does not stop all,
const LEAST: usize = 2;
/// and never more: a server of a few cores has nothing of them.
const MOST: usize = 32;
/// Large files at once, at most: they fill the line, not the server.
const BULK: usize = 6;
/// Up to so many times the best time it is worth adding one more,
const GROW: u32 = 3;
/// and from here on (in halves) there are too many.
const SHRINK: u32 = 5;
/// Differences below this are chance.
const NOISE: Duration = Duration::from_millis(20);

/// How many steps may run at once. Kept from one plan to the next.
#[derive(Clone, Debug)]
pub struct Width {
    steps: usize,
    /// The shortest mean time of a round so far.
    best: Option<Duration>,
    /// The round under way: as many steps as run at once.
    ended: u32,
    took: Duration,
    /// Steps that began before this tell of the width before.
    since: Moment,
    /// How often the server failed at groups of a kind, in this run.
    failures: BTreeMap<Kind, usize>,
}

impl Default for Width {
    fn default() -> Self {
        let since = Moment::ZERO;
        Self {
            steps: START,
            best: None,
            ended: 0,
            took: Duration::ZERO,
            since,
            failures: BTreeMap::new(),
        }
    }
}

impl Width {
    /// How many steps may run at once in `lane`.
    pub(super) fn of(&self, lane: Lane) -> usize {
        match lane {
            Lane::Small => self.steps,
            Lane::Bulk => (self.steps / 2).clamp(1, BULK),
        }
    }

    /// A run begins: what the server failed at in the one before is tried again.
    pub fn begin_run(&mut self) {
        self.failures.clear();
    }

    /// How often the server has failed at groups of `kind` in this run.
    pub(super) fn failures(&self, kind: Kind) -> usize {
        self.failures.get(&kind).copied().unwrap_or_default()
    }

    /// The server has failed at a group of `kind`.
    pub(super) fn failed_at(&mut self, kind: Kind) {
        *self.failures.entry(kind).or_default() += 1;
    }

    /// A small step of one request or a few has succeeded.
    pub(super) fn succeeded(&mut self, begun: Moment, now: Moment) {
        if begun < self.since {
            return;
        }
        self.ended += 1;
        self.took += now.saturating_sub(begun);
        if (self.ended as usize) < self.steps {
            return;
        }
        let mean = self.took / self.ended;
        let best = self.best.map_or(mean, |best| best.min(mean));
        self.best = Some(best);
        if mean * 2 >= best * SHRINK + NOISE {
            // The line or the server may have changed for good: learnt anew.
            self.best = None;
            self.halve(now);
        } else {
            let more = mean * 2 <= best * GROW + NOISE;
            self.turn(if more { self.steps + 1 } else { self.steps }, now);
        }
    }

    /// The server has too much to do, or did not answer a step begun at
    /// `begun`. What was under way together counts once.
    pub fn overloaded(&mut self, begun: Moment, now: Moment) {
        if begun >= self.since {
            self.halve(now);
        }
    }

    fn halve(&mut self, now: Moment) {
        self.turn(self.steps / 2, now);
    }

    /// Begins another round.
    fn turn(&mut self, steps: usize, now: Moment) {
        let steps = steps.clamp(LEAST, MOST);
        if steps != self.steps {
            tracing::debug!(steps, "steps at once");
            self.steps = steps;
        }
        (self.ended, self.took, self.since) = (0, Duration::ZERO, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rounds of steps that take `time(width)` each.
    fn rounds(width: &mut Width, rounds: usize, time: impl Fn(usize) -> u64) {
        for _ in 0..rounds {
            let begun = width.since;
            let now = begun + Duration::from_millis(time(width.steps));
            (0..width.steps).for_each(|_| width.succeeded(begun, now));
        }
    }

    #[test]
    fn a_server_that_bears_it_gets_more_at_once_up_to_a_bound() {
        let mut width = Width::default();
        rounds(&mut width, 10, |_| 100);
        assert_eq!(width.of(Lane::Small), 16);
        rounds(&mut width, 100, |_| 100);
        assert_eq!((width.of(Lane::Small), width.of(Lane::Bulk)), (MOST, BULK));
    }

    #[test]
    fn a_server_with_so_many_hands_gets_little_more_than_they_can_do() {
        // Beyond eight at once each one takes longer.
        let mut width = Width::default();
        rounds(&mut width, 200, |steps| 100 * (steps.max(8) as u64) / 8);
        assert!((8..=13).contains(&width.of(Lane::Small)), "{width:?}");
    }

    #[test]
    fn requests_that_take_much_longer_halve_it() {
        let mut width = Width::default();
        rounds(&mut width, 14, |_| 100);
        assert_eq!(width.of(Lane::Small), 20);
        rounds(&mut width, 1, |_| 400);
        assert_eq!(width.of(Lane::Small), 10);
        // A line that has become slow is learnt, and used as it is.
        rounds(&mut width, 5, |_| 400);
        assert_eq!(width.of(Lane::Small), 15);
    }

    #[test]
    fn an_overload_halves_it_once_for_all_that_was_under_way() {
        let mut width = Width::default();
        rounds(&mut width, 10, |_| 100);
        let (begun, now) = (width.since, width.since + Duration::from_secs(1));
        for _ in 0..16 {
            width.overloaded(begun, now);
        }
        assert_eq!((width.of(Lane::Small), width.of(Lane::Bulk)), (8, 4));
        for round in 2..20 {
            width.overloaded(now, now * round);
            width.since = now;
        }
        assert_eq!((width.of(Lane::Small), width.of(Lane::Bulk)), (LEAST, 1));
    }

    #[test]
    fn fast_answers_are_not_weighed_by_milliseconds() {
        let mut width = Width::default();
        for time in [1, 3, 8, 2, 9, 1] {
            rounds(&mut width, 1, |_| time);
        }
        assert_eq!(width.of(Lane::Small), 12);
    }
}
