//! Somebody who wants to hear of everything that is done.
//!
//! What is done waits in a queue of a thousand entries for each connection.
//! Whoever reads more slowly misses the oldest, and is told how many: nothing
//! that works waits for a reader.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::watch;

use super::pairs::{Pairs, Watched};
use crate::activity::Kept;
use crate::text::Texts;

/// A connection that hears of events.
pub(super) struct Listening {
    /// In whose words.
    pub(super) texts: Texts,
    /// The pair that is meant; none: all of them.
    folder: Option<PathBuf>,
    changes: watch::Receiver<u64>,
    told: Vec<(Rc<Watched>, Receiver<Arc<Kept>>)>,
}

/// What somebody hears.
pub(super) enum Heard {
    /// Something was done.
    Done(Arc<Kept>),
    /// So many entries were missed.
    Gap(u64),
}

impl Listening {
    /// One that hears of `folder`, or of all pairs.
    pub(super) fn of(texts: Texts, folder: Option<&str>, pairs: &Pairs) -> Self {
        let folder = folder.map(PathBuf::from);
        let mut listening = Self { texts, folder, changes: pairs.follow(), told: Vec::new() };
        listening.take_in(pairs);
        listening
    }

    /// The next that one hears, and of which pair.
    pub(super) async fn news(&mut self, pairs: &Pairs) -> (Rc<Watched>, Heard) {
        loop {
            self.take_in(pairs);
            tokio::select! {
                // The list outlives whoever looks at it.
                _ = self.changes.changed() => {}
                heard = heard(&mut self.told) => return heard,
            }
        }
    }

    /// Takes in which pairs there are by now. One is there before it does anything.
    fn take_in(&mut self, pairs: &Pairs) {
        let now = pairs.all();
        self.told.retain(|(known, _)| now.iter().any(|pair| Rc::ptr_eq(pair, known)));
        for pair in now {
            let meant = self.folder.as_ref().is_none_or(|folder| pair.pair.local == *folder);
            if meant && !self.told.iter().any(|(known, _)| Rc::ptr_eq(known, &pair)) {
                let told = pair.activity.follow();
                self.told.push((pair, told));
            }
        }
    }
}

async fn heard(told: &mut [(Rc<Watched>, Receiver<Arc<Kept>>)]) -> (Rc<Watched>, Heard) {
    let told = told.iter_mut().map(|(pair, told)| async move {
        match told.recv().await {
            Ok(kept) => (pair.clone(), Heard::Done(kept)),
            Err(RecvError::Lagged(missed)) => (pair.clone(), Heard::Gap(missed)),
            // Whoever writes down outlives whoever listens.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    });
    let mut told: FuturesUnordered<_> = told.collect();
    match told.next().await {
        Some(heard) => heard,
        None => std::future::pending().await,
    }
}
