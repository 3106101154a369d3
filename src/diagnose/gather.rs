//! The whole archive of all that is configured. Nobody is asked for a password.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::{Parts, Veil};
use crate::accounts::{self, proxy_chosen, proxy_password};
use crate::clock::{Clock as _, SystemClock};
use crate::doctor::{Keychain, Patient, examine};
use crate::entropy::{Entropy as _, SystemEntropy};
use crate::pair::pinned;
use crate::secret::{Secret, keychain};
use crate::settings::{Account, Pair, Places, Scope, Settings, SettingsError};

/// Why there is none.
#[derive(Debug, Error)]
pub enum GatherError {
    /// The settings cannot be read.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The log cannot be read.
    #[error("{}: {_1}", _0.display())]
    Log(PathBuf, io::Error),
    /// The archive cannot be written.
    #[error("{}: {_1}", _0.display())]
    Unwritten(PathBuf, io::Error),
}

/// What is wanted.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    /// Names of files, servers and people are in it.
    pub names: bool,
    /// Stands in for the passwords of the keychain.
    pub password: Option<Secret>,
    /// Stands in for the keychain's password of a proxy.
    pub proxy_password: Option<Secret>,
    /// Certificates that are trusted instead of those that accounts name.
    pub ca_file: Option<PathBuf>,
}

/// What was gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The length of the archive.
    pub bytes: u64,
    /// The files in it.
    pub files: Vec<String>,
}

/// Writes the archive at `to`, which must not be there yet.
///
/// # Errors
///
/// If something of it cannot be read, or it cannot be written.
pub async fn gather(places: &Places, sought: &Sought, to: &Path) -> Result<Gathered, GatherError> {
    let settings = Settings::open(&places.settings())?;
    let secrets = secrets(&settings, sought).await;
    let veil = if sought.names { Veil::open(secrets) } else { Veil::drawn(salt(), secrets) };
    let clock = SystemClock::new();
    let mut parts = Parts::default();
    parts.about(clock.wall());
    parts.settings(&settings, &veil);
    for (number, folder) in settings.folders.iter().enumerate() {
        // One whose account was taken out by hand is told by the settings alone.
        let Ok(account) = settings.account(Some(&folder.account)) else { continue };
        let pair = Pair::of(folder, account);
        let state_dir = places.state_dir(&pair);
        let patient = patient(&settings, account, pair, &state_dir, sought).await?;
        parts.pair(number + 1, &state_dir, &examine(patient, &clock).await);
    }
    let log_dir = places.log_dir();
    parts.logs(&log_dir, &veil).map_err(|error| GatherError::Log(log_dir, error))?;
    let unwritten = |error| GatherError::Unwritten(to.to_owned(), error);
    parts.write(to, &veil).map_err(unwritten)?;
    let bytes = std::fs::metadata(to).map_err(unwritten)?.len();
    Ok(Gathered { bytes, files: parts.names() })
}

/// All that must not be in it, wherever it comes from.
async fn secrets(settings: &Settings, sought: &Sought) -> Vec<Secret> {
    let mut secrets: Vec<Secret> =
        [&sought.password, &sought.proxy_password].into_iter().flatten().cloned().collect();
    secrets.extend(proxy_password(&proxy_chosen(settings, None)).await);
    for account in &settings.accounts {
        secrets.extend(keychain::load(account.name.clone()).await.ok().flatten());
        secrets.extend(proxy_password(&proxy_chosen(settings, Some(&account.name))).await);
    }
    secrets
}

/// What the doctor is told of a pair.
async fn patient(
    settings: &Settings,
    account: &Account,
    pair: Pair,
    state_dir: &Path,
    sought: &Sought,
) -> Result<Patient, SettingsError> {
    let kept = keychain::load(account.name.clone()).await;
    let chosen = settings.options(&Scope::folder(&pair.local))?.proxy();
    let password = match &sought.proxy_password {
        Some(given) => Some(given.clone()),
        None => proxy_password(&chosen).await,
    };
    Ok(Patient {
        pair,
        state_dir: state_dir.to_owned(),
        user_id: account.user_id.clone(),
        keychain: Keychain::of(&kept),
        password: sought.password.clone().or_else(|| kept.ok().flatten()),
        ca_file: sought.ca_file.clone().or_else(|| account.ca_file.clone()),
        pinned: pinned(account),
        proxy: accounts::proxy(chosen, password),
    })
}

/// Thirty-two bytes that nobody can guess.
fn salt() -> [u8; 32] {
    let mut salt = [0; 32];
    for part in salt.chunks_mut(8) {
        part.copy_from_slice(&SystemEntropy.bits().to_le_bytes());
    }
    salt
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::ProxyChoice;

    fn stage(settings: &str) -> (tempfile::TempDir, Places) {
        let dir = tempfile::tempdir().unwrap();
        let places = Places::below(dir.path());
        std::fs::create_dir_all(places.settings().parent().unwrap()).unwrap();
        std::fs::write(places.settings(), settings).unwrap();
        (dir, places)
    }

    #[tokio::test]
    async fn the_passwords_of_proxies_are_veiled_as_those_of_accounts() {
        let (_dir, places) = stage("[sync]\nproxy = \"http://me@proxy.lab:3128\"\n");
        let settings = Settings::open(&places.settings()).unwrap();
        let ProxyChoice::At(url) = proxy_chosen(&settings, None) else { panic!("one is chosen") };
        keychain::hold(accounts::proxy_entry(&url).unwrap(), Secret::new("of the proxy"));
        let given = Some(Secret::new("given"));
        let sought = Sought { password: given.clone(), proxy_password: given, ..Sought::default() };
        let known = secrets(&settings, &sought).await;
        let known: Vec<&str> = known.iter().map(Secret::expose).collect();
        assert_eq!(known, ["given", "given", "of the proxy"]);
    }

    #[tokio::test]
    async fn an_archive_is_never_written_over_something() {
        let (dir, places) = stage("");
        let to = dir.path().join("there.zip");
        std::fs::write(&to, "mine").unwrap();
        let refused = gather(&places, &Sought::default(), &to).await.unwrap_err();
        assert!(matches!(&refused, GatherError::Unwritten(path, _) if *path == to), "{refused}");
        assert_eq!(std::fs::read(&to).unwrap(), b"mine");
    }
}
