//! What a request may say, and why it is not answered.

use serde::Deserialize;

use super::decide::Answer;
use super::document::Side;
use crate::activity::Verb;
use crate::asides::Where;
use crate::conflicts::Choice;

/// What a request may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// The folder of the pair that is meant; none: all of them.
    pub(super) folder: Option<String>,
    /// The language of sentences, as `fr`.
    pub(super) language: Option<String>,
    /// How many seconds a pause lasts.
    pub(super) seconds: Option<i64>,
    /// Only entries before this one.
    pub(super) before: Option<i64>,
    /// Only entries after this one.
    pub(super) after: Option<i64>,
    /// Only entries since then.
    pub(super) since: Option<i64>,
    /// Only entries about such paths.
    pub(super) path: Option<String>,
    /// Only entries with this in a path.
    pub(super) text: Option<String>,
    /// Only entries with these verbs.
    pub(super) verbs: Option<Vec<Verb>>,
    /// So many entries at most.
    pub(super) limit: Option<usize>,
    /// Folders of the server that are to be kept here.
    #[serde(default)]
    pub(super) tick: Vec<String>,
    /// Folders of the server that are not.
    #[serde(default)]
    pub(super) untick: Vec<String>,
    /// Their copies here stay.
    #[serde(default)]
    pub(super) keep: bool,
    /// What is to be kept of two versions.
    pub(super) choice: Option<Choice>,
    /// The files that are meant: only those with these paths.
    pub(super) paths: Option<Vec<String>>,
    /// Only files below this folder, or that this pattern matches.
    pub(super) under: Option<String>,
    /// Only files of which both versions hold the same bytes.
    pub(super) equal: Option<bool>,
    /// All of them are meant.
    pub(super) all: Option<bool>,
    /// The entry of the choice that is to be taken back.
    pub(super) entry: Option<i64>,
    /// What is answered to a question.
    pub(super) answer: Option<Answer>,
    /// Which side would lose the files.
    pub(super) side: Option<Side>,
    /// Which files were asked about.
    pub(super) asked: Option<String>,
    /// Which question.
    pub(super) id: Option<String>,
    /// Which gate.
    pub(super) gate: Option<String>,
    /// Which of what is put aside.
    pub(super) number: Option<u64>,
    /// Where it comes back to.
    pub(super) to: Option<Where>,
    /// What something is to be called.
    pub(super) name: Option<String>,
}

/// Why a request is not answered, by JSON-RPC's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotJson = -32700,
    NoRequest = -32600,
    NoMethod = -32601,
    BadParams = -32602,
    NoFolder = -32000,
    WhichFolder = -32001,
    Unreadable = -32002,
    NotOpen = -32003,
    NoChoice = super::client::NO_CHOICE as isize,
    NoJournal = -32005,
    NotAsked = super::client::NOT_ASKED as isize,
    WhichSide = super::client::WHICH_SIDE as isize,
    OtherFiles = super::client::OTHER_FILES as isize,
    Gone = -32009,
}

impl Refusal {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::NotJson => "this line is not JSON",
            Self::NoRequest => "this is no request",
            Self::NoMethod => "there is no such method",
            Self::BadParams => "these params cannot be understood",
            Self::NoFolder => "this folder is not watched",
            Self::WhichFolder => "several folders are watched: name one",
            Self::Unreadable => "what was done cannot be read",
            Self::NoChoice => "the server has no such folder",
            Self::NoJournal => "what is known of this folder cannot be read",
            Self::NotOpen => "this folder is not open at the moment",
            Self::NotAsked => "nothing like that is asked",
            Self::WhichSide => "both sides would lose files: name one",
            Self::OtherFiles => "other files are asked about by now",
            Self::Gone => "nothing is put aside under this number",
        }
    }
}
