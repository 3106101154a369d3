//! The bytes of an upload on their way: known to be the ones that were hashed
//! before the last of them leaves.

use std::io;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::channel::mpsc;
use futures::stream;

use crate::model::{Digest, HashBuilder};
use crate::server::ByteStream;

/// What passed by on the way to the server.
pub(super) enum Passed {
    Bytes(u64),
    Changed,
}

/// The body, one block late. Before the last block the hash is compared: with
/// it the checksum, which was taken of the same bytes.
pub(super) fn held_back(
    bytes: ByteStream,
    want: Digest,
    tell: mpsc::UnboundedSender<Passed>,
) -> ByteStream {
    struct Body {
        bytes: ByteStream,
        hash: HashBuilder,
        held: Option<Bytes>,
        passed: u64,
        ended: bool,
    }
    let body = Body { bytes, hash: HashBuilder::default(), held: None, passed: 0, ended: false };
    let next = move |mut body: Body| {
        let tell = tell.clone();
        async move {
            while !body.ended {
                let block = match body.bytes.next().await {
                    Some(Ok(block)) => block,
                    Some(Err(error)) => {
                        body.ended = true;
                        body.held = None;
                        return Some((Err(error), body));
                    }
                    None => {
                        body.ended = true;
                        if body.hash.clone().finish() == (want.hash, want.size) {
                            break;
                        }
                        return Some((Err(changed(&mut body.held, &tell)), body));
                    }
                };
                body.hash.update(&block);
                body.passed += block.len() as u64;
                if body.passed > want.size {
                    body.ended = true;
                    return Some((Err(changed(&mut body.held, &tell)), body));
                }
                if let Some(block) = body.held.replace(block) {
                    let _ = tell.unbounded_send(Passed::Bytes(block.len() as u64));
                    return Some((Ok(block), body));
                }
            }
            let block = body.held.take()?;
            let _ = tell.unbounded_send(Passed::Bytes(block.len() as u64));
            Some((Ok(block), body))
        }
    };
    stream::unfold(body, next).boxed()
}

fn changed(held: &mut Option<Bytes>, tell: &mpsc::UnboundedSender<Passed>) -> io::Error {
    *held = None;
    let _ = tell.unbounded_send(Passed::Changed);
    io::Error::other("the file changed while it was read")
}
