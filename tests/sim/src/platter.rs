//! The journal of a simulated computer: real SQLite on a disk that can fail.
//!
//! SQLite runs on a file system of its own (a VFS) in memory that knows which
//! writes have been synced. A process that is killed loses nothing that it
//! wrote; after a power cut any of the writes since the last sync may be gone,
//! whole or from the middle of one on, in any combination. Names are durable
//! at once: the journal's own files sync their folder, and SQLite does too.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use navette::entropy::Entropy;
use navette::journal::{JournalError, JournalFiles, Lease, copy};
use rusqlite::{Connection, MAIN_DB, OpenFlags};
use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenOptions, Vfs, WalDisabled, register};

use crate::tape::Dice;

/// What SQLite knows our file system by.
const VFS: &str = "platter";

/// A disk writes so many bytes at once, or none of them.
const SECTOR: usize = 512;

/// How many copies of the journal are kept.
const KEPT: usize = 3;

type Result<T> = std::result::Result<T, JournalError>;

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The disk on which one computer keeps its journal. Clones are the same disk.
#[derive(Clone, Debug)]
pub struct Platter {
    number: u64,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, File>,
    backups: Vec<(u64, Vec<u8>)>,
    leased: bool,
    damaged: usize,
    /// The process that had the files open is dead: what it still says is not heard.
    dead: bool,
}

#[derive(Clone, Debug, Default)]
struct File {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Write>,
}

#[derive(Clone, Debug)]
enum Write {
    Bytes { at: usize, bytes: Vec<u8> },
    Length(usize),
}

impl Write {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Bytes { at, bytes } => {
                let end = at + bytes.len();
                if to.len() < end {
                    to.resize(end, 0);
                }
                to[*at..end].copy_from_slice(bytes);
            }
            Self::Length(length) => to.resize(*length, 0),
        }
    }

    /// The sectors of it that got to the platter before the power went.
    fn torn(&self, chance: &impl Entropy) -> Self {
        match self {
            Self::Bytes { at, bytes } => {
                let sectors = bytes.len().div_ceil(SECTOR) as u64 + 1;
                let whole = usize::try_from(chance.bits() % sectors).unwrap_or(0) * SECTOR;
                Self::Bytes { at: *at, bytes: bytes[..whole.min(bytes.len())].to_vec() }
            }
            length @ Self::Length(_) => length.clone(),
        }
    }
}

impl File {
    fn durable(bytes: Vec<u8>) -> Self {
        Self { durable: bytes.clone(), bytes, unsynced: Vec::new() }
    }

    fn write(&mut self, write: Write) {
        write.apply(&mut self.bytes);
        self.unsynced.push(write);
    }

    fn sync(&mut self) {
        for write in std::mem::take(&mut self.unsynced) {
            write.apply(&mut self.durable);
        }
    }

    /// Without power: each write since the last sync is there, torn, or lost.
    fn lose(&mut self, chance: &impl Entropy) {
        let odds = [0, 1, 4, 8][(chance.bits() % 4) as usize];
        for write in std::mem::take(&mut self.unsynced) {
            match chance.bits() % 8 {
                draw if draw >= odds => write.apply(&mut self.durable),
                0 => write.torn(chance).apply(&mut self.durable),
                _ => {}
            }
        }
        self.bytes.clone_from(&self.durable);
    }
}

/// All disks of this process, for SQLite, which knows only names.
fn platters() -> &'static Mutex<BTreeMap<u64, Arc<Mutex<State>>>> {
    static PLATTERS: OnceLock<Mutex<BTreeMap<u64, Arc<Mutex<State>>>>> = OnceLock::new();
    PLATTERS.get_or_init(|| {
        // Only a second registration under this name could fail.
        let _ = register(VFS, Shelf::new(), false);
        Mutex::default()
    })
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// An image of a journal, as a backup of the whole computer keeps it.
#[derive(Clone, Debug)]
pub struct Image(BTreeMap<String, File>);

impl Platter {
    /// A new disk, without a journal.
    pub fn new() -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let state = Arc::new(Mutex::new(State::default()));
        held(platters()).insert(number, Arc::clone(&state));
        Self { number, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        held(&self.state)
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.number)
    }

    /// The process is killed: from now until the next start nothing that it
    /// does reaches the disk, such as SQLite's tidying up when it is closed.
    pub fn kill(&self) {
        self.state().dead = true;
    }

    /// The power fails, after [`Self::kill`].
    pub fn power_cut(&self, chance: &impl Entropy) {
        self.state().files.values_mut().for_each(|file| file.lose(chance));
    }

    /// How many writes a power cut can take.
    pub fn unsynced(&self) -> usize {
        self.state().files.values().map(|file| file.unsynced.len()).sum()
    }

    /// What is on the disk now. Nobody has the journal open.
    pub fn image(&self) -> Image {
        let mut files = self.state().files.clone();
        files.values_mut().for_each(File::sync);
        Image(files)
    }

    /// Puts an older image in place. Nobody has the journal open.
    pub fn restore_image(&self, image: &Image) {
        self.state().files = image.0.clone();
    }

    /// Somebody deletes the journal, and the copies that were kept of it.
    pub fn wipe(&self) {
        let mut state = self.state();
        state.files.clear();
        state.backups.clear();
        state.damaged = 0;
    }

    /// The disk spoils some bytes of the database.
    pub fn damage(&self, chance: &impl Entropy) {
        let mut state = self.state();
        let Some(file) = state.files.get_mut(DATABASE) else { return };
        let pages = (file.bytes.len() / SECTOR) as u64;
        let from = usize::try_from(chance.bits() % pages.max(1)).unwrap_or(0) * SECTOR;
        file.sync();
        let end = (from + SECTOR).min(file.bytes.len());
        file.bytes[from..end].fill(0xA5);
        file.durable.clone_from(&file.bytes);
        // What its log holds would mend it.
        state.files.remove(LOG);
    }
}

impl Default for Platter {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        held(&self.0).leased = false;
    }
}

struct Held(Arc<Mutex<State>>);

const DATABASE: &str = "journal.db";
const LOG: &str = "journal.db-wal";

impl JournalFiles for Platter {
    fn lease(&self) -> Result<Lease> {
        let mut state = self.state();
        if std::mem::replace(&mut state.leased, true) {
            return Err(JournalError::InUse);
        }
        state.dead = false;
        Ok(Lease::new(Held(Arc::clone(&self.state))))
    }

    fn open(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let journal = Connection::open_with_flags_and_vfs(self.path(DATABASE), flags, VFS)?;
        // Small pages for small trees; with one user the log needs no shared memory.
        journal.pragma_update(None, "page_size", 512)?;
        journal.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        journal.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(journal)
    }

    fn look(&self) -> Result<Option<Connection>> {
        let there = self.state().files.contains_key(DATABASE);
        if there { self.open().map(Some) } else { Ok(None) }
    }

    fn had_one(&self) -> Result<bool> {
        let state = self.state();
        Ok(!state.backups.is_empty() || state.damaged > 0)
    }

    fn put_aside(&self) -> Result<String> {
        let mut state = self.state();
        state.files.clear();
        state.damaged += 1;
        Ok(format!("damaged {}", state.damaged))
    }

    fn back_up(&self, journal: &Connection) -> Result<()> {
        let mut copied = copy(journal, Connection::open_in_memory()?)?;
        let image = copied.serialize(MAIN_DB)?.to_vec();
        let mut state = self.state();
        let number = state.backups.last().map_or(1, |(newest, _)| newest + 1);
        state.backups.push((number, image));
        let old = state.backups.len().saturating_sub(KEPT);
        state.backups.drain(..old);
        Ok(())
    }

    fn backups(&self) -> Result<Vec<u64>> {
        Ok(self.state().backups.iter().rev().map(|(number, _)| *number).collect())
    }

    fn restore(&self, backup: u64) -> Result<()> {
        let mut state = self.state();
        let image = state.backups.iter().find(|(number, _)| *number == backup);
        let image = image.map(|(_, image)| image.clone()).unwrap_or_default();
        state.files.clear();
        state.files.insert(DATABASE.to_owned(), File::durable(image));
        Ok(())
    }
}

/// The file system that SQLite sees: all disks of this process.
struct Shelf {
    dice: Dice,
}

impl Shelf {
    fn new() -> Self {
        Self { dice: Dice::new(1) }
    }

    fn find(path: &str) -> io::Result<(Arc<Mutex<State>>, String)> {
        let (number, name) = path.split_once('/').ok_or(io::ErrorKind::NotFound)?;
        let number: u64 = number.parse().map_err(|_| io::ErrorKind::NotFound)?;
        let state = held(platters()).get(&number).cloned().ok_or(io::ErrorKind::NotFound)?;
        Ok((state, name.to_owned()))
    }
}

/// A file of the journal that SQLite has open.
struct Open {
    state: Arc<Mutex<State>>,
    name: String,
    lock: LockKind,
}

impl Open {
    fn change(&self, change: impl FnOnce(&mut File)) {
        let mut state = held(&self.state);
        if !state.dead {
            change(state.files.entry(self.name.clone()).or_default());
        }
    }

    fn see<T>(&self, see: impl FnOnce(&[u8]) -> T) -> T {
        let state = held(&self.state);
        see(state.files.get(&self.name).map_or(&[], |file| file.bytes.as_slice()))
    }
}

fn index(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(io::Error::other)
}

impl DatabaseHandle for Open {
    type WalIndex = WalDisabled;

    fn size(&self) -> io::Result<u64> {
        Ok(self.see(<[u8]>::len) as u64)
    }

    fn read_exact_at(&mut self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        let from = index(offset)?;
        self.see(|bytes| match bytes.get(from..from + buf.len()) {
            Some(there) => {
                buf.copy_from_slice(there);
                Ok(())
            }
            None => {
                let there = bytes.get(from..).unwrap_or_default();
                buf[..there.len()].copy_from_slice(there);
                buf[there.len()..].fill(0);
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        })
    }

    fn write_all_at(&mut self, buf: &[u8], offset: u64) -> io::Result<()> {
        let at = index(offset)?;
        self.change(|file| file.write(Write::Bytes { at, bytes: buf.to_vec() }));
        Ok(())
    }

    fn sync(&mut self, _data_only: bool) -> io::Result<()> {
        self.change(File::sync);
        Ok(())
    }

    fn set_len(&mut self, size: u64) -> io::Result<()> {
        let length = index(size)?;
        self.change(|file| file.write(Write::Length(length)));
        Ok(())
    }

    fn lock(&mut self, lock: LockKind) -> io::Result<bool> {
        self.lock = lock;
        Ok(true)
    }

    fn reserved(&mut self) -> io::Result<bool> {
        Ok(false)
    }

    fn current_lock(&self) -> io::Result<LockKind> {
        Ok(self.lock)
    }

    fn wal_index(&self, _readonly: bool) -> io::Result<WalDisabled> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

impl Vfs for Shelf {
    type Handle = Open;

    fn open(&self, db: &str, opts: OpenOptions) -> io::Result<Open> {
        let (state, name) = Self::find(db)?;
        {
            let mut state = held(&state);
            let there = state.files.contains_key(&name);
            let creates = matches!(opts.access, OpenAccess::Create | OpenAccess::CreateNew);
            if !there && !creates {
                return Err(io::ErrorKind::NotFound.into());
            }
            state.files.entry(name.clone()).or_default();
        }
        Ok(Open { state, name, lock: LockKind::None })
    }

    fn delete(&self, db: &str) -> io::Result<()> {
        let (state, name) = Self::find(db)?;
        let mut state = held(&state);
        if !state.dead {
            state.files.remove(&name);
        }
        Ok(())
    }

    fn exists(&self, db: &str) -> io::Result<bool> {
        let (state, name) = Self::find(db)?;
        let there = held(&state).files.get(&name).is_some_and(|file| !file.bytes.is_empty());
        Ok(there)
    }

    fn temporary_name(&self) -> String {
        "0/temporary".to_owned()
    }

    /// For the salt of the log, which must not repeat. No decision of the
    /// engine follows from it.
    fn random(&self, buffer: &mut [i8]) {
        buffer.iter_mut().for_each(|byte| *byte = self.dice.bits().to_le_bytes()[0].cast_signed());
    }

    fn sleep(&self, duration: Duration) -> Duration {
        duration
    }
}

impl Drop for Platter {
    fn drop(&mut self) {
        // This one and the registry.
        if Arc::strong_count(&self.state) <= 2 {
            held(platters()).remove(&self.number);
        }
    }
}
