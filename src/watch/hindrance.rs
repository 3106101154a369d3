//! What a failure means for the next try.

use super::pace::Hindrance;
use crate::journal::JournalError;
use crate::pair::OpenError;
use crate::report::{EngineError, Gate};
use crate::server::{ConnectError, ServerError, ServerErrorKind};

/// What hinders a pair that failed so.
pub(super) fn of(error: &OpenError) -> Hindrance {
    match error {
        OpenError::Missing | OpenError::NotAFolder => Hindrance::Near,
        // To look for it where it may be kept by then is no attempt to sign in.
        OpenError::NoPassword => Hindrance::Passing,
        OpenError::Connect(error) => of_connect(error),
        OpenError::Engine(error) => of_engine(error),
    }
}

fn of_connect(error: &ConnectError) -> Hindrance {
    match error {
        // Another try is another attempt to sign in (protocol.md 2.1), or would
        // meet the same settings.
        ConnectError::SignIn { .. }
        | ConnectError::Account(_)
        | ConnectError::BadUrl(_)
        | ConnectError::InsecureHttp(_)
        | ConnectError::CaFile(_)
        | ConnectError::ForeignHome
        | ConnectError::NoSpace { .. }
        | ConnectError::NotAFolder(_)
        | ConnectError::Redirected(_) => Hindrance::Lasting,
        // A network's own sign-in page looks like any of the others.
        _ => Hindrance::Passing,
    }
}

fn of_engine(error: &EngineError) -> Hindrance {
    match error {
        EngineError::Server(error) => of_server(error),
        // A disk that is not connected comes back under one's hands.
        EngineError::Gate(Gate::FolderMissing | Gate::MarkerMissing) => Hindrance::Near,
        EngineError::Gate(_) => Hindrance::Lasting,
        EngineError::InUse | EngineError::Journal(JournalError::InUse) => Hindrance::Near,
        EngineError::Disk(_) | EngineError::Journal(_) => Hindrance::Passing,
    }
}

fn of_server(error: &ServerError) -> Hindrance {
    match error.kind {
        _ if error.kind.refuses_account() => Hindrance::Lasting,
        ServerErrorKind::Busy(Some(asked)) => Hindrance::Asked(asked),
        _ => Hindrance::Passing,
    }
}

/// Whether the engine that failed so can go on later, with all that it remembers.
pub(super) fn leaves_engine(error: &EngineError) -> bool {
    matches!(error, EngineError::Server(error) if !error.kind.refuses_account())
}
