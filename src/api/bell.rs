//! Rings when somebody begins or ends to watch: a socket comes or goes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use crate::clock::{Clock as _, SystemClock};

/// Where the system tells nothing, it rings this often in its stead.
const GLANCE: Duration = Duration::from_secs(15);

/// Somebody who listens to the folder of the sockets.
pub(super) struct Bell {
    news: Arc<Notify>,
    watcher: Option<RecommendedWatcher>,
}

impl Bell {
    /// One for this folder.
    pub(super) fn of(dir: &Path) -> Self {
        let news = Arc::new(Notify::new());
        let teller = news.clone();
        let watcher = notify::recommended_watcher(move |told: notify::Result<Event>| {
            if !told.is_ok_and(|event| event.kind.is_access()) {
                teller.notify_one();
            }
        });
        let watcher = watcher.ok().and_then(|mut watcher| {
            let watched = watcher.watch(dir, RecursiveMode::NonRecursive);
            watched.is_ok().then_some(watcher)
        });
        Self { news, watcher }
    }

    /// Waits for the next ring. Whoever asks must look at the folder afterwards.
    pub(super) async fn rings(&self, clock: &SystemClock) {
        match self.watcher {
            Some(_) => self.news.notified().await,
            None => clock.sleep(GLANCE).await,
        }
    }
}
