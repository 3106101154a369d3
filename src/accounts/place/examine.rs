//! What is at a place, and what becomes of it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use walkdir::WalkDir;

use super::room;
use crate::accounts::{Desk, Refusal, Session};
use crate::clock::Clock;
use crate::peer::{self, Foreign, PeerError};
use crate::settings::{Pair, Settings, SettingsError, overlap};

/// So many files are counted at most,
const MOST: u64 = 20_000;
/// and for so long.
const LONGEST: Duration = Duration::from_secs(2);

/// What is at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The place, without links as far as it is there.
    pub path: PathBuf,
    /// What becomes of it.
    pub fate: Fate,
    /// Bytes that are free there.
    pub free: u64,
}

/// What becomes of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is made.
    New,
    /// It is there, and empty.
    Empty,
    /// It holds files, which are compared.
    Holds(Found),
    /// It is a folder of another client.
    OfClient(Found, Box<Client>),
    /// It lies in the folder of another pair, or around it.
    Nested(PathBuf),
    /// It is the folder of a pair.
    Ours,
    /// It cannot be.
    Unfit(Unfit),
}

/// What a folder holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many files.
    pub files: u64,
    /// There are more that were not counted.
    pub more: bool,
    /// How many bytes they have.
    pub bytes: u64,
}

/// The client whose folder it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// What it is called.
    pub name: &'static str,
    /// It belongs to this very account, and can be taken over.
    pub same: bool,
    /// The client is at work on it.
    pub running: bool,
    /// What it says of the folder; none if it cannot be taken over.
    pub knows: Option<peer::Folder>,
}

/// Why a place cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Something else than a folder stands there, or above.
    NotAFolder,
    /// Nothing can be written there.
    ReadOnly,
    /// It cannot be looked at.
    Unreadable(String),
    /// Its name is none that can be written down.
    NotText,
    /// It is no whole path.
    Relative,
    /// It holds what Navette itself writes down of the pair.
    HoldsState,
}

impl Session {
    /// Looks at a place on this computer.
    ///
    /// # Errors
    ///
    /// If the settings cannot be read.
    pub fn examine(&self, path: &Path, desk: &Desk, clock: &impl Clock) -> Result<Report, Refusal> {
        let settings = desk.settings()?;
        let path = real(path);
        let fate = self.fate(&path, desk, &settings, clock);
        let free = room(&path).map_or(0, |(free, _)| free);
        Ok(Report { path, fate, free })
    }

    fn fate(&self, path: &Path, desk: &Desk, settings: &Settings, clock: &impl Clock) -> Fate {
        if let Some(unfit) = self.unfit(path, desk) {
            return Fate::Unfit(unfit);
        }
        if settings.folder(path).is_some() {
            return Fate::Ours;
        }
        if let Some(other) = settings.folders.iter().find(|folder| overlap(&folder.path, path)) {
            return Fate::Nested(other.path.clone());
        }
        if !path.exists() {
            return Fate::New;
        }
        let found = count(path, clock);
        match self.client(path, desk) {
            Some(client) => Fate::OfClient(found, Box::new(client)),
            None if found == Found::default() => Fate::Empty,
            None => Fate::Holds(found),
        }
    }

    fn unfit(&self, path: &Path, desk: &Desk) -> Option<Unfit> {
        if !path.is_absolute() {
            return Some(Unfit::Relative);
        }
        if path.to_str().is_none() {
            return Some(Unfit::NotText);
        }
        let there = path.ancestors().find(|path| std::fs::symlink_metadata(path).is_ok())?;
        if !there.is_dir() {
            return Some(Unfit::NotAFolder);
        }
        if let Err(error) = std::fs::read_dir(there) {
            return Some(Unfit::Unreadable(error.to_string()));
        }
        // Nothing but the attempt tells what rights, mounts and systems allow.
        if let Err(error) = tempfile::Builder::new().prefix(".navette-").tempfile_in(there) {
            return Some(match error.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Unfit::ReadOnly
                }
                _ => Unfit::Unreadable(error.to_string()),
            });
        }
        let pair = Pair {
            local: path.to_owned(),
            server: self.account.server.clone(),
            user: self.account.user.clone(),
            remote_path: crate::model::RelPath::root(),
            space: None,
        };
        match pair.check_state(&desk.state_dir(&pair)) {
            Err(SettingsError::HoldsState { .. }) => Some(Unfit::HoldsState),
            _ => None,
        }
    }

    /// The client whose folder it is, if it is one's.
    fn client(&self, path: &Path, desk: &Desk) -> Option<Client> {
        let running = match peer::foreign(path) {
            Foreign::None => return None,
            Foreign::Works => true,
            Foreign::Rests => false,
        };
        let looked = peer::look(path, &desk.clients);
        let knows = match looked {
            Ok(knows) => Some(knows),
            Err(PeerError::Unknown(_)) => None,
            Err(error) => {
                tracing::info!(%error, "another client's folder");
                None
            }
        };
        let name = knows.as_ref().map_or("", peer::Folder::client);
        let same = knows.as_ref().is_some_and(|knows| self.is_of(knows));
        Some(Client { name, same, running, knows })
    }
}

/// A path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    let Some(there) = path.ancestors().find(|path| path.exists()) else { return path.to_owned() };
    let below = path.strip_prefix(there).unwrap_or(Path::new(""));
    let there = dunce::canonicalize(there).unwrap_or_else(|_| there.to_owned());
    if below.as_os_str().is_empty() { there } else { there.join(below) }
}

/// What a folder holds, as far as it can be counted in a moment. What only
/// clients have put there is nothing of its user's.
fn count(dir: &Path, clock: &impl Clock) -> Found {
    let mut found = Found::default();
    let end = clock.now() + LONGEST;
    let own = |name: &std::ffi::OsStr| {
        let name = name.to_string_lossy();
        name == ".navette"
            || name.starts_with(".sync_")
            || name.starts_with("._sync_")
            || name.starts_with(".owncloudsync.log")
            || name.starts_with(".nextcloudsync.log")
    };
    let entries = WalkDir::new(dir).min_depth(1).into_iter();
    for entry in entries.filter_entry(|entry| !own(entry.file_name())).flatten() {
        if found.files >= MOST || clock.now() > end {
            found.more = true;
            break;
        }
        if entry.file_type().is_file() {
            found.files += 1;
            found.bytes += entry.metadata().map_or(0, |file| file.len());
        }
    }
    found
}
