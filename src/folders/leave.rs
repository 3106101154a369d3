//! An account leaves Navette, with its folders. What lies in them stays: they
//! are ordinary folders then.

use std::path::{Path, PathBuf};

use serde_json::json;
use thiserror::Error;

use crate::accounts::{self, Passage};
use crate::api::{self, Waits};
use crate::clock::{Clock as _, SystemClock};
use crate::engine;
use crate::journal::{Journal, OnDisk};
use crate::pair;
use crate::secret::keychain::{self, KeychainError};
use crate::server::ConnectError;
use crate::settings::{Account, Folder, Pair, Places, Settings, SettingsError};
use crate::text::{self, Said, Texts};

/// Why an account does not leave. Nothing is removed then.
#[derive(Debug, Error)]
pub enum LeaveError {
    /// It is not configured so, or that cannot be changed.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// This folder was to be sent before, and was not: how it stands.
    #[error("{0} is not sent")]
    NotSent(PathBuf, Option<String>),
}

impl LeaveError {
    /// What people read of it.
    pub fn said(&self, texts: &Texts) -> Said {
        match self {
            Self::Settings(error) => text::settings(texts, error),
            Self::NotSent(path, stands) => {
                let args = [("path", path.to_string_lossy().into_owned().into())];
                let said = texts.explain("error-not-sent", &args);
                Said { remedy: stands.clone().or(said.remedy), ..said }
            }
        }
    }
}

/// What leaves with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Its name.
    pub account: String,
    /// The host of its server.
    pub server: String,
    /// How many changes its server has not got, as far as was last seen.
    pub unsent: u64,
    /// Its folders.
    pub folders: Vec<String>,
}

/// What became of the password of this computer.
#[derive(Debug)]
pub enum GivenBack {
    /// The server has forgotten it.
    Gone,
    /// There was nothing to be given back.
    Nothing,
    /// The server could not be asked: it goes on to know it.
    Left(ConnectError),
}

/// What would leave with the account called `name`.
///
/// # Errors
///
/// If there is none.
pub fn removal(places: &Places, name: &str) -> Result<Removal, LeaveError> {
    let settings = Settings::open(&places.settings())?;
    let account = settings.account(Some(name))?;
    let folders: Vec<&Folder> = of(&settings, name).collect();
    let now = SystemClock::new().wall();
    let unsent = folders.iter().map(|folder| unsent(places, &Pair::of(folder, account), now)).sum();
    Ok(Removal {
        account: name.to_owned(),
        server: account.server.host(),
        unsent,
        folders: folders.iter().map(|folder| folder.path.to_string_lossy().into_owned()).collect(),
    })
}

fn of<'a>(settings: &'a Settings, account: &'a str) -> impl Iterator<Item = &'a Folder> {
    settings.folders.iter().filter(move |folder| folder.account == account)
}

/// How many changes of a pair are not sent. Where nothing is known none is.
fn unsent(places: &Places, pair: &Pair, now: i64) -> u64 {
    let rows = Journal::read_only(&OnDisk::new(places.state_dir(pair)));
    let rows = rows.inspect_err(|error| tracing::warn!(%error, "what is not sent"));
    rows.ok().flatten().map_or(0, |rows| engine::unsent(&rows, now, &pair::device()))
}

/// Removes an account with its folders from the settings, its password from the
/// keychain, and gives back to the server what was made for this computer alone.
/// With `send` all folders are synced before.
///
/// # Errors
///
/// If there is no such account, or what is to be sent before cannot be. Nothing
/// is removed then.
pub async fn remove_account(
    places: &Places,
    name: &str,
    send: bool,
) -> Result<GivenBack, LeaveError> {
    let mut settings = Settings::open(&places.settings())?;
    let account = settings.account(Some(name))?.clone();
    let folders: Vec<_> = of(&settings, name).map(|folder| folder.path.clone()).collect();
    if send {
        for folder in &folders {
            sent(places, folder).await?;
        }
    }
    // Nobody is to be refused by the server, and to say so, in the last moment.
    let mut borrowed = Vec::new();
    for folder in &folders {
        borrowed.push(api::borrow(&places.run_dir(), folder).await);
    }
    let before = Settings::open(&places.settings())?;
    for folder in &folders {
        settings.remove_folder(folder)?;
    }
    settings.remove_account(name)?;
    drop(borrowed);
    let given = give_back(&account, &before).await;
    match keychain::forget(name.to_owned()).await {
        // Where there is none, nothing was kept either.
        Ok(()) | Err(KeychainError::None(_)) => {}
        Err(error) => tracing::warn!(%error, "the password of an account that has left"),
    }
    Ok(given)
}

/// Waits until a folder is up to date.
async fn sent(places: &Places, folder: &Path) -> Result<(), LeaveError> {
    let params = json!({"folder": folder.to_string_lossy()});
    let stands = api::sync(&places.run_dir(), &params, Waits::ForAWhile).await;
    let not = |stands: Option<String>| LeaveError::NotSent(folder.to_owned(), stands);
    let stands = stands.map_err(|error| {
        tracing::info!(%error, "nobody sends");
        not(None)
    })?;
    match stands["state"].as_str() {
        Some("up-to-date") => Ok(()),
        _ => Err(not(stands["said"]["sentence"].as_str().map(str::to_owned))),
    }
}

/// Gives the password back, if it is one that the server made for this computer.
async fn give_back(account: &Account, settings: &Settings) -> GivenBack {
    let Ok(Some(password)) = keychain::load(account.name.clone()).await else {
        return GivenBack::Nothing;
    };
    let chosen = accounts::proxy_chosen(settings, Some(&account.name));
    let proxy = accounts::proxy_password(&chosen).await;
    let passage = Passage::of(settings, Some(&account.name), proxy);
    match accounts::give_back(account, password, &passage).await {
        Ok(true) => GivenBack::Gone,
        Ok(false) => GivenBack::Nothing,
        Err(error) => GivenBack::Left(error),
    }
}
