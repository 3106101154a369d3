//! Folders that whoever watches them lets go of for a while, so that somebody
//! else can work on them: the one who moves one to another disk, say.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use tokio::sync::Notify;

/// Which folders are held, and which are lent.
#[derive(Default)]
pub struct Desk {
    lent: Rc<RefCell<Vec<PathBuf>>>,
    held: RefCell<Vec<PathBuf>>,
    turned: Rc<Notify>,
    left: Notify,
}

/// A folder that nobody in this process watches for as long as this is kept.
#[must_use = "the folder is given back when this is dropped"]
pub struct Lent {
    path: PathBuf,
    lent: Rc<RefCell<Vec<PathBuf>>>,
    turned: Rc<Notify>,
}

impl Desk {
    /// Lets go of the folder at `path` for as long as the result is kept.
    /// Returns once nobody holds it any more.
    pub async fn lend(&self, path: &Path) -> Lent {
        self.lent.borrow_mut().push(path.to_owned());
        let turned = self.turned.clone();
        let lent = Lent { path: path.to_owned(), lent: self.lent.clone(), turned };
        self.turned.notify_one();
        loop {
            let left = self.left.notified();
            if !self.held.borrow().iter().any(|held| held == path) {
                return lent;
            }
            left.await;
        }
    }

    /// Whether it is lent.
    pub fn has_lent(&self, path: &Path) -> bool {
        self.lent.borrow().iter().any(|lent| lent == path)
    }

    /// From now on somebody holds it.
    pub fn holds(&self, path: &Path) {
        self.held.borrow_mut().push(path.to_owned());
    }

    /// From now on whoever held it does not.
    pub fn leaves(&self, path: &Path) {
        let mut held = self.held.borrow_mut();
        if let Some(at) = held.iter().position(|held| held == path) {
            held.remove(at);
        }
        self.left.notify_waiters();
    }

    /// Waits until something is to be lent, or was given back.
    pub async fn turned(&self) {
        self.turned.notified().await;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut lent = self.lent.borrow_mut();
        if let Some(at) = lent.iter().position(|path| *path == self.path) {
            lent.remove(at);
        }
        self.turned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn it_is_lent_once_it_is_let_go_of_and_until_it_is_given_back() {
        let (desk, path) = (Desk::default(), Path::new("/a"));
        desk.holds(path);
        let waits = tokio::time::timeout(Duration::from_millis(20), desk.lend(path)).await;
        assert!(waits.is_err() && !desk.has_lent(path), "whoever gave up does not have it");
        let leaves = async {
            desk.turned().await;
            assert!(desk.has_lent(path));
            desk.leaves(path);
        };
        // Of what was wanted and given up before, too.
        desk.turned().await;
        let (lent, ()) = futures::join!(desk.lend(path), leaves);
        drop(lent);
        desk.turned().await;
        assert!(!desk.has_lent(path));
    }
}
