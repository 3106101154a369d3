//! What was said already, in this process and in earlier ones.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A question that was not there for so long, in seconds, is another one when
/// it comes again.
const FORGOTTEN: i64 = 24 * 3600;

/// Files in two versions that were not there for so long are decided: a start
/// takes less, and when they were there last is known to the hour.
const GONE: i64 = 2 * 3600;

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    /// Questions that were said, and when they were last there.
    said: BTreeMap<String, i64>,
    /// How many files were in two versions when that was said, or fewer that
    /// there were since.
    versions: BTreeMap<String, u64>,
    /// Folders whose first run was begun,
    awaited: BTreeSet<String>,
    /// and those of which nothing is to be said any more.
    known: BTreeSet<String>,
    /// Accounts that are said to be nearly full.
    full: BTreeSet<String>,
    /// When something was said last,
    last: Option<i64>,
    /// and when that was of what is collected.
    collected: Option<i64>,
}

/// What was said, and whether that has changed since it was kept.
#[derive(Debug, Default)]
pub(super) struct Memory {
    kept: Kept,
    changed: bool,
}

impl Memory {
    /// What an earlier process kept. What cannot be understood was nothing.
    pub(super) fn read(text: Option<&str>) -> Self {
        let kept = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        Self { kept, changed: false }
    }

    pub(super) fn news(&mut self) -> Option<String> {
        let changed = std::mem::take(&mut self.changed);
        changed.then(|| serde_json::to_string(&self.kept).unwrap_or_default())
    }

    fn change(&mut self, change: impl FnOnce(&mut Kept)) {
        let before = self.kept.clone();
        change(&mut self.kept);
        self.changed |= before != self.kept;
    }

    /// These questions are there now.
    pub(super) fn seen<'a>(&mut self, ids: impl Iterator<Item = &'a str>, now: i64) {
        let there: BTreeSet<&str> = ids.collect();
        self.change(|kept| {
            kept.said.retain(|id, last| {
                // To the hour: nothing is written again and again.
                if there.contains(id.as_str()) && now - *last >= 3600 {
                    *last = now;
                }
                now - *last < FORGOTTEN
            });
            let (said, versions) = (&kept.said, &mut kept.versions);
            versions.retain(|id, _| said.contains_key(id));
            let gone = versions.iter_mut().filter(|(id, _)| {
                !there.contains(id.as_str()) && said.get(*id).is_some_and(|last| now - last >= GONE)
            });
            gone.for_each(|(_, files)| *files = 0);
        });
    }

    /// So many files of this question are in two versions now.
    pub(super) fn counts(&mut self, id: &str, files: u64) {
        self.change(|kept| {
            kept.versions.entry(id.to_owned()).and_modify(|known| *known = files.min(*known));
        });
    }

    /// Whether that is more than what was said.
    pub(super) fn is_more(&self, id: &str, files: u64) -> bool {
        self.kept.versions.get(id).is_some_and(|known| files > *known)
    }

    pub(super) fn was_said(&self, id: &str) -> bool {
        self.kept.said.contains_key(id)
    }

    pub(super) fn said(&mut self, id: &str, files: u64, now: i64) {
        self.change(|kept| {
            kept.said.insert(id.to_owned(), now);
            kept.versions.insert(id.to_owned(), files);
        });
    }

    pub(super) fn last(&self) -> i64 {
        self.kept.last.unwrap_or(i64::MIN / 2)
    }

    pub(super) fn said_something(&mut self, now: i64) {
        self.change(|kept| kept.last = Some(now));
    }

    pub(super) fn collected(&self) -> i64 {
        self.kept.collected.unwrap_or(i64::MIN / 2)
    }

    pub(super) fn said_collected(&mut self, now: i64) {
        self.change(|kept| kept.collected = Some(now));
    }

    pub(super) fn is_awaited(&self, folder: &str) -> bool {
        self.kept.awaited.contains(folder)
    }

    pub(super) fn awaits(&mut self, folder: &str) {
        self.change(|kept| {
            kept.awaited.insert(folder.to_owned());
        });
    }

    pub(super) fn is_known(&self, folder: &str) -> bool {
        self.kept.known.contains(folder)
    }

    pub(super) fn knows(&mut self, folder: &str) {
        self.change(|kept| {
            kept.awaited.remove(folder);
            kept.known.insert(folder.to_owned());
        });
    }

    pub(super) fn is_full(&self, account: &str) -> bool {
        self.kept.full.contains(account)
    }

    pub(super) fn fills(&mut self, account: &str) {
        self.change(|kept| {
            kept.full.insert(account.to_owned());
        });
    }

    pub(super) fn eases(&mut self, account: &str) {
        self.change(|kept| {
            kept.full.remove(account);
        });
    }
}
