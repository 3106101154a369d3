//! What can be typed. Help stays in English; messages follow the user's language.

mod care;
mod choice;
mod configured;
mod deciding;
mod explaining;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::cloud::Dialect;
use crate::model::Rate;
use crate::plan::AllowDeletes;
use crate::report::SyncOptions;
use crate::watch::Live;

use super::decide::Decides;

pub(super) use care::{CheckArgs, DiagnoseArgs, DoctorArgs};
pub(super) use choice::{IgnoreCommand, SelectArgs};
pub(super) use configured::{AccountCommand, ConfigCommand, FolderCommand, ScopeArgs};
pub(super) use deciding::DecideArgs;
pub(super) use explaining::{
    ActivityArgs, ConflictsCommand, ExplainArgs, KeepArgs, MeantArgs, Since,
};

/// Keeps a folder on this computer equal to your storage on a server.
#[derive(Debug, Parser)]
#[command(name = "navette", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(super) struct Arguments {
    /// Write a log to standard error; twice for more. NAVETTE_LOG filters it
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  both sides are equal
  1  finished, but something is held, failed or waits; each is listed
  2  wrong usage
  3  the server cannot be reached or refuses the sign-in
  4  a safety gate stopped the run and waits for a decision
  5  another process is syncing this folder
  6  this computer stands in the way: disk full, folder missing, journal unreadable
  130  interrupted";

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make both sides equal, then end
    Sync(SyncArgs),
    /// Show what a sync would do, and why; change nothing
    Plan(PlanArgs),
    /// Keep folders equal to their storage, until it is ended
    Watch(WatchArgs),
    /// Show how the folders stand that are watched
    Status(StatusArgs),
    /// Let folders that are watched pause
    Pause(PauseArgs),
    /// Let them go on
    Resume(ResumeArgs),
    /// Show what was done, when, on which side, and why
    Activity(ActivityArgs),
    /// Answer what a folder asks: held deletions, a gate
    Decide(DecideArgs),
    /// Say why a file or folder is, or is not, in sync
    Explain(ExplainArgs),
    /// Files that stand here in two versions
    #[command(subcommand)]
    Conflicts(ConflictsCommand),
    /// Accounts on servers
    #[command(subcommand)]
    Account(AccountCommand),
    /// Folders that are paired with a server
    #[command(subcommand)]
    Folder(FolderCommand),
    /// What is never synced
    #[command(subcommand)]
    Ignore(IgnoreCommand),
    /// What can be chosen: limits, hours, pauses, the proxy
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Files that were put aside instead of being deleted or overwritten
    #[command(subcommand)]
    Trash(TrashCommand),
    /// Compare every file with the server by its content, and report; repair nothing
    Check(CheckArgs),
    /// Look at what folders depend on: disk, clock, keychain, network, server; with remedies
    Doctor(DoctorArgs),
    /// Write an archive for whoever is asked for help, without secrets and without names
    Diagnose(DiagnoseArgs),
    /// Play a short story with two computers and a server, all on this computer
    Demo(DemoArgs),
    /// Serve a folder as a small file storage, to try things on
    Serve(ServeArgs),
    /// Print the completions for a shell
    #[command(hide = true)]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(hide = true)]
    Man,
}

impl Command {
    /// Whether its result is to be one JSON object.
    pub(super) fn wants_json(&self) -> bool {
        match self {
            Self::Sync(args) => args.json,
            Self::Status(args) => args.json,
            Self::Decide(args) => args.json,
            Self::Folder(FolderCommand::Select(args)) => args.json,
            Self::Ignore(IgnoreCommand::Test { json, .. }) => *json,
            Self::Check(args) => args.json,
            Self::Doctor(args) => args.json,
            Self::Activity(args) => args.json,
            Self::Explain(args) => args.json,
            Self::Conflicts(command) => command.wants_json(),
            _ => false,
        }
    }
}

/// Which pair is meant.
#[derive(Debug, Args)]
pub(super) struct PairArgs {
    /// The folder on this computer
    pub(super) local_dir: PathBuf,
    #[command(flatten)]
    pub(super) side: SideArgs,
}

/// What it is paired with, and where that is written down.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct SideArgs {
    /// The server's address; without it, the configured pair of LOCAL_DIR is taken
    #[arg(long, value_name = "URL", requires = "user")]
    pub(super) server: Option<String>,
    /// The login there
    #[arg(long, value_name = "LOGIN", requires = "server")]
    pub(super) user: Option<String>,
    /// The folder there; made if it is missing [default: /]
    #[arg(long, value_name = "PATH", requires = "server")]
    pub(super) remote_path: Option<String>,
    /// The space there, by name or id, on servers that have them [default: your own]
    #[arg(long, value_name = "NAME", requires = "server")]
    pub(super) space: Option<String>,
    /// Where the journal of this pair lies [default: in your data folder]
    #[arg(long, value_name = "DIR")]
    pub(super) state_dir: Option<PathBuf>,
}

/// How to sign in.
#[derive(Debug, Args)]
pub(super) struct SignInArgs {
    /// A file whose first line is the password. Otherwise NAVETTE_PASSWORD, the keychain or a
    /// question on the terminal gives it
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
    /// Certificates (PEM) that are trusted besides the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,
}

/// `navette sync`.
#[derive(Debug, Args)]
pub(super) struct SyncArgs {
    #[command(flatten)]
    pub(super) pair: PairArgs,
    #[command(flatten)]
    pub(super) sign_in: SignInArgs,
    /// Look and plan, change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print exactly one JSON object to standard output, all else to standard error
    #[arg(long)]
    pub(super) json: bool,
    /// Where a rule must wait, end with 1 and list it instead
    #[arg(long)]
    pub(super) no_wait: bool,
    /// Fetch and compare the files that only look equal by size and date
    #[arg(long)]
    pub(super) verify: bool,
    /// Delete without asking: at most N files a side, or all
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true)]
    pub(super) allow_deletes: Option<Option<u64>>,
    /// Forget what was agreed before and compare both sides, after a gate has stopped a run. Nothing
    /// is deleted or overwritten for it
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) start_anew: bool,
    /// How fast files go up, as “2 MB/s”, “gentle” or “none” [default: as chosen by “navette config”]
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(super) limit_up: Option<Rate>,
    /// How fast files come down
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub(super) limit_down: Option<Rate>,
}

impl SyncArgs {
    /// Whether nothing is wanted but that both sides become equal: that much
    /// can be asked of a Navette that watches the folder.
    pub(super) fn is_plain(&self) -> bool {
        self.is_ordinary() && self.options().allow == AllowDeletes::AsUsual && !self.start_anew
    }

    /// What is decided by it, if that is all that is wanted besides: that much can
    /// be asked, too.
    pub(super) fn decides(&self) -> Option<Decides> {
        match (self.is_ordinary(), self.start_anew, self.allow_deletes) {
            (true, true, None) => Some(Decides::Compare),
            (true, false, Some(most)) => Some(Decides::AllowDeletes(most)),
            _ => None,
        }
    }

    fn is_ordinary(&self) -> bool {
        !self.dry_run && !self.verify && self.limit_up.or(self.limit_down).is_none()
    }

    /// How fast bytes go, as far as it was typed.
    pub(super) fn live(&self) -> Live {
        Live::insisting(self.limit_up, self.limit_down)
    }

    /// The engine's options.
    pub(super) fn options(&self) -> SyncOptions {
        let allow = match self.allow_deletes {
            None => AllowDeletes::AsUsual,
            Some(None) => AllowDeletes::All,
            Some(Some(files)) => AllowDeletes::AtMost(files),
        };
        SyncOptions { dry_run: self.dry_run, no_wait: self.no_wait, verify: self.verify, allow }
    }
}

/// `navette watch`.
#[derive(Debug, Args)]
pub(super) struct WatchArgs {
    /// The folders on this computer [default: all that are configured]
    #[arg(value_name = "LOCAL_DIR")]
    pub(super) local_dirs: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) side: SideArgs,
    #[command(flatten)]
    pub(super) sign_in: SignInArgs,
    /// Keep no log in files
    #[arg(long)]
    pub(super) no_log: bool,
}

/// `navette status`.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// The folder on this computer [default: all]
    pub(super) local_dir: Option<PathBuf>,
    /// Print exactly one JSON object to standard output, all else to standard error
    #[arg(long)]
    pub(super) json: bool,
}

/// `navette pause`.
#[derive(Debug, Args)]
pub(super) struct PauseArgs {
    /// The folder on this computer [default: all]
    pub(super) local_dir: Option<PathBuf>,
    /// For how long, as 1h or 90m [default: until “navette resume”]
    #[arg(long = "for", value_name = "TIME", value_parser = seconds)]
    pub(super) seconds: Option<i64>,
}

/// `navette resume`.
#[derive(Debug, Args)]
pub(super) struct ResumeArgs {
    /// The folder on this computer [default: all]
    pub(super) local_dir: Option<PathBuf>,
}

/// Reads how fast bytes may go.
fn rate(text: &str) -> Result<Rate, String> {
    Rate::parse(text).ok_or_else(|| format!("write it as {}", Rate::FORMS))
}

/// Reads a length of time, at least a second.
fn seconds(text: &str) -> Result<i64, String> {
    let time: jiff::SignedDuration =
        text.parse().map_err(|_| "write it as 1h or 90m".to_owned())?;
    match time.as_secs() {
        seconds @ 1.. => Ok(seconds),
        _ => Err("it must be at least a second".to_owned()),
    }
}

/// `navette plan`.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) pair: PairArgs,
    #[command(flatten)]
    pub(super) sign_in: SignInArgs,
}

/// `navette trash`.
#[derive(Debug, Subcommand)]
pub(super) enum TrashCommand {
    /// List what is put aside
    List {
        #[command(flatten)]
        pair: PairArgs,
    },
    /// Bring files back to where they were
    Restore {
        #[command(flatten)]
        pair: PairArgs,
        /// Beside where they were, under names of their own
        #[arg(long)]
        beside: bool,
        /// Their numbers, as `trash list` shows them
        #[arg(required = true, value_name = "NUMBER")]
        numbers: Vec<u64>,
    },
    /// Remove files for good
    Purge {
        #[command(flatten)]
        pair: PairArgs,
        /// Those that were put aside at least so many days ago; 0 for all
        #[arg(long, value_name = "DAYS")]
        older_than: u64,
    },
}

/// `navette serve`.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(super) listen: SocketAddr,
    /// The folder that keeps what is stored
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
    /// The id of the one account, which signs in with it
    #[arg(long, value_name = "LOGIN", default_value = "demo")]
    pub(super) user: String,
    /// An e-mail address that signs in to the account too
    #[arg(long, value_name = "ADDRESS")]
    pub(super) email: Option<String>,
    /// What people call the account
    #[arg(long, value_name = "NAME")]
    pub(super) display_name: Option<String>,
    /// A further space that the account sees, in a dialect that has spaces
    #[arg(long, value_name = "NAME")]
    pub(super) space: Vec<String>,
    /// The path below which everything is served, as /owncloud [default: /]
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
    pub(super) base: String,
    /// The family of servers to behave like
    #[arg(long, value_enum, value_name = "DIALECT", default_value = "nextcloud")]
    pub(super) dialect: Dialect,
    /// A file whose first line is the password. Otherwise NAVETTE_PASSWORD gives it, or one is
    /// made up and shown once
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
}

/// `navette demo`.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Leave everything running at the end, and sync both folders every second
    #[arg(long)]
    pub(super) keep: bool,
    /// Where the folders are made [default: a new folder for temporary files]
    #[arg(long, value_name = "DIR")]
    pub(super) folder: Option<PathBuf>,
}
