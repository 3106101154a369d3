//! What Attention asks.

use std::path::PathBuf;

use futures::FutureExt as _;
use serde_json::{Value, json};
use tauri::State;

use super::home::with;
use crate::asks::{self, call};
use crate::refused::Refused;
use crate::thread::Thread;

type Answer<T> = Result<T, Refused>;

/// More files of one question than these nobody goes through.
const MOST_FILES: usize = 10_000;

/// What needs a person.
#[tauri::command]
pub(crate) async fn concerns(thread: State<'_, Thread>) -> Answer<Vec<Value>> {
    with(&thread, |engine| async move { Ok(engine.concerns().await) }.boxed_local()).await
}

/// The files that one question is about: 10,000 at most, and whether there are more.
#[tauri::command]
pub(crate) async fn concern_files(
    thread: State<'_, Thread>,
    folder: String,
    id: String,
) -> Answer<Value> {
    let params = json!({"folder": folder, "id": id, "limit": MOST_FILES});
    call(&thread, "concern_files", params).await
}

/// Both versions of a file, as far as they can be shown.
#[tauri::command]
pub(crate) async fn preview_versions(
    thread: State<'_, Thread>,
    folder: String,
    path: String,
    copy: String,
) -> Answer<Value> {
    let mine = call(&thread, "preview", json!({"folder": folder, "path": copy})).await?;
    let theirs = call(&thread, "preview", json!({"folder": folder, "path": path})).await?;
    Ok(json!({"mine": mine["preview"], "theirs": theirs["preview"]}))
}

/// Keeps one of two versions, or both.
#[tauri::command]
pub(crate) async fn choose(
    thread: State<'_, Thread>,
    folder: String,
    choice: String,
    paths: Vec<String>,
) -> Answer<Value> {
    call(&thread, "choose", json!({"folder": folder, "choice": choice, "paths": paths})).await
}

/// Takes a choice back, or what was brought back.
#[tauri::command]
pub(crate) async fn undo(
    thread: State<'_, Thread>,
    folder: String,
    entry: Option<i64>,
) -> Answer<Value> {
    call(&thread, "undo", json!({"folder": folder, "entry": entry})).await
}

/// Says what becomes of what the brake holds.
#[tauri::command]
pub(crate) async fn answer_brake(
    thread: State<'_, Thread>,
    folder: String,
    side: String,
    answer: String,
    asked: Option<String>,
) -> Answer<()> {
    let params = json!({"folder": folder, "side": side, "answer": answer, "asked": asked});
    call(&thread, "decide", params).await.map(drop)
}

/// All files that the brake holds on a side.
#[tauri::command]
pub(crate) async fn brake_files(
    thread: State<'_, Thread>,
    folder: String,
    side: String,
) -> Answer<Value> {
    let told = call(&thread, "status", json!({"folder": folder})).await?;
    let brakes = told["pairs"][0]["brakes"].as_array().into_iter().flatten();
    let held = brakes.filter(|brake| brake["side"] == side.as_str());
    Ok(held.map(|brake| brake["files"].clone()).next().unwrap_or_else(|| json!([])))
}

/// Passes a gate by comparing both sides.
#[tauri::command]
pub(crate) async fn answer_gate(
    thread: State<'_, Thread>,
    folder: String,
    gate: String,
) -> Answer<()> {
    let params = json!({"folder": folder, "gate": gate, "answer": "compare"});
    call(&thread, "decide", params).await.map(drop)
}

/// Whether something could be called so.
#[tauri::command]
pub(crate) async fn check_name(
    thread: State<'_, Thread>,
    folder: String,
    path: String,
    name: String,
) -> Answer<Value> {
    call(&thread, "check_name", json!({"folder": folder, "path": path, "name": name})).await
}

/// Gives something another name, on the side where it is.
#[tauri::command]
pub(crate) async fn rename(
    thread: State<'_, Thread>,
    folder: String,
    path: String,
    side: String,
    name: String,
) -> Answer<()> {
    let params = json!({"folder": folder, "path": path, "side": side, "name": name});
    let told = call(&thread, "rename", params).await?;
    Refused::unless_done(&told, Some("name"))
}

/// Never syncs this path, on any computer: a line of the folder's own rules.
#[tauri::command]
pub(crate) async fn leave_out(
    thread: State<'_, Thread>,
    folder: String,
    path: String,
) -> Answer<()> {
    let dir = PathBuf::from(&folder);
    asks::with_settings(&thread, move |settings, _| settings.leave_out(&dir, &path)).await?;
    call(&thread, "sync", json!({"folder": folder})).await.map(drop)
}
