//! Uploads in chunks, put together by one final MOVE (protocol.md 4.3, 4.4).
//!
//! A PUT over an existing file that is cut leaves Nextcloud with a part of the
//! new bytes under the old properties (protocol.md 0.17): whatever does not
//! leave in one small write goes this way, which replaces all or nothing. Very
//! large files go this way too, below the limits of proxies.

use std::sync::Arc;

use bytes::Bytes;
use futures::lock::Mutex;
use futures::{StreamExt as _, stream};
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};

use super::dav::{DESTINATION, Dav, OVERWRITE, Outcome};
use super::failure::Failure;
use super::request::{Load, Request};
use super::transfer::{Progress, etag_of, outgoing};
use super::url::DavRoot;
use super::{ByteStream, Effect, Family, Guard, Upload, Written};
use crate::model::{Name, RelPath};

const OC_TOTAL_LENGTH: HeaderName = HeaderName::from_static("oc-total-length");

const IF: HeaderName = HeaderName::from_static("if");

/// What leaves in one write, as good as whole or not at all.
const SMALL: u64 = 64 << 10;

/// Below the limits of usual proxies, above the least that object stores take.
const CHUNK: u64 = 50 << 20;

/// Names of chunks go up to 10000.
const MOST: u64 = 9_999;

/// Where and how the server takes chunks.
#[derive(Clone, Debug)]
pub(super) struct Chunks {
    /// The account's folder for uploads.
    pub(super) folder: DavRoot,
    /// Bytes of a chunk.
    pub(super) size: u64,
}

impl Chunks {
    /// Chunks in `folder`, not larger than the server wants them.
    pub(super) fn new(folder: DavRoot, most: Option<u64>) -> Self {
        Self { folder, size: most.filter(|most| *most > 0).unwrap_or(CHUNK).min(CHUNK) }
    }

    /// The lengths of the chunks of a file.
    fn lengths(&self, size: u64) -> impl Iterator<Item = u64> {
        let chunk = self.size.max(size.div_ceil(MOST));
        (0..size.div_ceil(chunk)).map(move |number| chunk.min(size - number * chunk))
    }
}

impl Dav {
    /// How the server takes chunks, if this upload is to go in chunks.
    pub(super) fn chunks_for(&self, guard: &Guard, size: u64) -> Option<&Chunks> {
        let chunks = self.chunks.as_ref()?;
        let torn_when_cut = self.profile.family == Family::Nextcloud && *guard != Guard::Absent;
        (size > chunks.size || (torn_when_cut && size > SMALL)).then_some(chunks)
    }

    /// Uploads in chunks. Until the final MOVE nothing has an effect on the file.
    pub(super) async fn put_chunks(
        &self,
        chunks: &Chunks,
        path: &RelPath,
        guard: &Guard,
        upload: Upload,
    ) -> Outcome<Written> {
        if *guard == Guard::Present {
            self.check(path, guard).await?;
        }
        let target = self.address(path);
        let mut properties = self.properties(&upload);
        properties.insert(OC_TOTAL_LENGTH, upload.size.into());
        let Ok(name) = Name::new(&uuid::Uuid::new_v4().simple().to_string()) else {
            return Err(Failure::nonsense("no name for the upload"));
        };
        let transfer = RelPath::root().join(&name);
        let sent = self.send_chunks(chunks, &transfer, &target, upload).await;
        let result = match sent {
            Ok(()) => self.assemble(chunks, &transfer, &target, guard, properties).await,
            Err(failure) => Err(Failure { effect: Effect::None, ..failure }),
        };
        if result.as_ref().is_err_and(|failure| failure.effect == Effect::None) {
            // The server clears away what is left behind after a day (4.3).
            let _ = self.written(self.upload_request(chunks, "DELETE", &transfer)).await;
        }
        let answer = result?;
        if self.profile.family == Family::OwnCloud10 {
            // Its answer may tell of the file that was replaced (owncloud10.md).
            return Ok(Written::default());
        }
        let etag = etag_of(|name| answer.get(name)?.to_str().ok().map(str::to_owned));
        Ok(Written { etag, file_id: self.file_id(&answer) })
    }

    async fn send_chunks(
        &self,
        chunks: &Chunks,
        transfer: &RelPath,
        target: &str,
        upload: Upload,
    ) -> Outcome<()> {
        let folder = self.upload_request(chunks, "MKCOL", transfer);
        self.written(self.announced(folder, target)?).await?;
        let source = Arc::new(Mutex::new((upload.body, Bytes::new())));
        let lengths: Vec<u64> = chunks.lengths(upload.size).collect();
        for (number, length) in lengths.iter().enumerate() {
            let last = number + 1 == lengths.len();
            let body = part(source.clone(), if last { None } else { Some(*length) });
            let progress = Arc::new(Progress::default());
            let body = outgoing(body, *length, progress.clone());
            let Ok(name) = Name::new(&format!("{:05}", number + 1)) else {
                return Err(Failure::nonsense("no name for a chunk"));
            };
            let mut request = self.upload_request(chunks, "PUT", &transfer.join(&name));
            request.headers.insert(CONTENT_LENGTH, (*length).into());
            request.headers.insert(OC_TOTAL_LENGTH, upload.size.into());
            request.load = Load::File(body, progress.clone());
            self.written(self.announced(request, target)?).await?;
            if !progress.is_done() {
                return Err(Failure::nonsense("a chunk was accepted before it was whole"));
            }
        }
        Ok(())
    }

    /// The final MOVE: the only request that touches the file.
    async fn assemble(
        &self,
        chunks: &Chunks,
        transfer: &RelPath,
        target: &str,
        guard: &Guard,
        properties: HeaderMap,
    ) -> Outcome<HeaderMap> {
        let Ok(name) = Name::new(".file") else {
            return Err(Failure::nonsense("no name for the whole"));
        };
        let mut request = self.upload_request(chunks, "MOVE", &transfer.join(&name));
        request.headers = properties;
        request.headers.insert(DESTINATION, header_value(target)?);
        match guard {
            Guard::Absent => {
                request.headers.insert(OVERWRITE, HeaderValue::from_static("F"));
            }
            Guard::Version(etag) => {
                // `If-Match` would be compared with the upload itself (4.3).
                let version = format!("<{target}> ([{}])", etag.quoted());
                request.headers.insert(IF, header_value(&version)?);
            }
            Guard::Present => {}
        }
        self.written(request).await
    }

    fn upload_request(&self, chunks: &Chunks, method: &'static str, at: &RelPath) -> Request {
        let (asked, target) = (self.asked(method), chunks.folder.file(at));
        Request { asked, target, headers: HeaderMap::new(), load: Load::Nothing }
    }

    /// Tells Nextcloud where the file will stand: then it can write it there at once (4.4).
    fn announced(&self, mut request: Request, target: &str) -> Outcome<Request> {
        if self.profile.family == Family::Nextcloud {
            request.headers.insert(DESTINATION, header_value(target)?);
        }
        Ok(request)
    }
}

fn header_value(text: &str) -> Outcome<HeaderValue> {
    HeaderValue::from_str(text).map_err(|_| Failure::nonsense("what no header can carry"))
}

/// The next `length` bytes of the source, or all that is left of it.
fn part(source: Arc<Mutex<(ByteStream, Bytes)>>, length: Option<u64>) -> ByteStream {
    stream::unfold((source, length), |(source, left)| async move {
        if left == Some(0) {
            return None;
        }
        let mut locked = source.lock().await;
        let (body, rest) = &mut *locked;
        while rest.is_empty() {
            match body.next().await? {
                Ok(piece) => *rest = piece,
                Err(error) => return Some((Err(error), (source.clone(), Some(0)))),
            }
        }
        let room = left.and_then(|left| usize::try_from(left).ok()).unwrap_or(usize::MAX);
        let piece = rest.split_to(rest.len().min(room));
        drop(locked);
        let left = left.map(|left| left - piece.len() as u64);
        Some((Ok(piece), (source, left)))
    })
    .boxed()
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt as _;
    use futures::executor::block_on;

    use super::*;

    #[test]
    fn a_file_is_cut_into_few_enough_chunks() {
        let chunks = |size| Chunks { folder: DavRoot::new("/u"), size };
        assert_eq!(chunks(4).lengths(10).collect::<Vec<_>>(), [4, 4, 2]);
        assert_eq!(chunks(4).lengths(8).collect::<Vec<_>>(), [4, 4]);
        assert_eq!(chunks(4).lengths(3).collect::<Vec<_>>(), [3]);
        let many: Vec<u64> = chunks(1).lengths(1_000_003).collect();
        assert!(many.len() <= 10_000);
        assert_eq!(many.iter().sum::<u64>(), 1_000_003);
    }

    #[test]
    fn chunks_are_as_large_as_the_server_allows() {
        let size = |most| Chunks::new(DavRoot::new("/u"), most).size;
        assert_eq!([size(None), size(Some(0)), size(Some(1 << 40))], [CHUNK; 3]);
        assert_eq!(size(Some(10 << 20)), 10 << 20);
    }

    #[test]
    fn parts_follow_each_other_without_a_gap() {
        let pieces =
            [b"abc" as &[u8], b"", b"defg", b"h"].map(|piece| Ok(Bytes::from_static(piece)));
        let source = Arc::new(Mutex::new((stream::iter(pieces).boxed(), Bytes::new())));
        let read = |length| {
            let bytes: Vec<Bytes> = block_on(part(source.clone(), length).try_collect()).unwrap();
            bytes.concat()
        };
        assert_eq!(read(Some(2)), b"ab");
        assert_eq!(read(Some(4)), b"cdef");
        assert_eq!(read(None), b"gh");
        assert_eq!(read(None), b"");
    }
}
