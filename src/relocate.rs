//! Moves the local folder of a pair, also to another disk, without fetching
//! anything anew.
//!
//! On the same disk it is one rename. To another disk everything is copied and
//! proved first; the old folder then stays, under another name, until its owner
//! deletes it: a program may still have a file of it open, and what it writes
//! there must not be lost (I1).
//!
//! A cut between any two steps leaves one whole folder with its journal, and
//! the same call goes on from there (I8):
//!
//! | Cut after | What is there | What the next call does |
//! |---|---|---|
//! | part of the copy | the old pair, as it was; a copy that says of itself whose it is | copies on |
//! | the new journal or marker | the same | makes them again |
//! | the rename of the folder | the folder at its new place, the journal at its old one | moves the journal |
//! | the rename of the journal | both at their new places, the settings name the old one | changes the settings |
//! | the change of the settings | the new pair; perhaps the old folder under its old name | – |

mod copy;
mod rebind;
mod state;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::disk::{Disk as _, DiskError, Native, OpenError};
use crate::journal::JournalError;
use crate::model::{LocalSeen, RelPath, layout};
use crate::settings::SettingsError;

use copy::Copy;
use state::{bears, journal, mark, move_state, tag};

/// The marker's name in our folder.
const MARKER: &str = "marker";

/// In a folder that is being filled: the folder that is copied.
const MOVING: &str = "moving";

/// Room that stays free on the new disk, in bytes: for the journal of the file
/// system, and for people.
const RESERVE: u64 = 64 << 20;

/// From where to where.
#[derive(Clone, Debug)]
pub struct Way {
    /// The folder, without links in its path.
    pub from: PathBuf,
    /// Where it is to be.
    pub to: PathBuf,
    /// Where the journal of the pair lies.
    pub old_state: PathBuf,
    /// Where it is to lie.
    pub new_state: PathBuf,
    /// Today, as it is to stand in the name of the old folder: `2026-11-30`.
    pub today: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It was renamed.
    Renamed,
    /// It was copied.
    Copied(Copied),
}

/// A folder that was copied to another disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Files in it.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What was not copied: pipes, sockets, what lies on yet another disk.
    pub left: Vec<PathBuf>,
    /// Where the old folder is now.
    pub kept: PathBuf,
    /// What somebody changed in the old folder after it was copied.
    pub changed: Vec<PathBuf>,
}

/// Why a folder is not moved. It is then where it was, and its pair works.
#[derive(Debug, Error)]
pub enum RelocateError {
    /// The folder is neither at the old nor at the new place.
    #[error("{0}: not there")]
    Missing(PathBuf),
    /// One of the places lies in the other.
    #[error("{0}: one lies in the other")]
    Within(PathBuf),
    /// Something stands at the new place.
    #[error("{0}: not empty")]
    Taken(PathBuf),
    /// The folder that is to hold it is not there.
    #[error("{0}: not a folder")]
    NoParent(PathBuf),
    /// Somebody syncs it.
    #[error("in use")]
    InUse,
    /// In the copy stands what was not copied.
    #[error("{0}: not what was copied")]
    InTheWay(PathBuf),
    /// Somebody writes to it all the time.
    #[error("{0}: changes all the time")]
    Restless(PathBuf),
    /// What was written is not what is read.
    #[error("{0}: damaged on the way")]
    Damaged(PathBuf),
    /// There is not room for it.
    #[error("{needed} bytes are needed, {free} are free")]
    Room {
        /// So many bytes are needed,
        needed: u64,
        /// and so many are free.
        free: u64,
    },
    /// A file or folder cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// One of the disks refuses something.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The journal cannot be moved.
    #[error(transparent)]
    Journal(JournalError),
    /// The settings cannot be changed.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

impl From<JournalError> for RelocateError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::InUse => Self::InUse,
            other => Self::Journal(other),
        }
    }
}

impl From<OpenError> for RelocateError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::InUse => Self::InUse,
            OpenError::Disk(error) => Self::Disk(error),
            OpenError::Missing | OpenError::NotAFolder => Self::Missing(PathBuf::new()),
        }
    }
}

/// The result of a step.
type Result<T> = std::result::Result<T, RelocateError>;

/// Says where something failed.
fn at(path: &Path) -> impl Fn(io::Error) -> RelocateError {
    let path = path.to_owned();
    move |source| RelocateError::File { path: path.clone(), source }
}

/// Moves a folder with its journal, and has the settings say so by `switch`.
/// `tell` hears how many files and bytes are to be copied, if they are.
///
/// # Errors
///
/// If it cannot be done. Then nothing has changed, or the same call goes on.
pub async fn relocate(
    way: &Way,
    tell: impl FnOnce(u64, u64),
    switch: impl FnOnce() -> std::result::Result<(), SettingsError>,
) -> Result<Moved> {
    let known = tag(&way.old_state)?;
    if !is_there(&way.from)? || known.is_some_and(|tag| !bears(&way.from, &tag)) {
        return resumed(way, switch);
    }
    if way.to.starts_with(&way.from) || way.from.starts_with(&way.to) {
        return Err(RelocateError::Within(way.to.clone()));
    }
    check_vacant(way)?;
    let held = Native::open(&way.from)?;
    // A journal that was not closed properly, or is damaged, is put right here.
    if let Some(journal) = journal(&way.old_state)? {
        journal.close()?;
    }
    if renamed(way, held)? {
        move_state(way)?;
        switch()?;
        return Ok(Moved::Renamed);
    }
    copied(way, tell, switch).await
}

fn is_there(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(found.is_dir()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(at(path)(error)),
    }
}

/// Makes sure that the new place is free, empty, or holds a copy that was cut.
fn check_vacant(way: &Way) -> Result<()> {
    let entries = match fs::read_dir(&way.to) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let parent = way.to.parent().unwrap_or(&way.to);
            return match parent.is_dir() {
                true => Ok(()),
                false => Err(RelocateError::NoParent(parent.to_owned())),
            };
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(RelocateError::Taken(way.to.clone()));
        }
        Err(error) => return Err(at(&way.to)(error)),
    };
    let is_empty = entries.count() == 0;
    let is_ours = fs::read(moving(&way.to)).is_ok_and(|found| found == said(&way.from));
    if is_empty || is_ours { Ok(()) } else { Err(RelocateError::Taken(way.to.clone())) }
}

fn moving(to: &Path) -> PathBuf {
    to.join(layout::OWN_DIR).join(MOVING)
}

fn said(from: &Path) -> Vec<u8> {
    from.as_os_str().as_encoded_bytes().to_vec()
}

/// Renames the folder; false if it has to be copied. `held` keeps everybody
/// else away until that is done, where the system renames what is open.
fn renamed(way: &Way, held: Native) -> Result<bool> {
    let held = if cfg!(windows) {
        drop(held);
        None
    } else {
        Some(held)
    };
    // An empty folder in its place goes. What is mounted there stays, and is
    // another disk.
    let was_there = is_there(&way.to)?;
    let removed = was_there && fs::remove_dir(&way.to).is_ok();
    let done = match was_there && !removed {
        true => Err(io::ErrorKind::CrossesDevices.into()),
        false => fs::rename(&way.from, &way.to),
    };
    drop(held);
    match done {
        Ok(()) => {
            sync_above(&way.from);
            sync_above(&way.to);
            Ok(true)
        }
        Err(error) => {
            if removed {
                copy::private().create(&way.to).map_err(at(&way.to))?;
            }
            match error.kind() {
                // The root of a disk cannot be renamed.
                io::ErrorKind::CrossesDevices | io::ErrorKind::ResourceBusy => Ok(false),
                _ => Err(at(&way.from)(error)),
            }
        }
    }
}

/// Makes the name of `path` durable, where the system can be asked to. Where a
/// power cut undoes it, the next call does it again.
fn sync_above(path: &Path) {
    if let Some(above) = path.parent()
        && let Ok(dir) = fs::File::open(above)
    {
        let _ = dir.sync_all();
    }
}

/// Goes on after a cut behind the rename of the folder: what stands at the new
/// place is this pair's if its marker names the pair of the journal.
fn resumed(
    way: &Way,
    switch: impl FnOnce() -> std::result::Result<(), SettingsError>,
) -> Result<Moved> {
    let is_of =
        |state: &Path| Ok::<_, RelocateError>(tag(state)?.is_some_and(|tag| bears(&way.to, &tag)));
    if is_of(&way.old_state)? {
        move_state(way)?;
    } else if !is_of(&way.new_state)? {
        return Err(RelocateError::Missing(way.from.clone()));
    }
    switch()?;
    Ok(Moved::Renamed)
}

/// Copies the folder, then its journal, and lets the settings name them.
async fn copied(
    way: &Way,
    tell: impl FnOnce(u64, u64),
    switch: impl FnOnce() -> std::result::Result<(), SettingsError>,
) -> Result<Moved> {
    let from = Native::open(&way.from)?;
    begin(way)?;
    let to = Native::open(&way.to)?;
    let mut copy = Copy::new(&way.from, &way.to);
    let (files, bytes) = copy.measure()?;
    let free = to.space().await?.free;
    // What an earlier try has copied needs no room any more.
    let (_, there) = Copy::new(&way.to, &way.from).measure()?;
    let needed = bytes.saturating_sub(there).saturating_add(RESERVE);
    if needed > free {
        return Err(RelocateError::Room { needed, free });
    }
    tell(files, bytes);
    let copy = tokio::task::spawn_blocking(move || copy.settle().map(|()| copy)).await;
    let copy = copy.map_err(|stop| at(&way.to)(io::Error::other(stop)))??;
    let seen = shown(&copy, &from, &to).await?;
    to.settle().await?;
    state::copied(way, &seen)?;
    mark(way)?;
    to.settle().await?;
    switch()?;
    // What is left of the old pair but its files: neither is needed any more.
    let _ = fs::remove_file(moving(&way.to));
    let _ = fs::remove_dir_all(&way.old_state);
    drop((from, to));
    let kept = put_away(way);
    let (files, bytes) = copy.copied();
    let changed = copy.changed(&kept)?;
    Ok(Moved::Copied(Copied { files, bytes, left: copy.left(), kept, changed }))
}

/// Makes the folder that is filled, which says of itself whose copy it is.
fn begin(way: &Way) -> Result<()> {
    let own = way.to.join(layout::OWN_DIR);
    for dir in [&way.to, &own] {
        match copy::private().create(dir) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made.map_err(at(dir))?,
        }
    }
    let place = moving(&way.to);
    fs::write(&place, said(&way.from)).map_err(at(&place))
}

/// What each original and its copy show.
async fn shown(copy: &Copy, from: &Native, to: &Native) -> Result<Vec<(LocalSeen, LocalSeen)>> {
    let mut shown = Vec::new();
    for path in copy.paths() {
        // What is no path for us has no row either.
        let Some(path) = path.to_str().map(|path| path.replace(std::path::MAIN_SEPARATOR, "/"))
        else {
            continue;
        };
        let Ok(path) = RelPath::parse(&path) else { continue };
        if let (Some(was), Some(is)) = (from.stat(&path).await?, to.stat(&path).await?) {
            shown.push((was.seen, is.seen));
        }
    }
    Ok(shown)
}

/// Gives the old folder another name, so that nobody takes it for the pair's.
/// Where that is refused (it is the root of a disk) it keeps its name, without
/// marker. Returns where it is.
fn put_away(way: &Way) -> PathBuf {
    let name = way.from.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let marker = |dir: &Path| dir.join(layout::OWN_DIR).join(MARKER);
    let _ = fs::remove_file(marker(&way.from));
    for number in 1..100 {
        let more = if number == 1 { String::new() } else { format!(" {number}") };
        let kept = way.from.with_file_name(format!("{name} (moved {}{more})", way.today));
        if kept.exists() {
            continue;
        }
        return match fs::rename(&way.from, &kept) {
            Ok(()) => kept,
            Err(error) => {
                tracing::warn!(%error, "the old folder keeps its name");
                way.from.clone()
            }
        };
    }
    way.from.clone()
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
