//! What is done with folders and accounts as a whole.

use std::path::PathBuf;

use futures::FutureExt as _;
use navette::folders::{self, FolderError, LeaveError};
use navette::settings::{Places, Settings};
use serde::Serialize;
use tauri::{AppHandle, State};

use crate::preferences;
use crate::refused::Refused;
use crate::thread::Thread;

/// A folder, as it is configured.
#[derive(Debug, Serialize)]
pub(crate) struct Pair {
    folder: String,
    account: String,
    remote_path: String,
    rules: Vec<String>,
    without: Vec<String>,
    title: String,
}

/// What leaves with an account.
#[derive(Debug, Serialize)]
pub(crate) struct Removal {
    account: String,
    server: String,
    unsent: u64,
    folders: Vec<String>,
}

/// All folders, as they are configured.
#[tauri::command]
pub(crate) async fn pairs(app: AppHandle) -> Result<Vec<Pair>, Refused> {
    let settings = Places::find().and_then(|places| Settings::open(&places.settings()));
    let settings =
        settings.map_err(|error| Refused::settings(&preferences::texts(&app), &error))?;
    let pairs = settings.folders.iter().map(|folder| Pair {
        folder: folder.path.to_string_lossy().into_owned(),
        account: folder.account.clone(),
        remote_path: format!("/{}", folder.remote_path),
        rules: folder.choice.rules.folder.clone(),
        without: folder.choice.without.iter().map(ToString::to_string).collect(),
        title: folder.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    });
    Ok(pairs.collect())
}

/// Moves a folder to another place, while whoever watches it waits.
#[tauri::command]
pub(crate) async fn relocate(
    app: AppHandle,
    thread: State<'_, Thread>,
    folder: PathBuf,
    to: PathBuf,
) -> Result<(), Refused> {
    let moved = thread.run(move || {
        async move {
            let places = Places::find().map_err(FolderError::Settings)?;
            folders::relocate(&places, &folder, &to, |_, _| {}).await
        }
        .boxed_local()
    });
    moved.await?.map(drop).map_err(|error| {
        let said = error.said(&preferences::texts(&app));
        Refused::because(error.word(), said, &error).at("place")
    })
}

/// A folder leaves Navette; what lies in it stays.
#[tauri::command]
pub(crate) async fn remove_folder(app: AppHandle, folder: PathBuf) -> Result<(), Refused> {
    let done = Places::find()
        .and_then(|places| Settings::open(&places.settings()))
        .and_then(|mut settings| settings.remove_folder(&folder));
    done.map_err(|error| Refused::settings(&preferences::texts(&app), &error))
}

fn not_left(app: &AppHandle, error: &LeaveError) -> Refused {
    let code = match error {
        LeaveError::Settings(_) => "settings",
        LeaveError::NotSent(..) => "not-sent",
    };
    Refused::because(code, error.said(&preferences::texts(app)), error)
}

/// What would leave with an account.
#[tauri::command]
pub(crate) async fn removal(app: AppHandle, account: String) -> Result<Removal, Refused> {
    let told = Places::find().map_err(LeaveError::Settings);
    let told = told.and_then(|places| folders::removal(&places, &account));
    let told = told.map_err(|error| not_left(&app, &error))?;
    let folders::Removal { account, server, unsent, folders } = told;
    Ok(Removal { account, server, unsent, folders })
}

/// An account leaves with its folders. With `send` what is not sent goes before.
#[tauri::command]
pub(crate) async fn remove_account(
    app: AppHandle,
    thread: State<'_, Thread>,
    account: String,
    send: bool,
) -> Result<(), Refused> {
    let left = thread.run(move || {
        async move {
            let places = Places::find()?;
            folders::remove_account(&places, &account, send).await
        }
        .boxed_local()
    });
    match left.await? {
        Ok(given) => {
            tracing::info!(?given, "an account has left");
            Ok(())
        }
        Err(error) => Err(not_left(&app, &error)),
    }
}
