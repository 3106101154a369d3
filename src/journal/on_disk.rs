//! The journal's files on the computer's disk.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::files::{JournalFiles, KEPT, Lease, Seal, copy};
use super::{JournalError, Result};

/// A journal in a folder of its own, which only the user may enter.
///
/// | Name | What it is |
/// |---|---|
/// | `journal.db`, `-wal`, `-shm` | the database, and its log while it is open |
/// | `journal.lock` | locked by the process that writes |
/// | `journal.seal` | the hash of the database, while nobody has it open |
/// | `backup-<n>.db` | copies of the last days |
/// | `damaged-<n>.db`, `-wal` | what became unreadable |
#[derive(Clone, Debug)]
pub struct OnDisk {
    /// The folder. It is made if it is not there.
    pub dir: PathBuf,
}

const DATABASE: &str = "journal.db";
const LOCK: &str = "journal.lock";
const SEAL: &str = "journal.seal";
const BACKUP: &str = "backup";
const DAMAGED: &str = "damaged";

impl OnDisk {
    /// The journal in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Copies the journal, which must be closed, into the folder `to`, which
    /// is emptied before.
    ///
    /// # Errors
    ///
    /// If a file cannot be copied.
    pub fn copy_to(&self, to: &Path) -> Result<Self> {
        let copy = Self::new(to);
        if to.exists() {
            told(to, fs::remove_dir_all(to))?;
        }
        copy.make_dir()?;
        for entry in told(&self.dir, fs::read_dir(&self.dir))? {
            let from = told(&self.dir, entry)?.path();
            let name = from.file_name().filter(|name| *name != LOCK && from.is_file());
            if let Some(name) = name {
                let new = to.join(name);
                let mut file = empty_private(&new)?;
                let mut copied = told(&from, File::open(&from))?;
                told(&new, io::copy(&mut copied, &mut file))?;
                told(&new, file.sync_all())?;
            }
        }
        sync_dir(to)?;
        Ok(copy)
    }

    /// Moves the journal, which must be closed, to the folder `to`. A journal
    /// that lies there goes: it is about a folder that is no more.
    ///
    /// # Errors
    ///
    /// If it cannot be moved.
    pub fn move_to(&self, to: &Path) -> Result<()> {
        if to.exists() {
            told(to, fs::remove_dir_all(to))?;
        }
        rename(&self.dir, to)?;
        to.parent().map_or(Ok(()), sync_dir)
    }

    fn database(&self) -> PathBuf {
        self.dir.join(DATABASE)
    }

    fn numbered(&self, what: &str, number: u64) -> PathBuf {
        self.dir.join(format!("{what}-{number}.db"))
    }

    /// The hash of the database, as a seal says it.
    fn hash(&self) -> Result<String> {
        let path = self.database();
        let mut hash = blake3::Hasher::new();
        told(&path, File::open(&path).and_then(|mut file| io::copy(&mut file, &mut hash)))?;
        Ok(hash.finalize().to_hex().to_string())
    }

    /// The numbers of the files called `what`, highest first.
    fn numbers(&self, what: &str) -> Result<Vec<u64>> {
        let mut numbers = Vec::new();
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(numbers),
            entries => told(&self.dir, entries)?,
        };
        for entry in entries {
            let name = told(&self.dir, entry)?.file_name();
            let rest = name.to_str().and_then(|name| name.strip_prefix(what)?.strip_prefix('-'));
            numbers.extend(rest.and_then(|rest| rest.strip_suffix(".db")?.parse::<u64>().ok()));
        }
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        Ok(numbers)
    }

    fn next(&self, what: &str) -> Result<u64> {
        Ok(self.numbers(what)?.first().map_or(1, |newest| newest + 1))
    }

    fn drop_old(&self, what: &str) -> Result<()> {
        for number in self.numbers(what)?.into_iter().skip(KEPT) {
            let old = self.numbered(what, number);
            remove(&beside(&old, "-wal"))?;
            remove(&old)?;
        }
        Ok(())
    }

    /// Makes the folder, so that its own name survives a power cut too.
    fn make_dir(&self) -> Result<()> {
        if self.dir.is_dir() {
            return Ok(());
        }
        told(&self.dir, private_dirs().create(&self.dir))?;
        self.dir.parent().map_or(Ok(()), sync_dir)
    }
}

impl JournalFiles for OnDisk {
    fn lease(&self) -> Result<Lease> {
        self.make_dir()?;
        let path = self.dir.join(LOCK);
        let file = told(&path, private_file().create(true).truncate(false).open(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Lease::new(file)),
            Err(TryLockError::WouldBlock) => Err(JournalError::InUse),
            Err(TryLockError::Error(source)) => told(&path, Err(source)),
        }
    }

    fn open(&self) -> Result<Connection> {
        self.make_dir()?;
        let path = self.database();
        // Made here, because SQLite would let everybody read it. Its log and
        // index take their mode from it.
        match private_file().create_new(true).open(&path) {
            Ok(_) => sync_dir(&self.dir)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(source) => return told(&path, Err(source)),
        }
        connect(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    fn look(&self) -> Result<Option<Connection>> {
        let path = self.database();
        if !told(&path, path.try_exists())? {
            return Ok(None);
        }
        connect(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).map(Some)
    }

    fn had_one(&self) -> Result<bool> {
        Ok(!self.numbers(BACKUP)?.is_empty() || !self.numbers(DAMAGED)?.is_empty())
    }

    fn put_aside(&self) -> Result<String> {
        let from = self.database();
        if !told(&from, from.try_exists())? {
            return Ok(from.display().to_string());
        }
        let to = self.numbered(DAMAGED, self.next(DAMAGED)?);
        // The database first: without it, the log is seen to be stale. The
        // other way round, a power cut in between would leave a database that
        // looks sound and has lost what its log held.
        rename(&from, &to)?;
        remove(&self.dir.join(SEAL))?;
        sync_dir(&self.dir)?;
        let log = beside(&from, "-wal");
        if told(&log, log.try_exists())? {
            rename(&log, &beside(&to, "-wal"))?;
        }
        remove(&beside(&from, "-shm"))?;
        self.drop_old(DAMAGED)?;
        Ok(to.display().to_string())
    }

    fn back_up(&self, journal: &Connection) -> Result<()> {
        let new = self.dir.join("backup.new");
        let file = empty_private(&new)?;
        let done = copy(journal, connect(&new, OpenFlags::SQLITE_OPEN_READ_WRITE)?)?;
        done.close().map_err(|(_, error)| error)?;
        told(&new, file.sync_all())?;
        rename(&new, &self.numbered(BACKUP, self.next(BACKUP)?))?;
        sync_dir(&self.dir)?;
        self.drop_old(BACKUP)
    }

    fn backups(&self) -> Result<Vec<u64>> {
        self.numbers(BACKUP)
    }

    fn restore(&self, backup: u64) -> Result<()> {
        let (from, new, to) =
            (self.numbered(BACKUP, backup), self.dir.join("journal.new"), self.database());
        let mut file = empty_private(&new)?;
        let mut copied = told(&from, File::open(&from))?;
        told(&new, io::copy(&mut copied, &mut file))?;
        told(&new, file.sync_all())?;
        // The log of another database would be taken for this one's.
        remove(&beside(&to, "-wal"))?;
        remove(&beside(&to, "-shm"))?;
        sync_dir(&self.dir)?;
        rename(&new, &to)?;
        sync_dir(&self.dir)
    }

    fn seal(&self) -> Result<()> {
        let new = self.dir.join("seal.new");
        let mut file = empty_private(&new)?;
        told(&new, file.write_all(self.hash()?.as_bytes()))?;
        // After a power cut it is there whole, or not at all. SQLite has synced
        // the database before.
        told(&new, file.sync_all())?;
        rename(&new, &self.dir.join(SEAL))
    }

    fn unseal(&self) -> Result<Seal> {
        let path = self.dir.join(SEAL);
        let sealed = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Seal::Missing),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => String::new(),
            sealed => told(&path, sealed)?,
        };
        let whole = sealed == self.hash()?;
        // Gone for good before the first change: a seal is never older than
        // what it seals.
        remove(&path)?;
        sync_dir(&self.dir)?;
        Ok(if whole { Seal::Whole } else { Seal::Broken })
    }
}

fn connect(path: &Path, mode: OpenFlags) -> Result<Connection> {
    Ok(Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?)
}

fn told<T>(path: &Path, result: io::Result<T>) -> Result<T> {
    result.map_err(|source| JournalError::File { path: path.display().to_string(), source })
}

/// The path of what SQLite keeps beside a database.
fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    told(from, fs::rename(from, to))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => told(path, result),
    }
}

fn empty_private(path: &Path) -> Result<File> {
    remove(path)?;
    told(path, private_file().create_new(true).open(path))
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_dirs() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Makes the names in `dir` survive a power cut.
#[cfg(unix)]
fn sync_dir(dir: &Path) -> Result<()> {
    // The parent of a relative path of one name.
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    told(dir, File::open(dir).and_then(|dir| dir.sync_all()))
}

/// Windows keeps names in its own log and offers no way to wait for it.
#[cfg(not(unix))]
fn sync_dir(_dir: &Path) -> Result<()> {
    Ok(())
}
