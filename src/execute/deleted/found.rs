//! What a deletion put into the trash, and whether it is what was meant.

use crate::model::{Kind, Name, NodeId, Perms, RelPath, RemoteRow, Rows, Side};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::server::Discarded;
use crate::world::World;

use super::{Children, look_into};

/// What the deletion of `node` put into the trash: by its id where the family
/// shows ids, else the last thing deleted at its place. What was deleted below a
/// share lies in the trash of its owner; in that of this account Nextcloud puts
/// a copy, under another id. Any other id at its place is what somebody had
/// just put there instead: a thing that counts as alive, or the last that was
/// deleted at all. Several, if they were deleted in one second: nothing tells
/// which of them was ours.
pub(super) fn find<'a>(rows: &Rows, node: NodeId, trash: &'a [Discarded]) -> Vec<&'a Discarded> {
    let gone_from = rows.intents.get(&node).and_then(|intent| intent.gone_from.clone());
    let path = gone_from.or_else(|| rows.path(Side::Remote, node));
    let (Some(row), Some(path)) = (rows.remote.get(&node), path) else { return Vec::new() };
    let is_it = |item: &&Discarded| match (&item.file_id, &row.seen.file_id) {
        (Some(item), Some(row)) => item == row,
        (None, Some(row)) if item.perhaps_id.as_ref() == Some(row) => true,
        _ => item.location == path,
    };
    // Of two things with one id, the one that was deleted there.
    let it_there = |item: &&Discarded| is_it(item) && item.location == path;
    let shared = row.seen.perms.contains(Perms::SHARED);
    // Something that was gone before the thing had its date is another one.
    let since = |item: &&Discarded| item.at.zip(row.seen.mtime).is_none_or(|(at, date)| at >= date);
    let copy = |item: &&Discarded| shared && item.location == path && since(item);
    let last = |is: &dyn Fn(&&Discarded) -> bool| -> Vec<&'a Discarded> {
        let at = trash.iter().filter(|item| is(item)).map(|item| item.at).max();
        trash.iter().filter(|item| is(item) && Some(item.at) == at).collect()
    };
    let newest = trash.iter().filter_map(|item| item.at).max();
    let another = |item: &&Discarded| {
        let is_alive =
            |id: &String| rows.remote.values().any(|other| other.seen.file_id.as_ref() == Some(id));
        item.location == path
            && since(item)
            && (item.file_id.as_ref().is_some_and(is_alive) || item.at == newest)
    };
    let ways: [&dyn Fn(&&Discarded) -> bool; 4] = [&it_there, &is_it, &copy, &another];
    ways.into_iter().map(last).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Whether the trash names a thing by what is another node's id.
fn is_known_other(rows: &Rows, node: NodeId, item: &Discarded) -> bool {
    let Some(id) = &item.perhaps_id else { return false };
    let is_it = |row: &RemoteRow| row.seen.file_id.as_ref() == Some(id);
    !rows.remote.get(&node).is_some_and(is_it) && rows.remote.values().any(is_it)
}

/// Whether a thing in the trash is what the rows say of `node`, with nothing
/// in it that they do not know.
pub(super) async fn is_as_meant<W: World>(
    world: &W,
    rows: &Rows,
    children: &Children<'_>,
    node: NodeId,
    item: &Discarded,
) -> std::result::Result<bool, EngineError> {
    let mut todo = vec![(node, item.clone())];
    let known = rows.remote.get(&node).and_then(|row| row.seen.file_id.clone());
    let copied = differ(&known, &item.file_id);
    if broken(Mutant::TrashUnlooked) {
        return Ok(true);
    }
    let shared = |row: &RemoteRow| row.seen.perms.contains(Perms::SHARED);
    if copied && !rows.remote.get(&node).is_some_and(shared) || is_known_other(rows, node, item) {
        return Ok(false);
    }
    while let Some((node, item)) = todo.pop() {
        let Some(row) = rows.remote.get(&node) else { return Ok(false) };
        let folder = row.entry.body.is_dir();
        if folder != (item.kind == Kind::Dir) || (!folder && !is_same_file(row, &item, copied)) {
            return Ok(false);
        }
        if !folder {
            continue;
        }
        for item in look_into(world.server(), Some(&item)).await? {
            let name = item.location.name().unwrap_or_default();
            match children.named(node, name) {
                Some(child) => todo.push((child, item)),
                None if goes_along(rows, &item.location, item.kind) => {}
                None => return Ok(false),
            }
        }
    }
    Ok(true)
}

/// Whether something that the rows do not know goes with its folder.
pub(super) fn goes_along(rows: &Rows, at: &RelPath, kind: Kind) -> bool {
    let name = at.name().and_then(|name| Name::new(name).ok());
    let dir = at.parent().unwrap_or_default();
    name.is_some_and(|name| rows.pair.chosen.rules.goes_along(&dir, &name, kind))
}

/// Whether all that the trash shows of a file is as it was observed; of what
/// was `copied` into it, id and etag tell nothing.
fn is_same_file(row: &RemoteRow, item: &Discarded, copied: bool) -> bool {
    let seen = &row.seen;
    match (&seen.etag, &item.etag) {
        (Some(then), Some(now)) if !copied => return then == now,
        _ => {}
    }
    (copied || !differ(&seen.file_id, &item.file_id))
        && !differ(&seen.sha1, &item.sha1)
        && !differ(&seen.size, &item.size)
}

fn differ<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}
