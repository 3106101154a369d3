//! A server that would like to be listened to elsewhere, by an unsafe way, or
//! for ever: nothing that signs in goes anywhere else, and what has no end ends.

use std::time::Duration;

use navette::cloud::Dialect;
use navette::server::{Dav, Heard, Push};

use crate::ears::{listening, logged, quick};
use crate::malice::{head, villain};
use crate::scripted::{Reply, Scripted, answer};
use crate::support::connection;

const CAPABILITIES: &str = "/ocs/v2.php/cloud/capabilities?format=json";
const EVENTS: &str = "/ocs/v2.php/apps/notifications/api/v1/notifications/sse";

fn announcing(capabilities: &str) -> Reply {
    answer(
        "200 OK",
        "Content-Type: application/json\r\n",
        &format!(r#"{{"ocs":{{"data":{{"capabilities":{capabilities}}}}}}}"#),
    )
}

fn notify_push(websocket: &str, pre_auth: &str) -> Reply {
    announcing(&format!(
        r#"{{"notify_push":{{"type":["files"],"endpoints":{{"websocket":"{websocket}","pre_auth":"{pre_auth}"}}}}}}"#
    ))
}

fn stranger() -> Scripted {
    let asks = "WWW-Authenticate: Basic realm=\"more\"\r\n";
    Scripted::start(move |_| answer("401 Unauthorized", asks, ""))
}

fn host(server: &Scripted) -> String {
    format!("127.0.0.1:{}", server.url().port().unwrap())
}

/// A Nextcloud that announces what `endpoints` make of its own host.
fn nextcloud(
    endpoints: impl Fn(&str) -> (String, String) + Send + Sync + 'static,
    trick: impl Fn(&str, &str) -> Option<Reply> + Send + Sync + 'static,
) -> Scripted {
    let own = std::sync::Arc::new(std::sync::OnceLock::<String>::new());
    let known = own.clone();
    let server = villain(Dialect::Nextcloud, move |method, path| match path {
        CAPABILITIES => {
            let (websocket, pre_auth) = endpoints(known.get().unwrap());
            Some(notify_push(&websocket, &pre_auth))
        }
        path => trick(method, path),
    });
    own.set(host(&server)).unwrap();
    server
}

async fn push(server: &Scripted) -> Option<Push> {
    let dav = Dav::connect(connection(server.url(), "alice", "s3cret")).await.unwrap();
    server.heard();
    dav.push().map(|push| push.patient(quick()))
}

/// Waits until so many requests for this have come.
#[allow(clippy::disallowed_methods, reason = "real time passes here, outside the engine")]
async fn asked(server: &Scripted, wanted: &str, times: usize) {
    let mut count = 0;
    for _ in 0..6000 {
        let heard = server.heard();
        count += heard.iter().filter(|heard| heard.line() == wanted).count();
        if count >= times {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{wanted} was asked for {count} times");
}

#[tokio::test]
async fn endpoints_on_another_server_are_not_listened_to_and_that_is_logged() {
    let stranger = stranger();
    let there = host(&stranger);
    for websocket in [
        format!("ws://{there}/push/ws"),
        format!("wss://{there}/push/ws"),
        format!("http://alice@{there}/push/ws"),
        format!("ws:{there}/push/ws"),
        "ws://h.example/push/ws".to_owned(),
    ] {
        let shown = websocket.clone();
        let server = nextcloud(move |_| (websocket.clone(), String::new()), |_, _| None);
        let (push, log) = logged(async || push(&server).await).await;
        assert!(push.is_none(), "{shown}");
        assert!(log.contains("an announced address is not used"), "{shown}: {log}");
    }
    assert!(stranger.heard().is_empty());
}

#[tokio::test]
async fn a_way_of_another_kind_than_that_of_the_files_is_not_taken() {
    let server = nextcloud(|own| (format!("wss://{own}/push/ws"), String::new()), |_, _| None);
    assert!(push(&server).await.is_none());
}

#[tokio::test]
async fn no_token_is_asked_for_on_another_server() {
    let stranger = stranger();
    let there = host(&stranger);
    let server = nextcloud(
        move |own| (format!("ws://{own}/push/ws"), format!("http://{there}/pre_auth")),
        |_, path| (path == "/push/ws").then(|| answer("503 Service Unavailable", "", "")),
    );
    listening(push(&server).await.unwrap(), async |_| asked(&server, "GET /push/ws", 2).await)
        .await;
    assert!(stranger.heard().is_empty());
}

#[tokio::test]
async fn an_address_here_that_looks_like_one_elsewhere_leads_here() {
    let stranger = stranger();
    let there = host(&stranger);
    let path = format!("//{there}/push/ws");
    let server = nextcloud(
        move |own| (format!("ws://{own}{path}"), String::new()),
        |_, path| path.ends_with("/push/ws").then(|| answer("503 Service Unavailable", "", "")),
    );
    let wanted = format!("GET /{there}/push/ws");
    listening(push(&server).await.unwrap(), async |_| asked(&server, &wanted, 2).await).await;
    assert!(stranger.heard().is_empty());
}

#[tokio::test]
async fn no_redirect_of_what_is_listened_to_is_followed() {
    let stranger = stranger();
    let there = host(&stranger);
    for status in ["301 Moved", "302 Found", "307 Later", "308 Moved"] {
        let moved = format!("Location: http://{there}/push/ws\r\n");
        let server = nextcloud(
            |own| (format!("ws://{own}/push/ws"), String::new()),
            move |_, path| (path == "/push/ws").then(|| answer(status, &moved, "")),
        );
        let push = push(&server).await.unwrap();
        listening(push, async |_| asked(&server, "GET /push/ws", 2).await).await;

        let moved = format!("Location: http://{there}/pre_auth\r\n");
        let server = nextcloud(
            |own| (format!("ws://{own}/push/ws"), format!("http://{own}/pre_auth")),
            move |_, path| (path == "/pre_auth").then(|| answer(status, &moved, "")),
        );
        let push = self::push(&server).await.unwrap();
        listening(push, async |_| asked(&server, "POST /pre_auth", 2).await).await;

        let moved = format!("Location: http://{there}{EVENTS}\r\n");
        let server = ocis(move || answer(status, &moved, ""));
        let push = self::push(&server).await.unwrap();
        listening(push, async |_| asked(&server, &format!("GET {EVENTS}"), 2).await).await;
    }
    assert!(stranger.heard().is_empty());
}

/// An oCIS that tells like this.
fn ocis(tells: impl Fn() -> Reply + Send + Sync + 'static) -> Scripted {
    villain(Dialect::Ocis, move |_, path| match path {
        CAPABILITIES => Some(announcing(r#"{"core":{"support-sse":true}}"#)),
        EVENTS => Some(tells()),
        _ => None,
    })
}

fn stream() -> Vec<u8> {
    head("200 OK", "Content-Type: text/event-stream\r\n")
}

/// The answer of a websocket to whoever asks for it, and that it lets it in.
fn socket(headers: &str) -> Reply {
    let head = format!("HTTP/1.1 101 Switching Protocols\r\n{headers}\r\n");
    let said = b"authenticated";
    Reply::Stall([head.as_bytes(), &[0x81, said.len() as u8], said].concat())
}

#[tokio::test]
async fn what_answers_otherwise_is_not_listened_to() {
    let sockets: [fn() -> Reply; 5] = [
        || answer("200 OK", "Content-Type: text/html\r\n", "<html>Sign in</html>"),
        || socket(""),
        || socket("Connection: Upgrade\r\nUpgrade: websocket\r\n"),
        || socket("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n"),
        || Reply::Close,
    ];
    for reply in sockets {
        let server = nextcloud(
            |own| (format!("ws://{own}/push/ws"), String::new()),
            move |_, path| (path == "/push/ws").then(reply),
        );
        listening(push(&server).await.unwrap(), async |ears| {
            asked(&server, "GET /push/ws", 3).await;
            ears.have_heard_nothing();
        })
        .await;
    }
    let pages: [fn() -> Reply; 3] = [
        || answer("200 OK", "Content-Type: text/html\r\n", "<html>Sign in</html>"),
        || answer("200 OK", "Content-Type: application/json\r\n", "{}"),
        || answer("200 OK", "", "data: {}\nevent: item-moved\n\n"),
    ];
    for page in pages {
        let server = ocis(page);
        listening(push(&server).await.unwrap(), async |ears| {
            asked(&server, &format!("GET {EVENTS}"), 3).await;
            ears.have_heard_nothing();
        })
        .await;
    }
}

#[tokio::test]
async fn a_page_is_no_token() {
    let server = nextcloud(
        |own| (format!("ws://{own}/push/ws"), format!("http://{own}/pre_auth")),
        |_, path| {
            let page = || answer("200 OK", "Content-Type: text/html\r\n", "<html>Sign in</html>");
            (path == "/pre_auth").then(page)
        },
    );
    let push = push(&server).await.unwrap();
    listening(push, async |_| asked(&server, "POST /pre_auth", 3).await).await;
    assert!(server.heard().iter().all(|heard| heard.line() != "GET /push/ws"));
}

#[tokio::test]
async fn an_event_that_does_not_end_is_cut_off() {
    for piece in ["data: aaaaaaaaaaaaaaaa", "data: a\n", ": alive\n", "event: item-moved\n"] {
        // It goes on without an end, and then no further.
        let block = piece.repeat((4 << 20) / piece.len());
        let server = ocis(move || Reply::Stall([stream(), block.clone().into_bytes()].concat()));
        listening(push(&server).await.unwrap(), async |ears| {
            for _ in 0..2 {
                assert_eq!(ears.next().await, Heard::Listening, "{piece:?}");
                assert_eq!(ears.next().await, Heard::Deaf, "{piece:?}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn events_without_end_are_some_changes_and_leave_others_their_turn() {
    let event = "data: {}\nevent: item-moved\n\n";
    let server = ocis(move || Reply::Endless(stream(), event.as_bytes().to_vec()));
    listening(push(&server).await.unwrap(), async |ears| {
        assert_eq!(ears.next().await, Heard::Listening);
        for _ in 0..5 {
            assert_eq!(ears.next().await, Heard::Change);
        }
    })
    .await;
}

#[tokio::test]
async fn an_event_is_heard_whose_name_comes_last() {
    let event = b"id: 1\ndata: {\"itemid\":\"a$b!c\",\"initiatorid\":\"\"}\nevent: item-moved\n\n";
    let server = ocis(move || Reply::Stall([stream(), event.to_vec()].concat()));
    listening(push(&server).await.unwrap(), async |ears| {
        assert_eq!(ears.next().await, Heard::Listening);
        assert_eq!(ears.next().await, Heard::Change);
    })
    .await;
}
