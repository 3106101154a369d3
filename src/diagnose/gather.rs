//! The whole archive of all that is configured, for a program with a window:
//! nobody is asked for a password.

use std::path::Path;

use thiserror::Error;

use super::{Parts, Veil};
use crate::clock::{Clock as _, SystemClock};
use crate::doctor::{Keychain, Patient, examine};
use crate::entropy::{Entropy as _, SystemEntropy};
use crate::pair::pinned;
use crate::secret::keychain;
use crate::server::Proxy;
use crate::settings::{Pair, Places, ProxyChoice, Scope, Settings, SettingsError};

/// Why there is none.
#[derive(Debug, Error)]
pub enum GatherError {
    /// The settings cannot be read.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The log cannot be read, or the archive cannot be written.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

/// What was gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gathered {
    /// The length of the archive.
    pub bytes: u64,
    /// The files in it.
    pub files: Vec<String>,
}

/// Writes the archive at `to`, which must not be there yet; names of files,
/// servers and people are in it only if `names` says so.
///
/// # Errors
///
/// If something of it cannot be read, or it cannot be written.
pub async fn gather(places: &Places, names: bool, to: &Path) -> Result<Gathered, GatherError> {
    let settings = Settings::open(&places.settings())?;
    let mut secrets = Vec::new();
    for account in &settings.accounts {
        secrets.extend(keychain::load(account.name.clone()).await.ok().flatten());
    }
    let veil = if names { Veil::open(secrets) } else { Veil::drawn(salt(), secrets) };
    let clock = SystemClock::new();
    let mut parts = Parts::default();
    parts.about(clock.wall());
    parts.settings(&settings, &veil);
    for (number, folder) in settings.folders.iter().enumerate() {
        // One whose account was taken out by hand is told by the settings alone.
        let Ok(account) = settings.account(Some(&folder.account)) else { continue };
        let pair = Pair::of(folder, account);
        let kept = keychain::load(account.name.clone()).await;
        let state_dir = places.state_dir(&pair);
        let proxy = proxy(&settings, &Scope::folder(&folder.path))?;
        let patient = Patient {
            pair,
            state_dir: state_dir.clone(),
            user_id: account.user_id.clone(),
            keychain: Keychain::of(&kept),
            password: kept.ok().flatten(),
            ca_file: account.ca_file.clone(),
            pinned: pinned(account),
            proxy_name: named(&proxy),
            proxy,
        };
        parts.pair(number + 1, &state_dir, &examine(patient, &clock).await);
    }
    parts.logs(&places.log_dir(), &veil)?;
    parts.write(to, &veil)?;
    Ok(Gathered { bytes: std::fs::metadata(to)?.len(), files: parts.names() })
}

fn proxy(settings: &Settings, scope: &Scope) -> Result<Proxy, SettingsError> {
    Ok(match settings.options(scope)?.proxy() {
        ProxyChoice::System => Proxy::System,
        ProxyChoice::Direct => Proxy::Direct,
        ProxyChoice::At(url) => Proxy::At { url, password: None },
    })
}

/// What people call a proxy, without its login.
fn named(proxy: &Proxy) -> Option<String> {
    let Proxy::At { url, .. } = proxy else { return None };
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    Some(format!("{}{port}", url.host_str().unwrap_or_default()))
}

/// Thirty-two bytes that nobody can guess.
pub(crate) fn salt() -> [u8; 32] {
    let mut salt = [0; 32];
    for part in salt.chunks_mut(8) {
        part.copy_from_slice(&SystemEntropy.bits().to_le_bytes());
    }
    salt
}
