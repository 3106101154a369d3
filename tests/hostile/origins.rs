//! Another server that would like to be asked: whatever the first one says,
//! nothing at all is sent there.

use std::fs;

use navette::cloud::Dialect;
use navette::model::Kind;
use navette::server::{Dav, Discarded, Guard, Server as _};

use crate::malice::{contents, file, folder, home, root, storage_of, villain};
use crate::scripted::{Scripted, answer, multistatus};
use crate::support::{connection, path, put};
use crate::yard::Yard;

/// The other server. It asks everybody for a password.
fn stranger() -> Scripted {
    let asks = "WWW-Authenticate: Basic realm=\"more\"\r\n";
    Scripted::start(move |_| answer("401 Unauthorized", asks, ""))
}

/// Makes sure that the other server has heard nothing.
#[track_caller]
fn has_heard_nothing(stranger: &Scripted) {
    let heard: Vec<String> = stranger.heard().iter().map(|heard| heard.head.clone()).collect();
    assert!(heard.is_empty(), "{heard:?}");
}

/// Host and port of a server.
fn host(server: &Scripted) -> String {
    format!("127.0.0.1:{}", server.url().port().unwrap())
}

/// Ways to name another server, or to seem to name this one.
fn addresses(host: &str) -> Vec<String> {
    vec![
        format!("http://{host}/status.php"),
        format!("https://{host}/login?token=1"),
        format!("//{host}/"),
        format!("http://alice:pw@{host}/"),
        format!("\\\\{host}\\"),
        format!("/\\{host}/"),
        format!("http:{host}"),
        format!("x:@{host}/a"),
        format!("@{host}/"),
        format!(":80@{host}/"),
        format!(".{host}/"),
    ]
}

/// Asks everything that can be asked, whatever comes of it.
async fn ask_all(dav: &Dav) {
    let (one, other) = (path("there.txt"), path("other.txt"));
    let gone = Discarded {
        key: "gone.d1".to_owned(),
        location: one.clone(),
        at: None,
        kind: Kind::File,
        file_id: None,
        perhaps_id: None,
        etag: None,
        sha1: None,
        size: None,
    };
    let _ = dav.list(&path("dir")).await;
    let _ = dav.stat(&one).await;
    let _ = dav.room(&path("dir")).await;
    let _ = dav.get(&one).await;
    let _ = put(dav, "new.txt", &Guard::Absent, b"my bytes").await;
    let _ = dav.make_dir(&path("new")).await;
    let _ = dav.rename(&one, &other, &Guard::Present).await;
    let _ = dav.copy(&one, &other, &Guard::Present, None).await;
    let _ = dav.delete(&one, &Guard::Present).await;
    let _ = dav.trash(None).await;
    let _ = dav.restore(&gone, &one).await;
    let _ = dav.make_app_password("Navette").await;
    let _ = dav.give_back_app_password().await;
}

#[tokio::test]
async fn no_redirect_of_any_request_leads_to_another_server() {
    let stranger = stranger();
    let addresses = addresses(&host(&stranger));
    for dialect in Dialect::ALL {
        for status in ["301 Moved", "302 Found", "303 See Other", "307 Later", "308 Moved"] {
            for address in &addresses {
                let headers = format!(
                    "Location: {address}\r\nRefresh: 0; url={address}\r\n\
                     Content-Location: {address}\r\nAlt-Svc: h2=\"{}\"\r\n\
                     WWW-Authenticate: Basic realm=\"{address}\"\r\n",
                    host(&stranger)
                );
                let entries = file(&format!("{}there.txt", home(dialect)), 10, 5);
                let server = storage_of(dialect, entries, move |method, path| {
                    // What is asked while connecting has its own test.
                    let below =
                        path.strip_prefix(home(dialect)).is_some_and(|rest| !rest.is_empty());
                    let own = path.contains("/trash") || path.contains("/core/");
                    let asked =
                        below && path != "/status.php" && !path.starts_with("/ocs/v2.php/cloud");
                    ((asked || own) && method != "HEAD").then(|| answer(status, &headers, ""))
                });
                let dav = Dav::connect(connection(server.url(), "alice", "s3cret")).await.unwrap();
                ask_all(&dav).await;
                assert!(server.heard().len() > 10, "{dialect:?}");
            }
        }
    }
    has_heard_nothing(&stranger);
}

#[tokio::test]
async fn no_redirect_while_connecting_leads_to_another_server() {
    let stranger = stranger();
    let addresses = addresses(&host(&stranger));
    for dialect in Dialect::ALL {
        for address in &addresses {
            for target in ["/status.php", "/ocs/", "/graph/", home(dialect)] {
                let location = format!("Location: {address}\r\n");
                let server = villain(dialect, move |_, path| {
                    let plain = dialect == Dialect::Plain && path == "/status.php" && target == "/";
                    (path.starts_with(target) && !plain).then(|| answer("302 Found", &location, ""))
                });
                let _ = Dav::connect(connection(server.url(), "alice", "s3cret")).await;
                assert!(!server.heard().is_empty());
            }
        }
    }
    has_heard_nothing(&stranger);
}

#[tokio::test]
async fn what_a_server_announces_on_another_one_is_not_asked_there() {
    let stranger = stranger();
    for address in addresses(&host(&stranger)) {
        let json = |text: String| answer("200 OK", "Content-Type: application/json\r\n", &text);
        let said = address.replace('\\', "\\\\");
        let server = villain(Dialect::Ocis, move |_, path| match path {
            "/ocs/v2.php/cloud/capabilities?format=json" => Some(json(format!(
                r#"{{"ocs":{{"data":{{"capabilities":{{"files":{{
                    "archivers":[{{"enabled":true,"version":"2.0.0","formats":["zip"],
                        "archiver_url":"{said}"}}],
                    "tus_support":{{"resumable":"1.0.0","extension":"creation",
                        "max_chunk_size":1000000}}}}}}}}}}}}"#
            ))),
            "/graph/v1.0/me/drives" => Some(json(format!(
                r#"{{"value":[{{"driveType":"personal","id":"s$1","root":{{"webDavUrl":"{said}"}}}}]}}"#
            ))),
            path if path.starts_with("/ocs") || path.starts_with("/status") => None,
            // Wherever the storage is: a folder with everything that it must have.
            path => Some(multistatus(&root(Dialect::Ocis).replace(home(Dialect::Ocis), path))),
        });
        if let Ok(dav) = Dav::connect(connection(server.url(), "alice", "s3cret")).await {
            let wanted: Vec<_> = ["a", "b"]
                .map(|name| navette::server::Wanted {
                    name: navette::model::Name::new(name).unwrap(),
                    size: 1,
                    file_id: Some("7".to_owned()),
                })
                .into();
            let _ = dav.get_together(&path(""), &wanted).await;
            ask_all(&dav).await;
        }
    }
    has_heard_nothing(&stranger);
}

/// The address of an upload that is begun is its own password, and comes from
/// the server. Its bytes go nowhere else.
#[tokio::test]
async fn no_upload_goes_to_another_server() {
    let stranger = stranger();
    for address in addresses(&host(&stranger)) {
        let location = format!("Location: {address}\r\n");
        let server = villain(Dialect::Ocis, move |method, path| match (method, path) {
            (_, "/ocs/v2.php/cloud/capabilities?format=json") => Some(answer(
                "200 OK",
                "",
                r#"{"ocs":{"data":{"capabilities":{"files":{"tus_support":{"resumable":"1.0.0",
                    "extension":"creation","max_chunk_size":1000000}}}}}}"#,
            )),
            ("POST", _) => Some(answer("201 Created", &location, "")),
            ("PATCH" | "HEAD", _) => Some(answer("204 No Content", &location, "")),
            _ => None,
        });
        let dav = Dav::connect(connection(server.url(), "alice", "s3cret")).await.unwrap();
        let _ = put(&dav, "large.bin", &Guard::Absent, &vec![7; 3_000_000]).await;
        let heard = server.heard();
        assert!(heard.iter().any(|heard| heard.line().starts_with("POST ")), "it was announced");
        // Without the account's password, even here.
        for piece in heard.iter().filter(|heard| heard.line().starts_with("PATCH ")) {
            assert_eq!(piece.header("authorization"), None);
        }
    }
    has_heard_nothing(&stranger);
}

#[test]
fn a_run_that_is_sent_elsewhere_says_where_and_sends_nothing_there() {
    for dialect in Dialect::ALL {
        let stranger = stranger();
        let yard = Yard::new();
        let there = stranger.url();
        let location = format!("Location: {there}login?token=1\r\n");
        let server = villain(dialect, move |method, _| {
            (method == "MKCOL").then(|| answer("302 Found", &location, ""))
        });
        let run = yard.ends(&server, 3, &format!("{there}login"));
        assert!(!run.err.contains("token"), "{}", run.err);
        has_heard_nothing(&stranger);
    }
}

#[test]
fn hrefs_and_cookies_of_another_server_lead_there_neither() {
    for dialect in Dialect::ALL {
        let stranger = stranger();
        let yard = Yard::new();
        let (at, there) = (home(dialect), host(&stranger));
        // The servers themselves are often wrong about their own name.
        let entries = [("10", 10), ("11", 11), ("12", 12), ("13", 13)]
            .map(|(name, number)| file(&format!("http://{there}{at}{name}"), number, 5))
            .concat();
        let entries = format!("{entries}{}", folder(&format!("http://u:p@{there}{at}d/"), 20));
        let cookies = format!(
            "ETag: \"e\"\r\nSet-Cookie: session=c00kie; Domain=127.0.0.1; Path=/\r\n\
             Set-Cookie: other=c00kie; Domain={there}\r\n"
        );
        let server = storage_of(dialect, entries, move |method, path| match method {
            "GET" if path.starts_with(&format!("{at}1")) => {
                Some(answer("200 OK", &cookies, "12345"))
            }
            "PROPFIND" if path.starts_with(&format!("{at}d")) => {
                Some(multistatus(&folder(path, 20)))
            }
            _ => None,
        });
        yard.endures(&server, &[]);
        assert_eq!(fs::read(yard.path("folder/10")).unwrap(), b"12345", "{dialect:?}");
        has_heard_nothing(&stranger);
    }
}

/// Without a trick, the same server is an ordinary one: what the others try is
/// really tried.
#[test]
fn a_storage_without_tricks_is_synced() {
    for dialect in Dialect::ALL {
        let yard = Yard::new();
        let at = home(dialect);
        let server = storage_of(dialect, file(&format!("{at}10"), 10, 5), move |method, path| {
            (method == "GET" && path == format!("{at}10")).then(|| contents("12345"))
        });
        yard.endures(&server, &[]);
        assert_eq!(fs::read(yard.path("folder/10")).unwrap(), b"12345", "{dialect:?}");
    }
}
