//! What a lost or old journal leaves to its user (amendment 27).
//!
//! Without an agreement a file that is only here looks new. If its place is in
//! the server's trash, somebody has deleted it there: sending it would bring it
//! back on every device. Only a user can say what was meant.

use std::collections::BTreeSet;

use crate::model::{NodeId, RelPath, Rows, Side, Stand};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::server::{Server as _, ServerErrorKind};
use crate::world::World;

/// Files and folders that are only here and whose place is in the server's
/// trash, and empty on the server. Asked only while a comparison is under way.
pub(super) async fn discarded<W: World>(
    world: &W,
    rows: &Rows,
) -> Result<BTreeSet<NodeId>, EngineError> {
    let knows_trash = world.server().profile().trash && !broken(Mutant::DiscardedSentAgain);
    if !rows.pair.merging || !knows_trash {
        return Ok(BTreeSet::new());
    }
    let only_here = rows.local.iter().filter(|(node, row)| {
        row.stand != Stand::Parked
            && !rows.pair.chosen.kept.contains(node)
            && !rows.base.contains_key(node)
            && !rows.remote.contains_key(node)
    });
    let only_here: Vec<(NodeId, RelPath)> =
        only_here.filter_map(|(&node, _)| Some((node, rows.path(Side::Local, node)?))).collect();
    if only_here.is_empty() {
        return Ok(BTreeSet::new());
    }
    let trash = match world.server().trash(None).await {
        Ok(trash) => trash,
        // Closed to this account: then nothing is known of it.
        Err(error)
            if matches!(
                error.kind,
                ServerErrorKind::NotFound | ServerErrorKind::Forbidden | ServerErrorKind::Status(_)
            ) =>
        {
            tracing::debug!(%error, "the trash cannot be looked into");
            return Ok(BTreeSet::new());
        }
        Err(error) => return Err(error.into()),
    };
    let places: BTreeSet<&RelPath> = trash.iter().map(|item| &item.location).collect();
    // What has come to such a place since is compared with it as always, and
    // says nothing about what is below.
    let taken = rows.remote.keys().filter_map(|&node| rows.path(Side::Remote, node));
    let taken: BTreeSet<RelPath> = taken.collect();
    let is_in_it = |path: &RelPath| {
        let above = std::iter::successors(Some(path.clone()), RelPath::parent);
        let mut gone = above.take_while(|path| !path.is_root() && !taken.contains(path));
        gone.any(|path| places.contains(&path))
    };
    let found = only_here.into_iter().filter(|(_, path)| is_in_it(path));
    Ok(found.map(|(node, _)| node).collect())
}
