//! Where settings and journals lie, and which folders are one.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use directories::ProjectDirs;
use url::Url;

use super::{Pair, Result, Settings, SettingsError};
use crate::model::RelPath;

/// Where everything of this process lies, if not in the user's own folders.
static CONFINED: OnceLock<PathBuf> = OnceLock::new();

/// The user's own folders for settings and data.
#[derive(Clone, Debug)]
pub struct Places {
    config: PathBuf,
    data: PathBuf,
    run: PathBuf,
}

impl Places {
    /// Asks the system; in a process that is confined, nobody.
    ///
    /// # Errors
    ///
    /// If it does not say where the user is at home.
    pub fn find() -> Result<Self> {
        if let Some(root) = CONFINED.get() {
            return Ok(Self::below(root));
        }
        let dirs = ProjectDirs::from("", "", "navette").ok_or(SettingsError::NoHome)?;
        let data = dirs.data_dir().to_owned();
        let run = dirs.runtime_dir().map_or_else(|| data.join("run"), Path::to_owned);
        Ok(Self { config: dirs.config_dir().to_owned(), data, run })
    }

    /// From now on, and until it ends, this process has all of it below `root`:
    /// the demonstration leaves alone what its user has.
    pub fn confine(root: &Path) {
        let _ = CONFINED.set(root.to_owned());
    }

    /// All of it below `root`.
    pub(crate) fn below(root: &Path) -> Self {
        let [config, data, run] = ["config", "data", "run"].map(|name| root.join(name));
        Self { config, data, run }
    }

    /// The settings.
    pub fn settings(&self) -> PathBuf {
        self.config.join("settings.toml")
    }

    /// Where programs of this user that are running can be reached.
    pub fn run_dir(&self) -> PathBuf {
        self.run.clone()
    }

    /// Where a watching Navette writes its log.
    pub fn log_dir(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// Where it is written down of what the user has been notified.
    pub fn notices(&self) -> PathBuf {
        self.data.join("notices.json")
    }

    /// Where the journals of pairs lie.
    pub fn pairs(&self) -> PathBuf {
        self.data.join("pairs")
    }

    /// Where a pair's journal lies unless the user says otherwise.
    pub fn state_dir(&self, pair: &Pair) -> PathBuf {
        self.pairs().join(pair.id())
    }
}

/// Returns the folder at `path` without links in it, so that one folder has
/// one name however it is typed: the one by which people and other programs
/// know it (on Windows without `\\?\`, wherever that is possible).
///
/// # Errors
///
/// If it is not there, cannot be reached, or is not a folder.
pub fn local_dir(path: &Path) -> Result<PathBuf> {
    let real = dunce::canonicalize(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => SettingsError::FolderMissing(path.to_owned()),
        std::io::ErrorKind::NotADirectory => SettingsError::NotAFolder(path.to_owned()),
        _ => SettingsError::Unreadable { path: path.to_owned(), source },
    })?;
    if real.is_dir() { Ok(real) } else { Err(SettingsError::NotAFolder(path.to_owned())) }
}

/// Returns what stands at `below` in the folder `root`, or the folder itself; by
/// no way anything outside of it, also not by links.
///
/// # Errors
///
/// If nothing stands there, or it is elsewhere.
pub fn inside(root: &Path, below: Option<&str>) -> Result<PathBuf> {
    let asked = || root.join(below.unwrap_or_default());
    let missing = |path: PathBuf| SettingsError::FolderMissing(path);
    let path = RelPath::parse(below.unwrap_or_default()).map_err(|_| missing(asked()))?;
    let place = path.names().fold(root.to_owned(), |place, name| place.join(name));
    let real = |path: &Path| dunce::canonicalize(path).map_err(|_| missing(path.to_owned()));
    if real(&place)?.starts_with(real(root)?) { Ok(place) } else { Err(missing(place)) }
}

/// Whether one of two folders is or holds the other, also by way of links and
/// bind mounts (amendment 40).
pub fn overlap(one: &Path, other: &Path) -> bool {
    holds(one, other) || holds(other, one)
}

/// Whether `inner` is `outer` or lies below it. What is not there (a disk that
/// is not connected) is compared by its path alone.
fn holds(outer: &Path, inner: &Path) -> bool {
    inner
        .ancestors()
        .any(|above| above == outer || same_file::is_same_file(above, outer).unwrap_or(false))
}

impl Settings {
    /// Returns where that is on this computer: the configured folder at `folder`,
    /// or what is in it.
    ///
    /// # Errors
    ///
    /// If no such folder is configured, or nothing stands there.
    pub fn place_of(&self, folder: &Path, below: Option<&str>) -> Result<PathBuf> {
        let unknown = || SettingsError::FolderUnknown(folder.to_owned());
        inside(&self.folder(folder).ok_or_else(unknown)?.path, below)
    }

    /// Returns a page that may be opened, for it is on the server of an account;
    /// none if it is another one.
    pub fn page(&self, url: &str) -> Option<String> {
        let page = Url::parse(url).ok()?;
        let mut origins = self.accounts.iter().map(|account| account.server.url().origin());
        let is_known = origins.any(|origin| origin == page.origin());
        is_known.then(|| page.into())
    }
}

impl Pair {
    /// Checks that the journal in `state` does not lie in the folder it is
    /// about: it would be sent, and change by being sent.
    ///
    /// # Errors
    ///
    /// If it does.
    pub fn check_state(&self, state: &Path) -> Result<()> {
        let real = std::path::absolute(state).unwrap_or_else(|_| state.to_owned());
        if holds(&self.local, &real) {
            return Err(SettingsError::HoldsState { path: self.local.clone(), state: real });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Address, remote_path};
    use super::*;

    fn pair(local: &Path) -> Pair {
        Pair {
            local: local.to_owned(),
            server: Address::parse("https://example.org").unwrap(),
            user: "alice".to_owned(),
            remote_path: remote_path("/").unwrap(),
            space: None,
        }
    }

    #[test]
    fn whoever_is_confined_has_nothing_elsewhere() {
        let places = Places::below(Path::new("/stage"));
        let state = places.state_dir(&pair(Path::new("/home/a")));
        let all = [places.settings(), places.run_dir(), places.log_dir(), places.notices(), state];
        assert!(all.iter().all(|path| path.starts_with("/stage")), "{all:?}");
    }

    #[test]
    fn folders_overlap_when_one_lies_in_the_other() {
        let dir = tempfile::tempdir().unwrap();
        let [a, ab, b] = ["a", "a/b", "b"].map(|name| dir.path().join(name));
        for path in [&a, &ab, &b] {
            std::fs::create_dir(path).unwrap();
        }
        assert!(overlap(&a, &ab) && overlap(&ab, &a) && overlap(&a, &a));
        assert!(!overlap(&a, &b) && !overlap(&ab, &b));
    }

    #[cfg(unix)]
    #[test]
    fn nothing_outside_of_a_folder_is_inside_of_it() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("root");
        std::fs::create_dir_all(root.join("a")).unwrap();
        std::fs::write(dir.path().join("secret"), "").unwrap();
        std::fs::write(root.join("a/b"), "").unwrap();
        std::os::unix::fs::symlink(dir.path().join("secret"), root.join("link")).unwrap();
        assert_eq!(inside(&root, Some("a/b")).unwrap(), root.join("a/b"));
        assert_eq!(inside(&root, Some("/a/")).unwrap(), root.join("a"));
        assert_eq!(inside(&root, None).unwrap(), root);
        for outside in ["../secret", "a/../../secret", "link", "a/c", "/etc/passwd"] {
            assert!(inside(&root, Some(outside)).is_err(), "{outside}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_hide_an_overlap() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        let link = dir.path().join("link");
        std::fs::create_dir_all(real.join("inner")).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(overlap(&link, &real.join("inner")));
        assert_eq!(
            local_dir(&link.join("inner")).unwrap(),
            local_dir(&real.join("inner")).unwrap()
        );
    }

    #[test]
    fn a_folder_whose_disk_is_gone_still_overlaps_by_its_path() {
        assert!(overlap(Path::new("/gone/disk"), Path::new("/gone/disk/photos")));
        assert!(!overlap(Path::new("/gone/disk"), Path::new("/gone/disk2")));
    }

    #[test]
    fn the_journal_does_not_lie_in_the_folder_it_is_about() {
        let dir = tempfile::tempdir().unwrap();
        let pair = pair(dir.path());
        assert!(pair.check_state(&dir.path().join("state/new")).is_err());
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(pair.check_state(elsewhere.path()).is_ok());
    }

    #[test]
    fn every_part_of_a_pair_makes_another_id() {
        let first = pair(Path::new("/home/a"));
        let mut others = vec![pair(Path::new("/home/b"))];
        others.resize(5, first.clone());
        others[1].user = "bob".to_owned();
        others[2].remote_path = remote_path("/x").unwrap();
        others[3].server = Address::parse("https://example.org/x").unwrap();
        others[4].space = Some("a$b".to_owned());
        assert_eq!(first.id(), first.clone().id());
        assert_eq!(first.id().len(), 32);
        for other in others {
            assert_ne!(first.id(), other.id(), "{other:?}");
        }
    }
}
