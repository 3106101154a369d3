//! Why a pair cannot be worked on, in one word, for programs. Promised in `docs/API.md`.

use crate::journal::JournalError;
use crate::pair::OpenError;
use crate::report::EngineError;
use crate::server::{AccountTrouble, ConnectError, ServerErrorKind, SiteTrouble};

/// Returns the word for what stands in the way.
pub(super) fn word(error: &OpenError) -> &'static str {
    match error {
        OpenError::Missing => "folder-missing",
        OpenError::NotAFolder => "not-a-folder",
        OpenError::NoPassword => "no-password",
        OpenError::Connect(error) => of_connect(error),
        OpenError::Engine(error) => of_engine(error),
    }
}

fn of_engine(error: &EngineError) -> &'static str {
    match error {
        EngineError::Server(error) => of_server(&error.kind),
        EngineError::Disk(_) => "disk",
        EngineError::Journal(JournalError::Newer { .. }) => "journal-newer",
        EngineError::InUse | EngineError::Journal(JournalError::InUse) => "in-use",
        EngineError::Journal(_) => "journal",
        EngineError::Gate(gate) => gate.word(),
    }
}

fn of_connect(error: &ConnectError) -> &'static str {
    match error {
        ConnectError::BadUrl(_) => "bad-address",
        ConnectError::InsecureHttp(_) => "not-encrypted",
        ConnectError::CaFile(_) => "ca-file",
        ConnectError::NoHost(_)
        | ConnectError::Refused(_)
        | ConnectError::TimedOut(_)
        | ConnectError::Unreachable(_) => "unreachable",
        ConnectError::Certificate(_) => "certificate",
        ConnectError::SignIn { .. } => "sign-in",
        ConnectError::NotStorage(_) => "no-storage",
        ConnectError::Busy => "busy",
        ConnectError::Account(trouble) => of_account(*trouble),
        ConnectError::Site(trouble) => of_site(trouble),
        ConnectError::Redirected(_) => "moved",
        ConnectError::ForeignHome => "foreign-home",
        ConnectError::NoSpace { .. } => "no-space",
        ConnectError::NotAFolder(_) => "remote-not-a-folder",
        ConnectError::Server(error) => of_server(&error.kind),
    }
}

fn of_server(kind: &ServerErrorKind) -> &'static str {
    match kind {
        ServerErrorKind::Unreachable | ServerErrorKind::Interrupted => "unreachable",
        ServerErrorKind::Certificate => "certificate",
        ServerErrorKind::SignIn => "sign-in",
        ServerErrorKind::Account(trouble) => of_account(*trouble),
        ServerErrorKind::Site(trouble) => of_site(trouble),
        ServerErrorKind::Busy(_) => "busy",
        ServerErrorKind::Forbidden => "forbidden",
        ServerErrorKind::NotFound | ServerErrorKind::Nonsense => "no-storage",
        ServerErrorKind::Quota => "quota",
        ServerErrorKind::StorageGone => "storage-gone",
        ServerErrorKind::Changed
        | ServerErrorKind::Exists
        | ServerErrorKind::Locked
        | ServerErrorKind::TooLarge
        | ServerErrorKind::BadName
        | ServerErrorKind::Torn
        | ServerErrorKind::Body
        | ServerErrorKind::Status(_) => "server-trouble",
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
