//! Older versions of files, and how one becomes the current one again.

use std::collections::BTreeMap;

use super::blob::Blob;
use super::dialect::Ways;
use super::model::Cloud;
use super::refusal::Refusal;
use super::request::Done;
use super::tree::{self, Body, Node};
use crate::model::RelPath;

/// Which older versions a family keeps, and how (protocol.md 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeps {
    /// The list begins with the current version.
    pub current: bool,
    /// A version without bytes is kept too.
    pub empty: bool,
    /// A version is named by the second of its date: of several of one second
    /// only the first is kept.
    pub by_second: bool,
    /// A version that comes back has its old date; else that moment's.
    pub keeps_date: bool,
}

/// A version of a file as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Older {
    /// Names it in URLs.
    pub key: String,
    /// Its date, seconds since 1970.
    pub at: i64,
    /// Its length in bytes.
    pub size: u64,
}

/// The versions that are kept once `old` is one of them.
pub(super) fn after(ways: &Ways, old: &Node) -> BTreeMap<(i64, u64), Blob> {
    let (Some(file), Some(keeps)) = (old.file(), ways.versions) else { return BTreeMap::new() };
    let mut versions = file.versions.clone();
    if keeps.empty || file.blob.size() > 0 {
        let fraction = if keeps.by_second { 0 } else { file.fraction };
        versions.entry((old.date, fraction)).or_insert_with(|| file.blob.clone());
    }
    versions
}

fn key((date, fraction): (i64, u64)) -> String {
    if fraction == 0 { date.to_string() } else { format!("{date}.{fraction}") }
}

impl Cloud {
    /// The versions of the file of this `oc:fileid`, the newest first.
    pub fn versions(&self, user: &str, file_id: &str) -> Result<Vec<Older>, Refusal> {
        let keeps = self.ways().versions.ok_or(Refusal::NotFound)?;
        let (_, node) = self.with_id(user, file_id)?;
        let file = node.file().ok_or(Refusal::NotFound)?;
        let older = file.versions.iter().rev();
        let older = older.filter(|((date, _), _)| !(keeps.by_second && *date == node.date));
        let older = older.map(|(&at, blob)| Older { key: key(at), at: at.0, size: blob.size() });
        let now = Older { key: node.date.to_string(), at: node.date, size: file.blob.size() };
        Ok(keeps.current.then_some(now).into_iter().chain(older).collect())
    }

    /// Makes an older version the current one; the one before is kept.
    pub fn roll_back(&mut self, user: &str, file_id: &str, named: &str) -> Result<Done, Refusal> {
        let keeps = self.ways().versions.ok_or(Refusal::NotFound)?;
        let (path, node) = self.with_id(user, file_id)?;
        if node.locked {
            return Err(Refusal::Locked);
        }
        let file = node.file().ok_or(Refusal::NotFound)?;
        let found = file.versions.iter().find(|(at, _)| key(**at) == named);
        let (&(date, _), blob) = found.ok_or(Refusal::NotFound)?;
        let (blob, kept) = (blob.clone(), after(self.ways(), node));
        let mut change = self.change(user)?;
        let etag = tree::file_etag(change.ways, change.mint, blob.size(), change.now);
        let (now, number) = (change.now, change.mint.number());
        let node = change.home.root.find_mut(&path).ok_or(Refusal::NotFound)?;
        let (date, fraction) = if keeps.keeps_date { (date, 0) } else { (now, number) };
        (node.etag, node.date, node.written) = (etag, date, now);
        if let Body::File(file) = &mut node.body {
            (file.blob, file.versions) = (blob, kept);
            (file.told, file.fraction, file.torn) = (None, fraction, None);
        }
        change.touch_above(&path);
        self.done(user, &path, false)
    }

    /// What has this `oc:fileid`, and where it is.
    fn with_id(&self, user: &str, file_id: &str) -> Result<(RelPath, &Node), Refusal> {
        let mut found = None;
        self.home(user)?.root.walk("", &mut |path, node| {
            if self.ids_of(user, node).0.as_deref() == Some(file_id) {
                found = RelPath::parse(&path).ok().map(|path| (path, node));
            }
        });
        found.ok_or(Refusal::NotFound)
    }
}
