//! Sends a file to the server, new or over an older version.

use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use futures::channel::mpsc;
use futures::{StreamExt as _, stream};

use crate::clock::Clock as _;
use crate::disk::{Disk as _, OpenFile};
use crate::event::{Cause, Event};
use crate::model::{
    Body, Change, Content, Digest, Entry, Hash, LocalRow, LocalSeen, Name, NodeId, Perms, Place,
    RelPath, RemoteRow, RemoteSeen, Rows, Side, Stand, UploadAt,
};
use crate::mutant::{Mutant, broken};
use crate::server::{
    Addresses, ByteStream, Effect, Guard, Part, Server, ServerError, ServerErrorKind, Upload,
    Written,
};
use crate::world::World;

use super::guard::{self, Expect, Shown};
use super::outcome::{Performed, Refusal, unreadable};
use super::overwrite::{self, Back};
use super::passing::{Passed, held_back};
use super::twins::{self, Copied, Twins};

/// Files up to this size are read whole before the first byte is sent.
const WHOLE: u64 = 4 << 20;
const NANOS: i64 = 1_000_000_000;
/// Seconds by which a date may have been put forward, one for each edit.
const AHEAD: i64 = 60;

/// A file of this computer on its way to the server.
#[derive(Debug)]
pub(super) struct Send {
    pub(super) node: NodeId,
    expect: Expect,
    row: LocalRow,
    hash: Hash,
    /// Where the server is to show it.
    to: RelPath,
    /// What it is to show there, but for the evidence.
    entry: Entry,
    /// The version that it replaces.
    over: Option<(Shown, RemoteRow)>,
    /// What its upload is called on the server.
    upload: String,
    /// Where it has begun to arrive.
    at: Option<UploadAt>,
    /// Is told where it begins to.
    begun: Option<mpsc::UnboundedSender<(NodeId, UploadAt)>>,
    /// Where the server has the same bytes already, of a new file.
    twin: Option<Shown>,
}

impl Send {
    /// A file that the server does not have. None: the rows know too little.
    pub(super) fn new(rows: &Rows, node: NodeId, place: &Place, twins: &Twins) -> Option<Self> {
        let to = guard::folder(rows, Side::Remote, place.parent)?.join(&place.name);
        let twin = twins.there(rows, node);
        Some(Self { twin, ..Self::prepare(rows, node, to, place.clone(), None)? })
    }

    /// New bytes over the server's, where the node stands. None: the rows know too little.
    pub(super) fn over(rows: &Rows, node: NodeId) -> Option<Self> {
        let shown = Shown::of(rows, node).filter(|shown| !shown.is_dir())?;
        let row = rows.remote.get(&node)?.clone();
        let place = row.entry.place.clone();
        Self::prepare(rows, node, shown.at.clone(), place, Some((shown, row)))
    }

    fn prepare(
        rows: &Rows,
        node: NodeId,
        to: RelPath,
        place: Place,
        over: Option<(Shown, RemoteRow)>,
    ) -> Option<Self> {
        let row = rows.local.get(&node)?.clone();
        let hash = row.entry.body.hash()?;
        let expect = Expect::of(rows, node)?;
        let entry = Entry { place, body: Body::known(hash) };
        let upload = upload_name(&rows.pair.tag, &to, &row)?;
        let at = rows.uploads.get(&node).filter(|at| at.name == upload).cloned();
        let (begun, twin) = (None, None);
        Some(Self { node, expect, row, hash, to, entry, over, upload, at, begun, twin })
    }

    /// Says whom to tell where the upload arrives, for a run after this one.
    pub(super) fn tell_begun(&mut self, begun: mpsc::UnboundedSender<(NodeId, UploadAt)>) {
        self.begun = Some(begun);
    }

    /// Reads, proves that the bytes are those of the row, sends them under the
    /// guard, and learns the new version.
    ///
    /// A cut leaves the intent, which recognises our bytes on the server.
    pub(super) async fn perform<W: World>(self, world: &W) -> Result<Performed, Refusal> {
        self.expect.check(world.disk()).await?;
        if let Some(performed) = self.copied(world).await? {
            return Ok(performed);
        }
        let guard = self.guard(world).await?;
        let size = self.row.seen.size;
        let sent = if size <= WHOLE {
            self.at_once(world, &guard).await?
        } else {
            self.streamed(world, &guard).await?
        };
        self.undo_overwrite(world, &sent.0).await?;
        Ok(self.arrived(world, sent.0, &sent.1).await)
    }

    /// What its row says of its bytes.
    fn digest(&self) -> Digest {
        Digest { hash: self.hash, sha1: self.row.sha1, size: self.row.seen.size }
    }

    /// Whose bytes it sends, where they are, and what they must be.
    pub(super) fn source(&self) -> (NodeId, &Expect, Hash, u64) {
        (self.node, &self.expect, self.hash, self.row.seen.size)
    }

    /// As it is, but from a copy with the same bytes.
    pub(super) fn out_of(self, copy: Expect) -> Self {
        Self { expect: copy, ..self }
    }

    /// The file is on the server.
    pub(super) async fn arrived<W: World>(
        &self,
        world: &W,
        written: Written,
        digest: &Digest,
    ) -> Performed {
        let row = self.landed(world, written, digest).await;
        let changes = vec![Change::Remote(self.node, Some(row))];
        Performed { up: digest.size, ..Performed::done(changes, Vec::new()) }
    }

    /// Where a creation cannot be refused, it may have overwritten something.
    async fn undo_overwrite<W: World>(&self, world: &W, written: &Written) -> Result<(), Refusal> {
        let server = world.server();
        let guarded = self.over.is_some() || server.profile().guards_creations;
        if guarded || written.replaced == Some(false) {
            return Ok(());
        }
        let now = (self.mtime(), self.row.seen.size);
        match overwrite::undo(server, &self.to, written.file_id.as_deref(), now).await? {
            Back::Nothing => Ok(()),
            Back::Brought => Err(Refusal::STALE),
        }
    }

    /// Whether it can go with others: as a new file under a path that stands
    /// in a header, with bytes that the server does not have yet.
    pub(super) fn goes_together(&self) -> bool {
        self.over.is_none() && self.twin.is_none() && Part::takes(&self.to)
    }

    /// Where the server is to show it.
    pub(super) fn target(&self) -> &RelPath {
        &self.to
    }

    /// What it is called there.
    pub(super) fn name(&self) -> &Name {
        &self.entry.place.name
    }

    /// All its bytes, which are those of the row.
    pub(super) async fn read<W: World>(&self, world: &W) -> Result<(Bytes, Digest), Refusal> {
        self.expect.check(world.disk()).await?;
        let read = self.whole(self.open(world).await?).await?;
        self.expect.check(world.disk()).await?;
        Ok(read)
    }

    /// Has the server copy what it has already. None: it has to be sent.
    async fn copied<W: World>(&self, world: &W) -> Result<Option<Performed>, Refusal> {
        let Some(twin) = &self.twin else { return Ok(None) };
        let digest = self.digest();
        let copied = twins::copy_there(world, twin, &self.to, self.mtime()).await?;
        let (seen, proved) = match copied {
            Copied::Not => return Ok(None),
            Copied::Proved(seen) => (seen, true),
            Copied::Unproved(seen) => (seen, false),
        };
        let mut row = self.fresh_row(world, Written::default(), &digest);
        row.seen = seen;
        if !(proved && is_of(&row.seen, &digest)) {
            row.entry.body = Body::File(Content::Unread);
        }
        row.racy = is_young(world, row.seen.mtime);
        // The file may have changed since it was hashed; then the next scan shows it.
        self.expect.check(world.disk()).await?;
        let changes = vec![Change::Remote(self.node, Some(row))];
        Ok(Some(Performed::done(changes, Vec::new())))
    }

    async fn guard<W: World>(&self, world: &W) -> Result<Guard, Refusal> {
        let Some((shown, _)) = &self.over else { return Ok(Guard::Absent) };
        shown.check(world.server()).await?;
        Ok(shown.guard())
    }

    /// Amendment 33: never other bytes under a date that this file already had.
    /// A date there that is a little ahead of the one here is ours: it was put
    /// forward for an earlier edit that kept its date.
    pub(super) fn mtime(&self) -> Option<i64> {
        let here = self.row.seen.mtime.div_euclid(NANOS);
        let there = self.over.as_ref().and_then(|(_, row)| row.seen.mtime);
        let used = there.filter(|there| (here..here + AHEAD).contains(there));
        let date = used.map_or(here, |used| used + 1);
        (86_400 < date && date < i64::from(u32::MAX) - 1).then_some(date)
    }

    async fn open<W: World>(&self, world: &W) -> Result<OpenFile, Refusal> {
        let file = world.disk().open(&self.expect.at).await.map_err(unreadable)?;
        if self.expect.holds(&file.stat) { Ok(file) } else { Err(Refusal::STALE) }
    }

    fn upload(&self, body: ByteStream, digest: &Digest) -> Upload {
        let (size, sha1, mtime) = (digest.size, digest.sha1, self.mtime());
        let (node, begun) = (self.node, self.begun.clone());
        // Nobody listens any more once the run has ended.
        let tell = |begun: mpsc::UnboundedSender<_>| -> Box<dyn Fn(UploadAt) + std::marker::Send> {
            Box::new(move |at| drop(begun.unbounded_send((node, at))))
        };
        let resume = Addresses { known: self.at.clone(), tell: begun.map(tell) };
        Upload { body, size, sha1, mtime, name: self.upload.clone(), resume }
    }

    /// Sends bytes that are all at hand.
    async fn at_once<W: World>(
        &self,
        world: &W,
        guard: &Guard,
    ) -> Result<(Written, Digest), Refusal> {
        let (bytes, digest) = self.read(world).await?;
        world.tell(Event::Moved { node: self.node, bytes: digest.size });
        loop {
            let body = stream::iter([Ok(bytes.clone())]).boxed();
            match world.server().put(&self.to, guard, self.upload(body, &digest)).await {
                Err(error) if error.kind == ServerErrorKind::Interrupted => {}
                result => return Ok((result?, digest)),
            }
        }
    }

    async fn whole(&self, mut file: OpenFile) -> Result<(Bytes, Digest), Refusal> {
        let mut bytes = BytesMut::new();
        while let Some(block) = file.bytes.next().await {
            let block = block.map_err(|_| Refusal::failed(Cause::Unreadable))?;
            bytes.extend_from_slice(&block);
            if bytes.len() as u64 > self.row.seen.size {
                return Err(Refusal::STALE);
            }
        }
        let digest = Digest::of(&bytes);
        if digest.hash == self.hash { Ok((bytes.freeze(), digest)) } else { Err(Refusal::STALE) }
    }

    /// Sends block by block, and goes on for as long as the server says that it
    /// makes sense. The hash is known only at the end, so the last block is
    /// held back until it has been compared: a file that changes while it is
    /// read never becomes whole on the server.
    async fn streamed<W: World>(
        &self,
        world: &W,
        guard: &Guard,
    ) -> Result<(Written, Digest), Refusal> {
        let digest = self.digest();
        let mut told = 0;
        loop {
            match self.stream_once(world, guard, &digest, &mut told).await? {
                Err((error, false)) if error.kind == ServerErrorKind::Interrupted => {
                    tracing::debug!(%error, "an upload goes on");
                }
                Err((error, changed)) => return Err(cut(error, changed)),
                Ok(written) => return Ok((written, digest)),
            }
        }
    }

    /// Sends all blocks once. `told` counts the bytes that progress has been
    /// told of: those that are read a second time are not news. An error comes
    /// with whether the file changed.
    async fn stream_once<W: World>(
        &self,
        world: &W,
        guard: &Guard,
        digest: &Digest,
        told: &mut u64,
    ) -> Result<Result<Written, (ServerError, bool)>, Refusal> {
        let file = self.open(world).await?;
        let (tell, mut passed) = mpsc::unbounded();
        let body = held_back(file.bytes, *digest, tell);
        let (mut changed, mut read) = (false, 0);
        let mut note = |passed: Passed| match passed {
            Passed::Bytes(bytes) => {
                read += bytes;
                if read > *told {
                    world.tell(Event::Moved { node: self.node, bytes: read - *told });
                    *told = read;
                }
            }
            Passed::Changed => changed = true,
        };
        let mut put = pin!(world.server().put(&self.to, guard, self.upload(body, digest)));
        let result = poll_fn(|context| {
            let result = put.as_mut().poll(context);
            while let Poll::Ready(Some(passed)) = passed.poll_next_unpin(context) {
                note(passed);
            }
            result
        })
        .await;
        Ok(result.map_err(|error| (error, changed)))
    }

    /// What the server shows now.
    async fn landed<W: World>(&self, world: &W, written: Written, digest: &Digest) -> RemoteRow {
        let mut row = self.fresh_row(world, written, digest);
        let told = row.seen.etag.is_some()
            && (row.seen.file_id.is_some() || !world.server().profile().file_ids);
        if !told {
            self.ask(world, &mut row, digest).await;
        }
        row.racy = is_young(world, row.seen.mtime);
        row
    }

    /// The row of what was written, as far as the answer tells.
    fn fresh_row<W: World>(&self, world: &W, written: Written, digest: &Digest) -> RemoteRow {
        let profile = world.server().profile();
        let old = self.over.as_ref().map(|(_, row)| row);
        RemoteRow {
            entry: self.entry.clone(),
            seen: RemoteSeen {
                file_id: written.file_id.or_else(|| old.and_then(|row| row.seen.file_id.clone())),
                etag: written.etag,
                sha1: digest.sha1.filter(|_| profile.checksums),
                perms: old.map_or(Perms::OWN, |row| row.seen.perms),
                size: Some(digest.size),
                mtime: if profile.keeps_mtime { self.mtime() } else { None },
            },
            listed: None,
            holds_ignored: false,
            racy: true,
            stand: old.map_or(Stand::Home, |row| row.stand.clone()),
        }
    }

    /// Learns what the answer left out.
    ///
    /// RACE: somebody may write between our request and this one. A checksum
    /// tells; without one an equal length is believed, and the row is racy, so
    /// that it is read again before anything relies on it.
    async fn ask<W: World>(&self, world: &W, row: &mut RemoteRow, digest: &Digest) {
        let Ok(Some(now)) = world.server().stat(&self.to).await else {
            row.entry.body = Body::File(Content::Unread);
            return;
        };
        let same_version = row.seen.etag.is_none() || row.seen.etag == now.seen.etag;
        if !(same_version && is_of(&now.seen, digest)) {
            row.entry.body = Body::File(Content::Unread);
        }
        row.seen = now.seen;
    }
}

/// Whether length and checksum, as far as they are shown, are those of `digest`.
fn is_of(seen: &RemoteSeen, digest: &Digest) -> bool {
    seen.sha1.is_none_or(|sum| Some(sum) == digest.sha1)
        && seen.size.is_none_or(|size| size == digest.size)
}

/// What the upload of a file on its way to `to` is called on the server.
///
/// It names the bytes *and* the very file that shows them: a file that was
/// written to in between may have been sent in part before that was noticed,
/// and what was sent must then never be gone on with, even if the file has its
/// old bytes again.
pub(super) fn upload_name(tag: &str, to: &RelPath, row: &LocalRow) -> Option<String> {
    let (hash, seen) = (row.entry.body.hash()?, &row.seen);
    let LocalSeen { volume, file_id, size, mtime, ctime, .. } = seen;
    let mut text = format!("{tag}\n{to}\n{hash}\n{volume} {file_id} {size} {mtime} {ctime}");
    if broken(Mutant::UploadNameReused) {
        text = format!("{tag}\n{to}");
    }
    Some(format!("navette-{}", &Hash(*blake3::hash(text.as_bytes()).as_bytes()).to_string()[..32]))
}

/// Amendment 4: a version so young may share its etag with the next one.
fn is_young<W: World>(world: &W, mtime: Option<i64>) -> bool {
    let racy = i64::try_from(world.timing().racy.as_secs()).unwrap_or(i64::MAX);
    let young = mtime.is_none_or(|mtime| world.clock().wall().saturating_sub(mtime) < racy);
    young && !broken(Mutant::RacyBelieved)
}

/// Why a streamed upload was cut: the file changed, or the server's reason.
/// A server that was cut off may have kept what it had (amendment 20a).
fn cut(error: ServerError, changed: bool) -> Refusal {
    match (changed, error.effect) {
        (true, Effect::None) => Refusal::STALE,
        (true, Effect::Unknown) => Refusal::unknown(Cause::Changing),
        (false, _) => error.into(),
    }
}
