//! What a server loses of an upload in chunks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use navette::cloud::{Fate, SharedCloud};
use navette::server::{Guard, ServerErrorKind as Failed};

use crate::families::{connected, with};
use crate::support::{failed, refused};
use crate::transfers::{CHUNKED, MIB, large, puts, send, taken, there, watched};

/// It clears away what it takes for old, while the upload goes on; or when the
/// last step comes.
#[tokio::test]
async fn chunks_that_the_server_has_lost_are_sent_again() {
    let bytes = large(25 * MIB);
    for dialect in CHUNKED {
        for at in ["PUT", "MOVE"] {
            let slot: Arc<Mutex<Option<SharedCloud>>> = Arc::default();
            let (lost, once) = (slot.clone(), AtomicBool::new(true));
            let (options, log) = watched(dialect, move |number, request| {
                let now = request.method == at && (at == "MOVE" || number == 2);
                if now && once.swap(false, Ordering::Relaxed) {
                    let cloud = lost.lock().unwrap().clone().unwrap();
                    cloud.lock().drop_upload("alice", "one").unwrap();
                }
                Fate::Proceed
            });
            with(options, async |cloud, base| {
                *slot.lock().unwrap() = Some(cloud.clone());
                let dav = connected(&base).await;
                if at == "MOVE" {
                    // The engine tries again.
                    let first = send(&dav, &Guard::Absent, &bytes).await;
                    assert_eq!(failed(first), refused(Failed::NotFound), "{dialect:?}");
                    assert_eq!(there(&cloud), None);
                }
                send(&dav, &Guard::Absent, &bytes).await.unwrap();
                assert_eq!(there(&cloud).unwrap(), bytes, "{dialect:?} {at}");
                let sent: u64 = puts(&taken(&log)).iter().sum();
                assert!(sent > 25 << 20, "{dialect:?} {at}: {sent}");
                assert!(cloud.lock().chunks("alice", "one").is_err(), "nothing is left behind");
            })
            .await;
        }
    }
}
