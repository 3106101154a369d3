//! What needs a person: one entry for each question. What is one for a whole
//! account, or for many files, is asked once.
//!
//! Pure: how a pair stands in, questions out. A question keeps its id for as
//! long as it is the same one, also beyond the process.

mod stopped;

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::conflicts::Conflict;
use crate::event::{Cause, Item};
use crate::model::{Kind, NameReason, Side};
use crate::names::Fits;
use crate::report::BrakeReport;
use crate::watch::{Standing, asked};

/// So many paths are told where there may be thousands.
const SAMPLE: usize = 20;

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
    /// A file in two versions.
    Conflict {
        /// Which.
        conflict: Conflict,
    },
    /// A name that cannot be on the other side.
    Name {
        /// The path.
        path: String,
        /// Where it is, and would be renamed.
        #[serde(serialize_with = "word")]
        #[cfg_attr(feature = "types", ts(type = "Side"))]
        side: Side,
        /// Why, in one word: `windows`, `server`, `twin`, `long`, `other`.
        reason: &'static str,
        /// What of the name is at fault.
        bad: String,
        /// What it could be called.
        suggestion: String,
        /// The name that it is taken for.
        other: Option<String>,
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
    /// A file that is left for some other cause; whoever shows them puts those
    /// with one cause together.
    File {
        /// Its path.
        path: String,
        /// The side it is about, if one.
        #[serde(serialize_with = "crate::event::side_word")]
        #[cfg_attr(feature = "types", ts(type = "Side | null"))]
        side: Option<Side>,
        /// When it is tried again by itself, in seconds since 1970.
        again: Option<i64>,
        /// Why.
        #[cfg_attr(feature = "types", ts(type = "unknown"))]
        cause: Cause,
    },
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

/// What needs a person of a pair that stands so.
pub fn of(whose: &Whose, standing: &Standing) -> Vec<Concern> {
    let mut concerns = Vec::new();
    let mut add = |key: String, since: i64, about: About| {
        let (folder, account) = (whose.folder.clone(), whose.account.clone());
        concerns.push(Concern { id: key, folder, account, since, about });
    };
    let known = |path: &str| whose.since.get(path).copied();
    let in_folder = |key: &str| format!("{key}:{}", whose.folder);
    if let Some((key, about)) = stopped::why(whose, standing) {
        add(key, standing.since, about);
    }
    for report in &standing.brakes {
        let since = report.paths.iter().filter_map(|path| known(path)).min();
        let key = in_folder(&format!("brake:{}", report.brake.side.word()));
        add(key, since.unwrap_or(standing.left_at), brake(standing, report));
    }
    for conflict in standing.versions.iter().flat_map(|versions| versions.iter()) {
        let since = known(&conflict.path).or(conflict.mine.date).unwrap_or(standing.left_at);
        let key = in_folder(&format!("conflict:{}", conflict.copy));
        add(key, since, About::Conflict { conflict: conflict.clone() });
    }
    for (key, items) in needing(standing) {
        let since = items.iter().filter_map(|item| known(&item.path)).min();
        let key = match key {
            Key::Account(word) => format!("{word}:{}", whose.account),
            Key::Folder(word) => in_folder(&word),
        };
        add(key, since.unwrap_or(standing.left_at), left(whose, standing, &items));
    }
    concerns
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

/// What makes two items one question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// One for the whole account.
    Account(String),
    /// One for the folder.
    Folder(String),
}

fn key(item: &Item) -> Key {
    let side = item.side.map_or("", Side::word);
    match &item.cause {
        Cause::Quota => Key::Account("space".to_owned()),
        Cause::DiskFull => Key::Folder("disk".to_owned()),
        Cause::AsksFirst { .. } => Key::Folder(format!("large:{}", item.path)),
        cause if is_name(cause) => Key::Folder(format!("name:{side}:{}", item.path)),
        _ => Key::Folder(format!("file:{side}:{}", item.path)),
    }
}

fn is_name(cause: &Cause) -> bool {
    matches!(cause, Cause::NameRefused | Cause::NameForbidden(_) | Cause::NameImpossible)
}

fn needing(standing: &Standing) -> BTreeMap<Key, Vec<&Item>> {
    let mut questions: BTreeMap<Key, Vec<&Item>> = BTreeMap::new();
    for item in standing.left.iter().filter(|item| item.needs_somebody()) {
        questions.entry(key(item)).or_default().push(item);
    }
    questions
}

fn left(whose: &Whose, standing: &Standing, items: &[&Item]) -> About {
    let first = items[0];
    let bytes = items.iter().fold(0, |sum: u64, item| sum.saturating_add(item.bytes));
    match &first.cause {
        Cause::Quota => About::Space { files: items.len(), bytes, free: whose.free },
        Cause::DiskFull => About::Disk { bytes },
        Cause::AsksFirst { bytes } => About::Large { path: first.path.clone(), bytes: *bytes },
        cause if is_name(cause) => {
            let usual = Fits::default();
            let fits = standing.allows.as_deref().map_or(&usual, |allows| &allows.names);
            name(first, fits)
        }
        cause => About::File {
            path: first.path.clone(),
            side: first.side,
            again: items.iter().filter_map(|item| again(standing, item)).min(),
            cause: cause.clone(),
        },
    }
}

fn again(standing: &Standing, item: &Item) -> Option<i64> {
    let wait = i64::try_from(item.again?.as_secs()).unwrap_or(i64::MAX);
    Some(standing.left_at.saturating_add(wait))
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

fn name(item: &Item, fits: &Fits) -> About {
    let name = item.path.rsplit('/').next().unwrap_or_default();
    // The server refuses what is here, this disk what is there.
    let side = match item.cause {
        Cause::NameImpossible => Side::Remote,
        _ => Side::Local,
    };
    let (reason, bad, other) = match &item.cause {
        Cause::NameForbidden(reason) => forbidden(reason),
        Cause::NameImpossible if fits.windows => ("windows", bad_letters(name), None),
        Cause::NameImpossible if fits.longest > 0 && name.len() > fits.longest => {
            ("long", String::new(), None)
        }
        Cause::NameImpossible => ("other", String::new(), None),
        _ => ("server", String::new(), None),
    };
    let made = fits.suggest(name, Kind::File);
    // A twin fits by itself: what it is mistaken for stands beside it.
    let suggestion = if made == name { numbered(name) } else { made };
    About::Name { path: item.path.clone(), side, reason, bad, suggestion, other }
}

fn forbidden(reason: &NameReason) -> (&'static str, String, Option<String>) {
    match reason {
        NameReason::Character(letter) => ("server", letter.to_string(), None),
        NameReason::Control | NameReason::Blank => ("server", String::new(), None),
        NameReason::Word(part) | NameReason::Ending(part) => ("server", part.clone(), None),
        NameReason::TooLong(_) => ("long", String::new(), None),
        NameReason::SpelledLike(other) => ("twin", String::new(), Some(other.clone())),
    }
}

fn bad_letters(name: &str) -> String {
    let mut bad: Vec<char> = name.chars().filter(|c| r#"<>:"|?*\"#.contains(*c)).collect();
    bad.sort_unstable();
    bad.dedup();
    bad.into_iter().collect()
}

fn numbered(name: &str) -> String {
    let made = crate::model::Name::new(name).map(|name| name.numbered(2));
    made.map(|made| made.as_str().to_owned()).unwrap_or_default()
}

#[cfg(test)]
#[path = "concern/tests.rs"]
mod tests;
