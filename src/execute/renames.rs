//! Another name, because somebody wants it: as they could give it themselves on
//! either side. The next look sees it as theirs, so nothing is written down.

use crate::disk::{Disk as _, DiskErrorKind};
use crate::model::{Name, NodeId, RelPath, Rows, Side};
use crate::server::{Server as _, ServerErrorKind};
use crate::world::World;

use super::guard::{Expect, Shown, folder_of};
use super::outcome::Refusal;
use super::versions::Unsettled;

/// Gives `node` that name on that side, in the folder where it is, if it is as it
/// was last seen and nothing is called so. Returns where it is.
///
/// # Errors
///
/// See [`Unsettled`]; then it is called as before.
pub async fn rename<W: World>(
    world: &W,
    rows: &Rows,
    (side, node): (Side, NodeId),
    name: &Name,
) -> Result<RelPath, Unsettled> {
    match side {
        Side::Local => here(world, rows, node, name).await,
        Side::Remote => there(world, rows, node, name).await,
    }
}

async fn here<W: World>(
    world: &W,
    rows: &Rows,
    node: NodeId,
    name: &Name,
) -> Result<RelPath, Unsettled> {
    let expect = Expect::of(rows, node).ok_or(Unsettled::Gone)?;
    let to = folder_of(&expect.at).join(name);
    expect.check(world.disk()).await?;
    match world.disk().rename(&expect.at, &to).await {
        Err(error) if error.kind == DiskErrorKind::Exists => return Err(Unsettled::Taken),
        renamed => renamed?,
    }
    world.disk().sync_dir(&folder_of(&to)).await?;
    Ok(to)
}

async fn there<W: World>(
    world: &W,
    rows: &Rows,
    node: NodeId,
    name: &Name,
) -> Result<RelPath, Unsettled> {
    let shown = Shown::of(rows, node).ok_or(Unsettled::Gone)?;
    let to = folder_of(&shown.at).join(name);
    shown.check(world.server()).await?;
    match world.server().rename(&shown.at, &to, &shown.guard()).await {
        Err(error) if error.kind == ServerErrorKind::Exists => Err(Unsettled::Taken),
        Err(error) => Err(Refusal::from(error).into()),
        Ok(_) => Ok(to),
    }
}
