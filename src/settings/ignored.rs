//! What is never synced, level by level: the lines of each, other lines for one,
//! and which line decides about a path.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Folder, Result, Scope, Settings, SettingsError, choice};
use crate::model::{Ignore, Kind, Level, RelPath, Rule, RuleTexts, Rules, check_pattern};

/// The lines that hold in a folder, from the farthest level to the closest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Lines {
    /// Of this program.
    pub built_in: Vec<String>,
    /// For everything, in the settings.
    pub everywhere: Vec<String>,
    /// Of the account, in the settings.
    pub account: Vec<String>,
    /// Of the folder, in the settings.
    pub folder: Vec<String>,
    /// In `.navetteignore`, and in conflict copies of it.
    pub file: Vec<String>,
}

/// Which line decides, and at which level; none: nothing speaks of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// It is not synced.
    pub left_out: bool,
    /// The rule that decides.
    pub rule: Option<Rule>,
    /// The word of its level, as the fields of [`Lines`] are called, or `hidden`.
    pub level: Option<&'static str>,
}

impl Settings {
    /// The configured folder at this place, or the only one.
    pub fn folder_at(&self, dir: Option<&Path>) -> Option<&Folder> {
        match (dir, self.folders.as_slice()) {
            (Some(dir), _) => self.folder(dir),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// The configured folder at `path`.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn known(&self, path: &Path) -> Result<&Folder> {
        self.folder(path).ok_or_else(|| SettingsError::FolderUnknown(path.to_owned()))
    }

    /// Leaves `path` out of the configured folder at `dir`, on all computers.
    ///
    /// # Errors
    ///
    /// If there is none, `path` is none below it, or its file of rules cannot
    /// be written.
    pub fn leave_out(&self, dir: &Path, path: &str) -> Result<()> {
        let folder = self.known(dir)?;
        let below = RelPath::parse(path).ok().filter(|below| !below.is_root());
        let below = below.ok_or_else(|| SettingsError::RemotePathBad(path.to_owned()))?;
        leave_out(&folder.path, &below).map(drop)
    }

    /// What holds in a folder now, its files of rules among it.
    pub fn rules(&self, folder: &Folder) -> Rules {
        let (file, copies) = choice::rules_in(&folder.path);
        RuleTexts { file, copies, ..self.choice(folder).rules }.into()
    }

    /// The lines of all levels that hold in a folder.
    pub fn lines(&self, folder: &Folder) -> Lines {
        let (file, copies) = choice::rules_in(&folder.path);
        let account = self.accounts.iter().find(|account| account.name == folder.account);
        let files = std::iter::once(&file).chain(&copies);
        Lines {
            built_in: Ignore::patterns().map(|(line, _)| line.trim_end().to_owned()).collect(),
            everywhere: self.everywhere.clone(),
            account: account.map(|account| account.ignore.clone()).unwrap_or_default(),
            folder: folder.choice.rules.folder.clone(),
            file: files.flat_map(|text| text.lines().map(str::to_owned)).collect(),
        }
    }

    /// Lets these be the lines of a level, and writes the file.
    ///
    /// # Errors
    ///
    /// If one of them cannot be understood, there is no such level, or the file
    /// cannot be written.
    pub fn set_ignored(&mut self, scope: &Scope, lines: &[String]) -> Result<()> {
        for line in lines {
            check_pattern(line)
                .map_err(|reason| SettingsError::PatternBad { line: line.clone(), reason })?;
        }
        match scope {
            Scope::Everything => {
                self.everywhere = lines.to_vec();
                choice::write_lines(self.document.sync_mut(), "ignore", lines);
            }
            Scope::Account(name) => {
                let at = self.accounts.iter().position(|account| account.name == *name);
                let at = at.ok_or_else(|| SettingsError::AccountUnknown(name.clone()))?;
                self.accounts[at].ignore = lines.to_vec();
                if let Some(table) = self.document.table_mut("account", at) {
                    choice::write_lines(table, "ignore", lines);
                }
            }
            Scope::Folder(path) => {
                return self.change_choice(path, |chosen| chosen.rules.folder = lines.to_vec());
            }
        }
        self.document.save()
    }

    /// Adds a line to a level, and writes the file. A line that is there already
    /// is not added again.
    ///
    /// # Errors
    ///
    /// As [`Self::set_ignored`].
    pub fn ignore(&mut self, scope: &Scope, line: &str) -> Result<()> {
        let mut lines = match scope {
            Scope::Everything => self.everywhere.clone(),
            Scope::Account(name) => self.account(Some(name))?.ignore.clone(),
            Scope::Folder(path) => {
                let folder = self.folder(path);
                let folder = folder.ok_or_else(|| SettingsError::FolderUnknown(path.clone()))?;
                folder.choice.rules.folder.clone()
            }
        };
        choice::add(&mut lines, line);
        self.set_ignored(scope, &lines)
    }

    /// Which line decides whether `path` below the folder is synced. The lines of
    /// an account come after those for everything.
    pub fn verdict(&self, folder: &Folder, path: &RelPath, kind: Kind) -> Verdict {
        let mut rule = self.rules(folder).explain(path, kind);
        let level = rule.as_mut().map(|rule| match (rule.level, rule.line) {
            (Level::BuiltIn, _) => "built_in",
            (Level::Hidden, _) => "hidden",
            (Level::Folder, _) => "folder",
            (Level::File, _) => "file",
            (Level::Account, Some(line)) if line > self.everywhere.len() => {
                rule.line = Some(line - self.everywhere.len());
                "account"
            }
            (Level::Account, Some(_)) => "everywhere",
            (Level::Account, None) => "account",
        });
        let left_out = rule.as_ref().is_some_and(|rule| rule.ignored.is_some());
        Verdict { left_out, rule, level }
    }

    /// The folder that holds `path`, and the path below it.
    ///
    /// # Errors
    ///
    /// If no folder does, or the path is no text.
    pub fn below(&self, path: &Path) -> Result<(&Folder, RelPath)> {
        let folder = self.folders.iter().find(|folder| path.starts_with(&folder.path));
        let folder = folder.ok_or_else(|| SettingsError::FolderUnknown(path.to_owned()))?;
        let below = path.strip_prefix(&folder.path).unwrap_or(path);
        let below = below.to_str().and_then(|below| RelPath::parse(below).ok());
        Ok((folder, below.ok_or_else(|| SettingsError::PathNotText(PathBuf::from(path)))?))
    }
}

/// Leaves `path` out of the folder at `dir`, for all computers: by a line of its
/// `.navetteignore`, which is synced.
///
/// # Errors
///
/// If that file cannot be read or written.
pub fn leave_out(dir: &Path, path: &RelPath) -> Result<String> {
    let line = line_for(path);
    choice::add_to_rules_file(dir, &line)?;
    Ok(line)
}

/// The line that matches just this path.
fn line_for(path: &RelPath) -> String {
    let special = |c: char| matches!(c, '*' | '?' | '[' | ']' | '\\' | '#' | '!');
    let mut line = String::from("/");
    for letter in path.as_str().chars() {
        if special(letter) {
            line.push('\\');
        }
        line.push(letter);
    }
    // A blank at the end would be cut away.
    if line.ends_with(' ') {
        line.insert(line.len() - 1, '\\');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[[account]]\nname = \"w\"\nserver = \"https://w.org\"\nuser = \"a\"\nignore = [\"*.iso\"]\n\
        [[folder]]\npath = \"/x\"\naccount = \"w\"\nremote_path = \"/\"\nignore = [\"*.bak\"]\n\
        [sync]\nignore = [\"*.log\"] # noise\n";

    fn open(text: &str) -> (tempfile::TempDir, Settings) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        std::fs::write(&path, text).unwrap();
        let settings = Settings::open(&path).unwrap();
        (dir, settings)
    }

    fn path(text: &str) -> RelPath {
        RelPath::parse(text).unwrap()
    }

    #[test]
    fn each_level_has_its_lines_and_the_one_that_decides_is_named() {
        let (_dir, settings) = open(TEXT);
        assert_eq!(settings.unknown_keys(), Vec::<String>::new());
        let folder = &settings.folders[0];
        let lines = settings.lines(folder);
        assert_eq!(
            (&lines.everywhere[..], &lines.account[..]),
            (&["*.log".to_owned()][..], &["*.iso".to_owned()][..])
        );
        assert_eq!(lines.folder, ["*.bak"]);
        assert!(lines.built_in.len() > 10 && lines.file.is_empty());
        for (name, level) in [("a.log", "everywhere"), ("a.iso", "account"), ("a.bak", "folder")] {
            let verdict = settings.verdict(folder, &path(name), Kind::File);
            assert_eq!((verdict.left_out, verdict.level), (true, Some(level)), "{name}");
            assert_eq!(verdict.rule.unwrap().line, Some(1), "{name}");
        }
        assert_eq!(settings.verdict(folder, &path("a.txt"), Kind::File).level, None);
    }

    #[test]
    fn other_lines_of_a_level_are_written_and_a_line_that_is_none_changes_nothing() {
        let (dir, mut settings) = open(TEXT);
        let file = dir.path().join("settings.toml");
        let bad = settings.set_ignored(&Scope::Everything, &["a".to_owned(), "{a".to_owned()]);
        let Err(SettingsError::PatternBad { line, .. }) = bad else { panic!("{bad:?}") };
        assert_eq!((line.as_str(), std::fs::read_to_string(&file).unwrap().as_str()), ("{a", TEXT));
        settings.set_ignored(&Scope::Everything, &[]).unwrap();
        settings.ignore(&Scope::Account("w".to_owned()), "*.tmp").unwrap();
        settings.ignore(&Scope::Folder("/x".into()), "*.bak").unwrap();
        let again = Settings::open(&file).unwrap();
        let lines = again.lines(&again.folders[0]);
        assert_eq!((lines.everywhere.len(), lines.account.len(), lines.folder.len()), (0, 2, 1));
    }

    #[test]
    fn what_is_left_out_by_its_path_is_that_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        // Where a backslash separates names, none has one.
        let odd = ["a[1].txt", "b*", "!c", "#d", "e ", "f\\g"];
        let odd = odd.iter().filter(|name| !name.contains(std::path::MAIN_SEPARATOR));
        let odd: Vec<_> = odd.collect();
        for name in &odd {
            leave_out(dir.path(), &path(&format!("d/{name}"))).unwrap();
        }
        let (file, copies) = choice::rules_in(dir.path());
        let rules: Rules = RuleTexts { file, copies, ..RuleTexts::default() }.into();
        let out = |name: &str| {
            let rule = rules.explain(&path(name), Kind::File);
            rule.is_some_and(|rule| rule.ignored.is_some())
        };
        for name in &odd {
            assert!(out(&format!("d/{name}")), "{name}");
        }
        for name in ["d/a1.txt", "d/bb", "d/c", "x/d/b*", "d/e", "b*"] {
            assert!(!out(name), "{name}");
        }
    }
}
