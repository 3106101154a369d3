//! The clients of one connection, however many there are.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Certificate;
use url::Url;

use super::auth::basic;
use super::certificate::{self, Fingerprint, Refused};
use super::connect::{ConnectError, Connection};
use super::discreet::Hidden;
use super::proxy::Proxy;
use super::request::Wire;
use super::session::Session;
use super::url::is_loopback;

/// Idle connections are dropped before a usual server closes them (Apache:
/// after 5 s), for a request that meets the closing ends without an answer.
const KEEP_IDLE: Duration = Duration::from_secs(4);

/// What may be on its way to us over one HTTP/2 connection: more than all streams
/// together may (2 MiB each). So files that are held back hold up no listing.
const WINDOW: u32 = 128 << 20;

/// What every client of one connection has, however many there are.
pub(super) struct Outfit {
    user_agent: String,
    connect: Duration,
    /// No proxy stands between us and this very computer.
    is_near: bool,
    proxy: Proxy,
    /// In PEM, as the file has them.
    pem: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    /// The one certificate that is trusted besides, and of which host.
    pinned: Option<(Fingerprint, String)>,
    session: Arc<Session>,
}

impl Outfit {
    pub(super) async fn of(connection: &Connection, base: &Url) -> Result<Self, ConnectError> {
        let (pem, certificates) = match &connection.ca_file {
            Some(file) => trusted(file).await.map(|(pem, all)| (Some(pem), all))?,
            None => (None, Vec::new()),
        };
        let host = base.host_str().unwrap_or_default().to_owned();
        Ok(Self {
            user_agent: connection.user_agent.clone(),
            connect: connection.timeouts.connect,
            is_near: is_loopback(base),
            proxy: connection.proxy.clone(),
            pem,
            certificates,
            pinned: connection.pinned.map(|pinned| (pinned, host)),
            session: Arc::default(),
        })
    }

    /// A client to be made.
    pub(super) fn agent(&self) -> Result<reqwest::ClientBuilder, ConnectError> {
        self.speaking(&[b"h2", b"http/1.1"])
    }

    /// A client to be made that begins nothing but HTTP/1.1.
    pub(super) fn agent_http1(&self) -> Result<reqwest::ClientBuilder, ConnectError> {
        Ok(self.speaking(&[b"http/1.1"])?.http1_only())
    }

    fn speaking(&self, offered: &[&[u8]]) -> Result<reqwest::ClientBuilder, ConnectError> {
        match &self.pinned {
            Some(_) => self.judged(offered, Refused::default()),
            None => Ok(self.plain()?.tls_certs_merge(self.certificates.iter().cloned())),
        }
    }

    /// A client whose certificates a judge of ours looks at, which says what it
    /// has refused.
    pub(super) fn judged(
        &self,
        offered: &[&[u8]],
        refused: Refused,
    ) -> Result<reqwest::ClientBuilder, ConnectError> {
        let mut tls = certificate::judged(self.pem.as_deref(), self.pinned.clone(), refused)?;
        tls.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
        Ok(self.plain()?.tls_backend_preconfigured(tls))
    }

    fn plain(&self) -> Result<reqwest::ClientBuilder, ConnectError> {
        let agent = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .connect_timeout(self.connect)
            .pool_idle_timeout(KEEP_IDLE)
            .http2_initial_connection_window_size(WINDOW)
            .redirect(reqwest::redirect::Policy::none())
            .cookie_provider(self.session.clone())
            .referer(false);
        if self.is_near { Ok(agent.no_proxy()) } else { self.proxy.on(agent) }
    }
}

/// The certificates in a file that the user trusts.
async fn trusted(file: &Path) -> Result<(Vec<u8>, Vec<Certificate>), ConnectError> {
    let unreadable = |error: String| ConnectError::CaFile(format!("{}: {error}", file.display()));
    let pem = tokio::fs::read(file).await.map_err(|error| unreadable(error.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem);
    let certificates = certificates.map_err(|error| unreadable(error.to_string()))?;
    match certificates.is_empty() {
        true => Err(unreadable("no certificate in it".to_owned())),
        false => Ok((pem, certificates)),
    }
}

/// The way of a connection to its server.
pub(super) fn wire(
    connection: &Connection,
    base: &Url,
    outfit: &Outfit,
) -> Result<Wire, ConnectError> {
    let unusable = |error: String| ConnectError::Unreachable(error);
    let agent = outfit.agent()?.build().map_err(|error| unusable(error.to_string()))?;
    let client = reqwest_dav::ClientBuilder::new()
        .set_agent(agent)
        .set_host(base.origin().ascii_serialization())
        .set_auth(basic(&connection.login, &connection.password))
        .build()
        .map_err(|_| unusable("the client cannot be made".to_owned()))?;
    Ok(Wire {
        client,
        timeouts: connection.timeouts,
        sent: Arc::default(),
        status: None,
        refused: Arc::default(),
        session: outfit.session.clone(),
        hidden: Arc::new(Hidden::of(&connection.login, &connection.password)),
        initiator: None,
        budgets: connection.budgets.clone().into(),
    })
}
