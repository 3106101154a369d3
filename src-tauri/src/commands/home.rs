//! What Home asks.

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use navette::api::{self, Account, Standing};
use navette::overview::Overview;
use serde_json::json;
use std::rc::Rc;
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt as _;

use crate::engine::{self, Engine};
use crate::refused::Refused;
use crate::thread::Thread;

/// Has that done where the engine is.
pub(crate) async fn with<T, F>(thread: &Thread, work: F) -> Result<T, Refused>
where
    T: Send + 'static,
    F: FnOnce(Rc<Engine>) -> LocalBoxFuture<'static, Result<T, Refused>> + Send + 'static,
{
    let done = thread.run(move || {
        async move {
            match engine::here() {
                Some(engine) => work(engine).await,
                None => Err(Refused::not_begun()),
            }
        }
        .boxed_local()
    });
    done.await?
}

/// The one picture of everything.
#[tauri::command]
pub(crate) async fn overview(thread: State<'_, Thread>) -> Result<Overview, Refused> {
    let shown =
        |engine: Rc<Engine>| async move { engine.overview().ok_or_else(Refused::not_begun) };
    with(&thread, move |engine| shown(engine).boxed_local()).await
}

/// The accounts, with what their servers last told.
#[tauri::command]
pub(crate) async fn accounts(thread: State<'_, Thread>) -> Result<Vec<Account>, Refused> {
    with(&thread, |engine| async move { Ok(engine.accounts().await) }.boxed_local()).await
}

/// How all pairs stand.
#[tauri::command]
pub(crate) async fn standings(thread: State<'_, Thread>) -> Result<Vec<Standing>, Refused> {
    with(&thread, |engine| async move { Ok(engine.standings()) }.boxed_local()).await
}

/// Looks at once.
#[tauri::command]
pub(crate) async fn sync(thread: State<'_, Thread>, folder: Option<String>) -> Result<(), Refused> {
    wish(&thread, "sync", folder, None).await
}

/// Pauses; without seconds until resumed.
#[tauri::command]
pub(crate) async fn pause(
    thread: State<'_, Thread>,
    folder: Option<String>,
    seconds: Option<i64>,
) -> Result<(), Refused> {
    wish(&thread, "pause", folder, seconds).await
}

/// Goes on.
#[tauri::command]
pub(crate) async fn resume(
    thread: State<'_, Thread>,
    folder: Option<String>,
) -> Result<(), Refused> {
    wish(&thread, "resume", folder, None).await
}

/// Tells all that watch what is wanted.
async fn wish(
    thread: &Thread,
    method: &'static str,
    folder: Option<String>,
    seconds: Option<i64>,
) -> Result<(), Refused> {
    let asked = move |engine: Rc<Engine>| async move {
        let mut params = json!({});
        if let Some(folder) = folder {
            params["folder"] = json!(folder);
        }
        if let Some(seconds) = seconds {
            params["seconds"] = json!(seconds);
        }
        let asked = api::ask(&engine.run_dir(), method, &params).await;
        asked.map(drop).map_err(|error| Refused::ask(&engine.texts(), &error))
    };
    with(thread, move |engine| asked(engine).boxed_local()).await
}

/// Opens the folder, or what is in it, with the program of the system.
#[tauri::command]
pub(crate) async fn open_path(
    app: AppHandle,
    thread: State<'_, Thread>,
    folder: String,
    path: Option<String>,
) -> Result<(), Refused> {
    let place = place(&thread, folder, path).await?;
    let opened = app.opener().open_path(place, None::<&str>);
    opened.map_err(|error| Refused::system(&error))
}

/// Shows it in the file manager.
#[tauri::command]
pub(crate) async fn reveal(
    app: AppHandle,
    thread: State<'_, Thread>,
    folder: String,
    path: String,
) -> Result<(), Refused> {
    let place = place(&thread, folder, Some(path)).await?;
    app.opener().reveal_item_in_dir(place).map_err(|error| Refused::system(&error))
}

/// Where that is on this computer: only inside of configured folders.
async fn place(thread: &Thread, folder: String, path: Option<String>) -> Result<String, Refused> {
    let found = move |engine: Rc<Engine>| async move {
        let place =
            engine.settings().and_then(|all| all.place_of(folder.as_ref(), path.as_deref()));
        let place = place.map_err(|error| Refused::settings(&engine.texts(), &error))?;
        Ok(place.to_string_lossy().into_owned())
    };
    with(thread, move |engine| found(engine).boxed_local()).await
}

/// Opens the server's page of it in the browser.
#[tauri::command]
pub(crate) async fn open_web(
    app: AppHandle,
    thread: State<'_, Thread>,
    folder: String,
    path: Option<String>,
) -> Result<(), Refused> {
    let page = move |engine: Rc<Engine>| async move {
        let page = api::page(&engine.run_dir(), &folder, path.as_deref()).await;
        page.map_err(|error| Refused::ask(&engine.texts(), &error))
    };
    let page = with(&thread, move |engine| page(engine).boxed_local()).await?;
    app.opener().open_url(page, None::<&str>).map_err(|error| Refused::system(&error))
}

/// Opens a page of a server that is configured, or that the assistant was asked for.
#[tauri::command]
pub(crate) async fn open_page(
    app: AppHandle,
    thread: State<'_, Thread>,
    url: String,
) -> Result<(), Refused> {
    let visited = super::assistant::page(&app, &url);
    let named = move |engine: Rc<Engine>| async move {
        let settings =
            engine.settings().map_err(|error| Refused::settings(&engine.texts(), &error))?;
        let page = settings.page(&url).or(visited);
        page.ok_or_else(|| Refused::foreign_page(&engine.texts()))
    };
    let page = with(&thread, move |engine| named(engine).boxed_local()).await?;
    app.opener().open_url(page, None::<&str>).map_err(|error| Refused::system(&error))
}
