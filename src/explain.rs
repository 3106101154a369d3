//! Why a file or folder is, or is not, in sync: what is known of one path, from
//! what was written down. Pure; whoever asks brings the journal's rows, what the
//! disk shows at the moment, and what a run has left.
//!
//! What a run alone knows (that a file is open, that a try has failed) is in
//! [`Left`]; without it, what the rows let expect is said.

mod find;

use serde::Serialize;

use crate::activity::Kept;
use crate::disk::{FileType, Stat};
use crate::engine::{self, Foreseen};
use crate::event::{Cause, Version};
use crate::model::{Body, Hold, Kind, NodeId, RelPath, Rows, Rule, Side, layout};
use crate::report::PlannedStep;

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// What is asked, and what is known of it from elsewhere.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The path below the root of the pair.
    pub path: RelPath,
    /// What stands there on this computer at the moment; none if nothing does.
    pub stat: Option<Stat>,
    /// What the last run has left of it, or of a folder above it.
    pub left: Option<Left>,
    /// What was left of it, or of a folder above it, when that was last written
    /// down: by a run of which nobody can be asked any more.
    pub remembered: Option<Left>,
    /// The last entries about it, newest first.
    pub last: Vec<Kept>,
    /// The time, in seconds since 1970.
    pub now: i64,
    /// This device's name.
    pub device: String,
}

/// What a run has left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Of what: the path that was asked about, or a folder above it.
    pub path: String,
    /// Why.
    pub cause: Cause,
    /// When it is tried again, in seconds since 1970; none: when it changes.
    pub again: Option<i64>,
}

/// What is the case, in one word; the words are promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Both sides are equal.
    InSync,
    /// The next run does something with it.
    Planned,
    /// It is left as it is: see `left` or `waits`.
    Left,
    /// A rule keeps it out: see `rule`.
    NeverSynced,
    /// It is Navette's own.
    Own,
    /// It is the folder of the pair itself.
    Root,
    /// Its folder is not chosen for this computer.
    NotChosen,
    /// Its folder is not chosen any more, and the copy here has stayed.
    Kept,
    /// It is here, and no run has seen it yet, or not as it is now.
    NotSeenYet,
    /// It is no file or folder (a link, a pipe, a device): not synced.
    NotAFile,
    /// Another disk is mounted there: not synced.
    OtherVolume,
    /// It is on neither side, as far as is known.
    Unknown,
}

/// What one side showed when it was last looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its path there.
    pub path: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// Length and date; none of a folder.
    pub version: Option<Version>,
    /// The version as the server names it.
    pub etag: Option<String>,
}

/// All that is known of one path.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The path below the root of the pair.
    pub path: String,
    /// What is the case.
    pub verdict: Verdict,
    /// The rule that keeps it out, or brings it back, as both sides were last
    /// looked at.
    pub rule: Option<Rule>,
    /// The name that it has on this computer instead of its own.
    pub shown_as: Option<String>,
    /// This computer, as last seen.
    pub here: Option<Shown>,
    /// The server, as last seen.
    pub there: Option<Shown>,
    /// What both sides were agreed on.
    pub agreed: Option<Shown>,
    /// What stands here at the moment, if it is a file.
    pub now: Option<Version>,
    /// What the next run would do.
    pub next: Vec<PlannedStep>,
    /// Why nothing is planned, where something differs.
    pub waits: Vec<crate::model::WaitReason>,
    /// Since when a missing share or storage is waited for, in seconds since 1970.
    pub held_since: Option<i64>,
    /// What the last run has left.
    pub left: Option<Left>,
    /// What was done with it last, newest first.
    pub last: Vec<Kept>,
}

/// Explains what is asked.
pub fn explain(rows: &Rows, question: Question) -> Explained {
    let Question { path, stat, left, remembered, last, now, device } = question;
    let found = find::node(rows, &path);
    let rule = rows.pair.chosen.rules.explain(&path, kind(rows, found, stat.as_ref()));
    let foreseen = found.map(|node| engine::foreseen(rows, node, now, &device));
    let Foreseen { steps, waits } = foreseen.unwrap_or_default();
    let mut explained = Explained {
        path: path.as_str().to_owned(),
        verdict: Verdict::Unknown,
        shown_as: found.and_then(|node| find::alias(rows, node)),
        here: found.and_then(|node| here(rows, node)),
        there: found.and_then(|node| there(rows, node)),
        agreed: found.and_then(|node| agreed(rows, node)),
        now: stat.filter(|stat| stat.file_type == FileType::File).map(|stat| Version {
            size: Some(stat.seen.size),
            date: Some(stat.seen.mtime.div_euclid(SECOND)),
        }),
        held_since: found.and_then(|node| hold(rows, node)).map(|hold| hold.since),
        rule,
        next: steps,
        waits,
        left,
        last,
    };
    explained.verdict = verdict(rows, &path, found, stat.as_ref(), &explained);
    // It still differs: what was in its way will be in its way again.
    if remembered.is_some() && explained.left.is_none() && explained.verdict == Verdict::Planned {
        (explained.left, explained.verdict) = (remembered, Verdict::Left);
    }
    explained
}

fn verdict(
    rows: &Rows,
    path: &RelPath,
    found: Option<NodeId>,
    stat: Option<&Stat>,
    known: &Explained,
) -> Verdict {
    if path.is_root() {
        return Verdict::Root;
    }
    if path
        .names()
        .filter_map(|name| crate::model::Name::new(name).ok())
        .any(|name| layout::is_kept_apart(&name))
    {
        return Verdict::Own;
    }
    if known.rule.as_ref().is_some_and(|rule| rule.ignored.is_some()) {
        return Verdict::NeverSynced;
    }
    match stat.map(|stat| stat.file_type) {
        Some(FileType::Symlink | FileType::Special) => return Verdict::NotAFile,
        Some(FileType::Mount) => return Verdict::OtherVolume,
        Some(FileType::File | FileType::Dir) | None => {}
    }
    if known.left.is_some() {
        return Verdict::Left;
    }
    let Some(node) = found else {
        return if stat.is_some() { Verdict::NotSeenYet } else { Verdict::Unknown };
    };
    if find::is_kept(rows, node) {
        return Verdict::Kept;
    }
    if find::is_deselected(rows, node) {
        return Verdict::NotChosen;
    }
    if !known.next.is_empty() {
        return Verdict::Planned;
    }
    if !known.waits.is_empty() || known.held_since.is_some() {
        return Verdict::Left;
    }
    match is_as_seen(rows, node, stat) {
        true => Verdict::InSync,
        false => Verdict::NotSeenYet,
    }
}

/// Whether it is a folder, as far as anything tells.
fn kind(rows: &Rows, found: Option<NodeId>, stat: Option<&Stat>) -> Kind {
    let here = stat.map(|stat| stat.file_type == FileType::Dir);
    let sides = [Side::Local, Side::Remote];
    let known = || sides.iter().find_map(|&side| rows.entry(side, found?));
    let is_dir = here.or_else(|| known().map(|entry| entry.body.is_dir()));
    if is_dir == Some(true) { Kind::Dir } else { Kind::File }
}

/// Whether the disk shows what it showed to the last run.
fn is_as_seen(rows: &Rows, node: NodeId, stat: Option<&Stat>) -> bool {
    match (rows.local.get(&node), stat) {
        (Some(row), Some(stat)) if row.entry.body.is_dir() => stat.file_type == FileType::Dir,
        (Some(row), Some(stat)) => row.seen.unchanged(&stat.seen),
        (None, None) => true,
        _ => false,
    }
}

fn here(rows: &Rows, node: NodeId) -> Option<Shown> {
    let row = rows.local.get(&node)?;
    let date = Some(row.seen.mtime.div_euclid(SECOND));
    let version = Version { size: Some(row.seen.size), date };
    Some(shown(rows.home(Side::Local, node)?, row.entry.body, version, None))
}

fn there(rows: &Rows, node: NodeId) -> Option<Shown> {
    let row = rows.remote.get(&node)?;
    let version = Version { size: row.seen.size, date: row.seen.mtime };
    let etag = row.seen.etag.as_ref().map(|etag| etag.as_str().to_owned());
    Some(shown(rows.home(Side::Remote, node)?, row.entry.body, version, etag))
}

fn agreed(rows: &Rows, node: NodeId) -> Option<Shown> {
    let row = rows.base.get(&node)?;
    let version = Version { size: Some(row.size), date: None };
    let etag = row.etag.as_ref().map(|etag| etag.as_str().to_owned());
    Some(shown(find::agreed_path(rows, node)?, row.entry.body, version, etag))
}

fn shown(path: RelPath, body: Body, version: Version, etag: Option<String>) -> Shown {
    let folder = body.is_dir();
    let version = (!folder).then_some(version);
    Shown { path: path.as_str().to_owned(), folder, version, etag }
}

/// What holds the node or a folder above it.
fn hold(rows: &Rows, node: NodeId) -> Option<&Hold> {
    find::up(rows, node).find_map(|above| rows.holds.get(&above))
}

#[cfg(test)]
#[path = "explain/tests.rs"]
mod tests;
