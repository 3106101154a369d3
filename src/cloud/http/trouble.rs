//! What goes wrong: troubles of the account and of the whole site, as each
//! family words them (protocol.md 2, owncloud10.md), and failures of a request.

use std::io;

use super::reply::{self, Answer};
use crate::cloud::Dialect;
use crate::server::{AccountTrouble, ServerErrorKind, SiteTrouble};

const XML: &str = "application/xml; charset=utf-8";
const UNAUTHENTICATED: &str = r"Sabre\DAV\Exception\NotAuthenticated";
const UNAVAILABLE: &str = r"Sabre\DAV\Exception\ServiceUnavailable";

fn sabre(status: u16, exception: &str, message: &str) -> Answer {
    Answer::new(status).body(XML, reply::sabre(exception, message))
}

/// The answer to an account that is refused.
pub(super) fn account(dialect: Dialect, trouble: AccountTrouble) -> Answer {
    let owncloud = dialect == Dialect::OwnCloud10;
    match trouble {
        AccountTrouble::Disabled if owncloud => sabre(401, UNAUTHENTICATED, "User disabled"),
        AccountTrouble::Disabled => {
            sabre(503, UNAVAILABLE, r"OC\User\LoginException: Account disabled")
        }
        // In the language of the server.
        AccountTrouble::Blocked => sabre(401, UNAUTHENTICATED, "Utilisateur désactivé"),
        AccountTrouble::TooManyAttempts if owncloud => {
            sabre(401, UNAUTHENTICATED, "Too many failed login attempts. Try again in 5 minutes.")
        }
        AccountTrouble::TooManyAttempts => {
            sabre(429, r"OCA\DAV\Connector\Sabre\Exception\TooManyRequests", "")
        }
        AccountTrouble::AppPasswordNeeded => {
            sabre(401, r"OCA\DAV\Connector\Sabre\Exception\PasswordLoginForbidden", "")
        }
        AccountTrouble::PasswordExpired => sabre(
            503,
            UNAVAILABLE,
            r"Sabre\DAV\Exception\ServiceUnavailable: The user must reset their password.",
        ),
        AccountTrouble::TermsNotAccepted => {
            sabre(403, r"OCA\TermsOfService\TermsNotSignedException", "https://cloud.example/")
        }
        AccountTrouble::PlanEnded => Answer::new(402),
    }
}

/// The answer of a site that works for nobody.
pub(super) fn site(dialect: Dialect, trouble: &SiteTrouble) -> Answer {
    match trouble {
        SiteTrouble::Maintenance => {
            let exception = match dialect {
                Dialect::Nextcloud => r"OCA\DAV\Exception\ServerMaintenanceMode",
                _ => UNAVAILABLE,
            };
            sabre(503, exception, "System in maintenance mode.")
        }
        // Only `status.php` would say more.
        SiteTrouble::UpgradePending => sabre(503, UNAVAILABLE, "Service unavailable"),
        SiteTrouble::UntrustedHost => Answer::new(400)
            .body("application/json", r#"{"error":"Trusted domain error.","code":15}"#),
        SiteTrouble::Page => {
            Answer::new(200).body("text/html; charset=utf-8", "<html><p>Sign in</p></html>")
        }
        SiteTrouble::Elsewhere(url) => Answer::new(302).header("Location", url.as_str()),
        SiteTrouble::ProxySignIn => Answer::new(407),
        SiteTrouble::ProxyRefused | SiteTrouble::ProxyUnreachable => Answer::new(502),
    }
}

/// A failure before any effect: a status where there is one, else no answer.
pub(super) fn failed(dialect: Dialect, kind: &ServerErrorKind) -> io::Result<Answer> {
    match kind {
        ServerErrorKind::Account(trouble) => return Ok(account(dialect, *trouble)),
        ServerErrorKind::Site(trouble) => return Ok(site(dialect, trouble)),
        _ => {}
    }
    let status = match kind {
        ServerErrorKind::SignIn => 401,
        ServerErrorKind::Forbidden => 403,
        ServerErrorKind::NotFound => 404,
        ServerErrorKind::Changed => 412,
        ServerErrorKind::TooLarge => 413,
        ServerErrorKind::Locked => 423,
        ServerErrorKind::Busy(_) | ServerErrorKind::StorageGone => 503,
        ServerErrorKind::Quota => 507,
        ServerErrorKind::Status(status) => *status,
        _ => return Err(io::ErrorKind::ConnectionReset.into()),
    };
    let retry = match kind {
        ServerErrorKind::Busy(Some(wait)) => Some(wait.as_secs().to_string()),
        _ => None,
    };
    let mut answer = Answer::new(status);
    if *kind == ServerErrorKind::StorageGone {
        let (exception, message) =
            (r"Sabre\DAV\Exception\ServiceUnavailable", "Storage is temporarily not available");
        answer = answer.body("application/xml; charset=utf-8", reply::sabre(exception, message));
    }
    Ok(match retry {
        Some(seconds) => answer.header("Retry-After", &seconds),
        None => answer,
    })
}
