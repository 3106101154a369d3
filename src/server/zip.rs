//! The reader of a zip that a server has put together while it sent it.
//!
//! Nothing in it is believed but what its central directory and checksums
//! prove. A server that fails in the middle ends its answer with an error
//! message in the place of that directory (protocol.md 5), and a stored file
//! may be a zip itself: so the end record must be the last that came, and
//! speak of the answer from its first byte. No file takes more memory than
//! its length in the listing.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use bytes::Bytes;
use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};

use super::failure::Failure;
use super::url::same_name;

/// What an end record begins with.
const END: &[u8] = b"PK\x05\x06";
/// How long it is, without the comment that no server writes.
const END_BYTES: usize = 22;

/// Takes the files of these names and lengths out of a whole zip. None for
/// each that is not in it, or not with these bytes. Fails if it is no zip from
/// its beginning to its end.
pub(super) fn unpack(answer: &[u8], wanted: &[(&str, u64)]) -> Result<Vec<Option<Bytes>>, Failure> {
    let end = answer.len().checked_sub(END_BYTES).map(|at| &answer[at..]);
    if !end.is_some_and(|end| end.starts_with(END)) {
        return Err(Failure::nonsense("a zip without its end"));
    }
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    let archive = ZipArchive::with_config(config, Cursor::new(answer));
    let mut archive = archive.map_err(|error| Failure::nonsense(error.to_string()))?;
    if archive.offset() != 0 || archive.has_duplicate_names() {
        return Err(Failure::nonsense("a zip of more than one, or with a name twice"));
    }
    let names: BTreeMap<Vec<u8>, usize> =
        archive.file_names_raw().enumerate().map(|(at, name)| (name.to_vec(), at)).collect();
    let place = |name: &str| match names.get(name.as_bytes()) {
        Some(at) => Some(*at),
        // Servers that compose names answer with the composed form (protocol.md 0.10).
        None => {
            let mut same = names.iter().filter(|(other, _)| same_name(other, name.as_bytes()));
            same.next().map(|(_, at)| *at)
        }
    };
    let files = wanted.iter().map(|&(name, size)| file(&mut archive, place(name)?, size));
    Ok(files.collect())
}

/// The bytes of an entry, if they are of this length and the entry's checksum.
fn file(archive: &mut ZipArchive<Cursor<&[u8]>>, at: usize, size: u64) -> Option<Bytes> {
    let entry = archive.by_index(at).ok().filter(|entry| entry.size() == size)?;
    let mut bytes = Vec::with_capacity(usize::try_from(size).ok()?);
    // One byte more than there may be, so that the reader comes to its end and
    // compares the checksum.
    match entry.take(size + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 == size => Some(bytes.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
