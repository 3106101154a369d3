//! Several chunks of one file on their way: nothing waits that need not, and
//! whatever arrives, late or alone, the server's file is the one that was sent.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::StreamExt as _;
use navette::cloud::{Dialect, Fate, Request, SharedCloud};
use navette::server::{Guard, Server as _, ServerErrorKind as Failed};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

use crate::families::{connected, with};
use crate::support::path;
use crate::transfers::{CHUNKED, MIB, large, leave, named, puts, send, taken, there, watched};

/// Stands between client and server, and keeps back what the server says to a
/// request of `first` until one of `second` has begun.
#[allow(clippy::disallowed_methods, reason = "a wire of its own, outside the engine")]
async fn hold_back(base: &Url, first: &'static str, second: &'static str) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = base.socket_addrs(|| None).unwrap()[0];
    let (tell, told) = watch::channel(false);
    let tell = Arc::new(tell);
    tokio::spawn(async move {
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let server = TcpStream::connect(server).await.unwrap();
            let ((from_client, to_client), (from_server, to_server)) =
                (client.into_split(), server.into_split());
            let (held, hold) = watch::channel(false);
            let (tell, told) = (tell.clone(), told.clone());
            tokio::spawn(forward(from_client, to_server, async move |bytes: &[u8]| {
                let has = |text: &str| {
                    let text = format!("/{text} HTTP/1.1");
                    bytes.windows(text.len()).any(|part| part == text.as_bytes())
                };
                held.send_modify(|held| *held |= has(first));
                tell.send_modify(|begun| *begun |= has(second));
            }));
            tokio::spawn(forward(from_server, to_client, async move |_: &[u8]| {
                if *hold.borrow() {
                    told.clone().wait_for(|begun| *begun).await.unwrap();
                }
            }));
        }
    });
    format!("http://{address}/").parse().unwrap()
}

async fn forward(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut seen: impl AsyncFnMut(&[u8]),
) {
    let mut block = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut block).await {
        seen(&block[..length]).await;
        if to.write_all(&block[..length]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn the_next_chunk_leaves_while_the_server_still_works_on_the_one_before() {
    for dialect in CHUNKED {
        let bytes = large(25 * MIB);
        let (options, log) = watched(dialect, |_, _| Fate::Proceed);
        with(options, async |cloud, base| {
            let dav = connected(&hold_back(&base, "00001", "00002").await).await;
            send(&dav, &Guard::Absent, &bytes).await.unwrap();
            assert_eq!(there(&cloud).unwrap(), bytes, "{dialect:?}");
            assert_eq!(puts(&taken(&log)).iter().sum::<u64>(), 25 << 20);
        })
        .await;
    }
}

/// A slot for the cloud, which is there only once it serves.
type Slot = Arc<Mutex<Option<SharedCloud>>>;

#[tokio::test]
async fn a_chunk_of_an_earlier_attempt_that_arrives_late_spoils_nothing() {
    for dialect in CHUNKED {
        let bytes = large(45 * MIB);
        // As long as a chunk of the attempt that goes on, and not its bytes.
        let late = Bytes::copy_from_slice(&bytes[10 * MIB..20 * MIB]);
        for number in ["00002", "00003", "00004"] {
            let slot = Slot::default();
            let (cloud, late, mut once) = (slot.clone(), late.clone(), true);
            let fate = Mutex::new(move |request: &Request<'_>| {
                if request.method == "MOVE" && std::mem::take(&mut once) {
                    let cloud = cloud.lock().unwrap().clone().unwrap();
                    cloud.lock().add_chunk("alice", "one", number, late.clone()).unwrap();
                }
                Fate::Proceed
            });
            let (options, _) = watched(dialect, move |_, request| fate.lock().unwrap()(request));
            with(options, async |cloud, base| {
                *slot.lock().unwrap() = Some(cloud.clone());
                leave(&cloud, &[("00001", &bytes[..10 * MIB])]);
                let dav = connected(&base).await;
                send(&dav, &Guard::Absent, &bytes).await.unwrap();
                assert!(there(&cloud).unwrap() == bytes, "{dialect:?} {number}");
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a_chunk_that_arrived_behind_a_missing_one_is_sent_again() {
    for dialect in CHUNKED {
        let bytes = large(45 * MIB);
        // The server fails at the second chunk whenever it comes.
        let (options, log) = watched(dialect, |_, request| match request.path.name() {
            Some("00002") => Fate::Fail(Failed::Status(500)),
            _ => Fate::Proceed,
        });
        with(options, async |cloud, base| {
            leave(&cloud, &[("00001", &bytes[..10 * MIB]), ("00003", &bytes[20 * MIB..30 * MIB])]);
            let dav = connected(&base).await;
            send(&dav, &Guard::Absent, &bytes).await.unwrap();
            assert!(there(&cloud).unwrap() == bytes, "{dialect:?}");
            assert_eq!(puts(&taken(&log)).iter().sum::<u64>(), 35 << 20, "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_file_that_ends_early_never_becomes_whole_however_many_chunks_have_left() {
    let (options, _) = watched(Dialect::Nextcloud, |_, _| Fate::Proceed);
    with(options, async |cloud, base| {
        let dav = connected(&base).await;
        let whole = named(&large(45 * MIB), "one");
        let body = whole.body.take(35 * 4).boxed();
        let upload = navette::server::Upload { body, ..whole };
        assert!(dav.put(&path("f"), &Guard::Absent, upload).await.is_err());
        assert_eq!(there(&cloud), None);
    })
    .await;
}
