//! Empties staging after any start, before the first scan (amendment 8).
//!
//! Names tell everything: which node, in which role. The journal is asked only
//! where the node belongs and whether its bytes are known; if it has lost the
//! answer, bytes become conflict copies, never nothing.

use std::collections::BTreeSet;

use crate::disk::{Dirent, Disk as _, DiskErrorKind, FileType, Stat};
use crate::journal::Journal;
use crate::model::{Body, Change, LocalRow, Name, NodeId, PairState, RelPath, Side, Stand, layout};
use crate::mutant::{Mutant, broken};
use crate::report::EngineError;
use crate::world::World;

use super::aside::{self, Origin};
use super::conflict;
use super::guard::{folder_of, make_own_dirs};
use super::partial;
use super::stage::{self, is_racy};
use super::unsent;

/// What became of one thing that a cut had left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The server's bytes on their way in: removed, the server has them.
    Purged,
    /// A user's file: back at its place.
    PutBack,
    /// A user's bytes that are not known anywhere else: a conflict copy.
    Copied,
    /// A user's old bytes that base or the server knows: in the put-aside store.
    PutAside,
    /// A node on its way to another place: it counts as being at its old one.
    Parked,
}

/// One thing that was found and put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept {
    /// Its name in staging or in the put-aside store.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// Where it is now; none if it was removed.
    pub now: Option<RelPath>,
}

/// Empties staging and registers what the put-aside store holds unknown to the
/// journal. To be called before the first scan after any start: until then no
/// deletion may be planned. Returns what was done.
pub async fn sweep<W: World>(world: &W, journal: &mut Journal) -> Result<Vec<Swept>, EngineError> {
    make_own_dirs(world.disk()).await?;
    if broken(Mutant::SweepOmitted) {
        return Ok(Vec::new());
    }
    let mut sweep = Sweep { world, journal, swept: Vec::new(), sync: BTreeSet::new() };
    let found = sweep.found(&layout::staging()).await?;
    // Parked folders first: what is below them is found through staging.
    let (parked, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(name, _)| {
        matches!(layout::read_staged(name.as_str()), Some((_, layout::Role::Park)))
    });
    sweep.unpark_missing(&parked)?;
    for (name, stat) in parked.into_iter().chain(others) {
        sweep.one(&name, &stat).await?;
    }
    for (name, stat) in sweep.found(&layout::aside()).await? {
        sweep.register(&name, &stat).await?;
    }
    sweep.make_durable().await?;
    let swept = sweep.swept;
    unsent::forget(world, journal.rows()).await;
    let stale = unsent::stale(world, journal.rows()).await;
    if !stale.is_empty() {
        journal.commit(stale)?;
    }
    Ok(swept)
}

struct Sweep<'a, W: World> {
    world: &'a W,
    journal: &'a mut Journal,
    swept: Vec<Swept>,
    sync: BTreeSet<RelPath>,
}

impl<W: World> Sweep<'_, W> {
    /// What a folder of ours holds, by name. What cannot be read stays.
    async fn found(&self, dir: &RelPath) -> Result<Vec<(Name, Stat)>, EngineError> {
        let entries = self.world.disk().list(dir).await?;
        let usable = |entry: Dirent| Some((entry.name.ok()?, entry.stat.ok()?));
        let mut found: Vec<_> = entries.into_iter().filter_map(usable).collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(found)
    }

    /// A node that left staging just before the cut is looked for at its old
    /// place again; its identity shows where it went.
    fn unpark_missing(&mut self, parked: &[(Name, Stat)]) -> Result<(), EngineError> {
        let there: BTreeSet<_> = parked
            .iter()
            .filter_map(|(name, _)| Some(layout::read_staged(name.as_str())?.0))
            .collect();
        let rows = self.journal.rows();
        let gone = rows
            .local
            .iter()
            .filter(|(node, row)| row.stand == Stand::Parked && !there.contains(node))
            .map(|(&node, row)| {
                Change::Local(node, Some(LocalRow { stand: Stand::Home, ..row.clone() }))
            });
        let changes: Vec<_> = gone.collect();
        if !changes.is_empty() {
            self.journal.commit(changes)?;
        }
        Ok(())
    }

    async fn one(&mut self, name: &Name, stat: &Stat) -> Result<(), EngineError> {
        let at = layout::staging().join(name);
        let is_file = stat.file_type == FileType::File;
        if let (Some((node, new)), true) = (layout::read_swapped(name.as_str()), is_file) {
            let digest = stage::digest(self.world.disk(), &at).await?;
            // Before the exchange it holds the server's bytes, after it a user's.
            return if digest.hash.to_string() == new || broken(Mutant::SwapPurged) {
                self.purge(name, &at).await
            } else {
                self.old(name, &at, node).await
            };
        }
        if let (Some(part), true) = (layout::read_part(name.as_str()), is_file) {
            // A part is gone on with, or worth nothing.
            let wanted = partial::is_wanted(self.journal.rows(), &part);
            return if wanted { Ok(()) } else { self.purge(name, &at).await };
        }
        match layout::read_staged(name.as_str()) {
            Some((_, layout::Role::New | layout::Role::Copy)) if is_file => {
                self.purge(name, &at).await
            }
            Some((node, layout::Role::Old)) if is_file => self.old(name, &at, node).await,
            Some((node, layout::Role::Park)) if self.journal.rows().local.contains_key(&node) => {
                self.parked(name, &at, node, stat).await
            }
            Some((node, _)) => {
                let home = self.home(node, name);
                self.copy(name, &at, &RelPath::root(), &home).await
            }
            None => self.copy(name, &at, &RelPath::root(), name.as_str()).await,
        }
    }

    /// The name of an unknown thing's node, or its own.
    fn home(&self, node: NodeId, name: &Name) -> String {
        let base = self.journal.rows().base.get(&node).map(|row| &row.entry);
        let entry = base.or_else(|| self.journal.rows().entry(Side::Remote, node));
        entry.map_or_else(|| name.to_string(), |entry| entry.place.name.to_string())
    }

    async fn purge(&mut self, name: &Name, at: &RelPath) -> Result<(), EngineError> {
        self.world.disk().purge(at).await?;
        self.sync.insert(layout::staging());
        self.swept.push(Swept { name: name.to_string(), fate: Fate::Purged, now: None });
        Ok(())
    }

    /// A user's bytes that a new version was about to replace: back if the
    /// place is empty, else aside if they are known, else a conflict copy.
    async fn old(&mut self, name: &Name, at: &RelPath, node: NodeId) -> Result<(), EngineError> {
        let Some(home) = self.journal.rows().path(Side::Local, node) else {
            let home = self.home(node, name);
            return self.copy(name, at, &RelPath::root(), &home).await;
        };
        match self.world.disk().rename(at, &home).await {
            Ok(()) => {
                self.moved(name, Fate::PutBack, home);
                return Ok(());
            }
            Err(error) if error.kind == DiskErrorKind::Exists => {}
            // Its folder is gone, or a file by now.
            Err(error)
                if matches!(error.kind, DiskErrorKind::NotFound | DiskErrorKind::WrongType) => {}
            Err(error) => return Err(error.into()),
        }
        let hash = Some(stage::digest(self.world.disk(), at).await?.hash);
        if aside::is_known(self.journal.rows(), node, hash) {
            return self
                .put_aside(
                    name,
                    at,
                    Origin {
                        node,
                        number: self.journal.rows().pair.next_aside,
                        path: home,
                        hash,
                        on_server: true,
                    },
                )
                .await;
        }
        let spoken = home.name().unwrap_or_default().to_owned();
        self.copy(name, at, &folder_of(&home), &spoken).await
    }

    async fn put_aside(
        &mut self,
        name: &Name,
        at: &RelPath,
        origin: Origin,
    ) -> Result<(), EngineError> {
        let to = layout::aside().join(&aside::stored_name(&origin));
        self.world.disk().rename(at, &to).await?;
        self.moved(name, Fate::PutAside, to.clone());
        self.enter(&origin, &to, Vec::new()).await
    }

    /// Writes a file that is in the store into the journal, with what follows from it.
    async fn enter(
        &mut self,
        origin: &Origin,
        at: &RelPath,
        mut changes: Vec<Change>,
    ) -> Result<(), EngineError> {
        let Some(stat) = self.world.disk().stat(at).await? else { return Ok(()) };
        let Some(stored) = at.name().and_then(|name| Name::new(name).ok()) else { return Ok(()) };
        let row = aside::row(self.world, origin, stored, stat.seen);
        self.make_durable().await?;
        let pair = &self.journal.rows().pair;
        let next_aside = pair.next_aside.max(origin.number + 1);
        let pair = PairState { next_aside, ..pair.clone() };
        changes.extend([row, Change::Pair(Box::new(pair))]);
        Ok(self.journal.commit(changes)?)
    }

    /// A conflict copy in `dir`, or in the root if that is gone. The first
    /// scan finds it as a new file.
    async fn copy(
        &mut self,
        name: &Name,
        at: &RelPath,
        dir: &RelPath,
        spoken: &str,
    ) -> Result<(), EngineError> {
        let now = conflict::into(self.world, at, dir, spoken).await?;
        self.moved(name, Fate::Copied, now);
        Ok(())
    }

    /// A parked node counts as being at its old place, whatever its inode says:
    /// a save by rename may have slipped in.
    async fn parked(
        &mut self,
        name: &Name,
        at: &RelPath,
        node: NodeId,
        stat: &Stat,
    ) -> Result<(), EngineError> {
        let Some(mut row) = self.journal.rows().local.get(&node).cloned() else { return Ok(()) };
        let is_file = stat.file_type == FileType::File;
        if is_file == row.entry.body.is_dir() {
            let spoken = row.entry.place.name.to_string();
            return self.copy(name, at, &RelPath::root(), &spoken).await;
        }
        if row.stand == Stand::Parked && row.seen.unchanged(&stat.seen) {
            return Ok(());
        }
        if is_file && !row.seen.same_but_moved(&stat.seen) {
            let digest = stage::digest(self.world.disk(), at).await?;
            row.entry.body = Body::known(digest.hash);
            row.sha1 = digest.sha1;
            row.racy = is_racy(self.world.disk(), &stat.seen);
        }
        row.stand = Stand::Parked;
        row.seen = stat.seen;
        self.moved(name, Fate::Parked, at.clone());
        self.make_durable().await?;
        self.journal.commit(vec![Change::Local(node, Some(row))])?;
        Ok(())
    }

    /// A file in the store without a row: a cut came between the effect and
    /// the commit, or the journal was lost.
    async fn register(&mut self, name: &Name, stat: &Stat) -> Result<(), EngineError> {
        let rows = self.journal.rows();
        if rows.asides.values().any(|row| row.stored == *name) {
            return Ok(());
        }
        let at = layout::aside().join(name);
        let Some((number, node, spoken)) = aside::read_stored(name.as_str()) else {
            return Ok(());
        };
        if stat.file_type != FileType::File {
            return Ok(());
        }
        let home = rows.home(Side::Local, node);
        let hash = Some(stage::digest(self.world.disk(), &at).await?.hash);
        // An older journal may know the very file under another date.
        let same_file =
            |row: &LocalRow| row.seen.same_object(&stat.seen) && row.entry.body.hash() == hash;
        let expected =
            rows.local.get(&node).map(|row| row.seen.same_but_moved(&stat.seen) || same_file(row));
        let on_server = aside::is_known(rows, node, hash);
        // The removal was not proved before the cut, and the bytes are not the
        // ones that were to go: a user's newer ones.
        if let (Some(false), false, Some(home)) = (expected, on_server, &home) {
            let spoken = home.name().unwrap_or_default().to_owned();
            return self.copy(name, &at, &folder_of(home), &spoken).await;
        }
        let vacant = match &home {
            Some(home) => self.world.disk().stat(home).await?.is_none(),
            None => false,
        };
        let forget = match expected {
            // The engine took it away, because the server did not have it any
            // more: nobody has deleted it here. If the server shows it after
            // all, perhaps under another node, it is new there.
            Some(true) if vacant => vec![Change::Base(node, None), Change::Local(node, None)],
            // Another version took its place, and the journal has forgotten
            // which: what stands there is nobody's edit of the one before, and
            // may not be sent over what the server has.
            Some(true) => vec![Change::Base(node, None)],
            _ => Vec::new(),
        };
        let path = home.or_else(|| RelPath::parse(spoken).ok()).unwrap_or_default();
        let rows = self.journal.rows();
        // A rolled-back journal may have given the number away again.
        let number = if rows.asides.contains_key(&number) { rows.pair.next_aside } else { number };
        self.swept.push(Swept {
            name: name.to_string(),
            fate: Fate::PutAside,
            now: Some(at.clone()),
        });
        self.enter(&Origin { node, number, path, hash, on_server }, &at, forget).await
    }

    fn moved(&mut self, name: &Name, fate: Fate, now: RelPath) {
        tracing::debug!(%name, ?fate, %now, "swept");
        self.sync.extend([layout::staging(), layout::aside(), folder_of(&now)]);
        self.swept.push(Swept { name: name.to_string(), fate, now: Some(now) });
    }

    async fn make_durable(&mut self) -> Result<(), EngineError> {
        for dir in std::mem::take(&mut self.sync) {
            self.world.disk().sync_dir(&dir).await?;
        }
        Ok(())
    }
}
