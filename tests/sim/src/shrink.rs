//! Makes a story that goes wrong as short as it can be.
//!
//! Delta debugging on the tape: pieces of each stream are cut out, or made
//! harmless, or their numbers made smaller, as long as the story still ends
//! badly. It need not end in the same way: a smaller fault is a better find.

use std::ops::Range;

use crate::reached::Reached;
use crate::stage::{Failure, tell};
use crate::tape::{Chances, Source, Tape};
use crate::world::Trace;

/// Plays a tape; how it ends, if badly, and what it really drew.
pub fn play(tape: &Tape) -> Option<(Failure, Tape)> {
    let chances = Chances::of_tape(tape);
    let failure = tell(&chances, &Trace::default(), &Reached::default()).err()?;
    Some((failure, chances.tape().trimmed()))
}

/// Shortens a tape that ends badly, in at most `tries` plays.
pub fn shrink(tape: &Tape, tries: usize) -> Tape {
    let mut shrinker = Shrinker { best: tape.clone().trimmed(), left: tries };
    loop {
        let before = shrinker.best.weight();
        for source in [Source::Faults, Source::People, Source::Schedule, Source::World] {
            shrinker.pieces(source, |stream, piece| drop(stream.drain(piece)));
            shrinker.pieces(source, |stream, piece| stream[piece].fill(0));
        }
        for source in Source::ALL {
            shrinker.smaller(source);
        }
        if shrinker.left == 0 || shrinker.best.weight() >= before {
            return shrinker.best;
        }
    }
}

struct Shrinker {
    best: Tape,
    left: usize,
}

impl Shrinker {
    /// Takes the candidate if it still ends badly and weighs less.
    fn accepts(&mut self, candidate: &Tape) -> bool {
        if self.left == 0 || *candidate == self.best {
            return false;
        }
        self.left -= 1;
        match play(candidate) {
            Some((_, drawn)) if drawn.weight() < self.best.weight() => {
                self.best = drawn;
                true
            }
            _ => false,
        }
    }

    fn pieces(&mut self, source: Source, change: impl Fn(&mut Vec<u64>, Range<usize>)) {
        let mut size = self.best.streams[source as usize].len();
        while size > 0 {
            let mut from = 0;
            while from < self.best.streams[source as usize].len() {
                let mut candidate = self.best.clone();
                let stream = &mut candidate.streams[source as usize];
                let to = (from + size).min(stream.len());
                change(stream, from..to);
                if !self.accepts(&candidate.trimmed()) {
                    from += size;
                }
            }
            size /= 2;
        }
    }

    fn smaller(&mut self, source: Source) {
        let mut at = 0;
        while let Some(value) = self.best.streams[source as usize].get(at).copied() {
            for less in [0, value / 2, value.saturating_sub(1)] {
                let mut candidate = self.best.clone();
                candidate.streams[source as usize][at] = less;
                // Weight does not see the size of a number.
                if less < value && self.left > 0 {
                    self.left -= 1;
                    if let Some((_, drawn)) = play(&candidate)
                        && drawn.weight() <= self.best.weight()
                    {
                        self.best = drawn;
                        break;
                    }
                }
            }
            at += 1;
        }
    }
}
