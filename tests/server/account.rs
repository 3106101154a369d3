//! Accounts that are refused, and sites that work for nobody: told apart, and
//! left alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use navette::cloud::{Dialect, Fate, Request, ServeOptions};
use navette::server::{
    AccountTrouble as Account, ConnectError, Dav, Guard, Server as _, ServerErrorKind as Failed,
    SiteTrouble as Site,
};

use crate::families::{alice, family, with};
use crate::hostile::{as_nextcloud, nextcloud};
use crate::scripted::{Scripted, answer};
use crate::support::{connection, failed, path, put, refused};

/// Serves a family whose requests for `/stop` fail of `kind`.
fn failing(dialect: Dialect, kind: Failed) -> ServeOptions {
    let faults = move |request: &Request<'_>| match request.path.as_str() {
        "stop" => Fate::Fail(kind.clone()),
        _ => Fate::Proceed,
    };
    ServeOptions { faults: Box::new(faults), ..family(dialect) }
}

#[tokio::test]
async fn what_each_family_refuses_an_account_for_is_understood() {
    let each = [
        (Dialect::Nextcloud, Account::Disabled),
        (Dialect::Nextcloud, Account::TooManyAttempts),
        (Dialect::Nextcloud, Account::AppPasswordNeeded),
        (Dialect::Nextcloud, Account::TermsNotAccepted),
        (Dialect::Nextcloud, Account::PlanEnded),
        (Dialect::OwnCloud10, Account::Disabled),
        (Dialect::OwnCloud10, Account::Blocked),
        (Dialect::OwnCloud10, Account::TooManyAttempts),
        (Dialect::OwnCloud10, Account::AppPasswordNeeded),
        (Dialect::OwnCloud10, Account::PasswordExpired),
    ];
    for (dialect, trouble) in each {
        let kind = Failed::Account(trouble);
        with(failing(dialect, kind.clone()), async |_, base| {
            let dav = Dav::connect(alice(&base)).await.unwrap();
            let result = put(&dav, "stop", &Guard::Absent, b"x").await;
            assert_eq!(failed(result), refused(kind), "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_stops_a_whole_site_is_understood() {
    let portal = Box::new("http://portal.example/login".parse().unwrap());
    let troubles = [
        Site::Maintenance,
        Site::UntrustedHost,
        Site::Page,
        Site::Elsewhere(portal),
        Site::ProxySignIn,
    ];
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10] {
        for trouble in troubles.clone() {
            let kind = Failed::Site(trouble);
            with(failing(dialect, kind.clone()), async |_, base| {
                let dav = Dav::connect(alice(&base)).await.unwrap();
                assert_eq!(failed(dav.stat(&path("stop")).await), refused(kind), "{dialect:?}");
                // It passes: what is asked next is asked.
                dav.stat(&path("")).await.unwrap();
            })
            .await;
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_any_more_once_the_account_is_refused() {
    for (status, headers, kind) in [
        ("401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n", Failed::SignIn),
        ("402 Payment Required", "", Failed::Account(Account::PlanEnded)),
    ] {
        let (server, dav) = nextcloud(move |_| answer(status, headers, "")).await;
        assert_eq!(failed(dav.list(&path("x")).await), refused(kind.clone()));
        assert_eq!(failed(dav.stat(&path("y")).await), refused(kind.clone()));
        assert_eq!(failed(put(&dav, "z", &Guard::Absent, b"z").await), refused(kind));
        assert_eq!(server.heard().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn an_upgrade_that_waits_is_told_from_a_busy_server() {
    let pending = Arc::new(AtomicBool::new(false));
    let now = pending.clone();
    let server = Scripted::start(move |line| match line {
        "GET /status.php" => {
            let pending = now.load(Ordering::Relaxed);
            let status =
                format!("{{\"installed\":true,\"needsDbUpgrade\":{pending},\"version\":\"32\"}}");
            answer("200 OK", "", &status)
        }
        line => as_nextcloud(line)
            .unwrap_or_else(|| answer("503 Service Unavailable", "Retry-After: 7\r\n", "<html>")),
    });
    let dav = Dav::connect(connection(server.url(), "alice", "secret")).await.unwrap();
    server.heard();
    let busy = Failed::Busy(Some(Duration::from_secs(7)));
    assert_eq!(failed(dav.list(&path("x")).await), refused(busy));
    pending.store(true, Ordering::Relaxed);
    let upgrade = Failed::Site(Site::UpgradePending);
    assert_eq!(failed(dav.list(&path("x")).await), refused(upgrade));
    let asked = server.heard();
    let status: Vec<_> = asked.iter().filter(|heard| heard.line() == "GET /status.php").collect();
    assert_eq!(status.len(), 2);
    assert!(status.iter().all(|heard| heard.header("authorization").is_none()));
}

/// Connects to a server that answers everything but `status.php` in this way.
async fn signing_in(
    family: &'static str,
    status: &'static str,
    headers: &'static str,
    body: &'static str,
) -> (ConnectError, usize) {
    let server = Scripted::start(move |line| match line {
        "GET /status.php" => answer("200 OK", "", family),
        _ => answer(status, headers, body),
    });
    let refusal = Dav::connect(connection(server.url(), "alice", "secret")).await.unwrap_err();
    let heard = server.heard();
    let with_password = heard.iter().filter(|heard| heard.header("authorization").is_some());
    (refusal, with_password.count())
}

const NEXTCLOUD: &str = r#"{"installed":true,"version":"32.0.1.2","extendedSupport":false}"#;
const OWNCLOUD: &str = r#"{"installed":true,"version":"10.16.4.0","product":"ownCloud"}"#;
const OCIS: &str =
    r#"{"installed":true,"version":"0.1.0.0","product":"OpenCloud","productversion":"0.1.0"}"#;

#[tokio::test]
async fn signing_in_asks_once_and_tells_why_it_is_refused() {
    const XML: &str = "Content-Type: application/xml; charset=utf-8\r\n";
    let forbidden = r#"<?xml version="1.0" encoding="utf-8"?> <d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:o="http://owncloud.org/ns"> <s:exception>OCA\DAV\Connector\Sabre\Exception\PasswordLoginForbidden</s:exception> <s:message/> <o:hint xmlns:o="o:">password login forbidden</o:hint> </d:error>"#;
    let banned = r#"<?xml version="1.0" encoding="utf-8"?> <d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"> <s:exception>Sabre\DAV\Exception\NotAuthenticated</s:exception> <s:message>Too many failed login attempts. Try again in 5 minutes.</s:message> </d:error>"#;
    let terms = r#"<?xml version="1.0" encoding="utf-8"?><d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:exception>OCA\TermsOfService\TermsNotSignedException</s:exception><s:message>https://cloud.example/</s:message></d:error>"#;
    let each = [
        (OWNCLOUD, "401 Unauthorized", XML, forbidden, Account::AppPasswordNeeded),
        (NEXTCLOUD, "401 Unauthorized", XML, forbidden, Account::AppPasswordNeeded),
        (OWNCLOUD, "401 Unauthorized", XML, banned, Account::TooManyAttempts),
        (NEXTCLOUD, "403 Forbidden", XML, terms, Account::TermsNotAccepted),
        (NEXTCLOUD, "402 Payment Required", "", "", Account::PlanEnded),
        (OCIS, "429 Too Many Requests", "", "", Account::TooManyAttempts),
    ];
    for (family, status, headers, body, trouble) in each {
        let (refusal, asked) = signing_in(family, status, headers, body).await;
        assert!(matches!(refusal, ConnectError::Account(found) if found == trouble), "{refusal:?}");
        assert_eq!(asked, 1, "{trouble:?}");
    }
    for family in [NEXTCLOUD, OWNCLOUD, OCIS] {
        let asks = "WWW-Authenticate: Basic realm=\"x\"\r\n";
        let (refusal, asked) = signing_in(family, "401 Unauthorized", asks, "").await;
        assert!(matches!(refusal, ConnectError::SignIn { .. }), "{refusal:?}");
        assert_eq!(asked, 1);
    }
}

#[tokio::test]
async fn a_server_that_does_not_trust_its_name_gets_no_password() {
    let page =
        "<!DOCTYPE html><html><p>Vous accédez au serveur depuis un domaine non approuvé.</p>";
    for (headers, body) in [
        ("Content-Type: application/json\r\n", r#"{"error":"Trusted domain error.","code":15}"#),
        ("Content-Type: text/html\r\n", page),
    ] {
        let server = Scripted::start(move |_| answer("400 Bad Request", headers, body));
        let refusal = Dav::connect(connection(server.url(), "alice", "secret")).await.unwrap_err();
        assert!(matches!(refusal, ConnectError::Site(Site::UntrustedHost)), "{refusal:?}");
        let heard = server.heard();
        assert!(heard.iter().all(|heard| heard.header("authorization").is_none()));
    }
}
