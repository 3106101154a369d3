//! Folders, renames and moves, on either side. No bytes travel.

use crate::disk::Disk as _;
use crate::event::Outcome;
use crate::model::{
    Body, Change, Content, Entry, LocalRow, Name, NodeId, Perms, Place, RelPath, RemoteRow,
    RemoteSeen, Rows, Side, Stand, layout,
};
use crate::mutant::{Mutant, broken};
use crate::server::{Guard, Server, ServerErrorKind, Written};
use crate::world::World;

use super::deleted;
use super::guard::{self, Expect, Shown, content, folder_of};
use super::outcome::{Performed, Refusal};

/// A folder that appears on one side.
#[derive(Debug)]
pub(super) struct MakeDir {
    node: NodeId,
    place: Place,
    stand: Stand,
    at: RelPath,
}

impl MakeDir {
    /// Takes what the step needs from the rows. None: they know too little.
    pub(super) fn prepare(
        rows: &Rows,
        side: Side,
        node: NodeId,
        place: &Place,
        alias: Option<&Name>,
    ) -> Option<Self> {
        let dir = guard::folder(rows, side, place.parent)?;
        let stand = alias.cloned().map_or(Stand::Home, Stand::Alias);
        let at = dir.join(alias.unwrap_or(&place.name));
        Some(Self { node, place: place.clone(), stand, at })
    }

    /// Makes it here. A cut leaves an empty folder, equal on both sides: adopted.
    pub(super) async fn here<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        let stat = world.disk().make_dir(&self.at).await?;
        let home = LocalRow::home(self.place, Body::Dir, None, stat.seen);
        let row = LocalRow { stand: self.stand, ..home };
        let changes = vec![Change::Local(self.node, Some(row))];
        Ok(Performed::done(changes, vec![folder_of(&self.at)]))
    }

    /// Makes it on the server.
    pub(super) async fn there<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        let server = world.server();
        let written = server.make_dir(&self.at).await?;
        let told = written.etag.is_some() || !server.profile().tree_etags;
        let known = told && (written.file_id.is_some() || !server.profile().file_ids);
        let asked = if known { None } else { server.stat(&self.at).await.ok().flatten() };
        let seen = asked.map_or_else(|| just_made(written), |resource| resource.seen);
        let row = RemoteRow {
            entry: Entry { place: self.place, body: Body::Dir },
            seen,
            listed: None,
            holds_ignored: false,
            racy: false,
            stand: Stand::Home,
        };
        Ok(Performed::done(vec![Change::Remote(self.node, Some(row))], Vec::new()))
    }
}

fn just_made(written: Written) -> RemoteSeen {
    RemoteSeen {
        file_id: written.file_id,
        etag: written.etag,
        sha1: None,
        perms: Perms::OWN,
        size: None,
        mtime: None,
    }
}

/// A local node on its way to another path: a move, or into staging.
///
/// A cut leaves it at the new path without a row: its id shows the move, and
/// the server shows the same; or the name in staging tells (amendment 8).
#[derive(Debug)]
pub(super) struct Shift {
    node: NodeId,
    expect: Expect,
    /// The row as it will be, but for the evidence.
    row: LocalRow,
    to: RelPath,
}

impl Shift {
    /// A move to a place. None: the rows know too little.
    pub(super) fn to_place(
        rows: &Rows,
        node: NodeId,
        place: &Place,
        alias: Option<&Name>,
        given: bool,
    ) -> Option<Self> {
        let mut row = rows.local.get(&node)?.clone();
        let to = guard::folder(rows, Side::Local, place.parent)?.join(alias.unwrap_or(&place.name));
        let still = row.given.take().filter(|name| *name == place.name);
        row.given = if given { Some(place.name.clone()) } else { still };
        row.entry.place = place.clone();
        row.stand = alias.cloned().map_or(Stand::Home, Stand::Alias);
        Some(Self { node, expect: Expect::of(rows, node)?, row, to })
    }

    /// Into staging. None: the rows know too little.
    pub(super) fn to_staging(rows: &Rows, node: NodeId) -> Option<Self> {
        let mut row = rows.local.get(&node)?.clone();
        row.stand = Stand::Parked;
        let to = layout::staged(node, layout::Role::Park);
        Some(Self { node, expect: Expect::of(rows, node)?, row, to })
    }

    /// Renames, and proves that the right thing was renamed.
    pub(super) async fn perform<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        let stat = self.expect.rename(world, &self.to).await?;
        let row = LocalRow { seen: stat.seen, ..self.row };
        let changes = vec![Change::Local(self.node, Some(row))];
        Ok(Performed::done(changes, vec![folder_of(&self.expect.at), folder_of(&self.to)]))
    }
}

/// A node of the server on its way to another path: a move, or into staging.
#[derive(Debug)]
pub(super) struct ShiftThere {
    node: NodeId,
    shown: Shown,
    row: RemoteRow,
    to: RelPath,
}

impl ShiftThere {
    /// A move to a place. None: the rows know too little.
    pub(super) fn to_place(rows: &Rows, node: NodeId, place: &Place) -> Option<Self> {
        let mut row = rows.remote.get(&node)?.clone();
        row.entry.place = place.clone();
        row.stand = Stand::Home;
        let to = guard::folder(rows, Side::Remote, place.parent)?.join(&place.name);
        Some(Self { node, shown: Shown::of(rows, node)?, row, to })
    }

    /// Into our folder on the server. None: the rows know too little.
    pub(super) fn to_staging(rows: &Rows, node: NodeId) -> Option<Self> {
        let mut row = rows.remote.get(&node)?.clone();
        row.stand = Stand::Parked;
        let to = layout::parked_remote(&rows.pair.tag, node, &row.entry.place.name);
        Some(Self { node, shown: Shown::of(rows, node)?, row, to })
    }

    /// Moves, and learns what the server shows afterwards.
    pub(super) async fn perform<W: World>(mut self, world: &W) -> Result<Performed, Refusal> {
        let server = world.server();
        if self.row.stand == Stand::Parked {
            match server.make_dir(&layout::own_dir()).await {
                Err(error) if error.kind != ServerErrorKind::Exists => return Err(error.into()),
                _ => {}
            }
        }
        let before = self.row.entry.body;
        if self.shown.at != self.to
            && server.profile().names.takes_for_one(&self.shown.at, &self.to)
        {
            // Nothing to ask for: it would be what it is. The next listing
            // shows its spelling, and then this computer takes it over.
            let changes = vec![Change::Remote(self.node, Some(self.row))];
            return Ok(Performed { changes, ..Performed::ended(Outcome::Stale) });
        }
        if self.shown.at != self.to {
            self.shown.check(server).await?;
            let written = server.rename(&self.shown.at, &self.to, &self.shown.guard()).await?;
            self.learn(world, written).await;
        }
        let carried = self.row.entry.body != before;
        let changes = vec![Change::Remote(self.node, Some(self.row))];
        // What was carried along is to be read before anything is written over it.
        let outcome = if carried { Outcome::Stale } else { Outcome::Done };
        Ok(Performed { changes, ..Performed::ended(outcome) })
    }

    /// Amendment 13: a MOVE may carry an edit along that nobody here has seen.
    /// Only an unchanged etag, or the server's checksum, proves the old bytes.
    async fn learn<W: World>(&mut self, world: &W, written: Written) {
        let unchanged = written.etag.is_some() && written.etag == self.row.seen.etag;
        if written.file_id.is_some() {
            self.row.seen.file_id = written.file_id;
        }
        if unchanged || (self.shown.is_dir() && !world.server().profile().tree_etags) {
            return;
        }
        let now = world.server().stat(&self.to).await.ok().flatten();
        let Some(now) = now else {
            self.forget_content();
            return;
        };
        let old = std::mem::replace(&mut self.row.seen, now.seen);
        let new = &self.row.seen;
        let same_etag = old.etag.is_some() && old.etag == new.etag;
        let same_sum = old.sha1.is_some() && old.sha1 == new.sha1 && old.size == new.size;
        let same_look = old.etag.is_none()
            && new.etag.is_none()
            && (old.size, old.mtime) == (new.size, new.mtime);
        if !(same_etag || same_sum || same_look) {
            self.forget_content();
            // Another version than the row's, and perhaps a young one (amendment 4).
            self.row.racy = !self.shown.is_dir();
        }
    }

    fn forget_content(&mut self) {
        if content(self.row.entry.body).is_some() && !broken(Mutant::MoveCarriesUnread) {
            self.row.entry.body = Body::File(Content::Unread);
        }
    }
}

/// Removes our folder from the server when nothing is parked there any more.
///
/// RACE: another device may park between our listing and the request, one round
/// trip. Hence only where a trash stands behind it, into which we look; elsewhere
/// the folder stays. It stays, too, while a request may still land that parks.
pub(super) async fn tidy<W: World>(world: &W, rows: &Rows) -> crate::server::Result<()> {
    let server = world.server();
    if !server.profile().trash || rows.intents.values().any(|intent| intent.unknown) {
        return Ok(());
    }
    let dir = layout::own_dir();
    match server.list(&dir).await {
        Ok(listing) if listing.children.is_empty() && listing.unusable.is_empty() => {
            server.delete(&dir, &Guard::Present).await?;
            deleted::look_after_own_dir(world).await
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind == ServerErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
