//! By which passage a server is reached.

use std::path::PathBuf;

use url::Url;

use super::Refusal;
use crate::pair::pinned;
use crate::secret::Secret;
use crate::secret::keychain;
use crate::server::{ConnectError, Connection, Fingerprint, Proxy, SiteTrouble};
use crate::settings::{Account, Address, ProxyChoice, Scope, Settings};

/// What stands between this computer and a server, and who vouches for it.
#[derive(Clone, Debug, Default)]
pub struct Passage {
    /// Certificates (PEM) that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// What stands in between on purpose.
    pub proxy: Proxy,
    /// The one certificate that is trusted of the server besides.
    pub pinned: Option<Fingerprint>,
}

impl Passage {
    /// What the settings say of an account, which may be about to be added, or
    /// of all of them. `password` is that of the proxy.
    pub fn of(settings: &Settings, account: Option<&str>, password: Option<Secret>) -> Self {
        let known = account.and_then(|name| settings.account(Some(name)).ok());
        Self {
            ca_file: known.and_then(|account| account.ca_file.clone()),
            proxy: proxy(proxy_chosen(settings, account), password),
            pinned: known.and_then(pinned),
        }
    }

    /// The way to the whole storage of an account.
    pub fn connection(&self, account: &Account, password: Secret) -> Connection {
        Connection {
            user_id: account.user_id.clone(),
            ca_file: account.ca_file.clone().or_else(|| self.ca_file.clone()),
            proxy: self.proxy.clone(),
            pinned: pinned(account).or(self.pinned),
            ..Connection::new(account.server.url().clone(), account.user.as_str(), password)
        }
    }

    /// The way to a server, for somebody who has not signed in.
    pub fn guest(&self, server: &Address) -> Connection {
        Connection {
            ca_file: self.ca_file.clone(),
            proxy: self.proxy.clone(),
            pinned: self.pinned,
            ..Connection::new(server.url().clone(), "", Secret::new(""))
        }
    }
}

impl Passage {
    /// An account that is to be reached so.
    pub fn account(&self, server: Address, login: &str) -> Account {
        let certificate = self.pinned.map(|pinned| pinned.to_string());
        Account { certificate, ..Account::new(server, login.to_owned(), self.ca_file.clone()) }
    }

    /// Why a server cannot be worked with; of a certificate that is not trusted,
    /// which it is.
    pub async fn refusal(&self, error: ConnectError, server: &Address) -> Refusal {
        if matches!(error, ConnectError::Certificate(_))
            && let Ok(Some(shown)) = self.guest(server).untrusted().await
        {
            let changed = self.pinned.is_some_and(|pinned| pinned != shown.fingerprint);
            return Refusal::Certificate { host: server.host(), shown, changed };
        }
        Refusal::connect(error, server)
    }
}

/// The proxy that is chosen for an account, or for all.
pub fn proxy_chosen(settings: &Settings, account: Option<&str>) -> ProxyChoice {
    let own = account.map(|name| settings.options(&Scope::Account(name.to_owned())));
    let own = own.and_then(Result::ok);
    let options = own.or_else(|| settings.options(&Scope::Everything).ok());
    options.map_or(ProxyChoice::System, |options| options.proxy())
}

/// A proxy with its password.
pub fn proxy(chosen: ProxyChoice, password: Option<Secret>) -> Proxy {
    match chosen {
        ProxyChoice::System => Proxy::System,
        ProxyChoice::Direct => Proxy::Direct,
        ProxyChoice::At(url) => Proxy::At { url, password },
    }
}

/// Under what name the keychain has the password for a proxy: it belongs to the
/// login and the address, and goes to no other one. None without a login.
pub fn proxy_entry(proxy: &Url) -> Option<String> {
    let host = proxy.host_str()?;
    let port = proxy.port_or_known_default().unwrap_or(1080);
    let login = proxy.username();
    (!login.is_empty()).then(|| format!("proxy {login}@{host}:{port}"))
}

/// The password for the proxy that is chosen, if the keychain has one.
pub async fn proxy_password(chosen: &ProxyChoice) -> Option<Secret> {
    let ProxyChoice::At(url) = chosen else { return None };
    keychain::load(proxy_entry(url)?).await.ok().flatten()
}

/// As [`proxy_password`], as far as the keychain was read before in this process.
pub fn proxy_password_now(proxy: &Url) -> Option<Secret> {
    keychain::held_now(&proxy_entry(proxy)?)
}

/// What a server's list of signed-in devices shows: `Navette (desk; linux)`.
pub fn device_name() -> String {
    format!("Navette ({}; {})", crate::pair::device(), std::env::consts::OS)
}

/// Whether the server could not be asked, so that nothing is known of the
/// account: perhaps this computer is not connected just now.
pub fn is_unasked(error: &ConnectError) -> bool {
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
