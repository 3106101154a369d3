//! Why an account or a folder is not added.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::model::RelPath;
use crate::peer::PeerError;
use crate::secret::keychain::KeychainError;
use crate::server::{AccountTrouble, ConnectError, ServerError, Untrusted};
use crate::settings::{Address, SettingsError};

/// Why nothing comes of it. What was typed can be corrected, and nothing has
/// been written.
#[derive(Debug, Error)]
pub enum Refusal {
    /// What was typed, or the settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The server cannot be worked with, or refuses the account.
    #[error("{host}: {error}")]
    Connect {
        /// Why.
        error: Box<ConnectError>,
        /// The server, for people.
        host: String,
    },
    /// The certificate that the server shows is not trusted.
    #[error("{host}: {shown:?}")]
    Certificate {
        /// The server, for people.
        host: String,
        /// The certificate.
        shown: Untrusted,
        /// Another one was trusted before.
        changed: bool,
    },
    /// Nobody can sign in there in a way that is known here.
    #[error("no way to sign in to {0}")]
    NoWay(String),
    /// Nobody signed in by the browser in time; the page is not valid any more.
    #[error("the page of {0} is not valid any more")]
    PageExpired(String),
    /// Signing in by the browser was given up.
    #[error("signing in by the browser was given up")]
    GivenUp,
    /// Somebody has signed in again as somebody else.
    #[error("signed in as {found}, not as {wanted}")]
    OtherAccount {
        /// Whose account it is.
        wanted: String,
        /// Who has signed in.
        found: String,
    },
    /// Something stands on the server where a folder was to be made.
    #[error("{0} is there already")]
    FolderThere(RelPath),
    /// The server takes no folder of this name.
    #[error("no folder can be called {0}")]
    FolderName(RelPath),
    /// A line that is none of the grammar of `.gitignore`, and why.
    #[error("{0}: {1}")]
    NoPattern(String, String),
    /// A folder on this computer cannot be used.
    #[error("{0}: {1}")]
    Place(PathBuf, io::Error),
    /// What another client has left cannot be taken over.
    #[error(transparent)]
    Peer(#[from] PeerError),
    /// This is no fingerprint of a certificate.
    #[error("no fingerprint")]
    NoFingerprint,
    /// No proxy is chosen that wants a login.
    #[error("no proxy with a login")]
    NoProxyLogin,
    /// The sign-in is over, or never was.
    #[error("no such sign-in")]
    NoSession,
    /// Nobody keeps the account's password.
    #[error("no password of {0}")]
    NoPassword(String),
    /// The keychain has the password and does not give it.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
}

impl Refusal {
    /// A server that cannot be worked with.
    pub fn connect(error: ConnectError, server: &Address) -> Self {
        Self::Connect { error: Box::new(error), host: server.host() }
    }

    /// A request that the server refused.
    pub fn server(error: ServerError, server: &Address) -> Self {
        Self::connect(error.into(), server)
    }

    /// The word for programs, as in `docs/API.md`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Settings(error) => settings_word(error),
            Self::Connect { error, .. } => error.word(),
            Self::Certificate { changed: true, .. } => "certificate-changed",
            Self::Certificate { .. } => "certificate",
            Self::NoWay(_) => "no-way-to-sign-in",
            Self::PageExpired(_) => "expired",
            Self::GivenUp => "cancelled",
            Self::OtherAccount { .. } => "other-account",
            Self::FolderThere(_) => "folder-there",
            Self::FolderName(_) => "bad-name",
            Self::NoPattern(..) => "no-pattern",
            Self::Place(..) => "place",
            Self::Peer(error) => peer_word(error),
            Self::NoFingerprint => "no-fingerprint",
            Self::NoProxyLogin => "no-proxy-login",
            Self::NoSession => "no-session",
            Self::NoPassword(_) => "no-password",
            Self::Keychain(_) => "keychain",
        }
    }

    /// What somebody typed that is at fault, if it is that.
    pub fn field(&self) -> Option<&'static str> {
        use ConnectError as Why;
        match self {
            Self::Settings(error) => settings_field(error),
            Self::Connect { error, .. } => match &**error {
                Why::SignIn { .. } | Why::Account(AccountTrouble::AppPasswordNeeded) => {
                    Some("password")
                }
                Why::BadUrl(_)
                | Why::InsecureHttp(_)
                | Why::NoHost(_)
                | Why::Refused(_)
                | Why::TimedOut(_)
                | Why::Unreachable(_)
                | Why::NotStorage(_)
                | Why::Redirected(_)
                | Why::Certificate(_)
                | Why::Site(_) => Some("address"),
                _ => None,
            },
            Self::NoWay(_) | Self::Certificate { .. } => Some("address"),
            Self::OtherAccount { .. } => Some("login"),
            Self::NoPassword(_) => Some("password"),
            Self::Place(..) | Self::Peer(_) => Some("place"),
            Self::NoPattern(..) | Self::NoFingerprint => Some("value"),
            Self::FolderThere(_) | Self::FolderName(_) => Some("name"),
            _ => None,
        }
    }
}

fn settings_word(error: &SettingsError) -> &'static str {
    use SettingsError as E;
    match error {
        E::AddressBad(_) | E::AddressSecret => "bad-address",
        E::NotEncrypted(_) => "not-encrypted",
        E::AccountUnknown(_) | E::AccountNone | E::AccountWhich => "no-such-account",
        E::AccountExists(_) => "account-exists",
        E::FolderUnknown(_) => "no-such-folder",
        E::FolderMissing(_) => "folder-missing",
        E::NotAFolder(_) => "not-a-folder",
        E::Overlap { .. } | E::HoldsState { .. } | E::PathNotText(_) => "place",
        _ => "settings",
    }
}

fn peer_word(error: &PeerError) -> &'static str {
    match error {
        PeerError::Running(_) => "client-running",
        PeerError::Standins(_) => "stand-ins",
        _ => "no-takeover",
    }
}

fn settings_field(error: &SettingsError) -> Option<&'static str> {
    use SettingsError as E;
    match error {
        E::AddressBad(_) | E::AddressSecret | E::NotEncrypted(_) => Some("address"),
        E::FolderMissing(_)
        | E::NotAFolder(_)
        | E::PathNotText(_)
        | E::Overlap { .. }
        | E::HoldsState { .. } => Some("place"),
        _ => None,
    }
}
