//! What is never synced, and which folders are kept here.

use std::path::PathBuf;

use navette::api::RuleVerdict;
use navette::settings::{Lines, Settings};
use navette::text::Texts;
use serde_json::{Value, json};
use tauri::State;

use super::settings::Scope;
use crate::asks::{self, call};
use crate::refused::Refused;
use crate::thread::Thread;

type Answer<T> = Result<T, Refused>;

/// The lines of all levels that hold in a folder.
#[tauri::command]
pub(crate) async fn rules(thread: State<'_, Thread>, folder: PathBuf) -> Answer<Lines> {
    let read = move |settings: Settings, _: &Texts| Ok(settings.lines(settings.known(&folder)?));
    asks::with_settings(&thread, read).await
}

/// Lets these be the lines of a level. Whoever watches hears of it by itself.
#[tauri::command]
pub(crate) async fn set_rules(
    thread: State<'_, Thread>,
    scope: Scope,
    lines: Vec<String>,
) -> Answer<()> {
    let set = move |mut settings: Settings, _: &Texts| settings.set_ignored(&scope.into(), &lines);
    asks::with_settings(&thread, set).await
}

/// Which line decides about a path below the folder; a `/` at its end says that
/// it is a folder.
#[tauri::command]
pub(crate) async fn test_path(
    thread: State<'_, Thread>,
    folder: PathBuf,
    path: String,
) -> Answer<RuleVerdict> {
    let tested = move |settings: Settings, texts: &Texts| {
        RuleVerdict::found(texts, &settings, &folder, &path)
    };
    asks::with_settings(&thread, tested).await
}

/// The folders of the server directly in one, and what of them is kept here.
#[tauri::command]
pub(crate) async fn pair_folders(
    thread: State<'_, Thread>,
    folder: String,
    path: String,
) -> Answer<Value> {
    let told = call(&thread, "folders", json!({"folder": folder, "path": path})).await?;
    Ok(told["pairs"][0]["folders"].clone())
}

/// Changes which of them are.
#[tauri::command]
pub(crate) async fn select(
    thread: State<'_, Thread>,
    folder: String,
    tick: Vec<String>,
    untick: Vec<String>,
    keep: bool,
) -> Answer<()> {
    let params = json!({"folder": folder, "tick": tick, "untick": untick, "keep": keep});
    call(&thread, "select", params).await.map(drop)
}
