//! What stands between us and a server on purpose.

use url::Url;

use super::ConnectError;
use crate::secret::Secret;

/// Which proxy requests go through. None is ever asked about this very computer.
#[derive(Clone, Debug, Default)]
pub enum Proxy {
    /// That of the system, or of the environment.
    #[default]
    System,
    /// None.
    Direct,
    /// The one at this address (http, https or SOCKS 5), with a login in it if it
    /// wants one.
    At {
        /// Where it is.
        url: Url,
        /// The password of that login.
        password: Option<Secret>,
    },
}

impl Proxy {
    /// A client that goes this way.
    pub(super) fn on(
        &self,
        agent: reqwest::ClientBuilder,
    ) -> Result<reqwest::ClientBuilder, ConnectError> {
        match self {
            Self::System => Ok(agent),
            Self::Direct => Ok(agent.no_proxy()),
            Self::At { url, password } => {
                let mut url = url.clone();
                // A password goes with a login only, and both are written into the
                // address: SOCKS knows no other way. It fails on no such address.
                if let Some(password) = password.as_ref().filter(|_| !url.username().is_empty()) {
                    let _ = url.set_password(Some(password.expose()));
                }
                // No word of the error: it may repeat the address.
                let unusable = |_| ConnectError::Unreachable("the proxy cannot be used".to_owned());
                Ok(agent.proxy(reqwest::Proxy::all(url).map_err(unusable)?))
            }
        }
    }
}
