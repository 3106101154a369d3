//! What needs a person: one entry for each question. What is one for a whole
//! account, or has one cause for many files, is asked once, however many they
//! are: with their number and some of them. [`parts`] has all.
//!
//! Pure: how a pair stands in, questions out. A question keeps its id for as
//! long as it is the same one, also beyond the process and whatever files come
//! to it or go.

mod held;
mod name;
mod stopped;

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::conflicts::Conflict;
use crate::event::Cause;
use crate::model::Side;
use crate::report::BrakeReport;
use crate::watch::{Standing, asked};

use held::Held;

/// So many files are told where there may be thousands.
pub const SAMPLE: usize = 20;

/// One thing that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// The same for as long as it is the same question.
    pub id: String,
    /// The folder of the pair; of what concerns a whole account, the first one.
    pub folder: String,
    /// The name of the account.
    pub account: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// What it is about.
    pub about: About,
}

/// What a question is about. The words are promised; there may be more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum About {
    /// Deletions, or new contents, in masses.
    Brake {
        /// The side that would lose the files.
        #[serde(serialize_with = "word")]
        #[cfg_attr(feature = "types", ts(type = "Side"))]
        side: Side,
        /// They would be overwritten, not deleted.
        overwritten: bool,
        /// Names just these files, for the answer.
        asked: String,
        /// How many.
        files: usize,
        /// Some of their paths.
        sample: Vec<String>,
        /// Files on that side.
        of: u64,
        /// Their bytes.
        bytes: u64,
        /// Days for which the losing side keeps them, where it says so.
        kept_days: Option<u64>,
        /// The losing side keeps them for a while.
        has_trash: bool,
    },
    /// Files in two versions, which are decided one by one.
    Conflict {
        /// How many.
        files: usize,
        /// Some of them.
        sample: Vec<Conflict>,
    },
    /// Names that cannot be on the other side.
    Name {
        /// Where the files are, and would be renamed.
        #[serde(serialize_with = "word")]
        #[cfg_attr(feature = "types", ts(type = "Side"))]
        side: Side,
        /// Why, in one word: `windows`, `server`, `twin`, `long`, `other`.
        reason: &'static str,
        /// How many.
        files: usize,
        /// Some of them.
        sample: Vec<Misnamed>,
    },
    /// The saved sign-in is refused, or gone.
    SignIn {
        /// The account.
        account: String,
        /// The server's address.
        server: String,
        /// It can be done in the browser.
        browser: bool,
    },
    /// What was agreed does not fit what is there.
    Gate {
        /// Which one.
        gate: &'static str,
        /// Comparing both sides opens it.
        compare: bool,
    },
    /// Nobody this computer knows vouches for the server.
    Certificate {
        /// The server's name.
        host: String,
        /// Who vouches for it, if that is known.
        issuer: Option<String>,
        /// The certificate's fingerprint, if it is known.
        fingerprint: Option<String>,
    },
    /// No room on the server.
    Space {
        /// Files that wait.
        files: usize,
        /// Their bytes.
        bytes: u64,
        /// What is free there, if it is known.
        free: Option<u64>,
    },
    /// No room on this computer.
    Disk {
        /// Bytes that wait to come.
        bytes: u64,
    },
    /// A new folder of the server is large.
    Large {
        /// Which.
        path: String,
        /// Its bytes.
        bytes: u64,
    },
    /// Something keeps the whole folder still.
    Stopped {
        /// Why, by the word that `reason` of a pair has.
        reason: &'static str,
    },
    /// Files that are left for some other cause, the same for all.
    File {
        /// The side it is about, if one.
        #[serde(serialize_with = "crate::event::side_word")]
        #[cfg_attr(feature = "types", ts(type = "Side | null"))]
        side: Option<Side>,
        /// Why.
        #[cfg_attr(feature = "types", ts(type = "unknown"))]
        cause: Cause,
        /// How many.
        files: usize,
        /// The bytes that wait with them, as far as they are known.
        bytes: u64,
        /// Some of their paths.
        sample: Vec<String>,
        /// When the first of them is tried again by itself, in seconds since 1970.
        again: Option<i64>,
    },
}

/// Something whose name cannot be on the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Misnamed {
    /// The path.
    pub path: String,
    /// What of the name is at fault.
    pub bad: String,
    /// What it could be called.
    pub suggestion: String,
    /// The name that it is taken for.
    pub other: Option<String>,
}

/// One of the files that a question is about, with what is needed to decide it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum Part {
    /// Nothing but its path.
    Path(String),
    /// What it could be called.
    Name(Misnamed),
    /// Both its versions.
    Conflict(Conflict),
}

fn word<S: Serializer>(side: &Side, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(side.word())
}

/// Whose questions they are.
#[derive(Clone, Debug, Default)]
pub struct Whose {
    /// The folder.
    pub folder: String,
    /// The account.
    pub account: String,
    /// The server's address.
    pub server: String,
    /// The server's name.
    pub host: String,
    /// Bytes that are free on the server, if that is known.
    pub free: Option<u64>,
    /// Since when something is said of a path, in seconds since 1970.
    pub since: BTreeMap<String, i64>,
}

/// What makes one question, before it is put into words.
enum Question<'a> {
    /// Something keeps the pair still.
    Stopped(About),
    Brake(&'a BrakeReport),
    Versions(&'a [Conflict]),
    Held(Held<'a>),
}

/// What needs a person of a pair that stands so.
pub fn of(whose: &Whose, standing: &Standing) -> Vec<Concern> {
    let told = |(id, question): (String, Question<'_>)| {
        let (folder, account) = (whose.folder.clone(), whose.account.clone());
        let since = since(whose, standing, &question);
        Concern { id, folder, account, since, about: about(whose, standing, question) }
    };
    questions(whose, standing).into_iter().map(told).collect()
}

/// The ids of what needs a person of a pair that stands so. It is asked at each
/// change: nothing else of the questions is made for it.
pub fn ids(whose: &Whose, standing: &Standing) -> Vec<String> {
    questions(whose, standing).into_iter().map(|(id, _)| id).collect()
}

/// The first `most` of the files that a question is about; none if nothing is
/// asked by that id, or nothing about files.
pub fn parts(whose: &Whose, standing: &Standing, id: &str, most: usize) -> Option<Vec<Part>> {
    let asked = questions(whose, standing).into_iter().find(|(asked, _)| asked == id);
    match asked?.1 {
        Question::Stopped(_) => None,
        Question::Brake(report) => {
            Some(report.paths.iter().take(most).cloned().map(Part::Path).collect())
        }
        Question::Versions(versions) => {
            Some(versions.iter().take(most).cloned().map(Part::Conflict).collect())
        }
        Question::Held(held) => Some(held.parts(standing, most)),
    }
}

fn questions<'a>(whose: &Whose, standing: &'a Standing) -> Vec<(String, Question<'a>)> {
    let in_folder = |key: &str| format!("{key}:{}", whose.folder);
    let mut questions = Vec::new();
    if let Some((id, about)) = stopped::why(whose, standing) {
        questions.push((id, Question::Stopped(about)));
    }
    for report in &standing.brakes {
        let id = in_folder(&format!("brake:{}", report.brake.side.word()));
        questions.push((id, Question::Brake(report)));
    }
    let versions = standing.versions.as_deref().unwrap_or_default();
    if !versions.is_empty() {
        questions.push((in_folder("conflict"), Question::Versions(versions)));
    }
    let held = held::of(standing).into_iter();
    questions.extend(held.map(|held| (held.id(whose), Question::Held(held))));
    questions
}

/// Since when the first of its files is said to stand so.
fn since(whose: &Whose, standing: &Standing, question: &Question<'_>) -> i64 {
    let known = |path: &str| whose.since.get(path).copied();
    let first = match question {
        Question::Stopped(_) => Some(standing.since),
        Question::Brake(report) => report.paths.iter().filter_map(|path| known(path)).min(),
        Question::Versions(versions) => {
            let came = |conflict: &Conflict| known(&conflict.path).or(conflict.mine.date);
            versions.iter().filter_map(came).min()
        }
        Question::Held(held) => held.items.iter().filter_map(|item| known(&item.path)).min(),
    };
    first.unwrap_or(standing.left_at)
}

fn about(whose: &Whose, standing: &Standing, question: Question<'_>) -> About {
    match question {
        Question::Stopped(about) => about,
        Question::Brake(report) => brake(standing, report),
        Question::Versions(versions) => About::Conflict {
            files: versions.len(),
            sample: versions.iter().take(SAMPLE).cloned().collect(),
        },
        Question::Held(held) => held.about(whose, standing),
    }
}

/// Questions of several pairs: what concerns a whole account is asked once.
pub fn gathered(concerns: impl IntoIterator<Item = Concern>) -> Vec<Concern> {
    let mut all: Vec<Concern> = Vec::new();
    for concern in concerns {
        let Some(same) = all.iter_mut().find(|known| known.id == concern.id) else {
            all.push(concern);
            continue;
        };
        same.since = same.since.min(concern.since);
        if let (
            About::Space { files, bytes, .. },
            About::Space { files: more, bytes: larger, .. },
        ) = (&mut same.about, &concern.about)
        {
            *files += more;
            *bytes = bytes.saturating_add(*larger);
        }
    }
    all.sort_by(|one, other| (one.since, &one.id).cmp(&(other.since, &other.id)));
    all
}

fn brake(standing: &Standing, report: &BrakeReport) -> About {
    let BrakeReport { brake, paths, bytes } = report;
    let has_trash = match brake.side {
        // What leaves this computer is put aside.
        Side::Local => true,
        Side::Remote => standing.allows.as_deref().is_some_and(|allows| allows.trash),
    };
    About::Brake {
        side: brake.side,
        overwritten: brake.is_about_content(),
        asked: asked(brake),
        files: paths.len(),
        sample: paths.iter().take(SAMPLE).cloned().collect(),
        of: brake.of,
        bytes: *bytes,
        kept_days: (brake.side == Side::Local).then_some(KEPT_HERE),
        has_trash,
    }
}

/// Days for which this computer keeps what is put aside. Of the servers none
/// announces how long its trash does.
const KEPT_HERE: u64 = 30;

#[cfg(test)]
#[path = "concern/tests.rs"]
mod tests;
