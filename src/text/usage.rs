//! A sentence and a remedy for settings and keychain.

use std::path::Path;

use crate::secret::keychain::KeychainError;
use crate::settings::SettingsError;

use super::{Said, Texts};

fn path<'a>(name: &'a str, path: &'a Path) -> (&'a str, fluent::FluentValue<'a>) {
    (name, path.to_string_lossy().into())
}

/// Returns what is wrong with the settings, or with what was asked of them.
pub fn settings(texts: &Texts, error: &SettingsError) -> Said {
    use SettingsError as E;
    let say = |id, args: &super::Args<'_>| texts.explain(id, args);
    match error {
        E::PatternBad { line, reason } => {
            let reason = super::plain(reason);
            say(
                "usage-pattern-bad",
                &[("pattern", line.as_str().into()), ("reason", reason.into())],
            )
        }
        E::NoHome => say("settings-home-none", &[]),
        E::Unreadable { path: at, source } => {
            say("error-file-unreadable", &[path("path", at), ("reason", source.to_string().into())])
        }
        E::Unwritable { path: at, source } => {
            say("settings-unwritable", &[path("path", at), ("reason", source.to_string().into())])
        }
        E::Broken { path: at, reason } => {
            say("settings-broken", &[path("path", at), ("reason", reason.as_str().into())])
        }
        E::AddressBad(address) => say("usage-address-bad", &[("address", address.as_str().into())]),
        E::AddressSecret => say("usage-address-secret", &[]),
        E::NotEncrypted(address) => {
            say("usage-not-encrypted", &[("address", address.as_str().into())])
        }
        E::RemotePathBad(at) => say("usage-remote-path-bad", &[("path", at.as_str().into())]),
        E::FolderMissing(at) => say("usage-folder-missing", &[path("path", at)]),
        E::NotAFolder(at) => say("usage-not-a-folder", &[path("path", at)]),
        E::PathNotText(at) => say("usage-path-not-text", &[path("path", at)]),
        E::AccountNone => say("usage-account-none", &[]),
        E::AccountWhich => say("usage-account-which", &[]),
        E::AccountUnknown(name) => say("usage-account-unknown", &[("name", name.as_str().into())]),
        E::AccountExists(name) => say("usage-account-exists", &[("name", name.as_str().into())]),
        E::AccountInUse(name) => say("usage-account-in-use", &[("name", name.as_str().into())]),
        E::FolderUnknown(at) => say("usage-folder-unknown", &[path("path", at)]),
        E::Overlap { path: at, other } => {
            say("usage-overlap", &[path("path", at), path("other", other)])
        }
        E::OptionUnknown(key) => say("usage-option-unknown", &[("key", key.as_str().into())]),
        E::OptionElsewhere { key, level } => {
            let level = level.to_string();
            say("usage-option-elsewhere", &[("key", (*key).into()), ("level", level.into())])
        }
        E::OptionBad { key, value, forms } => {
            let value = value.as_str().into();
            say(
                "usage-option-bad",
                &[("key", (*key).into()), ("value", value), ("forms", (*forms).into())],
            )
        }
        E::HoldsState { path: at, state } => {
            say("usage-holds-state", &[path("path", at), path("state", state)])
        }
    }
}

/// Returns why the keychain is of no use now.
pub fn keychain(texts: &Texts, error: &KeychainError) -> Said {
    let id = match error {
        KeychainError::None(_) => "keychain-none-here",
        KeychainError::Locked(_) => "keychain-locked-here",
        KeychainError::Failed(_) => "keychain-failed-here",
    };
    texts.explain(id, &[])
}
