//! Nextcloud's `notify_push`: a websocket, beside the server rather than in it.
//!
//! It is signed in to with a token that the server makes for this one time, or,
//! where it makes none, as every request is. Whatever it says, only the first
//! word of a frame counts.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _, stream};
use reqwest::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_VERSION, UPGRADE,
};
use reqwest::{StatusCode, Upgraded};
use reqwest_dav::Auth;
use serde_json::Value;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocketConfig};
use url::Url;

use super::{Line, Word, own_path};
use crate::secret::Secret;
use crate::server::failure::Failure;
use crate::server::request::{Load, Request, Wire};
use crate::server::status::Asked;
use crate::server::{Family, ServerErrorKind};

/// A frame is never larger than this: ids of changed files, at most.
const FRAME_BYTES: usize = 1 << 20;

/// A token is never longer than this; 32 letters are usual.
const TOKEN_BYTES: usize = 1 << 10;

/// What is kept for a frame while it comes.
const BUFFER: usize = 4 << 10;

type Socket = WebSocketStream<Upgraded>;

/// Where it is, as paths from the origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::server) struct Endpoints {
    socket: String,
    /// Where a token is made.
    pre_auth: Option<String>,
}

impl Endpoints {
    /// Where the websocket is.
    pub(super) fn socket(&self) -> &str {
        &self.socket
    }

    /// Those that are announced, as far as they are on the server itself.
    pub(super) fn of(announced: &Value, origin: &Url) -> Option<Self> {
        let kinds = announced.get("type").and_then(Value::as_array);
        if kinds.is_some_and(|kinds| !kinds.iter().any(|kind| kind == "files")) {
            return None;
        }
        let endpoint = |name: &str| {
            let at = announced.pointer(&format!("/endpoints/{name}"))?.as_str()?;
            own_path(at, origin)
        };
        Some(Self { socket: endpoint("websocket")?, pre_auth: endpoint("pre_auth") })
    }
}

/// Connects and signs in.
pub(super) async fn open(at: &Endpoints, wire: &Wire, silence: Duration) -> Result<Line, Failure> {
    let (login, secret) = match &at.pre_auth {
        Some(pre_auth) => (String::new(), token(wire, pre_auth).await?),
        None => own(wire)?,
    };
    let mut socket = connected(wire, &at.socket).await?;
    let signing_in = sign_in(&mut socket, &login, &secret);
    match timeout(wire.timeouts.idle, signing_in).await {
        Ok(Ok(())) => Ok(words(socket, silence)),
        Ok(Err(failure)) => Err(wire.hidden.and(secret.expose()).failure(failure)),
        Err(_) => Err(lost("no answer to the sign-in")),
    }
}

fn asked(method: &'static str) -> Asked {
    Asked { method, family: Family::Nextcloud, if_match: false }
}

/// A token that is good for one sign-in within 15 s. It comes as a page would,
/// for Nextcloud does not say what it is; but no page is one word.
async fn token(wire: &Wire, at: &str) -> Result<Secret, Failure> {
    let (asked, target) = (asked("POST"), at.to_owned());
    let request = Request { asked, target, headers: HeaderMap::new(), load: Load::Nothing };
    let answer = wire.answer(request).await?;
    if answer.status != StatusCode::OK {
        return Err(answer.refused(asked).await);
    }
    let said = answer.excerpt(TOKEN_BYTES).await;
    let token = said.trim_ascii();
    let is_word = !token.is_empty() && token.iter().all(u8::is_ascii_graphic);
    match std::str::from_utf8(token) {
        Ok(token) if is_word => Ok(Secret::new(token)),
        _ => Err(Failure::nonsense("no token to listen with")),
    }
}

/// What every request signs in with.
fn own(wire: &Wire) -> Result<(String, Secret), Failure> {
    match &wire.client.auth {
        Auth::Basic(login, password) => Ok((login.clone(), Secret::new(password.as_str()))),
        _ => Err(Failure::new(ServerErrorKind::SignIn, "nothing to sign in with")),
    }
}

/// Opens the websocket, through the client that all requests go by: what holds
/// for them of certificates, proxies and redirects holds for it too.
async fn connected(wire: &Wire, at: &str) -> Result<Socket, Failure> {
    let key = generate_key();
    let expected = derive_accept_key(key.as_bytes());
    let key = HeaderValue::from_str(&key).map_err(|_| Failure::nonsense("an odd key"))?;
    let headers = HeaderMap::from_iter([
        (CONNECTION, HeaderValue::from_static("Upgrade")),
        (UPGRADE, HeaderValue::from_static("websocket")),
        (SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13")),
        (SEC_WEBSOCKET_KEY, key),
    ]);
    let (asked, target) = (asked("GET"), at.to_owned());
    let request = Request { asked, target, headers, load: Load::Nothing };
    // Who has connected says who it is afterwards.
    let answer = wire.anonymous().answer(request).await?;
    if answer.status != StatusCode::SWITCHING_PROTOCOLS {
        return Err(answer.refused(asked).await);
    }
    if answer.header(SEC_WEBSOCKET_ACCEPT.as_str()) != Some(expected.as_str()) {
        return Err(Failure::nonsense("no websocket, whatever it is"));
    }
    let limits = WebSocketConfig::default()
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_message_size(Some(FRAME_BYTES))
        .max_frame_size(Some(FRAME_BYTES));
    let socket = answer.upgraded().await?;
    Ok(WebSocketStream::from_raw_socket(socket, Role::Client, Some(limits)).await)
}

async fn sign_in(socket: &mut Socket, login: &str, secret: &Secret) -> Result<(), Failure> {
    for text in [login, secret.expose()] {
        let sent = socket.send(Message::text(text)).await;
        sent.map_err(|error| lost(error.to_string()))?;
    }
    loop {
        let frame = socket.next().await.ok_or_else(|| lost("the server hung up"))?;
        let frame = frame.map_err(|error| lost(error.to_string()))?;
        let Message::Text(text) = frame else { continue };
        match text.as_str() {
            "authenticated" => return Ok(()),
            // Anything else is not about us: the server behind it is busy, or
            // as many listen already as may.
            text if text.contains("Invalid credentials") => {
                return Err(Failure::new(ServerErrorKind::SignIn, text));
            }
            text => return Err(lost(text)),
        }
    }
}

/// What it tells. A server that lives is never silent for long, for it asks
/// every 30 s whether we do; the websocket answers by itself.
fn words(socket: Socket, silence: Duration) -> Line {
    let words = stream::unfold(Some(socket), move |socket| async move {
        let mut socket = socket?;
        Some(match timeout(silence, socket.next()).await {
            Ok(Some(Ok(frame))) => (Ok(word(&frame)), Some(socket)),
            Ok(Some(Err(error))) => (Err(lost(error.to_string())), None),
            Ok(None) => (Err(lost("the server hung up")), None),
            Err(_) => (Err(lost("the server fell silent")), None),
        })
    });
    words.boxed()
}

fn word(frame: &Message) -> Word {
    let Message::Text(text) = frame else { return Word::Other };
    match text.split_whitespace().next() {
        Some("notify_file" | "notify_file_id") => Word::Change,
        _ => Word::Other,
    }
}

fn lost(detail: impl Into<String>) -> Failure {
    Failure::new(ServerErrorKind::Unreachable, detail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn endpoints(origin: &str, announced: &Value) -> Option<Endpoints> {
        Endpoints::of(announced, &origin.parse().unwrap())
    }

    #[test]
    fn frames_about_files_are_changes_and_no_others() {
        let word = |text: &str| word(&Message::text(text));
        for text in ["notify_file", "notify_file_id [12,34]", "notify_file_id []"] {
            assert_eq!(word(text), Word::Change, "{text}");
        }
        let others =
            ["notify_activity", "notify_notification", "notify_files", "", "custom notify_file"];
        for text in others {
            assert_eq!(word(text), Word::Other, "{text}");
        }
        assert_eq!(super::word(&Message::Ping(Vec::new().into())), Word::Other);
    }

    #[test]
    fn endpoints_are_those_of_the_server_itself() {
        let announced = json!({"type": ["files", "activities"], "endpoints": {
            "websocket": "wss://h.example/cloud/push/ws",
            "pre_auth": "https://h.example/cloud/index.php/apps/notify_push/pre_auth",
        }});
        let found = endpoints("https://h.example/", &announced).unwrap();
        assert_eq!(found.socket, "/cloud/push/ws");
        assert_eq!(found.pre_auth.as_deref(), Some("/cloud/index.php/apps/notify_push/pre_auth"));
        assert!(endpoints("https://h.example:444/", &announced).is_none());
        assert!(endpoints("http://h.example/", &announced).is_none());
        assert!(endpoints("https://other.example/", &announced).is_none());
    }

    #[test]
    fn an_endpoint_elsewhere_or_by_an_unsafe_way_is_none() {
        for socket in [
            "ws://h.example/push/ws",
            "wss://h.example.evil.example/push/ws",
            "wss://h.example@evil.example/push/ws",
            "//h.example/push/ws",
            "/push/ws",
            "file:///push/ws",
            "",
        ] {
            let announced = json!({"endpoints": {"websocket": socket}});
            assert!(endpoints("https://h.example/", &announced).is_none(), "{socket}");
        }
        // A token is not made elsewhere either; the websocket has another way in.
        let announced = json!({"endpoints": {
            "websocket": "wss://h.example/push/ws", "pre_auth": "https://evil.example/",
        }});
        let found = endpoints("https://h.example/", &announced).unwrap();
        assert_eq!((found.socket.as_str(), found.pre_auth), ("/push/ws", None));
    }

    #[test]
    fn a_server_that_tells_nothing_of_files_is_not_listened_to() {
        let announced = json!({"type": ["notifications"],
            "endpoints": {"websocket": "wss://h.example/push/ws"}});
        assert!(endpoints("https://h.example/", &announced).is_none());
        assert!(endpoints("https://h.example/", &json!({})).is_none());
        assert!(endpoints("https://h.example/", &json!([])).is_none());
    }
}
