//! Bytes of an answer on their way into the XML reader, and how many of them
//! there may be.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures::Stream as _;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use super::ByteStream;

/// How much of an answer is believed. What exceeds it is no listing but an
/// attack or a fault, and ends in [`super::ServerErrorKind::Nonsense`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a whole listing.
    pub listing: u64,
    /// Entries of a listing.
    pub entries: usize,
    /// Bytes of one entry; bounds what is held of unfinished XML.
    pub entry: u64,
    /// Bytes of one property.
    pub property: usize,
    /// Bytes of one start of an element, with its attributes: every name below
    /// it is looked up among the namespaces that it declares.
    pub tag: usize,
    /// Elements inside elements.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            listing: 512 << 20,
            entries: 500_000,
            entry: 1 << 20,
            property: 64 << 10,
            tag: 8 << 10,
            nesting: 32,
        }
    }
}

/// An answer's body that can be read in buffered pieces and runs dry with an
/// error when it exceeds its limits.
pub(super) struct Feed {
    stream: ByteStream,
    piece: Bytes,
    left: u64,
    left_of_entry: u64,
    limits: Limits,
}

impl Feed {
    pub(super) fn new(stream: ByteStream, limits: Limits) -> Self {
        Self {
            stream,
            piece: Bytes::new(),
            left: limits.listing,
            left_of_entry: limits.entry,
            limits,
        }
    }

    /// Allows for another entry.
    pub(super) fn next_entry(&mut self) {
        self.left_of_entry = self.limits.entry;
    }
}

impl AsyncBufRead for Feed {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let feed = self.get_mut();
        if feed.left == 0 || feed.left_of_entry == 0 {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "the answer is larger than a listing can be",
            )));
        }
        while feed.piece.is_empty() {
            match ready!(Pin::new(&mut feed.stream).poll_next(cx)) {
                Some(piece) => feed.piece = piece?,
                None => break,
            }
        }
        let room = feed.left.min(feed.left_of_entry);
        let shown = feed.piece.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        Poll::Ready(Ok(&feed.piece[..shown]))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let feed = self.get_mut();
        feed.piece.advance(amount);
        feed.left -= amount as u64;
        feed.left_of_entry -= amount as u64;
    }
}

impl AsyncRead for Feed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let shown = ready!(self.as_mut().poll_fill_buf(cx))?;
        let amount = shown.len().min(into.remaining());
        into.put_slice(&shown[..amount]);
        self.consume(amount);
        Poll::Ready(Ok(()))
    }
}
