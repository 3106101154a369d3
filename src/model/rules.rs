//! What is never synced: the built-in list and what users add to it, in the
//! grammar of `.gitignore`.
//!
//! Four levels: the list of this program, the account's, the folder's (both
//! from the settings), and the file `.navetteignore` at the root of the folder.
//! The last one that says anything decides, so that a closer level may bring
//! back (`!`) what a farther one leaves out. Within a level the last line that
//! matches decides. What is in a folder that is left out is left out, whatever
//! a line says.
//!
//! Paths are texts relative to the root, the same on both sides and on every
//! computer; cases count on every disk, and spellings (NFC, NFD) nowhere.

use std::borrow::Cow;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::{Ignore, Ignored, Kind, Name, RelPath};

/// The file with rules, at the root of a folder. It is synced itself, so that
/// it holds on all computers.
pub const RULES_FILE: &str = ".navetteignore";

/// Whether a name is that of a conflict copy of the file with rules.
pub fn is_rules_copy(name: &str) -> bool {
    let of = |name: &str| Name::new(name).ok();
    let (name, file) = (of(name), of(RULES_FILE));
    name.zip(file).is_some_and(|(name, file)| name.is_conflict_of(&file, Kind::File))
}

/// What rules are made of: as they were written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleTexts {
    /// The lines of the account.
    pub account: Vec<String>,
    /// The lines of the folder in the settings.
    pub folder: Vec<String>,
    /// What `.navetteignore` says.
    pub file: String,
    /// What conflict copies beside it say: what any of them leaves out is left
    /// out until somebody has decided.
    pub copies: Vec<String>,
    /// Names that begin with a point are synced.
    pub hidden: bool,
    /// Larger files are held, in bytes.
    pub largest: Option<u64>,
}

impl Default for RuleTexts {
    fn default() -> Self {
        Self {
            account: Vec::new(),
            folder: Vec::new(),
            file: String::new(),
            copies: Vec::new(),
            hidden: true,
            largest: None,
        }
    }
}

/// Which level a rule is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The list of this program.
    BuiltIn,
    /// The account, in the settings.
    Account,
    /// Hidden files are left alone.
    Hidden,
    /// The folder, in the settings.
    Folder,
    /// `.navetteignore`, or a conflict copy of it.
    File,
}

/// The rule that decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Its level.
    pub level: Level,
    /// Its line, from 1; none where the level has no lines of its own.
    pub line: Option<usize>,
    /// As it is written.
    pub pattern: String,
    /// The path that it matches: the one that was asked for, or a folder above.
    pub at: RelPath,
    /// What that comes to; none: it is synced.
    pub ignored: Option<Ignored>,
}

/// The lines of one level.
#[derive(Clone, Debug)]
struct Lines {
    lines: Vec<String>,
    /// In their order.
    sets: Vec<Gitignore>,
}

impl Lines {
    /// Lines that cannot be understood match nothing; [`Rules::broken`] tells
    /// them. Where all together are too much for one automaton, as they may be
    /// that somebody else has written, each is one of its own: the others hold.
    fn new(lines: Vec<String>) -> Self {
        let mut all = GitignoreBuilder::new("");
        let added = lines.iter().all(|line| all.add_line(None, &normal(line)).is_ok());
        let sets = match all.build() {
            Ok(set) if added => vec![set],
            _ => lines.iter().filter_map(|line| single(&normal(line)).ok()).collect(),
        };
        Self { lines, sets }
    }

    fn of_text(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self::new(text.lines().map(str::to_owned).collect())
    }

    /// Whether a path is left out (`Some(true)`) or brought back, and by which line.
    fn says(&self, path: &str, kind: Kind) -> Option<(bool, usize)> {
        let said = self.sets.iter().rev().map(|set| set.matched(path, kind == Kind::Dir));
        let (out, glob) = match said.into_iter().find(|said| !said.is_none())? {
            Match::None => return None,
            Match::Ignore(glob) => (true, glob),
            Match::Whitelist(glob) => (false, glob),
        };
        let written = |line: &String| normal(line).trim_end() == glob.original().trim_end();
        Some((out, self.lines.iter().rposition(written).map_or(0, |at| at + 1)))
    }

    fn broken(&self) -> impl Iterator<Item = (usize, String)> + '_ {
        let lines = self.lines.iter().enumerate();
        lines.filter_map(|(at, line)| Some((at + 1, check_pattern(line).err()?)))
    }
}

/// Tries to understand one line.
///
/// # Errors
///
/// With what is wrong, in the words of the library.
pub fn check_pattern(line: &str) -> Result<(), String> {
    single(line).map(drop).map_err(|error| error.to_string())
}

fn single(line: &str) -> Result<Gitignore, ignore::Error> {
    let mut builder = GitignoreBuilder::new("");
    builder.add_line(None, line)?;
    builder.build()
}

fn normal(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { text.into() } else { text.nfc().collect::<String>().into() }
}

/// The rules of a pair.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "RuleTexts", into = "RuleTexts")]
pub struct Rules {
    texts: RuleTexts,
    account: Lines,
    folder: Lines,
    /// `.navetteignore` first, then its conflict copies.
    files: Vec<Lines>,
}

impl From<RuleTexts> for Rules {
    fn from(texts: RuleTexts) -> Self {
        let files = std::iter::once(&texts.file).chain(&texts.copies);
        Self {
            account: Lines::new(texts.account.clone()),
            folder: Lines::new(texts.folder.clone()),
            files: files.map(|text| Lines::of_text(text)).collect(),
            texts,
        }
    }
}

impl From<Rules> for RuleTexts {
    fn from(rules: Rules) -> Self {
        rules.texts
    }
}

impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        self.texts == other.texts
    }
}

impl Eq for Rules {}

impl Default for Rules {
    fn default() -> Self {
        RuleTexts::default().into()
    }
}

impl Rules {
    /// As they were written.
    pub fn texts(&self) -> &RuleTexts {
        &self.texts
    }

    /// Whether there is nothing but the built-in list.
    pub fn is_plain(&self) -> bool {
        self.texts == RuleTexts { largest: self.texts.largest, ..RuleTexts::default() }
    }

    /// Whether a file of this length is held.
    pub fn holds(&self, size: u64) -> bool {
        self.texts.largest.is_some_and(|largest| size > largest)
    }

    /// Whether something in a folder that is synced is left out, and what
    /// becomes of it when the folder goes.
    pub fn of(&self, dir: &RelPath, name: &Name, kind: Kind) -> Option<Ignored> {
        if self.is_plain() {
            return Ignore::built_in().matches(name);
        }
        self.judge(&dir.join(name), name, kind).and_then(|rule| rule.ignored)
    }

    /// Whether something goes with the folder it is in although it is left out:
    /// the systems make it anew.
    pub fn goes_along(&self, dir: &RelPath, name: &Name, kind: Kind) -> bool {
        kind == Kind::File && self.of(dir, name, kind) == Some(Ignored::Deletable)
    }

    /// Whether what is at a path is left out, by itself or by a folder above.
    pub fn of_path(&self, path: &RelPath, kind: Kind) -> Option<Ignored> {
        self.explain(path, kind).and_then(|rule| rule.ignored)
    }

    /// The rule that decides what becomes of a path; none if none matches.
    pub fn explain(&self, path: &RelPath, kind: Kind) -> Option<Rule> {
        let mut at = RelPath::root();
        let mut said = None;
        let last = path.names().count();
        for (depth, name) in path.names().enumerate() {
            let Ok(name) = Name::new(name) else { return said };
            at = at.join(&name);
            let kind = if depth + 1 == last { kind } else { Kind::Dir };
            said = self.judge(&at, &name, kind);
            if said.as_ref().is_some_and(|rule| rule.ignored.is_some()) {
                return said;
            }
        }
        said
    }

    /// Lines that cannot be understood: of which level, which line, and why.
    pub fn broken(&self) -> Vec<(Level, usize, String)> {
        let levels = [(Level::Account, &self.account), (Level::Folder, &self.folder)];
        let files = self.files.iter().map(|lines| (Level::File, lines));
        let all = levels.into_iter().chain(files);
        all.flat_map(|(level, lines)| lines.broken().map(move |(at, why)| (level, at, why)))
            .collect()
    }

    fn judge(&self, path: &RelPath, name: &Name, kind: Kind) -> Option<Rule> {
        // Nor are its copies: one that left itself out would say so no more,
        // and come back, and say so again.
        if path.as_str().starts_with(RULES_FILE)
            && (path.as_str() == RULES_FILE || is_rules_copy(path.as_str()))
        {
            return None;
        }
        let text = normal(path.as_str());
        let rule = |level, lines: &Lines, (out, line): (bool, usize)| Rule {
            level,
            line: (line > 0).then_some(line),
            pattern: lines.lines.get(line.wrapping_sub(1)).cloned().unwrap_or_default(),
            at: path.clone(),
            ignored: out.then_some(Ignored::Kept),
        };
        let files = self.files.iter().filter_map(|lines| Some((lines, lines.says(&text, kind)?)));
        // What one of them leaves out is left out.
        if let Some((lines, said)) = files.max_by_key(|(_, (out, _))| *out) {
            return Some(rule(Level::File, lines, said));
        }
        if let Some(said) = self.folder.says(&text, kind) {
            return Some(rule(Level::Folder, &self.folder, said));
        }
        if !self.texts.hidden && name.as_str().starts_with('.') {
            let (level, line, pattern) = (Level::Hidden, None, ".*".to_owned());
            return Some(Rule {
                level,
                line,
                pattern,
                at: path.clone(),
                ignored: Some(Ignored::Kept),
            });
        }
        if let Some(said) = self.account.says(&text, kind) {
            return Some(rule(Level::Account, &self.account, said));
        }
        let (pattern, ignored) = Ignore::built_in().pattern_of(name)?;
        let (pattern, at) = (pattern.to_owned(), path.clone());
        Some(Rule { level: Level::BuiltIn, line: None, pattern, at, ignored: Some(ignored) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(texts: RuleTexts) -> Rules {
        texts.into()
    }

    fn file(text: &str) -> Rules {
        rules(RuleTexts { file: text.to_owned(), ..RuleTexts::default() })
    }

    fn is_out(rules: &Rules, path: &str) -> bool {
        let (path, kind) = match path.strip_suffix('/') {
            Some(dir) => (dir, Kind::Dir),
            None => (path, Kind::File),
        };
        rules.of_path(&RelPath::parse(path).unwrap(), kind).is_some()
    }

    fn check(rules: &Rules, out: &[&str], kept: &[&str]) {
        for path in out {
            assert!(is_out(rules, path), "{path} is synced");
        }
        for path in kept {
            assert!(!is_out(rules, path), "{path} is left out");
        }
    }

    #[test]
    fn testexcludedfiles_lines_mean_what_they_mean_to_git() {
        let rules =
            file("# mine\n\n*.log\n/build/\ndoc/*.txt\n**/cache\n\\#odd\n!keep.log\na?c\n[xy]1\n");
        check(
            &rules,
            &[
                "a.log",
                "d/a.log",
                "build/",
                "build/deep/a.o",
                "doc/a.txt",
                "cache",
                "d/cache/x",
                "#odd",
                "abc",
                "d/x1",
            ],
            &["a.logs", "build", "d/build/", "doc/d/a.txt", "keep.log", "d/keep.log", "ac", "z1"],
        );
    }

    #[test]
    fn what_is_in_a_folder_that_is_left_out_cannot_be_brought_back() {
        let rules = file("build/\n!build/keep\n");
        check(&rules, &["build/keep", "build/other"], &[]);
        check(&file("build/*\n!build/keep\n"), &["build/other"], &["build/keep"]);
    }

    #[test]
    fn a_closer_level_decides() {
        let texts = RuleTexts {
            account: vec!["*.iso".to_owned(), "*.bak".to_owned(), "!Thumbs.db".to_owned()],
            folder: vec!["!*.iso".to_owned(), "*.mp4".to_owned()],
            file: "!trip.mp4\nbig.iso".to_owned(),
            ..RuleTexts::default()
        };
        check(
            &rules(texts),
            &["a.bak", "big.iso", "a.mp4", "x~"],
            &["a.iso", "trip.mp4", "Thumbs.db"],
        );
    }

    #[test]
    fn hidden_files_are_left_alone_on_request_but_for_the_rules_themselves() {
        let rules = rules(RuleTexts {
            hidden: false,
            folder: vec!["!.bashrc".to_owned()],
            ..RuleTexts::default()
        });
        check(&rules, &[".config/", ".config/a", "d/.x"], &[".navetteignore", ".bashrc", "a.b"]);
    }

    #[test]
    fn what_a_conflict_copy_of_the_rules_leaves_out_is_left_out_too() {
        let texts = RuleTexts {
            file: "*.a\n!*.b\n".to_owned(),
            copies: vec!["*.b\n!*.a".to_owned()],
            ..RuleTexts::default()
        };
        check(&rules(texts), &["1.a", "1.b"], &["1.c"]);
    }

    #[test]
    fn neither_the_rules_nor_their_copies_leave_themselves_out() {
        let copy = ".navetteignore (conflict 2026-11-22 135419 laptop)";
        for hidden in [true, false] {
            let copies = vec!["*".to_owned()];
            let rules = rules(RuleTexts { hidden, copies, ..RuleTexts::default() });
            check(&rules, &["a", ".navetteignorex", &format!("d/{copy}")], &[RULES_FILE, copy]);
        }
    }

    #[test]
    fn testexcludedfiles_the_deciding_line_is_told() {
        let rules = file("*.log\n!a.log\nbuild/\n");
        let told = |path: &str, kind| {
            let rule = rules.explain(&RelPath::parse(path).unwrap(), kind)?;
            Some((rule.level, rule.line, rule.at.to_string(), rule.ignored.is_some()))
        };
        let of = |line, at: &str, out| Some((Level::File, Some(line), at.to_owned(), out));
        assert_eq!(told("x/b.log", Kind::File), of(1, "x/b.log", true));
        assert_eq!(told("a.log", Kind::File), of(2, "a.log", false));
        assert_eq!(told("build/x/y", Kind::File), of(3, "build", true));
        assert_eq!(told("build", Kind::File), None);
        let built_in = rules.explain(&RelPath::parse("d/x~").unwrap(), Kind::File).unwrap();
        assert_eq!((built_in.level, built_in.pattern.as_str()), (Level::BuiltIn, "*~"));
    }

    #[test]
    fn spellings_are_one_and_cases_are_not() {
        let rules = file("caf\u{e9}/\nNote.txt\n");
        check(&rules, &["cafe\u{301}/", "Note.txt"], &["note.txt"]);
        check(&file("\u{feff}x\r\ny\r\n"), &["x", "y"], &["z"]);
    }

    #[test]
    fn a_line_that_cannot_be_understood_is_told_and_the_others_hold() {
        let rules = file("*.log\n{a\n*.tmp\n");
        check(&rules, &["a.log", "a.tmp"], &["a"]);
        let broken: Vec<usize> = rules.broken().into_iter().map(|(_, line, _)| line).collect();
        assert_eq!(broken, [2]);
    }

    proptest::proptest! {
        /// Whatever somebody has written, a walk from the root down, which asks
        /// name by name, leaves out what the whole path says.
        #[test]
        fn a_walk_and_a_path_agree_on_any_rules(
            text in "([!/]?[ab*?\\[\\]{},\\\\#]{0,5}(/[ab*]{1,2})?/?\n){0,5}",
            names in proptest::collection::vec("[ab.]{1,3}", 1..4),
        ) {
            let rules = file(&text);
            let names: Vec<Name> = names.iter().filter_map(|name| Name::new(name).ok()).collect();
            let (mut dir, mut walked) = (RelPath::root(), None);
            for (depth, name) in names.iter().enumerate() {
                let kind = if depth + 1 == names.len() { Kind::File } else { Kind::Dir };
                walked = walked.or_else(|| rules.of(&dir, name, kind));
                dir = dir.join(name);
            }
            proptest::prop_assert_eq!(walked, rules.of_path(&dir, Kind::File));
            for (_, line, _) in rules.broken() {
                proptest::prop_assert!(check_pattern(text.lines().nth(line - 1).unwrap()).is_err());
            }
        }
    }

    #[test]
    fn rules_outlive_being_written_down() {
        let rules = file("*.log\n!a.log");
        let text = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<Rules>(&text).unwrap(), rules);
        assert!(Rules::default().is_plain() && !rules.is_plain());
    }
}
