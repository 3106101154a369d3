//! What the rows of a journal must be that no table can demand of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{JournalError, Result};
use crate::model::{Entry, NodeId, Rows};

/// Fails if the rows are none that this version could have written (I6). A
/// circle would be walked along for ever by whoever looks for a path.
pub(super) fn check(rows: &Rows) -> Result<()> {
    is_tree("base", rows.base.iter().map(|(node, row)| (*node, &row.entry)))?;
    is_tree("local", rows.local.iter().map(|(node, row)| (*node, &row.entry)))?;
    is_tree("remote", rows.remote.iter().map(|(node, row)| (*node, &row.entry)))
}

fn is_tree<'a>(
    table: &'static str,
    entries: impl Iterator<Item = (NodeId, &'a Entry)>,
) -> Result<()> {
    let parents: BTreeMap<NodeId, NodeId> =
        entries.map(|(node, entry)| (node, entry.place.parent)).collect();
    if parents.contains_key(&NodeId::ROOT) {
        return Err(JournalError::Row { table, detail: "the root stands in itself".to_owned() });
    }
    let mut good = BTreeSet::new();
    for &node in parents.keys() {
        let (mut at, mut above) = (node, BTreeSet::new());
        while let Some(&parent) = parents.get(&at).filter(|_| !good.contains(&at)) {
            if !above.insert(at) {
                let detail = format!("folder {} stands in itself", at.0);
                return Err(JournalError::Row { table, detail });
            }
            at = parent;
        }
        good.append(&mut above);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Body, Name, Place};

    fn folders(parents: &[(u64, u64)]) -> Result<()> {
        let entry = |parent| Entry {
            place: Place::new(NodeId(parent), Name::new("a").unwrap()),
            body: Body::Dir,
        };
        let entries: Vec<_> =
            parents.iter().map(|(node, parent)| (NodeId(*node), entry(*parent))).collect();
        is_tree("base", entries.iter().map(|(node, entry)| (*node, entry)))
    }

    #[test]
    fn a_circle_is_no_tree_and_a_missing_folder_no_circle() {
        assert!(folders(&[(1, 0), (2, 1), (3, 2), (5, 4)]).is_ok());
        assert!(folders(&[(1, 1)]).is_err());
        assert!(folders(&[(1, 0), (2, 4), (3, 2), (4, 3)]).is_err());
        assert!(folders(&[(0, 1)]).is_err());
    }
}
