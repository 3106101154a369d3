//! What is worth a notification, and when.
//!
//! Never what heals by itself, never success, never advice. One notification
//! says all that is new since the last one; each question is said once, also
//! after a restart. What comes while the window is in front stays to be said
//! until it is not, unless it is settled meanwhile.

mod memory;

use std::collections::BTreeMap;

use super::{Concern, Goto, View};
use crate::activity::Verb;
use crate::api::{Entry, PairState, Standing};
use crate::settings::Notify;
use crate::text::Texts;

use memory::Memory;

/// Files in two versions and names are collected for so long, in seconds,
const COLLECTED: i64 = 60;
/// and said no more often than once in so long.
const COLLECTED_APART: i64 = 3600;
/// New files of a folder are collected for so long.
const ARRIVALS: i64 = 120;
/// Two notifications are so far apart, but for those that cannot wait.
const APART: i64 = 600;
/// In percent: from here on little room is left,
const QUOTA_NEAR: u64 = 95;
/// and below this there is enough again.
const QUOTA_EASE: u64 = 93;

/// What is heard.
#[derive(Clone, Debug)]
pub enum Heard {
    /// All that needs somebody now.
    Concerns(Vec<Concern>),
    /// Something was done.
    Done(Box<Entry>),
    /// How a pair stands.
    Standing(Box<Standing>),
    /// So much of an account's room is used: its name, what its server calls
    /// itself, used and total bytes.
    Quota(String, String, u64, u64),
}

/// The circumstances in which something is to be said.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// In seconds since 1970.
    pub now: i64,
    /// What its user wants to hear of.
    pub notify: Notify,
    /// Also of new files from others.
    pub notify_new: bool,
    /// The window is in front.
    pub in_front: bool,
}

/// A notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its title.
    pub title: String,
    /// What it says besides.
    pub body: Option<String>,
    /// What a click on it shows.
    pub goto: Goto,
}

/// What is still to be said, and what was.
#[derive(Debug, Default)]
pub struct Notices {
    memory: Memory,
    /// What needs somebody and was not said, with the time from which it may be.
    open: BTreeMap<String, (Concern, i64)>,
    /// New files: how many in which folder, and until when they are collected.
    arrivals: BTreeMap<String, (u64, i64)>,
    /// Accounts that are nearly full: what is said of them.
    full: BTreeMap<String, (String, u64, u64)>,
    /// Folders whose first run has ended.
    first: Vec<String>,
}

/// How soon a question is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Haste {
    /// Whatever was said a moment ago.
    AtOnce,
    /// As soon as another one may be.
    Soon,
    /// With others of its kind.
    Collected,
}

fn haste(concern: &Concern) -> Haste {
    match concern.about.kind.as_str() {
        "sign-in" | "brake" => Haste::AtOnce,
        "conflict" | "name" | "file" => Haste::Collected,
        _ => Haste::Soon,
    }
}

fn decides_each(concern: &Concern) -> bool {
    concern.about.kind == "conflict"
}

impl Notices {
    /// With what was kept of an earlier process.
    pub fn remembering(kept: Option<&str>) -> Self {
        Self { memory: Memory::read(kept), ..Self::default() }
    }

    /// What is to be kept for later ones; none if nothing of it has changed.
    pub fn to_keep(&mut self) -> Option<String> {
        self.memory.news()
    }

    /// Hears something, at `now` (seconds since 1970).
    pub fn hear(&mut self, heard: Heard, now: i64) {
        match heard {
            Heard::Concerns(concerns) => self.concerns(concerns, now),
            Heard::Done(entry) if entry.verb == Verb::Fetched => {
                let arrivals = self.arrivals.entry(entry.folder).or_insert((0, now + ARRIVALS));
                arrivals.0 += 1;
            }
            Heard::Done(_) => {}
            Heard::Standing(standing) => self.standing(&standing),
            Heard::Quota(account, server, used, total) => self.quota(account, server, used, total),
        }
    }

    fn concerns(&mut self, concerns: Vec<Concern>, now: i64) {
        self.memory.seen(concerns.iter().map(|concern| concern.id.as_str()), now);
        let before = std::mem::take(&mut self.open);
        for concern in concerns {
            // Each file in two versions is to be decided by itself; of any other
            // cause more files are no news.
            let files = concern.about.files;
            let is_more = decides_each(&concern) && self.memory.is_more(&concern.id, files);
            self.memory.counts(&concern.id, files);
            if self.memory.was_said(&concern.id) && !is_more {
                continue;
            }
            let wait = if haste(&concern) == Haste::Collected { COLLECTED } else { 0 };
            let from = before.get(&concern.id).map_or(now + wait, |(_, from)| *from);
            self.open.insert(concern.id.clone(), (concern, from));
        }
    }

    fn standing(&mut self, standing: &Standing) {
        if self.memory.is_known(&standing.folder) {
            return;
        }
        // Whoever is up to date when it is first seen was synced before this
        // began to watch, or has nothing to bring.
        match (standing.state, self.memory.is_awaited(&standing.folder)) {
            (PairState::Syncing, _) => self.memory.awaits(&standing.folder),
            (PairState::UpToDate, true) => {
                self.memory.knows(&standing.folder);
                self.first.push(standing.folder.clone());
            }
            (PairState::UpToDate, false) => self.memory.knows(&standing.folder),
            _ => {}
        }
    }

    fn quota(&mut self, account: String, server: String, used: u64, total: u64) {
        let percent = used.saturating_mul(100) / total.max(1);
        if percent < QUOTA_EASE {
            self.full.remove(&account);
            self.memory.eases(&account);
        } else if percent >= QUOTA_NEAR && !self.memory.is_full(&account) {
            self.full.insert(account, (server, percent, total.saturating_sub(used)));
        }
    }

    /// What is to be said now, if anything.
    pub fn due(&mut self, texts: &Texts, when: When) -> Option<Notice> {
        if when.in_front || when.notify == Notify::None {
            return None;
        }
        if when.notify == Notify::Needed {
            self.first.clear();
            self.full.clear();
        }
        if when.notify != Notify::All || !when.notify_new {
            self.arrivals.clear();
        }
        let is_apart = when.now >= self.memory.last() + APART;
        let due = self.open.values().any(|(concern, from)| match haste(concern) {
            Haste::AtOnce => true,
            Haste::Soon => is_apart,
            Haste::Collected => {
                is_apart && when.now >= (*from).max(self.memory.collected() + COLLECTED_APART)
            }
        });
        let notice = if due {
            Some(self.questions(texts, when.now))
        } else if is_apart {
            self.news(texts, when.now)
        } else {
            None
        };
        if notice.is_some() {
            self.memory.said_something(when.now);
        }
        notice
    }

    /// After how many seconds it is worth asking again, if nothing is heard
    /// meanwhile; none if nothing is left to be said.
    pub fn again(&self, now: i64) -> Option<u64> {
        let apart = self.memory.last() + APART;
        let questions = self.open.values().map(|(concern, from)| match haste(concern) {
            Haste::AtOnce => now,
            Haste::Soon => apart,
            Haste::Collected => apart.max(*from).max(self.memory.collected() + COLLECTED_APART),
        });
        let arrivals = self.arrivals.values().map(|(_, until)| apart.max(*until));
        let others = self.first.len() + self.full.len();
        let others = (others > 0).then_some(apart);
        let next = questions.chain(arrivals).chain(others).min()?;
        // Where only the window in front is in the way, nobody tells when it goes.
        Some(u64::try_from(next.saturating_sub(now)).unwrap_or(0).max(1))
    }

    /// All questions that were not said yet.
    fn questions(&mut self, texts: &Texts, now: i64) -> Notice {
        let open: Vec<Concern> =
            std::mem::take(&mut self.open).into_values().map(|(concern, _)| concern).collect();
        if open.iter().any(|concern| haste(concern) == Haste::Collected) {
            self.memory.said_collected(now);
        }
        open.iter().for_each(|concern| self.memory.said(&concern.id, concern.about.files, now));
        // What cannot wait is named before the rest.
        let first = open.iter().min_by_key(|concern| haste(concern) as u8);
        let id = first.filter(|_| open.len() == 1).map(|concern| concern.id.clone());
        Notice {
            title: texts.say("notify-needs-you", &[("n", open.len().into())]),
            body: first.map(|concern| concern.said.sentence.clone()),
            goto: Goto { view: View::Attention, id },
        }
    }

    /// Something else that is good to know.
    fn news(&mut self, texts: &Texts, now: i64) -> Option<Notice> {
        if let Some(folder) = self.first.pop() {
            let args = [("folder", name(&folder).into())];
            let title = texts.say("notify-first-sync", &args);
            return Some(Notice { title, body: None, goto: Goto::view(View::Home) });
        }
        if let Some((account, (server, percent, free))) = self.full.pop_first() {
            self.memory.fills(&account);
            let percent = texts.say("notify-percent", &[("n", percent.into())]);
            let title = texts
                .say("notify-quota", &[("server", server.into()), ("percent", percent.into())]);
            let body = texts.say("notify-quota-left", &[("free", texts.size(free).into())]);
            return Some(Notice { title, body: Some(body), goto: Goto::view(View::Home) });
        }
        let ended = self.arrivals.iter().find(|(_, (_, until))| *until <= now);
        let folder = ended.map(|(folder, _)| folder.clone())?;
        let (files, _) = self.arrivals.remove(&folder)?;
        let args = [("folder", name(&folder).into()), ("files", texts.files(files).into())];
        let title = texts.say("notify-arrived", &args);
        Some(Notice { title, body: None, goto: Goto { view: View::Activity, id: Some(folder) } })
    }
}

/// What people call a folder.
fn name(folder: &str) -> String {
    let path = std::path::Path::new(folder);
    path.file_name().map_or_else(|| folder.to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests;
