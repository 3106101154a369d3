//! Navette on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    navette::cli::main(std::env::args_os().collect())
}
