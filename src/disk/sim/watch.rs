//! What the system tells of changes on a simulated disk, and what it fails to tell.

use std::collections::BTreeSet;
use std::task::{Poll, Waker};

use super::drive::{Drive, Inode};
use crate::disk::Changed;
use crate::model::RelPath;

/// Events that were not taken yet.
#[derive(Debug)]
pub(super) struct Events {
    /// What was written to, or got or lost a name, or a name in it.
    touched: BTreeSet<Inode>,
    /// There were too many, or the watch has only just begun.
    anywhere: bool,
    waiting: Option<Waker>,
}

impl Default for Events {
    fn default() -> Self {
        Self { touched: BTreeSet::new(), anywhere: true, waiting: None }
    }
}

impl Drive {
    /// Something was done to an object.
    pub(super) fn touch(&mut self, inode: Inode) {
        self.events.touched.insert(inode);
        self.events.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// Nobody can tell any more what happened.
    pub(super) fn overflow(&mut self) {
        self.events.anywhere = true;
        self.events.waiting.take().into_iter().for_each(Waker::wake);
    }

    /// Loses all events that were not taken yet, without a word.
    pub(super) fn lose_events(&mut self) {
        self.events.touched.clear();
    }

    /// Takes the events, by path.
    pub(super) fn take_events(&mut self) -> Changed {
        let Events { touched, anywhere, .. } = std::mem::take(&mut self.events);
        self.events.anywhere = false;
        if anywhere || !self.config.watched {
            return Changed::Anywhere;
        }
        let mut at = BTreeSet::new();
        let mut todo = vec![(RelPath::root(), self.root)];
        while let Some((path, inode)) = todo.pop() {
            if let Ok(entries) = self.entries(inode) {
                todo.extend(entries.values().map(|entry| (path.join(&entry.name), entry.inode)));
            }
            if touched.contains(&inode) {
                at.insert(path);
            }
        }
        Changed::At(at)
    }

    pub(super) fn poll_stirred(&mut self, waker: &Waker) -> Poll<()> {
        if !self.config.watched {
            return Poll::Pending;
        }
        if self.events.anywhere || !self.events.touched.is_empty() {
            return Poll::Ready(());
        }
        self.events.waiting = Some(waker.clone());
        Poll::Pending
    }
}
