//! Somebody who wants to hear whenever a pair stands otherwise.

use tokio::sync::watch;

use super::Watched;
use crate::clock::{Clock as _, Moment, SystemClock};
use crate::text::Texts;
use crate::watch::Standing;

/// No more than one picture of a pair is sent in so long.
const GATHER: std::time::Duration = std::time::Duration::from_millis(250);

/// A connection that follows.
pub(super) struct Follower {
    /// In whose words.
    pub(super) texts: Texts,
    /// The pairs that are meant, with their numbers.
    shown: Vec<(usize, watch::Receiver<Standing>)>,
    /// Not before then.
    next: Moment,
}

impl Follower {
    /// One that follows these.
    pub(super) fn of(texts: Texts, pairs: &[(usize, &Watched)]) -> Self {
        let shown = pairs.iter().map(|(number, pair)| (*number, pair.board.follow()));
        Self { texts, shown: shown.collect(), next: Moment::ZERO }
    }

    /// The number of the next pair that stands otherwise.
    pub(super) async fn news(&mut self, clock: &SystemClock) -> usize {
        clock.sleep(self.next.saturating_sub(clock.now())).await;
        let changes = self.shown.iter_mut().map(|(number, shown)| {
            Box::pin(async move {
                // The board outlives whoever looks at it.
                let _ = shown.changed().await;
                *number
            })
        });
        let changes: Vec<_> = changes.collect();
        if changes.is_empty() {
            return std::future::pending().await;
        }
        let number = futures::future::select_all(changes).await.0;
        self.next = clock.now() + GATHER;
        number
    }
}
