//! Changes as each family tells them by itself (protocol.md 9): frames of
//! Nextcloud's `notify_push`, events of oCIS. Never gathered, and about nothing
//! but files.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _, stream};
use http::request::Parts;
use http::{HeaderMap, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Message, Role};
use tokio_tungstenite::tungstenite::{Error, Result};

use super::reply::{Answer, Reply};
use super::{Skin, sign_in};
use crate::cloud::Manner;
use crate::cloud::teller::{Act, News};
use crate::model::RelPath;

/// A listener has so long to sign in, and a token is good for so many seconds.
const SIGN_IN: u16 = 15;

/// How often the server asks whether a listener is still there.
const PING: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// What a request does, as events tell it.
pub(super) fn act(method: &str, initiator: Option<&str>) -> Act {
    let event = match method {
        "MKCOL" => "folder-created",
        "MOVE" => "item-moved",
        "DELETE" => "item-trashed",
        _ => Act::default().event,
    };
    Act { event, initiator: initiator.map(str::to_owned) }
}

/// Who may listen.
pub(super) fn admitted(skin: &Skin, user: Option<String>) -> Option<String> {
    user.filter(|_| skin.cloud.teller().manner() != Manner::Refusing)
}

/// Tokens that open a websocket once: whose each is, and when it was made.
#[derive(Default)]
pub(super) struct Tokens(Mutex<BTreeMap<String, (String, i64)>>);

impl Tokens {
    fn keep(&self, token: &str, user: &str, now: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(token.to_owned(), (user.to_owned(), now));
    }

    /// Whose a token is; it is good for nothing more then.
    fn take(&self, token: &str, now: i64) -> Option<String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (user, made) = all.remove(token)?;
        (now - made <= i64::from(SIGN_IN)).then_some(user)
    }
}

/// Answers POST for a token. As PHP does with what says nothing of its kind,
/// it goes out as a page.
pub(super) fn pre_auth(skin: &Skin, head: &Parts, user: Option<&str>) -> Answer {
    let Some(user) = admitted(skin, user.map(str::to_owned)) else {
        return sign_in::refuse(skin.dialect, &head.headers);
    };
    if head.method != http::Method::POST {
        return Answer::new(405);
    }
    let (token, now) = {
        let mut cloud = skin.cloud.lock();
        let number = cloud.mint.number();
        (cloud.mint.hex_of(&format!("pre-auth {number}")), cloud.now())
    };
    skin.tokens.keep(&token, &user, now);
    Answer::new(200).body("text/html; charset=UTF-8", token)
}

/// A websocket that is to go on where the HTTP of its connection ends.
#[derive(Default)]
pub(super) struct Pending(Mutex<Option<OnUpgrade>>);

impl Pending {
    /// Answers a request for a websocket.
    pub(super) fn open(&self, headers: &HeaderMap, upgrade: OnUpgrade) -> Answer {
        let wants = headers.get("upgrade").is_some_and(|kind| kind == "websocket");
        let key = headers.get("sec-websocket-key").filter(|_| wants);
        let Some(key) = key else { return Answer::new(426).header("Upgrade", "websocket") };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(upgrade);
        Answer::new(101)
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Accept", &derive_accept_key(key.as_bytes()))
            .streamed()
    }

    fn take(&self) -> Option<OnUpgrade> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Serves the websocket that a connection has become, if it has.
pub(super) async fn go_on(skin: &Skin, pending: &Pending) {
    let Some(upgrade) = pending.take() else { return };
    let Ok(connection) = upgrade.await else { return };
    let io = TokioIo::new(connection);
    let socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
    // How it ends is the listener's affair.
    let _ = talk(skin, socket).await;
}

async fn talk(skin: &Skin, mut socket: Socket) -> Result<()> {
    let time = Duration::from_secs(u64::from(SIGN_IN));
    let user = match timeout(time, signed_in(skin, &mut socket)).await {
        Ok(Some(user)) => user,
        Ok(None) => return say(&mut socket, "err: Invalid credentials").await,
        Err(_) => return say(&mut socket, "Authentication timeout").await,
    };
    let mut listener = skin.cloud.teller().listener();
    say(&mut socket, "authenticated").await?;
    let mut pings = tokio::time::interval(PING);
    pings.tick().await;
    let mut is_asked = false;
    loop {
        tokio::select! {
            biased;
            news = listener.next() => match news {
                Some(news) if !heard_of(skin, &user, &news).is_empty() => {
                    say(&mut socket, "notify_file").await?;
                }
                Some(_) => {}
                None => return Ok(()),
            },
            _ = pings.tick() => {
                if is_asked {
                    return Ok(());
                }
                if !listener.is_silent() {
                    is_asked = true;
                    socket.send(Message::Ping(Bytes::from_static(b"1234"))).await?;
                }
            }
            frame = socket.next() => match frame.ok_or(Error::ConnectionClosed)?? {
                Message::Pong(_) => is_asked = false,
                Message::Close(_) => return Ok(()),
                _ => {}
            },
        }
    }
}

async fn say(socket: &mut Socket, text: &'static str) -> Result<()> {
    socket.send(Message::text(text)).await
}

/// Who has connected: a login and a password, or nothing and a token.
async fn signed_in(skin: &Skin, socket: &mut Socket) -> Option<String> {
    let login = socket.next().await?.ok()?.into_text().ok()?;
    let password = socket.next().await?.ok()?.into_text().ok()?;
    let (login, password) = (login.trim(), password.trim());
    let now = skin.cloud.lock().now();
    let user = match skin.tokens.take(password, now) {
        Some(user) => user,
        None => {
            let cloud = skin.cloud.lock();
            let right = cloud.signs_in(login, password);
            cloud.account_of(login).filter(|_| right)?.to_owned()
        }
    };
    admitted(skin, Some(user))
}

/// The homes and spaces of which somebody hears that they have changed. If it
/// is not known which did, it is the own home.
fn heard_of(skin: &Skin, user: &str, news: &News) -> Vec<(String, String)> {
    if news.homes.is_empty() {
        return vec![(user.to_owned(), String::new())];
    }
    let cloud = skin.cloud.lock();
    let seen = |key: &str| key == user || cloud.spaces_of(user).any(|(space, _)| space == key);
    let homes = news.homes.iter().filter(|(key, _)| seen(key));
    homes.map(|(key, etag)| (key.clone(), etag.clone())).collect()
}

/// Answers with all that happens from now on.
pub(super) fn events(skin: Arc<Skin>, user: String) -> Reply {
    let listener = skin.cloud.teller().listener();
    let blocks = stream::unfold((skin, user, listener), |(skin, user, mut listener)| async {
        let news = listener.next().await?;
        let homes = heard_of(&skin, &user, &news);
        let blocks = homes.iter().map(|(key, etag)| block(&skin, key, etag, &news.act));
        let frame = Frame::data(Bytes::from(blocks.collect::<String>()));
        Some((Ok::<_, io::Error>(frame), (skin, user, listener)))
    });
    let mut reply = Response::new(BodyExt::boxed(StreamBody::new(blocks)));
    let headers = reply.headers_mut();
    headers.insert("content-type", http::HeaderValue::from_static("text/event-stream"));
    headers.insert("cache-control", http::HeaderValue::from_static("no-cache"));
    reply
}

/// One event. What it is called comes last.
fn block(skin: &Skin, key: &str, etag: &str, act: &Act) -> String {
    let root = skin.cloud.lock().look(key, &RelPath::root()).ok().and_then(|root| root.id);
    let id = root.unwrap_or_default();
    let space = id.split('!').next().unwrap_or_default();
    let said = json!({
        "parentitemid": id, "itemid": id, "spaceid": space,
        "initiatorid": act.initiator.as_deref().unwrap_or_default(),
        "etag": etag, "affecteduserids": [],
    });
    format!("data: {said}\nevent: {}\n\n", act.event)
}
