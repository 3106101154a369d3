//! One thing that was done, or that could not be.

use serde::{Deserialize, Serialize};

use crate::event::{Cause, Item, Outcome, Trace, Version};
use crate::model::Side;
use crate::plan::{Op, Why};

/// What was done. The words are promised, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// A file came from the server that was not here.
    Fetched,
    /// The server's new version came over the old one.
    Replaced,
    /// A file went to the server that it did not have.
    Sent,
    /// A new version went over the server's old one.
    Updated,
    /// A folder was made.
    FolderMade,
    /// Something got another folder.
    Moved,
    /// Something got another name.
    Renamed,
    /// It is shown on this computer under another name, which its disk can have.
    ShownAs,
    /// A file went from this computer into the put-aside store.
    PutAside,
    /// Something was deleted on the server, or an empty folder here.
    Deleted,
    /// What was deleted on the server had just been changed there: it is back.
    CameBack,
    /// Two versions met, and both are kept.
    Conflict,
    /// It is left as it is until something changes.
    Held,
    /// It was tried and failed.
    Failed,
    /// Of two versions, somebody kept the copy's.
    KeptMine,
    /// Of two versions, somebody kept the one without a mark in its name.
    KeptTheirs,
    /// Of two versions, somebody kept both, under names of their own.
    KeptBoth,
    /// A choice between two versions was taken back, or what was brought back
    /// is put aside again.
    Undone,
    /// Somebody brought back what was put aside.
    BroughtBack,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Fetched,
        Self::Replaced,
        Self::Sent,
        Self::Updated,
        Self::FolderMade,
        Self::Moved,
        Self::Renamed,
        Self::ShownAs,
        Self::PutAside,
        Self::Deleted,
        Self::CameBack,
        Self::Conflict,
        Self::Held,
        Self::Failed,
        Self::KeptMine,
        Self::KeptTheirs,
        Self::KeptBoth,
        Self::Undone,
        Self::BroughtBack,
    ];
}

/// One entry. What has no value is left out where it is kept, and `null` where
/// it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, in seconds since 1970.
    pub at: i64,
    /// The path now, as a person would say it.
    pub path: String,
    /// What was done.
    pub verb: Verb,
    /// All else.
    #[serde(flatten)]
    pub more: More,
}

/// What only some entries have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct More {
    /// The side on which it was done: `local` or `remote`.
    pub side: Option<String>,
    /// Why: the word of a [`Why`].
    pub why: Option<String>,
    /// What was in the way.
    pub cause: Option<Cause>,
    /// Bytes of files that went by.
    pub bytes: u64,
    /// The path before.
    pub from: Option<String>,
    /// The name that it has on this computer instead.
    pub shown_as: Option<String>,
    /// The number under which what was here is put aside.
    pub aside: Option<u64>,
    /// The number under which the copy is put aside.
    pub copy_aside: Option<u64>,
    /// The path of the copy, where there are two versions.
    pub copy: Option<String>,
    /// The number of the choice that was taken back.
    pub undoes: Option<i64>,
    /// What was here before.
    pub here: Option<Version>,
    /// What the server showed before.
    pub there: Option<Version>,
}

impl Entry {
    /// An entry without more.
    pub fn new(at: i64, verb: Verb, path: impl Into<String>) -> Self {
        Self { at, path: path.into(), verb, more: More::default() }
    }

    /// The side on which it was done.
    pub fn side(&self) -> Option<Side> {
        let side = self.more.side.as_deref()?;
        [Side::Local, Side::Remote].into_iter().find(|one| one.word() == side)
    }

    /// Why it was done, if this version knows the word.
    pub fn why(&self) -> Option<Why> {
        let why = self.more.why.as_deref()?;
        Why::ALL.into_iter().find(|one| one.word() == why)
    }

    /// The entry of a step that ended; none if it did nothing that a person
    /// would want to know.
    pub(super) fn of_step(
        at: i64,
        (op, why): (&Op, Why),
        path: &str,
        outcome: &Outcome,
        trace: &Trace,
    ) -> Option<Self> {
        if *outcome != Outcome::Done || trace.idle {
            return None;
        }
        let mut more = More {
            side: op.side().map(|side| side.word().to_owned()),
            why: Some(why.word().to_owned()),
            bytes: trace.bytes,
            from: trace.from.clone(),
            shown_as: trace.shown_as.clone(),
            aside: trace.aside,
            copy: trace.copy.clone(),
            here: trace.here,
            there: trace.there,
            ..More::default()
        };
        let verb = verb(op, trace, path)?;
        let mut path = path.to_owned();
        if verb == Verb::Conflict
            && let Some(from) = more.from.take()
        {
            // It is about the file; the copy's name is its trace.
            path = from;
        }
        Some(Self { at, path, verb, more })
    }

    /// The entry of something that a run has left.
    pub(super) fn of_item(at: i64, item: &Item) -> Self {
        let verb = if item.cause.is_held() { Verb::Held } else { Verb::Failed };
        let more = More {
            side: item.side.map(|side| side.word().to_owned()),
            cause: Some(item.cause.clone()),
            ..More::default()
        };
        Self { at, path: item.path.clone(), verb, more }
    }
}

fn verb(op: &Op, trace: &Trace, path: &str) -> Option<Verb> {
    Some(match op {
        _ if trace.copy.is_some() => Verb::Conflict,
        Op::MakeDir { .. } => Verb::FolderMade,
        Op::Fetch { .. } => Verb::Fetched,
        Op::Replace { .. } => Verb::Replaced,
        Op::Send { .. } => Verb::Sent,
        Op::Update { .. } => Verb::Updated,
        Op::Remove { side: Side::Local, .. } if trace.aside.is_some() => Verb::PutAside,
        Op::Remove { .. } => Verb::Deleted,
        Op::Move { .. } => match &trace.from {
            // Only what it is called here is another name.
            Some(from) if from == path => trace.shown_as.is_some().then_some(Verb::ShownAs)?,
            Some(from) if parent(from) == parent(path) => Verb::Renamed,
            Some(_) => Verb::Moved,
            // Back from where it waited for its place, or under another alias.
            None => trace.shown_as.is_some().then_some(Verb::ShownAs)?,
        },
        // Out of the way for a moment, or only looked at.
        Op::Park { .. } | Op::Read { .. } => return None,
    })
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}
