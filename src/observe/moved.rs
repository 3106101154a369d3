//! Recognises what was moved on a server that has no ids (amendments 7, 28).
//!
//! Only equal bytes prove it, never an etag, a date or a length: what is new
//! there and could be something that is missing is read first, and waits until
//! it has been. A folder is the one that is missing if at least half of its
//! files, and two, re-appear in it; then what else was changed in it, on either
//! side, stays what it is.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Body, Content, Hash, NodeId, RemoteRow, Rows};

/// The least number of files by which a folder is recognised.
const FILES: usize = 2;

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Moves {
    /// Which known node each new one is.
    pub same: BTreeMap<NodeId, NodeId>,
    /// New nodes that wait for a reading, with the folders that they are in.
    pub held: BTreeSet<NodeId>,
    /// New files that are to be read.
    pub to_read: BTreeSet<NodeId>,
}

/// Compares what is `missing` with what is `fresh`: seen there, and neither
/// agreed on nor here.
pub(super) fn find(
    rows: &Rows,
    missing: &BTreeSet<NodeId>,
    fresh: &BTreeMap<NodeId, &RemoteRow>,
) -> Moves {
    let lost = Lost::of(rows, missing);
    if lost.files.is_empty() {
        return Moves::default();
    }
    let new = Fresh::of(fresh);
    let mut moves = Moves::default();
    for (&top, nodes) in &new.trees {
        let could = nodes.iter().copied().filter(|&node| lost.could_be(new.rows[&node]));
        let could: Vec<NodeId> = could.collect();
        let unread = could.iter().copied().filter(|node| hash(new.rows[node]).is_none());
        let unread: Vec<NodeId> = unread.collect();
        if !unread.is_empty() {
            moves.to_read.extend(unread);
            moves.held.extend(nodes);
        } else if !could.is_empty() && new.rows[&top].entry.body.is_dir() {
            recognise_folder(&lost, &new, top, nodes, &mut moves);
        }
    }
    recognise_files(&lost, &new, &mut moves);
    moves
}

fn hash(row: &RemoteRow) -> Option<Hash> {
    match row.entry.body {
        Body::File(Content::Known(hash)) => Some(hash),
        Body::File(Content::Unread) | Body::Dir => None,
    }
}

/// What is missing on the server, as it was agreed on.
struct Lost<'a> {
    rows: &'a Rows,
    files: BTreeMap<NodeId, (Hash, u64)>,
    /// Length and date of each.
    looks: BTreeSet<(u64, Option<i64>)>,
    folders: Vec<NodeId>,
    /// By the folder that they were in, which need not be missing itself.
    children: BTreeMap<NodeId, BTreeMap<&'a str, NodeId>>,
}

impl<'a> Lost<'a> {
    fn of(rows: &'a Rows, missing: &BTreeSet<NodeId>) -> Self {
        let mut lost = Self {
            rows,
            files: BTreeMap::new(),
            looks: BTreeSet::new(),
            folders: Vec::new(),
            children: BTreeMap::new(),
        };
        for &node in missing {
            let Some(row) = rows.remote.get(&node) else { continue };
            let place = &row.entry.place;
            lost.children.entry(place.parent).or_default().insert(place.name.as_str(), node);
            if row.entry.body.is_dir() {
                lost.folders.push(node);
            }
            // Empty files are all alike, and what is presumed is no proof.
            if let Some(base) = rows.base.get(&node)
                && let Some(hash) = base.entry.body.hash()
                && base.size > 0
                && !base.presumed
            {
                lost.files.insert(node, (hash, base.size));
                lost.looks.insert((base.size, row.seen.mtime));
            }
        }
        lost
    }

    /// Whether a new file has length and date of a missing one: a move keeps
    /// both, and all others need not be read.
    fn could_be(&self, row: &RemoteRow) -> bool {
        let look = |size| (size, row.seen.mtime);
        row.seen.size.is_some_and(|size| self.looks.contains(&look(size)))
            && !row.entry.body.is_dir()
    }

    /// All files in a folder: where in it, and what they held.
    fn inside(&self, folder: NodeId) -> Vec<(String, Hash)> {
        let mut all = Vec::new();
        let mut todo = vec![(String::new(), folder)];
        while let Some((path, node)) = todo.pop() {
            let children = self.children.get(&node).into_iter().flatten();
            todo.extend(children.map(|(name, &child)| (format!("{path}/{name}"), child)));
            all.extend(self.files.get(&node).map(|(hash, _)| (path, *hash)));
        }
        all
    }
}

/// What is new on the server, by the topmost new thing that it is in.
struct Fresh<'a> {
    rows: &'a BTreeMap<NodeId, &'a RemoteRow>,
    trees: BTreeMap<NodeId, Vec<NodeId>>,
}

impl<'a> Fresh<'a> {
    fn of(rows: &'a BTreeMap<NodeId, &'a RemoteRow>) -> Self {
        let mut trees: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for &node in rows.keys() {
            let mut top = node;
            while rows.contains_key(&rows[&top].entry.place.parent) {
                top = rows[&top].entry.place.parent;
            }
            trees.entry(top).or_default().push(node);
        }
        Self { rows, trees }
    }

    /// All files in a new folder that were read: where in it, and what they hold.
    fn inside(&self, top: NodeId, nodes: &[NodeId]) -> Vec<(String, Hash)> {
        let path = |node: NodeId| {
            let mut names = Vec::new();
            let mut at = node;
            while at != top {
                let place = &self.rows[&at].entry.place;
                names.push(place.name.as_str());
                at = place.parent;
            }
            names.iter().rev().flat_map(|name| ["/", name]).collect::<String>()
        };
        let read = nodes.iter().filter_map(|&node| Some((path(node), hash(self.rows[&node])?)));
        read.collect()
    }
}

/// Pairs a new folder with the missing one that most of its files were in, and
/// of several such folders with the one in which they had the same places.
fn recognise_folder(
    lost: &Lost<'_>,
    new: &Fresh<'_>,
    top: NodeId,
    nodes: &[NodeId],
    moves: &mut Moves,
) {
    let there = new.inside(top, nodes);
    let taken: BTreeSet<NodeId> = moves.same.values().copied().collect();
    let mut best: Option<((usize, usize), NodeId)> = None;
    for &folder in lost.folders.iter().filter(|folder| !taken.contains(folder)) {
        let had = lost.inside(folder);
        let likeness = (common(&had, &there, |(_, hash)| hash), common(&had, &there, |file| file));
        let enough = likeness.0 >= FILES && 2 * likeness.0 >= had.len();
        if enough && best.is_none_or(|(most, _)| likeness > most) {
            best = Some((likeness, folder));
        }
    }
    let Some((_, folder)) = best else { return };
    let mut todo = vec![(top, folder)];
    while let Some((fresh, known)) = todo.pop() {
        moves.same.insert(fresh, known);
        for &child in nodes.iter().filter(|&&node| new.rows[&node].entry.place.parent == fresh) {
            let row = new.rows[&child];
            let name = row.entry.place.name.as_str();
            let twin = lost.children.get(&known).and_then(|named| named.get(name)).copied();
            let same_kind = |twin: &NodeId| {
                lost.rows.remote[twin].entry.body.is_dir() == row.entry.body.is_dir()
            };
            todo.extend(twin.filter(same_kind).map(|twin| (child, twin)));
        }
    }
}

/// How many of the one are also among the other, each counted once.
fn common<T, K: Ord>(one: &[T], other: &[T], key: impl Fn(&T) -> &K) -> usize {
    let mut left: BTreeMap<&K, usize> = BTreeMap::new();
    other.iter().for_each(|item| *left.entry(key(item)).or_default() += 1);
    let mut found = 0;
    for item in one {
        if let Some(count) = left.get_mut(key(item)).filter(|count| **count > 0) {
            *count -= 1;
            found += 1;
        }
    }
    found
}

/// Pairs single files whose bytes only one missing file had, and only one new one has.
fn recognise_files(lost: &Lost<'_>, new: &Fresh<'_>, moves: &mut Moves) {
    let taken: BTreeSet<NodeId> = moves.same.values().copied().collect();
    let mut by_hash: BTreeMap<Hash, (Vec<NodeId>, Vec<NodeId>)> = BTreeMap::new();
    for (&node, (hash, _)) in lost.files.iter().filter(|(node, _)| !taken.contains(node)) {
        by_hash.entry(*hash).or_default().0.push(node);
    }
    for (&node, row) in new.rows {
        if let Some(hash) = hash(row).filter(|_| !moves.same.contains_key(&node))
            && let Some((_, new)) = by_hash.get_mut(&hash)
        {
            new.push(node);
        }
    }
    for (lost, new) in by_hash.into_values() {
        if let ([known], [fresh]) = (lost.as_slice(), new.as_slice()) {
            moves.same.insert(*fresh, *known);
            moves.held.remove(fresh);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BaseRow, Digest, Entry, Name, Perms, Place, RemoteSeen, Stand};

    fn remote(parent: u64, name: &str, bytes: Option<&str>) -> RemoteRow {
        let place = Place::new(NodeId(parent), Name::new(name).unwrap());
        let body = bytes.map_or(Body::Dir, |bytes| Body::known(Digest::of(bytes.as_bytes()).hash));
        let seen = RemoteSeen {
            file_id: None,
            etag: None,
            sha1: None,
            perms: Perms::OWN,
            size: bytes.map(|bytes| bytes.len() as u64),
            mtime: None,
        };
        let entry = Entry { place, body };
        RemoteRow {
            entry,
            seen,
            listed: None,
            holds_ignored: false,
            racy: false,
            stand: Stand::Home,
        }
    }

    struct Case {
        rows: Rows,
        fresh: BTreeMap<NodeId, RemoteRow>,
        /// Known ones that are where they were.
        there: BTreeSet<NodeId>,
    }

    impl Case {
        /// Missing things first, new ones after them: id, folder, name, bytes.
        fn new(
            lost: &[(u64, u64, &str, Option<&str>)],
            new: &[(u64, u64, &str, Option<&str>)],
        ) -> Self {
            let mut rows = Rows::default();
            for &(node, parent, name, bytes) in lost {
                let row = remote(parent, name, bytes);
                let size = row.seen.size.unwrap_or(0);
                let base = BaseRow {
                    entry: row.entry.clone(),
                    sha1: None,
                    size,
                    etag: None,
                    presumed: false,
                };
                rows.base.insert(NodeId(node), base);
                rows.remote.insert(NodeId(node), row);
            }
            let fresh = new
                .iter()
                .map(|&(node, parent, name, bytes)| (NodeId(node), remote(parent, name, bytes)));
            Self { rows, fresh: fresh.collect(), there: BTreeSet::new() }
        }

        fn there(mut self, node: u64) -> Self {
            self.there.insert(NodeId(node));
            self
        }

        fn unread(mut self, node: u64) -> Self {
            let row = self.fresh.get_mut(&NodeId(node)).unwrap();
            row.entry.body = Body::File(Content::Unread);
            self
        }

        fn find(&self) -> Moves {
            let missing = self.rows.remote.keys().copied();
            let missing = missing.filter(|node| !self.there.contains(node)).collect();
            let fresh = self.fresh.iter().map(|(&node, row)| (node, row)).collect();
            find(&self.rows, &missing, &fresh)
        }

        fn same(&self) -> Vec<(u64, u64)> {
            self.find().same.into_iter().map(|(fresh, known)| (fresh.0, known.0)).collect()
        }
    }

    #[test]
    fn a_file_is_known_by_its_bytes_alone() {
        let lost = [(1, 0, "a", Some("bytes"))];
        assert_eq!(Case::new(&lost, &[(9, 0, "b", Some("bytes"))]).same(), [(9, 1)]);
        assert_eq!(Case::new(&lost, &[(9, 0, "b", Some("other"))]).same(), []);
        assert_eq!(Case::new(&lost, &[(9, 0, "a2", Some("bytes, longer"))]).same(), []);
    }

    #[test]
    fn what_could_be_it_is_read_first_and_waits() {
        let lost = [(1, 0, "a", Some("bytes"))];
        let new =
            [(8, 0, "d", None), (9, 8, "b", Some("other")), (10, 0, "c", Some("much longer"))];
        let found = Case::new(&lost, &new).unread(9).unread(10).find();
        assert_eq!(found.to_read, [NodeId(9)].into());
        assert_eq!(found.held, [NodeId(8), NodeId(9)].into(), "its folder waits with it");
        assert!(found.same.is_empty());
    }

    #[test]
    fn bytes_that_several_have_prove_nothing() {
        let two_new = [(8, 0, "b", Some("bytes")), (9, 0, "c", Some("bytes"))];
        assert_eq!(Case::new(&[(1, 0, "a", Some("bytes"))], &two_new).same(), []);
        let two_lost = [(1, 0, "a", Some("bytes")), (2, 0, "b", Some("bytes"))];
        assert_eq!(Case::new(&two_lost, &[(9, 0, "c", Some("bytes"))]).same(), []);
        assert_eq!(Case::new(&[(1, 0, "a", Some(""))], &[(9, 0, "b", Some(""))]).same(), []);
    }

    #[test]
    fn a_folder_is_known_by_half_of_its_files_and_two() {
        let lost = [
            (1, 0, "d", None),
            (2, 1, "a", Some("aa")),
            (3, 1, "b", Some("bb")),
            (4, 1, "c", Some("cc")),
            (5, 1, "gone", Some("gg")),
        ];
        let new = [
            (10, 0, "e", None),
            (11, 10, "a", Some("aa")),
            (12, 10, "b", Some("bb")),
            (13, 10, "c", Some("edited there")),
            (14, 10, "new", Some("new")),
        ];
        assert_eq!(Case::new(&lost, &new).same(), [(10, 1), (11, 2), (12, 3), (13, 4)]);
        // One file is too little for the folder: it alone has moved.
        assert_eq!(Case::new(&lost, &new[..2]).same(), [(11, 2)]);
        // Two of five are less than half.
        let five: Vec<_> = lost.iter().copied().chain([(6, 1, "x", Some("xx"))]).collect();
        assert_eq!(Case::new(&five, &new[..3]).same(), [(11, 2), (12, 3)]);
    }

    #[test]
    fn a_folder_in_a_folder_moves_along() {
        let lost = [
            (1, 0, "d", None),
            (2, 1, "s", None),
            (3, 2, "a", Some("aa")),
            (4, 2, "b", Some("bb")),
        ];
        let new = [
            (10, 0, "e", None),
            (11, 10, "s", None),
            (12, 11, "a", Some("aa")),
            (13, 11, "b", Some("bb")),
        ];
        assert_eq!(Case::new(&lost, &new).same(), [(10, 1), (11, 2), (12, 3), (13, 4)]);
    }

    #[test]
    fn a_folder_that_is_where_it_was_is_no_other_one_too() {
        let lost = [
            (1, 0, "d", None),
            (2, 1, "s", None),
            (3, 2, "a", Some("aa")),
            (4, 2, "b", Some("bb")),
        ];
        let new = [(10, 0, "e", None), (11, 10, "a", Some("aa")), (12, 10, "b", Some("bb"))];
        let moved = [(10, 2), (11, 3), (12, 4)];
        assert_eq!(Case::new(&lost, &new).there(1).same(), moved);
        // Even if the folder above has gone too, it was not the one.
        assert_eq!(Case::new(&lost, &new).same(), moved);
    }

    #[test]
    fn another_date_is_not_worth_a_reading() {
        let lost = [(1, 0, "a", Some("bytes"))];
        let mut case = Case::new(&lost, &[(9, 0, "b", Some("bytes"))]).unread(9);
        assert_eq!(case.find().to_read, [NodeId(9)].into());
        case.fresh.get_mut(&NodeId(9)).unwrap().seen.mtime = Some(7);
        assert_eq!(case.find(), Moves::default());
    }
}
