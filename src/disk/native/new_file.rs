//! A file of this computer while it is written.

use std::fs::{File, FileTimes};
use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::{Held, apart, fault};
use crate::disk::{DiskErrorKind, NewFile, Result, Stat};
use crate::model::RelPath;

/// A new file of this computer, being written.
#[derive(Debug)]
pub struct NativeFile {
    pub(super) root: Arc<Held>,
    pub(super) path: RelPath,
    pub(super) file: Arc<File>,
}

impl NewFile for NativeFile {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let (held, file) = (Arc::clone(&self.root), Arc::clone(&self.file));
        let written = apart(move || {
            let _held = held;
            (&*file).write_all(&bytes)
        });
        let written = written.await;
        written.map_err(|source| fault::at(&self.path, source))
    }

    async fn sync(&mut self) -> Result<()> {
        let file = Arc::clone(&self.file);
        apart(move || file.sync_data()).await.map_err(|source| fault::at(&self.path, source))
    }

    async fn finish(self, mtime: Option<i64>) -> Result<Stat> {
        let Self { root, path, file } = self;
        let finished = apart(move || {
            if let Some(mtime) = mtime {
                set_mtime(&file, mtime)?;
            }
            file.sync_all()?;
            root.stat_file(&file)
        });
        finished.await.map_err(|source| fault::at(&path, source))
    }
}

/// Sets the modification time, nanoseconds since 1970. A volume that keeps no
/// such time, or reserves it to the owner (some shares), keeps its own: the
/// bytes matter more, and what it shows afterwards is what gets written down.
fn set_mtime(file: &File, mtime: i64) -> io::Result<()> {
    let distance = Duration::from_nanos(mtime.unsigned_abs());
    let moment = if mtime < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    };
    // Both times: libfuse 2 passes over a request for only one of them.
    let times = |moment| FileTimes::new().set_accessed(moment).set_modified(moment);
    match moment.map_or(Ok(()), |moment| file.set_times(times(moment))) {
        Err(error) => match fault::kind(&error) {
            DiskErrorKind::Denied | DiskErrorKind::Unsupported | DiskErrorKind::BadName => Ok(()),
            _ => Err(error),
        },
        Ok(()) => Ok(()),
    }
}
