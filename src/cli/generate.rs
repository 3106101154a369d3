//! `navette completions` and `navette man`.

use std::io;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Arguments;
use super::failure::Exit;

/// Prints the completions for a shell.
pub(super) fn completions(shell: Shell) -> Exit {
    clap_complete::generate(shell, &mut Arguments::command(), "navette", &mut io::stdout());
    Exit::Equal
}

/// Prints the manual page.
pub(super) fn man() -> Exit {
    // A closed pipe is the only thing that can go wrong, and no failure.
    let _ = clap_mangen::Man::new(Arguments::command()).render(&mut io::stdout());
    Exit::Equal
}
