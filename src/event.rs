//! What the engine tells while it works.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::{NameReason, NodeId, Side, WaitReason};
use crate::plan::{Differences, Op, Why};

/// Something that happened. One channel for progress, demo and logs.
#[derive(Clone, Debug)]
pub enum Event {
    /// A pass begins to look at both sides.
    Looking,
    /// What one side showed.
    Looked {
        /// Which.
        side: Side,
        /// Files there.
        files: u64,
        /// Folders there.
        folders: u64,
    },
    /// Both sides hold files and were never compared before: what the first
    /// comparison shows, before anything is transferred.
    Compared(Comparison),
    /// A plan is made: what it is about.
    Differs(Differences),
    /// A plan is made; its steps begin.
    Planned {
        /// Number of steps.
        steps: usize,
        /// How many of them send or fetch a file.
        files: usize,
        /// Bytes to send and to fetch, as far as known.
        bytes: u64,
    },
    /// A step begins.
    Started {
        /// What it does.
        op: Op,
        /// Why.
        why: Why,
        /// The path as a person would say it.
        path: String,
        /// Bytes to send or to fetch for it, as far as known.
        bytes: u64,
    },
    /// Bytes went by.
    Moved {
        /// Of which file.
        node: NodeId,
        /// How many.
        bytes: u64,
    },
    /// A step ended.
    Finished {
        /// What it did.
        op: Op,
        /// Why.
        why: Why,
        /// The path as a person would say it.
        path: String,
        /// How it ended.
        outcome: Outcome,
        /// What it has left behind, if it is done.
        trace: Box<Trace>,
    },
    /// What was deleted on the server had just been changed there, and is back.
    CameBack {
        /// The path as a person would say it.
        path: String,
    },
    /// The server has too much to do: nothing is asked of it for so long.
    Resting {
        /// How long.
        wait: Duration,
    },
    /// Nothing can be done for a while.
    Waiting {
        /// How long.
        wait: Duration,
        /// Why.
        reason: WaitReason,
        /// For what, as a person would say it.
        path: String,
    },
    /// A run has come to its end.
    Ended {
        /// What it has left; none if it was stopped in its midst.
        left: Option<Vec<Item>>,
    },
}

/// What a step that is done has left behind: what nobody can find any more
/// who is to tell of it later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Both sides turned out to hold the same: nothing was changed.
    pub idle: bool,
    /// Bytes of files that went by.
    pub bytes: u64,
    /// The path before, as a person would say it, if it has another one now.
    pub from: Option<String>,
    /// What it is called on this computer, whose disk cannot show its name.
    pub shown_as: Option<String>,
    /// The number under which what was here is put aside.
    pub aside: Option<u64>,
    /// The path of the copy, where two versions are kept.
    pub copy: Option<String>,
    /// What was here before.
    pub here: Option<Version>,
    /// What the server showed before.
    pub there: Option<Version>,
}

/// What a file was like on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Version {
    /// Length in bytes, where it is known.
    pub size: Option<u64>,
    /// Last change of its content, in seconds since 1970, where it is known.
    pub date: Option<i64>,
}

/// Something that a user should know of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Item {
    /// The path below the root of the pair, as a person would say it.
    pub path: String,
    /// The side it is about, if one.
    #[serde(serialize_with = "side_word")]
    pub side: Option<Side>,
    /// Why.
    pub cause: Cause,
    /// It spoils the equality (false for links and ignored names, which are only mentioned).
    pub blocks: bool,
    /// It is tried again so long after the run, even if nothing changes.
    #[serde(skip)]
    pub again: Option<Duration>,
    /// The bytes that wait with it, as far as they are known.
    #[serde(skip)]
    pub bytes: u64,
}

impl Item {
    /// Whether somebody must see to it: the rest goes on by itself, or is only
    /// mentioned, or is held by the brake, which asks for all at once.
    pub fn needs_somebody(&self) -> bool {
        self.blocks && !self.cause.passes() && self.cause != Cause::Waits(WaitReason::Brake)
    }
}

/// Writes a side as programs read it: `local`, `remote` or nothing.
pub fn side_word<S: serde::Serializer>(side: &Option<Side>, to: S) -> Result<S::Ok, S::Error> {
    side.map(Side::word).serialize(to)
}

/// What a first comparison of two sides that both hold files comes to, before
/// anything is transferred (amendment 43).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Files that are equal, by their checksums.
    pub equal: u64,
    /// Files of equal length and date: presumed equal.
    pub presumed: u64,
    /// Files that only this computer has.
    pub only_here: u64,
    /// Files that only the server has.
    pub only_there: u64,
    /// Files that differ: both versions are kept.
    pub different: u64,
    /// Files that must be fetched to be compared.
    pub unknown: u64,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// Done and proved.
    Done,
    /// A side was not as observed: nothing was done, it will be looked at again.
    Stale,
    /// It failed; nothing was done.
    Failed(Cause),
    /// Nobody knows yet whether it was done (amendment 12).
    Unknown(Cause),
    /// Its turn did not come: a step before it did not succeed, or the server
    /// has too much to do.
    Skipped,
}

impl Cause {
    /// Whether it is left alone until something changes; the rest was tried and failed.
    pub fn is_held(&self) -> bool {
        matches!(
            self,
            Self::Waits(_)
                | Self::MountGone
                | Self::NameRefused
                | Self::NameForbidden(_)
                | Self::Quota
                | Self::Reserve
                | Self::Forbidden
                | Self::NoDownload
                | Self::AsksFirst { .. }
        )
    }

    /// Whether it goes on by itself: the rest needs somebody.
    pub fn passes(&self) -> bool {
        match self {
            Self::Changing
            | Self::Busy
            | Self::Locked
            | Self::MountGone
            | Self::Reserve
            | Self::ServerTrouble
            | Self::Torn => true,
            Self::Waits(reason) => reason.passes(),
            Self::NotAFile
            | Self::ThroughLink
            | Self::NameNotText
            | Self::NameRefused
            | Self::NameForbidden(_)
            | Self::ShownAs(_)
            | Self::NameImpossible
            | Self::Unreadable
            | Self::Unwritable
            | Self::DiskFull
            | Self::DiskBroken
            | Self::OtherVolume
            | Self::Quota
            | Self::TooLarge
            | Self::Forbidden
            | Self::NoDownload
            | Self::AsksFirst { .. }
            | Self::TooDeep
            | Self::RulesUnreadable
            | Self::RuleBroken { .. } => false,
        }
    }
}

/// Why something failed or is left, in the terms of what a user can do about
/// it. Each has a sentence in `text`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// A symbolic link, socket, pipe or device: not synced.
    NotAFile,
    /// It is seen here through a link: what the server changes is not written there.
    ThroughLink,
    /// The local name is not valid UTF-8.
    NameNotText,
    /// The server refuses the name.
    NameRefused,
    /// The server is known to refuse the name, and was not asked.
    NameForbidden(NameReason),
    /// This disk cannot show the name; here it is called so instead (amendment 15).
    ShownAs(String),
    /// The local disk refuses the name.
    NameImpossible,
    /// The file or folder cannot be read here.
    Unreadable,
    /// The folder cannot be written here.
    Unwritable,
    /// It changed while it was read.
    Changing,
    /// The local disk is full.
    DiskFull,
    /// It would leave less of the local disk free than is wanted.
    Reserve,
    /// The local disk failed.
    DiskBroken,
    /// Another disk is mounted there: not entered.
    OtherVolume,
    /// Open in another program here.
    Busy,
    /// Locked by somebody on the server.
    Locked,
    /// No room on the server.
    Quota,
    /// Larger than the server takes.
    TooLarge,
    /// This account may not.
    Forbidden,
    /// It may be seen on the server, and not be fetched: a share for viewing only.
    NoDownload,
    /// A new folder on the server that holds so much that somebody is asked
    /// before it is fetched.
    AsksFirst {
        /// Bytes of the files in it.
        bytes: u64,
    },
    /// It lies in more folders than anybody makes: nothing below it is looked at.
    TooDeep,
    /// Its share or storage is not there.
    MountGone,
    /// The server failed; try later.
    ServerTrouble,
    /// The bytes that came were not the ones announced.
    Torn,
    /// The file with the ignore rules cannot be read as text: those of before hold.
    RulesUnreadable,
    /// A line of the ignore rules cannot be understood.
    RuleBroken {
        /// Which line, from 1.
        line: usize,
        /// What is wrong, in the words of a library.
        why: String,
    },
    /// The rules make it wait.
    Waits(WaitReason),
}
