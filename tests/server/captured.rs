//! What real servers said, word for word: the probe and the client understand
//! it. (Listings are in `src/server/listing/tests.rs`.)

use bytes::Bytes;
use navette::model::{Digest, Kind};
use navette::server::{
    Current, Dav, Discarded, Effect, Family, Guard, Part, Server as _, ServerErrorKind as Failed,
};

use crate::scripted::{FOLDER, Reply, Scripted, answer, entry, multistatus};
use crate::support::{connection, failed, path, put, refused};

/// `status.php`, capabilities and account of one server.
struct Said {
    status: &'static str,
    capabilities: &'static str,
    user: &'static str,
}

const NEXTCLOUD: Said = Said {
    status: include_str!("../captures/nextcloud-status.json"),
    capabilities: include_str!("../captures/nextcloud-capabilities.json"),
    user: include_str!("../captures/nextcloud-user.json"),
};
const OWNCLOUD: Said = Said {
    status: include_str!("../captures/owncloud-status.json"),
    capabilities: include_str!("../captures/owncloud-capabilities.json"),
    user: include_str!("../captures/owncloud-user.json"),
};
const OPENCLOUD: Said = Said {
    status: include_str!("../captures/opencloud-status.json"),
    capabilities: include_str!("../captures/opencloud-capabilities.json"),
    user: include_str!("../captures/opencloud-user.json"),
};

/// A server that says this of itself, with an account that is signed in; what
/// is asked below its root gets `then`.
fn server(said: &'static Said, then: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Scripted {
    Scripted::start(move |line| {
        let json = |text: &str| answer("200 OK", "Content-Type: application/json\r\n", text);
        let (_, target) = line.split_once(' ').unwrap();
        if line == "GET /status.php" {
            json(said.status)
        } else if target.starts_with("/ocs/") && target.contains("/cloud/capabilities") {
            json(said.capabilities)
        } else if target.starts_with("/ocs/") && target.contains("/cloud/user") {
            json(said.user)
        } else if line.starts_with("PROPFIND ") && target.ends_with("/files/alice/") {
            let version = "<d:getetag>\"r\"</d:getetag><oc:id>00000007oc8275ica64p</oc:id>";
            let root = format!("{FOLDER}{version}<oc:fileid>7</oc:fileid>");
            multistatus(&entry(target, &root))
        } else {
            then(line)
        }
    })
}

async fn connected(server: &Scripted) -> Dav {
    Dav::connect(connection(server.url(), "alice", "secret")).await.unwrap()
}

#[tokio::test]
async fn each_family_is_known_by_what_it_really_said() {
    for (said, family, product, checksums) in [
        (&NEXTCLOUD, Family::Nextcloud, "Nextcloud 32.0.1", false),
        (&OWNCLOUD, Family::OwnCloud10, "ownCloud 10.16.4", true),
        (&OPENCLOUD, Family::Ocis, "OpenCloud 0.1.0+ebba86148", true),
    ] {
        let server = server(said, |_| answer("404 Not Found", "", ""));
        let dav = connected(&server).await;
        let profile = dav.profile();
        assert_eq!((profile.family, profile.product.as_str()), (family, product));
        assert_eq!(profile.checksums, checksums, "{product}");
        assert!(profile.trash && profile.file_ids && profile.tree_etags, "{product}");
        assert_eq!(dav.user(), "alice", "{product}");
    }
}

/// Each refusal of the live ownCloud 10.16.4, and what it means.
#[tokio::test]
async fn the_refusals_of_a_real_owncloud_10_are_understood() {
    const REFUSALS: &str = include_str!("../captures/owncloud-refusals.txt");
    let mut known = 0;
    for line in REFUSALS.lines() {
        let mut parts = line.splitn(3, ' ');
        let [method, status, body] = [(); 3].map(|()| parts.next().unwrap());
        let (said, code) = (body.to_owned(), format!("{status} Refused"));
        let server = server(&OWNCLOUD, move |_| {
            answer(&code, "Content-Type: application/xml; charset=utf-8\r\n", &said)
        });
        let dav = connected(&server).await;
        let there = path("x");
        let failed = match method {
            "PROPFIND" => dav.list(&there).await.unwrap_err(),
            "GET" => dav.get(&there).await.err().unwrap(),
            "PUT" => put(&dav, "x", &Guard::Absent, b"x").await.unwrap_err(),
            "MKCOL" => dav.make_dir(&there).await.unwrap_err(),
            "MOVE" => dav.rename(&there, &path("y"), &Guard::Present).await.unwrap_err(),
            "DELETE" if status == "404" => {
                dav.delete(&there, &Guard::Present).await.unwrap();
                continue;
            }
            "DELETE" => dav.delete(&there, &Guard::Present).await.unwrap_err(),
            other => panic!("{other} is nothing that the client sends"),
        };
        let meant = match (method, status) {
            ("PROPFIND", "401") => matches!(failed.kind, Failed::SignIn | Failed::Account(_)),
            ("MKCOL", "405") => failed.kind == Failed::Exists,
            (_, "403") => matches!(failed.kind, Failed::Forbidden | Failed::Account(_)),
            (_, "404" | "409") => failed.kind == Failed::NotFound,
            (_, "412") => failed.kind == Failed::Changed,
            (_, "423" | "500") => failed.kind == Failed::Locked,
            (_, "507") => failed.kind == Failed::Quota,
            (_, "503") => matches!(failed.kind, Failed::Busy(_) | Failed::Site(_)),
            (_, "400") if body.contains("FileNameTooLong") => failed.kind == Failed::BadName,
            (_, "400") if body.contains("checksum") => failed.kind == Failed::Torn,
            (_, "400" | "416") => matches!(failed.kind, Failed::Status(_)),
            _ => false,
        };
        assert!(meant, "{method} {status}: {:?}\n{body}", failed.kind);
        known += 1;
    }
    assert!(known > 25, "only {known} refusals");
}

/// A file that was written twice, and then overwritten by a request for many:
/// Nextcloud 32 lists the current version too, and etags without quotes.
#[tokio::test]
async fn the_versions_that_a_real_nextcloud_lists_are_understood() {
    const VERSIONS: &str = include_str!("../captures/nextcloud-versions.xml");
    let server = server(&NEXTCLOUD, |line| {
        assert_eq!(line, "PROPFIND /remote.php/dav/versions/alice/versions/7171/");
        answer("207 Multi-Status", "Content-Type: application/xml\r\n", VERSIONS)
    });
    let dav = connected(&server).await;
    let file_id = "7171".to_owned();
    let now = Current { file_id, mtime: Some(1_700_000_200), size: 9 };
    let versions = dav.versions(&path("v9.txt"), &now).await.unwrap();
    let shown = versions.iter().map(|version| (version.key.as_str(), version.size));
    assert_eq!(shown.collect::<Vec<_>>(), [("1700000100", Some(5)), ("1700000000", Some(3))]);
}

/// The folder of a request for many may be gone: that file alone has failed.
#[tokio::test]
async fn what_a_real_nextcloud_says_of_many_files_is_understood() {
    const SAID: &str = include_str!("../captures/nextcloud-bulk.json");
    let server = server(&NEXTCLOUD, |_| {
        answer("200 OK", "Content-Type: text/html; charset=UTF-8\r\n", SAID)
    });
    let dav = connected(&server).await;
    let part = |at: &str| {
        let bytes = Bytes::from_static(b"x");
        Part { path: path(at), sha1: Digest::of(&bytes).sha1.unwrap(), bytes, mtime: 1_700_000_300 }
    };
    let parts = ["m1.txt", "v9.txt", "missing/x", "caf\u{e9} \u{2603}.txt"].map(part);
    let mut ends = dav.put_together(&parts).await.into_iter();
    let mut id = || ends.next().unwrap().map(|written| written.file_id.unwrap());
    assert_eq!(id().unwrap(), "7223");
    assert_eq!(id().unwrap(), "7171", "it was there before, and its id is less");
    assert_eq!(failed(id()), refused(Failed::Status(400)));
    assert_eq!(id().unwrap(), "7230");
}

fn deleted_folder() -> Discarded {
    Discarded {
        key: "gone.d1795397000".to_owned(),
        location: path("gone"),
        at: None,
        kind: Kind::Dir,
        file_id: None,
        perhaps_id: None,
        etag: None,
        sha1: None,
        size: None,
    }
}

/// In a deleted folder Nextcloud 32 shows ids and lengths, and the date of the
/// deletion for everything else.
#[tokio::test]
async fn what_a_real_nextcloud_shows_in_its_trash_is_understood() {
    const INSIDE: &str = include_str!("../captures/nextcloud-trash-folder.xml");
    let server = server(&NEXTCLOUD, |_| {
        answer("207 Multi-Status", "Content-Type: application/xml\r\n", INSIDE)
    });
    let dav = connected(&server).await;
    let deleted = deleted_folder();
    let inside = dav.trash(Some(&deleted)).await.unwrap();
    let shown = inside.iter().map(|item| (item.location.as_str(), item.size, &item.etag));
    let shown: Vec<_> = shown.collect();
    assert_eq!(shown, [("gone/a.txt", Some(3), &None), ("gone/new.txt", Some(6), &None)]);
    assert!(inside.iter().all(|item| item.file_id.is_some()));
}

/// Every name in `restore/` counts as taken: a restoration under the condition
/// that nothing is there is refused. So none is sent.
#[tokio::test]
async fn a_restoration_on_a_real_nextcloud_carries_no_condition() {
    const REFUSED: &str = include_str!("../captures/nextcloud-restore-refused.xml");
    let server = server(&NEXTCLOUD, |_| {
        answer("412 Precondition failed", "Content-Type: application/xml\r\n", REFUSED)
    });
    let dav = connected(&server).await;
    let deleted = deleted_folder();
    let (kind, effect) = failed(dav.restore(&deleted, &path("gone")).await);
    assert_eq!((kind, effect), (Failed::Changed, Effect::None));
    let heard = server.heard();
    let asked = heard.iter().find(|heard| heard.line().starts_with("MOVE ")).unwrap();
    assert_eq!(asked.header("Overwrite"), None);
    assert!(
        asked.header("Destination").unwrap().ends_with("/trashbin/alice/restore/gone.d1795397000")
    );
}
