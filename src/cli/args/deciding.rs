//! What can be typed to answer a question.

use clap::{Args, ValueEnum};

use super::{PairArgs, SignInArgs};
use crate::api::Answer;
use crate::model::Side;

/// `navette decide`.
#[derive(Debug, Args)]
pub(in crate::cli) struct DecideArgs {
    #[command(flatten)]
    pub(in crate::cli) pair: PairArgs,
    /// What becomes of it
    #[arg(value_enum, value_name = "ANSWER")]
    answer: Said,
    /// Which side would lose the files; not needed if only one would
    #[arg(long, value_enum, value_name = "SIDE")]
    side: Option<Where>,
    #[command(flatten)]
    pub(in crate::cli) sign_in: SignInArgs,
    /// Print exactly one JSON object to standard output, all else to standard error
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

impl DecideArgs {
    /// What is answered.
    pub(in crate::cli) fn answer(&self) -> Answer {
        match self.answer {
            Said::Restore => Answer::Restore,
            Said::Delete => Answer::Delete,
            Said::Compare => Answer::Compare,
            Said::Again => Answer::Again,
        }
    }

    /// Which side is meant.
    pub(in crate::cli) fn side(&self) -> Option<Side> {
        self.side.map(|side| match side {
            Where::Here => Side::Local,
            Where::Server => Side::Remote,
        })
    }
}

/// An answer.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Said {
    /// To held deletions: the files come back from the side that still has them
    Restore,
    /// To held deletions: they were meant, and go on the other side, too
    Delete,
    /// At a gate: forget what was agreed and compare both sides; nothing is deleted or overwritten
    Compare,
    /// At a gate: look once more, it may be open by now
    Again,
}

/// A side.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Where {
    /// This computer
    Here,
    /// The server
    Server,
}
