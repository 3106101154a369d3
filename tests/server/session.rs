//! Cookies: kept for one account, in memory, and never beside a password that
//! is being tried.

use navette::server::{Dav, Server as _};

use crate::hostile::as_nextcloud;
use crate::scripted::{Heard, Reply, Scripted, answer};
use crate::support::{connection, path};

/// Sets a cookie with every answer.
fn with_cookie(reply: Reply, number: usize) -> Reply {
    let Reply::Raw(bytes) = reply else { panic!("a whole answer") };
    let text = String::from_utf8(bytes).unwrap();
    let (status, rest) = text.split_once("\r\n").unwrap();
    let cookie = format!("Set-Cookie: session=s{number}; path=/; HttpOnly");
    Reply::Raw(format!("{status}\r\n{cookie}\r\n{rest}").into_bytes())
}

fn forgetful() -> Scripted {
    let count = std::sync::atomic::AtomicUsize::new(0);
    Scripted::start(move |line| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let reply = as_nextcloud(line).unwrap_or_else(|| answer("404 Not Found", "", ""));
        with_cookie(reply, number)
    })
}

fn cookies(heard: &[Heard]) -> Vec<Option<&str>> {
    heard.iter().map(|heard| heard.header("cookie")).collect()
}

#[tokio::test]
async fn signing_in_sends_no_cookie_and_what_follows_keeps_the_session() {
    let server = forgetful();
    let dav = Dav::connect(connection(server.url(), "alice", "secret")).await.unwrap();
    let before = server.heard();
    assert!(before.len() >= 4, "status, home, capabilities, user");
    assert!(cookies(&before).iter().all(Option::is_none), "{:?}", cookies(&before));

    dav.list(&path("")).await.unwrap();
    dav.list(&path("")).await.unwrap();
    let after = server.heard();
    let [first, second] = &after[..] else { panic!("{} requests", after.len()) };
    assert_eq!(first.header("cookie"), None);
    assert_eq!(second.header("cookie"), Some(format!("session=s{}", before.len()).as_str()));
    for heard in before.iter().chain(&after) {
        assert_eq!(heard.header("ocs-apirequest"), Some("true"), "{}", heard.line());
        let agent = heard.header("user-agent").unwrap();
        assert_eq!(
            agent,
            format!("Navette/{} ({})", env!("CARGO_PKG_VERSION"), std::env::consts::OS)
        );
        let id = heard.header("x-request-id").unwrap();
        let is_uuid = |(at, c): (usize, char)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        };
        assert!(id.len() == 36 && id.chars().enumerate().all(is_uuid), "{id}");
    }
}

#[tokio::test]
async fn a_session_is_never_shared() {
    let server = forgetful();
    let one = Dav::connect(connection(server.url(), "alice", "secret")).await.unwrap();
    one.list(&path("")).await.unwrap();
    server.heard();
    // The same account again, as when its password is to be checked.
    let two = Dav::connect(connection(server.url(), "alice", "other")).await.unwrap();
    two.list(&path("")).await.unwrap();
    assert!(cookies(&server.heard()).iter().all(Option::is_none));
}
