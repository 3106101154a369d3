//! What real servers said, word for word: the probe and the client understand
//! it. (Listings are in `src/server/listing/tests.rs`.)

use navette::server::{Dav, Family, Guard, Server as _, ServerErrorKind as Failed};

use crate::scripted::{FOLDER, Reply, Scripted, answer, entry, multistatus};
use crate::support::{connection, path, put};

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
            let version = "<d:getetag>\"r\"</d:getetag><oc:id>00000007oc</oc:id>";
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
