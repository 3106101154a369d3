//! Against `rclone serve webdav`, which ignores every condition: the guards
//! hold all the same. And TLS, which it speaks without much ado.

use std::fs;

use navette::server::{ConnectError, Dav, Family, Guard, Server as _, ServerErrorKind as Failed};

use crate::real::{LOGIN, PASSWORD, Real, rclone};
use crate::support::{connection, failed, get, names, path, put, refused, version};

async fn connected(rclone: &Real) -> Dav {
    Dav::connect(connection(rclone.url(), LOGIN, PASSWORD)).await.unwrap()
}

#[tokio::test]
async fn guards_hold_on_a_server_that_ignores_conditions() {
    let rclone = rclone::start();
    let dav = connected(&rclone).await;
    assert_eq!(dav.profile().family, Family::Plain);
    put(&dav, "a", &Guard::Absent, b"a").await.unwrap();
    put(&dav, "b", &Guard::Absent, b"bb").await.unwrap();
    let first = version(&dav, "a").await;
    assert_eq!(failed(put(&dav, "a", &Guard::Absent, b"x").await), refused(Failed::Changed));
    put(&dav, "a", &first, b"second").await.unwrap();
    assert_eq!(failed(put(&dav, "a", &first, b"third").await), refused(Failed::Changed));
    let onto = dav.rename(&path("a"), &path("b"), &Guard::Present).await;
    assert_eq!(failed(onto), refused(Failed::Changed));
    assert_eq!(failed(dav.rename(&path("a"), &path("c"), &first).await), refused(Failed::Changed));
    assert_eq!(failed(dav.delete(&path("a"), &first).await), refused(Failed::Changed));
    assert_eq!((get(&dav, "a").await, get(&dav, "b").await), (b"second".to_vec(), b"bb".to_vec()));
    let now = version(&dav, "a").await;
    dav.rename(&path("a"), &path("c"), &now).await.unwrap();
    dav.delete(&path("b"), &Guard::Present).await.unwrap();
    assert_eq!(names(&dav, "").await, ["c"]);
}

#[tokio::test]
async fn a_folder_that_is_there_is_not_made_again() {
    let rclone = rclone::start();
    let dav = connected(&rclone).await;
    dav.make_dir(&path("d")).await.unwrap();
    assert_eq!(failed(dav.make_dir(&path("d")).await), refused(Failed::Exists));
    put(&dav, "d/a b#é%", &Guard::Absent, b"x").await.unwrap();
    dav.rename(&path("d"), &path("e 2"), &Guard::Present).await.unwrap();
    assert_eq!(names(&dav, "e 2").await, ["a b#é%"]);
    assert_eq!(fs::read(rclone.files().join("e 2/a b#é%")).unwrap(), b"x");
}

#[tokio::test]
async fn a_certificate_counts_only_if_somebody_vouches_for_it() {
    let rclone = rclone::start_tls();
    let mut wanted = connection(rclone.url(), LOGIN, PASSWORD);
    let refusal = Dav::connect(wanted.clone()).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::Certificate(_)), "{refusal:?}");
    wanted.ca_file = Some(rclone.certificate());
    let dav = Dav::connect(wanted.clone()).await.unwrap();
    put(&dav, "a", &Guard::Absent, b"over TLS").await.unwrap();
    assert_eq!(get(&dav, "a").await, b"over TLS");
    // The certificate is for `localhost` and nobody else.
    wanted.base.set_host(Some("127.0.0.1")).unwrap();
    let refusal = Dav::connect(wanted.clone()).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::Certificate(_)), "{refusal:?}");
    wanted.ca_file = Some(rclone.files());
    let refusal = Dav::connect(wanted.clone()).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::CaFile(_)), "{refusal:?}");
    fs::write(rclone.files().join("no.pem"), "not a certificate").unwrap();
    wanted.ca_file = Some(rclone.files().join("no.pem"));
    let refusal = Dav::connect(wanted).await.unwrap_err();
    assert!(matches!(refusal, ConnectError::CaFile(_)), "{refusal:?}");
}
