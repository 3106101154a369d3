//! Certificates that the system does not vouch for: what they are, and single
//! ones that are trusted all the same, each for one server.
//!
//! What the system trusts is trusted as ever. What it refuses is accepted only
//! if it is exactly the certificate that its user has confirmed, shown by the
//! very host that it was confirmed for; for any other host nothing changes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use sha2::{Digest as _, Sha256};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::connect::{ConnectError, Connection};
use super::outfit::Outfit;
use super::url::checked_url;

/// The SHA-256 of a certificate: `AB:CD:…`, as browsers and `openssl` show it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Reads 64 hexadecimal digits, with colons or blanks between them or without.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String =
            text.chars().filter(|letter| !matches!(letter, ':' | ' ' | '-')).collect();
        let mut bytes = [0; 32];
        if digits.len() != 64 || !digits.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            let colon = if at == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why the system does not trust a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nobody known vouches for it.
    Unknown,
    /// It has ended.
    Expired,
    /// By this computer's clock it has not begun.
    NotYet,
    /// It belongs to another name.
    OtherName,
    /// Anything else.
    Broken,
}

/// A certificate that the system does not trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untrusted {
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// Who has signed it, by the name in it.
    pub issuer: String,
    /// When it begins and ends, in seconds since 1970.
    pub valid: (i64, i64),
    /// Why it is not trusted.
    pub doubt: Doubt,
}

impl Connection {
    /// Looks at the certificate of a server that is not trusted: nothing is sent.
    /// None if it is trusted, or none was shown.
    ///
    /// # Errors
    ///
    /// If this computer cannot judge certificates at all.
    pub async fn untrusted(&self) -> Result<Option<Untrusted>, ConnectError> {
        let base = checked_url(self.base.clone())?;
        if base.scheme() != "https" {
            return Ok(None);
        }
        let outfit = Outfit::of(self, &base).await?;
        let refused = Arc::<Mutex<Option<Untrusted>>>::default();
        let agent = outfit.judged(&[b"http/1.1"], refused.clone())?.build();
        let agent = agent.map_err(|error| ConnectError::Unreachable(error.to_string()))?;
        // Only what was shown before anything was sent counts.
        let _ = agent.head(base).send().await;
        let seen = refused.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(seen)
    }
}

/// What a judge has refused last.
pub(super) type Refused = Arc<Mutex<Option<Untrusted>>>;

/// Encryption for which a judge of ours stands in.
pub(super) fn judged(
    pem: Option<&[u8]>,
    pinned: Option<(Fingerprint, String)>,
    refused: Refused,
) -> Result<ClientConfig, ConnectError> {
    let broken = |error: Error| ConnectError::Certificate(error.to_string());
    let provider = CryptoProvider::get_default().cloned();
    let provider =
        provider.unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    let more = pem.into_iter().flat_map(CertificateDer::pem_slice_iter).flatten();
    let more: Vec<CertificateDer<'static>> = more.collect();
    let usual = match more.is_empty() {
        true => rustls_platform_verifier::Verifier::new(provider.clone()),
        false => rustls_platform_verifier::Verifier::new_with_extra_roots(more, provider.clone()),
    };
    let judge = Judge { usual: Arc::new(usual.map_err(broken)?), pinned, refused };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(broken)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge))
        .with_no_client_auth();
    Ok(config)
}

/// Asks the system, and takes besides what exactly one certificate shows for
/// exactly one host.
#[derive(Debug)]
struct Judge {
    usual: Arc<dyn ServerCertVerifier>,
    pinned: Option<(Fingerprint, String)>,
    refused: Refused,
}

impl Judge {
    fn is_pinned(&self, shown: Fingerprint, name: &ServerName<'_>) -> bool {
        self.pinned.as_ref().is_some_and(|(fingerprint, host)| {
            *fingerprint == shown && name.to_str().eq_ignore_ascii_case(host)
        })
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let usual = self.usual.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        let Err(error) = usual else { return usual };
        let shown = Fingerprint::of(end_entity);
        if self.is_pinned(shown, server_name) {
            return Ok(ServerCertVerified::assertion());
        }
        let seen = read(end_entity, shown, doubt(&error));
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        Err(error)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

fn doubt(error: &Error) -> Doubt {
    use CertificateError as Why;
    let Error::InvalidCertificate(why) = error else { return Doubt::Broken };
    match why {
        Why::UnknownIssuer => Doubt::Unknown,
        Why::Expired | Why::ExpiredContext { .. } => Doubt::Expired,
        Why::NotValidYet | Why::NotValidYetContext { .. } => Doubt::NotYet,
        Why::NotValidForName | Why::NotValidForNameContext { .. } => Doubt::OtherName,
        _ => Doubt::Broken,
    }
}

fn read(certificate: &[u8], fingerprint: Fingerprint, doubt: Doubt) -> Option<Untrusted> {
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    let issuer = read.issuer();
    // One that vouches for itself is refused for many a reason: nobody else does.
    let is_own = issuer.as_raw() == read.subject().as_raw();
    let doubt = if is_own && doubt == Doubt::Broken { Doubt::Unknown } else { doubt };
    let names = issuer.iter_common_name().chain(issuer.iter_organization());
    let name = names.filter_map(|name| name.as_str().ok()).next();
    let validity = read.validity();
    Some(Untrusted {
        fingerprint,
        issuer: name.map_or_else(|| issuer.to_string(), str::to_owned),
        valid: (validity.not_before.timestamp(), validity.not_after.timestamp()),
        doubt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_trusted_of_the_host_that_it_was_confirmed_for_alone() {
        let config = judged(None, None, Refused::default());
        assert!(config.is_ok());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let usual = Arc::new(rustls_platform_verifier::Verifier::new(provider).unwrap());
        let fingerprint = Fingerprint::of(b"x");
        let pinned = Some((fingerprint, "cloud.example".to_owned()));
        let judge = Judge { usual, pinned, refused: Refused::default() };
        let name = |host: &'static str| ServerName::try_from(host).unwrap();
        assert!(judge.is_pinned(fingerprint, &name("Cloud.example")));
        assert!(!judge.is_pinned(fingerprint, &name("cloud.example.org")));
        assert!(!judge.is_pinned(Fingerprint::of(b"y"), &name("cloud.example")));
    }

    #[test]
    fn a_fingerprint_is_read_as_people_copy_it() {
        let bytes: Vec<String> = (0..32).map(|byte| format!("{:02x}", byte * 7)).collect();
        let read = Fingerprint::parse(&bytes.join("")).unwrap();
        assert_eq!(Fingerprint::parse(&bytes.join(":").to_uppercase()), Some(read));
        assert_eq!(Fingerprint::parse(&read.to_string()), Some(read));
        assert!(read.to_string().starts_with("00:07:0E:"));
        for bad in ["", "00", &bytes.join("")[1..], &format!("{}0g", &bytes.join("")[2..]), "é"] {
            assert_eq!(Fingerprint::parse(bad), None, "{bad}");
        }
    }
}
