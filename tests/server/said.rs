//! What the client says on the wire, word for word.

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use navette::model::Etag;
use navette::server::{Effect, Family, Guard, Server as _, ServerErrorKind as Failed, Upload};

use crate::hostile::nextcloud;
use crate::scripted::{FOLDER, Heard, Scripted, answer, entry, multistatus};
use crate::support::{failed, path, put, refused, upload};

#[tokio::test]
async fn requests_say_what_they_should() {
    let (server, dav) = nextcloud(|_| {
        answer(
            "201 Created",
            "OC-ETag: \"v2\"\r\nETag: \"v2-gzip\"\r\nOC-FileId: 00000042ocabc\r\n",
            "",
        )
    })
    .await;
    assert_eq!(dav.profile().family, Family::Nextcloud);
    let written = put(&dav, "a b/é", &Guard::Absent, b"bytes").await.unwrap();
    assert_eq!(written.etag.unwrap().as_str(), "v2");
    assert_eq!(written.file_id.as_deref(), Some("42"));
    let moved = dav.rename(&path("a"), &path("ü/#"), &seen("v1")).await.unwrap();
    assert_eq!(moved.file_id.as_deref(), Some("42"));
    let heard = server.heard();
    let put = &heard[0];
    assert_eq!(put.line(), "PUT /remote.php/dav/files/alice/a%20b/%C3%A9");
    for (name, value) in [
        ("content-length", "5"),
        ("if-none-match", "*"),
        ("x-oc-mtime", "1700000000"),
        ("oc-checksum", "SHA1:daf529a73101c2be626b99fc6938163e7a27620b"),
        ("ocs-apirequest", "true"),
        ("accept", "*/*"),
        ("authorization", "Basic YWxpY2U6c2VjcmV0"),
    ] {
        assert_eq!(put.header(name), Some(value), "{name}");
    }
    assert_eq!(put.header("transfer-encoding"), None);
    assert_eq!(put.header("x-request-id").unwrap().len(), 36);
    let agent = put.header("user-agent").unwrap();
    assert!(agent.starts_with("Navette/") && !agent.contains("mirall"), "{agent}");
    let moved = &heard[1];
    assert_eq!(moved.line(), "MOVE /remote.php/dav/files/alice/a");
    assert_eq!(moved.header("overwrite"), Some("F"));
    assert_eq!(moved.header("if-match"), Some("\"v1\""));
    let there = format!("{}remote.php/dav/files/alice/%C3%BC/%23", server.url());
    assert_eq!(moved.header("destination"), Some(there.as_str()));
}

/// The requests of an upload in chunks, the random name replaced.
fn in_chunks(server: &Scripted) -> Vec<(String, Heard)> {
    let line = |heard: &Heard| {
        let mut parts: Vec<_> = heard.line().split('/').collect();
        if parts.len() > 5 && parts[3] == "uploads" {
            parts[5] = "ID";
        }
        parts.join("/").replace("/remote.php/dav", "")
    };
    server.heard().into_iter().map(|heard| (line(&heard), heard)).collect()
}

fn seen(etag: &str) -> Guard {
    Guard::Version(Etag::parse(etag).unwrap())
}

#[tokio::test]
async fn an_overwrite_replaces_all_or_nothing_on_nextcloud() {
    let (server, dav) =
        nextcloud(|_| answer("201 Created", "ETag: \"v2\"\r\nOC-FileId: 00000042ocabc\r\n", ""))
            .await;
    let bytes: Vec<u8> = (0..625_000_u32).flat_map(u32::to_le_bytes).collect();
    let written = put(&dav, "a b", &seen("v1"), &bytes).await.unwrap();
    assert_eq!((written.etag, written.file_id.as_deref()), (Etag::parse("v2"), Some("42")));
    let mut heard = in_chunks(&server);
    // Several chunks are on their way at once: any of them may be heard out first.
    heard[1..4].sort_by(|one, other| one.0.cmp(&other.0));
    let lines: Vec<_> = heard.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(
        lines,
        [
            "MKCOL /uploads/alice/ID",
            "PUT /uploads/alice/ID/00001",
            "PUT /uploads/alice/ID/00002",
            "PUT /uploads/alice/ID/00003",
            "MOVE /uploads/alice/ID/.file",
        ]
    );
    let there = format!("{}remote.php/dav/files/alice/a%20b", server.url());
    assert!(heard.iter().all(|(_, heard)| heard.header("destination") == Some(&there)));
    let sent: Vec<u8> = heard.iter().flat_map(|(_, heard)| heard.body.clone()).collect();
    assert!(sent == bytes);
    let (_, assembled) = &heard[4];
    assert_eq!(assembled.header("if"), Some(format!("<{there}> ([\"v1\"])").as_str()));
    assert_eq!(assembled.header("oc-total-length"), Some("2500000"));
    assert_eq!(assembled.header("x-oc-mtime"), Some("1700000000"));
    assert!(assembled.header("oc-checksum").unwrap().starts_with("SHA1:"));
    assert_eq!(assembled.header("overwrite"), None);

    put(&dav, "small", &seen("v1"), b"one write").await.unwrap();
    put(&dav, "new", &Guard::Absent, &bytes[..900_000]).await.unwrap();
    let lines: Vec<_> = in_chunks(&server).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, ["PUT /files/alice/small", "PUT /files/alice/new"]);
    put(&dav, "new", &Guard::Absent, &bytes).await.unwrap();
    let heard = in_chunks(&server);
    assert_eq!(heard.last().unwrap().1.header("overwrite"), Some("F"));
}

#[tokio::test]
async fn chunks_that_do_not_arrive_leave_the_file_alone() {
    let cases = [
        ("MKCOL", "507 Insufficient Storage", Failed::Quota, Effect::None),
        ("PUT", "500 Internal Server Error", Failed::Status(500), Effect::None),
        ("MOVE", "412 Precondition failed", Failed::Changed, Effect::None),
        ("MOVE", "504 Gateway Timeout", Failed::Status(504), Effect::Unknown),
    ];
    for (method, status, kind, effect) in cases {
        let (server, dav) = nextcloud(move |line| match line.starts_with(method) {
            true => answer(status, "", ""),
            false => answer("201 Created", "", ""),
        })
        .await;
        let result = put(&dav, "f", &seen("v1"), &[1; 100_000]).await;
        let kept = effect == Effect::Unknown || kind == Failed::Changed;
        assert_eq!(failed(result), (kind, effect), "{method}");
        let tidied = server.heard().iter().any(|heard| heard.line().starts_with("DELETE"));
        // Another version at the target may be of the same bytes, and a lost
        // answer may still be a success: then the chunks are kept.
        assert_eq!(tidied, !kept, "{method}");
    }
    let (server, dav) = nextcloud(|_| answer("201 Created", "", "")).await;
    let body = stream::iter([Ok(Bytes::from(vec![1; 70_000]))]).boxed();
    let short = Upload { body, ..upload(&[1; 80_000]) };
    let result = dav.put(&path("f"), &seen("v1"), short).await;
    assert_eq!(failed(result), refused(Failed::Body));
    assert!(server.heard().iter().all(|heard| !heard.line().starts_with("MOVE")));
}

#[tokio::test]
async fn dates_that_servers_fail_on_are_left_out() {
    let (server, dav) = nextcloud(|_| answer("201 Created", "", "")).await;
    for mtime in [i64::MIN, -1, 0, 86_400, 0xffff_fffe, i64::MAX] {
        let body = Upload { mtime: Some(mtime), ..upload(b"x") };
        dav.put(&path("x"), &Guard::Absent, body).await.unwrap();
    }
    assert!(server.heard().iter().all(|heard| heard.header("x-oc-mtime").is_none()));
    let body = Upload { mtime: Some(86_401), ..upload(b"x") };
    dav.put(&path("x"), &Guard::Absent, body).await.unwrap();
    assert_eq!(server.heard()[0].header("x-oc-mtime"), Some("86401"));
}

#[tokio::test]
async fn a_folder_is_moved_though_its_version_cannot_be_a_condition() {
    let folder = format!("{FOLDER}<d:getetag>\"v1\"</d:getetag><oc:fileid>9</oc:fileid>");
    let attempts = std::sync::atomic::AtomicUsize::new(0);
    let (server, dav) = nextcloud(move |line| match line {
        "PROPFIND /d" => multistatus(&entry("/remote.php/dav/files/alice/d/", &folder)),
        _ if attempts.fetch_add(1, std::sync::atomic::Ordering::Relaxed).is_multiple_of(2) => {
            answer("412 Precondition failed", "", "")
        }
        _ => answer("201 Created", "", ""),
    })
    .await;
    let now = seen("v1");
    dav.rename(&path("d"), &path("e"), &now).await.unwrap();
    let conditions: Vec<_> =
        server.heard().iter().map(|heard| heard.header("if-match").map(str::to_owned)).collect();
    assert_eq!(conditions, [Some("\"v1\"".to_owned()), None, None]);
    let other = seen("v0");
    let late = dav.rename(&path("d"), &path("e"), &other).await;
    assert_eq!(failed(late), refused(Failed::Changed));
}
