//! What the server has of an upload in chunks (protocol.md 4.3).

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::chunks::Transfer;
use super::dav::{Dav, Outcome};
use super::propfind::{MultiStatus, question};
use super::request::{Load, Request};
use super::url::split_decoded;
use super::{Family, ServerErrorKind};
use crate::model::Name;

const DEPTH: HeaderName = HeaderName::from_static("depth");

impl Dav {
    /// Begins, or finds what has arrived already. Returns the lengths of the
    /// chunks that count: those from number 1 on without a gap.
    pub(super) async fn begin(&self, transfer: &Transfer<'_>) -> Outcome<Vec<u64>> {
        match self.step(transfer, "MKCOL", None).await {
            Err(failure) if failure.kind == ServerErrorKind::Exists => {}
            result => return result.map(|_| Vec::new()),
        }
        let (kept, strays) = in_a_row(self.arrived(transfer).await?);
        if kept.iter().sum::<u64>() > transfer.size {
            // More than the file has: whatever it is, it is not this file.
            self.step(transfer, "DELETE", None).await?;
            return self.step(transfer, "MKCOL", None).await.map(|_| Vec::new());
        }
        for stray in strays {
            self.step(transfer, "DELETE", Some(&stray)).await?;
        }
        Ok(kept)
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

/// The lengths of the chunks from number 1 on without a gap, and the names of
/// all others.
fn in_a_row(chunks: Vec<(Name, u64)>) -> (Vec<u64>, Vec<Name>) {
    let mut numbered: BTreeMap<u64, (Name, u64)> = BTreeMap::new();
    let mut strays = Vec::new();
    for (name, length) in chunks {
        let number = name.as_str().parse().ok();
        match number.filter(|number| name.as_str() == format!("{number:05}")) {
            Some(number) => drop(numbered.insert(number, (name, length))),
            None => strays.push(name),
        }
    }
    let mut kept = Vec::new();
    for (number, (name, length)) in numbered {
        if number == kept.len() as u64 + 1 && length > 0 {
            kept.push(length);
        } else {
            strays.push(name);
        }
    }
    (kept, strays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chunks_without_a_gap_before_them_count() {
        let there = |chunks: &[(&str, u64)]| {
            let chunks = chunks.iter().map(|(name, length)| (Name::new(name).unwrap(), *length));
            let (kept, strays) = in_a_row(chunks.collect());
            let strays: Vec<String> = strays.iter().map(ToString::to_string).collect();
            (kept, strays)
        };
        let none: [&str; 0] = [];
        assert_eq!(there(&[]), (vec![], vec![]));
        let (kept, strays) = there(&[("00002", 6), ("00001", 5)]);
        assert_eq!((kept, strays.as_slice()), (vec![5, 6], &none.map(String::from)[..]));
        let (kept, strays) = there(&[("00001", 5), ("00003", 5), ("00004", 5)]);
        assert_eq!((kept, strays), (vec![5], vec!["00003".to_owned(), "00004".to_owned()]));
        let (kept, strays) = there(&[("00001", 5), ("2", 5), ("bogus", 5), ("00002", 0)]);
        assert_eq!(kept, [5]);
        assert_eq!(strays, ["2", "bogus", "00002"]);
    }
}
