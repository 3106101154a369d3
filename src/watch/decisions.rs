//! What somebody has decided of a pair that is watched: what becomes of the
//! files that the brake holds, and that a gate is passed by a comparison.
//!
//! An answer to the brake is about the files that it held when it was asked. It
//! is kept until a run has come to its end, however often the pair must be
//! opened until then, and not beyond the process: whoever watches next asks
//! anew. An answer at a gate opens that gate alone, once.

use std::collections::BTreeSet;

use thiserror::Error;

use super::standing::{Board, State};
use super::wishes::Wishes;
use crate::model::{NodeId, Side};
use crate::pair::OpenError;
use crate::plan::{Answered, Brake, Verdict};
use crate::report::{EngineError, Gate};

/// What somebody decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// What becomes of what the brake holds.
    Brake {
        /// The side that would lose the files; none: the only one that would.
        side: Option<Side>,
        /// What becomes of them.
        verdict: Verdict,
        /// Only if these are the files that were asked about ([`asked`]).
        asked: Option<String>,
    },
    /// At that gate: what was agreed is forgotten, and both sides are compared.
    Compare {
        /// The gate, by its word; none: whichever it is.
        gate: Option<String>,
    },
}

/// Why a decision cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Undecided {
    /// Nothing of the kind is asked.
    #[error("nothing like that is asked")]
    NotAsked,
    /// Both sides would lose files: which one is meant must be said.
    #[error("both sides would lose files: say which one is meant")]
    WhichSide,
    /// Other files are asked about by now.
    #[error("other files are asked about by now")]
    OtherFiles,
}

/// What is decided and not yet carried out.
#[derive(Clone, Debug, Default)]
pub(super) struct Decided {
    /// What was said to the brake.
    pub(super) answered: Answered,
    /// The gate that is to be passed.
    pub(super) gate: Option<Gate>,
}

impl Decided {
    /// Takes what was decided since.
    pub(super) fn take(&mut self, new: Self) {
        let (held, said) = (&mut self.answered, new.answered);
        let answered: BTreeSet<_> = said.go.union(&said.back).copied().collect();
        held.go.retain(|asked| !answered.contains(asked));
        held.back.retain(|asked| !answered.contains(asked));
        held.go.extend(said.go);
        held.back.extend(said.back);
        self.gate = new.gate.or(self.gate.take());
    }

    /// Whether this is the gate that is to be passed.
    pub(super) fn passes(&self, error: &OpenError) -> bool {
        self.gate.is_some() && gate(error) == self.gate.as_ref()
    }
}

/// Decides for the pair that stands so.
///
/// # Errors
///
/// If that is not what is asked.
pub fn decide(board: &Board, wishes: &Wishes, decision: &Decision) -> Result<(), Undecided> {
    let standing = board.now();
    match decision {
        Decision::Brake { side, verdict, asked: meant } => {
            let open = standing.brakes.iter().map(|report| &report.brake);
            let open = open.filter(|brake| side.is_none_or(|side| brake.side == side));
            let brake = match *open.collect::<Vec<_>>() {
                [] => return Err(Undecided::NotAsked),
                [brake] => brake,
                _ => return Err(Undecided::WhichSide),
            };
            if meant.as_ref().is_some_and(|meant| *meant != asked(brake)) {
                return Err(Undecided::OtherFiles);
            }
            let mut answered = Answered::default();
            answered.take(brake, *verdict);
            wishes.decide(Decided { answered, gate: None });
            board.answered(brake.side);
        }
        Decision::Compare { gate: meant } => {
            let closed = match &standing.state {
                State::Hindered(error) | State::Stopped(error) => gate(error),
                _ => None,
            };
            let is_meant = |gate: &&Gate| {
                meant
                    .as_ref()
                    .is_none_or(|meant| [gate.name(), gate.word()].contains(&meant.as_str()))
            };
            let closed = closed.filter(|gate| gate.can_compare()).filter(is_meant);
            let gate = Some(closed.ok_or(Undecided::NotAsked)?.clone());
            wishes.decide(Decided { gate, ..Decided::default() });
        }
    }
    Ok(())
}

/// Names the files that a brake asks about: other files, another name.
pub fn asked(brake: &Brake) -> String {
    let mut hash = blake3::Hasher::new();
    for NodeId(node) in &brake.held {
        hash.update(&node.to_le_bytes());
    }
    hash.finalize().to_hex()[..16].to_owned()
}

/// The gate that keeps a pair closed, if one does.
pub fn gate(error: &OpenError) -> Option<&Gate> {
    match error {
        OpenError::Engine(EngineError::Gate(gate)) => Some(gate),
        _ => None,
    }
}
