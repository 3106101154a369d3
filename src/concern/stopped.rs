//! What keeps a whole pair still.

use super::{About, Whose};
use crate::pair::OpenError;
use crate::report::{EngineError, Gate};
use crate::server::{AccountTrouble, ConnectError, ServerErrorKind};
use crate::watch::{Standing, State, gate};

/// What keeps the whole pair still until somebody does something.
pub(super) fn why(whose: &Whose, standing: &Standing) -> Option<(String, About)> {
    let (error, lasts) = match &standing.state {
        State::Stopped(error) => (error, true),
        State::Hindered(error) => (error, false),
        _ => return None,
    };
    let of_account = |word: &str| format!("{word}:{}", whose.account);
    let of_folder = |word: &str| format!("{word}:{}", whose.folder);
    if let Some(gate) = gate(error) {
        let about = About::Gate { gate: gate.name(), compare: gate.can_compare() };
        return Some((of_folder(&format!("gate:{}", gate.name())), about));
    }
    Some(match error.as_ref() {
        OpenError::Missing => {
            let gate = Gate::FolderMissing;
            let about = About::Gate { gate: gate.name(), compare: gate.can_compare() };
            (of_folder(&format!("gate:{}", gate.name())), about)
        }
        error if is_sign_in(error) => {
            let (account, server) = (whose.account.clone(), whose.server.clone());
            (of_account("sign-in"), About::SignIn { account, server, browser: true })
        }
        error if is_certificate(error) => {
            let host = whose.host.clone();
            let about = About::Certificate { host, issuer: None, fingerprint: None };
            (of_account("certificate"), about)
        }
        _ if lasts => {
            let reason = standing.reason().unwrap_or("internal");
            (of_folder(&format!("stopped:{reason}")), About::Stopped { reason })
        }
        _ => return None,
    })
}

fn is_sign_in(error: &OpenError) -> bool {
    let lets_in = |trouble: &AccountTrouble| {
        matches!(trouble, AccountTrouble::AppPasswordNeeded | AccountTrouble::PasswordExpired)
    };
    match error {
        OpenError::NoPassword | OpenError::Connect(ConnectError::SignIn { .. }) => true,
        OpenError::Connect(ConnectError::Account(trouble)) => lets_in(trouble),
        OpenError::Connect(ConnectError::Server(error))
        | OpenError::Engine(EngineError::Server(error)) => match &error.kind {
            ServerErrorKind::SignIn => true,
            ServerErrorKind::Account(trouble) => lets_in(trouble),
            _ => false,
        },
        _ => false,
    }
}

fn is_certificate(error: &OpenError) -> bool {
    match error {
        OpenError::Connect(ConnectError::Certificate(_)) => true,
        OpenError::Connect(ConnectError::Server(error))
        | OpenError::Engine(EngineError::Server(error)) => {
            error.kind == ServerErrorKind::Certificate
        }
        _ => false,
    }
}
