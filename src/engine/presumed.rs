//! What new files look like, and how far a look may be relied on (amendment 32).
//!
//! Where a server vouches for checksums, equal files are known to be equal
//! without a byte. Where it has none, a first comparison of two full sides would
//! have to fetch every file. A file of the same length and date is presumed
//! equal instead: nothing is sent or fetched for it, and it counts as equal.
//! But a presumption is no proof (I4). It never lets a side be deleted or
//! overwritten: as soon as one side changes, the other is read, or, where that
//! has come too late, both versions are kept.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{BaseRow, Body, Content, NodeId, Rows, Side, Tree};
use crate::mutant::{Mutant, broken};
use crate::plan::Look;

use super::selection;

const NANOS: i64 = 1_000_000_000;
const UNREAD: Body = Body::File(Content::Unread);

/// How far a presumption still carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Nothing has changed on either side since.
    Rests,
    /// Changed here: the server's bytes must be read before they are touched.
    Asked,
    /// It says nothing any more: as if the sides had never been compared.
    Void,
}

/// The base and the server's side for the planner, with presumptions as far as
/// they carry; none of them if `verify`, so that everything is read.
pub(super) fn trees(rows: &Rows, verify: bool) -> (Tree, Tree) {
    let (mut base, mut remote) = (rows.base_tree(), rows.remote_tree());
    let hidden = match broken(Mutant::PresumedLeaves) {
        true => BTreeSet::new(),
        false => selection::hidden(rows),
    };
    for (node, row) in rows.base.iter().filter(|(_, row)| row.presumed) {
        // What is to leave this computer must be proved to be there.
        match standing(rows, *node, row, verify || hidden.contains(node)) {
            Standing::Rests => {
                if let Some(entry) = remote.0.get_mut(node) {
                    entry.body = row.entry.body;
                }
            }
            Standing::Asked => {}
            Standing::Void => drop(base.0.remove(node)),
        }
    }
    (base, remote)
}

fn standing(rows: &Rows, node: NodeId, base: &BaseRow, verify: bool) -> Standing {
    let here = rows.local.get(&node).map(|row| row.entry.body);
    match rows.remote.get(&node) {
        // Read meanwhile: it is known whether the presumption was right.
        Some(row) if row.entry.body == base.entry.body => Standing::Rests,
        Some(row) if row.entry.body == UNREAD && row.seen.etag == base.etag && !verify => {
            if here == Some(base.entry.body) { Standing::Rests } else { Standing::Asked }
        }
        // Changed or deleted there: what is here may never have been there.
        _ => Standing::Void,
    }
}

/// What new files look like. The date of a young version says nothing, for
/// another one may follow under the same; nor does any if `verify`, nor that of
/// a file which was on its way there: what lost its answer, or its process, is
/// proved to have arrived, and never presumed.
pub(super) fn looks(rows: &Rows, verify: bool) -> BTreeMap<(NodeId, Side), Look> {
    let is_new = |node: &NodeId| !rows.base.contains_key(node);
    let here = rows.local.iter().filter(|(node, row)| {
        is_new(node) && !rows.remote.contains_key(node) && row.entry.body.hash().is_some()
    });
    let was_sent =
        |node: &NodeId| rows.intents.get(node).is_some_and(|intent| !intent.sent.is_empty());
    let here = here.map(|(node, row)| {
        let date = Some(row.seen.mtime.div_euclid(NANOS));
        let presumes = !was_sent(node) || broken(Mutant::SentIsPresumed);
        let date = date.filter(|_| !verify && presumes);
        ((*node, Side::Local), Look { size: row.seen.size, sum: row.sha1, date })
    });
    let there = rows.remote.iter().filter(|(node, row)| {
        is_new(node) && !rows.local.contains_key(node) && row.entry.body == UNREAD
    });
    let there = there.filter_map(|(&node, row)| {
        let settled = row.seen.etag.is_some() && !row.racy;
        let date = row.seen.mtime.filter(|_| settled);
        Some(((node, Side::Remote), Look { size: row.seen.size?, sum: row.seen.sha1, date }))
    });
    here.chain(there).collect()
}

/// Files that count as equal by presumption alone.
pub(super) fn count(rows: &Rows) -> u64 {
    rows.base.values().filter(|row| row.presumed).count() as u64
}
