//! What the cloud tells by itself, as an ordinary client gets it.

use std::time::Duration;

use navette::cloud::{Dialect, Manner, Ready, ServeOptions};
use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::http::{Alice, each, send, served, status, text};

const EVENTS: &str = "/ocs/v2.php/apps/notifications/api/v1/notifications/sse";
const PRE_AUTH: &str = "/index.php/apps/notify_push/pre_auth";

/// The next event of a stream: what it says, and what it is called.
async fn event(stream: &mut Response) -> (Value, String) {
    let mut block = String::new();
    while !block.ends_with("\n\n") {
        let piece = timeout(Duration::from_secs(60), stream.chunk()).await.unwrap();
        block.push_str(std::str::from_utf8(&piece.unwrap().unwrap()).unwrap());
    }
    // Said first and named last, as oCIS does.
    let (said, name) = block.trim_end().split_once("\nevent: ").unwrap();
    let said = serde_json::from_str(said.strip_prefix("data: ").unwrap()).unwrap();
    (said, name.to_owned())
}

async fn capabilities(alice: &Alice) -> Value {
    let url = "/ocs/v2.php/cloud/capabilities?format=json";
    let (_, page) = text(send(alice.url("GET", url).header("OCS-APIRequest", "true")).await).await;
    let mut page: Value = serde_json::from_str(&page).unwrap_or_default();
    page.pointer_mut("/ocs/data/capabilities").map(Value::take).unwrap_or_default()
}

#[tokio::test]
async fn what_is_announced_is_there_and_what_is_not_is_not() {
    each(async |dialect, ready: Ready, alice| {
        let told = capabilities(&alice).await;
        let host = ready.address.to_string();
        let socket = told.pointer("/notify_push/endpoints/websocket").and_then(Value::as_str);
        let expected = format!("ws://{host}/push/ws");
        assert_eq!(socket, (dialect == Dialect::Nextcloud).then_some(&*expected));
        let events = told.pointer("/core/support-sse");
        assert_eq!(events.is_some(), dialect == Dialect::Ocis);
        let there = |is: bool| if is { 200 } else { 404 };
        let token = status(alice.url("POST", PRE_AUTH)).await;
        let stream = status(alice.url("GET", EVENTS)).await;
        if dialect == Dialect::Plain {
            return;
        }
        assert_eq!(token, there(dialect == Dialect::Nextcloud), "{dialect:?}");
        assert_eq!(stream, there(dialect == Dialect::Ocis), "{dialect:?}");

        ready.cloud.teller().set_manner(Manner::Absent);
        let told = capabilities(&alice).await;
        assert_eq!(told.get("notify_push"), None);
        assert_eq!(told.pointer("/core/support-sse"), None);
        assert_eq!(status(alice.url("POST", PRE_AUTH)).await, 404, "{dialect:?}");
        assert_eq!(status(alice.url("GET", EVENTS)).await, 404, "{dialect:?}");
    })
    .await;
}

#[tokio::test]
async fn an_event_tells_what_was_done_where_and_by_whose_client() {
    served(ServeOptions::new(Dialect::Ocis), async |ready| {
        let alice = Alice::new(&ready, Dialect::Ocis);
        let mut stream = send(alice.url("GET", EVENTS)).await;
        let by = "3d2b8e5c-0000-4000-8000-000000000007";
        let file = |method, path| alice.file(method, path).header("Initiator-ID", by);

        assert_eq!(status(file("PUT", "a").body("x")).await, 201);
        let (said, name) = event(&mut stream).await;
        assert_eq!(
            (name.as_str(), said["initiatorid"].as_str()),
            ("postprocessing-finished", Some(by))
        );
        let space = said["spaceid"].as_str().unwrap();
        assert!(said["itemid"].as_str().unwrap().starts_with(space) && space.contains('$'));

        assert_eq!(status(file("MKCOL", "d")).await, 201);
        assert_eq!(event(&mut stream).await.1, "folder-created");
        let to = alice.to("d/a");
        assert_eq!(status(file("MOVE", "a").header("Destination", to)).await, 201);
        assert_eq!(event(&mut stream).await.1, "item-moved");
        assert_eq!(status(file("DELETE", "d")).await, 204);
        assert_eq!(event(&mut stream).await.1, "item-trashed");

        // Whoever does not say who it is.
        ready.cloud.lock().user("alice").write("b", "x").unwrap();
        let (said, _) = event(&mut stream).await;
        assert_eq!(said["initiatorid"], "");
    })
    .await;
}

#[tokio::test]
async fn only_who_has_signed_in_is_told_anything() {
    served(ServeOptions::new(Dialect::Ocis), async |ready| {
        let alice = Alice::new(&ready, Dialect::Ocis);
        assert_eq!(status(alice.anonymous("GET", EVENTS)).await, 401);
        ready.cloud.teller().set_manner(Manner::Refusing);
        assert_eq!(status(alice.url("GET", EVENTS)).await, 401);
        assert!(!ready.cloud.teller().is_heard());
    })
    .await;
    served(ServeOptions::new(Dialect::Nextcloud), async |ready| {
        let alice = Alice::new(&ready, Dialect::Nextcloud);
        assert_eq!(status(alice.anonymous("POST", PRE_AUTH)).await, 401);
        assert_eq!(status(alice.url("GET", PRE_AUTH)).await, 405);
        assert_eq!(status(alice.url("GET", "/push/ws")).await, 426, "no websocket");
    })
    .await;
}
