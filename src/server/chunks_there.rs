//! What the server has of an upload in chunks (protocol.md 4.3).

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::chunks::{AT_ONCE, Transfer};
use super::dav::{Dav, Outcome};
use super::propfind::{MultiStatus, question};
use super::request::{Load, Request};
use super::url::split_decoded;
use super::{Family, ServerErrorKind};
use crate::model::Name;
use crate::mutant::{self, Mutant};

const DEPTH: HeaderName = HeaderName::from_static("depth");

impl Dav {
    /// Begins, or finds what has arrived already.
    pub(super) async fn begin(&self, transfer: &Transfer<'_>) -> Outcome<There> {
        match self.step(transfer, "MKCOL", None).await {
            Err(failure) if failure.kind == ServerErrorKind::Exists => {}
            result => return result.map(|_| There::NOTHING),
        }
        let (there, strays) = in_a_row(self.arrived(transfer).await?);
        if there.bytes > transfer.size || there.next > MOST / 2 {
            // More than the file has: whatever it is, it is not this file. Or
            // it was gone on with so often that names get scarce.
            self.step(transfer, "DELETE", None).await?;
            return self.step(transfer, "MKCOL", None).await.map(|_| There::NOTHING);
        }
        for stray in strays {
            self.step(transfer, "DELETE", Some(&stray)).await?;
        }
        Ok(there)
    }

    /// Names and lengths of the chunks that the server has.
    pub(super) async fn arrived(&self, transfer: &Transfer<'_>) -> Outcome<Vec<(Name, u64)>> {
        let headers = HeaderMap::from_iter([(DEPTH, HeaderValue::from_static("1"))]);
        let target = transfer.chunks.folder.dir(&transfer.at);
        let load = Load::Xml(question(Family::Plain, false));
        let request = Request { asked: self.asked("PROPFIND"), target, headers, load };
        let answer = self.wire.send(request, &[207]).await?;
        let mut entries = MultiStatus::new(answer.into_body(), self.limits);
        let depth = transfer.chunks.folder.names(&transfer.at).len();
        let mut chunks = Vec::new();
        while let Some(shown) = entries.next().await? {
            let names = split_decoded(shown.href.as_bytes());
            let Some(name) = names.get(depth).filter(|name| *name != b".file") else { continue };
            let name = std::str::from_utf8(name).ok().and_then(|name| Name::new(name).ok());
            let length = shown.props.and_then(|props| props.length?.parse().ok());
            if let Some(name) = name {
                chunks.push((name, length.unwrap_or(0)));
            }
        }
        Ok(chunks)
    }
}

/// Names of chunks go up to 10000.
pub(super) const MOST: u64 = 9_999;

/// Where an upload goes on, a multiple of so many numbers stays free.
///
/// A chunk whose answer was lost may still arrive, and would then stand where
/// another part of the file has been sent meanwhile: of the same length, if it
/// comes to the worst, so that nobody would notice. So no number is used for
/// two parts. Of the [`AT_ONCE`] chunks that may have been on their way none
/// comes behind such a gap, and however many arrive in it, what stays free is
/// no multiple any more. Their bytes make the sum wrong, and the last step is
/// refused.
const GAP: u64 = AT_ONCE + 1;

/// What is there of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct There {
    /// The bytes of the file from its start on without a gap.
    pub(super) bytes: u64,
    /// The number of the next chunk.
    pub(super) next: u64,
}

impl There {
    const NOTHING: Self = Self { bytes: 0, next: 1 };
}

/// What counts of these chunks, and the names of all others.
///
/// A chunk leaves only when fewer than [`AT_ONCE`] before it have no answer. So
/// where a multiple of [`GAP`] numbers is free, nothing is missing: there the
/// upload was gone on with. Any other gap is a chunk that never arrived.
fn in_a_row(chunks: Vec<(Name, u64)>) -> (There, Vec<Name>) {
    let mut numbered: BTreeMap<u64, (Name, u64)> = BTreeMap::new();
    let mut strays = Vec::new();
    for (name, length) in chunks {
        let number = name.as_str().parse().ok().filter(|number| (1..=MOST).contains(number));
        match number.filter(|number| name.as_str() == format!("{number:05}")) {
            Some(number) => drop(numbered.insert(number, (name, length))),
            None => strays.push(name),
        }
    }
    let highest = numbered.last_key_value().map_or(0, |(number, _)| *number);
    let (mut last, mut bytes, mut broken) = (0, 0_u64, false);
    for (number, (name, length)) in numbered {
        // More bytes than can be counted are no chunks of ours.
        let sum = bytes.checked_add(length).filter(|_| length > 0);
        broken |= (number - last - 1) % GAP != 0 || sum.is_none();
        match sum.filter(|_| !broken) {
            Some(sum) => (last, bytes) = (number, sum),
            None => strays.push(name),
        }
    }
    // Behind all that may have been on its way.
    let reused = mutant::broken(Mutant::ChunkNumberReused);
    let free = if reused { 0 } else { (highest + AT_ONCE - last).next_multiple_of(GAP) };
    (There { bytes, next: last + 1 + free }, strays)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(chunks: &[(u64, u64)]) -> (u64, u64, Vec<String>) {
        let named = chunks.iter().map(|(number, length)| (format!("{number:05}"), *length));
        read(&named.collect::<Vec<_>>())
    }

    /// Bytes that count, the number of the next chunk, and what does not count.
    fn read(chunks: &[(String, u64)]) -> (u64, u64, Vec<String>) {
        let chunks = chunks.iter().map(|(name, length)| (Name::new(name).unwrap(), *length));
        let (there, strays) = in_a_row(chunks.collect());
        (there.bytes, there.next, strays.iter().map(ToString::to_string).collect())
    }

    fn names(numbers: &[u64]) -> Vec<String> {
        numbers.iter().map(|number| format!("{number:05}")).collect()
    }

    #[test]
    fn only_chunks_without_a_gap_before_them_count() {
        assert_eq!(there(&[]), (0, 1 + GAP, vec![]));
        assert_eq!(there(&[(2, 6), (1, 5)]), (11, 3 + GAP, vec![]));
        assert_eq!(there(&[(1, 5), (3, 5), (4, 5)]), (5, 2 + 2 * GAP, names(&[3, 4])));
        // What arrived while an earlier one did not.
        assert_eq!(there(&[(2, 5), (3, 5)]), (0, 1 + 2 * GAP, names(&[2, 3])));
        assert_eq!(there(&[(1, 5), (2, 0), (3, 5)]), (5, 2 + 2 * GAP, names(&[2, 3])));
        assert_eq!(there(&[(1, u64::MAX), (2, 1)]), (u64::MAX, 2 + GAP, names(&[2])));
        let odd = [("00001", 5), ("2", 5), ("bogus", 5), ("99999", 5)];
        let odd = odd.map(|(name, size)| (name.to_owned(), size));
        assert_eq!(read(&odd).2, ["2", "bogus", "99999"]);
    }

    #[test]
    fn where_an_upload_went_on_nothing_is_missing() {
        let mut chunks = Vec::new();
        let (mut bytes, mut next) = (0, 1);
        for leg in 1..9 {
            chunks.extend([(next, leg), (next + 1, leg)]);
            bytes += 2 * leg;
            let (counted, on, strays) = there(&chunks);
            assert_eq!((counted, strays), (bytes, vec![]));
            assert!(on > next + 1 + AT_ONCE, "no number that may have been on its way");
            next = on;
        }
    }

    #[test]
    fn what_arrives_late_in_such_a_gap_never_joins_what_is_behind_it() {
        // All subsets of what may have been on its way when the upload was cut.
        let on = there(&[(1, 5), (2, 5)]).1;
        for late in 1..1_u64 << AT_ONCE {
            let late = (0..AT_ONCE).filter(|at| late & (1 << at) != 0).map(|at| (3 + at, 5));
            let all = [(1, 5), (2, 5)].into_iter().chain(late).chain([(on, 5), (on + 1, 5)]);
            let (_, next, strays) = there(&all.collect::<Vec<_>>());
            assert!(strays.ends_with(&names(&[on, on + 1])), "{strays:?}");
            assert!(next > on + 1 + AT_ONCE, "{next}");
        }
    }
}
