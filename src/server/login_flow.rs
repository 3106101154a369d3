//! Signing in by the browser: Login Flow v2 of Nextcloud (protocol.md 2.4).
//!
//! The server names a page, people sign in there with whatever it takes, and a
//! token fetches the app password that was made for it, once. Nothing but the
//! server's own origin is ever opened or asked, whatever the server says of it:
//! behind a proxy it may know itself by a wrong name.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::Family;
use super::connect::{ConnectError, Connection};
use super::failure::Failure;
use super::outfit::{Outfit, wire};
use super::probe;
use super::request::{Answer, Load, Request, Wire};
use super::status::Asked;
use super::url::{checked_url, pasted};
use crate::model::RelPath;
use crate::secret::Secret;

/// As much of an answer as is read.
const BYTES: usize = 64 << 10;

/// A question that is not answered in this time is asked anew.
const PATIENCE: Duration = Duration::from_secs(30);

/// A sign-in by the browser that has begun.
pub struct LoginFlow {
    wire: Wire,
    page: Url,
    /// Where to ask, from the origin.
    asks: String,
    token: Secret,
}

/// What somebody has granted on the page.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The login for which the password was made.
    pub login: String,
    /// An app password.
    pub password: Secret,
}

impl Connection {
    /// Begins to sign in by the browser. In the list of signed-in devices its
    /// owner will see [`Self::user_agent`].
    ///
    /// # Errors
    ///
    /// If the server cannot be reached, or does not sign people in so.
    pub async fn login_flow(&self) -> Result<LoginFlow, ConnectError> {
        let origin = checked_url(self.base.clone())?;
        let outfit = Outfit::of(self, &origin).await?;
        let mut wire = wire(self, &origin, &outfit)?.anonymous();
        (wire.timeouts.idle, wire.timeouts.work) = (PATIENCE, PATIENCE);
        let none = || ConnectError::NotStorage("nobody signs in by the browser there".to_owned());
        let told = probe::told(&wire, &origin, &pasted(&origin)).await?;
        let (base, _) = told.ok_or_else(none)?;
        let target = format!("{base}/index.php/login/v2");
        let answer = sent(&wire, target, Load::Nothing).await.map_err(failed)?;
        if answer.status != 200 {
            return Err(none());
        }
        let body = answer.whole(BYTES).await.map_err(failed)?;
        let (page, asks, token) = begun(&body, &origin).ok_or_else(none)?;
        wire.hidden = Arc::new(wire.hidden.and(token.expose()));
        Ok(LoginFlow { wire, page, asks, token })
    }
}

impl LoginFlow {
    /// The page for the browser.
    pub fn page(&self) -> &Url {
        &self.page
    }

    /// Has the page filled in with a login.
    pub fn fill_in(&mut self, login: &str) {
        self.page.query_pairs_mut().append_pair("user", login);
    }

    /// Asks once whether somebody has granted access: then this is all, for the
    /// server has forgotten it with its answer. `None`: not yet.
    ///
    /// # Errors
    ///
    /// If the answer is none of these.
    pub async fn granted(&self) -> Result<Option<Granted>, ConnectError> {
        let fields = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", self.token.expose())
            .finish();
        let load = Load::Form(Secret::new(fields));
        let asked = async {
            let answer = sent(&self.wire, self.asks.clone(), load).await?;
            match answer.status.as_u16() {
                200 => read(&answer.whole(BYTES).await?).map(Some),
                404 => Ok(None),
                _ => Err(answer.refused(ASKED).await),
            }
        };
        asked.await.map_err(|failure| failed(self.wire.discreet(failure)))
    }
}

const ASKED: Asked = Asked { method: "POST", family: Family::Nextcloud, if_match: false };

async fn sent(wire: &Wire, target: String, load: Load) -> Result<Answer, Failure> {
    wire.answer(Request { asked: ASKED, target, headers: HeaderMap::new(), load }).await
}

fn failed(failure: Failure) -> ConnectError {
    ConnectError::of(failure, "POST", &RelPath::root())
}

/// The page, the place to ask at and the token.
fn begun(answer: &[u8], origin: &Url) -> Option<(Url, String, Secret)> {
    let told: Value = serde_json::from_slice(answer).ok()?;
    let text = |at: &str| told.pointer(at)?.as_str().filter(|text| !text.is_empty());
    let page = at_home(text("/login")?, origin)?;
    let asks = at_home(text("/poll/endpoint")?, origin)?;
    let query = asks.query().map(|query| format!("?{query}")).unwrap_or_default();
    Some((page, format!("{}{query}", asks.path()), Secret::new(text("/poll/token")?)))
}

/// The same place on the server that was asked. Only web addresses have one.
fn at_home(told: &str, origin: &Url) -> Option<Url> {
    let told = Url::parse(told).ok()?;
    if !matches!(told.scheme(), "http" | "https") {
        return None;
    }
    let mut here = origin.clone();
    here.set_path(told.path());
    here.set_query(told.query());
    here.set_fragment(None);
    Some(here)
}

fn read(answer: &[u8]) -> Result<Granted, Failure> {
    let nonsense = || Failure::nonsense("no login and password in what was granted");
    let told: Value = serde_json::from_slice(answer).map_err(|_| nonsense())?;
    let text = |name: &str| told.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (login, password) = text("loginName").zip(text("appPassword")).ok_or_else(nonsense)?;
    Ok(Granted { login: login.to_owned(), password: Secret::new(password) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(told: &str) -> Option<String> {
        let origin = Url::parse("https://cloud.example:8443/nc").unwrap();
        at_home(told, &origin).map(|url| url.to_string())
    }

    #[test]
    fn only_the_server_that_was_asked_is_ever_opened() {
        let page = "https://cloud.example:8443/index.php/login/v2/flow/x?user=a";
        assert_eq!(home(page).as_deref(), Some(page));
        // A proxy that the server does not know of.
        let told = "http://cloud.example/index.php/login/v2/flow/x?user=a";
        assert_eq!(home(told).as_deref(), Some(page));
        assert_eq!(home("https://evil.example/x").as_deref(), Some("https://cloud.example:8443/x"));
        for other in ["file:///etc/passwd", "javascript:alert(1)", "nc://login/x", "x"] {
            assert_eq!(home(other), None, "{other}");
        }
    }

    #[test]
    fn what_is_granted_has_a_login_and_a_password() {
        let granted = read(br#"{"server":"x","loginName":"al","appPassword":"pw"}"#).unwrap();
        assert_eq!((granted.login.as_str(), granted.password.expose()), ("al", "pw"));
        for answer in ["", "[]", r#"{"loginName":"al"}"#, r#"{"loginName":"","appPassword":"x"}"#] {
            assert!(read(answer.as_bytes()).is_err(), "{answer}");
        }
    }
}
