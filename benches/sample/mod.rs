//! A journal as it looks after the first transfer of many files.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "a bench stops where it fails")]

use navette::journal::{Journal, JournalFiles};
use navette::model::{
    BaseRow, Body, Change, Etag, Hash, LocalRow, LocalSeen, Name, NodeId, Perms, Place, RemoteRow,
    RemoteSeen, Sha1Sum, Stand,
};

/// The agreed rows of one file, as they look after its first transfer.
pub fn file(id: u64) -> [Change; 3] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&id.to_be_bytes());
    let (hash, sha1) = (Hash(bytes), Some(Sha1Sum([7; 20])));
    let name = Name::new(&format!("a picture {id:08}.jpeg")).unwrap();
    let place = Place::new(NodeId(id / 100), name);
    let seen = LocalSeen {
        volume: 66306,
        file_id: u128::from(id) + 1_000_000,
        born: Some(1_763_822_000_000_000_000),
        size: 4_000_000,
        mtime: 1_763_822_000_123_456_789,
        ctime: 1_763_822_000_123_456_789,
        links: 1,
    };
    let etag = Etag::parse(&format!("{id:032x}"));
    let local = LocalRow::home(place, Body::known(hash), sha1, seen);
    let entry = local.entry.clone();
    let base = BaseRow {
        entry: entry.clone(),
        sha1,
        size: 4_000_000,
        etag: etag.clone(),
        presumed: false,
    };
    let seen = RemoteSeen {
        file_id: Some(format!("{id:08}ocabcdefghij")),
        etag,
        sha1,
        perms: Perms::OWN,
        size: Some(4_000_000),
        mtime: Some(1_763_822_000),
    };
    let remote = RemoteRow {
        entry,
        seen,
        listed: None,
        holds_ignored: false,
        racy: false,
        stand: Stand::Home,
    };
    let node = NodeId(id);
    [
        Change::Base(node, Some(base)),
        Change::Local(node, Some(local)),
        Change::Remote(node, Some(remote)),
    ]
}

/// Opens a journal and commits the rows of so many files.
pub fn filled(files: impl JournalFiles + 'static, nodes: u64) -> Journal {
    let (mut journal, _) = Journal::open(files).unwrap();
    journal.commit((1..=nodes).flat_map(file).collect()).unwrap();
    journal
}
