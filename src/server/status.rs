//! What an answer that is no success means (protocol.md 10).

use std::time::Duration;

use quick_xml::Reader;
use quick_xml::events::Event;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::Value;

use super::{AccountTrouble, Effect, Family, ServerErrorKind, SiteTrouble};

/// The request, as far as the meaning of its answer depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// `PROPFIND`, `PUT`, ...
    pub(super) method: &'static str,
    /// The family that answers.
    pub(super) family: Family,
    /// It was sent with `If-Match`.
    pub(super) if_match: bool,
}

impl Asked {
    /// Whether the request can change anything.
    pub(super) fn writes(self) -> bool {
        !matches!(self.method, "PROPFIND" | "GET")
    }
}

/// The body of a refusal: an exception of the Sabre kind and a sentence. Elements are known by
/// their local names whatever the case, for oCIS invents namespaces (protocol.md 0.11). OCS
/// routes say the sentence in JSON (protocol.md 2.12).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// `Sabre\DAV\Exception\NotFound`, ...
    pub(super) exception: String,
    /// What the server says to people.
    pub(super) message: String,
    /// A short word for programs.
    pub(super) hint: String,
}

impl Refusal {
    /// Reads what can be read of an error body, whatever it is.
    pub(super) fn read(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        if let Ok(json) = serde_json::from_str::<Value>(&text) {
            return Self::of_json(&json);
        }
        let mut refusal = Self::default();
        if text.contains("untrusted domain") {
            // ownCloud 10 shows a page (owncloud10.md).
            refusal.message = "untrusted domain".to_owned();
            return refusal;
        }
        let mut reader = Reader::from_str(&text);
        let mut into: Option<fn(&mut Self) -> &mut String> = None;
        loop {
            match reader.read_event() {
                Ok(Event::Start(start)) => {
                    into = match start.local_name().as_ref().to_ascii_lowercase().as_ref() {
                        "exception" => Some(|refusal| &mut refusal.exception),
                        "message" => Some(|refusal| &mut refusal.message),
                        "hint" => Some(|refusal| &mut refusal.hint),
                        _ => None,
                    };
                }
                Ok(Event::Text(text)) => {
                    if let Some(field) = into {
                        field(&mut refusal).push_str(text.trim());
                    }
                }
                Ok(Event::End(_)) => into = None,
                Ok(Event::Eof) | Err(_) => return refusal,
                Ok(_) => {}
            }
        }
    }

    fn of_json(json: &Value) -> Self {
        let said = ["/ocs/meta/message", "/error", "/message"];
        let said = said.iter().find_map(|at| json.pointer(at).and_then(Value::as_str));
        Self { message: said.unwrap_or_default().to_owned(), ..Self::default() }
    }

    fn mentions(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.exception.contains(word) || self.message.contains(word))
    }
}

/// Says what a final status means for a request.
pub(super) fn classify(
    asked: Asked,
    status: StatusCode,
    headers: &HeaderMap,
    refusal: &Refusal,
) -> (ServerErrorKind, Effect) {
    use ServerErrorKind as Kind;
    let kind = match status.as_u16() {
        // ownCloud 10 sends whoever must change the password to its page (owncloud10.md).
        300..=399 if leads_to(headers, "/password_policy/") => {
            Kind::Account(AccountTrouble::PasswordExpired)
        }
        200..=399 => Kind::Nonsense,
        400 if refusal.mentions(&["Trusted domain", "untrusted domain"]) => {
            Kind::Site(SiteTrouble::UntrustedHost)
        }
        400 if refusal.mentions(&["checksum", "Expected filesize"]) => Kind::Torn,
        400 if is_about_the_name(refusal) => Kind::BadName,
        401 => unauthorised(asked, headers, refusal),
        402 => Kind::Account(AccountTrouble::PlanEnded),
        // About the account, not about this file (protocol.md 2.10).
        403 if refusal.mentions(&["TermsNotSigned"]) => {
            Kind::Account(AccountTrouble::TermsNotAccepted)
        }
        403 => Kind::Forbidden,
        404 | 410 => Kind::NotFound,
        405 if asked.method == "MKCOL" => Kind::Exists,
        // oCIS answers 409 to a failed If-Match (protocol.md 0.2).
        409 if asked.if_match && asked.family == Family::Ocis => Kind::Changed,
        409 if asked.writes() => Kind::NotFound,
        407 => Kind::Site(SiteTrouble::ProxySignIn),
        412 => Kind::Changed,
        413 => Kind::TooLarge,
        // 425: oCIS still works on an upload; its bytes come later.
        423 | 425 => Kind::Locked,
        // About attempts to sign in; other limits on the rate pass by themselves.
        429 if refusal.mentions(&["TooManyRequests"]) => {
            Kind::Account(AccountTrouble::TooManyAttempts)
        }
        429 => Kind::Busy(retry_after(headers)),
        500 if refusal.mentions(&["LockedException", "FileLocked"]) => Kind::Locked,
        503 => unavailable(headers, refusal),
        507 => Kind::Quota,
        511 => Kind::Site(SiteTrouble::Page),
        other => Kind::Status(other),
    };
    // A gateway's 502 and 504 say nothing of what is behind it; Nextcloud's 500
    // may come after the file was stored (protocol.md 0.9).
    let unsure = matches!(status.as_u16(), 200..=299 | 500 | 502 | 504) && kind != Kind::Locked;
    let effect = if asked.writes() && unsure { Effect::Unknown } else { Effect::None };
    (kind, effect)
}

fn is_about_the_name(refusal: &Refusal) -> bool {
    refusal.mentions(&["InvalidPath", "FileNameTooLong", "name validation", "InvalidPathException"])
}

/// A 401 is a wrong login or password only if it asks for another one
/// (protocol.md 2.1, owncloud10.md).
fn unauthorised(asked: Asked, headers: &HeaderMap, refusal: &Refusal) -> ServerErrorKind {
    use AccountTrouble as Trouble;
    let forbidden = refusal.mentions(&["PasswordLoginForbidden"])
        || refusal.hint.contains("password login forbidden");
    // Sabre's sentences can be in the server's language; that it asks for no
    // password is in its headers. OCS routes never ask.
    let asks = headers.contains_key(WWW_AUTHENTICATE);
    let from_sabre = refusal.exception.contains("NotAuthenticated");
    let trouble = if forbidden {
        Trouble::AppPasswordNeeded
    } else if refusal.mentions(&["User disabled", "Account disabled"]) {
        Trouble::Disabled
    } else if refusal.mentions(&["Too many failed login attempts"]) {
        Trouble::TooManyAttempts
    } else if from_sabre && !asks && asked.family == Family::OwnCloud10 {
        Trouble::Blocked
    } else {
        return ServerErrorKind::SignIn;
    };
    ServerErrorKind::Account(trouble)
}

/// 503 means many things; the body tells (protocol.md 2.1 and 10).
fn unavailable(headers: &HeaderMap, refusal: &Refusal) -> ServerErrorKind {
    let message = refusal.message.to_ascii_lowercase();
    let says = |words: &str| message.contains(words);
    if says("account disabled") || says("user disabled") {
        return ServerErrorKind::Account(AccountTrouble::Disabled);
    }
    if says("reset their password") || (says("password") && says("expired")) {
        return ServerErrorKind::Account(AccountTrouble::PasswordExpired);
    }
    if says("storage is temporarily not available")
        || refusal.exception.contains("StorageNotAvailable")
    {
        return ServerErrorKind::StorageGone;
    }
    if says("maintenance mode") || headers.contains_key("X-Nextcloud-Maintenance-Mode") {
        return ServerErrorKind::Site(SiteTrouble::Maintenance);
    }
    ServerErrorKind::Busy(retry_after(headers))
}

fn leads_to(headers: &HeaderMap, part: &str) -> bool {
    let target = headers.get(LOCATION).and_then(|target| target.to_str().ok());
    target.is_some_and(|target| target.split('?').next().unwrap_or_default().contains(part))
}

/// The seconds of `Retry-After`. A date there is passed over: it would need
/// the server's clock, and the caller has a wait of its own.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// One line for the log: status, exception, message, target of a redirect.
pub(super) fn describe(status: StatusCode, headers: &HeaderMap, refusal: &Refusal) -> String {
    let mut line = status.to_string();
    if status.is_redirection()
        && let Some(target) = headers.get(LOCATION).and_then(|value| value.to_str().ok())
    {
        // What comes after `?` may be a token of a sign-in page.
        let shown = target.split(['?', '#']).next().unwrap_or_default();
        line.push_str(&format!(", redirected to {shown}"));
    }
    for part in [&refusal.exception, &refusal.message, &refusal.hint] {
        if !part.is_empty() {
            line.push_str(", ");
            line.extend(part.chars().take(300));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn error(exception: &str, message: &str) -> Refusal {
        let xml = format!(
            "<?xml version=\"1.0\"?><d:error xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\">\
             <s:exception>{exception}</s:exception><s:message>{message}</s:message></d:error>"
        );
        Refusal::read(xml.as_bytes())
    }

    fn kind(method: &'static str, status: u16, refusal: &Refusal) -> (ServerErrorKind, Effect) {
        let asked = Asked { method, family: Family::OwnCloud10, if_match: false };
        classify(asked, StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), refusal)
    }

    #[test]
    fn every_refusal_has_its_meaning_and_no_effect() {
        use ServerErrorKind as Kind;
        let silent = Refusal::default();
        let table = [
            ("PROPFIND", 200, Kind::Nonsense),
            ("PROPFIND", 302, Kind::Nonsense),
            ("PUT", 302, Kind::Nonsense),
            ("PUT", 400, Kind::Status(400)),
            ("PUT", 401, Kind::SignIn),
            ("PUT", 402, Kind::Account(AccountTrouble::PlanEnded)),
            ("GET", 407, Kind::Site(SiteTrouble::ProxySignIn)),
            ("GET", 511, Kind::Site(SiteTrouble::Page)),
            ("PUT", 403, Kind::Forbidden),
            ("GET", 404, Kind::NotFound),
            ("MKCOL", 405, Kind::Exists),
            ("PUT", 405, Kind::Status(405)),
            ("PUT", 409, Kind::NotFound),
            ("GET", 409, Kind::Status(409)),
            ("PUT", 412, Kind::Changed),
            ("PUT", 413, Kind::TooLarge),
            ("MOVE", 423, Kind::Locked),
            ("GET", 425, Kind::Locked),
            ("PUT", 429, Kind::Busy(None)),
            ("PUT", 501, Kind::Status(501)),
            ("PUT", 503, Kind::Busy(None)),
            ("PUT", 507, Kind::Quota),
        ];
        for (method, status, expected) in table {
            assert_eq!(
                kind(method, status, &silent),
                (expected, Effect::None),
                "{method} {status}"
            );
        }
    }

    #[test]
    fn a_gateway_or_a_crash_leaves_a_write_unknown_but_not_a_read() {
        for status in [500, 502, 504] {
            let silent = Refusal::default();
            assert_eq!(kind("PUT", status, &silent).1, Effect::Unknown, "{status}");
            assert_eq!(kind("PROPFIND", status, &silent).1, Effect::None, "{status}");
        }
    }

    #[test]
    fn a_lock_behind_a_500_is_a_lock() {
        let locked = error(r"OCP\Lock\LockedException", "&quot;k/big&quot; is locked");
        assert_eq!(kind("MOVE", 500, &locked), (ServerErrorKind::Locked, Effect::None));
    }

    #[test]
    fn names_and_checksums_that_were_refused_are_told_apart() {
        let name = error(r"OCA\DAV\Connector\Sabre\Exception\InvalidPath", "Filename is too long");
        assert_eq!(kind("PUT", 400, &name).0, ServerErrorKind::BadName);
        let ocis = error("", "name validation failed: must not contain \\");
        assert_eq!(kind("PUT", 400, &ocis).0, ServerErrorKind::BadName);
        let sum = error(
            r"Sabre\DAV\Exception\BadRequest",
            "The computed checksum does not match the one received from the client.",
        );
        assert_eq!(kind("PUT", 400, &sum).0, ServerErrorKind::Torn);
    }

    #[test]
    fn the_three_503_are_told_apart() {
        let gone = error(
            r"Sabre\DAV\Exception\ServiceUnavailable",
            "Storage is temporarily not available",
        );
        assert_eq!(kind("PROPFIND", 503, &gone).0, ServerErrorKind::StorageGone);
        let account = error(
            r"Sabre\DAV\Exception\ServiceUnavailable",
            r"Sabre\DAV\Exception\ServiceUnavailable: The user must reset their password.",
        );
        let expired = ServerErrorKind::Account(AccountTrouble::PasswordExpired);
        assert_eq!(kind("PROPFIND", 503, &account).0, expired);
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("120"));
        let asked = Asked { method: "PUT", family: Family::Nextcloud, if_match: false };
        let busy = error(r"Sabre\DAV\Exception\ServiceUnavailable", "Service unavailable");
        let now = |refusal| classify(asked, StatusCode::SERVICE_UNAVAILABLE, &headers, refusal).0;
        assert_eq!(now(&busy), ServerErrorKind::Busy(Some(Duration::from_secs(120))));
        let down = error(r"Sabre\DAV\Exception\ServiceUnavailable", "System in maintenance mode.");
        assert_eq!(now(&down), ServerErrorKind::Site(SiteTrouble::Maintenance));
    }

    #[test]
    fn what_is_wrong_with_an_account_is_told_apart_from_its_password() {
        use AccountTrouble as Trouble;
        let sabre = r"Sabre\DAV\Exception\NotAuthenticated";
        let forbidden = r"OCA\DAV\Connector\Sabre\Exception\PasswordLoginForbidden";
        let many = r"OCA\DAV\Connector\Sabre\Exception\TooManyRequests";
        let table = [
            (401, error(sabre, "User disabled"), Trouble::Disabled),
            (503, error("", r"OC\User\LoginException: Account disabled"), Trouble::Disabled),
            (401, error(sabre, "Utilisateur désactivé"), Trouble::Blocked),
            (
                401,
                error(sabre, "Too many failed login attempts. Try again in 5 minutes."),
                Trouble::TooManyAttempts,
            ),
            (429, error(many, ""), Trouble::TooManyAttempts),
            (401, error(forbidden, ""), Trouble::AppPasswordNeeded),
            (
                403,
                error(r"OCA\TermsOfService\TermsNotSignedException", "https://h.example/"),
                Trouble::TermsNotAccepted,
            ),
            (
                401,
                Refusal::read(br#"{"ocs":{"meta":{"statuscode":997,"message":"User disabled"}}}"#),
                Trouble::Disabled,
            ),
        ];
        for (status, refusal, trouble) in table {
            assert_eq!(kind("PROPFIND", status, &refusal).0, ServerErrorKind::Account(trouble));
        }
        let wrong = error(sabre, "Username or password was incorrect");
        let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, HeaderValue::from_static("Basic"))]);
        let asked = Asked { method: "PROPFIND", family: Family::OwnCloud10, if_match: false };
        let answer = |headers| classify(asked, StatusCode::UNAUTHORIZED, headers, &wrong).0;
        assert_eq!(answer(&headers), ServerErrorKind::SignIn);
        let page = "/index.php/apps/password_policy/update_password?redirect_url=/x";
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static(page))]);
        let sent_on = classify(asked, StatusCode::SEE_OTHER, &headers, &Refusal::default()).0;
        assert_eq!(sent_on, ServerErrorKind::Account(Trouble::PasswordExpired));
    }

    #[test]
    fn a_host_that_the_server_does_not_trust_is_no_bad_name() {
        let untrusted = ServerErrorKind::Site(SiteTrouble::UntrustedHost);
        for body in [
            &br#"{"error":"Trusted domain error.","code":15}"#[..],
            b"<html><p>You are accessing the server from an untrusted domain.</p>",
        ] {
            assert_eq!(kind("PROPFIND", 400, &Refusal::read(body)).0, untrusted);
        }
    }

    #[test]
    fn a_failed_condition_is_409_on_ocis() {
        let asked = Asked { method: "PUT", family: Family::Ocis, if_match: true };
        let answer =
            |asked| classify(asked, StatusCode::CONFLICT, &HeaderMap::new(), &Refusal::default()).0;
        assert_eq!(answer(asked), ServerErrorKind::Changed);
        assert_eq!(answer(Asked { if_match: false, ..asked }), ServerErrorKind::NotFound);
    }

    #[test]
    fn error_elements_are_known_in_any_namespace_and_case() {
        let ocis = br#"<d:error xmlns:d="DAV" xmlns:s="http://sabredav.org/ns"><s:Exception>X\Y</s:Exception><s:Message>said</s:Message></d:error>"#;
        let refusal = Refusal::read(ocis);
        assert_eq!((refusal.exception.as_str(), refusal.message.as_str()), (r"X\Y", "said"));
        assert_eq!(Refusal::read(b"<html><p>no"), Refusal::default());
        assert_eq!(Refusal::read(b"\xff\xfe"), Refusal::default());
    }

    #[test]
    fn the_log_line_of_a_redirect_keeps_tokens_to_itself() {
        let mut headers = HeaderMap::new();
        headers
            .insert(LOCATION, HeaderValue::from_static("https://idp.example/login?state=s3cret"));
        let line = describe(StatusCode::FOUND, &headers, &Refusal::default());
        assert_eq!(line, "302 Found, redirected to https://idp.example/login");
    }
}
