//! Chores of the project: `cargo xtask test`, `cargo xtask dist`.

mod dist;
mod packages;
mod run;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test [--exhaustive]   everything that must hold: format, lints, tests
cargo xtask dist [DIR]            the release program with completions and manual page";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => test::test(test::Depth::Usual),
        ["test", "--exhaustive"] => test::test(test::Depth::Exhaustive),
        ["dist"] => dist::dist("target/dist"),
        ["dist", dir] => dist::dist(dir),
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
