//! The journal: what the engine knows, in SQLite, outside the synced folder.
//!
//! The only writer of truth. Observations are kept apart from the base, so a
//! failed transfer leaves a difference to be planned again, never a lie.

mod column;
mod commit;
mod files;
mod in_memory;
mod migrate;
mod on_disk;
mod open;
mod read;
mod sound;

use std::collections::BTreeMap;

use rusqlite::{Connection, TransactionBehavior};
use thiserror::Error;

use crate::model::{Aside, Change, Rows};

pub use files::{JournalFiles, Lease, Seal, copy};
pub use in_memory::InMemory;
pub use on_disk::OnDisk;

/// In what state the journal was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// There was none: a first sync.
    New,
    /// Closed properly last time.
    Clean,
    /// Not closed properly, and sound: the last commits may be missing.
    Unclean,
    /// It was unreadable; a copy of an earlier day took its place.
    Restored {
        /// Where the unreadable one went.
        damaged: String,
    },
    /// It was unreadable and there was no copy: everything is new, nothing is deleted.
    Lost {
        /// Where the unreadable one went.
        damaged: String,
    },
}

/// What can go wrong with the journal.
#[derive(Debug, Error)]
pub enum JournalError {
    /// SQLite failed.
    #[error("journal: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be made, moved or read.
    #[error("journal {path}: {source}")]
    File {
        /// Which.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A row holds what no version of Navette writes.
    #[error("journal: row of {table} cannot be read: {detail}")]
    Row {
        /// Which table.
        table: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// Written by a newer Navette.
    #[error("journal: made by a newer version (format {found}, this one knows {known})")]
    Newer {
        /// Its format.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// Another process holds it.
    #[error("journal: in use by another process")]
    InUse,
}

/// The result of a journal call.
pub type Result<T> = std::result::Result<T, JournalError>;

/// An open journal with its content in memory.
///
/// Dropping it is what the end of the process does: everything committed is
/// there next time, but the journal counts as not closed properly.
pub struct Journal {
    // Closed before the lease ends: fields are dropped in this order.
    connection: Connection,
    files: Box<dyn JournalFiles>,
    rows: Rows,
    unsynced: bool,
    /// It has shown damage: it must be looked through at the next start.
    suspect: bool,
    _lease: Lease,
}

fn closed(connection: Connection) -> Result<()> {
    connection.close().map_err(|(_, error)| error.into())
}

/// A copy is made when the last one is so old, in seconds.
const DAY: i64 = 24 * 3600;

impl Journal {
    /// Opens the journal in `files`, or makes it, and tells in what state it was.
    ///
    /// An unreadable one is put aside and the newest sound copy takes its
    /// place, or a new one; then [`crate::model::PairState::merging`] is set
    /// (amendment 27). Fails with [`JournalError::InUse`] and
    /// [`JournalError::Newer`] without touching anything.
    pub fn open(files: impl JournalFiles + 'static) -> Result<(Self, Health)> {
        let lease = files.lease()?;
        let (connection, rows, health) = open::open(&files)?;
        let files = Box::new(files);
        // What a process before this one committed may still be on its way.
        let unsynced = health != Health::Clean;
        let journal = Self { connection, files, rows, unsynced, suspect: false, _lease: lease };
        Ok((journal, health))
    }

    /// What the journal in `files` holds now, read beside a process that may
    /// be writing; none if there is no journal yet. Fails if it is unreadable:
    /// only [`Self::open`] repairs.
    pub fn read_only(files: &impl JournalFiles) -> Result<Option<Rows>> {
        open::look(files)
    }

    /// What was put aside as the journal in `files` knows it, read beside a
    /// process that may be writing, and nothing else of it.
    pub fn asides(files: &impl JournalFiles) -> Result<BTreeMap<u64, Aside>> {
        open::asides(files)
    }

    /// What is known.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Writes all `changes`, or none, and then knows them. They survive the
    /// end of the process; a power cut may lose the last commits (never an
    /// earlier one without the later), until [`Self::barrier`].
    pub fn commit(&mut self, changes: Vec<Change>) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        let written = self.write(&changes);
        self.suspicious(written)?;
        self.rows.apply(changes);
        self.unsynced = true;
        self.files.wrote(&mut self.connection)
    }

    /// Returns when everything committed survives a power cut. Costs one sync,
    /// or nothing if nothing was committed since the last one.
    pub fn barrier(&mut self) -> Result<()> {
        if !self.unsynced {
            return Ok(());
        }
        let written = open::durably(&self.connection, "UPDATE journal SET barriers = barriers + 1");
        self.suspicious(written)?;
        self.unsynced = false;
        self.files.synced(&mut self.connection)
    }

    /// Keeps a copy of the journal, unless there is one of the last 24 hours;
    /// returns whether it did. `now` is the wall clock in seconds since 1970.
    ///
    /// Call it while both sides are equal: what the copy knows is what a
    /// damaged journal can be replaced by.
    pub fn back_up(&mut self, now: i64) -> Result<bool> {
        let last: Option<i64> =
            self.connection.query_row("SELECT backed_up FROM journal", [], |row| row.get(0))?;
        // A clock that was set back must not put the next copy off for ever.
        if last.is_some_and(|last| (last..last.saturating_add(DAY)).contains(&now)) {
            return Ok(false);
        }
        self.files.back_up(&self.connection)?;
        self.connection.execute("UPDATE journal SET backed_up = ?", [now])?;
        self.unsynced = true;
        self.files.wrote(&mut self.connection)?;
        Ok(true)
    }

    /// Ends the use of the journal: the next start finds it [`Health::Clean`],
    /// unless it has shown damage.
    pub fn close(mut self) -> Result<()> {
        if self.suspect {
            return closed(self.connection);
        }
        open::durably(&self.connection, "UPDATE journal SET clean = 1")?;
        self.files.synced(&mut self.connection)?;
        closed(self.connection)?;
        if let Err(error) = self.files.seal() {
            // Without a seal it is looked through at the next start.
            tracing::debug!(%error, "the journal is not sealed");
        }
        Ok(())
    }

    /// Closes it without the word that all was well: the next start takes it
    /// for one whose process was killed.
    pub fn leave(self) -> Result<()> {
        closed(self.connection)
    }

    fn write(&mut self, changes: &[Change]) -> Result<()> {
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        commit::write(&transaction, &self.rows, changes)?;
        Ok(transaction.commit()?)
    }

    /// Remembers damage, so that [`Self::close`] does not call the journal sound.
    fn suspicious<T>(&mut self, result: Result<T>) -> Result<T> {
        self.suspect |= result.as_ref().is_err_and(open::is_damage);
        result
    }
}
