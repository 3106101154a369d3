//! Hears what the engine does, and writes it down in batches.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::{Entry, Query, Store, Verb};
use crate::event::{Cause, Event, Item};
use crate::model::WaitReason;

/// So many entries are written at once.
const BATCH: usize = 256;
/// So many wait for somebody who follows; if there are more, that one misses some.
const QUEUE: usize = 1024;
/// So many things that a run has left are written down.
const LEFT: usize = 1000;

/// An entry that is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its number: later entries have higher ones. 0 if it could not be kept.
    pub id: i64,
    /// The number of the first entry of those that were done together.
    pub batch: i64,
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
}

/// Writes down what one pair does. What cannot be written is not kept: nothing
/// waits for it, and nothing fails of it.
#[derive(Debug)]
pub struct Recorder {
    dir: PathBuf,
    state: RefCell<Heard>,
    news: broadcast::Sender<Arc<Kept>>,
}

#[derive(Debug, Default)]
struct Heard {
    /// None: not opened yet.
    store: Option<Store>,
    waiting: Vec<Entry>,
    /// When entries were written last, in seconds since 1970: in one second
    /// once, unless there are many.
    written: i64,
    /// The batch of this pass, if it has any entry.
    batch: Option<i64>,
    /// What the last run has left; none before the first.
    left: Option<BTreeMap<(String, Option<&'static str>), Cause>>,
}

impl Recorder {
    /// One that writes into the folder of a pair's state.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), state: RefCell::default(), news: broadcast::Sender::new(QUEUE) }
    }

    /// Hears of everything that is written from now on. Whoever is slow misses
    /// some, and is told how many.
    pub fn follow(&self) -> broadcast::Receiver<Arc<Kept>> {
        self.news.subscribe()
    }

    /// Hears what the engine tells, at `now` (seconds since 1970).
    pub fn hear(&self, event: &Event, now: i64) {
        match event {
            Event::Finished { op, why, path, outcome, trace } => {
                self.take(Entry::of_step(now, (op, *why), path, outcome, trace), now);
            }
            Event::CameBack { path } => {
                self.take(Some(Entry::new(now, Verb::CameBack, path.as_str())), now);
            }
            Event::Looking => {
                self.flush(now);
                self.state.borrow_mut().batch = None;
            }
            Event::Waiting { .. } | Event::Resting { .. } => self.flush(now),
            Event::Moved { .. } => self.flush_if_due(now),
            Event::Ended { left } => {
                if let Some(left) = left {
                    self.leave(left, now);
                }
                self.flush(now);
            }
            _ => {}
        }
    }

    /// Writes entries down that belong together.
    pub fn add(&self, entries: Vec<Entry>, now: i64) -> Option<i64> {
        self.flush(now);
        self.write(entries, None, now).filter(|&batch| batch != 0)
    }

    /// The entries that are wanted, newest first.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn page(&self, query: &Query) -> Result<Vec<Kept>, super::ActivityError> {
        let state = self.state.borrow();
        match &state.store {
            Some(store) => store.page(query),
            None => Store::read(&self.dir)?.map_or(Ok(Vec::new()), |store| store.page(query)),
        }
    }

    fn take(&self, entry: Option<Entry>, now: i64) {
        let Some(entry) = entry else { return };
        let is_full = {
            let mut state = self.state.borrow_mut();
            state.waiting.push(entry);
            state.waiting.len() >= BATCH
        };
        if is_full { self.flush(now) } else { self.flush_if_due(now) }
    }

    fn flush_if_due(&self, now: i64) {
        let due = {
            let state = self.state.borrow();
            !state.waiting.is_empty() && state.written != now
        };
        if due {
            self.flush(now);
        }
    }

    fn flush(&self, now: i64) {
        let (waiting, batch) = {
            let mut state = self.state.borrow_mut();
            (std::mem::take(&mut state.waiting), state.batch)
        };
        if waiting.is_empty() {
            return;
        }
        let batch = self.write(waiting, batch, now);
        let mut state = self.state.borrow_mut();
        (state.batch, state.written) = (batch, now);
    }

    /// Writes and tells; returns the batch.
    fn write(&self, entries: Vec<Entry>, batch: Option<i64>, now: i64) -> Option<i64> {
        let kept = self.kept(&entries, batch, now).unwrap_or_else(|error| {
            tracing::warn!(%error, "what was done is not kept");
            let told = entries.into_iter().map(|entry| Kept { id: 0, batch: 0, entry });
            told.collect()
        });
        let batch = kept.first().map(|kept| kept.batch);
        for kept in kept {
            // Nobody may be following.
            let _ = self.news.send(Arc::new(kept));
        }
        batch
    }

    fn kept(
        &self,
        entries: &[Entry],
        batch: Option<i64>,
        now: i64,
    ) -> Result<Vec<Kept>, super::ActivityError> {
        let mut state = self.state.borrow_mut();
        let store = match state.store.take() {
            Some(store) => store,
            None => Store::open(&self.dir)?,
        };
        state.store.insert(store).add(entries, batch, now)
    }

    /// Writes down what a run has left that the one before it had not.
    fn leave(&self, left: &[Item], now: i64) {
        let lasting = left.iter().filter(|item| item.blocks && lasts(&item.cause)).take(LEFT);
        let lasting: Vec<&Item> = lasting.collect();
        let key = |item: &Item| (item.path.clone(), item.side.map(crate::model::Side::word));
        let before = self.state.borrow_mut().left.take();
        for item in &lasting {
            let known = match &before {
                Some(before) => before.get(&key(item)) == Some(&item.cause),
                // A process before this one may have said it already.
                None => self.was_said(item),
            };
            if !known {
                self.take(Some(Entry::of_item(now, item)), now);
            }
        }
        let left = lasting.iter().map(|item| (key(item), item.cause.clone())).collect();
        self.state.borrow_mut().left = Some(left);
    }

    /// Whether the last entry about its path says this already.
    fn was_said(&self, item: &Item) -> bool {
        let last = Store::read(&self.dir).ok().flatten();
        let last = last.and_then(|store| store.of_path(&item.path, 1).ok()?.pop());
        last.is_some_and(|kept| kept.entry.more.cause.as_ref() == Some(&item.cause))
    }
}

/// Whether it is worth an entry: what goes on by itself in a moment is not.
fn lasts(cause: &Cause) -> bool {
    match cause {
        Cause::Waits(WaitReason::MountGone) => true,
        Cause::Waits(reason) => !reason.passes(),
        Cause::Changing => false,
        _ => true,
    }
}

#[cfg(test)]
#[path = "recorder/tests.rs"]
mod tests;
