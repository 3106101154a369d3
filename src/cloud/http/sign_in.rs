//! Who asks: Basic authentication.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, header};

use super::Skin;
use super::reply::{self, Answer};
use crate::cloud::Dialect;

/// The id of the account whose login and password came with the request, if they are right.
pub(super) fn user(skin: &Skin, headers: &HeaderMap) -> Option<String> {
    let (name, password) = given(headers)?;
    let cloud = skin.cloud.lock();
    let right = cloud.signs_in(&name, &password);
    cloud.account_of(&name).filter(|_| right).map(str::to_owned)
}

/// The login and the password that came with the request.
pub(super) fn given(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(token.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (name, password) = text.split_once(':')?;
    let basic = scheme.eq_ignore_ascii_case("basic");
    basic.then(|| (name.to_owned(), password.to_owned()))
}

/// The answer to somebody unknown.
pub(super) fn refuse(dialect: Dialect, headers: &HeaderMap) -> Answer {
    let answer = Answer::new(401);
    let tried = headers.contains_key(header::AUTHORIZATION);
    let message = if tried {
        "Username or password was incorrect"
    } else {
        "No public access to this resource., No 'Authorization: Basic' header found."
    };
    let exception = r"Sabre\DAV\Exception\NotAuthenticated";
    let realm = match dialect {
        Dialect::Nextcloud => "Nextcloud",
        Dialect::OwnCloud10 => "ownCloud",
        Dialect::Ocis => {
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
            let host = host.unwrap_or_default();
            let error = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<d:error xmlns:d=\"DAV\" \
                 xmlns:s=\"http://sabredav.org/ns\"><s:Exception>Sabre\\DAV\\Exception\\PermissionDenied\
                 </s:Exception><s:Message>Authentication error</s:Message></d:error>";
            return answer
                .header("WWW-Authenticate", &format!("Bearer realm=\"{host}\", charset=\"UTF-8\""))
                .header("WWW-Authenticate", &format!("Basic realm=\"{host}\", charset=\"UTF-8\""))
                .body("text/xml; charset=utf-8", error);
        }
        Dialect::Plain => return answer.header("WWW-Authenticate", "Basic realm=\"WebDAV\""),
    };
    answer
        .header("WWW-Authenticate", &format!("Basic realm=\"{realm}\", charset=\"UTF-8\""))
        .body("application/xml; charset=utf-8", reply::sabre(exception, message))
}
