//! Opens a journal in whatever state it is found.

use std::collections::BTreeMap;

use rusqlite::{Connection, ErrorCode, ffi};

use super::files::{JournalFiles, Seal};
use super::migrate::{self, Beginning};
use super::{Health, JournalError, Result, read, sound};
use crate::model::{Aside, Rows};
use crate::mutant::{Mutant, broken};

/// Opens the journal, and if it is unreadable the newest copy of it that is
/// sound, and if there is none a new one. The caller holds the lease.
pub(super) fn open(files: &dyn JournalFiles) -> Result<(Connection, Rows, Health)> {
    match start(files, Beginning::First) {
        Err(error) if is_damage(&error) => {}
        result => return result,
    }
    let damaged = files.put_aside()?;
    for backup in files.backups()? {
        files.restore(backup)?;
        match start(files, Beginning::First) {
            Ok((journal, rows, _)) => return Ok((journal, rows, Health::Restored { damaged })),
            Err(error) if is_damage(&error) => files.put_aside()?,
            Err(error) => return Err(error),
        };
    }
    let (journal, rows, _) = start(files, Beginning::AfterLoss)?;
    Ok((journal, rows, Health::Lost { damaged }))
}

fn start(files: &dyn JournalFiles, beginning: Beginning) -> Result<(Connection, Rows, Health)> {
    let mut journal = files.open()?;
    journal.set_prepared_statement_cache_capacity(64);
    let format = migrate::format(&journal)?;
    if format == 0 && beginning == Beginning::First && files.had_one()? {
        return Err(corrupt("it is empty, but there was one"));
    }
    let seal = files.unseal()?;
    if seal == Seal::Broken {
        return Err(corrupt("it is not the one that was closed"));
    }
    configure(&journal)?;
    migrate::bring_up(&mut journal, beginning)?;
    if format == 0 {
        files.wrote(&mut journal)?;
        let rows = read::all(&journal)?;
        return Ok((journal, rows, Health::New));
    }
    let clean: bool = journal.query_row("SELECT clean FROM journal", [], |row| row.get(0))?;
    let known = clean && seal != Seal::Missing;
    if !known {
        check(&journal)?;
    }
    let rows = read::all(&journal)?;
    if !known {
        sound::check(&rows)?;
    }
    if clean {
        // Before anything is done: a power cut must not bring the flag back.
        durably(&journal, "UPDATE journal SET clean = 0")?;
        files.synced(&mut journal)?;
    }
    Ok((journal, rows, if clean { Health::Clean } else { Health::Unclean }))
}

/// Reads what is known, beside a process that writes; none if there is no
/// journal yet. One of an earlier format is brought up in a copy.
pub(super) fn look(files: &dyn JournalFiles) -> Result<Option<Rows>> {
    let Some(mut journal) = files.look()? else { return Ok(None) };
    let moment = journal.transaction()?;
    match migrate::format(&moment)? {
        0 => Ok(None),
        format if format == migrate::known() => read::all(&moment).map(Some),
        _ => read::all(&migrate::brought_up(&moment)?).map(Some),
    }
}

/// What was put aside, by a journal of this or an older format.
pub(super) fn asides(files: &dyn JournalFiles) -> Result<BTreeMap<u64, Aside>> {
    let Some(mut journal) = files.look()? else { return Ok(BTreeMap::new()) };
    let moment = journal.transaction()?;
    match migrate::format(&moment)? {
        0 => Ok(BTreeMap::new()),
        format if format == migrate::known() => read::asides(&moment),
        _ => read::asides(&migrate::brought_up(&moment)?),
    }
}

fn configure(journal: &Connection) -> Result<()> {
    // In memory there is no log, and SQLite stays with what it has.
    journal.pragma_update(None, "journal_mode", "WAL")?;
    journal.pragma_update(None, "synchronous", "NORMAL")?;
    // A first sync makes a long log; it is cut back when it has been emptied.
    journal.pragma_update(None, "journal_size_limit", 16 << 20)?;
    journal.pragma_update(None, "foreign_keys", true)?;
    // macOS: an ordinary fsync leaves the bytes in the disk's cache.
    journal.pragma_update(None, "fullfsync", true)?;
    journal.pragma_update(None, "checkpoint_fullfsync", true)?;
    journal.pragma_update(None, "cell_size_check", true)?;
    journal.pragma_update(None, "trusted_schema", false)?;
    Ok(())
}

/// Runs one small write so that it, and every commit before it, survives a
/// power cut.
///
/// With `synchronous=FULL` the commit ends with one sync of the log, which
/// holds all commits since it was last emptied; emptying it syncs by itself.
/// That is one sync where a checkpoint takes two or three and writes every
/// page twice, and unlike a checkpoint no reader can hold it up.
pub(super) fn durably(journal: &Connection, sql: &str) -> Result<()> {
    let level = if broken(Mutant::JournalAsync) { "NORMAL" } else { "FULL" };
    journal.pragma_update(None, "synchronous", level)?;
    let written = journal.execute(sql, []);
    journal.pragma_update(None, "synchronous", "NORMAL")?;
    written?;
    Ok(())
}

fn check(journal: &Connection) -> Result<()> {
    let found: String = journal.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(corrupt(&found)) }
}

fn corrupt(detail: &str) -> JournalError {
    let error = ffi::Error::new(ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(error, Some(detail.to_owned())).into()
}

/// Whether the file itself is bad, so that opening it again cannot help:
/// unlike a full disk, a missing right or a disk that does not answer.
pub(super) fn is_damage(error: &JournalError) -> bool {
    use rusqlite::Error as E;
    match error {
        JournalError::Row { .. } => true,
        JournalError::Sqlite(E::SqliteFailure(error, _)) => matches!(
            error.code,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown
        ),
        // Our SQL is right for this format: if it does not fit, the schema is
        // bad, and if it finds nothing, a row is missing.
        JournalError::Sqlite(error) => matches!(
            error,
            E::SqlInputError { .. }
                | E::QueryReturnedNoRows
                | E::InvalidColumnType(..)
                | E::FromSqlConversionFailure(..)
                | E::Utf8Error(..)
                | E::IntegralValueOutOfRange(..)
        ),
        JournalError::File { .. } | JournalError::Newer { .. } | JournalError::InUse => false,
    }
}
