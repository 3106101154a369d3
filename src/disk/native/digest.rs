//! Reads a file to know what it holds.
//!
//! Where there is more than one core, reading, BLAKE3 and SHA-1 need not wait
//! for each other: SHA-1 alone takes longer than the other two together.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use bytes::Bytes;
use futures::FutureExt as _;

use super::apart;
use super::blocks::{BLOCK, read_block};
use crate::model::{Digest, DigestBuilder, HashBuilder, Sha1Builder, Sums};

/// Smaller files are known before another thread has begun.
const LARGE: u64 = 4 * BLOCK as u64;

/// Blocks that may wait for the slowest of them: memory of one reading.
const AHEAD: usize = 4;

/// Reads `file`, which showed this `size`, to its end, or until it is longer.
pub(super) async fn of(file: File, size: u64, sums: Sums) -> io::Result<Digest> {
    if size < LARGE {
        return apart(move || in_turn(&file, size, sums)).await;
    }
    let (to_hash, hash) = beside(HashBuilder::default(), HashBuilder::update);
    let mut takers = vec![to_hash];
    let sha1 = (sums == Sums::Both).then(|| {
        let (to_sha1, sha1) = beside(Sha1Builder::default(), Sha1Builder::update);
        takers.push(to_sha1);
        sha1
    });
    let waiting = Arc::new(());
    let waits = Arc::downgrade(&waiting);
    let read = apart(move || {
        let mut left = size;
        loop {
            if waits.strong_count() == 0 {
                // Nobody wants to know any more: the file is let go of.
                return Err(io::ErrorKind::Interrupted.into());
            }
            let block = Bytes::from(read_block(&file)?);
            // Refused only if a thread has died, which tells it itself.
            takers.iter().for_each(|taker| drop(taker.send(block.clone())));
            match left.checked_sub(block.len() as u64) {
                Some(less) if !block.is_empty() => left = less,
                _ => return Ok(()),
            }
        }
    });
    let sha1 = async { futures::future::OptionFuture::from(sha1).await.transpose() };
    let ((), hash, sha1) = futures::try_join!(read, hash, sha1)?;
    drop(waiting);
    let (hash, size) = hash.finish();
    Ok(Digest { hash, sha1: sha1.map(Sha1Builder::finish), size })
}

/// A thread that takes blocks until there are no more.
fn beside<B: Send + 'static>(
    mut builder: B,
    take: impl Fn(&mut B, &[u8]) + Send + 'static,
) -> (SyncSender<Bytes>, impl Future<Output = io::Result<B>>) {
    let (blocks, taken) = sync_channel::<Bytes>(AHEAD);
    let taking = tokio::task::spawn_blocking(move || {
        taken.iter().for_each(|block| take(&mut builder, &block));
        builder
    });
    (blocks, taking.map(|taken| taken.map_err(io::Error::from)))
}

fn in_turn(file: &File, size: u64, sums: Sums) -> io::Result<Digest> {
    let mut digest = DigestBuilder::new(sums);
    loop {
        let block = read_block(file)?;
        digest.update(&block);
        if block.is_empty() || digest.size() > size {
            return Ok(digest.finish());
        }
    }
}
