//! Chores of the project: `cargo xtask test`, `dist`, `bench`, and what tries to break it.

mod cross;
mod desktop;
mod dist;
mod fuzz;
mod icons;
mod installers;
mod mutants;
mod native;
mod packages;
mod peers;
mod proof;
mod run;
mod test;
mod window;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [--exhaustive]   everything that must hold: format, lints, tests
cargo xtask desktop [WORDS]       the desktop app, built and opened: with nothing else, its demo
cargo xtask window                only its window, ui/dist, which the app has inside
cargo xtask dist [DIR]            the release program with completions and manual page
cargo xtask installers [DIR]      packages for Debian and RPM, with the app and the command line
cargo xtask installers --try      the first of them installed here, started, renewed, removed
cargo xtask cross [PART...]       for Windows and macOS: type-checks, tests and the installer on Wine;
                                  parts are windows, macos, tests, setup
cargo xtask icons                 the drawings of icons/ in every size
cargo xtask bench peers [ROUNDS]  beside nextcloudcmd and rclone, on the same server
cargo xtask sim [--help]          stories that try to break the engine, in virtual time
cargo xtask mutants [NAME...]     what is broken on purpose, and who notices it
cargo xtask mutants --search [NAME...]
                                  the same, with stories looked for anew
cargo xtask native --seed N       a case that tries to break the program, in real time
cargo xtask soak --minutes N      such cases with fresh seeds, and a pair that must not grow
cargo xtask compare [--help]      the same cases with nextcloudcmd and rclone bisync
cargo xtask fuzz [--minutes N] [TARGET]
                                  hostile bytes, guided by coverage; needs a nightly toolchain
cargo xtask proof --hours N [--from SEED]
                                  hours of all of these, on all cores";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => test::test(test::Depth::Usual),
        ["test", "--exhaustive"] => test::test(test::Depth::Exhaustive),
        ["desktop", words @ ..] => desktop::desktop(words),
        ["window"] => packages::provide_desktop().and_then(|()| window::build()),
        ["dist"] => dist::dist("target/dist"),
        ["dist", dir] => dist::dist(dir),
        ["installers"] => installers::installers("target/installers"),
        ["installers", "--try"] => installers::trial(),
        ["installers", dir] => installers::installers(dir),
        ["cross", words @ ..] => cross::cross(words),
        ["icons"] => icons::icons(),
        ["bench", "peers"] => peers::bench(3),
        ["bench", "peers", rounds] if rounds.parse::<usize>().is_ok_and(|rounds| rounds > 0) => {
            peers::bench(rounds.parse().unwrap_or(1))
        }
        ["fuzz", words @ ..] => fuzz::fuzz(words),
        ["proof", words @ ..] => proof::proof(words),
        ["sim", words @ ..] => run::run(run::cargo(
            &[&["run", "--quiet", "--release", "--package", "navette-sim", "--"], words].concat(),
        )),
        ["mutants", "--search", names @ ..] => mutants::kill(mutants::Looking::Anew, names),
        ["mutants", names @ ..] if names.iter().all(|name| !name.starts_with('-')) => {
            mutants::kill(mutants::Looking::AsBefore, names)
        }
        [word @ ("native" | "soak" | "compare"), words @ ..] => native::native(word, words),
        // How `bench` measures one process; not for people.
        ["bench", "measured", log, program, words @ ..] => peers::measured(log, program, words),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("xtask: {reason}");
            ExitCode::FAILURE
        }
    }
}
