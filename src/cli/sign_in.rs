//! Signing in to an account of the settings, outside a sync.

use crate::pair::OpenError;
use crate::secret::Secret;
use crate::server::{ConnectError, Connection, Proxy, SiteTrouble};
use crate::settings::{Account, Scope, Settings};

use super::failure::Failure;
use super::password;

/// What it takes to reach the whole storage of an account.
pub(super) fn connection(account: &Account, password: Secret, proxy: &Proxy) -> Connection {
    let base = account.server.url().clone();
    Connection {
        user_id: account.user_id.clone(),
        ca_file: account.ca_file.clone(),
        proxy: proxy.clone(),
        ..Connection::new(base, account.user.as_str(), password)
    }
}

/// The proxy of an account, which may be about to be added.
pub(super) fn proxy(settings: &Settings, account: &str) -> Result<Proxy, Failure> {
    let own = settings.options(&Scope::Account(account.to_owned()));
    let options = own.or_else(|_| settings.options(&Scope::Everything))?;
    Ok(password::with_proxy(options.proxy()))
}

/// What a server's list of signed-in devices shows: `Navette (desk; linux)`.
pub(super) fn device_name() -> String {
    format!("Navette ({}; {})", crate::pair::device(), std::env::consts::OS)
}

/// Makes a failure to sign in one of the command.
pub(super) fn refused(account: &Account, error: ConnectError) -> Failure {
    Failure::Pair {
        error: Box::new(OpenError::Connect(error)),
        host: account.server.host(),
        place: std::path::PathBuf::new(),
    }
}

/// Whether the server could not be asked, so that nothing is known of the
/// account: perhaps this computer is not connected just now.
pub(super) fn unasked(error: &ConnectError) -> bool {
    matches!(
        error,
        ConnectError::NoHost(_)
            | ConnectError::Refused(_)
            | ConnectError::TimedOut(_)
            | ConnectError::Unreachable(_)
            | ConnectError::Busy
            | ConnectError::Site(
                SiteTrouble::Maintenance
                    | SiteTrouble::UpgradePending
                    | SiteTrouble::ProxyUnreachable
            )
    )
}
