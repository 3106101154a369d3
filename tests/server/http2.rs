//! Over TLS the client speaks HTTP/2 where the server offers it (ALPN), and
//! HTTP/1.1 where it does not. The certificate is trusted as that of a user's
//! own authority is: by a file that the user names.

use std::convert::Infallible;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{Request, Response, Version};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use navette::clock::{Clock as _, SystemClock};
use navette::server::{ConnectError, Connection, Dav, Doubt, Fingerprint, Guard, Server as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::real::rclone::make_certificate;
use crate::scripted::{FOLDER, entry};
use crate::support::{connection, get, path, put, upload};

/// What the server has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    versions: Mutex<Vec<Version>>,
    /// Of each PUT the bytes that came, and whether the body came to its end.
    bodies: Mutex<Vec<(usize, bool)>>,
}

impl Seen {
    fn versions(&self) -> Vec<Version> {
        std::mem::take(&mut *self.versions.lock().unwrap())
    }
}

/// A small plain storage that holds one large file.
async fn answer(
    seen: Arc<Seen>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    seen.versions.lock().unwrap().push(request.version());
    let (head, mut body) = request.into_parts();
    let mut came = 0;
    let whole = loop {
        match body.frame().await {
            Some(Ok(frame)) => came += frame.into_data().map_or(0, |data| data.len()),
            Some(Err(_)) => break false,
            None => break true,
        }
    };
    // What has moved is at the port that its name says, without TLS.
    if let Some((_, port)) = head.uri.path().split_once("/moved-to-") {
        let there = format!("http://127.0.0.1:{}/x", port.trim_end_matches('/'));
        let moved = Response::builder().status(301).header("Location", there);
        return Ok(moved.body(Full::default()).unwrap());
    }
    let (status, body) = match (head.method.as_str(), head.uri.path()) {
        ("PROPFIND", "/") => {
            let root = entry("/", FOLDER);
            let xml = format!(
                "<?xml version=\"1.0\"?><d:multistatus xmlns:d=\"DAV:\">{root}</d:multistatus>"
            );
            (207, xml.into())
        }
        ("GET", "/large") => (200, large()),
        ("PUT", _) => {
            seen.bodies.lock().unwrap().push((came, whole));
            (201, Bytes::new())
        }
        _ => (404, Bytes::new()),
    };
    Ok(Response::builder().status(status).body(Full::new(body)).unwrap())
}

fn large() -> Bytes {
    (0..300_000_u32).map(|at| (at % 251) as u8).collect()
}

/// What speaks TLS and offers these protocols, under a certificate that it
/// leaves as `cert.pem` in that folder.
pub fn acceptor(place: &Path, offered: &[&str]) -> TlsAcceptor {
    make_certificate(place);
    let certificate = CertificateDer::from_pem_file(place.join("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(place.join("key.pem")).unwrap();
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.unwrap().with_no_client_auth();
    let mut config = config.with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// Runs `test` against a server over TLS that offers these protocols.
async fn with(offered: &[&str], test: impl AsyncFnOnce(Connection, Arc<Seen>)) {
    let place = tempfile::tempdir().unwrap();
    let acceptor = acceptor(place.path(), offered);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::<Seen>::default();
    let accepting = async {
        let mut connections = tokio::task::JoinSet::new();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, seen) = (acceptor.clone(), seen.clone());
            connections.spawn(async move {
                // Who does not trust the certificate hangs up.
                let Ok(stream) = acceptor.accept(stream).await else { return };
                seen.connections.fetch_add(1, Ordering::Relaxed);
                let service = service_fn(move |request| answer(seen.clone(), request));
                let http = auto::Builder::new(TokioExecutor::new());
                let _ = http.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    };
    let mut wanted =
        connection(format!("https://localhost:{port}/").parse().unwrap(), "alice", "secret");
    wanted.ca_file = Some(place.path().join("cert.pem"));
    tokio::select! {
        () = accepting => {}
        () = test(wanted, seen.clone()) => {}
    }
}

/// Connects, and lets files travel in both directions. Returns the versions.
async fn travel(wanted: Connection, seen: &Seen) -> Vec<Version> {
    let dav = Dav::connect(wanted).await.unwrap();
    let gets = stream::iter(0..12).map(|_| get(&dav, "large"));
    let files: Vec<_> = gets.buffered(6).collect().await;
    assert!(files.iter().all(|bytes| *bytes == large()), "12 whole files");
    put(&dav, "new", &Guard::Absent, &large()).await.unwrap();
    assert_eq!(*seen.bodies.lock().unwrap(), [(large().len(), true)]);
    let versions = seen.versions();
    assert!(versions.len() >= 15, "{}", versions.len());
    versions
}

#[tokio::test]
async fn http_2_is_spoken_where_it_is_offered_and_needs_one_connection() {
    with(&["h2", "http/1.1"], async |wanted, seen| {
        let versions = travel(wanted, &seen).await;
        assert!(versions.iter().all(|version| *version == Version::HTTP_2), "{versions:?}");
        assert_eq!(seen.connections.load(Ordering::Relaxed), 1);
    })
    .await;
}

#[tokio::test]
async fn http_1_1_is_spoken_where_nothing_newer_is_offered() {
    for offered in [&["http/1.1"][..], &[]] {
        with(offered, async |wanted, seen| {
            let versions = travel(wanted, &seen).await;
            assert!(versions.iter().all(|version| *version == Version::HTTP_11), "{versions:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn http_2_is_no_reason_to_trust_a_certificate() {
    with(&["h2"], async |mut wanted, seen| {
        wanted.ca_file = None;
        let refusal = Dav::connect(wanted).await.unwrap_err();
        assert!(matches!(refusal, ConnectError::Certificate(_)), "{refusal:?}");
        assert_eq!(seen.versions(), []);
    })
    .await;
}

#[tokio::test]
async fn who_vouches_for_a_server_and_for_how_long_is_told_without_signing_in() {
    with(&["h2", "http/1.1"], async |mut wanted, seen| {
        let tls = wanted.tls().await.unwrap().unwrap();
        assert_eq!((tls.version, tls.issuer.as_str()), ("1.3", "localhost"));
        let left = tls.ends - SystemClock::new().wall();
        assert!((24 * 3600..=2 * 24 * 3600).contains(&left), "{left}");
        assert_eq!(seen.versions().len(), 1, "one HEAD");
        wanted.ca_file = None;
        assert!(wanted.tls().await.is_err());
        wanted.base.set_scheme("http").unwrap();
        assert_eq!(wanted.tls().await.unwrap(), None, "this computer itself");
    })
    .await;
}

#[tokio::test]
async fn over_http_2_too_an_upload_that_ends_early_never_looks_whole() {
    with(&["h2"], async |wanted, seen| {
        let dav = Dav::connect(wanted).await.unwrap();
        let mut cut = upload(&large());
        cut.body = stream::iter([Ok(large().slice(..200_000))]).boxed();
        let refused = dav.put(&path("new"), &Guard::Absent, cut).await.unwrap_err();
        assert_eq!(refused.kind, navette::server::ServerErrorKind::Body, "{refused}");
        let bodies = seen.bodies.lock().unwrap().clone();
        assert!(bodies.iter().all(|(_, whole)| !whole), "{bodies:?}");
        // The connection is as good as before.
        assert_eq!(get(&dav, "large").await, large());
    })
    .await;
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_not_followed() {
    let open = crate::scripted::Scripted::start(|_| crate::scripted::answer("200 OK", "", ""));
    let port = open.url().port().unwrap();
    with(&["h2", "http/1.1"], async |wanted, seen| {
        // The storage itself, and something in it.
        let mut moved = wanted.clone();
        moved.base.set_path(&format!("/moved-to-{port}"));
        let refusal = Dav::connect(moved).await.unwrap_err();
        assert!(refusal.to_string().contains("127.0.0.1"), "{refusal}");
        let dav = Dav::connect(wanted).await.unwrap();
        let inside = path(&format!("moved-to-{port}"));
        assert!(dav.list(&inside).await.is_err());
        assert!(dav.get(&inside).await.is_err());
        assert!(put(&dav, inside.as_str(), &Guard::Absent, b"mine").await.is_err());
        assert!(seen.versions().len() > 5);
    })
    .await;
    assert!(open.heard().is_empty());
}

/// The library below says a lot about its frames, and nothing of what is in them.
#[tokio::test]
async fn the_most_talkative_log_over_http_2_holds_nothing_of_the_account() {
    with(&["h2"], async |wanted, seen| {
        let home = tempfile::tempdir().unwrap();
        let (folder, state) = (home.path().join("folder"), home.path().join("state"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("mine.txt"), "mine").unwrap();
        let mut run = std::process::Command::new(assert_cmd::cargo::cargo_bin!("navette"));
        run.env_clear().env("HOME", home.path()).env("NAVETTE_LOG", "trace");
        run.env("NAVETTE_PASSWORD", "s3cret-of-alice");
        run.args(["sync", "--no-wait", "--json", "--user", "alice", "--server"]);
        run.arg(wanted.base.as_str()).arg("--ca-file").arg(wanted.ca_file.unwrap());
        run.arg("--state-dir").arg(state).arg(folder);
        let ended = tokio::task::spawn_blocking(move || run.output().unwrap()).await.unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!([0, 1].contains(&ended.status.code().unwrap()), "{said}");
        assert!(said.contains("h2::") && said.contains("hyper"), "it has said nothing");
        // "alice:s3cret-of-alice" on the wire.
        for secret in ["s3cret-of-alice", "YWxpY2U6czNjcmV0LW9mLWFsaWNl"] {
            let log =
                said.contains(secret) || String::from_utf8_lossy(&ended.stdout).contains(secret);
            assert!(!log, "{secret} is in the log");
        }
        assert!(seen.versions().contains(&Version::HTTP_2));
    })
    .await;
}

#[tokio::test]
async fn one_certificate_is_trusted_of_one_server_by_its_fingerprint() {
    with(&["h2", "http/1.1"], async |mut wanted, seen| {
        assert_eq!(wanted.untrusted().await.unwrap(), None, "somebody vouches for it");
        seen.versions();
        wanted.ca_file = None;
        let refusal = Dav::connect(wanted.clone()).await.unwrap_err();
        assert!(matches!(refusal, ConnectError::Certificate(_)), "{refusal:?}");
        let shown = wanted.untrusted().await.unwrap().unwrap();
        assert_eq!((shown.doubt, shown.issuer.as_str()), (Doubt::Unknown, "localhost"));
        assert!(seen.versions().is_empty(), "nothing was sent");

        wanted.pinned = Fingerprint::parse(&"00".repeat(32));
        let refusal = Dav::connect(wanted.clone()).await.unwrap_err();
        assert!(matches!(refusal, ConnectError::Certificate(_)), "{refusal:?}");
        assert!(seen.versions().is_empty(), "nothing was sent");

        wanted.pinned = Some(shown.fingerprint);
        let versions = travel(wanted.clone(), &seen).await;
        assert!(versions.iter().all(|version| *version == Version::HTTP_2), "{versions:?}");
        assert!(wanted.tls().await.unwrap().is_some());
    })
    .await;
}
