//! What a client's journal says of a folder: which folders its user does not
//! want here, and whether files are only stand-ins.
//!
//! The journal is an SQLite database in the folder itself. It is never opened
//! where it lies, for SQLite would leave files beside it: it is copied with its
//! log, and the copy is read. Its bytes are anybody's: what is read of it is
//! bounded and checked.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::{PeerError, Result};
use crate::model::RelPath;

/// The largest journal that is read: 20 million files need so much.
const LARGEST: u64 = 4 << 30;

/// The most folders that a list of choices may name, and the longest path.
const MOST: usize = 100_000;
const LONGEST: usize = 64 * 1024;

/// What the journal tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Remote folders, below that of the pair, that are not wanted here; the
    /// root itself if nothing is.
    pub(super) without: Vec<RelPath>,
    /// How many files are stand-ins, whose bytes are only on the server.
    pub(super) standins: u64,
}

/// Whether a file of this name is a client's journal.
pub(super) fn is_journal(name: &str) -> bool {
    let is_called = |start: &str| {
        name.strip_prefix(start).is_some_and(|rest| rest.ends_with(".db") && rest.len() > 3)
    };
    is_called(".sync_") || is_called("._sync_") || name == ".csync_journal.db"
}

/// The journals of clients in a folder.
pub(super) fn in_folder(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let is_one = entry.file_name().to_str().is_some_and(is_journal);
        if is_one && entry.file_type()?.is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a journal.
pub(super) fn read(path: &Path) -> Result<Told> {
    let unreadable = |source| PeerError::Unreadable { path: path.to_owned(), source };
    let dir = tempfile::tempdir().map_err(unreadable)?;
    let copied = dir.path().join("journal.db");
    copy(path, &copied).map_err(unreadable)?;
    match copy(&beside(path, "-wal"), &beside(&copied, "-wal")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        other => other.map_err(unreadable)?,
    }
    of(&copied).map_err(|reason| PeerError::Broken { path: path.to_owned(), reason })
}

/// Reads the bytes of a journal, for tests of what cannot be trusted.
pub(super) fn read_bytes(bytes: &[u8]) -> std::result::Result<Told, String> {
    let dir = tempfile::tempdir().map_err(|error| error.to_string())?;
    let path = dir.path().join("journal.db");
    fs::write(&path, bytes).map_err(|error| error.to_string())?;
    of(&path)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let from = File::open(from)?;
    if from.metadata()?.len() > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    io::copy(&mut from.take(LARGEST), &mut File::create(to)?).map(drop)
}

fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

fn of(path: &Path) -> std::result::Result<Told, String> {
    let said = |error: rusqlite::Error| error.to_string();
    let journal = open(path).map_err(said)?;
    let mut told = Told::default();
    if is_table(&journal, "selectivesync").map_err(said)? {
        told.without = without(&journal)?;
    }
    if is_table(&journal, "metadata").map_err(said)? {
        // 4: a stand-in, 5: one whose bytes are to be fetched (peers.md 3.3).
        let count = "SELECT count(*) FROM metadata WHERE type IN (4, 5)";
        let count: i64 = journal.query_row(count, [], |row| row.get(0)).map_err(said)?;
        told.standins = u64::try_from(count).unwrap_or(0);
    }
    Ok(told)
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    // To write, so that what stands in the log is there; it is only a copy.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let journal = Connection::open_with_flags(path, flags)?;
    journal.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    journal.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    journal.pragma_update(None, "cell_size_check", true)?;
    Ok(journal)
}

/// Whether there is a table of this name: a view or a module's table could do
/// anything when it is read.
fn is_table(journal: &Connection, name: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) FROM sqlite_master \
               WHERE type = 'table' AND rootpage > 0 AND name = ?1 COLLATE NOCASE";
    journal.query_row(sql, [name], |row| row.get::<_, i64>(0)).map(|count| count == 1)
}

/// What is not wanted: type 1; and what nobody has decided on yet, and is not
/// fetched for that long: type 3.
fn without(journal: &Connection) -> std::result::Result<Vec<RelPath>, String> {
    let said = |error: rusqlite::Error| error.to_string();
    let sql = "SELECT path FROM selectivesync WHERE type IN (1, 3)";
    let mut question = journal.prepare(sql).map_err(said)?;
    let mut rows = question.query([]).map_err(said)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(said)? {
        let path = match row.get_ref(0).map_err(said)? {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) if bytes.len() <= LONGEST => bytes,
            _ => return Err("selectivesync: no path".to_owned()),
        };
        let path = std::str::from_utf8(path).map_err(|error| error.to_string())?;
        let path = RelPath::parse(path.trim_matches('/'));
        found.push(path.map_err(|error| format!("selectivesync: {error}"))?);
        if found.len() > MOST {
            return Err("selectivesync: too long".to_owned());
        }
    }
    found.sort();
    found.dedup();
    // What lies in another one is not wanted with it.
    let outermost =
        |path: &RelPath| !found.iter().any(|other| other != path && path.starts_with(other));
    Ok(found.iter().filter(|path| outermost(path)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(sql: &str) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let connection = Connection::open(dir.path().join(".sync_1.db")).unwrap();
        connection.execute_batch(sql).unwrap();
        dir
    }

    const TABLES: &str = "CREATE TABLE selectivesync (path VARCHAR(4096), type INTEGER);\
                          CREATE TABLE metadata (phash INTEGER(8), path VARCHAR(4096), type INTEGER);";

    #[test]
    fn choices_are_read_and_the_inner_ones_go_with_the_outer() {
        let sql = "INSERT INTO selectivesync VALUES ('Photos/', 1), ('Photos/old/', 1), ('Work/x y/', 3),\
                   ('Wanted/', 2); INSERT INTO metadata VALUES (1, 'a', 0), (2, 'b.nextcloud', 4);";
        let dir = journal(&format!("{TABLES}{sql}"));
        let told = read(&dir.path().join(".sync_1.db")).unwrap();
        let without: Vec<&str> = told.without.iter().map(RelPath::as_str).collect();
        assert_eq!((without.as_slice(), told.standins), (&["Photos", "Work/x y"][..], 1));
    }

    #[test]
    fn the_whole_storage_may_be_unwanted() {
        let dir =
            journal(&format!("{TABLES}INSERT INTO selectivesync VALUES ('/', 1), ('a/', 1);"));
        let told = read(&dir.path().join(".sync_1.db")).unwrap();
        assert_eq!(told.without, [RelPath::root()]);
    }

    #[test]
    fn what_stands_only_in_the_log_is_read_and_nothing_is_written_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".sync_1.db");
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.execute_batch(TABLES).unwrap();
        connection.execute("INSERT INTO selectivesync VALUES ('Music/', 1)", []).unwrap();
        let before: Vec<_> = names(dir.path());
        let bytes = fs::read(&path).unwrap();
        assert_eq!(read(&path).unwrap().without.len(), 1);
        assert_eq!((names(dir.path()), fs::read(&path).unwrap()), (before, bytes));
    }

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_view_in_the_place_of_a_table_is_not_asked() {
        let endless = "CREATE VIEW selectivesync AS WITH RECURSIVE n(path) AS \
                       (SELECT 1 UNION ALL SELECT path + 1 FROM n) SELECT path, 1 AS type FROM n;";
        let dir = journal(endless);
        assert_eq!(read(&dir.path().join(".sync_1.db")).unwrap(), Told::default());
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for path in ["'../x/'", "x'00'", "NULL", "x'ff'"] {
            let sql = format!("{TABLES}INSERT INTO selectivesync VALUES ({path}, 1);");
            let dir = journal(&sql);
            let read = read(&dir.path().join(".sync_1.db"));
            assert!(matches!(read, Err(PeerError::Broken { .. })), "{path}: {read:?}");
        }
    }

    #[test]
    fn what_is_no_database_is_said_to_be_none() {
        assert!(read_bytes(b"not a database at all, but longer than a header of one").is_err());
        assert_eq!(read_bytes(b"").unwrap(), Told::default());
    }

    #[test]
    fn journals_are_known_by_their_names() {
        for name in [".sync_0a1b.db", "._sync_0a1b.db", ".csync_journal.db", ".sync_journal.db"] {
            assert!(is_journal(name), "{name}");
        }
        for name in
            [".sync_0a1b.db-wal", ".sync_.db", "sync_0a1b.db", ".sync_a.dbx", ".owncloudsync.log"]
        {
            assert!(!is_journal(name), "{name}");
        }
    }
}
