//! What Settings asks.

use std::path::PathBuf;

use futures::FutureExt as _;
use navette::accounts::Desk;
use navette::diagnose::{self, GatherError};
use navette::folders::{self, FolderError, LeaveError};
use navette::secret::Secret;
use navette::settings::{KEYS, Level, Places, Scope as Where, Settings, SettingsError};
use navette::text::{self, Said, Texts};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tauri_plugin_opener::OpenerExt as _;

use crate::preferences::{Change, Preferences};
use crate::refused::Refused;
use crate::thread::Thread;
use crate::{preferences, update};

/// For whom something is chosen.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Scope {
    /// For everything.
    Sync,
    /// For the account of this name.
    Account {
        /// Its name.
        name: String,
    },
    /// For the folder at this path.
    Folder {
        /// Its path.
        path: PathBuf,
    },
}

impl From<Scope> for Where {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Sync => Self::Everything,
            Scope::Account { name } => Self::Account(name),
            Scope::Folder { path } => Self::Folder(path),
        }
    }
}

/// Something that can be chosen, and what is.
#[derive(Debug, Serialize)]
pub(crate) struct Choice {
    key: &'static str,
    value: String,
    from: String,
    forms: &'static str,
    levels: Vec<String>,
}

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

/// An archive that was written.
#[derive(Debug, Serialize)]
pub(crate) struct Gathered {
    path: String,
    bytes: u64,
    files: Vec<String>,
}

/// What Navette is made of, and where it keeps what.
#[derive(Debug, Serialize)]
pub(crate) struct About {
    version: &'static str,
    licence: &'static str,
    components: serde_json::Value,
    log_dir: String,
    settings: String,
    updates: &'static str,
}

/// What is not ours, with its licence (`build.rs`).
const COMPONENTS: &str = include_str!(concat!(env!("OUT_DIR"), "/components.json"));

fn refused(texts: &Texts, error: &SettingsError) -> Refused {
    let said = text::settings(texts, error);
    let refused = Refused::because("settings", said, error);
    match error {
        SettingsError::OptionBad { .. } => refused.at("value"),
        _ => refused,
    }
}

fn not_opened(app: &AppHandle, error: &dyn std::error::Error) -> Refused {
    let said = preferences::texts(app).explain("error-opens-nothing", &[]);
    Refused::because("opens-nothing", said, error)
}

/// What is chosen for the window.
#[tauri::command]
pub(crate) async fn preferences(app: AppHandle) -> Preferences {
    preferences::all(&app)
}

/// Chooses something otherwise for the window.
#[tauri::command]
pub(crate) async fn prefer(app: AppHandle, change: Change) -> Result<Preferences, Refused> {
    let changed = preferences::prefer(&app, change);
    changed.map_err(|error| refused(&preferences::texts(&app), &error))
}

/// All that can be chosen there, and what is.
#[tauri::command]
pub(crate) async fn options(app: AppHandle, scope: Scope) -> Result<Vec<Choice>, Refused> {
    let told = || {
        let settings = Settings::open(&Places::find()?.settings())?;
        let (level, scope) = (level(&scope), Where::from(scope));
        let keys = KEYS.iter().filter(|key| key.stands_in(level));
        let choices = keys.map(|key| {
            let (value, from) = settings.chosen(&scope, key.name)?;
            Ok(Choice {
                key: key.name,
                value,
                from: from.map_or_else(|| "usual".to_owned(), |level| level.to_string()),
                forms: key.forms,
                levels: key.levels.iter().map(ToString::to_string).collect(),
            })
        });
        choices.collect::<Result<Vec<_>, SettingsError>>()
    };
    told().map_err(|error| refused(&preferences::texts(&app), &error))
}

fn level(scope: &Scope) -> Level {
    match scope {
        Scope::Sync => Level::Sync,
        Scope::Account { .. } => Level::Account,
        Scope::Folder { .. } => Level::Folder,
    }
}

/// Chooses a value there; without one what wider places say.
#[tauri::command]
pub(crate) async fn set_option(
    app: AppHandle,
    scope: Scope,
    key: String,
    value: Option<String>,
) -> Result<(), Refused> {
    let done = Places::find()
        .and_then(|places| Settings::open(&places.settings()))
        .and_then(|mut settings| settings.choose(&scope.into(), &key, value.as_deref()));
    done.map_err(|error| refused(&preferences::texts(&app), &error))
}

/// Keeps the password for the proxy that is chosen for everything, or forgets it.
#[tauri::command]
pub(crate) async fn set_proxy_password(
    app: AppHandle,
    thread: State<'_, Thread>,
    password: Option<String>,
) -> Result<(), Refused> {
    let password = password.map(Secret::new);
    let kept = thread.run(move || {
        async move { Desk::here()?.keep_proxy_password(None, password).await }.boxed_local()
    });
    kept.await?.map_err(|error| {
        let said = text::refusal(&preferences::texts(&app), &error);
        Refused::because("proxy-password", said, &error).at("value")
    })
}

/// All folders, as they are configured.
#[tauri::command]
pub(crate) async fn pairs(app: AppHandle) -> Result<Vec<Pair>, Refused> {
    let settings = Places::find().and_then(|places| Settings::open(&places.settings()));
    let settings = settings.map_err(|error| refused(&preferences::texts(&app), &error))?;
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
    done.map_err(|error| refused(&preferences::texts(&app), &error))
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

/// Writes an archive for whoever helps.
#[tauri::command]
pub(crate) async fn gather(
    app: AppHandle,
    thread: State<'_, Thread>,
    names: bool,
    to: PathBuf,
) -> Result<Gathered, Refused> {
    let path = to.to_string_lossy().into_owned();
    let gathered = thread.run(move || {
        async move {
            let places = Places::find().map_err(GatherError::Settings)?;
            diagnose::gather(&places, names, &to).await
        }
        .boxed_local()
    });
    match gathered.await? {
        Ok(gathered) => Ok(Gathered { path, bytes: gathered.bytes, files: gathered.files }),
        Err(error) => {
            let texts = preferences::texts(&app);
            let said = match &error {
                GatherError::Settings(error) => text::settings(&texts, error),
                GatherError::File(_) => not_gathered(&texts, &path, &error),
            };
            Err(Refused::because("not-gathered", said, &error))
        }
    }
}

fn not_gathered(texts: &Texts, path: &str, error: &GatherError) -> Said {
    let reason = error.to_string();
    let args = [("path", path.into()), ("reason", text::plain(&reason).into())];
    texts.explain("error-not-gathered", &args)
}

/// Shows the folder of the log.
#[tauri::command]
pub(crate) async fn open_log(app: AppHandle) -> Result<(), Refused> {
    let places = Places::find().map_err(|error| refused(&preferences::texts(&app), &error))?;
    let opened = app.opener().open_path(places.log_dir().to_string_lossy(), None::<&str>);
    opened.map_err(|error| not_opened(&app, &error))
}

/// What Navette is made of.
#[tauri::command]
pub(crate) async fn about(app: AppHandle) -> Result<About, Refused> {
    let places = Places::find().map_err(|error| refused(&preferences::texts(&app), &error))?;
    Ok(About {
        version: env!("CARGO_PKG_VERSION"),
        licence: env!("CARGO_PKG_LICENSE"),
        components: serde_json::from_str(COMPONENTS).unwrap_or_default(),
        log_dir: places.log_dir().to_string_lossy().into_owned(),
        settings: places.settings().to_string_lossy().into_owned(),
        updates: if update::is_on() { "on" } else { "off" },
    })
}

/// Asks for a folder of this computer.
#[tauri::command]
pub(crate) async fn pick_folder(
    app: AppHandle,
    title: String,
    at: Option<PathBuf>,
) -> Option<String> {
    let mut asks = app.dialog().file().set_title(title);
    if let Some(at) = at {
        asks = asks.set_directory(at);
    }
    picked(|answer| asks.pick_folder(answer)).await
}

/// Asks where an archive is to be written.
#[tauri::command]
pub(crate) async fn pick_archive(app: AppHandle, title: String) -> Option<String> {
    let asks = app.dialog().file().set_title(title).set_file_name("navette-diagnose.zip");
    let asks = asks.add_filter("zip", &["zip"]);
    picked(|answer| asks.save_file(answer)).await
}

/// What was picked; none if nobody picked anything.
async fn picked(ask: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<String> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    ask(Box::new(move |picked| {
        // Whoever asked may have gone.
        let _ = answer.send(picked);
    }));
    let path = answered.await.ok().flatten()?.into_path().ok()?;
    Some(path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_has_a_name_a_version_and_a_licence() {
        let components: Vec<serde_json::Value> = serde_json::from_str(COMPONENTS).unwrap();
        assert!(components.len() > 100, "only {}", components.len());
        for component in &components {
            for key in ["name", "version", "licence"] {
                let text = component[key].as_str();
                assert!(text.is_some_and(|text| !text.is_empty()), "{component}");
            }
        }
        for name in ["tauri", "tokio", "svelte", "@tauri-apps/api"] {
            assert!(components.iter().any(|component| component["name"] == name), "{name}");
        }
        assert!(!components.iter().any(|component| component["name"] == "navette"));
    }
}
