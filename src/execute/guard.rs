//! The evidence that every effect carries (I5, amendment 19).
//!
//! Local effects go through [`Expect`], requests that change the server
//! through [`Shown`]; both can be made only from observed rows.

use crate::disk::{Disk, DiskErrorKind, FileType, Stat};
use crate::model::{
    Body, Content, Hash, Kind, LocalSeen, NodeId, RelPath, RemoteRow, RemoteSeen, Rows, Side,
    layout,
};
use crate::mutant::{Mutant, broken};
use crate::server::{Guard, Resource, Server};
use crate::world::World;

use super::outcome::Refusal;
use super::{conflict, stage};

fn kind_of(body: Body) -> Kind {
    if body.is_dir() { Kind::Dir } else { Kind::File }
}

/// The folder that holds `path`; the root's own is the root.
pub(super) fn folder_of(path: &RelPath) -> RelPath {
    path.parent().unwrap_or_default()
}

/// The path on `side` of a folder that nodes are put into. The root counts.
pub(super) fn folder(rows: &Rows, side: Side, node: NodeId) -> Option<RelPath> {
    if node.is_root() { Some(RelPath::root()) } else { rows.path(side, node) }
}

/// What must still be so of one thing on this computer.
#[derive(Clone, Debug)]
pub(super) struct Expect {
    /// Where it really is.
    pub(super) at: RelPath,
    kind: Kind,
    seen: LocalSeen,
    /// Its bytes, if a write could have left its length and times as they are
    /// (amendment 34).
    doubted: Option<Hash>,
}

impl Expect {
    /// What the rows say of `node`.
    pub(super) fn of(rows: &Rows, node: NodeId) -> Option<Self> {
        let row = rows.local.get(&node)?;
        let at = rows.path(Side::Local, node)?;
        let doubted = row.entry.body.hash().filter(|_| row.racy);
        Some(Self { at, kind: kind_of(row.entry.body), seen: row.seen, doubted })
    }

    /// What a finished file in staging showed.
    pub(super) fn staged(at: RelPath, seen: LocalSeen) -> Self {
        Self { at, kind: Kind::File, seen, doubted: None }
    }

    fn is_kind(&self, stat: &Stat) -> bool {
        match self.kind {
            Kind::File => stat.file_type == FileType::File,
            Kind::Dir => stat.file_type == FileType::Dir,
        }
    }

    /// Whether `stat` shows the thing untouched. Of a folder only the identity
    /// counts: its times change with every child, our own steps' included.
    pub(super) fn holds(&self, stat: &Stat) -> bool {
        let same = match self.kind {
            Kind::File if !broken(Mutant::ExpectByInode) => self.seen.unchanged(&stat.seen),
            _ => self.seen.same_object(&stat.seen),
        };
        self.is_kind(stat) && same
    }

    /// Whether `stat` shows the very file, and that it is longer now.
    pub(super) fn has_grown(&self, stat: &Stat) -> bool {
        self.kind == Kind::File
            && self.is_kind(stat)
            && self.seen.same_object(&stat.seen)
            && stat.seen.size > self.seen.size
    }

    /// As [`Self::holds`], for a thing that we have renamed ourselves since.
    pub(super) fn holds_moved(&self, stat: &Stat) -> bool {
        let same = match self.kind {
            Kind::File if !broken(Mutant::ExpectByInode) => self.seen.same_but_moved(&stat.seen),
            _ => self.seen.same_object(&stat.seen),
        };
        self.is_kind(stat) && same
    }

    /// What a thing shows that was proved to be the expected one, and that we
    /// have moved since. If it has been written to meanwhile, the evidence from
    /// before: whoever looks next sees the difference.
    pub(super) fn evidence(&self, now: &Stat) -> LocalSeen {
        if self.holds_moved(now) { now.seen } else { self.seen }
    }

    /// Looks: what stands there now, if it is what was observed.
    pub(super) async fn check<D: Disk>(&self, disk: &D) -> Result<Stat, Refusal> {
        match disk.stat(&self.at).await? {
            Some(stat) if self.holds(&stat) => Ok(stat),
            _ => Err(Refusal::STALE),
        }
    }

    /// Whether what was moved to `at` still has the bytes that were observed, if
    /// its length and times do not tell.
    pub(super) async fn has_bytes<D: Disk>(&self, disk: &D, at: &RelPath) -> bool {
        let Some(hash) = self.doubted else { return true };
        stage::digest(disk, at).await.is_ok_and(|digest| digest.hash == hash)
    }

    /// Gives the thing another path, proves that it was the one expected, and
    /// returns what it shows there. If it was not, it goes back.
    ///
    /// RACE: a user may save by rename between our look and our rename. The
    /// second look finds it: the file carries other evidence.
    pub(super) async fn rename<W: World>(&self, world: &W, to: &RelPath) -> Result<Stat, Refusal> {
        let disk = world.disk();
        let before = self.check(disk).await?;
        if self.at == *to {
            return Ok(before);
        }
        disk.rename(&self.at, to).await?;
        match disk.stat(to).await? {
            Some(after) if self.holds_moved(&after) || broken(Mutant::RenameUnproved) => Ok(after),
            Some(_) => {
                put_back(world, to, &self.at).await?;
                Err(Refusal::STALE)
            }
            None => Err(Refusal::STALE),
        }
    }
}

/// Brings a thing that was moved by mistake home, or beside its place if that
/// has been taken, or to the top if its folder is gone.
pub(super) async fn put_back<W: World>(
    world: &W,
    from: &RelPath,
    home: &RelPath,
) -> Result<(), Refusal> {
    use DiskErrorKind::{Exists, NotFound, WrongType};
    let to = match world.disk().rename(from, home).await {
        Ok(()) => home.clone(),
        Err(error) if matches!(error.kind, Exists | NotFound | WrongType) => {
            conflict::beside(world, from, home).await?
        }
        Err(error) => return Err(error.into()),
    };
    world.disk().sync_dir(&folder_of(&to)).await?;
    Ok(())
}

/// What must still be so of one resource of the server.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// Where it really is.
    pub(super) at: RelPath,
    kind: Kind,
    seen: RemoteSeen,
}

impl Shown {
    /// What the rows say of `node`.
    pub(super) fn of(rows: &Rows, node: NodeId) -> Option<Self> {
        let row = rows.remote.get(&node)?;
        Some(Self::new(rows.path(Side::Remote, node)?, row))
    }

    fn new(at: RelPath, row: &RemoteRow) -> Self {
        Self { at, kind: kind_of(row.entry.body), seen: row.seen.clone() }
    }

    /// Whether it is a folder.
    pub(super) fn is_dir(&self) -> bool {
        self.kind == Kind::Dir
    }

    /// The condition that the request itself can carry (servers compare
    /// versions of files only).
    pub(super) fn guard(&self) -> Guard {
        match (&self.seen.etag, self.kind) {
            (Some(etag), Kind::File) if !broken(Mutant::NoIfMatch) => Guard::Version(etag.clone()),
            _ => Guard::Present,
        }
    }

    /// Whether `resource` is the version that was observed; of a folder,
    /// whether it is the same folder.
    pub(super) fn holds(&self, resource: &Resource) -> bool {
        let (then, now) = (&self.seen, &resource.seen);
        if self.kind != resource.kind || differ(&then.file_id, &now.file_id) {
            return false;
        }
        let same_id = then.file_id.is_some() && then.file_id == now.file_id;
        match (&then.etag, &now.etag) {
            // An id says which folder it is; what is in it may have changed.
            _ if self.is_dir() && same_id => true,
            (Some(then), Some(now)) => then == now,
            _ if self.is_dir() => true,
            _ => then.size == now.size && then.mtime == now.mtime,
        }
    }

    /// Whether `resource` is this thing, in whatever version: by its id, or
    /// where there are none by standing at its place.
    pub(super) fn is_that(&self, resource: &Resource) -> bool {
        self.kind == resource.kind && !differ(&self.seen.file_id, &resource.seen.file_id)
    }

    /// Whether a version is known of it.
    pub(super) fn has_version(&self) -> bool {
        self.seen.etag.is_some()
    }

    /// Looks where [`Self::guard`] cannot: asks the server unless the request
    /// itself will carry the version.
    pub(super) async fn check<S: Server>(&self, server: &S) -> Result<(), Refusal> {
        match self.guard() {
            Guard::Present if !broken(Mutant::NoLookBefore) => self.look(server).await.map(drop),
            _ => Ok(()),
        }
    }

    /// Looks: what stands there now, if it is what was observed.
    pub(super) async fn look<S: Server>(&self, server: &S) -> Result<Resource, Refusal> {
        match server.stat(&self.at).await? {
            Some(resource) if self.holds(&resource) => Ok(resource),
            _ => Err(Refusal::STALE),
        }
    }
}

/// Both are known, and they are not the same.
fn differ<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}

/// Makes sure that our folders are there to work in. Existing ones are kept.
pub(super) async fn make_own_dirs<D: Disk>(disk: &D) -> Result<(), crate::disk::DiskError> {
    for dir in [layout::own_dir(), layout::staging(), layout::aside()] {
        match disk.make_dir(&dir).await {
            Err(error) if error.kind != DiskErrorKind::Exists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The content register of a row that is a file.
pub(super) fn content(body: Body) -> Option<Content> {
    match body {
        Body::File(content) => Some(content),
        Body::Dir => None,
    }
}
