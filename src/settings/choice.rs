//! What is to be kept here and what is never synced, as the settings say it.
//!
//! ```toml
//! [sync]
//! ignore = ["*.log"]              # never synced, wherever it is
//!
//! [[account]]
//! ignore = ["*.iso"]              # never synced, in all folders of the account
//!
//! [[folder]]
//! without = ["Photos/2019"]       # folders of the server that are not kept here
//! ignore = ["*.bak", "/build/"]   # never synced, in this folder on this computer
//! largest = "500 MB"              # larger files are held, on both sides
//! hidden = false                  # names that begin with a point are left alone
//! ```

use std::io::Write as _;
use std::path::{Path, PathBuf};

use toml_edit::{Array, Item, Table, TableLike, value};

use super::{Folder, Result, Scope, Settings, SettingsError, options};
use crate::model::{Amount, Choice, RULES_FILE, RelPath, RuleTexts};

/// The keys of a folder.
pub(super) const FOLDER_KEYS: [&str; 4] = ["without", "ignore", "largest", "hidden"];

/// Reads a list of texts; empty if there is none.
pub(super) fn lines(table: &dyn TableLike, key: &str) -> std::result::Result<Vec<String>, String> {
    let Some(item) = table.get(key) else { return Ok(Vec::new()) };
    let list = item.as_array().ok_or_else(|| format!("{key}: write it as [\"…\"]"))?;
    let texts = list.iter().map(|text| text.as_str().map(str::to_owned));
    texts.collect::<Option<_>>().ok_or_else(|| format!("{key}: only texts belong into it"))
}

/// Reads what a folder's table says.
pub(super) fn read(table: &Table) -> std::result::Result<Choice, String> {
    let without = lines(table, "without")?
        .into_iter()
        .map(|path| RelPath::parse(&path).ok().filter(|path| !path.is_root() && is_inside(path)));
    let without = without.collect::<Option<_>>();
    let largest = match table.get("largest") {
        None => None,
        Some(item) => largest(item).ok_or("largest: write it as \"500 MB\"")?,
    };
    let hidden = match table.get("hidden") {
        None => true,
        Some(item) => item.as_bool().ok_or("hidden: write it as true or false")?,
    };
    let rules =
        RuleTexts { folder: lines(table, "ignore")?, hidden, largest, ..RuleTexts::default() };
    let without = without.ok_or("without: not the paths of folders")?;
    Ok(Choice { without, rules, ..Choice::default() })
}

fn is_inside(path: &RelPath) -> bool {
    !path.names().any(|name| name == "." || name == "..")
}

/// Writes it into a folder's table; what says nothing is left out.
pub(super) fn write(table: &mut Table, choice: &Choice) {
    let without: Vec<String> = choice.without.iter().map(ToString::to_string).collect();
    write_lines(table, "without", &without);
    write_lines(table, "ignore", &choice.rules.folder);
    // What says the same already stays: it may stand against a wider choice.
    if table.get("largest").and_then(largest) != Some(choice.rules.largest) {
        set(table, "largest", choice.rules.largest.map(|size| value(Amount(size).to_string())));
    }
    if table.get("hidden").and_then(Item::as_bool) != Some(choice.rules.hidden) {
        set(table, "hidden", (!choice.rules.hidden).then(|| value(false)));
    }
}

/// Writes a list of texts, or none if it is empty. What is written already stays
/// as it is, with its comments.
pub(super) fn write_lines(table: &mut dyn TableLike, key: &str, texts: &[String]) {
    if lines(&*table, key).is_ok_and(|before| before == texts) {
        return;
    }
    let list: Array = texts.iter().map(String::as_str).collect();
    set(table, key, (!texts.is_empty()).then(|| value(list)));
}

fn set(table: &mut dyn TableLike, key: &str, item: Option<Item>) {
    match item {
        Some(item) => drop(table.insert(key, item)),
        None => drop(table.remove(key)),
    }
}

/// Reads the length above which files are held, in every form in which it can
/// be chosen.
fn largest(item: &Item) -> Option<Option<u64>> {
    size(item).map(Some).or_else(|| options::largest(item.as_str()?))
}

/// Reads a length: bytes, or a number with a unit.
fn size(item: &Item) -> Option<u64> {
    if let Some(bytes) = item.as_integer() {
        return u64::try_from(bytes).ok();
    }
    let text = item.as_str()?.trim();
    text.parse().ok().or_else(|| Some(Amount::parse(text)?.0))
}

impl Settings {
    /// What holds for a folder: its own choice, and the lines of its account and
    /// those for everything.
    pub fn choice(&self, folder: &Folder) -> Choice {
        let account = self.accounts.iter().find(|account| account.name == folder.account);
        let mut choice = folder.choice.clone();
        let own = account.map(|account| account.ignore.clone()).unwrap_or_default();
        choice.rules.account = [&self.everywhere[..], &own].concat();
        // These may be chosen more widely, too.
        let options = self.options(&Scope::Folder(folder.path.clone())).unwrap_or_default();
        (choice.rules.hidden, choice.rules.largest) = (options.hidden(), options.largest());
        choice.confirm_above = options.confirm_above();
        choice
    }

    /// Changes what holds for the folder at `path`, and writes the file.
    ///
    /// # Errors
    ///
    /// If it is not configured, or the file cannot be written.
    pub fn change_choice(&mut self, path: &Path, change: impl FnOnce(&mut Choice)) -> Result<()> {
        let at = self.folders.iter().position(|folder| folder.path == path);
        let at = at.ok_or_else(|| SettingsError::FolderUnknown(path.to_owned()))?;
        change(&mut self.folders[at].choice);
        if let Some(table) = self.document.table_mut("folder", at) {
            write(table, &self.folders[at].choice);
        }
        self.document.save()
    }
}

/// Adds a line that is not there yet.
pub fn add(lines: &mut Vec<String>, line: &str) {
    if !lines.iter().any(|known| known == line) {
        lines.push(line.to_owned());
    }
}

/// What `.navetteignore` in a folder and its conflict copies say, as they are
/// on the disk now; nothing of what is not there or cannot be read.
pub fn rules_in(dir: &Path) -> (String, Vec<String>) {
    let text = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut copies: Vec<String> = names.filter(|name| crate::model::is_rules_copy(name)).collect();
    copies.sort();
    (text(dir.join(RULES_FILE)), copies.into_iter().map(|name| text(dir.join(name))).collect())
}

/// Adds a line to `.navetteignore` in a folder, which is made if it is not there.
///
/// # Errors
///
/// If it cannot be read or written.
pub fn add_to_rules_file(dir: &Path, line: &str) -> Result<()> {
    let path = dir.join(RULES_FILE);
    let before = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        text => text.map_err(|source| SettingsError::Unreadable { path: path.clone(), source })?,
    };
    if before.lines().any(|known| known == line) {
        return Ok(());
    }
    let end = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let opened = std::fs::OpenOptions::new().append(true).create(true).open(&path);
    opened
        .and_then(|mut file| file.write_all(format!("{end}{line}\n").as_bytes()))
        .map_err(|source| SettingsError::Unwritable { path, source })
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    const TEXT: &str = "[[account]]\nname = \"w\"\nserver = \"https://w.org\"\nuser = \"a\"\nignore = [\"*.iso\"]\n\
        [[folder]]\npath = \"/x\"\naccount = \"w\"\nremote_path = \"/\"\n\
        without = [\"Photos/2019\"] # too large\nignore = [\"*.bak\"]\nlargest = \"500 MB\"\nhidden = false\n";

    fn open(text: &str) -> (tempfile::TempDir, Result<Settings>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        std::fs::write(&path, text).unwrap();
        let settings = Settings::open(&path);
        (dir, settings)
    }

    #[test]
    fn what_is_chosen_is_read_with_what_the_account_says() {
        let (_dir, settings) = open(TEXT);
        let settings = settings.unwrap();
        let choice = settings.choice(&settings.folders[0]);
        assert_eq!(choice.without, [RelPath::parse("Photos/2019").unwrap()].into());
        let rules = RuleTexts {
            account: vec!["*.iso".to_owned()],
            folder: vec!["*.bak".to_owned()],
            hidden: false,
            largest: Some(500 << 20),
            ..RuleTexts::default()
        };
        assert_eq!(choice.rules, rules);
        assert_eq!(settings.unknown_keys(), Vec::<String>::new());
    }

    #[test]
    fn what_is_changed_is_written_and_the_rest_stays_as_it_was() {
        let (dir, settings) = open(TEXT);
        let mut settings = settings.unwrap();
        let path = Path::new("/x");
        settings.change_choice(path, |choice| add(&mut choice.rules.folder, "*.bak")).unwrap();
        let file = dir.path().join("settings.toml");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), TEXT, "nothing was changed");
        settings
            .change_choice(path, |choice| {
                choice.without.clear();
                choice.rules.hidden = true;
                choice.rules.largest = Some(1 << 20);
            })
            .unwrap();
        settings.ignore(&Scope::Account("w".to_owned()), "*.tmp").unwrap();
        let again = Settings::open(&file).unwrap();
        assert_eq!(again.folders, settings.folders);
        assert_eq!(again.accounts[0].ignore, ["*.iso", "*.tmp"]);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!text.contains("without") && !text.contains("hidden"), "{text}");
        assert!(text.contains("largest = \"1 MB\""), "{text}");
    }

    #[test]
    fn lengths_are_read_in_the_usual_units() {
        let read = |text: &str| size(&value(text));
        for (text, bytes) in [("500 MB", 500 << 20), ("2GiB", 2 << 30), ("7", 7), ("1 kB", 1024)] {
            assert_eq!(read(text), Some(bytes), "{text}");
        }
        assert_eq!(size(&value(12)), Some(12));
        for text in ["", "MB", "-1 MB", "99999999999 GB", "5 m"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_configured_for_a_folder_is_read_again_and_outlives_another_choice() {
        let table = "[[folder]]\npath = \"/x\"\naccount = \"w\"\nremote_path = \"/\"\n\
                     [sync]\nlargest = \"9 MB\"\nhidden = false\n";
        let (dir, settings) = open(table);
        let (mut settings, scope) = (settings.unwrap(), Scope::Folder("/x".into()));
        for (chosen, most) in [("1.5 GB", Some(3 << 29)), ("none", None)] {
            settings.choose(&scope, "largest", Some(chosen)).unwrap();
            settings.choose(&scope, "hidden", Some("true")).unwrap();
            let mut again = Settings::open(&dir.path().join("settings.toml")).unwrap();
            again.change_choice(Path::new("/x"), |choice| choice.without.clear()).unwrap();
            let again = Settings::open(&dir.path().join("settings.toml")).unwrap();
            let rules = again.choice(&again.folders[0]).rules;
            assert_eq!((rules.largest, rules.hidden), (most, true), "{chosen}");
        }
    }

    #[test]
    fn what_is_no_choice_is_named() {
        for (line, reason) in [
            ("without = \"a\"", "folder: without"),
            ("without = [\"\"]", "folder: without"),
            ("without = [\"a/../b\"]", "folder: without"),
            ("ignore = [3]", "folder: ignore"),
            ("largest = \"many\"", "folder: largest"),
            ("hidden = 1", "folder: hidden"),
        ] {
            let folder = format!(
                "[[folder]]\npath = \"/x\"\naccount = \"w\"\nremote_path = \"/\"\n{line}\n"
            );
            let (_dir, settings) = open(&folder);
            let Err(SettingsError::Broken { reason: found, .. }) = settings else {
                panic!("understood: {line}")
            };
            assert!(found.starts_with(reason), "{found}");
        }
    }

    #[test]
    fn a_line_is_added_to_the_file_of_a_folder_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(RULES_FILE);
        std::fs::write(&path, "*.a").unwrap();
        for line in ["*.b", "*.b", "*.a"] {
            add_to_rules_file(dir.path(), line).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "*.a\n*.b\n");
        let copy = ".navetteignore (conflict 2026-11-22 135419 den)";
        std::fs::write(dir.path().join(copy), "*.c").unwrap();
        assert_eq!(rules_in(dir.path()), ("*.a\n*.b\n".to_owned(), vec!["*.c".to_owned()]));
    }
}
