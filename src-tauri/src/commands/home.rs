//! What Home asks.

use futures::FutureExt as _;
use navette::api;
use navette::settings::Places;
use serde_json::json;
use tauri::State;

use crate::refused::Refused;
use crate::thread::Thread;

/// Looks at once.
#[tauri::command]
pub(crate) async fn sync(thread: State<'_, Thread>, folder: Option<String>) -> Result<(), Refused> {
    let asked = thread.run(move || {
        async move {
            let Ok(places) = Places::find() else { return };
            let _ = api::ask(&places.run_dir(), "sync", &json!({"folder": folder})).await;
        }
        .boxed_local()
    });
    Ok(asked.await?)
}
