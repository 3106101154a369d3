//! How the way to a server is encrypted: for people who look for a cause.

use reqwest::tls::{TlsInfo, Version};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::connect::{ConnectError, Connection};
use super::outfit::Outfit;
use super::url::checked_url;

/// How the way to a server is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The version of TLS.
    pub version: &'static str,
    /// Who vouches for the server, by the name in its certificate.
    pub issuer: String,
    /// When the certificate ends, in seconds since 1970.
    pub ends: i64,
}

impl Connection {
    /// Looks at the encryption of this connection, without signing in; none
    /// where there is none: only this very computer is reached so.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached, or its certificate is not trusted.
    pub async fn tls(&self) -> Result<Option<Tls>, ConnectError> {
        let base = checked_url(self.base.clone())?;
        if base.scheme() != "https" {
            return Ok(None);
        }
        let outfit = Outfit::of(self, &base).await?;
        let asked = |least: Version| {
            let agent = outfit.agent().map(|agent| agent.tls_info(true).tls_version_min(least));
            let origin = base.clone();
            async move {
                let away = |error: reqwest::Error| ConnectError::Unreachable(error.to_string());
                agent?.build().map_err(away)?.head(origin).send().await.map_err(away)
            }
        };
        // The library does not tell which version was agreed on; but it can be
        // told to accept only the newest.
        let (version, answer) = match asked(Version::TLS_1_3).await {
            Ok(answer) => ("1.3", answer),
            Err(_) => ("1.2", asked(Version::TLS_1_2).await?),
        };
        let seen = answer.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate);
        let read = seen.and_then(|certificate| read(version, certificate));
        let unread = || ConnectError::Certificate("it cannot be read".to_owned());
        read.map(Some).ok_or_else(unread)
    }
}

fn read(version: &'static str, certificate: &[u8]) -> Option<Tls> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    let issuer = certificate.issuer();
    let common = issuer.iter_organization().chain(issuer.iter_common_name());
    let common = common.filter_map(|name| name.as_str().ok()).next();
    Some(Tls {
        version,
        issuer: common.map_or_else(|| issuer.to_string(), str::to_owned),
        ends: certificate.validity().not_after.timestamp(),
    })
}
