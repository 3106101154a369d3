//! The table of mutants.

use crate::run::{Done, cargo, run};
use crate::test::WORKSPACE;

/// How stories are looked for in which a mutant dies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looking {
    /// Where they were found before.
    AsBefore,
    /// From the first one on. What is found is written down.
    Anew,
}

/// Kills the mutants of these names, or all, and prints who noticed each.
pub(crate) fn kill(looking: Looking, names: &[&str]) -> Done {
    let words = ["--test", "mutants", "every_mutant_is_killed", "--", "--nocapture"];
    let mut command = cargo(&[&["test", "--quiet"], WORKSPACE, &words].concat());
    let search: &[&str] = if looking == Looking::Anew { &["search"] } else { &[] };
    command.env("NAVETTE_MUTANTS", [search, names].concat().join(" "));
    run(command)
}
