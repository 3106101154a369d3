//! What the journal of a pair knows before anybody has opened it.

use std::path::Path;

use super::standing::Board;
use crate::conflicts::{self, Conflict, Selection};
use crate::engine::{Choosable, choosable};
use crate::journal::{Journal, JournalError, OnDisk};

/// The folders of the server and what of them is kept here, as the journal in
/// `state_dir` knows them, beside whoever works with it.
///
/// # Errors
///
/// If the journal cannot be read.
pub fn known_folders(state_dir: &Path) -> Result<Vec<Choosable>, JournalError> {
    let rows = Journal::read_only(&OnDisk::new(state_dir))?;
    Ok(rows.map(|rows| choosable(&rows)).unwrap_or_default())
}

/// Shows which files stand here in two versions as the journal in `state_dir`
/// knows them, until a run shows it: in a pause, or without a server, that may be
/// long. A journal may be large, so it is read beside the thread of the pairs.
/// `called` is this computer's name in copies, if not the system's.
pub async fn show_known_versions(board: &Board, state_dir: &Path, called: Option<String>) {
    let state_dir = state_dir.to_owned();
    let read = tokio::task::spawn_blocking(move || known_versions(&state_dir, called));
    // An unreadable journal is a matter for whoever opens it.
    let known = read.await.unwrap_or_default();
    board.versions_were(known);
}

fn known_versions(state_dir: &Path, called: Option<String>) -> Vec<Conflict> {
    let rows = Journal::read_only(&OnDisk::new(state_dir)).ok().flatten().unwrap_or_default();
    let device = crate::pair::device();
    let called = called.unwrap_or_else(|| device.clone());
    conflicts::list(&rows, &Selection::default(), &[&device, &called])
}
