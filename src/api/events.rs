//! Somebody who wants to hear of everything that is done.
//!
//! What is done waits in a queue of a thousand entries for each connection.
//! Whoever reads more slowly misses the oldest, and is told how many: nothing
//! that works waits for a reader.

use std::sync::Arc;

use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::Watched;
use crate::activity::Kept;
use crate::text::Texts;

/// A connection that hears of events.
pub(super) struct Listening {
    /// In whose words.
    pub(super) texts: Texts,
    /// The pairs that are meant, with their numbers.
    told: Vec<(usize, Receiver<Arc<Kept>>)>,
}

/// What somebody hears.
pub(super) enum Heard {
    /// Something was done.
    Done(Arc<Kept>),
    /// So many entries were missed.
    Gap(u64),
}

impl Listening {
    /// One that hears of these.
    pub(super) fn of(texts: Texts, pairs: &[(usize, &Watched)]) -> Self {
        let told = pairs.iter().map(|(number, pair)| (*number, pair.activity.follow()));
        Self { texts, told: told.collect() }
    }

    /// The next that one hears, and of which pair.
    pub(super) async fn news(&mut self) -> (usize, Heard) {
        let told = self.told.iter_mut().map(|(number, told)| async move {
            match told.recv().await {
                Ok(kept) => (*number, Heard::Done(kept)),
                Err(RecvError::Lagged(missed)) => (*number, Heard::Gap(missed)),
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
}
