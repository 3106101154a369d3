//! What holds for an account or a folder, and who says so.

use std::path::{Path, PathBuf};

use super::options::{Key, Level, Options};
use super::{Result, Settings, SettingsError};

/// For whom something is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// For everything.
    #[default]
    Everything,
    /// For the account of this name.
    Account(String),
    /// For the folder at this path (without links).
    Folder(PathBuf),
}

impl Settings {
    /// What holds there, with all that wider places choose.
    ///
    /// # Errors
    ///
    /// If there is no such account or folder.
    pub fn options(&self, scope: &Scope) -> Result<Options> {
        let mut all = Options::default();
        for (_, options) in self.places(scope)? {
            all = all.or(&options);
        }
        Ok(all)
    }

    /// What an account chooses by itself, and not for all.
    pub fn own_options(&self, account: &str) -> Options {
        let at = self.accounts.iter().position(|known| known.name == account);
        at.and_then(|at| self.document.options(Level::Account, at).ok()).unwrap_or_default()
    }

    /// The value of `key` there, and the level at which it was chosen; none where
    /// it is the usual one.
    ///
    /// # Errors
    ///
    /// If there is no such key, account or folder.
    pub fn chosen(&self, scope: &Scope, key: &str) -> Result<(String, Option<Level>)> {
        let key = known(key)?;
        let places = self.places(scope)?;
        let mut chosen = places
            .iter()
            .filter_map(|(level, options)| Some((options.get(key.name)?.to_owned(), Some(*level))));
        Ok(chosen.next().unwrap_or_else(|| (key.usual.to_owned(), None)))
    }

    /// Chooses `value` for `key` there, or what wider places say, and writes the file.
    ///
    /// # Errors
    ///
    /// If that cannot be chosen there, or the file cannot be written.
    pub fn choose(&mut self, scope: &Scope, key: &str, value: Option<&str>) -> Result<()> {
        let key = known(key)?;
        let (level, at) = self.place(scope)?;
        if !key.stands_in(level) {
            return Err(SettingsError::OptionElsewhere { key: key.name, level });
        }
        let read = value.map(|value| {
            let bad = || SettingsError::OptionBad {
                key: key.name,
                value: value.to_owned(),
                forms: key.forms,
            };
            (key.read)(value.trim()).ok_or_else(bad)
        });
        self.document.choose(level, at, key.name, read.transpose()?.as_deref());
        self.document.save()
    }

    /// Checks all that is chosen anywhere.
    pub(super) fn check_options(&self) -> Result<()> {
        self.document.options(Level::Sync, 0)?;
        for at in 0..self.accounts.len() {
            self.document.options(Level::Account, at)?;
        }
        for at in 0..self.folders.len() {
            self.document.options(Level::Folder, at)?;
        }
        Ok(())
    }

    /// All places that count there, the nearest first.
    fn places(&self, scope: &Scope) -> Result<Vec<(Level, Options)>> {
        let mut places = Vec::new();
        let (level, at) = self.place(scope)?;
        if level == Level::Folder {
            let account = Scope::Account(self.folders[at].account.clone());
            places.push((level, self.document.options(level, at)?));
            // The account of a folder may have been taken out by hand.
            if let Ok((level, at)) = self.place(&account) {
                places.push((level, self.document.options(level, at)?));
            }
        } else if level == Level::Account {
            places.push((level, self.document.options(level, at)?));
        }
        places.push((Level::Sync, self.document.options(Level::Sync, 0)?));
        Ok(places)
    }

    fn place(&self, scope: &Scope) -> Result<(Level, usize)> {
        match scope {
            Scope::Everything => Ok((Level::Sync, 0)),
            Scope::Account(name) => {
                let at = self.accounts.iter().position(|account| account.name == *name);
                let at = at.ok_or_else(|| SettingsError::AccountUnknown(name.clone()))?;
                Ok((Level::Account, at))
            }
            Scope::Folder(path) => {
                let at = self.folders.iter().position(|folder| folder.path == *path);
                let at = at.ok_or_else(|| SettingsError::FolderUnknown(path.clone()))?;
                Ok((Level::Folder, at))
            }
        }
    }
}

fn known(key: &str) -> Result<&'static Key> {
    Key::named(key).ok_or_else(|| SettingsError::OptionUnknown(key.to_owned()))
}

impl Scope {
    /// That of the folder at `path`.
    pub fn folder(path: &Path) -> Self {
        Self::Folder(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "version = 1\n# keep me\n[[account]]\nname = \"w\"\n\
        server = \"https://w.org\"\nuser = \"a\"\nhours = \"20:00-06:00\"\n\
        [[folder]]\npath = \"/x\"\naccount = \"w\"\nremote_path = \"/\"\n\n\
        [sync]\non_battery = \"pause\" # mine\n";

    #[test]
    fn what_is_chosen_is_found_from_the_folder_outwards_and_written_in_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        std::fs::write(&path, TEXT).unwrap();
        let mut settings = Settings::open(&path).unwrap();
        assert_eq!(settings.unknown_keys(), Vec::<String>::new());
        let (folder, account) = (Scope::Folder("/x".into()), Scope::Account("w".to_owned()));
        let chosen = |settings: &Settings, key| settings.chosen(&folder, key).unwrap();
        assert_eq!(chosen(&settings, "on_battery"), ("pause".to_owned(), Some(Level::Sync)));
        assert_eq!(chosen(&settings, "hours"), ("20:00-06:00".to_owned(), Some(Level::Account)));
        assert_eq!(chosen(&settings, "reserve"), ("usual".to_owned(), None));

        settings.choose(&folder, "hours", Some("always")).unwrap();
        settings.choose(&Scope::Everything, "upload_limit", Some("2mb/s")).unwrap();
        let again = Settings::open(&path).unwrap();
        assert_eq!(chosen(&again, "hours"), ("always".to_owned(), Some(Level::Folder)));
        let limit = again.chosen(&account, "upload_limit").unwrap();
        assert_eq!(limit, ("2 MB/s".to_owned(), Some(Level::Sync)), "as this version writes it");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("# keep me") && text.contains("# mine"), "{text}");

        settings.choose(&folder, "hours", None).unwrap();
        assert_eq!(chosen(&settings, "hours").1, Some(Level::Account));
    }

    #[test]
    fn what_cannot_be_chosen_is_refused_and_the_file_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        std::fs::write(&path, TEXT).unwrap();
        let mut settings = Settings::open(&path).unwrap();
        let folder = Scope::Folder("/x".into());
        let refused = settings.choose(&folder, "proxy", Some("none"));
        assert!(matches!(refused, Err(SettingsError::OptionElsewhere { .. })));
        let refused = settings.choose(&folder, "hours", Some("late"));
        assert!(matches!(refused, Err(SettingsError::OptionBad { .. })));
        let refused = settings.choose(&folder, "colour", Some("blue"));
        assert!(matches!(refused, Err(SettingsError::OptionUnknown(_))));
        let refused = settings.choose(&Scope::Folder("/y".into()), "hours", None);
        assert!(matches!(refused, Err(SettingsError::FolderUnknown(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), TEXT);
    }

    #[test]
    fn a_file_in_which_something_impossible_is_chosen_is_refused_with_the_reason() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        std::fs::write(&path, "[sync]\nupload_limit = \"fast\"\n").unwrap();
        let Err(SettingsError::Broken { reason, .. }) = Settings::open(&path) else {
            panic!("understood");
        };
        assert_eq!(reason, "sync.upload_limit = \"fast\": write none | gentle | 2 MB/s");
    }
}
