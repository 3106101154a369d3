//! The keychain of this computer.
//!
//! The store of each system is chosen here, not by a process-wide default: a
//! default that once failed would be remembered, and a keychain that appears
//! later would not be found.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use thiserror::Error as ThisError;

use super::Secret;

/// Under what name the keychain shows our entries.
const SERVICE: &str = "Navette";

/// How long a keychain may take. A locked one asks the user first, and the
/// call lasts until that is answered.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the keychain is of no use now.
#[derive(Debug, ThisError)]
pub enum KeychainError {
    /// This computer has none, or none that runs.
    #[error("no keychain here: {0}")]
    None(String),
    /// It is there, but locked, or nobody answered its question.
    #[error("the keychain is locked: {0}")]
    Locked(String),
    /// It failed.
    #[error("the keychain failed: {0}")]
    Failed(String),
}

/// The result of a call to the keychain.
pub type Result<T> = std::result::Result<T, KeychainError>;

/// Keeps the password of an account, over an older one.
///
/// # Errors
///
/// If there is no keychain, or it is locked or broken.
pub async fn store(account: String, password: Secret) -> Result<()> {
    held().remove(&account);
    with_entry(account, move |entry| entry.set_password(password.expose())).await
}

/// What no keychain takes, until this process ends.
static HELD: Mutex<BTreeMap<String, Secret>> = Mutex::new(BTreeMap::new());

fn held() -> MutexGuard<'static, BTreeMap<String, Secret>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Holds the password of an account that no keychain takes, in memory only:
/// [`load`] returns it until this process ends.
pub fn hold(account: String, password: Secret) {
    held().insert(account, password);
}

/// Returns what is held in memory, without asking the keychain.
pub fn held_now(account: &str) -> Option<Secret> {
    held().get(account).cloned()
}

/// Returns the password of an account, kept or held; `None` if there is none.
///
/// # Errors
///
/// If there is no keychain, or it is locked or broken, and none is held.
pub async fn load(account: String) -> Result<Option<Secret>> {
    if let Some(password) = held().get(&account).cloned() {
        return Ok(Some(password));
    }
    load_kept(account).await
}

/// Returns the password of an account that is kept; `None` if none was.
///
/// # Errors
///
/// If there is no keychain, or it is locked or broken.
pub async fn load_kept(account: String) -> Result<Option<Secret>> {
    with_entry(account, |entry| match entry.get_password() {
        Ok(password) => Ok(Some(Secret::new(password))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })
    .await
}

/// Forgets the password of an account, if one was kept.
///
/// # Errors
///
/// If there is no keychain, or it is locked or broken.
pub async fn forget(account: String) -> Result<()> {
    held().remove(&account);
    with_entry(account, |entry| match entry.delete_credential() {
        Err(Error::NoEntry) | Ok(()) => Ok(()),
        Err(error) => Err(error),
    })
    .await
}

/// Runs a call on a thread of its own, for at most [`PATIENCE`]. A call that
/// takes longer goes on there, unheard: it cannot be stopped.
async fn with_entry<T: Send + 'static>(
    account: String,
    call: impl FnOnce(Entry) -> keyring_core::Result<T> + Send + 'static,
) -> Result<T> {
    let work = tokio::task::spawn_blocking(move || {
        open_store()?.build(SERVICE, &account, None).and_then(call).map_err(classify)
    });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(result)) => result,
        Ok(Err(ended)) => Err(KeychainError::Failed(ended.to_string())),
        Err(_) => Err(KeychainError::Locked("no answer in time".to_owned())),
    }
}

fn classify(error: Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(source) => KeychainError::Locked(source.to_string()),
        Error::NoDefaultStore => KeychainError::None(error.to_string()),
        other => KeychainError::Failed(other.to_string()),
    }
}

/// What keeps passwords in this process alone, once that is wanted.
static IN_MEMORY: OnceLock<Arc<CredentialStore>> = OnceLock::new();

/// From now on, and until it ends, this process keeps passwords in its memory
/// and never asks the keychain: the demonstration leaves alone what its user has.
///
/// # Errors
///
/// If even that is not possible.
pub fn keep_in_memory() -> Result<()> {
    let store = keyring_core::mock::Store::new().map_err(classify)?;
    let _ = IN_MEMORY.set(store);
    Ok(())
}

/// Opens the system's store. Whatever fails here means that there is none:
/// no session bus, nothing that answers on it.
fn open_store() -> Result<Arc<CredentialStore>> {
    if let Some(store) = IN_MEMORY.get() {
        return Ok(store.clone());
    }
    let store = system::Store::new().map_err(|error| KeychainError::None(error.to_string()))?;
    Ok(store)
}

#[cfg(all(unix, not(target_os = "macos")))]
use zbus_secret_service_keyring_store as system;

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain as system;

#[cfg(windows)]
use windows_native_keyring_store as system;

#[cfg(test)]
mod tests {
    use super::*;

    // The only test that asks the keychain in this process: what it chooses
    // holds until the process ends.
    #[tokio::test]
    async fn what_is_kept_in_memory_is_there_again_and_can_be_forgotten() {
        keep_in_memory().unwrap();
        let account = || "marie@demo".to_owned();
        assert!(load(account()).await.unwrap().is_none());
        store(account(), Secret::new("s")).await.unwrap();
        assert_eq!(load(account()).await.unwrap(), Some(Secret::new("s")));
        forget(account()).await.unwrap();
        assert!(load(account()).await.unwrap().is_none());
    }
}
