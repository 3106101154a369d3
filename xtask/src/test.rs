//! The one test command.

use crate::installers;
use crate::packages;
use crate::run::{Done, begin, cargo, run, succeeds};
use crate::window;

/// How much is tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// What fits into every change: samples of the large spaces.
    Usual,
    /// The large spaces whole, in release.
    Exhaustive,
}

/// Everywhere the same, so that nothing is built twice. With all features: one
/// of them lets rules be broken on purpose, to prove that the tests notice.
pub(crate) const WORKSPACE: &[&str] = &["--workspace", "--all-features"];

/// Checks format and lints, then runs every test.
pub(crate) fn test(depth: Depth) -> Done {
    prepare()?;
    begin("the window: format, types, tests");
    window::check()?;
    begin("format");
    run(cargo(&["fmt", "--all", "--check"]))?;
    begin("lints");
    run(cargo(
        &[&["clippy"], WORKSPACE, &["--all-targets", "--quiet", "--", "-D", "warnings"]].concat(),
    ))?;
    begin("examples in the documentation");
    run(documentation_tests(depth))?;
    begin("tests, of every part and of the whole");
    run(tests(depth))?;
    installers::trial()
}

/// Provides all that the workspace is built with and the tests meet. The app
/// has its window inside: without it, it does not compile.
pub(crate) fn prepare() -> Done {
    begin("what is needed from the system");
    packages::provide()?;
    begin("the window: built");
    window::build()
}

fn tests(depth: Depth) -> std::process::Command {
    let runner: &[&str] =
        if succeeds(cargo(&["nextest", "--version"])) { &["nextest", "run"] } else { &["test"] };
    // Benchmarks are compiled by clippy; as tests they only take time.
    deepened(depth, &[runner, WORKSPACE, &["--lib", "--bins", "--tests"]].concat())
}

/// Examples in the documentation: the runner of the other tests does not know them.
fn documentation_tests(depth: Depth) -> std::process::Command {
    deepened(depth, &[&["test"], WORKSPACE, &["--doc", "--quiet"]].concat())
}

fn deepened(depth: Depth, words: &[&str]) -> std::process::Command {
    let mut words = words.to_vec();
    if depth == Depth::Exhaustive {
        words.push("--release");
    }
    if !words.contains(&"--doc") {
        // One report of everything that fails beats a quick end.
        words.push("--no-fail-fast");
    }
    let mut command = cargo(&words);
    if depth == Depth::Exhaustive {
        command.env("NAVETTE_EXHAUSTIVE", "1");
    }
    command
}
