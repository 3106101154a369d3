//! `navette ignore`: what is never synced.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::api;
use crate::model::{Ignore, Kind, Level, RelPath, Rule, RuleTexts, Rules, check_pattern};
use crate::settings::{Folder, Places, Settings, SettingsError, choice, local_dir};
use crate::text;

use super::args::IgnoreCommand;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::status;
use super::target::open_settings;

/// Runs one of the commands.
pub(super) async fn run(console: &Console, command: &IgnoreCommand) -> Result<Exit, Failure> {
    match command {
        IgnoreCommand::Add { pattern, local_dir, only_here, account, everywhere } => {
            check_pattern(pattern).map_err(|why| Failure::NoPattern(pattern.clone(), why))?;
            let place = match (account, everywhere) {
                (Some(name), _) => Place::Accounts(vec![name.clone()]),
                (None, true) => {
                    let accounts = open_settings(console)?.accounts;
                    Place::Accounts(accounts.into_iter().map(|account| account.name).collect())
                }
                (None, false) => Place::Folder { dir: local_dir.as_deref(), only_here: *only_here },
            };
            add(console, pattern, &place).await
        }
        IgnoreCommand::List { local_dir, all } => list(console, local_dir.as_deref(), *all),
        IgnoreCommand::Test { path, json } => test(console, path, *json),
    }
}

/// Where a line goes.
enum Place<'a> {
    Accounts(Vec<String>),
    Folder { dir: Option<&'a Path>, only_here: bool },
}

async fn add(console: &Console, line: &str, place: &Place<'_>) -> Result<Exit, Failure> {
    let mut settings = open_settings(console)?;
    let told = match place {
        Place::Accounts(names) if names.is_empty() => {
            return Err(SettingsError::AccountNone.into());
        }
        Place::Accounts(names) => {
            for name in names {
                settings.ignore_in_account(name, line)?;
            }
            None
        }
        Place::Folder { dir, only_here } => {
            let path = folder(&settings, *dir)?.path.clone();
            match only_here {
                true => settings
                    .change_choice(&path, |chosen| choice::add(&mut chosen.rules.folder, line))?,
                false => choice::add_to_rules_file(&path, line)?,
            }
            Some(path)
        }
    };
    console.say("ignore-added", &[("pattern", line.into())]);
    // Whoever watches takes it at once; nobody else has to be told.
    if let Ok(params) = status::params(console, told.as_deref(), json!({})) {
        let _ = api::ask(&Places::find()?.run_dir(), "sync", &params).await;
    }
    Ok(Exit::Equal)
}

/// The configured folder at this place, or the only one.
fn folder<'a>(settings: &'a Settings, dir: Option<&Path>) -> Result<&'a Folder, Failure> {
    let Some(dir) = dir else {
        return match settings.folders.as_slice() {
            [only] => Ok(only),
            _ => Err(Failure::WhichFolder),
        };
    };
    let path = local_dir(dir)?;
    settings.folder(&path).ok_or(Failure::NoPair(path))
}

/// What holds in a folder now.
fn rules(settings: &Settings, folder: &Folder) -> Rules {
    let (file, copies) = choice::rules_in(&folder.path);
    RuleTexts { file, copies, ..settings.choice(folder).rules }.into()
}

fn list(console: &Console, dir: Option<&Path>, all: bool) -> Result<Exit, Failure> {
    let settings = open_settings(console)?;
    let rules = rules(&settings, folder(&settings, dir)?);
    let texts = rules.texts();
    let built_in = Ignore::patterns().filter(|_| all).map(|(pattern, _)| pattern.trim_end());
    built_in.for_each(|pattern| say(console, Level::BuiltIn, pattern));
    texts.account.iter().for_each(|line| say(console, Level::Account, line));
    if !texts.hidden {
        say(console, Level::Hidden, ".*");
    }
    texts.folder.iter().for_each(|line| say(console, Level::Folder, line));
    for text in std::iter::once(&texts.file).chain(&texts.copies) {
        text.lines().for_each(|line| say(console, Level::File, line));
    }
    if let Some(largest) = texts.largest {
        let size = console.texts.size(largest);
        console.say("ignore-largest", &[("size", size.into())]);
    }
    Ok(Exit::Equal)
}

fn say(console: &Console, of: Level, pattern: &str) {
    let args = [("pattern", pattern.into()), ("level", text::level(&console.texts, of).into())];
    console.say("ignore-line", &args);
}

fn test(console: &Console, typed: &Path, json: bool) -> Result<Exit, Failure> {
    let settings = open_settings(console)?;
    let is_folder = typed.to_string_lossy().ends_with('/');
    let path = real(typed)?;
    let holds = |folder: &&Folder| path.starts_with(&folder.path);
    let folder = settings.folders.iter().find(holds);
    let folder = folder.ok_or_else(|| Failure::NoPair(path.clone()))?;
    let below = path.strip_prefix(&folder.path).unwrap_or(&path);
    let below = below.to_str().and_then(|below| RelPath::parse(below).ok());
    let below = below.ok_or_else(|| SettingsError::PathNotText(path.clone()))?;
    let rules = rules(&settings, folder);
    let kinds: &[Kind] = match (is_folder || path.is_dir(), path.exists()) {
        (true, _) => &[Kind::Dir],
        (false, true) => &[Kind::File],
        // It may become either.
        (false, false) => &[Kind::File, Kind::Dir],
    };
    for &kind in kinds {
        let rule = rules.explain(&below, kind);
        if json {
            let kind = if kind == Kind::Dir { "folder" } else { "file" };
            let ignored = rule.as_ref().is_some_and(|rule| rule.ignored.is_some());
            let document = json!({"path": below, "kind": kind, "ignored": ignored, "rule": rule});
            console.print(&document.to_string());
            return Ok(Exit::Equal);
        }
        tell(console, &below, kind, rule.as_ref());
    }
    Ok(Exit::Equal)
}

fn tell(console: &Console, path: &RelPath, kind: Kind, rule: Option<&Rule>) {
    let kind = match kind {
        Kind::File => "file",
        Kind::Dir => "folder",
    };
    let mut args = vec![("path", path.as_str().into()), ("kind", kind.into())];
    let Some(rule) = rule else { return console.say("ignore-test-synced", &args) };
    args.extend([
        ("pattern", rule.pattern.as_str().into()),
        ("level", text::level(&console.texts, rule.level).into()),
        ("line", (rule.line.unwrap_or(0) as u64).into()),
        ("at", rule.at.as_str().into()),
    ]);
    let id = match rule.ignored {
        Some(_) => "ignore-test-ignored",
        None => "ignore-test-brought-back",
    };
    console.say(id, &args);
}

/// A path without links above it, whether something is there or not.
fn real(typed: &Path) -> Result<PathBuf, Failure> {
    let failed = |error| Failure::File(typed.to_owned(), error);
    let path = std::path::absolute(typed).map_err(failed)?;
    let mut above = path.as_path();
    while let Some(parent) = above.parent() {
        if let (Ok(real), Ok(rest)) = (parent.canonicalize(), path.strip_prefix(parent)) {
            return Ok(real.join(rest));
        }
        above = parent;
    }
    Ok(path)
}
