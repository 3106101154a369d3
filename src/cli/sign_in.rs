//! Signing in to an account of the settings, outside a sync.

use crate::accounts::{Passage, proxy_chosen};
use crate::pair::OpenError;
use crate::server::ConnectError;
use crate::settings::{Account, Settings};

use super::failure::Failure;
use super::password;

/// By what passage the server of an account is reached, which may be about to be added.
pub(super) async fn passage(settings: &Settings, account: Option<&str>) -> Passage {
    let password = password::of_proxy(&proxy_chosen(settings, account)).await;
    Passage::of(settings, account, password)
}

/// Makes a failure to sign in one of the command.
pub(super) fn refused(account: &Account, error: ConnectError) -> Failure {
    Failure::Pair {
        error: Box::new(OpenError::Connect(error)),
        host: account.server.host(),
        place: std::path::PathBuf::new(),
    }
}
