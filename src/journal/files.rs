//! Where a journal's file lives, and what may happen to it.

use std::any::Any;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::Result;

/// How many copies, and how many unreadable journals, are kept.
pub(super) const KEPT: usize = 3;

/// The sole right to write to a journal. It ends when this is dropped, and
/// with the process.
pub struct Lease(#[allow(dead_code, reason = "held only to be dropped")] Box<dyn Any>);

impl Lease {
    /// The right that ends with `held`.
    pub fn new(held: impl Any) -> Self {
        Self(Box::new(held))
    }
}

/// What is known of a database that was closed properly, by the seal that it
/// got then: a hash of all its bytes. SQLite has no checksums of its own, and
/// bytes that change on a disk need not make a file that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// None are kept here.
    NotKept,
    /// It has none: it was not closed properly, or not by this version.
    Missing,
    /// It is the one that was closed, byte for byte.
    Whole,
    /// It is another one.
    Broken,
}

/// The seam between a journal and the files it lives in: one database, a few
/// older copies of it, and what became unreadable.
pub trait JournalFiles {
    /// Takes the sole right to write. Fails with [`super::JournalError::InUse`]
    /// while another process, or this one, has it.
    fn lease(&self) -> Result<Lease>;

    /// Opens the database, or makes an empty one.
    fn open(&self) -> Result<Connection>;

    /// Opens the database to read only, beside a process that writes; none if
    /// there is none.
    fn look(&self) -> Result<Option<Connection>>;

    /// Whether there was a database here before the present one: there are
    /// copies, or unreadable ones. Then an empty one is no first one.
    fn had_one(&self) -> Result<bool>;

    /// Puts the database aside under another name, so that a new one can be
    /// made, and returns where it went. Does nothing if there is none.
    fn put_aside(&self) -> Result<String>;

    /// Keeps a copy of the database, made by [`copy`], as the newest.
    fn back_up(&self, journal: &Connection) -> Result<()>;

    /// The numbers of the copies that are kept, newest first.
    fn backups(&self) -> Result<Vec<u64>>;

    /// Puts the copy of this number in the place of the database, which has
    /// been put aside. The copy stays.
    fn restore(&self, backup: u64) -> Result<()>;

    /// Seals the database, which has been closed properly.
    fn seal(&self) -> Result<()> {
        Ok(())
    }

    /// Looks at the seal and removes it, before anything is written.
    fn unseal(&self) -> Result<Seal> {
        Ok(Seal::NotKept)
    }

    /// Told after each commit.
    fn wrote(&self, _journal: &mut Connection) -> Result<()> {
        Ok(())
    }

    /// Told when all commits are meant to survive a power cut.
    fn synced(&self, _journal: &mut Connection) -> Result<()> {
        Ok(())
    }
}

/// Ids that may have been given out after a copy was made. They stand in the
/// names of parked and staged things, so they must not be given out again.
const IDS_SINCE: i64 = 1 << 20;

/// Copies `journal` into the empty database `to`, to be kept.
///
/// The copy says of itself that it is older than the folder (amendment 27): so
/// it is believed no more than it should be, whenever it is put in place, even
/// if the computer stops right after that.
pub fn copy(journal: &Connection, mut to: Connection) -> Result<Connection> {
    duplicate(journal, &mut to)?;
    // One file, without a log beside it.
    to.pragma_update(None, "journal_mode", "DELETE")?;
    to.execute(
        "UPDATE pair SET merging = 1, next_node = next_node + ?1, next_aside = next_aside + ?1",
        [IDS_SINCE],
    )?;
    Ok(to)
}

/// Copies `journal` into the empty database `to`, as it is.
pub(super) fn duplicate(journal: &Connection, to: &mut Connection) -> Result<()> {
    let step = Backup::new(journal, to)?.step(-1)?;
    if step == StepResult::Done {
        return Ok(());
    }
    let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    Err(rusqlite::Error::SqliteFailure(busy, None).into())
}
