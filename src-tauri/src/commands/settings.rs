//! What Settings asks of preferences and options.

use std::path::PathBuf;

use futures::FutureExt as _;
use navette::accounts::Desk;
use navette::secret::Secret;
use navette::settings::{KEYS, Level, Places, Scope as Where, Settings, SettingsError};
use navette::text;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, State};

use crate::preferences::{self, Change, Preferences};
use crate::refused::Refused;
use crate::thread::Thread;

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

/// What is chosen for the window.
#[tauri::command]
pub(crate) async fn preferences(app: AppHandle) -> Preferences {
    preferences::all(&app)
}

/// Chooses something otherwise for the window.
#[tauri::command]
pub(crate) async fn prefer(app: AppHandle, change: Change) -> Result<Preferences, Refused> {
    let changed = preferences::prefer(&app, change);
    changed.map_err(|error| Refused::settings(&preferences::texts(&app), &error))
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
    told().map_err(|error| Refused::settings(&preferences::texts(&app), &error))
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
    done.map_err(|error| Refused::settings(&preferences::texts(&app), &error))
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
