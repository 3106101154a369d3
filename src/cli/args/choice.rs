//! What can be typed about what is kept here and what is never synced.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{PairArgs, SignInArgs};
use crate::model::RelPath;
use crate::watch::{Leaving, Selection};

/// `navette folder select`.
#[derive(Debug, Args)]
pub(in crate::cli) struct SelectArgs {
    #[command(flatten)]
    pub(in crate::cli) pair: PairArgs,
    #[command(flatten)]
    pub(in crate::cli) sign_in: SignInArgs,
    /// Keep these folders of the server here, with all that is in them
    #[arg(long, value_name = "PATH", value_parser = folder_path, num_args = 1..)]
    pub(in crate::cli) tick: Vec<RelPath>,
    /// Do not keep these folders here any more. They stay on the server
    #[arg(long, value_name = "PATH", value_parser = folder_path, num_args = 1..)]
    pub(in crate::cli) untick: Vec<RelPath>,
    /// Put the copies here aside, as “navette trash” shows them [default]. Only what the server is
    /// proved to have goes; what was never sent stays
    #[arg(long, requires = "untick", conflicts_with = "keep")]
    pub(in crate::cli) trash: bool,
    /// Leave the copies here as ordinary files that are not synced any more
    #[arg(long, requires = "untick")]
    pub(in crate::cli) keep: bool,
    /// How many folders deep the list goes
    #[arg(long, value_name = "N", default_value = "2")]
    pub(in crate::cli) depth: usize,
    /// Print exactly one JSON object to standard output, all else to standard error
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

impl SelectArgs {
    /// What is wished; none if it is only to be shown.
    pub(in crate::cli) fn selection(&self) -> Option<Selection> {
        let leaving = if self.keep { Leaving::Keep } else { Leaving::Trash };
        let (tick, untick) = (self.tick.clone(), self.untick.clone());
        (!tick.is_empty() || !untick.is_empty()).then_some(Selection { tick, untick, leaving })
    }
}

/// Reads the path of a folder below the root of a pair.
pub(super) fn folder_path(text: &str) -> Result<RelPath, String> {
    let path = RelPath::parse(text).map_err(|error| error.to_string())?;
    if path.is_root() { Err("name a folder below the root".to_owned()) } else { Ok(path) }
}

/// `navette ignore`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum IgnoreCommand {
    /// Never sync what a line in the grammar of .gitignore matches. What is on both sides stays there
    Add {
        /// The line, as “*.iso” or “/build/”
        pattern: String,
        /// The folder on this computer; not needed if there is only one. The line goes into its
        /// .navetteignore, which is synced and so holds on all your computers
        local_dir: Option<PathBuf>,
        /// For this folder on this computer only: the line goes into the settings
        #[arg(long)]
        only_here: bool,
        /// For all folders of this account on this computer
        #[arg(long, value_name = "NAME", conflicts_with_all = ["local_dir", "only_here"])]
        account: Option<String>,
        /// For all folders of all accounts on this computer
        #[arg(long, conflicts_with_all = ["local_dir", "only_here", "account"])]
        everywhere: bool,
    },
    /// List the lines that hold for a folder, from the farthest level to the closest
    List {
        /// The folder on this computer; not needed if there is only one
        local_dir: Option<PathBuf>,
        /// With those that are built in
        #[arg(long)]
        all: bool,
    },
    /// Tell which line decides whether something is synced
    Test {
        /// Its path on this computer; a “/” at its end says that it is a folder. It need not be there
        path: PathBuf,
        /// Print exactly one JSON object to standard output, all else to standard error
        #[arg(long)]
        json: bool,
    },
}
