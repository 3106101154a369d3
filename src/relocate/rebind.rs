//! What the journal knows of files by their ids, said of their copies.

use std::collections::BTreeMap;

use crate::model::{Change, LocalSeen, Rows};

/// The changes that let the rows speak of the copies. `copies` holds what each
/// original and its copy showed. A row whose file has changed since it was
/// looked at keeps on differing from the copy; a row without a copy stays as it
/// is, and is found by its place.
///
/// A file with several names becomes several files: its id is no identity,
/// and its rows stay as they are too (amendment 25).
pub(super) fn rebound(rows: &Rows, copies: &[(LocalSeen, LocalSeen)]) -> Vec<Change> {
    let single = copies.iter().filter(|(was, _)| was.links <= 1);
    let by_object: BTreeMap<(u64, u128), &(LocalSeen, LocalSeen)> =
        single.map(|copy| ((copy.0.volume, copy.0.file_id), copy)).collect();
    let of = |seen: &LocalSeen| {
        let (was, is) = by_object.get(&(seen.volume, seen.file_id)).copied()?;
        was.same_object(seen).then(|| as_copy(seen, was, is))
    };
    let local = rows.local.iter().filter_map(|(&node, row)| {
        let mut row = row.clone();
        row.seen = of(&row.seen)?;
        Some(Change::Local(node, Some(row)))
    });
    let asides = rows.asides.iter().filter_map(|(&number, row)| {
        let mut row = row.clone();
        row.seen = of(&row.seen)?;
        Some(Change::Aside(number, Some(row)))
    });
    local.chain(asides).collect()
}

/// What `seen` says of the original, said of its copy.
fn as_copy(seen: &LocalSeen, was: &LocalSeen, is: &LocalSeen) -> LocalSeen {
    if seen.unchanged(was) {
        return *is;
    }
    // Written to since it was looked at: the copy must be read, as the original
    // would have been. Its own times are later than any that a row can hold.
    LocalSeen { size: seen.size, mtime: seen.mtime, ctime: seen.ctime, ..*is }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Body, LocalRow, Name, NodeId, Place};

    fn seen(volume: u64, file_id: u128, mtime: i64) -> LocalSeen {
        LocalSeen { volume, file_id, born: Some(1), size: 3, mtime, ctime: mtime, links: 1 }
    }

    fn rows(seen: &[LocalSeen]) -> Rows {
        let mut rows = Rows::default();
        for (number, seen) in seen.iter().enumerate() {
            let node = NodeId(number as u64 + 1);
            let place = Place::new(NodeId::ROOT, Name::new(&format!("f{number}")).unwrap());
            rows.local.insert(node, LocalRow::home(place, Body::Dir, None, *seen));
        }
        rows
    }

    #[test]
    fn rows_speak_of_the_copies_and_edits_still_show() {
        let rows = rows(&[seen(1, 10, 5), seen(1, 11, 5), seen(1, 12, 5), seen(1, 13, 5)]);
        let mut linked = seen(1, 13, 5);
        linked.links = 2;
        let copies = [
            (seen(1, 10, 5), seen(2, 77, 9)),
            // Edited since it was looked at.
            (seen(1, 11, 6), seen(2, 78, 9)),
            // The id has been given to another file meanwhile.
            (LocalSeen { born: Some(2), ..seen(1, 12, 5) }, seen(2, 79, 9)),
            (linked, seen(2, 80, 9)),
        ];
        let mut after = rows.clone();
        after.apply(rebound(&rows, &copies));
        let row = |node: u64| after.local[&NodeId(node)].seen;
        assert_eq!(row(1), seen(2, 77, 9));
        assert!(row(2).same_object(&seen(2, 78, 9)) && !row(2).unchanged(&seen(2, 78, 9)));
        assert_eq!((row(3), row(4)), (seen(1, 12, 5), seen(1, 13, 5)));
    }
}
