//! Many stories, on all cores.

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use navette::cloud::Dialect;

use crate::reached::{Point, Reached};
use crate::stage::{Failure, tell};
use crate::tape::{Chances, Tape};
use crate::world::Trace;

/// A story that ended badly.
#[derive(Clone, Debug)]
pub struct Bad {
    /// Its seed.
    pub seed: u64,
    /// How it ended.
    pub failure: Failure,
    /// Its decisions.
    pub tape: Tape,
}

/// What a number of stories showed.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// How many were told.
    pub stories: u64,
    /// Those that ended badly, by seed.
    pub bad: Vec<Bad>,
    /// What was reached, and how often.
    pub reached: BTreeMap<Point, u64>,
}

impl Outcome {
    /// Adds what other stories showed.
    pub fn add(&mut self, other: Self) {
        self.stories += other.stories;
        self.bad.extend(other.bad);
        for (point, count) in other.reached {
            *self.reached.entry(point).or_default() += count;
        }
    }
}

/// Tells the story of one seed. A panic counts as a bad end.
pub fn one(seed: u64, dialect: Dialect, trace: &Trace, reached: &Reached) -> Option<Bad> {
    let chances = Chances::of_seed(seed, dialect);
    let told = catch_unwind(AssertUnwindSafe(|| tell(&chances, trace, reached)));
    let failure = match told {
        Ok(Ok(())) => return None,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Failure(format!("PANIC {}", text.unwrap_or_default()))
        }
    };
    Some(Bad { seed, failure, tape: chances.tape() })
}

/// Tells the stories of `seeds`, on `threads` threads, until `stop` says so.
pub fn many(
    seeds: Range<u64>,
    dialect: Dialect,
    threads: usize,
    stop: impl Fn() -> bool + Sync,
) -> Outcome {
    let next = AtomicU64::new(seeds.start);
    let outcome = Mutex::new(Outcome::default());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let reached = Reached::default();
                let mut mine = Outcome::default();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || stop() {
                        break;
                    }
                    mine.stories += 1;
                    mine.bad.extend(one(seed, dialect, &Trace::default(), &reached));
                }
                mine.reached = reached.counts();
                outcome.lock().unwrap_or_else(PoisonError::into_inner).add(mine);
            });
        }
    });
    let mut outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome.bad.sort_by_key(|bad| bad.seed);
    outcome
}
