//! A number of bytes a second, spent piece by piece. Pure: moments in, a wait out.

use std::time::Duration;

use crate::clock::Moment;

/// What was not spent is kept for so long. A rate holds over any longer time.
const KEPT: f64 = 0.2;

/// A bucket into which so many bytes flow every second. Whoever finds it not in
/// debt takes as much as a piece has, so a piece may be larger than what is in it.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    rate: f64,
    level: f64,
    at: Moment,
}

impl Bucket {
    /// An empty one that fills at `rate` bytes a second from `now` on.
    pub(super) fn new(rate: u64, now: Moment) -> Self {
        Self { rate: rate.max(1) as f64, level: 0.0, at: now }
    }

    /// From `now` on it fills at another rate.
    pub(super) fn turn(&mut self, rate: u64, now: Moment) {
        self.fill(now);
        self.rate = rate.max(1) as f64;
        self.level = self.level.min(self.rate * KEPT);
    }

    /// How long until the next piece may go; nothing if it may go now.
    pub(super) fn wait(&mut self, now: Moment) -> Duration {
        self.fill(now);
        Duration::from_secs_f64((-self.level / self.rate).clamp(0.0, 3600.0))
    }

    /// A piece of so many bytes goes.
    pub(super) fn take(&mut self, bytes: u64) {
        self.level -= bytes as f64;
    }

    fn fill(&mut self, now: Moment) {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.level = (self.level + passed * self.rate).min(self.rate * KEPT);
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends pieces of `piece` bytes for so many seconds, and returns the bytes.
    fn sent(bucket: &mut Bucket, from: Moment, seconds: u64, piece: u64) -> u64 {
        let (mut now, mut bytes) = (from, 0);
        let end = from + Duration::from_secs(seconds);
        while now < end {
            match bucket.wait(now) {
                Duration::ZERO => {
                    bucket.take(piece);
                    bytes += piece;
                }
                wait => now += wait + Duration::from_nanos(1),
            }
        }
        bytes
    }

    #[test]
    fn a_rate_holds_whatever_the_pieces() {
        for piece in [1_000, 64_000, 3_000_000] {
            let mut bucket = Bucket::new(1_000_000, Moment::ZERO);
            let bytes = sent(&mut bucket, Moment::ZERO, 100, piece);
            let most = 100_000_000 + 200_000 + piece;
            assert!((99_000_000..=most).contains(&bytes), "{piece}: {bytes}");
        }
    }

    #[test]
    fn what_was_not_spent_is_not_saved_up() {
        let mut bucket = Bucket::new(1_000_000, Moment::ZERO);
        let later = Duration::from_secs(1000);
        let bytes = sent(&mut bucket, later, 1, 10_000);
        assert!(bytes <= 1_000_000 + 200_000 + 10_000, "{bytes}");
    }

    #[test]
    fn another_rate_holds_at_once_and_forgives_no_debt() {
        let mut bucket = Bucket::new(10_000, Moment::ZERO);
        bucket.take(1_000_000);
        assert_eq!(bucket.wait(Moment::ZERO), Duration::from_secs(100));
        bucket.turn(1_000_000, Moment::ZERO);
        assert_eq!(bucket.wait(Moment::ZERO), Duration::from_secs(1));
    }

    #[test]
    fn a_clock_that_stands_still_fills_nothing() {
        let mut bucket = Bucket::new(1000, Duration::from_secs(5));
        bucket.take(1000);
        let wait = bucket.wait(Duration::from_secs(5));
        assert_eq!(bucket.wait(Duration::from_secs(5)), wait);
    }
}
