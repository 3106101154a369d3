//! The events of oCIS and OpenCloud: an answer that never ends.
//!
//! What an event is called comes *after* what it says (protocol.md 9), so a
//! block counts only when it is whole.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::Value;
use sse_stream::{Sse, SseByteStream};

use super::{Line, Word};
use crate::server::failure::Failure;
use crate::server::request::{Answer, Load, Request, Wire};
use crate::server::status::Asked;
use crate::server::{ByteStream, Family, ServerErrorKind};

/// A block is never larger than this: a few ids, and those who may see it.
const BLOCK_BYTES: usize = 1 << 20;

/// What events about files, shares and spaces begin with. Others are about
/// links, messages to people and sessions.
const MATTER: [&str; 6] =
    ["postprocessing-finished", "item-", "folder-", "file-", "share-", "space-"];

/// Where the server whose web root is `base` tells.
pub(super) fn at(base: &str) -> String {
    format!("{base}/ocs/v2.php/apps/notifications/api/v1/notifications/sse")
}

/// Asks for the answer that never ends.
pub(super) async fn open(at: &str, wire: &Wire, silence: Duration) -> Result<Line, Failure> {
    let asked = Asked { method: "GET", family: Family::Ocis, if_match: false };
    // What is compressed on the way may be kept back until there is more of it.
    let identity = HeaderValue::from_static("identity");
    let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, identity)]);
    let request = Request { asked, target: at.to_owned(), headers, load: Load::Nothing };
    let answer = wire.answer(request).await?;
    if answer.status != StatusCode::OK || answer.is_page() {
        return Err(answer.refused(asked).await);
    }
    if !is_stream(&answer) {
        return Err(Failure::nonsense("no stream of events"));
    }
    Ok(words(answer.patient(silence).into_body(), wire.initiator.clone()))
}

/// What a stream of events tells whoever calls itself so.
pub(super) fn words(body: ByteStream, own: Option<Arc<str>>) -> Line {
    let words = SseByteStream::new(bounded(body)).map(move |block| match block {
        Ok(block) => Ok(word(&block, own.as_deref())),
        Err(error) => Err(Failure::new(ServerErrorKind::Unreachable, error.to_string())),
    });
    words.boxed()
}

fn is_stream(answer: &Answer) -> bool {
    answer
        .header(CONTENT_TYPE.as_str())
        .is_some_and(|kind| kind.trim_start().starts_with("text/event-stream"))
}

/// What a block says; what we have done ourselves is nothing new to us.
fn word(block: &Sse, own: Option<&str>) -> Word {
    let event = block.event.as_deref().unwrap_or_default();
    if !MATTER.iter().any(|known| event.starts_with(known)) {
        return Word::Other;
    }
    let said = block.data.as_deref().and_then(|said| serde_json::from_str::<Value>(said).ok());
    let by = said.as_ref().and_then(|said| said.get("initiatorid")?.as_str());
    if by.is_some() && by == own { Word::Other } else { Word::Change }
}

/// The same bytes, up to a block that does not end.
fn bounded(body: ByteStream) -> ByteStream {
    let mut block = Block::default();
    let bounded = body.map(move |piece| {
        let piece = piece?;
        block.grow(&piece)?;
        Ok(piece)
    });
    bounded.boxed()
}

/// The block that comes right now.
#[derive(Debug, Default)]
struct Block {
    bytes: usize,
    /// Its last line is empty so far: with its end the block ends.
    is_bare: bool,
}

impl Block {
    fn grow(&mut self, piece: &Bytes) -> io::Result<()> {
        for byte in piece {
            self.bytes += 1;
            match byte {
                b'\n' if self.is_bare => *self = Self { bytes: 0, is_bare: true },
                b'\n' => self.is_bare = true,
                b'\r' => {}
                _ => self.is_bare = false,
            }
        }
        if self.bytes > BLOCK_BYTES {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "an event without an end"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    const OWN: &str = "6f1d9a42-0000-4000-8000-000000000001";

    /// What is made of an answer that comes in these pieces.
    async fn words(pieces: &[&str]) -> Vec<Option<Word>> {
        let pieces: Vec<_> =
            pieces.iter().map(|piece| Ok(Bytes::copy_from_slice(piece.as_bytes()))).collect();
        let body = stream::iter(pieces).boxed();
        super::words(body, Some(OWN.into())).map(Result::ok).collect().await
    }

    #[tokio::test]
    async fn the_name_of_an_event_may_come_after_what_it_says() {
        let said =
            "id: 7\ndata: {\"itemid\":\"a$b!c\",\"initiatorid\":\"\"}\nevent: item-moved\n\n";
        assert_eq!(words(&[said]).await, [Some(Word::Change)]);
        // However it is cut on the way.
        let (first, second) = said.split_at(said.len() - 9);
        assert_eq!(words(&[first, second]).await, [Some(Word::Change)]);
        assert_eq!(words(&[&said.replace('\n', "\r\n")]).await, [Some(Word::Change)]);
        assert_eq!(words(&[&said[..said.len() - 1]]).await, [], "not whole");
    }

    #[tokio::test]
    async fn only_events_about_files_shares_and_spaces_are_changes() {
        for event in [
            "postprocessing-finished",
            "item-trashed",
            "item-restored",
            "item-moved",
            "item-renamed",
            "folder-created",
            "file-locked",
            "file-unlocked",
            "file-touched",
            "share-created",
            "share-updated",
            "share-removed",
            "space-member-added",
            "space-member-removed",
            "space-share-updated",
        ] {
            let block = format!("data: {{}}\nevent: {event}\n\n");
            assert_eq!(words(&[&block]).await, [Some(Word::Change)], "{event}");
        }
        for event in ["link-created", "userlog-notification", "backchannel-logout", "", "x"] {
            let block = format!("data: {{}}\nevent: {event}\n\n");
            assert_eq!(words(&[&block]).await, [Some(Word::Other)], "{event}");
        }
        assert_eq!(words(&["data: item-moved\n\n", ": alive\n\n"]).await, [Some(Word::Other)]);
    }

    #[tokio::test]
    async fn what_was_done_here_is_no_news() {
        let by = |who: &str| {
            format!("data: {{\"initiatorid\":\"{who}\"}}\nevent: postprocessing-finished\n\n")
        };
        assert_eq!(words(&[&by(OWN)]).await, [Some(Word::Other)]);
        assert_eq!(words(&[&by("somebody")]).await, [Some(Word::Change)]);
        assert_eq!(words(&["data: no JSON\nevent: item-moved\n\n"]).await, [Some(Word::Change)]);
        let nobody = Sse::default().event("item-moved").data("{}");
        assert_eq!(word(&nobody, None), Word::Change);
    }

    #[tokio::test]
    async fn an_event_without_an_end_is_cut_off() {
        let line = format!("data: {}\n", "x".repeat(1000));
        let pieces = vec![line.as_str(); 2000];
        assert_eq!(words(&pieces).await, [None]);
        // As much in many events is nothing odd.
        let block = format!("{line}\n");
        let pieces = vec![block.as_str(); 2000];
        let all = words(&pieces).await;
        assert_eq!((all.len(), all.iter().all(Option::is_some)), (2000, true));
    }
}
