//! What one run of the engine achieved, and how it failed if it did.

use std::time::Duration;

use serde::Serialize;
use thiserror::Error;

use crate::disk::DiskError;
use crate::event::Comparison;
pub use crate::event::Item;
use crate::journal::JournalError;
use crate::plan::{AllowDeletes, Brake, Plan};
use crate::server::ServerError;

/// How a run is to behave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncOptions {
    /// Look and plan, change nothing.
    pub dry_run: bool,
    /// Where a rule must wait, end instead and list what waits.
    pub no_wait: bool,
    /// Read files that are only presumed equal (amendment 32).
    pub verify: bool,
    /// How many deletions need no question.
    pub allow: AllowDeletes,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Both sides are equal, but for what is never synced.
    Equal,
    /// Something is held, failed or waits; each is an item.
    Unfinished,
    /// The brake holds deletions until somebody decides.
    Braked,
}

/// What the steps of a run did, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files sent that the server did not have.
    pub sent: u64,
    /// Files sent over an older version.
    pub updated: u64,
    /// Files fetched that were not here.
    pub fetched: u64,
    /// Files fetched over an older version.
    pub replaced: u64,
    /// Folders made, on either side.
    pub folders: u64,
    /// Renames and moves without a byte, on either side.
    pub moved: u64,
    /// Files and folders removed here (files are put aside).
    pub removed_here: u64,
    /// Files and folders removed on the server.
    pub removed_there: u64,
    /// Conflicts: both versions kept.
    pub conflicts: u64,
    /// Files that were equal on both sides already and are now known to be.
    pub adopted: u64,
    /// Files now equal on both sides, in all.
    pub files: u64,
    /// Those of them that only look equal, by length and date: never compared.
    pub presumed: u64,
}

/// What a run achieved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// How it ended.
    pub end: End,
    /// What was done.
    pub counts: Counts,
    /// Bytes of files sent.
    pub bytes_up: u64,
    /// Bytes of files fetched.
    pub bytes_down: u64,
    /// Requests to the server.
    pub requests: u64,
    /// How long it took.
    pub seconds: f64,
    /// How often both sides were looked at.
    pub passes: u64,
    /// What a user should know of, in order of path.
    pub items: Vec<Item>,
    /// What the first comparison of two full sides showed, in the run that made it.
    pub compared: Option<Comparison>,
    /// After so long another run may achieve what this one could not; none if
    /// nothing is left, or if what is left waits for a change.
    #[serde(skip)]
    pub next: Option<Duration>,
    /// Deletions that wait for a decision.
    pub brakes: Vec<BrakeReport>,
    /// With [`SyncOptions::dry_run`]: what would be done, with paths.
    pub planned: Vec<PlannedStep>,
}

/// Deletions that wait, with the paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrakeReport {
    /// The numbers and the rule.
    #[serde(flatten)]
    pub brake: Brake,
    /// The files, as a person would say them.
    pub paths: Vec<String>,
    /// Their bytes, as they were agreed on.
    #[serde(skip)]
    pub bytes: u64,
}

/// One step of a plan, with the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedStep {
    /// The step.
    #[serde(flatten)]
    pub step: crate::plan::Step,
    /// The node's path as a person would say it.
    pub path: String,
    /// Where it goes, for moves.
    pub to: Option<String>,
}

/// What stops a run.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The server cannot be worked with.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The disk cannot be worked with.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The journal cannot be worked with.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A gate stopped the run before anything was changed.
    #[error("stopped by a safety gate: {0:?}")]
    Gate(Gate),
    /// Another process works on this pair.
    #[error("this pair is in use by another process")]
    InUse,
}

/// The gates that stop a whole run and wait for a decision (amendments 22, 26).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gate {
    /// The folder is not there, or is not a folder: perhaps its disk is not connected.
    FolderMissing,
    /// The folder is empty of its marker although it was synced before.
    MarkerMissing,
    /// The folder carries the marker of another device or pair.
    ForeignMarker,
    /// The remote root is not the one that was agreed with.
    RemoteRootChanged,
    /// The server says that it was set back to an earlier state.
    RemoteRestored,
}

impl Gate {
    /// The word for why a pair stands still at it, which is promised.
    pub fn word(&self) -> &'static str {
        match self {
            Self::FolderMissing => "folder-missing",
            Self::MarkerMissing => "marker-missing",
            Self::ForeignMarker => "foreign-marker",
            Self::RemoteRootChanged => "storage-changed",
            Self::RemoteRestored => "storage-set-back",
        }
    }

    /// What it is called where it is asked about.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RemoteRootChanged => "remote-root-changed",
            Self::RemoteRestored => "remote-restored",
            other => other.word(),
        }
    }

    /// Whether it can be passed by forgetting what was agreed and comparing both
    /// sides. Where there is no folder, there is nothing to compare.
    pub fn can_compare(&self) -> bool {
        *self != Self::FolderMissing
    }
}

/// A plan with what is needed to print it.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The plan itself.
    pub plan: Plan,
    /// Its steps with paths.
    pub steps: Vec<PlannedStep>,
    /// What would be left, and why.
    pub items: Vec<Item>,
}
