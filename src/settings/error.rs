//! What is wrong with the settings.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::Level;

/// What is wrong with the settings, or with what was asked of them.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// The system does not say where settings belong.
    #[error("no home folder")]
    NoHome,
    /// A file or folder cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file or folder cannot be written.
    #[error("{path}: {source}")]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("{path}: {reason}")]
    Broken {
        /// Which.
        path: PathBuf,
        /// What is wrong, for somebody who edits it.
        reason: String,
    },
    /// Not the address of a server.
    #[error("not an address: {0}")]
    AddressBad(String),
    /// The address holds a login or password.
    #[error("an address with a login or password in it")]
    AddressSecret,
    /// Plain http to another computer.
    #[error("not encrypted: {0}")]
    NotEncrypted(String),
    /// Not a path on a server.
    #[error("not a remote path: {0}")]
    RemotePathBad(String),
    /// The folder is not there.
    #[error("{0}: not there")]
    FolderMissing(PathBuf),
    /// Something else than a folder.
    #[error("{0}: not a folder")]
    NotAFolder(PathBuf),
    /// A path that cannot be written down.
    #[error("{0}: not UTF-8")]
    PathNotText(PathBuf),
    /// No account to choose from.
    #[error("no account")]
    AccountNone,
    /// Several accounts, and none was chosen.
    #[error("several accounts")]
    AccountWhich,
    /// No account of this name.
    #[error("no account {0}")]
    AccountUnknown(String),
    /// The account is there already.
    #[error("account {0} exists")]
    AccountExists(String),
    /// The account has folders.
    #[error("account {0} is in use")]
    AccountInUse(String),
    /// The folder is not configured.
    #[error("{0}: not configured")]
    FolderUnknown(PathBuf),
    /// The folder overlaps another one.
    #[error("{path} overlaps {other}")]
    Overlap {
        /// The new one.
        path: PathBuf,
        /// The one that is configured.
        other: PathBuf,
    },
    /// Nothing of this name can be chosen.
    #[error("no such option: {0}")]
    OptionUnknown(String),
    /// It cannot be chosen there.
    #[error("{key} is not an option of {level}")]
    OptionElsewhere {
        /// Its name.
        key: &'static str,
        /// Where it was to be chosen.
        level: Level,
    },
    /// It cannot have this value.
    #[error("{key} cannot be {value}: {forms}")]
    OptionBad {
        /// Its name.
        key: &'static str,
        /// The value.
        value: String,
        /// What it can be.
        forms: &'static str,
    },
    /// A line that is none of the grammar of `.gitignore`.
    #[error("{line}: {reason}")]
    PatternBad {
        /// The line.
        line: String,
        /// What is wrong, in the words of a library.
        reason: String,
    },
    /// The folder holds the journal, which would then be synced itself.
    #[error("{path} holds the state in {state}")]
    HoldsState {
        /// The folder.
        path: PathBuf,
        /// Where the journal lies.
        state: PathBuf,
    },
}

/// The result of a call to the settings.
pub type Result<T> = std::result::Result<T, SettingsError>;
