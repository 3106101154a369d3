//! Sends the chunks of an upload, without waiting for each answer.
//!
//! One chunk at a time is on the line: so the file is read once, from its
//! start to its end, and no more of it is in memory than the connection holds.
//! But the next one leaves as soon as the last byte of the one before has been
//! handed over, while the server still works on that one. So a later chunk may
//! arrive where an earlier one did not; what counts then, and under which
//! numbers the upload goes on, says `chunks_there`.

use std::pin::pin;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::future::{Either, select};
use futures::stream::FuturesOrdered;
use reqwest::header::CONTENT_LENGTH;

use super::chunks::{Transfer, interrupted};
use super::chunks_there::{MOST, There};
use super::dav::{Dav, Outcome};
use super::failure::Failure;
use super::request::Load;
use super::transfer::{Progress, Source, outgoing};
use super::{ByteStream, ServerErrorKind};
use crate::clock::{Clock as _, SystemClock};
use crate::model::Name;

/// A chunk that is to be sent.
struct Chunk {
    number: u64,
    length: u64,
    /// Nothing of the file may follow.
    last: bool,
    progress: Arc<Progress>,
}

impl Dav {
    /// Sends what is missing. A failure comes with the bytes that had arrived
    /// without a gap.
    pub(super) async fn send_chunks(
        &self,
        transfer: &Transfer<'_>,
        body: ByteStream,
    ) -> Result<(), (Failure, u64)> {
        let There { bytes: kept, next } =
            self.begin(transfer).await.map_err(|failure| (failure, 0))?;
        let source = Arc::new(Source::new(body));
        // What is there already is read all the same: only so it is known
        // that the file is still the one that was announced.
        let local = |error: std::io::Error| Failure::new(ServerErrorKind::Body, error.to_string());
        source.skip(kept).await.map_err(|error| (local(error), kept))?;
        if kept == transfer.size {
            return source.end().await.map_err(|error| (local(error), kept));
        }
        let (mut number, mut begun, mut arrived) = (next, kept, kept);
        let mut on_line: Option<Arc<Progress>> = None;
        // In their order: when one fails, those before it are waited for, and
        // those behind it are given up.
        let mut answers = FuturesOrdered::new();
        loop {
            let left = transfer.size - begun;
            if left > 0 && on_line.is_none() && answers.len() < transfer.chunks.at_once {
                let chunk = next_chunk(transfer, number, left);
                (number, begun) = (number + 1, begun + chunk.length);
                on_line = Some(chunk.progress.clone());
                answers.push_back(self.send_chunk(transfer, &source, chunk));
                continue;
            }
            match next_event(&mut answers, on_line.as_deref()).await {
                Some(Some(answer)) => arrived += answer.map_err(|failure| (failure, arrived))?,
                Some(None) => return Ok(()),
                None => on_line = None,
            }
        }
    }

    /// Sends one chunk, and returns how many bytes it has.
    async fn send_chunk(
        &self,
        transfer: &Transfer<'_>,
        source: &Arc<Source>,
        chunk: Chunk,
    ) -> Outcome<u64> {
        let Chunk { number, length, last, progress } = chunk;
        let clock = SystemClock::new();
        let body = self.wire.up(source.part((!last).then_some(length)));
        let body = outgoing(body, length, progress.clone());
        let name = Name::new(&format!("{number:05}"));
        let name = name.map_err(|_| Failure::nonsense("no name for a chunk"))?;
        let mut request = self.announced(transfer, "PUT", &transfer.at.join(&name))?;
        request.headers.insert(CONTENT_LENGTH, length.into());
        request.load = Load::File(body, progress.clone());
        let sent = self.written(request).await;
        sent.map_err(|failure| resized(transfer, failure, length))?;
        if !progress.is_done() {
            return Err(Failure::nonsense("a chunk was accepted before it was whole"));
        }
        transfer.chunks.pace.took(length, clock.now());
        Ok(length)
    }
}

/// What happens next: an answer (`None`: all are there), or, without one, the
/// line is free for another chunk.
async fn next_event<T>(
    answers: &mut FuturesOrdered<impl Future<Output = T>>,
    on_line: Option<&Progress>,
) -> Option<Option<T>> {
    let answer = answers.next();
    let Some(on_line) = on_line else { return Some(answer.await) };
    match select(answer, pin!(on_line.handed_over())).await {
        Either::Left((answer, _)) => Some(answer),
        Either::Right(((), _)) => None,
    }
}

/// The chunk called `number`, when so many bytes are left.
fn next_chunk(transfer: &Transfer<'_>, number: u64, left: u64) -> Chunk {
    let names = MOST.saturating_sub(number).max(1);
    let length = transfer.chunks.pace.size().max(left.div_ceil(names)).min(left);
    Chunk { number, length, last: length == left, progress: Arc::default() }
}

/// A chunk failed: the next ones may have to be smaller.
fn resized(transfer: &Transfer<'_>, failure: Failure, length: u64) -> Failure {
    let pace = &transfer.chunks.pace;
    match failure.kind {
        ServerErrorKind::TooLarge if pace.refused(length) => interrupted(failure),
        ServerErrorKind::Unreachable => {
            pace.cut(length);
            failure
        }
        _ => failure,
    }
}
