//! Brings a journal of any earlier format to this one.
//!
//! `user_version` counts the steps that a file has behind it. Steps are only
//! ever added; one that has been in a release is never changed.

use rusqlite::{Connection, Transaction, TransactionBehavior, ffi};

use super::files::duplicate;
use super::{JournalError, Result};

/// What each step runs; the first one makes the journal.
const STEPS: &[&str] = &[
    include_str!("schema.sql"),
    // Content that was presumed, never compared (amendment 32).
    "ALTER TABLE base ADD COLUMN presumed INTEGER NOT NULL DEFAULT 0 CHECK (presumed IN (0, 1));",
    // A deletion that is to be looked at afterwards (amendment 14).
    "ALTER TABLE intent ADD COLUMN deleting INTEGER NOT NULL DEFAULT 0 CHECK (deleting IN (0, 1));",
    // A creation that may have overwritten something.
    "ALTER TABLE intent ADD COLUMN creating INTEGER NOT NULL DEFAULT 0 CHECK (creating IN (0, 1));",
    // Where an upload in pieces arrives, for the next run.
    "CREATE TABLE upload (node INTEGER PRIMARY KEY, name TEXT NOT NULL, address TEXT NOT NULL) STRICT;",
    // Where something was when it was asked to go.
    "ALTER TABLE intent ADD COLUMN gone_from TEXT;",
    // What was chosen to be kept here (amendments 1 to 3, 30).
    "CREATE TABLE kept (node INTEGER PRIMARY KEY) STRICT;
     CREATE TABLE without (path TEXT NOT NULL, met INTEGER NOT NULL CHECK (met IN (0, 1)),
         PRIMARY KEY (path, met)) STRICT, WITHOUT ROWID;
     CREATE TABLE rules (one INTEGER PRIMARY KEY CHECK (one = 1), text TEXT NOT NULL) STRICT;",
    // Large new folders of the server about which somebody is asked first.
    "CREATE TABLE asked (node INTEGER PRIMARY KEY) STRICT;",
    // What stays on the server when its folder goes, which the next look tells.
    "ALTER TABLE remote ADD COLUMN holds_ignored INTEGER NOT NULL DEFAULT 0
         CHECK (holds_ignored IN (0, 1));
     UPDATE pair SET walked_at = NULL, root_listed = NULL;",
];

/// `application_id` of a journal: "Nvte".
const APPLICATION: i64 = 0x4e76_7465;

/// What a journal that has just been made says of the pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// There never was one.
    First,
    /// The one before was lost: deletes need more than content equal to base
    /// (amendment 27).
    AfterLoss,
}

/// The format that this version writes.
pub(super) fn known() -> i64 {
    count(STEPS)
}

/// Returns the format of the file, 0 for an empty one. Changes nothing, so
/// that a file of a newer Navette, or of another program, stays as it is.
pub(super) fn format(connection: &Connection) -> Result<i64> {
    format_among(connection, STEPS)
}

/// Takes the steps that are missing, all or none. The first node id is 1: 0 is the root.
pub(super) fn bring_up(connection: &mut Connection, beginning: Beginning) -> Result<()> {
    bring_up_by(connection, beginning, STEPS)
}

/// Returns a copy in memory with the steps that are missing, for those who may
/// not write to the journal itself.
pub(super) fn brought_up(journal: &Connection) -> Result<Connection> {
    brought_up_by(journal, STEPS)
}

fn brought_up_by(journal: &Connection, steps: &[&str]) -> Result<Connection> {
    let mut copy = Connection::open_in_memory()?;
    duplicate(journal, &mut copy)?;
    bring_up_by(&mut copy, Beginning::First, steps)?;
    Ok(copy)
}

fn format_among(connection: &Connection, steps: &[&str]) -> Result<i64> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let (application, format) = (number("application_id")?, number("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if (application, format, tables) == (0, 0, 0) {
        return Ok(0);
    }
    if application != APPLICATION || format < 1 {
        let error = ffi::Error::new(ffi::SQLITE_NOTADB);
        let detail = format!("not a journal: application {application:#x}, format {format}");
        return Err(rusqlite::Error::SqliteFailure(error, Some(detail)).into());
    }
    let known = count(steps);
    if format > known { Err(JournalError::Newer { found: format, known }) } else { Ok(format) }
}

fn bring_up_by(connection: &mut Connection, beginning: Beginning, steps: &[&str]) -> Result<()> {
    let format = format_among(connection, steps)?;
    if format == count(steps) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in steps.iter().skip(usize::try_from(format).unwrap_or_default()) {
        transaction.execute_batch(step)?;
    }
    if format == 0 {
        begin(&transaction, beginning)?;
    }
    transaction.pragma_update(None, "user_version", count(steps))?;
    transaction.commit()?;
    Ok(())
}

fn begin(transaction: &Transaction<'_>, beginning: Beginning) -> Result<()> {
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.execute("INSERT INTO journal (one, clean, barriers) VALUES (1, 0, 0)", [])?;
    transaction.execute(
        "INSERT INTO pair (one, tag, former_tags, nonces, next_node, next_aside, merging) VALUES (1, '', '', '', 1, 1, ?)",
        [beginning == Beginning::AfterLoss],
    )?;
    Ok(())
}

fn count(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::read;

    /// The formats up to this one, and one that is still to come.
    fn tomorrow() -> Vec<&'static str> {
        let next = "ALTER TABLE hold ADD COLUMN tries INTEGER NOT NULL DEFAULT 7;";
        STEPS.iter().copied().chain([next]).collect()
    }

    fn journal_of(steps: &[&str]) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        bring_up_by(&mut connection, Beginning::First, steps).unwrap();
        connection
    }

    #[test]
    fn a_journal_of_the_format_before_keeps_its_rows() {
        let mut connection = journal_of(STEPS);
        connection.execute("INSERT INTO hold VALUES (3, 'local', 'mount-gone', 12)", []).unwrap();
        bring_up_by(&mut connection, Beginning::AfterLoss, &tomorrow()).unwrap();

        let row: (i64, i64) = connection
            .query_row("SELECT since, tries FROM hold WHERE node = 3", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(row, (12, 7));
        assert_eq!(format_among(&connection, &tomorrow()).unwrap(), count(STEPS) + 1);
        assert!(!read::all(&connection).unwrap().pair.merging, "only a new journal begins");
    }

    #[test]
    fn a_journal_of_a_newer_format_is_refused_and_left_as_it_is() {
        let mut connection = journal_of(&tomorrow());
        let before = connection.serialize("main").unwrap().to_vec();
        let (found, known) = (count(STEPS) + 1, count(STEPS));
        let refused = bring_up(&mut connection, Beginning::First).unwrap_err();
        assert!(
            matches!(refused, JournalError::Newer { found: f, known: k } if (f, k) == (found, known))
        );
        assert_eq!(connection.serialize("main").unwrap().to_vec(), before);
    }

    #[test]
    fn who_only_looks_at_a_journal_of_the_format_before_leaves_it_so() {
        let connection = journal_of(STEPS);
        let copy = brought_up_by(&connection, &tomorrow()).unwrap();
        assert_eq!(format_among(&copy, &tomorrow()).unwrap(), count(STEPS) + 1);
        assert_eq!(read::all(&copy).unwrap(), read::all(&connection).unwrap());
        assert_eq!(format(&connection).unwrap(), count(STEPS));
    }

    #[test]
    fn a_step_that_fails_leaves_the_format_before() {
        let mut connection = journal_of(STEPS);
        let broken: Vec<&str> =
            tomorrow().into_iter().chain(["DROP TABLE hold; DROP TABLE no_such_table;"]).collect();
        bring_up_by(&mut connection, Beginning::First, &broken).unwrap_err();
        assert_eq!(format(&connection).unwrap(), count(STEPS));
        assert!(read::all(&connection).is_ok());
    }

    #[test]
    fn the_database_of_another_program_is_no_journal() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
        assert!(format(&connection).is_err());
    }
}
