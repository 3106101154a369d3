//! What can be typed to have it explain itself.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::SideArgs;

/// `navette activity`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ActivityArgs {
    /// The folder on this computer [default: all that are configured]
    pub(in crate::cli) local_dir: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) side: SideArgs,
    /// Go on, and show what is done from now on
    #[arg(short, long)]
    pub(in crate::cli) follow: bool,
    /// Only what was done since then: so long ago, as 2h or 3d, or a date, as 2026-11-30 or
    /// "2026-11-30 08:15"
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(in crate::cli) since: Option<Since>,
    /// Only what was done with this path and all below it, or with what this pattern matches, as
    /// "**/*.txt"
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) path: Option<String>,
    /// Print exactly one JSON object to standard output; with --follow one a line for each entry
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `navette explain`.
#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainArgs {
    /// The file or folder on this computer, whether it is there or not
    pub(in crate::cli) path: PathBuf,
    /// The folder of the pair [default: the configured one that holds PATH]
    #[arg(long, value_name = "LOCAL_DIR")]
    pub(in crate::cli) folder: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) side: SideArgs,
    /// Print exactly one JSON object to standard output, all else to standard error
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// `navette conflicts`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ConflictsCommand {
    /// List them, with both versions
    List {
        /// The folder on this computer [default: all that are configured]
        local_dir: Option<PathBuf>,
        #[command(flatten)]
        meant: MeantArgs,
        /// Print exactly one JSON object to standard output, all else to standard error
        #[arg(long)]
        json: bool,
    },
    /// Keep the version of the copy; the other one is put aside
    KeepMine(KeepArgs),
    /// Keep the version at the file's own place; the copy is put aside
    KeepTheirs(KeepArgs),
    /// Keep both, and give the copy a name of its own
    KeepBoth(KeepArgs),
    /// Take the last choice back, with all that were made in one go
    Undo {
        /// The folder on this computer; not needed if there is only one
        local_dir: Option<PathBuf>,
        #[command(flatten)]
        meant: MeantArgs,
        /// Another choice than the last one, by the id that `activity --json` shows
        #[arg(long, value_name = "ID")]
        entry: Option<i64>,
        /// Print exactly one JSON object to standard output, all else to standard error
        #[arg(long)]
        json: bool,
    },
}

impl ConflictsCommand {
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::List { json, .. } | Self::Undo { json, .. } => *json,
            Self::KeepMine(args) | Self::KeepTheirs(args) | Self::KeepBoth(args) => args.json,
        }
    }
}

/// Which files that stand here in two versions are meant.
#[derive(Debug, Args)]
pub(in crate::cli) struct MeantArgs {
    #[command(flatten)]
    pub(in crate::cli) side: SideArgs,
    /// Only those below this folder of the pair, or that this pattern matches
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) under: Option<String>,
    /// Only those whose copy was last changed so long ago, as 30d, or before that date
    #[arg(long, value_name = "TIME", value_parser = since)]
    pub(in crate::cli) older_than: Option<Since>,
    /// Only those of which both versions hold the same bytes
    #[arg(long)]
    pub(in crate::cli) equal: bool,
}

/// `navette conflicts keep-…`.
#[derive(Debug, Args)]
pub(in crate::cli) struct KeepArgs {
    /// The files, or their copies
    #[arg(conflicts_with = "all")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// All of them
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// The folder on this computer [default: all that are configured]
    #[arg(long, value_name = "LOCAL_DIR")]
    pub(in crate::cli) folder: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) meant: MeantArgs,
    /// Show what would be done, and change nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Print exactly one JSON object to standard output, all else to standard error
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// Since when.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) enum Since {
    /// So many seconds ago.
    Ago(i64),
    /// That moment, in seconds since 1970.
    At(i64),
}

/// Reads a length of time or a date in the time zone of this computer.
fn since(text: &str) -> Result<Since, String> {
    let wrong = |_| "write it as 2h, 3d, 2026-11-30 or \"2026-11-30 08:15\"".to_owned();
    if let Ok(span) = text.parse::<jiff::Span>() {
        let days = jiff::SpanRelativeTo::days_are_24_hours();
        return Ok(Since::Ago(span.to_duration(days).map_err(wrong)?.as_secs()));
    }
    let date = text.parse::<jiff::civil::DateTime>().map_err(wrong)?;
    let zoned = date.to_zoned(jiff::tz::TimeZone::system()).map_err(wrong)?;
    Ok(Since::At(zoned.timestamp().as_second()))
}
