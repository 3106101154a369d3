//! Folders that are only looked at, and files that lie on different disks.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
use super::attributes;
use super::{
    Disk as _, DiskErrorKind, Held, Native, OpenError, Root, Space, Volume, apart, fault,
    make_own_dir, probe,
};
use crate::disk::{Result, Stat};
use crate::model::{Folding, RelPath, layout};

impl Native {
    /// Opens the folder to look at it, beside whoever works on it: nothing is
    /// made in it, and nothing of its volume is tried, so the least is assumed.
    ///
    /// # Errors
    ///
    /// If it cannot be opened.
    pub fn unlocked(root: &Path) -> std::result::Result<Self, OpenError> {
        let root = opened(root)?;
        let volume = Volume {
            exchange: false,
            stable_ids: false,
            folding: Folding::default(),
            granularity: Duration::from_secs(2),
            max_name: 255,
            windows_names: false,
        };
        Ok(Self { root: Arc::new(Held { root, _lock: None }), volume, watch: None })
    }

    /// Tries what the volume of a folder can do, and how much room there is,
    /// beside whoever works on it.
    ///
    /// # Errors
    ///
    /// If the folder cannot be opened or written to.
    pub async fn examined(root: &Path) -> std::result::Result<(Volume, Space), OpenError> {
        let path = root.to_owned();
        let tried = apart(move || {
            let root = opened(&path).map_err(io::Error::other)?;
            make_own_dir(&root, &layout::own_dir())?;
            probe::volume(&root, "examined")
        });
        let volume = tried.await.map_err(|source| fault::at(&layout::own_dir(), source))?;
        let space = Self::unlocked(root)?.space().await?;
        Ok((volume, space))
    }
}

/// The root itself.
pub(super) fn opened(root: &Path) -> std::result::Result<Root, OpenError> {
    Root::open(root).map_err(|source| match fault::kind(&source) {
        DiskErrorKind::NotFound => OpenError::Missing,
        DiskErrorKind::WrongType => OpenError::NotAFolder,
        _ => OpenError::Disk(fault::at(&RelPath::root(), source)),
    })
}

/// Gives the file or folder `new` the owner, the permissions and the extended
/// attributes of `old`, as far as the system lets us: as [`crate::disk::Disk::take_after`],
/// for two that may lie on different disks.
///
/// # Errors
///
/// If the permissions cannot be set on a disk that has some.
#[cfg(unix)]
pub fn make_alike(new: &File, old: &File) -> io::Result<()> {
    attributes::take_after(new, old)
}

/// Gives the file `new` the permissions of `old`: only whether it may be written.
///
/// # Errors
///
/// If they cannot be set.
#[cfg(not(unix))]
pub fn make_alike(new: &File, old: &File) -> io::Result<()> {
    new.set_permissions(old.metadata()?.permissions())
}

/// What stands at `path` below the folder `root`, seen without opening it for
/// any work: nothing is made, nothing is locked. `follows` says whether links
/// are followed.
///
/// # Errors
///
/// If it cannot be known.
pub fn glance(root: &Path, path: &RelPath, follows: bool) -> Result<Option<Stat>> {
    let looked = Root::open(root).and_then(|root| {
        root.heed(Arc::new(follows.into()));
        root.stat(path)
    });
    looked.map_err(|source| fault::at(path, source))
}
