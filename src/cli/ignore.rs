//! `navette ignore`: what is never synced.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::api;
use crate::model::{Kind, Level, check_pattern};
use crate::settings::{Folder, Places, Scope, Settings, SettingsError, choice, local_dir};
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
                (Some(name), _) => Place::Scope(Scope::Account(name.clone())),
                (None, true) => Place::Scope(Scope::Everything),
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
    Scope(Scope),
    Folder { dir: Option<&'a Path>, only_here: bool },
}

async fn add(console: &Console, line: &str, place: &Place<'_>) -> Result<Exit, Failure> {
    let mut settings = open_settings(console)?;
    let told = match place {
        Place::Scope(scope) => {
            settings.ignore(scope, line)?;
            None
        }
        Place::Folder { dir, only_here } => {
            let path = folder(&settings, *dir)?.path.clone();
            match only_here {
                true => settings.ignore(&Scope::folder(&path), line)?,
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

fn list(console: &Console, dir: Option<&Path>, all: bool) -> Result<Exit, Failure> {
    let settings = open_settings(console)?;
    let folder = folder(&settings, dir)?;
    let (lines, chosen) = (settings.lines(folder), settings.choice(folder).rules);
    let shown = |of: Level, lines: &[String]| lines.iter().for_each(|line| say(console, of, line));
    if all {
        shown(Level::BuiltIn, &lines.built_in);
    }
    for line in &lines.everywhere {
        let level = console.texts.say("rules-everywhere", &[]);
        console.say("ignore-line", &[("pattern", line.as_str().into()), ("level", level.into())]);
    }
    shown(Level::Account, &lines.account);
    if !chosen.hidden {
        say(console, Level::Hidden, ".*");
    }
    shown(Level::Folder, &lines.folder);
    shown(Level::File, &lines.file);
    if let Some(largest) = chosen.largest {
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
    let (folder, below) = settings.below(&path).map_err(|error| match error {
        SettingsError::FolderUnknown(path) => Failure::NoPair(path),
        error => error.into(),
    })?;
    let kinds: &[Kind] = match (is_folder || path.is_dir(), path.exists()) {
        (true, _) => &[Kind::Dir],
        (false, true) => &[Kind::File],
        // It may become either.
        (false, false) => &[Kind::File, Kind::Dir],
    };
    for &kind in kinds {
        let verdict = settings.verdict(folder, &below, kind);
        let rule = &verdict.rule;
        if json {
            let kind = if kind == Kind::Dir { "folder" } else { "file" };
            let ignored = rule.as_ref().is_some_and(|rule| rule.ignored.is_some());
            let document = json!({"path": below, "kind": kind, "ignored": ignored, "rule": rule});
            console.print(&document.to_string());
            return Ok(Exit::Equal);
        }
        console.print(&text::ruled(&console.texts, &below, kind, &verdict));
    }
    Ok(Exit::Equal)
}

/// A path without links above it, whether something is there or not.
fn real(typed: &Path) -> Result<PathBuf, Failure> {
    let failed = |error| Failure::File(typed.to_owned(), error);
    let path = std::path::absolute(typed).map_err(failed)?;
    let mut above = path.as_path();
    while let Some(parent) = above.parent() {
        if let (Ok(real), Ok(rest)) = (dunce::canonicalize(parent), path.strip_prefix(parent)) {
            return Ok(real.join(rest));
        }
        above = parent;
    }
    Ok(path)
}
