//! Hears when the settings' file changes, whoever changes it: “navette config”
//! or a person with an editor.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use crate::clock::Clock;

/// An editor writes in several steps; and where the system tells nothing, the
/// file is looked at this often in its stead.
const GATHER: Duration = Duration::from_millis(200);
const GLANCE: Duration = Duration::from_secs(30);

/// Somebody who listens to the file.
pub struct Follower {
    path: PathBuf,
    text: Option<Vec<u8>>,
    news: Arc<Notify>,
    watcher: Option<RecommendedWatcher>,
}

impl Follower {
    /// Listens from now on. The folder is watched, for the file is replaced whole.
    pub fn of(path: &Path) -> Self {
        let news = Arc::new(Notify::new());
        let teller = news.clone();
        let watcher = notify::recommended_watcher(move |told: notify::Result<Event>| {
            // To look at the file is an event, too.
            if !told.is_ok_and(|event| event.kind.is_access()) {
                teller.notify_one();
            }
        });
        let watcher = watcher.ok().and_then(|mut watcher| {
            // Who has configured nothing yet has no folder for it either. If it
            // cannot be made, there is nothing to hear in it.
            let _ = std::fs::create_dir_all(path.parent()?);
            let watched = watcher.watch(path.parent()?, RecursiveMode::NonRecursive);
            watched.is_ok().then_some(watcher)
        });
        Self { path: path.to_owned(), text: std::fs::read(path).ok(), news, watcher }
    }

    /// Waits until the file says something else.
    pub async fn changed(&mut self, clock: &impl Clock) {
        loop {
            match self.watcher {
                Some(_) => {
                    self.news.notified().await;
                    clock.sleep(GATHER).await;
                }
                None => clock.sleep(GLANCE).await,
            }
            let text = std::fs::read(&self.path).ok();
            if text != self.text {
                self.text = text;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::write_whole;
    use super::*;
    use crate::clock::SystemClock;

    #[tokio::test]
    async fn a_file_that_is_replaced_by_other_text_is_news_and_one_by_the_same_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        write_whole(&path, "one").unwrap();
        let mut follower = Follower::of(&path);
        write_whole(&path, "one").unwrap();
        write_whole(&path, "two").unwrap();
        tokio::time::timeout(Duration::from_secs(60), follower.changed(&SystemClock::new()))
            .await
            .unwrap();
        assert_eq!(follower.text.as_deref(), Some(&b"two"[..]));
    }
}
