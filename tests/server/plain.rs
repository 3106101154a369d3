//! Against Apache's `mod_dav`.

use std::fs;

use navette::model::{Kind, Perms};
use navette::server::{
    ConnectError, Dav, Family, Guard, Server as _, ServerErrorKind as Failed, entered_url,
};

use crate::real::{LOGIN, PASSWORD, Real, apache};
use crate::support::{connection, failed, get, names, path, put, refused, version};

async fn connected(apache: &Real) -> Dav {
    Dav::connect(connection(apache.url(), LOGIN, PASSWORD)).await.unwrap()
}

/// Names that trip those who forget to encode, decode, or compare decoded.
const WEIRD: [&str; 14] = [
    "a b",
    "é",
    "e\u{301}",
    "100%",
    "%41",
    "#?&",
    "🦀",
    "a+b",
    "a;b=c",
    "'\"<>&amp;",
    "a:b",
    "~",
    "...",
    "a\\b",
];

#[tokio::test]
async fn apache_is_recognised_as_a_plain_server() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    let profile = dav.profile();
    assert_eq!(profile.family, Family::Plain);
    assert!(!profile.file_ids && !profile.tree_etags && !profile.checksums && !profile.trash);
    let root = dav.stat(&path("")).await.unwrap().unwrap();
    assert_eq!((root.kind, root.id, root.fingerprint), (Kind::Dir, None, None));
    assert_eq!(root.seen.perms, Perms::OWN);
}

#[tokio::test]
async fn what_is_put_is_listed_and_comes_back() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    dav.make_dir(&path("dir")).await.unwrap();
    let big: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
    for (name, bytes) in [("dir/big", big.as_slice()), ("dir/empty", b""), ("dir/one", b"1")] {
        let written = put(&dav, name, &Guard::Absent, bytes).await.unwrap();
        assert_eq!((written.etag, written.file_id), (None, None));
        assert!(fs::read(apache.files().join(name)).unwrap() == bytes, "{name}");
        assert!(get(&dav, name).await == bytes, "{name}");
    }
    let listing = dav.list(&path("dir")).await.unwrap();
    let sizes: Vec<_> = listing.children.iter().map(|(_, child)| child.seen.size).collect();
    assert_eq!(sizes, [Some(12_000_000), Some(0), Some(1)]);
    assert!(listing.children.iter().all(|(_, child)| {
        child.kind == Kind::File && child.seen.etag.is_some() && child.seen.mtime.is_some()
    }));
    assert_eq!((listing.dir.kind, listing.dir.seen.size), (Kind::Dir, None));
    assert!(listing.server_time.unwrap() > 1_700_000_000);
    assert_eq!(names(&dav, "").await, ["dir"]);
}

#[tokio::test]
async fn every_name_keeps_its_spelling() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    let long = "é".repeat(127);
    let mut expected: Vec<&str> = WEIRD.to_vec();
    expected.push(&long);
    for name in &expected {
        let dir = format!("in {name}");
        put(&dav, name, &Guard::Absent, name.as_bytes()).await.unwrap();
        if name.len() < 250 {
            dav.make_dir(&path(&dir)).await.unwrap();
            put(&dav, &format!("{dir}/{name}"), &Guard::Absent, b"deep").await.unwrap();
            assert_eq!(names(&dav, &dir).await, [*name]);
            dav.rename(&path(&dir), &path(&format!("{dir} 2")), &Guard::Present).await.unwrap();
            assert_eq!(get(&dav, &format!("{dir} 2/{name}")).await, b"deep");
            dav.delete(&path(&format!("{dir} 2")), &Guard::Present).await.unwrap();
        }
        assert_eq!(get(&dav, name).await, name.as_bytes());
        assert_eq!(fs::read(apache.files().join(name)).unwrap(), name.as_bytes());
    }
    expected.sort_unstable();
    assert_eq!(names(&dav, "").await, expected);
}

#[tokio::test]
async fn a_file_is_made_only_where_nothing_is() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    put(&dav, "f", &Guard::Absent, b"first").await.unwrap();
    dav.make_dir(&path("d")).await.unwrap();
    for taken in ["f", "d"] {
        let second = put(&dav, taken, &Guard::Absent, b"second").await;
        assert_eq!(failed(second), refused(Failed::Changed), "{taken}");
    }
    assert_eq!(get(&dav, "f").await, b"first");
}

#[tokio::test]
async fn a_file_is_overwritten_only_in_the_version_that_was_seen() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    put(&dav, "f", &Guard::Absent, b"first").await.unwrap();
    let first = version(&dav, "f").await;
    put(&dav, "f", &first, b"second version").await.unwrap();
    let late = put(&dav, "f", &first, b"third").await;
    assert_eq!(failed(late), refused(Failed::Changed));
    assert_eq!(get(&dav, "f").await, b"second version");
    let gone = put(&dav, "never there", &first, b"x").await;
    assert_eq!(failed(gone), refused(Failed::Changed));
    assert_eq!(names(&dav, "").await, ["f"]);
}

#[tokio::test]
async fn an_old_file_is_overwritten_under_its_strong_version() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    let file = apache.files().join("old");
    fs::write(&file, "old").unwrap();
    let hour_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
    fs::File::options().write(true).open(&file).unwrap().set_modified(hour_ago).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    }
    let seen = version(&dav, "old").await;
    put(&dav, "old", &seen, b"new").await.unwrap();
    assert_eq!(fs::read(&file).unwrap(), b"new");
}

#[tokio::test]
async fn a_rename_never_replaces_and_moves_only_what_was_seen() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    put(&dav, "a", &Guard::Absent, b"a").await.unwrap();
    put(&dav, "b", &Guard::Absent, b"bb").await.unwrap();
    let seen = version(&dav, "a").await;
    let onto = dav.rename(&path("a"), &path("b"), &seen).await;
    assert_eq!(failed(onto), refused(Failed::Changed));
    let wrong = version(&dav, "b").await;
    let other = dav.rename(&path("a"), &path("c"), &wrong).await;
    assert_eq!(failed(other), refused(Failed::Changed));
    let missing = dav.rename(&path("none"), &path("c"), &Guard::Present).await;
    assert_eq!(failed(missing), refused(Failed::NotFound));
    let nowhere = dav.rename(&path("a"), &path("no/where"), &seen).await;
    assert_eq!(failed(nowhere), refused(Failed::NotFound));
    assert_eq!(names(&dav, "").await, ["a", "b"]);
    dav.rename(&path("a"), &path("c"), &seen).await.unwrap();
    assert_eq!(names(&dav, "").await, ["b", "c"]);
    assert_eq!(version(&dav, "c").await, seen);
}

#[tokio::test]
async fn a_deletion_takes_only_what_was_seen_and_may_be_repeated() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    put(&dav, "a", &Guard::Absent, b"a").await.unwrap();
    let seen = version(&dav, "a").await;
    put(&dav, "a", &seen, b"changed").await.unwrap();
    let late = dav.delete(&path("a"), &seen).await;
    assert_eq!(failed(late), refused(Failed::Changed));
    let now = version(&dav, "a").await;
    dav.delete(&path("a"), &now).await.unwrap();
    dav.delete(&path("a"), &now).await.unwrap();
    dav.make_dir(&path("d")).await.unwrap();
    put(&dav, "d/x", &Guard::Absent, b"x").await.unwrap();
    dav.delete(&path("d"), &Guard::Present).await.unwrap();
    dav.delete(&path("d"), &Guard::Present).await.unwrap();
    assert_eq!(names(&dav, "").await, Vec::<String>::new());
}

#[tokio::test]
async fn an_absence_is_confirmed_only_below_a_folder_that_is_there() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    put(&dav, "f", &Guard::Absent, b"f").await.unwrap();
    assert!(dav.stat(&path("nothing")).await.unwrap().is_none());
    let nowhere = dav.stat(&path("no/where")).await;
    assert_eq!(failed(nowhere), refused(Failed::NotFound));
    assert!(dav.stat(&path("f/below a file")).await.is_err());
    assert_eq!(failed(dav.list(&path("nothing")).await), refused(Failed::NotFound));
    assert!(dav.list(&path("f")).await.is_err());
    assert_eq!(failed(dav.get(&path("nothing")).await), refused(Failed::NotFound));
}

#[tokio::test]
async fn a_folder_is_made_only_where_nothing_is() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    dav.make_dir(&path("d")).await.unwrap();
    put(&dav, "f", &Guard::Absent, b"f").await.unwrap();
    for taken in ["d", "f"] {
        assert_eq!(failed(dav.make_dir(&path(taken)).await), refused(Failed::Exists), "{taken}");
    }
    assert_eq!(failed(dav.make_dir(&path("no/where")).await), refused(Failed::NotFound));
    let orphan = put(&dav, "no/file", &Guard::Absent, b"x").await;
    assert_eq!(failed(orphan), refused(Failed::NotFound));
}

#[tokio::test]
async fn the_remote_folder_is_made_when_it_is_missing() {
    let apache = apache::start();
    let mut wanted = connection(apache.url(), LOGIN, PASSWORD);
    wanted.remote_path = path("work/äö ü/here");
    for _ in 0..2 {
        let dav = Dav::connect(wanted.clone()).await.unwrap();
        put(&dav, "f", &Guard::Present, b"x").await.unwrap_err();
        assert!(apache.files().join("work/äö ü/here").is_dir());
        assert_eq!(names(&dav, "").await, Vec::<String>::new());
    }
    fs::write(apache.files().join("file"), "").unwrap();
    wanted.remote_path = path("file/below");
    let refusal = Dav::connect(wanted).await.unwrap_err();
    assert!(matches!(&refusal, ConnectError::NotAFolder(at) if *at == path("file")), "{refusal}");
}

#[tokio::test]
async fn a_wrong_password_is_told_as_such_and_never_shown() {
    let apache = apache::start();
    for (login, password) in [(LOGIN, "hunter2"), ("bob", PASSWORD)] {
        let refusal = Dav::connect(connection(apache.url(), login, password)).await.unwrap_err();
        assert!(matches!(refusal, ConnectError::SignIn { .. }), "{refusal}");
        let shown = format!("{refusal} {refusal:?}");
        assert!(!shown.contains("hunter2") && !shown.contains(PASSWORD), "{shown}");
    }
    let dav = connected(&apache).await;
    assert!(!format!("{dav:?}").contains(PASSWORD));
}

#[tokio::test]
async fn where_nobody_listens_the_connection_is_refused() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = entered_url(&format!("http://127.0.0.1:{port}/")).unwrap();
    let refusal = Dav::connect(connection(nobody, LOGIN, PASSWORD)).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::Refused(_)), "{refusal:?}");
    let nowhere = entered_url("https://no-such-host.invalid/").unwrap();
    let refusal = Dav::connect(connection(nowhere, LOGIN, PASSWORD)).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::NoHost(_)), "{refusal:?}");
}

#[tokio::test]
async fn requests_are_counted() {
    let apache = apache::start();
    let dav = connected(&apache).await;
    let before = dav.requests();
    assert!(before >= 2);
    dav.list(&path("")).await.unwrap();
    assert_eq!(dav.requests(), before + 1);
}
