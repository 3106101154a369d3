//! The settings file itself: reading, changing in place, writing whole.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, TableLike, value};

use super::options::{self, Level, Options};
use super::{Account, Address, Folder, Result, SettingsError, choice, remote_path, window};

/// The format that this version writes.
const VERSION: i64 = 1;

/// What a new file begins with.
const NEW: &str = "\
# The settings of Navette: accounts and folders. No password belongs here.
# You may edit this file; Navette keeps your comments.

version = 1
";

/// The file, as it is on the disk.
pub struct Document {
    path: PathBuf,
    toml: DocumentMut,
}

impl Document {
    /// Reads the file; one that is not there counts as new.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is no TOML, or was written by a later version.
    pub fn open(path: &Path) -> Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => NEW.to_owned(),
            Err(source) => return Err(SettingsError::Unreadable { path: path.to_owned(), source }),
        };
        // The parser shows the place over several lines; its first line names it.
        let toml: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            broken(path, format!("line {}: {}", line_of(&text, &error), error.message()))
        })?;
        match toml.get("version").map(Item::as_integer) {
            None | Some(Some(..=VERSION)) => Ok(Self { path: path.to_owned(), toml }),
            Some(_) => Err(broken(path, "version: not one that is known here".to_owned())),
        }
    }

    /// Reads the accounts.
    ///
    /// # Errors
    ///
    /// If one of them lacks a key or has a wrong value.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        self.tables("account")?
            .map(|table| {
                Ok(Account {
                    name: self.text("account", table, "name")?,
                    server: self.checked(
                        "account",
                        "server",
                        Address::parse(&self.text("account", table, "server")?),
                    )?,
                    user: self.text("account", table, "user")?,
                    user_id: optional(table, "user_id"),
                    display_name: optional(table, "display_name"),
                    ca_file: table.get("ca_file").and_then(Item::as_str).map(PathBuf::from),
                    certificate: optional(table, "certificate"),
                    ignore: self.chosen("account", choice::lines(table, "ignore"))?,
                })
            })
            .collect()
    }

    /// Reads the folders.
    ///
    /// # Errors
    ///
    /// If one of them lacks a key or has a wrong value.
    pub fn folders(&self) -> Result<Vec<Folder>> {
        self.tables("folder")?
            .map(|table| {
                let remote = self.text("folder", table, "remote_path")?;
                Ok(Folder {
                    path: self.text("folder", table, "path")?.into(),
                    account: self.text("folder", table, "account")?,
                    remote_path: self.checked("folder", "remote_path", remote_path(&remote))?,
                    space: optional(table, "space"),
                    choice: self.chosen("folder", choice::read(table))?,
                })
            })
            .collect()
    }

    /// Reads what is chosen for everything (no `at`), or in the account or folder
    /// at this place of [`Self::accounts`] or [`Self::folders`].
    ///
    /// # Errors
    ///
    /// If a value is none that can be chosen.
    pub fn options(&self, level: Level, at: usize) -> Result<Options> {
        let table = match level {
            Level::Sync => self.sync()?,
            _ => self.tables(&level.to_string())?.nth(at).map(|table| table as &dyn TableLike),
        };
        let read = table.map_or(Ok(Options::default()), |table| Options::read(table, level));
        read.map_err(|reason| broken(&self.path, reason))
    }

    /// Writes what is chosen in such a place, or takes it out.
    pub fn choose(&mut self, level: Level, at: usize, key: &str, chosen: Option<&str>) {
        let table = match level {
            Level::Sync => {
                let sync = self.toml.entry("sync").or_insert(Item::Table(Table::new()));
                sync.as_table_like_mut()
            }
            _ => {
                let tables = self.toml.get_mut(&level.to_string());
                let tables = tables.and_then(Item::as_array_of_tables_mut);
                tables.and_then(|tables| tables.get_mut(at)).map(|table| table as _)
            }
        };
        let Some(table) = table else { return };
        match chosen {
            Some(text) => drop(table.insert(key, options::written_as(text))),
            None => drop(table.remove(key)),
        }
    }

    fn sync(&self) -> Result<Option<&dyn TableLike>> {
        let Some(item) = self.toml.get("sync") else { return Ok(None) };
        let table = item.as_table_like();
        table.map(Some).ok_or_else(|| broken(&self.path, "sync: write it as [sync]".to_owned()))
    }

    /// What is never synced, wherever it is.
    pub fn everywhere(&self) -> Result<Vec<String>> {
        let Some(item) = self.toml.get("sync").and_then(Item::as_table_like) else {
            return Ok(Vec::new());
        };
        self.chosen("sync", choice::lines(item, "ignore"))
    }

    /// What is chosen for everything, to be changed.
    pub(super) fn sync_mut(&mut self) -> &mut dyn TableLike {
        let item = self.toml.entry("sync").or_insert(Item::Table(Table::new()));
        if item.as_table_like().is_none() {
            *item = Item::Table(Table::new());
        }
        #[allow(clippy::expect_used, reason = "it was just made one")]
        item.as_table_like_mut().expect("a table")
    }

    /// What is chosen for the window.
    pub(super) fn window(&self) -> window::Window {
        let table = self.toml.get(window::TABLE).and_then(Item::as_table_like);
        table.map(window::Window::read).unwrap_or_default()
    }

    /// Writes what is chosen for the window.
    pub(super) fn set_window(&mut self, chosen: &window::Window) {
        let item = self.toml.entry(window::TABLE).or_insert(Item::Table(Table::new()));
        if !item.is_table() {
            let said = std::mem::take(item).into_table().unwrap_or_default();
            *item = Item::Table(said);
        }
        if let Some(table) = item.as_table_mut() {
            chosen.write(table);
        }
    }

    /// Returns the keys that this version does not know.
    pub fn unknown_keys(&self) -> Vec<String> {
        let known = |table: &str| -> Vec<&str> {
            match table {
                "account" => {
                    vec![
                        "name",
                        "server",
                        "user",
                        "user_id",
                        "display_name",
                        "ca_file",
                        "certificate",
                        "ignore",
                    ]
                }
                "folder" => {
                    [&["path", "account", "remote_path", "space"][..], &choice::FOLDER_KEYS]
                        .concat()
                }
                _ => Vec::new(),
            }
        };
        let mut unknown = Vec::new();
        for (key, item) in self.toml.iter() {
            match (item.as_array_of_tables(), item.as_table_like()) {
                (Some(tables), _) if !known(key).is_empty() => {
                    let level = if key == "account" { Level::Account } else { Level::Folder };
                    let keys = tables.iter().flat_map(|table| table.iter().map(|(name, _)| name));
                    let strange = keys.filter(|name| {
                        !known(key).contains(name) && !options::is_known(name, level)
                    });
                    unknown.extend(strange.map(|name| format!("{key}.{name}")));
                }
                (_, Some(table)) if key == "sync" => {
                    let keys = table.iter().map(|(name, _)| name);
                    let strange = keys
                        .filter(|name| *name != "ignore" && !options::is_known(name, Level::Sync));
                    unknown.extend(strange.map(|name| format!("sync.{name}")));
                }
                (_, Some(table)) if key == window::TABLE => {
                    let keys = table.iter().map(|(name, _)| name);
                    let strange = keys.filter(|name| !window::KEYS.contains(name));
                    unknown.extend(strange.map(|name| format!("window.{name}")));
                }
                _ if key == "version" => {}
                _ => unknown.push(key.to_owned()),
            }
        }
        unknown
    }

    /// Adds an account at the end.
    ///
    /// # Errors
    ///
    /// If a path cannot be written down.
    pub fn push_account(&mut self, account: &Account) -> Result<()> {
        let mut table = Table::new();
        table["name"] = value(&account.name);
        table["server"] = value(account.server.as_str());
        table["user"] = value(&account.user);
        let told = [
            ("user_id", &account.user_id),
            ("display_name", &account.display_name),
            ("certificate", &account.certificate),
        ];
        for (key, text) in told {
            if let Some(text) = text {
                table[key] = value(text);
            }
        }
        if let Some(path) = &account.ca_file {
            table["ca_file"] = value(as_text(path)?);
        }
        self.push("account", table);
        Ok(())
    }

    /// Trusts a certificate in the account at this place of [`Self::accounts`].
    pub fn trust(&mut self, at: usize, fingerprint: &str) {
        if let Some(table) = self.table_mut("account", at) {
            table["certificate"] = value(fingerprint);
        }
    }

    /// Adds a folder at the end.
    ///
    /// # Errors
    ///
    /// If a path cannot be written down.
    pub fn push_folder(&mut self, folder: &Folder) -> Result<()> {
        let mut table = Table::new();
        table["path"] = value(as_text(&folder.path)?);
        table["account"] = value(&folder.account);
        table["remote_path"] = value(format!("/{}", folder.remote_path));
        if let Some(space) = &folder.space {
            table["space"] = value(space);
        }
        choice::write(&mut table, &folder.choice);
        self.push("folder", table);
        Ok(())
    }

    /// Lets the folder at `path` be at `to`.
    ///
    /// # Errors
    ///
    /// If a path cannot be written down.
    pub fn move_folder(&mut self, path: &Path, to: &Path) -> Result<()> {
        let to = as_text(to)?;
        if let Some(table) = self.folder_mut(as_text(path)?) {
            table["path"] = value(to);
        }
        Ok(())
    }

    fn folder_mut(&mut self, path: &str) -> Option<&mut Table> {
        let tables = self.toml.get_mut("folder")?.as_array_of_tables_mut()?;
        tables.iter_mut().find(|table| table.get("path").and_then(Item::as_str) == Some(path))
    }

    /// Removes the account at this place of [`Self::accounts`].
    pub fn remove_account(&mut self, at: usize) {
        self.remove("account", at);
    }

    /// Removes the folder at this place of [`Self::folders`].
    pub fn remove_folder(&mut self, at: usize) {
        self.remove("folder", at);
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn save(&self) -> Result<()> {
        // A link to the file, as some people keep it elsewhere, stays a link.
        let path = dunce::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        write_whole(&path, &self.toml.to_string())
            .map_err(|source| SettingsError::Unwritable { path, source })
    }

    /// The table at this place of [`Self::accounts`] or [`Self::folders`].
    pub(super) fn table_mut(&mut self, key: &str, at: usize) -> Option<&mut Table> {
        self.toml.get_mut(key)?.as_array_of_tables_mut()?.get_mut(at)
    }

    fn chosen<T>(&self, of: &str, read: std::result::Result<T, String>) -> Result<T> {
        read.map_err(|reason| broken(&self.path, format!("{of}: {reason}")))
    }

    fn tables(&self, key: &str) -> Result<impl Iterator<Item = &Table>> {
        let tables = match self.toml.get(key) {
            None => None,
            Some(item) => Some(
                item.as_array_of_tables()
                    .ok_or_else(|| broken(&self.path, format!("{key}: write it as [[{key}]]")))?,
            ),
        };
        Ok(tables.into_iter().flat_map(ArrayOfTables::iter))
    }

    fn text(&self, of: &str, table: &Table, key: &str) -> Result<String> {
        let text = table.get(key).and_then(Item::as_str);
        text.map(str::to_owned)
            .ok_or_else(|| broken(&self.path, format!("{of}: the key {key} is missing or no text")))
    }

    fn checked<T>(&self, of: &str, key: &str, read: Result<T>) -> Result<T> {
        read.map_err(|error| broken(&self.path, format!("{of}.{key}: {error}")))
    }

    fn push(&mut self, key: &str, table: Table) {
        let tables = self.toml.entry(key).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        // Anything else under this key was refused when the file was read.
        if let Some(tables) = tables.as_array_of_tables_mut() {
            tables.push(table);
        }
    }

    fn remove(&mut self, key: &str, at: usize) {
        if let Some(tables) = self.toml.get_mut(key).and_then(Item::as_array_of_tables_mut) {
            tables.remove(at);
        }
    }
}

fn optional(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(Item::as_str).map(str::to_owned)
}

fn broken(path: &Path, reason: String) -> SettingsError {
    SettingsError::Broken { path: path.to_owned(), reason }
}

fn line_of(text: &str, error: &toml_edit::TomlError) -> usize {
    let start = error.span().map_or(0, |span| span.start).min(text.len());
    text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count() + 1
}

fn as_text(path: &Path) -> Result<&str> {
    path.to_str().ok_or_else(|| SettingsError::PathNotText(path.to_owned()))
}

pub(super) fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    fn alice() -> Account {
        let server = Address::parse("https://example.org").unwrap();
        let account = Account::new(server, "alice@example.org".to_owned(), None);
        let (user_id, display_name) = (Some("al ice".to_owned()), Some("Alice É".to_owned()));
        Account { user_id, display_name, ..account }
    }

    #[test]
    fn settings_of_an_older_version_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        let text = "version = 1\n[[account]]\nname = \"w\"\nserver = \"https://w.org\"\nuser = \"a\"\n\
                    [[folder]]\npath = \"/x\"\naccount = \"w\"\nremote_path = \"/\"\n";
        std::fs::write(&path, text).unwrap();
        let settings = Settings::open(&path).unwrap();
        assert_eq!(settings.accounts[0].user, "a");
        assert_eq!((&settings.accounts[0].user_id, &settings.folders[0].space), (&None, &None));
        assert_eq!(settings.unknown_keys(), Vec::<String>::new());
    }

    #[test]
    fn what_is_added_is_there_the_next_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/settings.toml");
        let folder = Folder {
            path: "/home/alice/Documents".into(),
            account: alice().name,
            remote_path: remote_path("/Documents").unwrap(),
            space: Some("a$b!c".to_owned()),
            choice: crate::model::Choice::default(),
        };
        let mut settings = Settings::open(&path).unwrap();
        settings.add_account(alice()).unwrap();
        settings.add_folder(folder.clone()).unwrap();
        let mut again = Settings::open(&path).unwrap();
        assert_eq!((&again.accounts, &again.folders), (&vec![alice()], &vec![folder.clone()]));
        assert!(matches!(again.remove_account(&alice().name), Err(SettingsError::AccountInUse(_))));
        again.remove_folder(&folder.path).unwrap();
        again.remove_account(&alice().name).unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("# The settings of Navette"));
        assert!(Settings::open(&path).unwrap().accounts.is_empty());
    }

    #[test]
    fn comments_and_unknown_keys_stay_and_are_reported() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        let text = "# mine\ncolour = \"blue\"\n\n[[account]] # work\nname = \"w\"\nserver = \"https://w.org\"\nuser = \"a\"\nmood = 3 # good\n";
        std::fs::write(&path, text).unwrap();
        let mut settings = Settings::open(&path).unwrap();
        assert_eq!(settings.unknown_keys(), ["colour", "account.mood"]);
        settings.add_account(alice()).unwrap();
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written.starts_with(text), "{written}");
        settings.remove_account(&alice().name).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn a_broken_file_is_named_with_its_line_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        for (text, reason) in [
            ("version = 1\naccount = [\n", "line "),
            ("account = 3", "account: write it as [[account]]"),
            ("version = 2", "version"),
            ("[[account]]\nname = \"a\"", "the key server"),
            (
                "[[account]]\nname = \"a\"\nserver = \"http://x.org\"\nuser = \"a\"",
                "account.server",
            ),
            (
                "[[folder]]\npath = \"/a\"\naccount = \"a\"\nremote_path = \"/..\"",
                "folder.remote_path",
            ),
        ] {
            std::fs::write(&path, text).unwrap();
            let Err(SettingsError::Broken { reason: found, .. }) = Settings::open(&path) else {
                panic!("understood: {text}");
            };
            assert!(found.contains(reason), "{found}");
        }
    }

    #[test]
    fn an_account_or_folder_is_not_added_twice() {
        let dir = tempfile::tempdir().unwrap();
        let mut settings = Settings::open(&dir.path().join("settings.toml")).unwrap();
        settings.add_account(alice()).unwrap();
        assert!(matches!(settings.add_account(alice()), Err(SettingsError::AccountExists(_))));
        let folder = |path: &Path| Folder {
            path: path.to_owned(),
            account: alice().name,
            remote_path: remote_path("/").unwrap(),
            space: None,
            choice: crate::model::Choice::default(),
        };
        settings.add_folder(folder(dir.path())).unwrap();
        let inner = folder(&dir.path().join("inner"));
        assert!(matches!(settings.add_folder(inner), Err(SettingsError::Overlap { .. })));
    }
}
