//! The reader of listings, on any bytes: what it lets through is a listing of
//! names that are let in, whole, the same in whatever pieces it came, and never
//! more than it was allowed to read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures::executor::block_on;
use futures::{StreamExt as _, stream};
use navette::cloud::Dialect;
use navette::model::{Kind, RelPath};
use navette::server::answers::Folder;
use navette::server::{Limits, Listing};

use super::inside::stays_inside;

/// Reads `bytes` as an answer.
pub fn run(bytes: &[u8]) {
    let folder = Folder::new(&first_address(bytes), &RelPath::root());
    for dialect in [Dialect::Nextcloud, Dialect::Plain] {
        let whole = read(&folder, dialect, bytes, bytes.len().max(1));
        let pieces = read(&folder, dialect, bytes, 1 + bytes.len() % 13);
        assert_eq!(whole, pieces, "it depends on how it comes in pieces");
        if let Some(listing) = whole {
            is_sound(bytes, &listing);
            let end = bytes.windows(2).rposition(|two| two == b"</").unwrap_or_default();
            let cut = read(&folder, dialect, &bytes[..end], end.max(1));
            assert_eq!(cut, None, "half a listing is one");
        }
    }
    reads_no_more_than_it_may(&folder, bytes);
}

fn read(folder: &Folder, dialect: Dialect, bytes: &[u8], piece: usize) -> Option<Listing> {
    let pieces: Vec<_> =
        bytes.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let body = stream::iter(pieces).boxed();
    block_on(folder.listing(body, &dialect.profile(), Limits::default())).ok()
}

/// The address of the first entry, which is that of the folder where a server
/// is asked for one.
fn first_address(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let address = text.split_once("href>").map(|(_, rest)| rest.split('<').next());
    address.flatten().unwrap_or_default().trim().to_owned()
}

fn is_sound(bytes: &[u8], listing: &Listing) {
    assert_eq!(listing.dir.kind, Kind::Dir);
    let names = listing.children.iter().map(|(name, _)| name);
    assert!(names.clone().zip(names.skip(1)).all(|(one, next)| one < next), "twice, or unsorted");
    let mut kept = 0;
    for (name, child) in &listing.children {
        stays_inside(&RelPath::root().join(name));
        let texts = [&child.seen.file_id, &child.id, &child.fingerprint];
        kept += name.as_str().len()
            + texts.iter().map(|text| text.as_deref().map_or(0, str::len)).sum::<usize>();
        kept += child.seen.etag.as_ref().map_or(0, |etag| etag.as_str().len());
    }
    kept += listing.unusable.iter().map(String::len).sum::<usize>();
    // A byte that is no text is shown as three.
    assert!(kept <= 3 * bytes.len(), "{kept} bytes out of {}", bytes.len());
    assert!(listing.children.len() + listing.unusable.len() < bytes.len());
}

fn reads_no_more_than_it_may(folder: &Folder, bytes: &[u8]) {
    const PIECE: usize = 64;
    let limits =
        Limits { listing: 2048, entry: 512, property: 64, tag: 256, nesting: 8, entries: 4 };
    let taken = Arc::new(AtomicUsize::new(0));
    let (counted, whole) = (Arc::clone(&taken), bytes.to_vec());
    let pieces = (0..whole.len()).step_by(PIECE).map(move |at| {
        counted.fetch_add(PIECE, Ordering::Relaxed);
        Ok(Bytes::copy_from_slice(&whole[at..whole.len().min(at + PIECE)]))
    });
    let body = stream::iter(pieces).boxed();
    let listing = block_on(folder.listing(body, &Dialect::Nextcloud.profile(), limits));
    let taken = taken.load(Ordering::Relaxed);
    assert!(taken <= 2048 + PIECE, "{taken} bytes read");
    if let Ok(listing) = listing {
        assert!(listing.children.len() + listing.unusable.len() < limits.entries);
    }
}
