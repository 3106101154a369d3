//! The engine's tests, on Wine.

use super::compiler::{Target, compile, provide_std};
use super::wine::Wine;
use crate::run::{Done, begin, run};

/// The test programs that run: the units of the library, and what the real disk
/// and the real journal promise. `engine`, `plan`, `scenarios` and `sim` see
/// only disks in memory, which are the same everywhere; `cli`, `sync`,
/// `bad_input` and the like play people by what Unix offers; `day`, `native`,
/// `surroundings` and `desktop` are Linux's own.
const PROGRAMS: &[&str] = &["--lib", "--test", "disk", "--test", "journal"];

/// Tests that say nothing on Wine: what they are about, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "conformance::native::a_change_shows_in_what_is_seen",
        "Wine takes the date of a file for its time of birth",
    ),
    ("conformance::native::a_link_is_shown_and_not_followed", NO_LINKS),
    ("conformance::native::what_stands_below_a_link_is_unknown", NO_LINKS),
    ("conformance::native::a_listing_shows_what_there_is", NO_LINKS),
    (
        "conformance::native::only_the_spelling_of_a_name_can_change",
        "Wine does nothing then, and says that it has",
    ),
    (
        "api::socket::windows::tests::a_second_one_that_listens_says_so",
        "Wine gives a pipe of the same name to both",
    ),
    (
        "relocate::copy::leftover_tests",
        "Wine lacks the newer call by which the standard library removes a read-only file",
    ),
];

const NO_LINKS: &str = "Wine says that it has made a link, and makes none";

/// Runs them.
pub(super) fn tests() -> Done {
    provide_std(Target::Windows)?;
    begin("the engine's tests: compiled for Windows");
    let words = [&["test", "--package", "navette"], PROGRAMS].concat();
    compile(Target::Windows.cargo(&[&words[..], &["--no-run"]].concat()))?;
    let wine = Wine::provide("wine")?;
    begin("the engine's tests: on Wine");
    for (test, reason) in LEFT_OUT {
        eprintln!("left out: {test}: {reason}");
    }
    let skipped = LEFT_OUT.iter().flat_map(|(test, _)| ["--skip", test]);
    let words = [&words[..], &["--no-fail-fast", "--"], &skipped.collect::<Vec<_>>()].concat();
    let mut command = Target::Windows.cargo(&words);
    command.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", wine.runner());
    let tested = run(command);
    tested.and(wine.wait())
}
