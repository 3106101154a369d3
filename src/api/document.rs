//! What is told of pairs, and of what they do, as JSON (`docs/API.md`). The
//! window has the same as TypeScript (`ui/src/lib/types/pair.ts`).
//!
//! What has no value is `null`; no field is ever missing. Whoever reads takes
//! no notice of fields that it does not know.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::activity::{Kept, Verb};
use crate::event::{Cause, Version};
use crate::text;

/// An answer about pairs, which whoever asks may not know all fields of.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Standings {
    /// Each pair.
    pub pairs: Vec<Value>,
}

/// A sentence, and what one can do about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Said {
    /// What is the case.
    pub sentence: String,
    /// What the user can do.
    pub remedy: Option<String>,
}

impl From<text::Said> for Said {
    fn from(said: text::Said) -> Self {
        Self { sentence: said.sentence, remedy: said.remedy }
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence)?;
        self.remedy.iter().try_for_each(|remedy| write!(f, " {remedy}"))
    }
}

/// Which side: this computer, or the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// This computer.
    Local,
    /// The server.
    Remote,
}

impl From<crate::model::Side> for Side {
    fn from(side: crate::model::Side) -> Self {
        match side {
            crate::model::Side::Local => Self::Local,
            crate::model::Side::Remote => Self::Remote,
        }
    }
}

impl From<Side> for crate::model::Side {
    fn from(side: Side) -> Self {
        match side {
            Side::Local => Self::Local,
            Side::Remote => Self::Remote,
        }
    }
}

/// The word for what holds of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum PairState {
    /// Folder and server are being opened.
    Starting,
    /// Both sides are looked at.
    Checking,
    /// Steps are being done.
    Syncing,
    /// Both sides are equal.
    UpToDate,
    /// Something is left, and goes on by itself.
    Waiting,
    /// Something is left that somebody must decide.
    NeedsYou,
    /// Somebody wanted it, or the circumstances do.
    Paused,
    /// Something stands in the way for now.
    Hindered,
    /// Only somebody's decision helps.
    Stopped,
}

/// One file or folder on its way. `side` is the one that changes: `remote` is being sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Moving {
    /// The path as a person would say it.
    pub path: String,
    /// The side that changes.
    pub side: Side,
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes that went by.
    pub moved: u64,
}

/// How far the steps are. The same numbers are shown everywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Progress {
    /// Steps in all.
    pub steps: u64,
    /// Steps that have ended.
    pub ended: u64,
    /// Files that are sent or fetched, in all.
    pub files: u64,
    /// Those of them that have ended.
    pub files_ended: u64,
    /// Bytes in all.
    pub bytes: u64,
    /// Bytes that went by.
    pub moved: u64,
    /// Work done of work known, 0 to 1; never goes back within a run.
    pub fraction: f64,
    /// Bytes a second; null while unknown.
    pub rate: Option<u64>,
    /// Seconds; null while unknown.
    pub time_left: Option<u64>,
    /// Seconds without any progress, from 30 on.
    pub stalled: Option<u64>,
    /// What is on its way, in the order in which it began.
    pub moving: Vec<Moving>,
}

/// Something that the last run has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Left {
    /// The path as a person would say it.
    pub path: String,
    /// The side it is about, if one.
    pub side: Option<Side>,
    /// When it is tried again by itself; null: when it changes, or in the next run.
    pub again: Option<i64>,
    /// A word, or an object of a word and what belongs to it.
    #[cfg_attr(feature = "types", ts(type = "unknown"))]
    pub cause: Cause,
    /// It spoils the equality; else it is only mentioned.
    pub blocks: bool,
    /// Why, for people.
    pub said: Said,
}

/// Deletions that wait for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Brake {
    /// The side that would lose the files.
    pub side: Side,
    /// Their paths.
    pub files: Vec<String>,
    /// Names just these files, for whoever decides.
    pub asked: String,
    /// How many files that side has.
    pub of: u64,
    /// Which rule holds them back.
    pub rule: String,
    /// What is the case, for people.
    pub said: Said,
}

/// How one pair stands. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Standing {
    /// The folder on this computer.
    pub folder: String,
    /// The name of its account.
    pub account: String,
    /// The server's address.
    pub server: String,
    /// The login.
    pub user: String,
    /// The folder there; begins with `/`.
    pub remote_path: String,
    /// What holds.
    pub state: PairState,
    /// Why it is hindered or stopped, or pauses by itself, in a word.
    pub reason: Option<String>,
    /// The state, for people.
    pub said: Said,
    /// When this state was entered.
    pub since: i64,
    /// When both sides were last looked at, or asked, to the end.
    pub checked: Option<i64>,
    /// When a pause ends, if that is known.
    pub until: Option<i64>,
    /// How many files were equal on both sides after the last run.
    pub files: u64,
    /// How many runs have ended, well or not.
    pub runs: u64,
    /// The server tells of changes by itself.
    pub told: bool,
    /// How far the steps are, while syncing.
    pub progress: Option<Progress>,
    /// What the last run has left.
    pub left: Vec<Left>,
    /// Deletions that wait for a decision.
    pub brakes: Vec<Brake>,
    /// The ids of what needs somebody, as `concerns` tells it; what concerns a
    /// whole account has the same one in each of its pairs.
    #[serde(default)]
    pub questions: Vec<String>,
    /// The last things that were done, newest first.
    pub recent: Vec<Entry>,
    /// Why the system does not tell of changes here.
    pub unwatched: Option<Said>,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Entry {
    /// Its number: later entries of the folder have higher ones. Null if it could not be kept.
    pub id: Option<i64>,
    /// The number of the first entry of those that were done together.
    pub batch: Option<i64>,
    /// The folder of the pair.
    pub folder: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// The path now, as a person would say it.
    pub path: String,
    /// What was done.
    pub verb: Verb,
    /// On which side.
    pub side: Option<Side>,
    /// Why, in a word.
    pub why: Option<String>,
    /// What was in the way: a word, or an object of a word and what belongs to it.
    #[cfg_attr(feature = "types", ts(type = "unknown"))]
    pub cause: Option<Cause>,
    /// Bytes of files that went by.
    pub bytes: u64,
    /// The path before.
    pub from: Option<String>,
    /// The name that it has on this computer instead.
    pub shown_as: Option<String>,
    /// The number under which what was here is put aside.
    pub aside: Option<u64>,
    /// The path of the copy, where there are two versions.
    pub copy: Option<String>,
    /// The number under which the copy is put aside.
    pub copy_aside: Option<u64>,
    /// The number of the choice that was taken back.
    pub undoes: Option<i64>,
    /// What was here before.
    pub here: Option<Version>,
    /// What the server showed before.
    pub there: Option<Version>,
    /// All of it, for people.
    pub said: Said,
}

impl Entry {
    /// As it is kept.
    pub fn kept(&self) -> Kept {
        use crate::activity::{Entry, More};
        let side = self.side.map(|side| crate::model::Side::from(side).word().to_owned());
        let more = More {
            side,
            why: self.why.clone(),
            cause: self.cause.clone(),
            bytes: self.bytes,
            from: self.from.clone(),
            shown_as: self.shown_as.clone(),
            aside: self.aside,
            copy_aside: self.copy_aside,
            copy: self.copy.clone(),
            undoes: self.undoes,
            here: self.here,
            there: self.there,
        };
        Kept {
            id: self.id.unwrap_or(0),
            batch: self.batch.unwrap_or(0),
            entry: Entry { at: self.at, path: self.path.clone(), verb: self.verb, more },
        }
    }
}

/// How much room an account has on its server, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Quota {
    /// What is used.
    pub used: u64,
    /// What there is; null without a limit.
    pub total: Option<u64>,
}

/// An account, with what its server last told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Account {
    /// How folders and people call it.
    pub name: String,
    /// The server's address.
    pub server: String,
    /// The server's name in the network.
    pub host: String,
    /// What the server calls itself, or its host.
    pub title: String,
    /// Product and version, if they are known yet.
    pub product: Option<String>,
    /// The login.
    pub user: String,
    /// What people call the account.
    pub display_name: Option<String>,
    /// Its room, if it is known yet.
    pub quota: Option<Quota>,
}
