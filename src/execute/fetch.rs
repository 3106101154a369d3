//! Fetches a file that is not here yet, or reads one only to know it.

use crate::disk::Disk as _;
use crate::model::{Body, Change, LocalRow, Name, NodeId, Place, RelPath, Rows, Side, Stand};
use crate::world::World;

use super::guard::{self, Expect, Shown, folder_of};
use super::outcome::{Performed, Refusal};
use super::stage::{Source, Staged, is_racy};

impl Source {
    /// What the rows say of the server's file `node`.
    pub(super) fn of(rows: &Rows, node: NodeId) -> Option<Self> {
        let shown = Shown::of(rows, node)?;
        (!shown.is_dir())
            .then(|| Some(Self { node, shown, row: rows.remote.get(&node)?.clone() }))?
    }
}

/// A file of the server that appears on this computer.
#[derive(Debug)]
pub(super) struct Fetch {
    source: Source,
    place: Place,
    stand: Stand,
    given: Option<Name>,
    to: RelPath,
}

impl Fetch {
    /// Takes what the step needs from the rows. None: they know too little.
    pub(super) fn prepare(
        rows: &Rows,
        node: NodeId,
        place: &Place,
        alias: Option<&Name>,
        given: bool,
    ) -> Option<Self> {
        let dir = guard::folder(rows, Side::Local, place.parent)?;
        Some(Self {
            source: Source::of(rows, node)?,
            place: place.clone(),
            stand: alias.cloned().map_or(Stand::Home, Stand::Alias),
            given: given.then(|| place.name.clone()),
            to: dir.join(alias.unwrap_or(&place.name)),
        })
    }

    /// Stages the bytes and gives them their place, which must be free.
    ///
    /// A cut leaves `<id>.new`, which is worthless, or the file at its place
    /// without a row: both sides are equal, and adopted.
    pub(super) async fn perform<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        let staged = self.source.stage(world).await?;
        let seen = match place(world, &staged, &self.to).await {
            Ok(seen) => seen,
            Err(refusal) => {
                let _ = world.disk().purge(&staged.at).await;
                return Err(refusal);
            }
        };
        let row = LocalRow {
            racy: is_racy(world.disk(), &seen),
            stand: self.stand,
            given: self.given,
            ..LocalRow::home(
                self.place,
                Body::known(staged.digest.hash),
                Some(staged.digest.sha1),
                seen,
            )
        };
        let node = self.source.node;
        let remote = self.source.known(&staged.digest);
        let changes = vec![Change::Local(node, Some(row)), Change::Remote(node, Some(remote))];
        let down = staged.digest.size;
        Ok(Performed { down, ..Performed::done(changes, vec![folder_of(&self.to)]) })
    }
}

/// Gives a staged file its place and returns what it shows there.
pub(super) async fn place<W: World>(
    world: &W,
    staged: &Staged,
    to: &RelPath,
) -> Result<crate::model::LocalSeen, Refusal> {
    world.disk().rename(&staged.at, to).await?;
    Ok(proved(world, staged, to).await)
}

/// The evidence of a file just placed. If it has been written to since, the
/// evidence from staging: the next scan sees the difference and reads it.
pub(super) async fn proved<W: World>(
    world: &W,
    staged: &Staged,
    at: &RelPath,
) -> crate::model::LocalSeen {
    let expect = Expect::staged(at.clone(), staged.seen);
    match world.disk().stat(at).await {
        Ok(Some(stat)) if expect.holds_moved(&stat) => stat.seen,
        _ => staged.seen,
    }
}

/// Reads the server's bytes to know them; writes nothing (amendment 18).
pub(super) async fn read<W: World>(world: &W, source: Source) -> Result<Performed, Refusal> {
    let digest = source.read(world, async |_| Ok(())).await?;
    let node = source.node;
    let changes = vec![Change::Remote(node, Some(source.known(&digest)))];
    Ok(Performed { down: digest.size, ..Performed::done(changes, Vec::new()) })
}
