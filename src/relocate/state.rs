//! The journal of the pair that moves, and the marker that proves whose folder
//! is whose.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{MARKER, Result, Way, at, rebind};
use crate::journal::{Journal, OnDisk};
use crate::model::{LocalSeen, layout};

/// The open journal in `state`; none if there is none.
pub(super) fn journal(state: &Path) -> Result<Option<Journal>> {
    if !state.exists() {
        return Ok(None);
    }
    Ok(Some(Journal::open(OnDisk::new(state))?.0))
}

/// Puts the journal where the new pair looks for it.
pub(super) fn move_state(way: &Way) -> Result<()> {
    match way.old_state.exists() {
        true => Ok(OnDisk::new(&way.old_state).move_to(&way.new_state)?),
        false => Ok(()),
    }
}

/// The name of the pair whose journal lies in `state`; none before anything
/// was agreed on.
pub(super) fn tag(state: &Path) -> Result<Option<String>> {
    let rows = Journal::read_only(&OnDisk::new(state))?;
    Ok(rows.filter(|rows| !rows.base.is_empty()).map(|rows| rows.pair.tag))
}

/// Whether a folder bears the marker of this pair. An empty mount point does not.
pub(super) fn bears(folder: &Path, tag: &str) -> bool {
    let marker = fs::read(folder.join(layout::OWN_DIR).join(MARKER)).unwrap_or_default();
    let marker: serde_json::Value = serde_json::from_slice(&marker).unwrap_or_default();
    marker["pair"] == tag
}

/// Lets a copy of the journal speak of the copied files, and puts it where the
/// new pair looks for it. The old one stays as it is.
pub(super) fn copied(way: &Way, seen: &[(LocalSeen, LocalSeen)]) -> Result<()> {
    let Some(old) = journal(&way.old_state)? else { return Ok(()) };
    old.close()?;
    let fresh = OnDisk::new(&way.old_state).copy_to(&beside(&way.new_state))?;
    if let Some(mut new) = journal(&fresh.dir)? {
        let changes = rebind::rebound(new.rows(), seen);
        new.commit(changes)?;
        new.close()?;
    }
    Ok(fresh.move_to(&way.new_state)?)
}

fn beside(state: &Path) -> PathBuf {
    let mut path = state.as_os_str().to_owned();
    path.push(".new");
    path.into()
}

/// Copies the marker, last of all: only a whole copy is a folder of a pair.
pub(super) fn mark(way: &Way) -> Result<()> {
    let [from, to] = [&way.from, &way.to].map(|dir| dir.join(layout::OWN_DIR).join(MARKER));
    match fs::copy(&from, &to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        copied => copied.map(drop).map_err(at(&to)),
    }
}
