//! What somebody answers: to the brake, or at a gate.

use serde::{Deserialize, Serialize};

use super::pairs::Watched;
use super::params::{Params, Refusal};
use crate::model::Side;
use crate::plan::Verdict;
use crate::watch::{self, Decision, Undecided};

/// What can be answered. The words are promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The files come back from the side that keeps them.
    Restore,
    /// They go on this side, too.
    Delete,
    /// What was agreed is forgotten, and both sides are compared.
    Compare,
    /// It is looked whether the gate is open by now.
    Again,
}

/// Decides for one pair.
pub(super) fn decide(pair: &Watched, said: &Params) -> Result<(), Refusal> {
    let brake = |verdict| Decision::Brake {
        side: said.side.map(Side::from),
        verdict,
        asked: said.asked.clone(),
    };
    let decision = match said.answer.ok_or(Refusal::BadParams)? {
        Answer::Restore => brake(Verdict::Restore),
        Answer::Delete => brake(Verdict::Delete),
        Answer::Compare => Decision::Compare { gate: said.gate.clone() },
        Answer::Again => {
            pair.wishes.look();
            return Ok(());
        }
    };
    watch::decide(&pair.board, &pair.wishes, &decision).map_err(|why| match why {
        Undecided::NotAsked => Refusal::NotAsked,
        Undecided::WhichSide => Refusal::WhichSide,
        Undecided::OtherFiles => Refusal::OtherFiles,
    })
}
