//! Folders of the ownCloud and Nextcloud desktop clients: what these clients
//! have written down of them, so that they can be taken over.
//!
//! Their settings and journals are read and never written. They give where the
//! folder belongs and what is not wanted of it. What their journal says of
//! versions and checksums is not taken over: it is what another program once
//! saw, and no proof of what both sides show now (I4). The first run compares.
//!
//! Written from what the public sources of the clients show of the formats
//! (peers.md 3.3); tried with the clients of Debian 12.

mod config;
mod ini;
mod journal;
mod running;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::model::RelPath;
use crate::settings::{Address, SettingsError};

pub use config::usual_places;

/// The longest settings file that is read.
const LONGEST: u64 = 16 << 20;

/// What is known of a folder of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The settings file that names it.
    pub config: PathBuf,
    /// The server.
    pub server: Address,
    /// The login.
    pub login: String,
    /// The account's id on the server.
    pub user_id: Option<String>,
    /// The folder there.
    pub remote_path: RelPath,
    /// The space it is in, by its id.
    pub space: Option<String>,
    /// Remote folders, below that of the pair, that are not wanted here.
    pub without: Vec<RelPath>,
    /// Hidden files are left out.
    pub hides: bool,
}

/// Why a folder cannot be taken over.
#[derive(Debug, Error)]
pub enum PeerError {
    /// No client's settings name the folder.
    #[error("no settings name {0}")]
    Unknown(PathBuf),
    /// The client is at work on it.
    #[error("a client works on {0}")]
    Running(PathBuf),
    /// Files in it are only stand-ins, without their bytes.
    #[error("{0}: files are stand-ins")]
    Standins(PathBuf),
    /// Nothing of the storage is wanted here.
    #[error("{0}: nothing is selected")]
    Nothing(PathBuf),
    /// The server that it belongs to is none that can be used.
    #[error(transparent)]
    Server(#[from] SettingsError),
    /// A file of the client cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file of the client is not what it should be.
    #[error("{path}: {reason}")]
    Broken {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// The result of a look at a client's files.
pub type Result<T> = std::result::Result<T, PeerError>;

/// How a folder stands with other clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// There is no journal of one.
    None,
    /// One has worked on it, or does, and is not at work at this moment.
    Rests,
    /// One holds its journal open.
    Works,
}

/// Whether another client's journal lies in the folder, and is in use. What
/// cannot be looked at says nothing.
pub fn foreign(dir: &Path) -> Foreign {
    match journal::in_folder(dir) {
        Ok(journals) if journals.is_empty() => Foreign::None,
        Ok(journals) if journals.iter().any(|path| running::is_held(path)) => Foreign::Works,
        Ok(_) => Foreign::Rests,
        Err(error) => {
            tracing::debug!(%error, "other clients' journals");
            Foreign::None
        }
    }
}

/// Finds what a client knows of the folder at `dir` (without links), in the
/// settings files at `places`.
///
/// # Errors
///
/// If none of them names the folder, the client is at work on it, or what it
/// keeps there cannot be taken over.
pub fn find(dir: &Path, places: &[PathBuf]) -> Result<Folder> {
    let found = look(dir, places)?;
    match foreign(dir) {
        Foreign::Works => Err(PeerError::Running(dir.to_owned())),
        Foreign::Rests | Foreign::None => Ok(found),
    }
}

/// As [`find`], also while the client is at work on the folder: what it says
/// then may be another thing in a moment.
///
/// # Errors
///
/// If none of them names the folder, or what it keeps there cannot be taken over.
pub fn look(dir: &Path, places: &[PathBuf]) -> Result<Folder> {
    for config in places {
        let Some(text) = text(config)? else { continue };
        let Some(named) = config::named(&ini::Ini::parse(&text), dir) else { continue };
        let named = named.map_err(|key| PeerError::Broken {
            path: config.clone(),
            reason: format!("Accounts: {key}"),
        })?;
        return found(dir, config, named);
    }
    Err(PeerError::Unknown(dir.to_owned()))
}

impl Folder {
    /// What people call the client.
    pub fn client(&self) -> &'static str {
        let name = self.config.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("nextcloud") { "Nextcloud" } else { "ownCloud" }
    }
}

/// What a journal says that consists of these bytes: for tests of what cannot
/// be trusted.
///
/// # Errors
///
/// If they are no journal.
pub fn unwanted_in(bytes: &[u8]) -> std::result::Result<Vec<RelPath>, String> {
    journal::read_bytes(bytes).map(|told| told.without)
}

/// As [`find`], with the text of one settings file: for tests of what cannot
/// be trusted.
pub fn named_in(text: &str, dir: &Path) -> bool {
    config::named(&ini::Ini::parse(text), dir).is_some()
}

fn found(dir: &Path, config: &Path, named: config::Named) -> Result<Folder> {
    let unreadable = |source| PeerError::Unreadable { path: dir.to_owned(), source };
    let journals = journal::in_folder(dir).map_err(unreadable)?;
    // The one that the settings name; else all that lie here: of two, the
    // choices of both hold.
    let is_named = |path: &&PathBuf| {
        named
            .journal
            .as_ref()
            .is_none_or(|name| path.file_name().is_some_and(|is| is == name.as_str()))
    };
    let named_ones: Vec<&PathBuf> = journals.iter().filter(is_named).collect();
    let read = if named_ones.is_empty() { journals.iter().collect() } else { named_ones };
    let mut without = Vec::new();
    for path in read {
        let told = journal::read(path)?;
        if named.standins || told.standins > 0 {
            return Err(PeerError::Standins(dir.to_owned()));
        }
        without.extend(told.without);
    }
    if named.standins {
        return Err(PeerError::Standins(dir.to_owned()));
    }
    if without.iter().any(RelPath::is_root) {
        return Err(PeerError::Nothing(dir.to_owned()));
    }
    Ok(Folder {
        config: config.to_owned(),
        server: Address::parse(&named.server)?,
        login: named.login,
        user_id: named.user_id,
        remote_path: named.remote_path,
        space: named.space,
        without,
        hides: named.hides,
    })
}

/// The text of a settings file; none if it is not there.
fn text(path: &Path) -> Result<Option<String>> {
    let unreadable = |source| PeerError::Unreadable { path: path.to_owned(), source };
    match std::fs::metadata(path) {
        Ok(file) if file.len() > LONGEST => Err(unreadable(io::ErrorKind::FileTooLarge.into())),
        Ok(_) => {
            let bytes = std::fs::read(path).map_err(unreadable)?;
            Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(None),
        Err(error) => Err(unreadable(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Stage {
        dir: tempfile::TempDir,
    }

    impl Stage {
        /// A folder with a client's settings that end in `more`, and a journal.
        fn new(more: &str, sql: &str) -> Self {
            let dir = tempfile::tempdir().unwrap();
            let folder = dunce::canonicalize(dir.path()).unwrap().join("Cloud");
            std::fs::create_dir(&folder).unwrap();
            let config = format!(
                "[Accounts]\n0\\url=http://127.0.0.1:1\n0\\http_user=alice\n\
                 0\\Folders\\1\\localPath={}/\n{more}",
                // As they write it on every system.
                folder.display().to_string().replace('\\', "/")
            );
            std::fs::write(dir.path().join("owncloud.cfg"), config).unwrap();
            let journal = rusqlite::Connection::open(folder.join(".sync_1.db")).unwrap();
            let tables = "CREATE TABLE selectivesync (path VARCHAR(4096), type INTEGER);\
                          CREATE TABLE metadata (path VARCHAR(4096), type INTEGER);";
            journal.execute_batch(&format!("{tables}{sql}")).unwrap();
            Self { dir }
        }

        fn folder(&self) -> PathBuf {
            dunce::canonicalize(self.dir.path()).unwrap().join("Cloud")
        }

        fn find(&self) -> Result<Folder> {
            let places = [self.dir.path().join("none.cfg"), self.dir.path().join("owncloud.cfg")];
            find(&self.folder(), &places)
        }
    }

    #[test]
    fn a_folder_is_found_with_what_is_not_wanted_of_it() {
        let stage = Stage::new(
            "0\\Folders\\1\\targetPath=/Work/\n",
            "INSERT INTO selectivesync VALUES ('Photos/', 1);",
        );
        let found = stage.find().unwrap();
        assert_eq!((found.login.as_str(), found.remote_path.as_str()), ("alice", "Work"));
        assert_eq!(found.without, [RelPath::parse("Photos").unwrap()]);
        assert_eq!(foreign(&stage.folder()), Foreign::Rests);
        assert_eq!(foreign(stage.dir.path()), Foreign::None);
    }

    #[test]
    fn standins_and_an_empty_choice_are_not_taken_over() {
        let stage = Stage::new("0\\Folders\\1\\virtualFilesMode=wincfapi\n", "");
        assert!(matches!(stage.find(), Err(PeerError::Standins(_))));
        let stage = Stage::new("", "INSERT INTO metadata VALUES ('a.owncloud', 4);");
        assert!(matches!(stage.find(), Err(PeerError::Standins(_))));
        let stage = Stage::new("", "INSERT INTO selectivesync VALUES ('/', 1);");
        assert!(matches!(stage.find(), Err(PeerError::Nothing(_))));
    }

    #[test]
    fn a_folder_that_no_settings_name_is_unknown() {
        let stage = Stage::new("", "");
        let other = dunce::canonicalize(stage.dir.path()).unwrap();
        let places = [stage.dir.path().join("owncloud.cfg")];
        assert!(matches!(find(&other, &places), Err(PeerError::Unknown(_))));
    }
}
