//! Folders that a host lets go of for a while.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// Which folders are lent.
#[derive(Default)]
pub(super) struct Desk {
    lent: Rc<RefCell<Vec<PathBuf>>>,
    back: Rc<Notify>,
    changed: Notify,
}

/// A folder that a host does not watch for as long as this is kept.
#[must_use = "the folder is given back when this is dropped"]
pub struct Lent {
    path: PathBuf,
    lent: Rc<RefCell<Vec<PathBuf>>>,
    back: Rc<Notify>,
}

impl Desk {
    pub(super) fn lend(&self, path: &Path) -> Lent {
        self.lent.borrow_mut().push(path.to_owned());
        Lent { path: path.to_owned(), lent: self.lent.clone(), back: self.back.clone() }
    }

    pub(super) fn has(&self, path: &Path) -> bool {
        self.lent.borrow().iter().any(|lent| lent == path)
    }

    /// Waits until one is given back.
    pub(super) async fn given_back(&self) {
        self.back.notified().await;
    }

    /// A pair has ended.
    pub(super) fn changes(&self) {
        self.changed.notify_waiters();
    }

    /// Waits until a pair has ended.
    pub(super) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut lent = self.lent.borrow_mut();
        if let Some(at) = lent.iter().position(|path| *path == self.path) {
            lent.remove(at);
        }
        self.back.notify_one();
    }
}
