//! How fast bytes go that are to be in nobody's way. Pure.
//!
//! The idea is that of LEDBAT (RFC 6817): whoever sends more than a line
//! carries fills the queue in front of it, and everything else waits there.
//! So what is watched is how much longer a small question of ours takes than
//! the fastest of the last ten minutes. Below a target, we go faster; above it,
//! somebody needs the line, or the server, and we go slower.
//!
//! What it does not see: which direction the queue is in, and a line that was
//! never empty in these ten minutes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Moment;

/// A question may take so much longer than it need (RFC 6817: at most 100 ms), or
/// half as long again where that is more.
const TARGET: Duration = Duration::from_millis(100);
/// How often it is asked while bytes go by.
const INTERVAL: Duration = Duration::from_secs(2);
/// For so many minutes the fastest answer is remembered.
const MINUTES: usize = 10;
const MINUTE: Duration = Duration::from_secs(60);

/// The first rate, in bytes a second; twice as much at each question until the
/// line shows what it carries.
const START: f64 = 250_000.0;
/// Never slower: whoever wants nothing to go on wants a pause.
const LEAST: f64 = 20_000.0;
/// And never faster.
const MOST: f64 = 1e9;
/// Found free, the rate grows by up to this part of itself.
const GROW: f64 = 0.1;
/// Found full, it becomes so much of itself: the fuller, the less.
const SHRINK: std::ops::RangeInclusive<f64> = 0.5..=0.9;

/// The rate of one direction, learnt from how long questions take.
#[derive(Debug)]
pub(super) struct Gentle {
    rate: f64,
    /// The line has not shown yet what it carries.
    doubling: bool,
    /// When it was last asked.
    asked: Option<Moment>,
    /// What went by since that moment.
    moved: (Option<Moment>, u64),
    /// What is known of the way to each server.
    ways: BTreeMap<Arc<str>, Way>,
}

/// How long answers of a server took.
#[derive(Debug, Default)]
struct Way {
    /// The fastest of each of the last minutes.
    fastest: VecDeque<(Moment, Duration)>,
    last: Option<Duration>,
}

impl Gentle {
    pub(super) fn new() -> Self {
        Self { rate: START, doubling: true, asked: None, moved: (None, 0), ways: BTreeMap::new() }
    }

    /// Bytes a second.
    pub(super) fn rate(&self) -> u64 {
        self.rate as u64
    }

    /// So many bytes went by.
    pub(super) fn moved(&mut self, bytes: u64) {
        self.moved.1 += bytes;
    }

    /// Whether it is time to ask. Whoever is told so asks, and nobody else.
    pub(super) fn is_due(&mut self, now: Moment) -> bool {
        let due = self.asked.is_none_or(|asked| now.saturating_sub(asked) >= INTERVAL);
        if due {
            self.asked = Some(now);
        }
        due
    }

    /// A question to `server` was answered at `now`, after so long.
    pub(super) fn answered(&mut self, server: &Arc<str>, now: Moment, took: Duration) {
        let (since, moved) = std::mem::replace(&mut self.moved, (Some(now), 0));
        let seconds = now.saturating_sub(since.unwrap_or(now)).as_secs_f64();
        let moved = moved as f64;
        let way = self.ways.entry(server.clone()).or_default();
        let drains = way.last.is_some_and(|last| took < last.mul_f64(0.9));
        let (delay, target) = way.learn(now, took);
        if delay > target && drains {
            // What was done about it helps already; the queue takes its time.
        } else if delay > target {
            self.doubling = false;
            let part =
                (target.as_secs_f64() / delay.as_secs_f64()).clamp(*SHRINK.start(), *SHRINK.end());
            let real = if seconds > 0.0 { moved / seconds } else { self.rate };
            self.rate = (self.rate.min(real.max(self.rate / 2.0)) * part).max(LEAST);
        } else if seconds == 0.0 || moved >= self.rate * seconds / 2.0 {
            // What is not used up says nothing about more.
            let free = 1.0 - delay.as_secs_f64() / target.as_secs_f64();
            let more = if self.doubling { 1.0 } else { GROW * free };
            self.rate = (self.rate * (1.0 + more)).min(MOST);
        }
    }
}

impl Way {
    /// How much longer than the fastest answers take now, and how long they may.
    /// One slow answer is chance: the better one of two counts.
    fn learn(&mut self, now: Moment, took: Duration) -> (Duration, Duration) {
        match self.fastest.back_mut() {
            Some((minute, fastest)) if now.saturating_sub(*minute) < MINUTE => {
                *fastest = took.min(*fastest);
            }
            _ => self.fastest.push_back((now, took)),
        }
        if self.fastest.len() > MINUTES {
            self.fastest.pop_front();
        }
        let base = self.fastest.iter().map(|(_, fastest)| *fastest).min().unwrap_or(took);
        let better = self.last.replace(took).map_or(took, |last| last.min(took));
        (better.saturating_sub(base), TARGET.max(base / 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line with a queue in front of it, in which others send too.
    struct Line {
        gentle: Gentle,
        server: Arc<str>,
        now: Moment,
        /// Bytes a second.
        carries: f64,
        queue: f64,
        longest: Duration,
    }

    impl Line {
        fn new(carries: f64) -> Self {
            let (gentle, server) = (Gentle::new(), "h".into());
            Self { gentle, server, now: Moment::ZERO, carries, queue: 0.0, longest: Duration::ZERO }
        }

        /// So many seconds in which others send `others` bytes a second. Returns
        /// what part of the line was ours in the last half of them.
        fn seconds(&mut self, seconds: u64, others: f64) -> f64 {
            const STEP: Duration = Duration::from_millis(100);
            let (mut ours, steps) = (0.0, seconds * 10);
            self.longest = Duration::ZERO;
            for step in 0..steps {
                let sent = self.gentle.rate() as f64 / 10.0;
                self.queue = (self.queue + sent + (others - self.carries) / 10.0).max(0.0);
                self.gentle.moved(sent as u64);
                self.now += STEP;
                let took = Duration::from_secs_f64(0.03 + self.queue / self.carries);
                if self.gentle.is_due(self.now) {
                    self.gentle.answered(&self.server, self.now, took);
                }
                if step >= steps / 2 {
                    ours += sent;
                    self.longest = self.longest.max(took);
                }
            }
            ours / (self.carries * seconds as f64 / 2.0)
        }
    }

    #[test]
    fn a_free_line_is_used_and_its_queue_stays_short() {
        for carries in [200_000.0, 2_000_000.0, 50_000_000.0] {
            let mut line = Line::new(carries);
            line.seconds(120, 0.0);
            let ours = line.seconds(240, 0.0);
            assert!(ours > 0.8, "{carries}: {ours}");
            assert!(line.longest < Duration::from_millis(900), "{carries}: {:?}", line.longest);
        }
    }

    #[test]
    fn what_others_need_they_get_and_what_they_leave_is_used_again() {
        let mut line = Line::new(2_000_000.0);
        line.seconds(120, 0.0);
        let ours = line.seconds(60, 1_600_000.0);
        assert!(ours < 0.25, "{ours}");
        assert!(line.longest < Duration::from_millis(900), "{:?}", line.longest);
        let ours = line.seconds(120, 0.0);
        assert!(ours > 0.8, "{ours}");
    }

    #[test]
    fn a_line_that_others_fill_is_left_to_them_but_never_wholly() {
        let mut line = Line::new(2_000_000.0);
        line.seconds(120, 0.0);
        let ours = line.seconds(60, 2_000_000.0);
        assert!(ours < 0.05 && line.gentle.rate() >= 20_000, "{ours}");
    }

    #[test]
    fn each_server_is_compared_with_itself() {
        let mut gentle = Gentle::new();
        let (near, far): (Arc<str>, Arc<str>) = ("near".into(), "far".into());
        for second in 0..60 {
            let now = Duration::from_secs(second);
            gentle.moved(1 << 40);
            gentle.answered(&near, now, Duration::from_millis(5));
            gentle.answered(&far, now, Duration::from_millis(600));
        }
        assert!(gentle.rate() >= 100_000_000, "{}", gentle.rate());
    }

    #[test]
    fn what_is_not_used_does_not_grow() {
        let mut gentle = Gentle::new();
        let server = "h".into();
        for second in 0..600 {
            gentle.moved(1000);
            gentle.answered(&server, Duration::from_secs(second), Duration::from_millis(10));
        }
        assert_eq!(gentle.rate(), 2 * START as u64, "once, when nothing was known");
    }

    #[test]
    fn one_slow_answer_is_chance() {
        let mut gentle = Gentle::new();
        let server: Arc<str> = "h".into();
        for second in 0..20 {
            gentle.moved(1 << 40);
            let took = if second == 10 { 3000 } else { 10 };
            gentle.answered(&server, Duration::from_secs(second), Duration::from_millis(took));
        }
        assert!(gentle.rate() >= 100_000_000, "{}", gentle.rate());
    }
}
