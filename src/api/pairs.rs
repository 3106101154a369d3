//! The pairs that are watched at the moment; the next there may be others.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::watch;

use super::lent::Desk;
use crate::activity::Recorder;
use crate::clock::{Clock as _, SystemClock};
use crate::settings::{Account, Pair};
use crate::watch::{Board, Standing, Wishes};

/// No more than once in so long a server is asked how much room there is.
const GLANCE: Duration = Duration::from_secs(60);

/// One watched pair, as others see it.
pub struct Watched {
    /// The pair.
    pub pair: Pair,
    /// Its account.
    pub account: Account,
    /// Where its journal lies.
    pub state_dir: PathBuf,
    /// How it stands.
    pub board: Rc<Board>,
    /// What is wanted of it.
    pub wishes: Rc<Wishes>,
    /// What it has done.
    pub activity: Rc<Recorder>,
}

impl Watched {
    /// Whether another process has the folder: what is wanted of the pair is
    /// wanted of that one.
    pub fn is_elsewhere(&self) -> bool {
        self.board.see(Standing::is_elsewhere)
    }

    /// Lets its server be asked how much room there is, unless it was just now.
    pub(super) fn asks_for_portrait(&self, clock: &SystemClock) {
        let seen = self.board.portrayed();
        if seen.is_none_or(|seen| clock.now().saturating_sub(seen) >= GLANCE) {
            self.wishes.portray();
        }
    }
}

/// A list of pairs that changes, for all who look at it.
#[derive(Default)]
pub struct Pairs {
    list: RefCell<Vec<Rc<Watched>>>,
    changes: watch::Sender<u64>,
    lent: Desk,
}

impl Pairs {
    /// Those that are watched now.
    pub fn all(&self) -> Vec<Rc<Watched>> {
        self.list.borrow().clone()
    }

    /// From now on this one is watched.
    pub fn begin(&self, pair: Rc<Watched>) {
        self.list.borrow_mut().push(pair);
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// From now on this one is not.
    pub fn end(&self, pair: &Rc<Watched>) {
        self.list.borrow_mut().retain(|one| !Rc::ptr_eq(one, pair));
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// Which folders are let go of for a while.
    pub fn lent(&self) -> &Desk {
        &self.lent
    }

    /// Hears whenever there are others.
    pub fn follow(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
