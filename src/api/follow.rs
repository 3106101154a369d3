//! Somebody who wants to hear whenever a pair stands otherwise.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use futures::future::select_all;
use tokio::sync::watch;

use super::pairs::{Pairs, Watched};
use crate::clock::{Clock as _, Moment, SystemClock};
use crate::text::Texts;
use crate::watch::{Standing, State};

/// No more than one picture of a pair is sent in so long.
const GATHER: Duration = Duration::from_millis(250);
/// While steps are done it is told this often, also if nothing goes by: how fast
/// they go is news then, too.
const TICK: Duration = Duration::from_secs(1);

/// A connection that follows.
pub(super) struct Follower {
    /// In whose words.
    pub(super) texts: Texts,
    /// The pair that is meant; none: all of them.
    folder: Option<PathBuf>,
    changes: watch::Receiver<u64>,
    shown: Vec<Followed>,
}

/// One pair that is followed.
struct Followed {
    pair: Rc<Watched>,
    stands: watch::Receiver<Standing>,
    /// Not before then.
    next: Moment,
}

/// What somebody who follows hears.
pub(super) enum News {
    /// This pair stands otherwise.
    Stands(Rc<Watched>),
    /// This folder is not watched any more.
    Gone(PathBuf),
}

impl Follower {
    /// One that follows `folder`, or all pairs. Those that are `told` already are
    /// news only once they stand otherwise.
    pub(super) fn of(
        texts: Texts,
        folder: Option<&str>,
        pairs: &Pairs,
        told: &[Rc<Watched>],
    ) -> Self {
        let shown = told.iter().map(|pair| Followed {
            pair: pair.clone(),
            stands: pair.board.follow(),
            next: Moment::ZERO,
        });
        let (folder, shown) = (folder.map(PathBuf::from), shown.collect());
        Self { texts, folder, changes: pairs.follow(), shown }
    }

    /// What is news next.
    pub(super) async fn news(&mut self, pairs: &Pairs, clock: &SystemClock) -> News {
        loop {
            if let Some(gone) = self.take_in(pairs) {
                return News::Gone(gone);
            }
            let changed = tokio::select! {
                // The list outlives whoever looks at it.
                _ = self.changes.changed() => None,
                at = changed(&mut self.shown, clock) => Some(at),
            };
            if let Some(followed) = changed.and_then(|at| self.shown.get_mut(at)) {
                followed.next = clock.now() + GATHER;
                return News::Stands(followed.pair.clone());
            }
        }
    }

    /// Takes in which pairs there are by now. Returns a folder that is not watched
    /// any more, if there is one.
    fn take_in(&mut self, pairs: &Pairs) -> Option<PathBuf> {
        let now = pairs.all();
        let is = |one: &Rc<Watched>, other: &Rc<Watched>| Rc::ptr_eq(one, other);
        for pair in &now {
            let meant = self.folder.as_ref().is_none_or(|folder| pair.pair.local == *folder);
            if meant && !self.shown.iter().any(|known| is(&known.pair, pair)) {
                let mut stands = pair.board.follow();
                stands.mark_changed();
                self.shown.push(Followed { pair: pair.clone(), stands, next: Moment::ZERO });
            }
        }
        loop {
            let ended = |known: &Followed| !now.iter().any(|pair| is(pair, &known.pair));
            let gone = self.shown.remove(self.shown.iter().position(ended)?).pair;
            // Begun anew with other settings it is the same folder.
            if !now.iter().any(|pair| pair.pair.local == gone.pair.local) {
                return Some(gone.pair.local.clone());
            }
        }
    }
}

/// Waits until one of them is to be told of, and says which.
async fn changed(shown: &mut [Followed], clock: &SystemClock) -> usize {
    if shown.is_empty() {
        return std::future::pending().await;
    }
    let changes = shown.iter_mut().map(|followed| {
        Box::pin(async move {
            clock.sleep(followed.next.saturating_sub(clock.now())).await;
            let works = matches!(followed.stands.borrow().state, State::Syncing(_));
            tokio::select! {
                // The board outlives whoever looks at it.
                _ = followed.stands.changed() => {}
                () = clock.sleep(TICK), if works => {}
            }
        })
    });
    select_all(changes).await.1
}
