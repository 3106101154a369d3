//! The bytes of a file, block by block.

use std::fs::File;
use std::io::{self, Read as _};

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::disk::ByteStream;

/// The size of a block of a read stream, in bytes: the memory that one stream takes.
pub(super) const BLOCK: usize = 256 * 1024;

/// The bytes of `file` from where it stands. While one block is made use of the
/// next one is read, and no more: a reader that is dropped lets go of the file
/// as soon as that has ended.
pub(super) fn blocks(file: File) -> ByteStream {
    enum Next {
        Unread(File),
        Reading(JoinHandle<io::Result<(Vec<u8>, File)>>),
    }
    let read = |file: File| spawn_blocking(move || Ok((read_block(&file)?, file)));
    stream::try_unfold(Next::Unread(file), move |next| async move {
        let reading = match next {
            Next::Unread(file) => read(file),
            Next::Reading(reading) => reading,
        };
        let (block, file) = reading.await.unwrap_or_else(|stopped| Err(stopped.into()))?;
        let next = |block| (Bytes::from(block), Next::Reading(read(file)));
        Ok((!block.is_empty()).then_some(block).map(next))
    })
    .boxed()
}

/// A whole block, or what is left of the file.
pub(super) fn read_block(file: &File) -> io::Result<Vec<u8>> {
    let mut block = Vec::with_capacity(BLOCK);
    file.take(BLOCK as u64).read_to_end(&mut block)?;
    Ok(block)
}
