//! Who tells listeners of changes, by whatever way the family has.
//!
//! Real servers are in no hurry, lose a message now and then and fall silent;
//! here everything is told at once and in order, unless a test wants otherwise.

use std::collections::BTreeMap;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};

/// How many changes wait for a listener that is slow; who is slower hears that
/// something has changed, and not what.
const WAITING: usize = 64;

/// How it tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    #[default]
    Well,
    /// Connections stay, and nothing at all comes over them, as if the other
    /// end had gone without a word.
    Silent,
    /// Whoever signs in is told that the password is wrong.
    Refusing,
    /// There is nothing of the kind here.
    Absent,
}

/// What somebody does, as events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Act {
    /// What it is called.
    pub(super) event: &'static str,
    /// As whom its client names itself.
    pub(super) initiator: Option<String>,
}

impl Default for Act {
    fn default() -> Self {
        Self { event: "postprocessing-finished", initiator: None }
    }
}

/// A change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// The new etags of the homes and spaces in which something changed, by
    /// the names under which they are kept.
    pub(super) homes: BTreeMap<String, String>,
    pub(super) act: Act,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    manner: Manner,
    /// How many times all connections were cut.
    cuts: u64,
}

/// Who tells listeners of changes. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Teller {
    news: broadcast::Sender<News>,
    state: watch::Sender<State>,
}

impl Default for Teller {
    fn default() -> Self {
        Self { news: broadcast::Sender::new(WAITING), state: watch::Sender::new(State::default()) }
    }
}

impl Teller {
    /// How it tells.
    pub fn manner(&self) -> Manner {
        self.state.borrow().manner
    }

    /// Tells so from now on.
    pub fn set_manner(&self, manner: Manner) {
        self.state.send_modify(|state| state.manner = manner);
    }

    /// Cuts the connections of all who listen.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.cuts += 1);
    }

    /// Whether anybody listens.
    pub fn is_heard(&self) -> bool {
        self.news.receiver_count() > 0
    }

    pub(super) fn tell(&self, news: News) {
        // Nobody may be left to hear it.
        let _ = self.news.send(news);
    }

    /// Listens from now on.
    pub(super) fn listener(&self) -> Listener {
        Listener { news: self.news.subscribe(), state: self.state.subscribe(), cuts: self.cuts() }
    }

    fn cuts(&self) -> u64 {
        self.state.borrow().cuts
    }
}

/// One connection of somebody who listens.
pub(super) struct Listener {
    news: broadcast::Receiver<News>,
    state: watch::Receiver<State>,
    cuts: u64,
}

impl Listener {
    pub(super) fn is_silent(&self) -> bool {
        self.state.borrow().manner == Manner::Silent
    }

    /// The next change that is told; none once the connection is cut, after
    /// all that happened before. May be given up at any time without loss.
    pub(super) async fn next(&mut self) -> Option<News> {
        let cuts = self.cuts;
        loop {
            let cut = async {
                let _ = self.state.wait_for(|state| state.cuts != cuts).await;
            };
            let heard = tokio::select! {
                biased;
                heard = self.news.recv() => heard,
                () = cut => return None,
            };
            match heard {
                // What happens meanwhile is never told.
                _ if self.is_silent() => {}
                Ok(news) => return Some(news),
                Err(RecvError::Lagged(_)) => return Some(News::default()),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
