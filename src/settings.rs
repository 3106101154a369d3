//! Accounts and folders, in one file that a person may read and edit.
//!
//! `settings.toml` lies in the user's configuration folder and holds no
//! secret. It is written whole, under another name, and then renamed;
//! comments and keys that this version does not know stay in it.
//!
//! ```toml
//! version = 1
//!
//! [[account]]
//! name = "alice@cloud.example.org"      # how the other tables call it
//! server = "https://cloud.example.org"  # https, or http to this computer itself
//! user = "alice"                        # the login
//! user_id = "4f2a"                      # optional: the account's id, told by the server
//! display_name = "Alice Test"           # optional: told by the server
//! ca_file = "/etc/ssl/our-ca.pem"       # optional: who else vouches for the server
//! certificate = "3A:F0:…"              # optional: its own certificate, by its fingerprint
//!
//! [[folder]]
//! path = "/home/alice/Documents"        # the folder on this computer
//! account = "alice@cloud.example.org"
//! remote_path = "/Documents"            # the folder on the server
//! space = "2459b6b5$9a0e"               # optional, oCIS: the id of the space it is in
//!
//! [sync]                                # what is chosen for all ([`KEYS`]); accounts and
//! upload_limit = "2 MB/s"               # folders may choose otherwise for themselves
//!
//! [window]                              # what is chosen for the window alone ([`Window`])
//! ```
//!
//! Imports `model` and, to wait for changes of the file, `clock`.

mod address;
mod assistant;
pub mod choice;
mod chosen;
mod document;
mod error;
mod follow;
mod ignored;
mod limits;
mod noted;
mod options;
mod pause_file;
mod places;
mod window;

use std::path::{Path, PathBuf};

use crate::model::{Choice, RelPath};

pub use address::{Address, remote_path};
pub use chosen::Scope;
pub use document::Document;
pub use error::{Result, SettingsError};
pub use follow::Follower;
pub use ignored::{Lines, Verdict, leave_out};
pub use limits::{Hours, OnBattery, OnMetered, Policy, ProxyChoice};
pub use noted::Noted;
pub use options::{KEYS, Key, Level, Options};
pub use pause_file::PauseFile;
pub use places::{Places, inside, local_dir, overlap};
pub use window::{Notify, Tone, Window, WindowChange};

/// A server with a login there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// How folders and people call it.
    pub name: String,
    /// Where the server is.
    pub server: Address,
    /// The login.
    pub user: String,
    /// The account's id on the server, which may differ from the login, as
    /// far as the server has told it.
    pub user_id: Option<String>,
    /// What people call the account, as far as the server has told it.
    pub display_name: Option<String>,
    /// A file with further certificates that vouch for the server.
    pub ca_file: Option<PathBuf>,
    /// The fingerprint (SHA-256) of the one certificate that is trusted of this
    /// server although the system does not vouch for it.
    pub certificate: Option<String>,
    /// What is never synced in its folders, in the grammar of `.gitignore`.
    pub ignore: Vec<String>,
}

impl Account {
    /// The account of `user` on `server`, under its usual name.
    pub fn new(server: Address, user: String, ca_file: Option<PathBuf>) -> Self {
        let name = server.account_name(&user);
        let (user_id, display_name, certificate) = (None, None, None);
        let ignore = Vec::new();
        Self { name, server, user, user_id, display_name, ca_file, certificate, ignore }
    }
}

/// A folder of this computer and its partner on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The folder here, without links in its path.
    pub path: PathBuf,
    /// The account's name.
    pub account: String,
    /// The folder there.
    pub remote_path: RelPath,
    /// The id of the space that it is in; none: the account's own storage.
    pub space: Option<String>,
    /// What of it is kept here, and what is never synced.
    pub choice: Choice,
}

/// What is kept equal with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The folder here, without links in its path.
    pub local: PathBuf,
    /// The server.
    pub server: Address,
    /// The login.
    pub user: String,
    /// The folder there.
    pub remote_path: RelPath,
    /// The space that it is in, by id or name; none: the account's own storage.
    pub space: Option<String>,
}

impl Pair {
    /// The pair of a configured folder and its account.
    pub fn of(folder: &Folder, account: &Account) -> Self {
        Self {
            local: folder.path.clone(),
            server: account.server.clone(),
            user: account.user.clone(),
            remote_path: folder.remote_path.clone(),
            space: folder.space.clone(),
        }
    }

    /// A name that is the same for the same pair in every run, and another
    /// for every other pair.
    pub fn id(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let space = self.space.iter().map(String::as_bytes);
        let parts = [
            self.local.as_os_str().as_encoded_bytes(),
            self.server.as_str().as_bytes(),
            self.user.as_bytes(),
            self.remote_path.as_str().as_bytes(),
        ];
        // Pairs without a space are called as they were before there were any.
        for part in parts.into_iter().chain(space) {
            // With its length, so that no two lists of parts run together.
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }
}

/// What is configured, and the file that it came from.
pub struct Settings {
    document: Document,
    /// The accounts, in the file's order.
    pub accounts: Vec<Account>,
    /// The folders, in the file's order.
    pub folders: Vec<Folder>,
    /// What is never synced, wherever it is, in the grammar of `.gitignore`.
    pub everywhere: Vec<String>,
}

impl Settings {
    /// Reads the settings; a file that is not there counts as empty.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or understood.
    pub fn open(path: &Path) -> Result<Self> {
        let document = Document::open(path)?;
        let (accounts, folders) = (document.accounts()?, document.folders()?);
        let everywhere = document.everywhere()?;
        let settings = Self { document, accounts, folders, everywhere };
        settings.check_options()?;
        Ok(settings)
    }

    /// Returns keys of the file that this version does not know.
    pub fn unknown_keys(&self) -> Vec<String> {
        self.document.unknown_keys()
    }

    /// Returns the account called `name`, or, without a name, the only one.
    ///
    /// # Errors
    ///
    /// If there is none, or no one to choose.
    pub fn account(&self, name: Option<&str>) -> Result<&Account> {
        match (name, self.accounts.as_slice()) {
            (None, [only]) => Ok(only),
            (None, []) => Err(SettingsError::AccountNone),
            (None, _) => Err(SettingsError::AccountWhich),
            (Some(name), accounts) => accounts
                .iter()
                .find(|account| account.name == name)
                .ok_or_else(|| SettingsError::AccountUnknown(name.to_owned())),
        }
    }

    /// Returns the configured folder at `path` (without links), if there is one.
    pub fn folder(&self, path: &Path) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.path == path)
    }

    /// Adds an account and writes the file.
    ///
    /// # Errors
    ///
    /// If it is there already, or the file cannot be written.
    pub fn add_account(&mut self, account: Account) -> Result<()> {
        if self.accounts.iter().any(|known| known.name == account.name) {
            return Err(SettingsError::AccountExists(account.name));
        }
        self.document.push_account(&account)?;
        self.accounts.push(account);
        self.document.save()
    }

    /// Removes an account and writes the file.
    ///
    /// # Errors
    ///
    /// If it is not there or has folders, or the file cannot be written.
    pub fn remove_account(&mut self, name: &str) -> Result<()> {
        if self.folders.iter().any(|folder| folder.account == name) {
            return Err(SettingsError::AccountInUse(name.to_owned()));
        }
        let at = self.accounts.iter().position(|account| account.name == name);
        let at = at.ok_or_else(|| SettingsError::AccountUnknown(name.to_owned()))?;
        self.accounts.remove(at);
        self.document.remove_account(at);
        self.document.save()
    }

    /// Adds a folder and writes the file.
    ///
    /// # Errors
    ///
    /// If it overlaps another one, or the file cannot be written.
    pub fn add_folder(&mut self, folder: Folder) -> Result<()> {
        self.check_apart(&folder.path)?;
        self.document.push_folder(&folder)?;
        self.folders.push(folder);
        self.document.save()
    }

    /// Checks that a folder is apart from all that are configured.
    ///
    /// # Errors
    ///
    /// If it overlaps one of them.
    pub fn check_apart(&self, path: &Path) -> Result<()> {
        Self::apart(path, self.folders.iter())
    }

    /// As [`Self::check_apart`], for a folder that is to leave `from`.
    ///
    /// # Errors
    ///
    /// If it overlaps another one.
    pub fn check_apart_but(&self, path: &Path, from: &Path) -> Result<()> {
        Self::apart(path, self.folders.iter().filter(|folder| folder.path != from))
    }

    fn apart<'a>(path: &Path, mut others: impl Iterator<Item = &'a Folder>) -> Result<()> {
        match others.find(|other| overlap(&other.path, path)) {
            None => Ok(()),
            Some(other) => {
                let other = other.path.clone();
                Err(SettingsError::Overlap { path: path.to_owned(), other })
            }
        }
    }

    /// Lets the folder at `path` be at `to`, and writes the file.
    ///
    /// # Errors
    ///
    /// If it is not there, or overlaps another one at its new place, or the
    /// file cannot be written.
    pub fn move_folder(&mut self, path: &Path, to: &Path) -> Result<()> {
        let at = self.folders.iter().position(|folder| folder.path == path);
        let at = at.ok_or_else(|| SettingsError::FolderUnknown(path.to_owned()))?;
        self.check_apart_but(to, path)?;
        self.document.move_folder(path, to)?;
        to.clone_into(&mut self.folders[at].path);
        self.document.save()
    }

    /// Removes a folder and writes the file.
    ///
    /// # Errors
    ///
    /// If it is not there, or the file cannot be written.
    pub fn remove_folder(&mut self, path: &Path) -> Result<()> {
        let at = self.folders.iter().position(|folder| folder.path == path);
        let at = at.ok_or_else(|| SettingsError::FolderUnknown(path.to_owned()))?;
        self.folders.remove(at);
        self.document.remove_folder(at);
        self.document.save()
    }
}

/// What tells this computer from a copy of it (amendment 26), whatever it is
/// called; empty where the system keeps no such word. The word itself is for no
/// other eyes: this is only made of it.
pub fn machine() -> String {
    let word = machine_uid::get().unwrap_or_default();
    if word.trim().is_empty() {
        return String::new();
    }
    let mut made = blake3::Hasher::new_derive_key("Navette: which computer a folder belongs to");
    made.update(word.trim().as_bytes()).finalize().to_hex()[..32].to_owned()
}
