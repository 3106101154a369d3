//! The seam of time.

use std::time::Duration;

/// A moment of the monotonic clock, counted from an arbitrary start.
pub type Moment = Duration;

/// Tells time and waits. The only source of either in the engine.
#[allow(async_fn_in_trait, reason = "the engine is one future on one thread")]
pub trait Clock {
    /// The monotonic clock: every wait is measured on it.
    fn now(&self) -> Moment;
    /// The wall clock, in seconds since 1970: for names and records only,
    /// never to decide (it may jump).
    fn wall(&self) -> i64;
    /// Returns after `wait`.
    async fn sleep(&self, wait: Duration);
}

/// The computer's own clocks.
#[derive(Clone, Debug)]
pub struct SystemClock {
    start: std::time::Instant,
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
impl SystemClock {
    /// Starts counting now.
    pub fn new() -> Self {
        Self { start: std::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place that reads the real clocks")]
impl Clock for SystemClock {
    fn now(&self) -> Moment {
        self.start.elapsed()
    }

    fn wall(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    async fn sleep(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }
}
