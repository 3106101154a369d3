//! Against servers and networks that do wrong.

use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use navette::server::{
    ConnectError, Connection, Dav, Effect, Guard, Limits, Server as _, ServerErrorKind as Failed,
    SiteTrouble, Timeouts, Upload,
};

use crate::scripted::{FOLDER, Reply, Scripted, answer, entry, multistatus};
use crate::support::{connection, failed, path, put, refused, upload};

/// Long enough for a busy computer, short enough for a test.
const QUICK: Timeouts = Timeouts {
    connect: Duration::from_secs(2),
    idle: Duration::from_secs(1),
    work: Duration::from_secs(1),
};

fn to(server: &Scripted) -> Connection {
    connection(server.url(), "alice", "secret")
}

fn impatient(server: &Scripted) -> Connection {
    Connection { timeouts: QUICK, ..to(server) }
}

/// A plain server whose root answers properly and everything else by `script`.
async fn plain(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (Scripted, Dav) {
    let server = Scripted::start(move |line| match line {
        "GET /status.php" => answer("404 Not Found", "", ""),
        "PROPFIND /" => multistatus(&entry("/", FOLDER)),
        "PROPFIND /new" => answer("404 Not Found", "", ""),
        line => script(line),
    });
    let dav = Dav::connect(to(&server)).await.unwrap();
    server.heard();
    (server, dav)
}

/// A Nextcloud that takes uploads in chunks of a megabyte; files are below `/remote.php/dav/files/alice`.
pub async fn nextcloud(script: impl Fn(&str) -> Reply + Send + Sync + 'static) -> (Scripted, Dav) {
    nextcloud_at(script, to).await
}

async fn nextcloud_at(
    script: impl Fn(&str) -> Reply + Send + Sync + 'static,
    connection: fn(&Scripted) -> Connection,
) -> (Scripted, Dav) {
    let server = Scripted::start(move |line| {
        let below = || script(&line.replace("/remote.php/dav/files/alice", ""));
        as_nextcloud(line).unwrap_or_else(below)
    });
    let dav = Dav::connect(connection(&server)).await.unwrap();
    server.heard();
    (server, dav)
}

/// What this Nextcloud says to whoever connects.
pub fn as_nextcloud(line: &str) -> Option<Reply> {
    let root = format!(
        "{FOLDER}<d:getetag>\"r1\"</d:getetag><oc:id>00000007ocabc</oc:id><oc:fileid>7</oc:fileid>"
    );
    Some(match line {
        "GET /status.php" => answer(
            "200 OK",
            "",
            r#"{"installed":true,"maintenance":false,"needsDbUpgrade":false,"version":"32.0.1.2",
                "versionstring":"32.0.1","productname":"Nextcloud","extendedSupport":false}"#,
        ),
        "GET /ocs/v2.php/cloud/user?format=json" => {
            answer("200 OK", "", r#"{"ocs":{"meta":{},"data":{"id":"alice"}}}"#)
        }
        "GET /ocs/v2.php/cloud/capabilities?format=json" => answer(
            "200 OK",
            "",
            r#"{"ocs":{"data":{"capabilities":{"dav":{"chunking":"1.0"},
                "files":{"undelete":true,"chunked_upload":{"max_size":1000000}}}}}}"#,
        ),
        "PROPFIND /remote.php/dav/files/alice/" => {
            multistatus(&entry("/remote.php/dav/files/alice/", &root))
        }
        _ => return None,
    })
}

#[tokio::test]
async fn a_sign_in_page_is_no_storage() {
    let page = || answer("200 OK", "Content-Type: text/html\r\n", "<html>Please sign in</html>");
    let server = Scripted::start(move |_| page());
    let refusal = Dav::connect(to(&server)).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::Site(SiteTrouble::Page)), "{refusal:?}");

    let (_server, dav) = nextcloud(move |_| page()).await;
    let portal = Failed::Site(SiteTrouble::Page);
    assert_eq!(failed(dav.stat(&path("x")).await), refused(portal.clone()));
    assert_eq!(failed(dav.list(&path("x")).await), refused(portal.clone()));
    // A file may be a page as well.
    assert_eq!(failed(dav.get(&path("x")).await), refused(Failed::Nonsense));
    let unsure = (portal, Effect::Unknown);
    assert_eq!(failed(put(&dav, "x", &Guard::Absent, b"x").await), unsure.clone());
    assert_eq!(failed(dav.make_dir(&path("x")).await), unsure.clone());
    assert_eq!(failed(dav.delete(&path("x"), &Guard::Present).await), unsure);
}

#[tokio::test]
async fn a_redirect_is_never_followed_with_the_password() {
    let elsewhere =
        || answer("302 Found", "Location: https://idp.example/login?state=s3cret\r\n", "");
    let (_server, dav) = nextcloud(move |_| elsewhere()).await;
    let error = dav.list(&path("x")).await.unwrap_err();
    let idp = Box::new("https://idp.example/login".parse().unwrap());
    assert_eq!(error.kind, Failed::Site(SiteTrouble::Elsewhere(idp)));
    assert!(error.detail.contains("https://idp.example/login"), "{error}");
    assert!(!error.detail.contains("s3cret"), "{error}");

    let moved = Scripted::start(|_| {
        answer("301 Moved Permanently", "Location: https://new.example/cloud/status.php\r\n", "")
    });
    let refusal = Dav::connect(to(&moved)).await.unwrap_err();
    let ConnectError::Redirected(url) = &refusal else { panic!("{refusal:?}") };
    assert_eq!(url.as_str(), "https://new.example/cloud");
    assert!(moved.heard().iter().all(|heard| heard.header("authorization").is_none()));
}

#[tokio::test]
async fn half_a_listing_is_an_error() {
    let (_server, dav) = plain(|line| {
        let dir = line.trim_start_matches("PROPFIND ");
        let listing =
            format!("{}{}", entry(dir, FOLDER), entry(&format!("{dir}f"), "<d:resourcetype/>"));
        let Reply::Raw(mut bytes) = multistatus(&listing) else { panic!() };
        let end = bytes.len() - 30;
        match dir {
            "/whole/" => {}
            // The connection ends before the announced length.
            "/short/" => bytes.truncate(end),
            // The length is right, the XML is not.
            _ => {
                let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
                let half = String::from_utf8(bytes[head..end].to_vec()).unwrap();
                return answer("207 Multi-Status", "", &half);
            }
        }
        Reply::Raw(bytes)
    })
    .await;
    assert_eq!(dav.list(&path("whole")).await.unwrap().children.len(), 1);
    assert_eq!(failed(dav.list(&path("short")).await), refused(Failed::Torn));
    assert_eq!(failed(dav.list(&path("half")).await), refused(Failed::Nonsense));
}

#[tokio::test]
async fn an_endless_listing_ends() {
    let head =
        "HTTP/1.1 207 Multi-Status\r\nConnection: close\r\n\r\n<d:multistatus xmlns:d=\"DAV:\">";
    let endless = |piece: &str| Reply::Endless(head.as_bytes().to_vec(), piece.as_bytes().to_vec());
    let server = Scripted::start(move |line| match line {
        "GET /status.php" => answer("404 Not Found", "", ""),
        "PROPFIND /" => multistatus(&entry("/", FOLDER)),
        "PROPFIND /elements/" => endless("<a b='c'>"),
        "PROPFIND /siblings/" => endless("<a/>"),
        "PROPFIND /text/" => endless("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        "PROPFIND /attribute/" => endless("<a b='aaaaaaaaaaa"),
        _ => endless(&entry("/x", "<d:resourcetype/>")),
    });
    let mut connection = to(&server);
    connection.limits = Limits { listing: 8 << 20, ..Limits::default() };
    let dav = Dav::connect(connection).await.unwrap();
    for dir in ["elements", "siblings", "text", "attribute", "entries"] {
        assert_eq!(failed(dav.list(&path(dir)).await), refused(Failed::Nonsense), "{dir}");
    }
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let (_server, dav) = nextcloud_at(|_| Reply::Stall(Vec::new()), impatient).await;
    assert_eq!(failed(dav.list(&path("x")).await), refused(Failed::Unreachable));
    assert_eq!(failed(dav.get(&path("x")).await), refused(Failed::Unreachable));
    let unsure = (Failed::Unreachable, Effect::Unknown);
    assert_eq!(failed(put(&dav, "x", &Guard::Absent, b"x").await), unsure);
    assert_eq!(failed(dav.delete(&path("x"), &Guard::Present).await), unsure);
    assert_eq!(failed(dav.rename(&path("x"), &path("y"), &Guard::Present).await), unsure);

    let silent = Scripted::start(|_| Reply::Stall(Vec::new()));
    let refusal = Dav::connect(impatient(&silent)).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::TimedOut(_)), "{refusal:?}");
}

#[tokio::test]
async fn a_server_that_falls_silent_in_a_body_is_given_up() {
    let start = b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 100\r\n\r\n0123456789";
    let (_server, dav) = nextcloud_at(|_| Reply::Stall(start.to_vec()), impatient).await;
    let mut body = dav.get(&path("x")).await.unwrap().body;
    assert_eq!(body.try_next().await.unwrap().unwrap(), "0123456789");
    assert_eq!(body.try_next().await.unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    assert!(body.try_next().await.unwrap().is_none());
}

#[tokio::test]
async fn an_upload_without_an_answer_may_have_taken_effect() {
    let (server, dav) = nextcloud(|_| Reply::Close).await;
    let result = put(&dav, "x", &Guard::Absent, b"bytes").await;
    assert_eq!(failed(result), (Failed::Unreachable, Effect::Unknown));
    let heard = server.heard();
    assert_eq!(heard.len(), 1, "a write is never sent twice");
    assert_eq!(heard[0].body, b"bytes");
}

#[tokio::test]
async fn an_upload_that_is_cut_may_have_taken_effect() {
    let (_server, dav) = plain(|_| Reply::CloseAfter(1000)).await;
    let result = put(&dav, "new", &Guard::Absent, &vec![7; 20_000_000]).await;
    assert_eq!(failed(result), (Failed::Unreachable, Effect::Unknown));
}

#[tokio::test]
async fn a_refusal_before_the_body_is_heard() {
    let refusal = || {
        let Reply::Raw(bytes) = answer("413 Payload Too Large", "", "") else { panic!() };
        Reply::Early(bytes)
    };
    let (_server, dav) = plain(move |_| refusal()).await;
    let result = put(&dav, "new", &Guard::Absent, &vec![7; 20_000_000]).await;
    assert_eq!(failed(result), refused(Failed::TooLarge));
}

#[tokio::test]
async fn a_garbled_answer_to_a_write_may_have_taken_effect() {
    let (_server, dav) = nextcloud(|_| Reply::Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec())).await;
    let result = put(&dav, "x", &Guard::Absent, b"bytes").await;
    assert_eq!(failed(result), (Failed::Nonsense, Effect::Unknown));
}

#[tokio::test]
async fn a_gateway_that_lost_its_server_leaves_a_write_unknown() {
    let (_server, dav) = nextcloud(|_| answer("504 Gateway Timeout", "", "<html>")).await;
    let result = put(&dav, "x", &Guard::Absent, b"bytes").await;
    assert_eq!(failed(result), (Failed::Status(504), Effect::Unknown));
    assert_eq!(failed(dav.list(&path("x")).await), refused(Failed::Status(504)));
}

#[tokio::test]
async fn a_listing_asked_of_a_closing_connection_is_asked_again() {
    let first = std::sync::atomic::AtomicBool::new(true);
    let (server, dav) = plain(move |_| {
        if first.swap(false, std::sync::atomic::Ordering::Relaxed) {
            return Reply::Close;
        }
        multistatus(&entry("/d/", FOLDER))
    })
    .await;
    dav.list(&path("d")).await.unwrap();
    assert_eq!(server.heard().len(), 2);
}

#[tokio::test]
async fn a_local_file_that_fails_never_becomes_a_whole_file_there() {
    let (server, dav) = nextcloud(|_| answer("201 Created", "ETag: \"1\"\r\n", "")).await;
    let bodies: [Vec<std::io::Result<Bytes>>; 4] = [
        vec![Ok(Bytes::from_static(b"half"))],
        vec![Ok(Bytes::from_static(b"half")), Err(std::io::ErrorKind::PermissionDenied.into())],
        vec![Ok(Bytes::from_static(b"12345678")), Ok(Bytes::from_static(b"9"))],
        vec![],
    ];
    for body in bodies {
        let body = Upload { body: stream::iter(body).boxed(), ..upload(b"12345678") };
        let result = dav.put(&path("x"), &Guard::Absent, body).await;
        assert_eq!(failed(result), (Failed::Body, Effect::Unknown));
    }
    tokio::time::timeout(Duration::from_millis(100), std::future::pending::<()>())
        .await
        .unwrap_err();
    for heard in server.heard() {
        assert_eq!(heard.header("content-length"), Some("8"));
        assert!(heard.body.len() < 8, "{:?}", heard.body);
    }
    let extra = stream::iter([Ok(Bytes::from_static(b"x"))]).boxed();
    let empty = Upload { body: extra, ..upload(b"") };
    assert_eq!(failed(dav.put(&path("x"), &Guard::Absent, empty).await), refused(Failed::Body));
}

#[tokio::test]
async fn a_cut_download_ends_in_an_error() {
    let (_server, dav) = nextcloud(|line| match line {
        "GET /short" => Reply::Raw(
            b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 100\r\n\r\n0123456789".to_vec(),
        ),
        "GET /chunked" => Reply::Raw(
            b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n"
                .to_vec(),
        ),
        _ => answer("200 OK", "ETag: \"1\"\r\nContent-Encoding: gzip\r\n", "xx"),
    })
    .await;
    for name in ["short", "chunked"] {
        let download = dav.get(&path(name)).await.unwrap();
        let bytes: Result<Vec<Bytes>, _> = download.body.try_collect().await;
        assert!(bytes.is_err(), "{name}");
    }
    assert_eq!(failed(dav.get(&path("gzip")).await), refused(Failed::Nonsense));
}

#[tokio::test]
async fn a_foreign_home_is_refused() {
    let server = Scripted::start(|line| match line {
        "GET /status.php" => answer("200 OK", "", r#"{"installed":true,"product":"ownCloud"}"#),
        "GET /ocs/v2.php/cloud/user?format=json" => {
            answer("200 OK", "", r#"{"ocs":{"data":{"id":"bob"}}}"#)
        }
        "PROPFIND /remote.php/dav/files/bob/" => {
            multistatus(&entry("/remote.php/dav/files/bob/", FOLDER))
        }
        _ => answer("200 OK", "", r#"{"ocs":{"data":[]}}"#),
    });
    let refusal = Dav::connect(to(&server)).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::ForeignHome), "{refusal:?}");
    let heard = server.heard();
    assert!(heard.iter().all(|heard| !heard.line().starts_with("MKCOL")));
}

#[tokio::test]
async fn a_server_under_maintenance_is_left_alone() {
    let server = Scripted::start(|_| {
        answer("200 OK", "", r#"{"installed":true,"maintenance":true,"product":"ownCloud"}"#)
    });
    let refusal = Dav::connect(to(&server)).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::Site(SiteTrouble::Maintenance)), "{refusal:?}");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_unreachable_by_it() {
    let server = Scripted::start(|_| Reply::Close);
    let mut connection = impatient(&server);
    connection.base = server.url().as_str().replace("http:", "https:").parse().unwrap();
    let refusal = Dav::connect(connection).await.unwrap_err();
    assert!(
        matches!(refusal, ConnectError::Unreachable(_) | ConnectError::TimedOut(_)),
        "{refusal:?}"
    );
    assert!(!format!("{refusal:?}").contains("secret"));
}

#[tokio::test]
async fn a_deletion_done_only_in_part_is_an_error() {
    let (_server, dav) = plain(|_| {
        multistatus(
            "<d:response><d:href>/d/locked</d:href><d:status>HTTP/1.1 423 Locked</d:status>\
             </d:response>",
        )
    })
    .await;
    let result = dav.delete(&path("d"), &Guard::Present).await;
    assert_eq!(failed(result), (Failed::Locked, Effect::Unknown));
}
