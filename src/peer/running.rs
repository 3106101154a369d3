//! Whether a client is at work on a folder: it holds its journal locked for as
//! long as it has it open (`locking_mode=EXCLUSIVE`).

use std::path::Path;

/// Whether some other process holds a lock on the database at `path`. Where
/// that cannot be asked it counts as no.
#[cfg(unix)]
pub(super) fn is_held(path: &Path) -> bool {
    use rustix::process::{Flock, FlockType, fcntl_getlk};
    // Only a question: nothing is locked, so a client that starts just now is
    // not disturbed. SQLite locks bytes far behind the end.
    let Ok(file) = std::fs::File::open(path) else { return false };
    let all = Flock::from(FlockType::WriteLock);
    fcntl_getlk(&file, &all).is_ok_and(|held| held.is_some())
}

/// Windows knows no such question: the lock is taken for a moment, and does
/// not come about where another one holds a part of the file.
#[cfg(not(unix))]
pub(super) fn is_held(path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return false };
    matches!(file.try_lock_shared(), Err(std::fs::TryLockError::WouldBlock))
}
