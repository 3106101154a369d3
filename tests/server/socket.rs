//! `notify_push` of a Nextcloud over TLS, frame by frame as a test tells it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt as _, SinkExt as _, StreamExt as _};
use http::request::Parts;
use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use navette::server::{Connection, Dav, Heard, Patience, PushEnd};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::ears::{heard_out, listening, logged, quick};
use crate::http2::acceptor;
use crate::scripted::{FOLDER, entry};
use crate::support::connection;

const PASSWORD: &str = "pa55wört ü8";
const TOKEN: &str = "Zt0ken+9/x5f2a77d1c00b1e4e8812ab";

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// What a server does with each of its websockets, counted from 0.
type Play = fn(Socket, usize) -> BoxFuture<'static, ()>;

/// A server that does so.
struct Script {
    makes_tokens: bool,
    play: Play,
    seen: Mutex<Vec<Parts>>,
}

impl Script {
    /// The requests for this path.
    fn asked(&self, path: &str) -> Vec<Parts> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|head| head.uri.path() == path).cloned().collect()
    }
}

#[allow(clippy::disallowed_methods, reason = "a server of its own, outside the engine")]
async fn answer(
    script: Arc<Script>,
    mut request: Request<Incoming>,
) -> Result<Response<String>, Infallible> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (head, _) = request.into_parts();
    let host = head.uri.authority().map(ToString::to_string);
    let host = host.or_else(|| Some(head.headers.get("host")?.to_str().ok()?.to_owned()));
    let number = script.asked("/push/ws").len();
    script.seen.lock().unwrap().push(head.clone());
    let reply = |status: u16, body: String| Response::builder().status(status).body(body).unwrap();
    let path = head.uri.path();
    Ok(match (head.method.as_str(), path) {
        ("GET", "/status.php") => reply(
            200,
            json!({"installed": true, "version": "32.0.1.2", "extendedSupport": false}).to_string(),
        ),
        ("GET", "/ocs/v2.php/cloud/user") => {
            reply(200, json!({"ocs": {"data": {"id": "alice"}}}).to_string())
        }
        ("GET", "/ocs/v2.php/cloud/capabilities") => {
            let host = host.unwrap();
            let mut endpoints = json!({"websocket": format!("wss://{host}/push/ws")});
            if script.makes_tokens {
                endpoints["pre_auth"] = json!(format!("https://{host}/pre_auth"));
            }
            let push = json!({"type": ["files"], "endpoints": endpoints});
            let all = json!({"ocs": {"data": {"capabilities": {"notify_push": push}}}});
            reply(200, all.to_string())
        }
        ("PROPFIND", "/remote.php/dav/files/alice/") => {
            let root = format!(
                "{FOLDER}<d:getetag>\"r\"</d:getetag><oc:id>00000007ocabc</oc:id>\
                 <oc:fileid>7</oc:fileid>"
            );
            let entry = entry(path, &root);
            let names = "xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\"";
            reply(207, format!("<d:multistatus {names}>{entry}</d:multistatus>"))
        }
        ("POST", "/pre_auth") => reply(200, TOKEN.to_owned()),
        ("GET", "/push/ws") => {
            tokio::spawn(async move {
                let io = TokioIo::new(upgrade.await.unwrap());
                let socket = WebSocketStream::from_raw_socket(io, Role::Server, None).await;
                (script.play)(socket, number).await;
            });
            let key = derive_accept_key(head.headers["sec-websocket-key"].as_bytes());
            let accepted = Response::builder().status(101).header("Sec-WebSocket-Accept", key);
            let accepted = accepted.header("Connection", "upgrade").header("Upgrade", "websocket");
            accepted.body(String::new()).unwrap()
        }
        _ => reply(404, String::new()),
    })
}

/// Runs `test` against such a server, which speaks HTTP/2 with whoever does.
async fn with(makes_tokens: bool, play: Play, test: impl AsyncFnOnce(Dav, &Script)) -> Arc<Script> {
    let place = tempfile::tempdir().unwrap();
    let acceptor = acceptor(place.path(), &["h2", "http/1.1"]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = Arc::new(Script { makes_tokens, play, seen: Mutex::default() });
    let accepting = async {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, script) = (acceptor.clone(), script.clone());
            connections.spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = service_fn(move |request| answer(script.clone(), request));
                let http = auto::Builder::new(TokioExecutor::new());
                let io = TokioIo::new(stream);
                let _ = http.serve_connection_with_upgrades(io, service).await;
            });
        }
    };
    let base = format!("https://localhost:{port}/").parse().unwrap();
    let ca_file = Some(place.path().join("cert.pem"));
    let wanted = Connection { ca_file, ..connection(base, "alice", PASSWORD) };
    tokio::select! {
        () = accepting => {}
        () = async { test(Dav::connect(wanted).await.unwrap(), &script).await } => {}
    }
    script
}

async fn say(socket: &mut Socket, text: &str) {
    // Who has hung up hears nothing.
    let _ = socket.send(Message::text(text.to_owned())).await;
}

/// The next thing that somebody says.
async fn hear(socket: &mut Socket) -> Message {
    socket.next().await.unwrap().unwrap()
}

async fn hear_text(socket: &mut Socket) -> String {
    hear(socket).await.into_text().unwrap().to_string()
}

/// Lets somebody in who says this; others are told that they are wrong.
async fn admit(socket: &mut Socket, login: &str, secret: &str) {
    let said = (hear_text(socket).await, hear_text(socket).await);
    let right = said == (login.to_owned(), secret.to_owned());
    say(socket, if right { "authenticated" } else { "err: Invalid credentials" }).await;
}

async fn stay(mut socket: Socket) {
    while socket.next().await.is_some_and(|frame| frame.is_ok()) {}
}

#[tokio::test]
async fn without_tokens_login_and_password_are_two_frames() {
    let play: Play = |mut socket, _| {
        async move {
            admit(&mut socket, "alice", PASSWORD).await;
            say(&mut socket, "notify_activity").await;
            say(&mut socket, "notify_notification").await;
            say(&mut socket, "notify_file_id [12,34]").await;
            stay(socket).await;
        }
        .boxed()
    };
    let script = with(false, play, async |dav, _| {
        listening(dav.push().unwrap().patient(quick()), async |ears| {
            assert_eq!(ears.next().await, Heard::Listening);
            assert_eq!(ears.next().await, Heard::Change);
        })
        .await;
    })
    .await;
    // What the websocket needs HTTP/1.1 for, all else does without.
    let upgrades = script.asked("/push/ws");
    assert!(upgrades.iter().all(|head| head.version == Version::HTTP_11));
    assert!(upgrades.iter().all(|head| !head.headers.contains_key("authorization")));
    let files = script.asked("/remote.php/dav/files/alice/");
    assert!(files.iter().all(|head| head.version == Version::HTTP_2));
    assert_eq!((upgrades.len(), files.is_empty()), (1, false));
}

#[tokio::test]
async fn a_token_stands_for_the_password_where_the_server_makes_one() {
    let play: Play = |mut socket, _| {
        async move {
            admit(&mut socket, "", TOKEN).await;
            say(&mut socket, "notify_file").await;
            stay(socket).await;
        }
        .boxed()
    };
    let script = with(true, play, async |dav, _| {
        listening(dav.push().unwrap().patient(quick()), async |ears| {
            assert_eq!(ears.next().await, Heard::Listening);
            assert_eq!(ears.next().await, Heard::Change);
        })
        .await;
    })
    .await;
    let tokens = script.asked("/pre_auth");
    assert!(tokens.iter().all(|head| head.headers.contains_key("authorization")));
    assert_eq!((tokens.len(), script.asked("/push/ws").len()), (1, 1));
}

#[tokio::test]
async fn what_is_not_about_files_is_no_change() {
    let play: Play = |mut socket, _| {
        async move {
            admit(&mut socket, "", TOKEN).await;
            for frame in ["notify_activity", "notify_notification", "custom {}", ""] {
                say(&mut socket, frame).await;
            }
            socket.send(Message::binary(b"notify_file".to_vec())).await.unwrap();
        }
        .boxed()
    };
    with(true, play, async |dav, _| {
        listening(dav.push().unwrap().patient(quick()), async |ears| {
            for _ in 0..2 {
                assert_eq!(ears.next().await, Heard::Listening);
                assert_eq!(ears.next().await, Heard::Deaf);
            }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_tried_three_times_in_a_row_and_no_more() {
    let play: Play = |mut socket, number| {
        async move {
            // In the third connection it is right, and the last one of all.
            let expected = if number == 2 { PASSWORD } else { "another" };
            admit(&mut socket, "alice", expected).await;
        }
        .boxed()
    };
    let script = with(false, play, async |dav, _| {
        let end = heard_out(dav.push().unwrap().patient(quick())).await;
        assert_eq!(end, (PushEnd::Refused, vec![Heard::Listening, Heard::Deaf]));
    })
    .await;
    assert_eq!(script.asked("/push/ws").len(), 6);
}

#[tokio::test]
async fn what_is_wrong_behind_the_websocket_is_no_wrong_password() {
    let play: Play = |mut socket, number| {
        async move {
            let said = [
                "err: Error while sending authentication request to nextcloud: 503",
                "Authentication timeout",
                "err: Connection limit exceeded for user",
                "",
            ];
            match said.get(number) {
                Some(said) => say(&mut socket, said).await,
                None => admit(&mut socket, "alice", PASSWORD).await,
            }
        }
        .boxed()
    };
    with(false, play, async |dav, _| {
        listening(dav.push().unwrap().patient(quick()), async |ears| {
            assert_eq!(ears.next().await, Heard::Listening);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn who_is_asked_whether_it_is_there_answers() {
    let play: Play = |mut socket, _| {
        async move {
            admit(&mut socket, "", TOKEN).await;
            for number in 0..3_u8 {
                socket.send(Message::Ping(vec![number].into())).await.unwrap();
                assert_eq!(hear(&mut socket).await, Message::Pong(vec![number].into()));
            }
            say(&mut socket, "notify_file").await;
            stay(socket).await;
        }
        .boxed()
    };
    with(true, play, async |dav, _| {
        listening(dav.push().unwrap().patient(quick()), async |ears| {
            assert_eq!(ears.next().await, Heard::Listening);
            assert_eq!(ears.next().await, Heard::Change);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_asked_whether_it_is_there_is_not_silent() {
    let play: Play = |mut socket, _| {
        async move {
            admit(&mut socket, "", TOKEN).await;
            let mut pings = tokio::time::interval(Duration::from_millis(100));
            for _ in 0..20 {
                pings.tick().await;
                socket.send(Message::Ping(Vec::new().into())).await.unwrap();
            }
            say(&mut socket, "notify_file").await;
            stay(socket).await;
        }
        .boxed()
    };
    with(true, play, async |dav, _| {
        // Shorter than it takes until something else comes. Where the computer
        // is too busy for that, the next connection comes so far.
        let patience = Patience { socket: Duration::from_secs(1), ..quick() };
        listening(dav.push().unwrap().patient(patience), async |ears| {
            while ears.next().await != Heard::Change {}
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_frame_larger_than_there_can_be_is_not_taken() {
    let play: Play = |mut socket, number| {
        async move {
            admit(&mut socket, "", TOKEN).await;
            let length = if number == 0 { 2 << 20 } else { 1 << 19 };
            say(&mut socket, &format!("notify_file_id {}", "1".repeat(length))).await;
            stay(socket).await;
        }
        .boxed()
    };
    with(true, play, async |dav, _| {
        listening(dav.push().unwrap().patient(quick()), async |ears| {
            let heard = [ears.next().await, ears.next().await, ears.next().await];
            assert_eq!(heard, [Heard::Listening, Heard::Deaf, Heard::Listening]);
            assert_eq!(ears.next().await, Heard::Change);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn no_log_line_says_with_what_one_signs_in() {
    let play: Play = |mut socket, _| {
        async move {
            let login = hear_text(&mut socket).await;
            let secret = hear_text(&mut socket).await;
            say(&mut socket, &format!("err: Invalid credentials: {login}:{secret}")).await;
        }
        .boxed()
    };
    for makes_tokens in [false, true] {
        with(makes_tokens, play, async |dav, _| {
            let push = dav.push().unwrap().patient(quick());
            let shown = format!("{push:?}");
            let (end, log) = logged(async || heard_out(push).await).await;
            assert_eq!(end.0, PushEnd::Refused);
            assert!(log.contains("Invalid credentials"), "it has said nothing: {log}");
            for secret in [PASSWORD, TOKEN, "YWxpY2U6cGE1NXfDtnJ0IMO8OA=="] {
                assert!(!log.contains(secret) && !shown.contains(secret), "{secret} in {log}");
            }
        })
        .await;
    }
}
