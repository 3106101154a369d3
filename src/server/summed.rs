//! The checksum of an upload, made while its bytes leave.
//!
//! A server that only repeats checksums to other clients need not be told one
//! before the first byte: the last step of an upload in chunks is early enough,
//! and a large file is not read for it twice.

use futures::StreamExt as _;
use futures::channel::oneshot;
use futures::stream;
use tokio::sync::mpsc;

use super::ByteStream;
use crate::model::{Sha1Builder, Sha1Sum};

/// Blocks that may wait for SHA-1, which is slower than a fast line.
const AHEAD: usize = 8;

/// The checksum that is being made of a body.
pub(super) struct Sum(oneshot::Receiver<Sha1Sum>);

impl Sum {
    /// The checksum of all bytes, once the body has come to its end; none if
    /// the body was dropped or failed before.
    pub(super) async fn known(self) -> Option<Sha1Sum> {
        self.0.await.ok()
    }
}

/// The same body; if its checksum is not known yet, a thread makes it as it
/// passes by.
pub(super) fn where_unknown(body: ByteStream, known: Option<Sha1Sum>) -> (ByteStream, Option<Sum>) {
    if known.is_some() {
        return (body, None);
    }
    let (body, sum) = summed(body);
    (body, Some(sum))
}

/// The same body, of which a thread makes the checksum as it passes by.
fn summed(body: ByteStream) -> (ByteStream, Sum) {
    let (blocks, mut taken) = mpsc::channel::<Option<bytes::Bytes>>(AHEAD);
    let (tell, sum) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let mut sha1 = Sha1Builder::default();
        // A channel that closes without a `None` is a body that did not end.
        while let Some(block) = taken.blocking_recv() {
            match block {
                Some(block) => sha1.update(&block),
                None => return tell.send(sha1.finish()).unwrap_or_default(),
            }
        }
    });
    let passing = stream::unfold((body, Some(blocks)), |(mut body, blocks)| async move {
        let block = body.next().await;
        let copy = match &block {
            Some(Ok(block)) => Some(block.clone()),
            Some(Err(_)) => return block.map(|failed| (failed, (body, None))),
            None => None,
        };
        if let Some(blocks) = &blocks {
            // Refused only if the thread has died; then there is no checksum.
            let _ = blocks.send(copy).await;
        }
        block.map(|block| (block, (body, blocks)))
    });
    (passing.boxed(), Sum(sum))
}

#[cfg(test)]
mod tests {
    use std::io;

    use bytes::Bytes;

    use super::*;
    use crate::model::Digest;

    async fn sum_of(blocks: Vec<io::Result<Bytes>>) -> (usize, Option<Sha1Sum>) {
        let (body, sum) = summed(stream::iter(blocks).boxed());
        let passed = body.filter(|block| std::future::ready(block.is_ok())).count().await;
        (passed, sum.known().await)
    }

    #[tokio::test]
    async fn the_checksum_is_that_of_all_blocks() {
        let blocks = ["one ", "", "two"].map(|block| Ok(Bytes::from_static(block.as_bytes())));
        assert_eq!(sum_of(blocks.into()).await, (3, Digest::of(b"one two").sha1));
        assert_eq!(sum_of(Vec::new()).await, (0, Digest::of(b"").sha1));
    }

    #[tokio::test]
    async fn a_body_that_fails_has_no_checksum() {
        let blocks = vec![Ok(Bytes::from_static(b"one")), Err(io::ErrorKind::Other.into())];
        assert_eq!(sum_of(blocks).await, (1, None));
    }

    #[tokio::test]
    async fn a_body_that_is_dropped_has_no_checksum() {
        let blocks = [Ok(Bytes::from_static(b"one")), Ok(Bytes::from_static(b"two"))];
        let (mut body, sum) = summed(stream::iter(blocks).boxed());
        assert!(body.next().await.is_some());
        drop(body);
        assert_eq!(sum.known().await, None);
    }
}
