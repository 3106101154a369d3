//! What Bring back asks.

use serde_json::{Value, json};
use tauri::State;

use crate::asks::{self, call};
use crate::refused::Refused;
use crate::thread::Thread;

type Answer<T> = Result<T, Refused>;

/// What is put aside.
#[tauri::command]
pub(crate) async fn asides(
    thread: State<'_, Thread>,
    folder: Option<String>,
    text: Option<String>,
) -> Answer<Vec<Value>> {
    let mut params = json!({"text": text});
    if let Some(folder) = folder {
        params["folder"] = json!(folder);
    }
    asks::asides(&thread, params).await
}

/// What it looks like.
#[tauri::command]
pub(crate) async fn preview_aside(
    thread: State<'_, Thread>,
    folder: String,
    number: u64,
) -> Answer<Value> {
    let told = call(&thread, "preview", json!({"folder": folder, "number": number})).await?;
    Ok(told["preview"].clone())
}

/// Brings it back. Returns where it is.
#[tauri::command]
pub(crate) async fn bring_back(
    thread: State<'_, Thread>,
    folder: String,
    number: u64,
    r#where: String,
) -> Answer<Value> {
    let params = json!({"folder": folder, "number": number, "to": r#where});
    let told = call(&thread, "bring_back", params).await?;
    Refused::unless_done(&told, None)?;
    Ok(told["path"].clone())
}

/// Deletes what is put aside, for good. Returns how many.
#[tauri::command]
pub(crate) async fn empty_asides(thread: State<'_, Thread>, folder: String) -> Answer<Value> {
    let told = call(&thread, "empty_asides", json!({"folder": folder})).await?;
    Refused::unless_done(&told, None)?;
    Ok(told["gone"].clone())
}
