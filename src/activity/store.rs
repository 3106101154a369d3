//! The database of what was done.
//!
//! Bounded threefold: by age ([`KEEP_DAYS`]), by rows ([`MOST_ROWS`]) and by
//! bytes ([`MOST_BYTES`]); the oldest go first. It is never synced to the
//! platter by itself: after a power cut the last entries may be missing.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Row, params};
use thiserror::Error;

use super::entry::More;
use super::{Entry, Kept, Query, Verb};

/// How long entries are kept.
pub const KEEP_DAYS: i64 = 90;
/// How many entries are kept.
pub const MOST_ROWS: i64 = 100_000;
/// How many bytes they take on the disk.
pub const MOST_BYTES: i64 = 48 << 20;

/// Old entries that go with one write, at most.
const STEP: i64 = 4096;
/// Ids go on from the time at which a database was begun, so that one that was
/// begun anew never gives an id again: so many a second.
const PER_SECOND: i64 = 1024;
/// Another process may be writing.
const PATIENCE: Duration = Duration::from_secs(2);
const FORMAT: i64 = 1;
const DATABASE: &str = "activity.db";

const SCHEMA: &str = "
    CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        batch INTEGER NOT NULL,
        at INTEGER NOT NULL,
        path TEXT NOT NULL,
        verb TEXT NOT NULL,
        more TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entry_path ON entry (path);
";

/// Why what was done cannot be read or written.
#[derive(Debug, Error)]
pub enum ActivityError {
    /// The file is damaged, or of another version: who writes begins it anew.
    #[error("the activity is unreadable: {0}")]
    Damaged(String),
    /// The disk is full, the file is locked, a right is missing.
    #[error("the activity: {0}")]
    Sqlite(rusqlite::Error),
    /// The file cannot be made or removed.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl From<rusqlite::Error> for ActivityError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let damaged = match &error {
            E::SqliteFailure(error, _) => matches!(
                error.code,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown
            ),
            // Our SQL is right for this format: if it does not fit, the file is bad.
            error => matches!(error, E::SqlInputError { .. } | E::InvalidColumnType(..)),
        };
        match damaged {
            true => Self::Damaged(error.to_string()),
            false => Self::Sqlite(error),
        }
    }
}

type Result<T> = std::result::Result<T, ActivityError>;

/// The database in a pair's folder of state.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    connection: Connection,
    most_rows: i64,
    most_bytes: i64,
}

impl Store {
    /// Opens it to write, or makes it; what is damaged is begun anew.
    ///
    /// # Errors
    ///
    /// If the disk does not let it.
    pub fn open(dir: &Path) -> Result<Self> {
        match Self::found(dir) {
            Err(ActivityError::Damaged(why)) => {
                tracing::warn!(why, "what was done is begun anew");
                Self::forget(dir)?;
                Self::found(dir)
            }
            opened => opened,
        }
    }

    /// Opens it to read, beside whoever writes; none if nothing was written yet.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn read(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(DATABASE);
        if !path
            .try_exists()
            .map_err(|source| ActivityError::File { path: path.clone(), source })?
        {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Self::on(dir, Connection::open_with_flags(&path, flags)?)?;
        match store.format()? {
            FORMAT => Ok(Some(store)),
            // Just being made.
            0 => Ok(None),
            other => Err(ActivityError::Damaged(format!("format {other}"))),
        }
    }

    /// The same with other bounds.
    #[must_use]
    pub fn bounded(self, most_rows: i64, most_bytes: i64) -> Self {
        Self { most_rows, most_bytes, ..self }
    }

    /// Writes entries down, in one transaction, and lets old ones go; returns
    /// their ids. `batch` groups them with others; without, they are a new one.
    ///
    /// # Errors
    ///
    /// If nothing could be written.
    pub fn add(&mut self, entries: &[Entry], batch: Option<i64>, now: i64) -> Result<Vec<Kept>> {
        match self.written(entries, batch, now) {
            Err(ActivityError::Damaged(why)) => {
                tracing::warn!(why, "what was done is begun anew");
                let (most_rows, most_bytes) = (self.most_rows, self.most_bytes);
                Self::forget(&self.dir)?;
                *self = Self::found(&self.dir)?.bounded(most_rows, most_bytes);
                self.written(entries, batch, now)
            }
            kept => kept,
        }
    }

    /// The entries that are wanted, newest first.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn page(&self, query: &Query) -> Result<Vec<Kept>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, batch, at, path, verb, more FROM entry
             WHERE id < ?1 AND id > ?2 AND at >= ?3 ORDER BY id DESC",
        )?;
        let (before, after) = (query.before.unwrap_or(i64::MAX), query.after.unwrap_or(i64::MIN));
        let bounds = params![before, after, query.since.unwrap_or(i64::MIN)];
        let mut rows = statement.query(bounds)?;
        let mut page = Vec::new();
        let text = query.text.to_lowercase();
        while let Some(row) = rows.next()? {
            let wanted = || query.verbs.iter().map(|verb| word(*verb));
            let verb: String = row.get(4)?;
            if !query.verbs.is_empty() && !wanted().any(|wanted| wanted == verb) {
                continue;
            }
            // To look at the text is much quicker than to read it.
            if !may_hold(row, &text)? {
                continue;
            }
            // Written by a later version: it can be shown by that one only.
            let Some(kept) = kept(row)? else { continue };
            let takes = query.filter.as_ref().is_none_or(|filter| filter.takes_entry(&kept.entry));
            if takes && names(&kept.entry, &text) {
                page.push(kept);
            }
            if query.limit.is_some_and(|limit| page.len() >= limit) {
                break;
            }
        }
        Ok(page)
    }

    /// The last entries about exactly this path, newest first.
    ///
    /// # Errors
    ///
    /// If they cannot be read.
    pub fn of_path(&self, path: &str, limit: usize) -> Result<Vec<Kept>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, batch, at, path, verb, more FROM entry WHERE path = ?1
             ORDER BY id DESC LIMIT ?2",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![path, limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.extend(kept(row)?);
        }
        Ok(found)
    }

    /// How many entries there are.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn rows(&self) -> Result<i64> {
        Ok(self.connection.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))?)
    }

    /// How many bytes they take.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn bytes(&self) -> Result<i64> {
        let pragma = |name: &str| self.connection.pragma_query_value(None, name, |row| row.get(0));
        let (pages, free, size): (i64, i64, i64) =
            (pragma("page_count")?, pragma("freelist_count")?, pragma("page_size")?);
        Ok((pages - free) * size)
    }

    fn on(dir: &Path, connection: Connection) -> Result<Self> {
        connection.busy_timeout(PATIENCE)?;
        let (most_rows, most_bytes) = (MOST_ROWS, MOST_BYTES);
        Ok(Self { dir: dir.to_owned(), connection, most_rows, most_bytes })
    }

    fn format(&self) -> Result<i64> {
        Ok(self.connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
    }

    fn found(dir: &Path) -> Result<Self> {
        let path = dir.join(DATABASE);
        make(dir, &path).map_err(|source| ActivityError::File { path: path.clone(), source })?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut store = Self::on(dir, Connection::open_with_flags(&path, flags)?)?;
        store.connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        store.connection.pragma_update(None, "journal_mode", "WAL")?;
        store.connection.pragma_update(None, "synchronous", "NORMAL")?;
        store.connection.pragma_update(None, "journal_size_limit", 1 << 20)?;
        match store.format()? {
            FORMAT => store.check()?,
            0 => store.begin()?,
            other => return Err(ActivityError::Damaged(format!("format {other}"))),
        }
        Ok(store)
    }

    fn begin(&mut self) -> Result<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
        Ok(transaction.commit()?)
    }

    fn check(&self) -> Result<()> {
        let found: String =
            self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if found == "ok" { Ok(()) } else { Err(ActivityError::Damaged(found)) }
    }

    /// Removes the files of the database.
    fn forget(dir: &Path) -> Result<()> {
        for suffix in ["", "-wal", "-shm"] {
            let path = dir.join(format!("{DATABASE}{suffix}"));
            match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(|source| ActivityError::File { path, source })?,
            }
        }
        Ok(())
    }

    fn written(&mut self, entries: &[Entry], batch: Option<i64>, now: i64) -> Result<Vec<Kept>> {
        let too_large = self.bytes()? > self.most_bytes;
        let transaction = self.connection.transaction()?;
        let last: Option<i64> =
            transaction.query_row("SELECT max(id) FROM entry", [], |row| row.get(0))?;
        let first = last.map_or_else(|| now.saturating_mul(PER_SECOND), |last| last + 1);
        let batch = batch.unwrap_or(first);
        let mut kept = Vec::with_capacity(entries.len());
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO entry (id, batch, at, path, verb, more) VALUES (?, ?, ?, ?, ?, ?)",
            )?;
            for (id, entry) in (first..).zip(entries) {
                let (verb, more) = (word(entry.verb), more_text(&entry.more));
                insert.execute(params![id, batch, entry.at, entry.path, verb, more])?;
                kept.push(Kept { id, batch, entry: entry.clone() });
            }
        }
        let newest = first + i64::try_from(entries.len()).unwrap_or(0) - 1;
        transaction.execute("DELETE FROM entry WHERE id <= ?", [newest - self.most_rows])?;
        // From the oldest on: a clock that was set makes no hole in the midst.
        transaction.execute(
            "DELETE FROM entry WHERE id IN (SELECT id FROM entry ORDER BY id LIMIT ?1) AND at < ?2",
            [STEP, now.saturating_sub(KEEP_DAYS * 24 * 3600)],
        )?;
        if too_large {
            transaction.execute(
                "DELETE FROM entry WHERE id IN
                 (SELECT id FROM entry ORDER BY id LIMIT (SELECT count(*) / 8 + 1 FROM entry))",
                [],
            )?;
        }
        transaction.commit()?;
        if too_large {
            self.connection.execute_batch("PRAGMA incremental_vacuum")?;
        }
        Ok(kept)
    }
}

/// Makes the file, so that only its user may read it: it holds names of files.
fn make(dir: &Path, path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    builder.create(dir)?;
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

fn word(verb: Verb) -> String {
    serde_json::to_value(verb)
        .ok()
        .and_then(|word| Some(word.as_str()?.to_owned()))
        .unwrap_or_default()
}

/// Without what has no value: most entries have little.
fn more_text(more: &More) -> String {
    let mut value = serde_json::json!(more);
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_null() && *field != serde_json::json!(0));
    }
    value.to_string()
}

fn kept(row: &Row<'_>) -> Result<Option<Kept>> {
    let (verb, more): (String, String) = (row.get(4)?, row.get(5)?);
    let verb = serde_json::from_value::<Verb>(verb.into());
    let more = serde_json::from_str::<More>(&more);
    let (Ok(verb), Ok(more)) = (verb, more) else { return Ok(None) };
    let entry = Entry { at: row.get(2)?, path: row.get(3)?, verb, more };
    Ok(Some(Kept { id: row.get(0)?, batch: row.get(1)?, entry }))
}

/// Whether an entry may hold this text, which is in small letters: its path
/// does, or what else is kept of it, where quotes and the like are written otherwise.
fn may_hold(row: &Row<'_>, text: &str) -> Result<bool> {
    if text.is_empty() {
        return Ok(true);
    }
    let (path, more) = (row.get_ref(3)?.as_str(), row.get_ref(5)?.as_str());
    let holds = |kept: &str| kept.to_lowercase().contains(text);
    let is_plain = !text.contains(['"', '\\']) && !text.contains(char::is_control);
    Ok(path.is_ok_and(holds) || !is_plain || more.is_ok_and(holds))
}

/// Whether this text is in a path that the entry is about, now or before.
fn names(entry: &Entry, text: &str) -> bool {
    let others = [&entry.more.from, &entry.more.copy, &entry.more.shown_as].into_iter().flatten();
    let mut paths = std::iter::once(&entry.path).chain(others);
    text.is_empty() || paths.any(|path| path.to_lowercase().contains(text))
}

#[cfg(test)]
#[path = "store/tests.rs"]
mod tests;
