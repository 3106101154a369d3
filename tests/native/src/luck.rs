//! What a seed decides.

use std::time::Duration;

use navette_sim::tape::Dice;

/// One stream of decisions, always the same for a seed and a purpose.
#[derive(Clone, Debug)]
pub struct Luck(Dice);

impl Luck {
    /// The decisions of `seed` about `what`, so that more of one kind do not
    /// shuffle the others.
    pub fn new(seed: u64, what: &str) -> Self {
        let kind = what.bytes().fold(0, |sum: u64, byte| sum.wrapping_mul(131) + u64::from(byte));
        Self(Dice::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(kind)))
    }

    /// A number below `n`.
    pub fn below(&self, n: u64) -> u64 {
        self.0.below(n)
    }

    /// True once in `n` times.
    pub fn once_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of these, if there are any.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        let at = self.below(from.len() as u64);
        from.get(usize::try_from(at).unwrap_or(usize::MAX))
    }

    /// A while below this many milliseconds.
    pub fn while_below(&self, millis: u64) -> Duration {
        Duration::from_millis(self.below(millis))
    }
}
