//! Hears from the system where something changes below the root.
//!
//! Events only mark places; whoever looks there decides what has happened.
//! What was done before a question has been heard of when it is answered: the
//! question makes a file of ours and waits for the event of that one, which the
//! system tells after all that came before it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::event::{CreateKind, Flag, ModifyKind, RenameMode};
use notify::{
    Config, ErrorKind, Event, EventKind, EventKindMask, RecommendedWatcher, RecursiveMode, Watcher,
};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Held, apart};
use crate::disk::{Changed, WatchError};
use crate::model::{Name, RelPath, layout};

/// How long the event of our own file is waited for. A system that needs longer
/// is not waited for: everything is looked at then.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often in a row it may be missing.
const MOST_SILENT: u32 = 3;

/// Our own files begin so.
const COOKIE: &str = "heard-";

impl From<notify::Error> for WatchError {
    fn from(error: notify::Error) -> Self {
        match &error.kind {
            ErrorKind::MaxFilesWatch => Self::TooManyFolders,
            ErrorKind::Io(io) if io.raw_os_error() == Some(TOO_MANY_OPEN) => Self::TooManyWatchers,
            _ => Self::Unsupported(error.to_string()),
        }
    }
}

/// `EMFILE`: what inotify answers to whoever has all instances that it gives.
const TOO_MANY_OPEN: i32 = 24;

/// A watcher of one root.
#[derive(Debug)]
pub(super) struct Watch {
    root: PathBuf,
    watcher: Arc<Mutex<RecommendedWatcher>>,
    heard: Arc<Heard>,
    cookies: AtomicU64,
}

/// What was heard and not asked for yet.
#[derive(Debug, Default)]
struct Heard {
    marks: Mutex<Marks>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Marks {
    at: BTreeSet<RelPath>,
    /// Something was missed.
    anywhere: bool,
    /// A folder came, and is perhaps not watched yet.
    came: bool,
    /// The last of our own files whose event has arrived.
    cookie: u64,
    /// How often in a row the event of our own file did not arrive.
    silent: u32,
    /// Nothing is told any more.
    failed: Option<WatchError>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// Begins to watch everything below `root`. Blocks until the system has
    /// been told of every folder.
    pub(super) fn begin(root: &Path) -> Result<Self, WatchError> {
        let heard = Arc::new(Heard::default());
        // Whatever happened before nobody has heard of.
        locked(&heard.marks).anywhere = true;
        let (ears, base) = (heard.clone(), root.to_owned());
        let hear = move |told: notify::Result<Event>| ears.hear(&base, told);
        // Reading changes nothing, and we read a lot ourselves.
        let config =
            Config::default().with_follow_symlinks(false).with_event_kinds(EventKindMask::CORE);
        let mut watcher = RecommendedWatcher::new(hear, config)?;
        watcher.watch(root, RecursiveMode::Recursive)?;
        let (watcher, cookies) = (Arc::new(Mutex::new(watcher)), AtomicU64::new(0));
        Ok(Self { root: root.to_owned(), watcher, heard, cookies })
    }

    /// Why nothing is told any more, if it is so.
    pub(super) fn failed(&self) -> Option<WatchError> {
        locked(&self.heard.marks).failed.clone()
    }

    /// Where something changed since the last question.
    pub(super) async fn changed(&self, folder: &Arc<Held>) -> Changed {
        if self.failed().is_some() {
            return Changed::Anywhere;
        }
        let complete = self.hear_everything(folder).await;
        let mut marks = locked(&self.heard.marks);
        let at = std::mem::take(&mut marks.at);
        let missed = std::mem::take(&mut marks.anywhere);
        if missed || !complete || marks.failed.is_some() {
            return Changed::Anywhere;
        }
        Changed::At(at)
    }

    /// Waits until something changes.
    pub(super) async fn stirred(&self) {
        loop {
            let news = self.heard.news.notified();
            {
                let marks = locked(&self.heard.marks);
                if marks.failed.is_none() && (marks.anywhere || !marks.at.is_empty()) {
                    return;
                }
            }
            news.await;
        }
    }

    /// Waits until all that was done before has been heard; false if that
    /// cannot be known.
    async fn hear_everything(&self, folder: &Arc<Held>) -> bool {
        let number = self.cookies.fetch_add(1, Ordering::Relaxed) + 1;
        let Ok(name) = Name::new(&format!("{COOKIE}{number}")) else { return false };
        let path = layout::own_dir().join(&name);
        let (made, there) = (path.clone(), folder.clone());
        if apart(move || there.touch(&made)).await.is_err() {
            return false;
        }
        let arrived = timeout(PATIENCE, self.heard.hears(number)).await.is_ok();
        let there = folder.clone();
        // One that stays behind is touched by a later run, and goes with that.
        let _ = apart(move || there.remove_file(&path)).await;
        self.heard.came_or_not(arrived);
        arrived && self.watches_newcomers().await
    }

    /// Makes sure that folders that came are watched before anybody looks into
    /// them: what came into one before it was watched is then seen there, and
    /// what comes afterwards is told.
    ///
    /// RACE: inotify watches single folders, and the watcher adds a new one
    /// only after it has passed on the event of its coming. Being asked to watch
    /// what it watches already it answers when it is done with that.
    async fn watches_newcomers(&self) -> bool {
        let came = std::mem::take(&mut locked(&self.heard.marks).came);
        if !came || !cfg!(target_os = "linux") {
            return true;
        }
        let (watcher, root) = (self.watcher.clone(), self.root.clone());
        let again = move || {
            let watched = locked(&watcher).watch(&root, RecursiveMode::Recursive);
            watched.map_err(std::io::Error::other)
        };
        apart(again).await.is_ok()
    }
}

impl Heard {
    /// Takes what the system tells. Runs on the watcher's own thread.
    fn hear(&self, root: &Path, told: notify::Result<Event>) {
        let mut marks = locked(&self.marks);
        match told {
            Ok(event) => marks.note(root, &event),
            Err(error) => {
                tracing::warn!(%error, "watching");
                match WatchError::from(error) {
                    // A single folder that went, or that cannot be read.
                    WatchError::Unsupported(_) => marks.anywhere = true,
                    limit => marks.failed = Some(limit),
                }
            }
        }
        drop(marks);
        self.news.notify_waiters();
    }

    /// A system that does not tell of our own files time and again tells
    /// nothing; to wait for it every time would only take time.
    fn came_or_not(&self, arrived: bool) {
        let mut marks = locked(&self.marks);
        marks.silent = if arrived { 0 } else { marks.silent + 1 };
        if marks.silent >= MOST_SILENT {
            marks.failed = Some(WatchError::Unsupported("no events arrive".to_owned()));
        }
    }

    /// Waits for the event of one of our own files.
    async fn hears(&self, number: u64) {
        loop {
            let news = self.news.notified();
            if locked(&self.marks).cookie >= number {
                return;
            }
            news.await;
        }
    }
}

impl Marks {
    fn note(&mut self, root: &Path, event: &Event) {
        self.anywhere |= event.attrs.flag() == Some(Flag::Rescan);
        self.came |= match event.kind {
            EventKind::Create(kind) => kind != CreateKind::File,
            EventKind::Modify(ModifyKind::Name(mode)) => mode != RenameMode::From,
            _ => false,
        };
        for path in &event.paths {
            match path.strip_prefix(root) {
                Ok(below) => self.mark(below),
                Err(_) => self.anywhere = true,
            }
        }
    }

    fn mark(&mut self, below: &Path) {
        let mut at = RelPath::root();
        for part in below {
            // A name that is none of ours concerns the folder that it is in.
            let Some(name) = part.to_str().and_then(|part| Name::new(part).ok()) else { break };
            at = at.join(&name);
        }
        if at.starts_with(&layout::own_dir()) {
            let cookie = at.name().and_then(|name| name.strip_prefix(COOKIE));
            let cookie = cookie.and_then(|number| number.parse().ok()).unwrap_or(0);
            self.cookie = self.cookie.max(cookie);
            // What stands parked there is looked at every time.
            return;
        }
        self.at.insert(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(events: &[(EventKind, &str)]) -> Marks {
        let mut marks = Marks::default();
        for (kind, path) in events {
            marks.note(Path::new("/r"), &Event::new(*kind).add_path(Path::new(path).to_owned()));
        }
        marks
    }

    #[test]
    fn events_mark_places_below_the_root() {
        let written = EventKind::Modify(ModifyKind::Any);
        let marks = marks(&[(written, "/r/a/b"), (written, "/r"), (written, "/r/.navette/clock")]);
        let at: Vec<&str> = marks.at.iter().map(RelPath::as_str).collect();
        assert_eq!((at, marks.anywhere, marks.came), (vec!["", "a/b"], false, false));
    }

    #[test]
    fn an_event_from_elsewhere_or_of_too_many_means_anywhere() {
        assert!(marks(&[(EventKind::Any, "/elsewhere")]).anywhere);
        let mut marks = Marks::default();
        marks.note(Path::new("/r"), &Event::new(EventKind::Other).set_flag(Flag::Rescan));
        assert!(marks.anywhere);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_marks_its_folder() {
        use std::os::unix::ffi::OsStrExt as _;
        let mut marks = Marks::default();
        let name = std::ffi::OsStr::from_bytes(b"/r/a/\xff");
        marks.note(Path::new("/r"), &Event::new(EventKind::Any).add_path(name.into()));
        assert_eq!(marks.at.iter().map(RelPath::as_str).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn the_latest_of_our_own_files_counts() {
        let made = EventKind::Create(CreateKind::File);
        let marks = marks(&[(made, "/r/.navette/heard-7"), (made, "/r/.navette/heard-3")]);
        assert_eq!((marks.cookie, marks.at.len()), (7, 0));
    }
}
