//! The cloud over HTTP when something goes wrong: refusals, bodies without a
//! length, connections that break, faults that a test asks for.

use navette::cloud::{Dialect, Fate, Request, ServeOptions};
use navette::server::ServerErrorKind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use Dialect::{Nextcloud, Ocis, OwnCloud10, Plain};

use crate::http::{Alice, each, header, send, served, status, text};

#[tokio::test]
async fn a_refusal_is_worded_as_the_family_does() {
    each(async |dialect, _, alice| {
        let (code, page) = text(alice.put("a%5Cb", "1").await).await;
        let (missing, gone) = text(send(alice.file("DELETE", "gone")).await).await;
        assert_eq!(missing, 404);
        match dialect {
            Nextcloud | OwnCloud10 => {
                assert_eq!(code, 400);
                assert!(
                    page.contains("InvalidPath") && page.contains(">false</o:retry>"),
                    "{page}"
                );
                assert!(gone.contains(r#"xmlns:d="DAV:""#));
            }
            Ocis => {
                assert_eq!(code, 400);
                assert!(gone.contains(r#"xmlns:d="DAV""#), "{gone}");
            }
            Plain => {
                assert_eq!(code, 201);
                assert!(gone.starts_with("<!DOCTYPE HTML"), "{gone}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_body_of_unknown_length_is_lost_on_owncloud_10_and_refused_on_ocis() {
    each(async |dialect, ready, alice| {
        let pieces = futures::stream::iter([Ok::<_, std::io::Error>("some"), Ok(" bytes")]);
        let request = alice.file("PUT", "x").body(reqwest::Body::wrap_stream(pieces));
        let code = status(request).await;
        let there = ready.cloud.lock().user("alice").bytes("x");
        match dialect {
            Nextcloud | Plain => assert_eq!((code, there.unwrap()), (201, "some bytes".into())),
            OwnCloud10 => assert_eq!((code, there.unwrap()), (201, "".into())),
            Ocis => assert_eq!((code, there), (400, None)),
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_breaks_during_an_overwrite_tears_the_file_on_nextcloud() {
    each(async |dialect, ready, alice| {
        alice.put("x", "old bytes").await;
        let mut raw = tokio::net::TcpStream::connect(ready.address).await.unwrap();
        let head = format!(
            "PUT {}/x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\
             Authorization: Basic YWxpY2U6YWxpY2U=\r\n\r\nnew",
            alice.base
        );
        raw.write_all(head.as_bytes()).await.unwrap();
        raw.shutdown().await.unwrap();
        // The server closes its side once it has dealt with it.
        raw.read_to_end(&mut Vec::new()).await.unwrap();
        let there = ready.cloud.lock().user("alice").bytes("x").unwrap();
        assert_eq!(there, if dialect == Nextcloud { "new" } else { "old bytes" });
        let (_, page) = alice.find("x", "0").await;
        assert!(page.contains("getcontentlength>9<"), "the length lies: {page}");
        let got = text(send(alice.file("GET", "x")).await).await;
        assert_eq!(got.1, if dialect == Nextcloud { "new" } else { "old bytes" });
    })
    .await;
}

#[tokio::test]
async fn faults_happen_over_http_too() {
    let mut options = ServeOptions::new(Nextcloud);
    options.faults =
        Box::new(|request: &Request<'_>| match (request.method, request.path.as_str()) {
            ("PUT", "lost") => Fate::LoseReply,
            ("PUT", "cut") => Fate::CutBody(2),
            ("GET", _) => Fate::CutBody(2),
            ("PROPFIND", "share") => Fate::Fail(ServerErrorKind::StorageGone),
            ("MKCOL", _) => {
                Fate::Fail(ServerErrorKind::Busy(Some(std::time::Duration::from_secs(7))))
            }
            _ => Fate::Proceed,
        });
    served(options, async |ready| {
        let alice = Alice::new(&ready, Nextcloud);
        alice.put("x", "whole").await;
        assert!(alice.file("PUT", "lost").body("1").send().await.is_err());
        assert!(alice.file("PUT", "cut").body("1234").send().await.is_err());
        let got = send(alice.file("GET", "x")).await;
        assert_eq!(header(&got, "content-length").as_deref(), Some("5"));
        assert!(got.bytes().await.is_err());
        let busy = send(alice.file("MKCOL", "d")).await;
        assert_eq!((busy.status().as_u16(), header(&busy, "retry-after")), (503, Some("7".into())));
        let (gone, page) = alice.find("share", "1").await;
        assert_eq!(gone, 503);
        assert!(page.contains("Storage is temporarily not available"), "{page}");
        let names: Vec<_> = ready.cloud.lock().user("alice").snapshot().into_keys().collect();
        assert_eq!(names.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["lost", "x"]);
    })
    .await;
}

#[tokio::test]
async fn options_announce_only_what_there_is() {
    each(async |_, _, alice| {
        let options = send(alice.file("OPTIONS", "")).await;
        assert!(header(&options, "dav").unwrap().starts_with('1'));
        assert!(!header(&options, "allow").unwrap().contains("LOCK"));
        assert!(status(alice.file("LOCK", "x")).await >= 405);
    })
    .await;
}
