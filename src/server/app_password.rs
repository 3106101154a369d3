//! App passwords of Nextcloud and ownCloud 10 (protocol.md 2.2).
//!
//! The account's own password is hashed anew for each request, which takes the
//! server seconds where an app password takes it a moment (protocol.md 0.6);
//! and an app password can be taken back alone. It belongs to the login with
//! which it was made (protocol.md 0.7). ownCloud 10 makes some too, for the
//! account's id and its own password (owncloud10.md); but only their owner can
//! take them back, on the page of the server.

use reqwest::header::{HeaderMap, HeaderValue, USER_AGENT};
use serde_json::Value;
use url::form_urlencoded;

use super::dav::Dav;
use super::request::{Load, Request};
use super::status::Asked;
use super::{Family, Result};
use crate::model::RelPath;
use crate::secret::Secret;

/// As much of an answer as is read.
const BYTES: usize = 64 << 10;

impl Dav {
    /// Makes an app password for the account, which its owner sees in the list
    /// of signed-in devices as `name`. `None` where the server makes none: of
    /// another family, or signed in with an app password already.
    ///
    /// # Errors
    ///
    /// If the request fails otherwise.
    pub async fn make_app_password(&self, name: &str) -> Result<Option<Secret>> {
        let Some(route) = self.route("getapppassword?format=json") else { return Ok(None) };
        let mut request = self.own_request("GET", route);
        if let Ok(name) = HeaderValue::from_str(name) {
            request.headers.insert(USER_AGENT, name);
        }
        let made = async {
            let answer = self.wire.answer(request).await?;
            match answer.status.as_u16() {
                200 => Ok(password(&answer.whole(BYTES).await?)),
                // It has one already, or is not to have one.
                403 | 404 => Ok(None),
                _ => Err(answer.refused(self.asked("GET")).await),
            }
        };
        made.await.map_err(self.told("GET", &RelPath::root()))
    }

    /// Gives back the app password with which this is signed in: nothing can
    /// sign in with it any more. Whether there was one: the account's own
    /// password stays as it is.
    ///
    /// # Errors
    ///
    /// If the request fails.
    pub async fn give_back_app_password(&self) -> Result<bool> {
        let Some(route) = self.route("apppassword?format=json") else { return Ok(false) };
        let request = self.own_request("DELETE", route);
        let given = async {
            let answer = self.wire.answer(request).await?;
            match answer.status.as_u16() {
                200 => Ok(true),
                // This is no app password.
                403 | 404 => Ok(false),
                _ => Err(answer.refused(self.asked("DELETE")).await),
            }
        };
        given.await.map_err(self.told("DELETE", &RelPath::root()))
    }

    /// Makes an app password that only its owner can take back, on the server's
    /// page. `None` where the server makes none of that kind, or not for `own`.
    ///
    /// # Errors
    ///
    /// If the request fails otherwise.
    pub async fn make_lasting_password(&self, own: &Secret, name: &str) -> Result<Option<Secret>> {
        let Some(base) = self.base().filter(|_| self.makes_lasting()) else { return Ok(None) };
        let fields = form_urlencoded::Serializer::new(String::new())
            .append_pair("user", &self.user)
            .append_pair("password", own.expose())
            .append_pair("name", name)
            .finish();
        let request = Request {
            load: Load::Form(Secret::new(fields)),
            ..self.own_request("POST", format!("{base}/index.php/token/generate"))
        };
        let made = async {
            // The fields say who asks.
            let answer = self.wire.anonymous().answer(request).await?;
            match answer.status.as_u16() {
                200 => Ok(token(&answer.whole(BYTES).await?)),
                401 | 403 | 404 | 422 => Ok(None),
                _ => Err(answer.refused(self.asked("POST")).await),
            }
        };
        made.await.map_err(self.told("POST", &RelPath::root()))
    }

    /// Whether app passwords of this server can be taken back by their owner only.
    pub fn makes_lasting(&self) -> bool {
        self.profile.family == Family::OwnCloud10 && !self.user.is_empty()
    }

    fn own_request(&self, method: &'static str, target: String) -> Request {
        let asked = Asked { method, ..self.asked("GET") };
        Request { asked, target, headers: HeaderMap::new(), load: Load::Nothing }
    }

    /// A route of OCS about the account's own sign-in.
    fn route(&self, below: &str) -> Option<String> {
        let base = self.base()?;
        let has_any = self.profile.family == Family::Nextcloud;
        has_any.then(|| format!("{base}/ocs/v2.php/core/{below}"))
    }
}

impl Dav {
    /// What stands before the pages of a server of the families.
    fn base(&self) -> Option<&str> {
        self.wire.status.as_ref()?.strip_suffix("/status.php")
    }
}

/// The app password in an answer of ownCloud 10.
fn token(answer: &[u8]) -> Option<Secret> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let password = answer.get("token")?.as_str()?;
    (!password.is_empty()).then(|| Secret::new(password))
}

/// The app password in an answer of Nextcloud.
fn password(answer: &[u8]) -> Option<Secret> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let password = answer.pointer("/ocs/data/apppassword")?.as_str()?;
    (!password.is_empty()).then(|| Secret::new(password))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_an_app_password_has_none() {
        for answer in ["", "[]", r#"{"ocs":{"data":[]}}"#, r#"{"ocs":{"data":{"apppassword":""}}}"#]
        {
            assert!(password(answer.as_bytes()).is_none(), "{answer}");
        }
        let answer = r#"{"ocs":{"meta":{"status":"ok"},"data":{"apppassword":"abc"}}}"#;
        assert_eq!(password(answer.as_bytes()).unwrap().expose(), "abc");
    }
}
