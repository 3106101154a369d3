//! A journal opened on damaged bytes: it opens, says in what state it was, and
//! never takes for an agreement what was none.

use std::sync::OnceLock;

use navette::journal::{Health, InMemory, Journal, JournalError};
use navette::model::{
    BaseRow, Body, Change, Digest, Entry, Etag, LocalRow, LocalSeen, Name, NodeId, Perms, Place,
    RemoteRow, RemoteSeen, Rows, Side, Stand,
};

use super::inside::stays_inside;

/// What the first byte says.
const CLOSED: u8 = 1;
const BACKED_UP: u8 = 2;
const CUT: u8 = 4;
const WHOLE: u8 = 8;

/// Damages a journal as the first byte says, and then at places that the rest
/// says in threes: where, and which bits. Or takes the rest for the database.
pub fn run(bytes: &[u8]) {
    let Some((&how, rest)) = bytes.split_first() else { return };
    let (files, rows) = sound(how);
    files.corrupt(|image| match how & WHOLE {
        0 => damage(image, how & CUT != 0, rest),
        _ => *image = rest.to_vec(),
    });
    let (mut journal, health) = match Journal::open(files.clone()) {
        Ok(opened) => opened,
        Err(JournalError::Newer { .. }) => return,
        Err(error) => panic!("it does not open: {error}"),
    };
    is_believed_only_as_far(&health, journal.rows(), rows);
    can_be_walked(journal.rows());
    // It is worked on whatever it holds.
    let _ = journal.commit(vec![Change::Local(NodeId(3), None)]);
    let _ = journal.barrier();
    let _ = journal.back_up(1);
    let _ = journal.close();
    if let Err(error) = Journal::open(files) {
        panic!("it does not open again: {error}");
    }
}

fn damage(image: &mut Vec<u8>, cut: bool, rest: &[u8]) {
    let place = |high: u8, low: u8, all: usize| usize::from(u16::from_be_bytes([high, low])) % all;
    let mut edits = rest.chunks_exact(3);
    if cut && let Some(&[high, low, _]) = edits.next() {
        image.truncate(place(high, low, image.len()));
    }
    for edit in edits {
        if let [high, low, bits] = *edit
            && !image.is_empty()
        {
            let at = place(high, low, image.len());
            image[at] ^= bits;
        }
    }
}

fn is_believed_only_as_far(health: &Health, found: &Rows, sound: &Rows) {
    match health {
        // Its seal was whole: every byte is as it was.
        Health::Clean => assert_eq!(found, sound),
        Health::New => assert!(found.base.is_empty() && found.local.is_empty()),
        // Older than the folder, or nothing at all: no agreement counts (amendment 27).
        Health::Restored { .. } | Health::Lost { .. } => assert!(found.pair.merging),
        Health::Unclean => {}
    }
    for (node, row) in &found.base {
        assert!(row.entry.body.is_dir() || row.entry.body.hash().is_some(), "{node:?} {row:?}");
    }
    for (node, row) in &found.local {
        assert!(row.entry.body.is_dir() || row.entry.body.hash().is_some(), "{node:?} {row:?}");
    }
}

/// Every path comes to an end, and leads inside.
fn can_be_walked(rows: &Rows) {
    let nodes = rows.local.keys().chain(rows.remote.keys()).chain(rows.base.keys());
    for &node in nodes {
        for side in [Side::Local, Side::Remote] {
            rows.path(side, node).iter().for_each(stays_inside);
        }
        let _ = rows.spoken(node);
    }
    rows.asides.values().for_each(|aside| stays_inside(&aside.path));
}

/// A sound journal of that kind, as it comes from its disk, and what it holds.
fn sound(how: u8) -> (InMemory, &'static Rows) {
    static SOUND: OnceLock<Vec<(InMemory, Rows)>> = OnceLock::new();
    let all = SOUND.get_or_init(|| (0..4).map(made).collect());
    let (files, rows) = &all[usize::from(how & (CLOSED | BACKED_UP))];
    (files.copied(), rows)
}

fn made(how: u8) -> (InMemory, Rows) {
    let files = InMemory::new();
    let (mut journal, _) = Journal::open(files.clone()).unwrap();
    journal.commit((1..16).flat_map(agreed).collect()).unwrap();
    if how & BACKED_UP != 0 {
        journal.back_up(0).unwrap();
    }
    let rows = journal.rows().clone();
    if how & CLOSED != 0 {
        journal.close().unwrap();
    } else {
        drop(journal);
    }
    (files, rows)
}

/// A node on which both sides agree: every fifth is a folder for the others.
fn agreed(number: u64) -> [Change; 3] {
    let node = NodeId(number);
    let digest = Digest::of(&number.to_be_bytes());
    let parent = NodeId(if number.is_multiple_of(5) { 0 } else { number / 5 * 5 });
    let name = Name::new(&format!("entry {number}")).unwrap();
    let body = if number.is_multiple_of(5) { Body::Dir } else { Body::known(digest.hash) };
    let entry = Entry { place: Place::new(parent, name), body };
    let etag = Etag::parse(&format!("\"{number:x}\""));
    let local = LocalSeen {
        volume: 1,
        file_id: number.into(),
        born: Some(1),
        size: digest.size,
        mtime: 2,
        ctime: 3,
        links: 1,
    };
    let remote = RemoteSeen {
        file_id: Some(number.to_string()),
        etag: etag.clone(),
        sha1: digest.sha1,
        perms: Perms::OWN,
        size: Some(digest.size),
        mtime: Some(4),
    };
    let (sha1, size) = (digest.sha1, digest.size);
    [
        Change::Base(
            node,
            Some(BaseRow { entry: entry.clone(), sha1, size, etag, presumed: false }),
        ),
        Change::Local(node, Some(LocalRow::home(entry.place.clone(), body, sha1, local))),
        Change::Remote(
            node,
            Some(RemoteRow {
                entry,
                seen: remote,
                listed: None,
                holds_ignored: false,
                racy: false,
                stand: Stand::Home,
            }),
        ),
    ]
}
