//! The demonstration: a small server in this process, an account there and two
//! folders, all of it in a folder that goes again at the end.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use futures::FutureExt as _;
use navette::demo::{self, DemoError};
use navette::secret::keychain;
use navette::settings::Places;
use tokio::sync::oneshot;

use crate::thread::{Ended, Thread};

/// What the demonstration plays on.
pub(crate) struct Stage {
    dir: Mutex<Option<tempfile::TempDir>>,
    web: PathBuf,
    end: Mutex<Option<oneshot::Sender<()>>>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StageError {
    #[error("a folder for the demonstration: {0}")]
    Folder(#[from] std::io::Error),
    #[error(transparent)]
    Keychain(#[from] keychain::KeychainError),
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Thread(#[from] Ended),
}

impl Stage {
    /// Sets it, before anything else begins: from now on this process has
    /// nothing elsewhere.
    pub(crate) fn set(thread: &Thread) -> Result<Self, StageError> {
        let dir = tempfile::Builder::new().prefix("navette-demo-").tempdir()?;
        // Without links, as folders are known by.
        let root = dir.path().canonicalize()?;
        let own = root.join("own");
        Places::confine(&own);
        keychain::keep_in_memory()?;
        let (end, ended) = oneshot::channel();
        let (ready, readied) = oneshot::channel();
        let living = thread.begin_with(move || {
            async move {
                let ready = || {
                    // Whoever waits for it may have gone.
                    let _ = ready.send(());
                };
                demo::furnished(&root, ready, async { drop(ended.await) }).await
            }
            .boxed_local()
        })?;
        tauri::async_runtime::block_on(async {
            tokio::select! {
                Ok(()) = readied => Ok(()),
                lived = living => Ok(lived.map_err(|_| Ended)??),
            }
        })
        .map(|()| Self {
            dir: Mutex::new(Some(dir)),
            web: own.join("web"),
            end: Mutex::new(Some(end)),
        })
    }

    /// Where the page keeps its own.
    pub(crate) fn web(&self) -> PathBuf {
        self.web.clone()
    }

    /// Ends it, and leaves nothing behind.
    pub(crate) fn clear(&self) {
        drop(self.end.lock().unwrap_or_else(PoisonError::into_inner).take());
        drop(self.dir.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
