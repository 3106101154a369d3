//! Why a server cannot be worked with, in one word, for programs. Promised in
//! `docs/API.md`.

use super::{AccountTrouble, ConnectError, ServerErrorKind, SiteTrouble};

impl ConnectError {
    /// The word for it, for programs. Promised in `docs/API.md`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::BadUrl(_) => "bad-address",
            Self::InsecureHttp(_) => "not-encrypted",
            Self::CaFile(_) => "ca-file",
            Self::NoHost(_) | Self::Refused(_) | Self::TimedOut(_) | Self::Unreachable(_) => {
                "unreachable"
            }
            Self::Certificate(_) => "certificate",
            Self::SignIn { .. } => "sign-in",
            Self::NotStorage(_) => "no-storage",
            Self::Busy => "busy",
            Self::Account(trouble) => of_account(*trouble),
            Self::Site(trouble) => of_site(trouble),
            Self::Redirected(_) => "moved",
            Self::ForeignHome => "foreign-home",
            Self::NoSpace { .. } => "no-space",
            Self::NotAFolder(_) => "remote-not-a-folder",
            Self::Server(error) => error.kind.word(),
        }
    }
}

impl ServerErrorKind {
    /// The word for it, for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unreachable | Self::Interrupted => "unreachable",
            Self::Certificate => "certificate",
            Self::SignIn => "sign-in",
            Self::Account(trouble) => of_account(*trouble),
            Self::Site(trouble) => of_site(trouble),
            Self::Busy(_) => "busy",
            Self::Forbidden => "forbidden",
            Self::NotFound | Self::Nonsense => "no-storage",
            Self::Quota => "quota",
            Self::StorageGone => "storage-gone",
            Self::Changed
            | Self::Exists
            | Self::Locked
            | Self::TooLarge
            | Self::BadName
            | Self::Torn
            | Self::Body
            | Self::Status(_) => "server-trouble",
        }
    }
}

fn of_account(trouble: AccountTrouble) -> &'static str {
    match trouble {
        AccountTrouble::Disabled => "account-disabled",
        AccountTrouble::Blocked => "account-blocked",
        AccountTrouble::TooManyAttempts => "too-many-attempts",
        AccountTrouble::AppPasswordNeeded => "app-password-needed",
        AccountTrouble::PasswordExpired => "password-expired",
        AccountTrouble::TermsNotAccepted => "terms-not-accepted",
        AccountTrouble::PlanEnded => "plan-ended",
    }
}

fn of_site(trouble: &SiteTrouble) -> &'static str {
    match trouble {
        SiteTrouble::Maintenance => "maintenance",
        SiteTrouble::UpgradePending => "upgrade-pending",
        SiteTrouble::UntrustedHost => "untrusted-host",
        SiteTrouble::Page => "no-storage",
        SiteTrouble::Elsewhere(_) => "sent-elsewhere",
        SiteTrouble::ProxySignIn => "proxy-sign-in",
        SiteTrouble::ProxyRefused => "proxy-refused",
        SiteTrouble::ProxyUnreachable => "proxy-unreachable",
    }
}
