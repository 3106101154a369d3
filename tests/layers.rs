//! The house rules that no compiler knows: who may import whom, who may touch
//! the file system, and how long a file may be.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each part may import of ours, besides itself. Data flows one way:
/// observe, plan, execute; only `engine` knows all three, and only the command
/// line knows what people read and type.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    // Words.
    ("model", &[]),
    ("secret", &[]),
    // The switch of what can be broken on purpose; nothing in a release.
    ("mutant", &[]),
    ("plan", &["model", "mutant"]),
    ("event", &["model", "plan"]),
    // Seams to the world. The disk in memory takes its chance from `entropy`.
    ("clock", &["model"]),
    ("entropy", &["model"]),
    ("disk", &["model", "mutant", "entropy"]),
    ("server", &["model", "mutant", "secret", "clock"]),
    ("journal", &["model", "mutant"]),
    ("world", &["model", "event", "disk", "server", "clock", "entropy"]),
    ("report", &["model", "plan", "event", "disk", "server", "journal"]),
    // What was done.
    ("activity", &["model", "plan", "event"]),
    // What works on them.
    (
        "observe",
        &["model", "mutant", "event", "disk", "server", "journal", "clock", "world", "report"],
    ),
    (
        "execute",
        &[
            "model", "mutant", "plan", "event", "disk", "server", "journal", "clock", "world",
            "report",
        ],
    ),
    (
        "engine",
        &[
            "model", "mutant", "plan", "event", "disk", "server", "journal", "clock", "entropy",
            "world", "report", "observe", "execute",
        ],
    ),
    // Looks, and reports.
    ("check", &["model", "disk", "server", "clock"]),
    // What is known of one path.
    ("explain", &["model", "plan", "event", "disk", "report", "engine", "activity"]),
    // Two versions of one file.
    // What was put aside, names, and what a file looks like.
    ("asides", &["model", "event", "clock", "disk", "world", "journal", "execute", "activity"]),
    ("names", &["model", "world", "execute"]),
    ("preview", &["model", "disk"]),
    ("conflicts", &["model", "event", "clock", "world", "journal", "execute", "activity"]),
    // A server of our own.
    ("cloud", &["model", "mutant", "server", "clock"]),
    // What belongs to people.
    ("settings", &["model", "clock"]),
    ("surroundings", &["clock"]),
    // What other clients have written down.
    ("peer", &["model", "settings"]),
    // Moves a folder to another disk: its way leads out of any one root.
    ("relocate", &["model", "disk", "journal", "settings"]),
    // Looks at all that a pair depends on.
    ("doctor", &["model", "disk", "server", "clock", "journal", "settings", "secret"]),
    // The files of a log.
    ("log", &[]),
    (
        "pair",
        &[
            "model", "event", "disk", "server", "journal", "clock", "entropy", "world", "report",
            "engine", "settings", "secret", "activity",
        ],
    ),
    (
        "watch",
        &[
            "model",
            "plan",
            "event",
            "disk",
            "server",
            "journal",
            "clock",
            "entropy",
            "world",
            "report",
            "engine",
            "settings",
            "secret",
            "surroundings",
            "pair",
            "activity",
            "conflicts",
            "execute",
            "asides",
            "names",
        ],
    ),
    // What needs a person.
    (
        "concern",
        &["model", "plan", "event", "server", "report", "pair", "conflicts", "names", "watch"],
    ),
    // From an address to a folder that is synced.
    ("accounts", &["model", "clock", "server", "secret", "settings", "pair", "peer"]),
    // All that is known of all pairs, for whoever helps.
    (
        "diagnose",
        &[
            "model", "clock", "entropy", "server", "journal", "settings", "secret", "doctor",
            "log", "pair", "accounts",
        ],
    ),
    (
        "text",
        &[
            "accounts",
            "model",
            "plan",
            "event",
            "clock",
            "disk",
            "server",
            "journal",
            "report",
            "settings",
            "secret",
            "pair",
            "peer",
            "relocate",
            "check",
            "doctor",
            "watch",
            "activity",
            "explain",
            "conflicts",
            "concern",
            "names",
            "execute",
        ],
    ),
    (
        "api",
        &[
            "model",
            "accounts",
            "activity",
            "clock",
            "conflicts",
            "asides",
            "concern",
            "names",
            "preview",
            "disk",
            "journal",
            "pair",
            "event",
            "execute",
            "plan",
            "report",
            "server",
            "settings",
            "text",
            "watch",
        ],
    ),
    // The one picture of everything.
    ("overview", &["clock", "text", "api"]),
    // Watches pairs, whatever comes and goes.
    (
        "host",
        &[
            "event",
            "server",
            "clock",
            "settings",
            "secret",
            "surroundings",
            "pair",
            "watch",
            "activity",
            "api",
        ],
    ),
    // What is done with folders and accounts as a whole, whoever watches them.
    (
        "folders",
        &[
            "accounts", "clock", "server", "journal", "engine", "settings", "secret", "pair",
            "relocate", "text", "api",
        ],
    ),
    // What the desktop shows beside the window.
    ("desktop", &["clock", "settings", "activity", "text", "api", "overview"]),
    (
        "demo",
        &[
            "model", "plan", "event", "clock", "report", "execute", "cloud", "settings", "secret",
            "text", "pair", "activity",
        ],
    ),
    (
        "cli",
        &[
            "accounts",
            "model",
            "plan",
            "event",
            "server",
            "journal",
            "report",
            "execute",
            "cloud",
            "surroundings",
            "check",
            "diagnose",
            "doctor",
            "entropy",
            "log",
            "settings",
            "peer",
            "relocate",
            "secret",
            "text",
            "pair",
            "demo",
            "clock",
            "watch",
            "api",
            "overview",
            "host",
            "folders",
            "activity",
            "explain",
            "asides",
            "disk",
            "conflicts",
            "asides",
        ],
    ),
    ("main", &["cli"]),
];

/// Words that may stand only in these places, each with its reason.
const KEPT_APART: &[(&str, &[&str])] = &[
    // The file system is reached through the Disk seam, the journal's files,
    // and the few files that a user names: settings, passwords, stored clouds.
    // The demo plays the people, who write files as people do.
    (
        "std::fs",
        &[
            "disk/native",
            "journal",
            "activity/store.rs",
            "settings",
            "secret.rs",
            "cloud/http",
            "demo",
            "api/socket.rs",
            "peer",
            "relocate",
            "log.rs",
            "diagnose",
            "doctor/here.rs",
            "accounts/finish.rs",
            "accounts/place",
        ],
    ),
    // The certificates that a user trusts are read while connecting, before
    // there is an engine.
    ("tokio::fs", &["server/outfit.rs"]),
    // Chance comes from the Entropy seam.
    ("rand::", &[]),
    ("getrandom::", &["entropy.rs"]),
    // The engine is one future on one thread: no order that a run cannot repeat.
    ("tokio::spawn", &["cloud/http"]),
    ("tokio::task::spawn_local", &[]),
    ("std::thread::spawn", &[]),
    ("SystemTime::now", &["clock.rs"]),
    ("Instant::now", &["clock.rs"]),
    // Only what people read and type depends on the environment.
    ("std::env::var", &["cli", "text", "doctor/proxy"]),
    ("println!", &[]),
    ("print!", &[]),
    ("dbg!", &[]),
    ("TODO", &[]),
    ("FIXME", &[]),
];

/// Lines of a file, tests left out, above which it is probably two.
const LONGEST: usize = 450;

/// Files that are longer all the same, each with its reason.
const LONGER: &[(&str, &str)] = &[];

/// A source file: its path below `src`, and its code without comments,
/// strings and tests.
struct Source {
    path: String,
    code: String,
    lines: usize,
}

impl Source {
    fn part(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    for file in files_below(&root) {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        let is_test = path.ends_with("tests.rs") || path.contains("/tests/");
        if path == "lib.rs" || is_test {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        sources.push(Source { path, code: bare(text), lines: text.lines().count() });
    }
    assert!(sources.len() > 50, "the sources were not found");
    sources
}

/// Code without comments and strings: line by line, which rustfmt's layout allows.
fn bare(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        let mut in_string = false;
        let mut last = ' ';
        for letter in line.trim_start().chars() {
            match letter {
                '"' if last != '\\' && last != '\'' => in_string = !in_string,
                '/' if last == '/' && !in_string => break,
                _ if in_string => {}
                _ => code.push(letter),
            }
            last = if last == '\\' { ' ' } else { letter };
        }
        code.push('\n');
    }
    code
}

/// The parts that code names after `crate::`, also in braces.
fn imported(code: &str) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("navette::")) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
            continue;
        }
        let rest = code[at..].split_once("::").unwrap().1;
        match rest.strip_prefix('{') {
            None => parts.extend(first_word(rest)),
            Some(group) => parts.extend(top_level(group).iter().flat_map(|item| first_word(item))),
        }
    }
    parts
}

/// The items of a group in braces, up to its closing brace.
fn top_level(group: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 0;
    for letter in group.chars() {
        match letter {
            '}' if depth == 0 => break,
            ',' if depth == 0 => items.push(String::new()),
            _ => {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                items.last_mut().unwrap().push(letter);
            }
        }
    }
    items
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text
        .trim_start()
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

/// How many times a path may say `super` before it leaves its part.
fn reach(path: &str) -> usize {
    let folders = path.matches('/').count();
    if path.ends_with("/mod.rs") { folders - 1 } else { folders }
}

#[test]
fn every_part_imports_only_what_it_may() {
    let may: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let part = source.part();
        let Some(allowed) = may.get(part) else {
            wrong.push(format!("src/{}: a part without a rule; add it to MAY_IMPORT", source.path));
            continue;
        };
        for other in imported(&source.code) {
            let is_part = may.contains_key(other.as_str());
            if is_part && other != part && !allowed.contains(&other.as_str()) {
                wrong.push(format!("src/{}: {part} may not import {other}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nothing_leaves_its_part_by_the_back_door() {
    let mut wrong = Vec::new();
    for source in sources() {
        let out = "super::".repeat(reach(&source.path) + 1);
        if source.code.contains(&out) {
            wrong.push(format!("src/{}: write crate:: instead of {out}", source.path));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_rules_name_parts_that_exist_and_have_no_rings() {
    let sources = sources();
    let parts: BTreeSet<&str> = sources.iter().map(Source::part).collect();
    for (at, (part, allowed)) in MAY_IMPORT.iter().enumerate() {
        assert!(parts.contains(part), "no part {part}");
        for other in *allowed {
            // Every part imports only parts that stand before it in the list.
            let before = MAY_IMPORT[..at].iter().any(|(name, _)| name == other);
            assert!(before, "{part} may import {other}, which stands after it");
        }
    }
}

#[test]
fn what_is_kept_apart_stays_apart() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (word, places) in KEPT_APART {
            let allowed = places.iter().any(|place| source.path.starts_with(place));
            if !allowed && holds_word(&source.code, word) {
                wrong.push(format!("src/{}: no {word} here", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Whether `code` holds `word`, not merely a longer one that ends with it.
fn holds_word(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

#[test]
fn no_file_is_two_files() {
    let mut wrong = Vec::new();
    for source in sources() {
        let excused = LONGER.iter().any(|(path, _)| *path == source.path);
        if source.lines > LONGEST && !excused {
            wrong.push(format!("src/{}: {} lines", source.path, source.lines));
        }
        if source.lines <= LONGEST && excused {
            wrong.push(format!("src/{}: needs no excuse any more", source.path));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn imports_are_read_as_the_compiler_reads_them() {
    let code = "use crate::model::{Name, Side};\nuse crate::{disk::{Disk, Stat}, world};\n\
                let x = crate::text::say(); // crate::cli\nlet y = \"crate::pair\"; other_crate::no";
    let parts: Vec<_> = imported(&bare(code)).into_iter().collect();
    assert_eq!(parts, ["disk", "model", "text", "world"]);
    assert_eq!((reach("report.rs"), reach("disk/mod.rs"), reach("disk/native/unix.rs")), (0, 0, 2));
    assert!(holds_word("use std::fs::File", "std::fs") && !holds_word("eprintln!()", "println!"));
}
