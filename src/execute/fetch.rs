//! Fetches a file that is not here yet, or reads one only to know it.

use bytes::Bytes;

use crate::disk::Disk as _;
use crate::model::{
    Body, Change, Digest, Hash, Intent, LocalRow, Name, NodeId, Place, RelPath, RemoteSeen, Rows,
    Side, Stand, Sums,
};
use crate::mutant::{Mutant, broken};
use crate::server::Resource;
use crate::world::World;

use super::guard::{self, Expect, Shown, folder_of};
use super::outcome::{Performed, Refusal};
use super::partial;
use super::stage::{Source, Staged, is_racy};
use super::twins::Twins;

impl Source {
    /// What the rows say of the server's file `node`.
    pub(super) fn of(rows: &Rows, node: NodeId) -> Option<Self> {
        let shown = Shown::of(rows, node).filter(|shown| !shown.is_dir())?;
        Some(Self { node, shown, row: rows.remote.get(&node)?.clone(), twin: None })
    }

    /// As [`Self::of`], with what is here already of its bytes.
    pub(super) fn with_twin(rows: &Rows, node: NodeId, twins: &Twins) -> Option<Self> {
        Some(Self { twin: twins.here(rows, node), ..Self::of(rows, node)? })
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
        twins: &Twins,
    ) -> Option<Self> {
        let dir = guard::folder(rows, Side::Local, place.parent)?;
        Some(Self {
            source: Source::with_twin(rows, node, twins)?,
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
        self.check(world).await?;
        let staged = self.source.stage(world).await?;
        self.settle(world, staged).await
    }

    /// As [`Self::perform`], with bytes that came already and are proved.
    pub(super) async fn perform_with<W: World>(
        self,
        world: &W,
        bytes: Bytes,
        digest: Digest,
    ) -> Result<Performed, Refusal> {
        let staged = self.source.stage_given(world, bytes, digest).await?;
        self.settle(world, staged).await
    }

    /// Refuses, before a byte has come, what could not be put into its place.
    pub(super) async fn check<W: World>(&self, world: &W) -> Result<(), Refusal> {
        Ok(world.disk().changeable(&self.to).await?)
    }

    /// Where the file is on the server.
    pub(super) fn there(&self) -> &RelPath {
        &self.source.shown.at
    }

    /// What the server showed of it.
    pub(super) fn seen(&self) -> &RemoteSeen {
        &self.source.row.seen
    }

    /// Whether bytes that came without a version are those of the observed
    /// one, as a listing made after them shows it (I4).
    pub(super) fn is_proved_by(&self, after: &Resource, digest: &Digest) -> bool {
        self.source.is_proved_by(after, digest)
    }

    async fn settle<W: World>(self, world: &W, staged: Staged) -> Result<Performed, Refusal> {
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
            ..LocalRow::home(self.place, Body::known(staged.digest.hash), staged.digest.sha1, seen)
        };
        let node = self.source.node;
        let remote = self.source.known(&staged.digest);
        let changes = vec![Change::Local(node, Some(row)), Change::Remote(node, Some(remote))];
        let down = staged.fetched;
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

/// The server's bytes, to be read only to know them (amendment 18).
#[derive(Debug)]
pub(super) struct Read {
    source: Source,
    /// What was sent of the file, if it may have arrived in part.
    sent: Option<Sent>,
}

/// What was sent to the server of a file.
#[derive(Debug)]
struct Sent {
    intent: Intent,
    /// The file with these bytes and their number, if it still has them.
    whole: Option<(Expect, u64)>,
}

impl Read {
    /// Takes what the step needs from the rows. None: they know too little.
    pub(super) fn prepare(rows: &Rows, node: NodeId) -> Option<Self> {
        Some(Self { source: Source::of(rows, node)?, sent: Sent::of(rows, node) })
    }

    /// Reads; writes nothing.
    pub(super) async fn perform<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        let digest = self.source.read(world, async |_| Ok(())).await?;
        let node = self.source.node;
        let mut changes = vec![Change::Remote(node, Some(self.source.known(&digest)))];
        if let Some(sent) = self.sent {
            changes.extend(sent.torn(world, node, digest).await);
        }
        Ok(Performed { down: digest.size, ..Performed::done(changes, Vec::new()) })
    }
}

impl Sent {
    fn of(rows: &Rows, node: NodeId) -> Option<Self> {
        let intent = rows.intents.get(&node).filter(|intent| !intent.sent.is_empty())?.clone();
        let was_sent = |hash: &Hash| intent.sent.iter().any(|digest| digest.hash == *hash);
        let row = rows.local.get(&node);
        let whole = row.filter(|row| row.entry.body.hash().as_ref().is_some_and(was_sent));
        let whole = whole.and_then(|row| Some((Expect::of(rows, node)?, row.seen.size)));
        Some(Self { intent, whole })
    }

    /// Bytes on the server that are only the beginning of what was sent are
    /// our own torn write and nobody's edit (amendment 20a). They are written
    /// down as sent, so that they are recognised as ours, and the whole is
    /// sent again over them.
    async fn torn<W: World>(mut self, world: &W, node: NodeId, there: Digest) -> Option<Change> {
        if broken(Mutant::TornIsEdit) || !self.begins_with(world, &there).await? {
            return None;
        }
        tracing::debug!(?node, bytes = there.size, "our own torn write");
        self.intent.sent.push(there);
        Some(Change::Intent(node, Some(self.intent)))
    }

    /// Whether more than the bytes `there` was sent, and began with them; none
    /// if it cannot be told.
    async fn begins_with<W: World>(&self, world: &W, there: &Digest) -> Option<bool> {
        if there.size == 0 {
            // Everything begins so, and nobody's bytes are in it.
            return Some(self.intent.sent.iter().any(|digest| digest.size > 0));
        }
        let (expect, size) = self.whole.as_ref()?;
        if there.size >= *size {
            return Some(false);
        }
        expect.check(world.disk()).await.ok()?;
        let ours = partial::prefix(world.disk(), &expect.at, there.size, Sums::Ours);
        Some(ours.await.ok()??.finish().hash == there.hash)
    }
}
