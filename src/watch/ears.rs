//! What a server tells while a pair is open, beside everything else.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::LocalBoxFuture;
use tokio::sync::Notify;

use crate::server::Heard;

/// Takes what is heard until somebody asks. Clones are the same ears.
#[derive(Clone, Debug, Default)]
pub struct Ears(Rc<Told>);

#[derive(Debug, Default)]
struct Told {
    words: RefCell<Vec<Heard>>,
    news: Notify,
}

impl Ears {
    /// Hears something.
    pub fn hear(&self, heard: Heard) {
        let mut words = self.0.words.borrow_mut();
        // Said twice it is no more.
        if words.last() != Some(&heard) {
            words.push(heard);
        }
        self.0.news.notify_one();
    }

    pub(super) fn take(&self) -> Vec<Heard> {
        self.0.words.take()
    }

    /// Waits for something to be heard. Only one may wait.
    pub(super) async fn told(&self) {
        self.0.news.notified().await;
    }
}

/// Somebody who listens, for as long as the pair is open.
#[derive(Default)]
pub(super) struct Listener {
    next: RefCell<Option<LocalBoxFuture<'static, ()>>>,
    changed: Notify,
}

impl Listener {
    /// From now on this one listens, or nobody.
    pub(super) fn turn_to(&self, listening: Option<LocalBoxFuture<'static, ()>>) {
        *self.next.borrow_mut() = listening;
        self.changed.notify_one();
    }

    /// Lets whoever it is listen.
    pub(super) async fn listen(&self) {
        loop {
            let listening = self.next.take();
            let now = async {
                match listening {
                    Some(listening) => listening.await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = self.changed.notified() => {}
                // The server tells nothing any more: polling is left.
                () = now => {}
            }
        }
    }
}
