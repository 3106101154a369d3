//! A journal without a disk, for tests, the demo and the simulation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, MAIN_DB};

use super::files::{JournalFiles, KEPT, Lease, Seal, copy};
use super::{JournalError, Result};

/// How many commits without a barrier can be lost at most. On a disk too the
/// log is synced now and then, whenever SQLite empties it into the database.
const UNSYNCED: usize = 256;

/// A journal in memory. Its clones are the same journal, which outlives the
/// [`super::Journal`]s that are opened on it, as a file outlives a process.
///
/// It is real SQLite. After each commit it keeps an image of the database, so
/// that [`Self::power_cut`] can go back to any state that a real one may come
/// back in: a write-ahead log is read up to the first commit that is not whole,
/// hence a cut loses the last commits and never one from their midst.
/// (`tests/journal/power_cut.rs` checks that of the real log, sector by sector.)
/// Images are used because a file system of our own below SQLite would need
/// either unsafe code here or libclang on every machine that builds Navette.
#[derive(Clone, Debug, Default)]
pub struct InMemory(Arc<Mutex<Memory>>);

#[derive(Clone, Debug, Default)]
struct Memory {
    in_use: bool,
    /// Images of the database: the first one is on the platter, the last one
    /// is what a program reads. Empty if there is none.
    images: Vec<Vec<u8>>,
    /// Numbered copies, oldest first.
    backups: Vec<(u64, Vec<u8>)>,
    damaged: Vec<Vec<u8>>,
    /// The hash of a database that was closed properly.
    seal: Option<blake3::Hash>,
}

impl Memory {
    fn hash(&self) -> Option<blake3::Hash> {
        self.images.last().map(|image| blake3::hash(image))
    }
}

impl InMemory {
    /// A place where there is no journal yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many commits a power cut can still take: those since the last barrier.
    pub fn unsynced(&self) -> usize {
        self.memory().images.len().saturating_sub(1)
    }

    /// Cuts the power: of the commits since the last barrier the first `keep`
    /// survive (all, if there are fewer). Drop the [`super::Journal`] first.
    pub fn power_cut(&self, keep: usize) {
        self.memory().images.truncate(keep.saturating_add(1));
    }

    /// Overwrites `bytes` of the database, as a failing disk does. A range
    /// that is not in it is cut.
    pub fn damage(&self, bytes: std::ops::Range<usize>) {
        self.corrupt(|image| {
            let end = bytes.end.min(image.len());
            if let Some(hit) = image.get_mut(bytes.start.min(end)..end) {
                hit.fill(0xA5);
            }
        });
    }

    /// Lets `change` do to the bytes of the database what it likes.
    pub fn corrupt(&self, change: impl FnOnce(&mut Vec<u8>)) {
        let mut memory = self.memory();
        let Some(mut image) = memory.images.pop() else { return };
        change(&mut image);
        memory.images = vec![image];
    }

    /// A disk of its own with the same bytes. Drop the [`super::Journal`] first.
    pub fn copied(&self) -> Self {
        Self(Arc::new(Mutex::new(self.memory().clone())))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lease of a journal in memory.
struct Held(InMemory);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.memory().in_use = false;
    }
}

impl JournalFiles for InMemory {
    fn lease(&self) -> Result<Lease> {
        let mut memory = self.memory();
        if std::mem::replace(&mut memory.in_use, true) {
            return Err(JournalError::InUse);
        }
        drop(memory);
        Ok(Lease::new(Held(self.clone())))
    }

    fn open(&self) -> Result<Connection> {
        let mut connection = Connection::open_in_memory()?;
        match self.memory().images.last() {
            // As on a disk, an empty file is an empty database.
            Some(image) if !image.is_empty() => load(&mut connection, image)?,
            // Small pages make small images.
            _ => connection.pragma_update(None, "page_size", 512)?,
        }
        Ok(connection)
    }

    fn look(&self) -> Result<Option<Connection>> {
        if self.memory().images.is_empty() { Ok(None) } else { self.open().map(Some) }
    }

    fn had_one(&self) -> Result<bool> {
        let memory = self.memory();
        Ok(!memory.backups.is_empty() || !memory.damaged.is_empty())
    }

    fn put_aside(&self) -> Result<String> {
        let mut memory = self.memory();
        let image = memory.images.pop();
        memory.images.clear();
        memory.seal = None;
        memory.damaged.extend(image);
        Ok(format!("memory, damaged {}", memory.damaged.len()))
    }

    fn back_up(&self, journal: &Connection) -> Result<()> {
        let image = image(&mut copy(journal, Connection::open_in_memory()?)?)?;
        let mut memory = self.memory();
        let number = memory.backups.last().map_or(1, |(newest, _)| newest + 1);
        memory.backups.push((number, image));
        let old = memory.backups.len().saturating_sub(KEPT);
        memory.backups.drain(..old);
        Ok(())
    }

    fn backups(&self) -> Result<Vec<u64>> {
        Ok(self.memory().backups.iter().rev().map(|(number, _)| *number).collect())
    }

    fn restore(&self, backup: u64) -> Result<()> {
        let mut memory = self.memory();
        let image = memory.backups.iter().find(|(number, _)| *number == backup);
        memory.images = image.map(|(_, image)| image.clone()).into_iter().collect();
        Ok(())
    }

    fn seal(&self) -> Result<()> {
        let mut memory = self.memory();
        memory.seal = memory.hash();
        Ok(())
    }

    fn unseal(&self) -> Result<Seal> {
        let mut memory = self.memory();
        Ok(match memory.seal.take() {
            None => Seal::Missing,
            seal if seal == memory.hash() => Seal::Whole,
            Some(_) => Seal::Broken,
        })
    }

    fn wrote(&self, journal: &mut Connection) -> Result<()> {
        let image = image(journal)?;
        let mut memory = self.memory();
        memory.images.push(image);
        let old = memory.images.len().saturating_sub(UNSYNCED);
        memory.images.drain(..old);
        Ok(())
    }

    fn synced(&self, journal: &mut Connection) -> Result<()> {
        let image = image(journal)?;
        self.memory().images = vec![image];
        Ok(())
    }
}

fn image(connection: &mut Connection) -> Result<Vec<u8>> {
    Ok(connection.serialize(MAIN_DB)?.to_vec())
}

/// Where the header says whether there is a log beside the database; and that
/// there is one. In memory there is none, and SQLite would look for it.
const LOGGED: std::ops::Range<usize> = 18..20;
const WITH_LOG: u8 = 2;
const WITHOUT_LOG: u8 = 1;

fn load(connection: &mut Connection, image: &[u8]) -> Result<()> {
    let mut image = image.to_vec();
    let logged = image.get_mut(LOGGED).into_iter().flatten();
    logged.filter(|byte| **byte == WITH_LOG).for_each(|byte| *byte = WITHOUT_LOG);
    let image = image.as_slice();
    Ok(connection.deserialize_read_exact(MAIN_DB, image, image.len(), false)?)
}
