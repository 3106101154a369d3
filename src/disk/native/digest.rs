//! Reads a file to know what it holds.
//!
//! Where there is more than one core, reading, BLAKE3 and SHA-1 need not wait
//! for each other: SHA-1 alone takes longer than the other two together.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use bytes::Bytes;

use super::{BLOCK, apart, read_block};
use crate::model::{Digest, DigestBuilder, HashBuilder, Sha1Builder};

/// Smaller files are known before another thread has begun.
const LARGE: u64 = 4 * BLOCK as u64;

/// Blocks that may wait for the slower of the two: memory of one reading.
const AHEAD: usize = 4;

/// Reads `file`, which showed this `size`, to its end, or until it is longer.
pub(super) async fn of(file: File, size: u64) -> io::Result<Digest> {
    if size < LARGE {
        return apart(move || in_turn(&file, size)).await;
    }
    let (blocks, taken) = sync_channel::<Bytes>(AHEAD);
    let waiting = Arc::new(());
    let waits = Arc::downgrade(&waiting);
    let sha1 = apart(move || {
        let mut sha1 = Sha1Builder::default();
        taken.iter().for_each(|block| sha1.update(&block));
        Ok(sha1.finish())
    });
    let hash = apart(move || {
        let mut hash = HashBuilder::default();
        loop {
            if waits.strong_count() == 0 {
                // Nobody wants to know any more: the file is let go of.
                return Err(io::ErrorKind::Interrupted.into());
            }
            let block = Bytes::from(read_block(&file)?);
            if block.is_empty() {
                return Ok(hash.finish());
            }
            // Refused only if the other thread has died, which tells it itself.
            let _ = blocks.send(block.clone());
            hash.update(&block);
            if hash.size() > size {
                return Ok(hash.finish());
            }
        }
    });
    let (sha1, (hash, size)) = futures::try_join!(sha1, hash)?;
    drop(waiting);
    Ok(Digest { hash, sha1, size })
}

fn in_turn(file: &File, size: u64) -> io::Result<Digest> {
    let mut digest = DigestBuilder::default();
    loop {
        let block = read_block(file)?;
        digest.update(&block);
        if block.is_empty() || digest.size() > size {
            return Ok(digest.finish());
        }
    }
}
