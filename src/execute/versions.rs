//! Of two versions of a file, what somebody wants to keep: ordinary changes of
//! the folder, as its user could make them, but safe. The next look sees them
//! as a user's.
//!
//! Nothing is overwritten or unlinked. What goes is in the put-aside store, and
//! is registered before this returns. Both files must be as they were last seen,
//! or nothing is done.
//!
//! `K` is the copy, `T` the file's place, keeping the copy's version (as in `replace`):
//!
//! | after | staging holds | at `T` | at `K` | sweep |
//! |---|---|---|---|---|
//! | copying | `<id>.copy` | old bytes | the copy | purges it |
//! | renaming to swap | `<id>.<hash>.swap`: the copy's bytes | old bytes | the copy | purges it |
//! | the exchange | `<id>.<hash>.swap`: old bytes | the copy's bytes | the copy | puts them aside, or a conflict copy |
//! | putting aside | nothing | the copy's bytes | the copy | registers what was put aside |

use std::collections::BTreeSet;

use crate::disk::{Disk as _, DiskErrorKind, FileType, NewFile as _};
use crate::event::Cause;
use crate::journal::Journal;
use crate::model::{
    Change, Hash, LocalSeen, Name, NodeId, PairState, Place, RelPath, Rows, Side, layout,
};
use crate::report::EngineError;
use crate::world::World;

use super::arrange::Shift;
use super::aside::{self, Origin, Whereto, stored_name};
use super::guard::{Expect, folder_of, make_own_dirs, put_back};
use super::outcome::Refusal;
use super::stage;

/// Two versions of one file that stand here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The one with the mark in its name.
    pub copy: NodeId,
    /// The one at the file's own place.
    pub original: NodeId,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// The number under which the original's bytes are put aside.
    pub original_aside: Option<u64>,
    /// The number under which the copy is put aside.
    pub copy_aside: Option<u64>,
    /// Where the copy is now, if it is somewhere else.
    pub now: Option<RelPath>,
}

/// Why nothing was done.
#[derive(Debug)]
pub enum Unsettled {
    /// One of the files is not as it was last seen.
    Changed,
    /// What was put aside is gone for good.
    Gone,
    /// Something else is called so.
    Taken,
    /// The disk, or the server, does not let it.
    Failed(Cause),
    /// The disk or the journal cannot be worked with.
    Stopped(EngineError),
}

type Result<T> = std::result::Result<T, Unsettled>;

impl From<Refusal> for Unsettled {
    fn from(refusal: Refusal) -> Self {
        refusal.cause().map_or(Self::Changed, Self::Failed)
    }
}

impl From<crate::disk::DiskError> for Unsettled {
    fn from(error: crate::disk::DiskError) -> Self {
        Refusal::from(error).into()
    }
}

impl From<EngineError> for Unsettled {
    fn from(error: EngineError) -> Self {
        Self::Stopped(error)
    }
}

impl From<crate::journal::JournalError> for Unsettled {
    fn from(error: crate::journal::JournalError) -> Self {
        Self::Stopped(error.into())
    }
}

/// Gives the file the copy's bytes; both the old ones and the copy are put aside.
///
/// # Errors
///
/// See [`Unsettled`]; then both files are as they were.
pub async fn keep_copy<W: World>(
    world: &W,
    journal: &mut Journal,
    versions: Versions,
) -> Result<Settled> {
    make_own_dirs(world.disk()).await?;
    let number = take_numbers(journal, 2)?;
    let original = Version::of(journal.rows(), versions.original, number)?;
    let copy = Version::of(journal.rows(), versions.copy, number + 1)?;
    original.expect.check(world.disk()).await?;
    let hash = original.replace_by(world, &copy).await?;
    let swap = layout::swapped(versions.original, hash);
    // A user's bytes that found no way out stay in staging for the next sweep.
    let put = aside::put(world, &original.origin, &original.expect, &swap).await?;
    // Written to meanwhile, the copy stays: what it says now is nowhere else.
    let gone = copy.put_aside(world).await.unwrap_or_default();
    let copy_aside = (!gone.is_empty()).then_some(copy.origin.number);
    let changes = [put].into_iter().chain(gone).collect();
    settle(world, journal, &[&original.expect.at, &copy.expect.at], changes).await?;
    Ok(Settled { original_aside: Some(number), copy_aside, now: None })
}

/// Puts the copy aside.
///
/// # Errors
///
/// See [`Unsettled`]; then both files are as they were.
pub async fn keep_original<W: World>(
    world: &W,
    journal: &mut Journal,
    versions: Versions,
) -> Result<Settled> {
    make_own_dirs(world.disk()).await?;
    let number = take_numbers(journal, 1)?;
    let original = Version::of(journal.rows(), versions.original, number)?;
    let copy = Version::of(journal.rows(), versions.copy, number)?;
    original.expect.check(world.disk()).await?;
    let gone = copy.put_aside(world).await?;
    settle(world, journal, &[&copy.expect.at], gone).await?;
    Ok(Settled { copy_aside: Some(number), ..Settled::default() })
}

/// Gives the copy a name without a mark: `plain` with the first number that is free.
///
/// # Errors
///
/// See [`Unsettled`].
pub async fn keep_both<W: World>(
    world: &W,
    journal: &mut Journal,
    copy: NodeId,
    plain: &Name,
) -> Result<Settled> {
    let row = journal.rows().local.get(&copy).ok_or(Unsettled::Changed)?;
    let (parent, mut number) = (row.entry.place.parent, 2);
    let at = journal.rows().path(Side::Local, copy).ok_or(Unsettled::Changed)?;
    let name = loop {
        let name = plain.numbered(number);
        if world.disk().stat(&folder_of(&at).join(&name)).await?.is_none() {
            break name;
        }
        number += 1;
    };
    let to = folder_of(&at).join(&name);
    let place = Place::new(parent, name);
    let shift = Shift::to_place(journal.rows(), copy, &place, None, false);
    let shifted = shift.ok_or(Unsettled::Changed)?.perform(world).await?;
    settle(world, journal, &[&to], shifted.changes).await?;
    Ok(Settled { now: Some(to), ..Settled::default() })
}

/// Takes [`keep_copy`] back: the file at `home` gets its old bytes, and the
/// copy comes back. What the file holds now must still be what it got then, and
/// is put aside.
///
/// # Errors
///
/// See [`Unsettled`]; then nothing was done.
///
/// RACE: a cut between the two renames leaves the place empty, and all bytes in
/// the put-aside store.
pub async fn bring_back_both<W: World>(
    world: &W,
    journal: &mut Journal,
    home: &RelPath,
    settled: &Settled,
) -> Result<()> {
    let (Some(old), Some(copy)) = (settled.original_aside, settled.copy_aside) else {
        return Err(Unsettled::Gone);
    };
    for number in [old, copy] {
        let row = journal.rows().asides.get(&number).ok_or(Unsettled::Gone)?;
        let at = layout::aside().join(&row.stored);
        world.disk().stat(&at).await?.ok_or(Unsettled::Gone)?;
    }
    let was_given = journal.rows().asides.get(&copy).and_then(|row| row.hash);
    if let Some(stat) = world.disk().stat(home).await? {
        let now = stage::digest(world.disk(), home).await?.hash;
        if was_given != Some(now) {
            return Err(Unsettled::Changed);
        }
        let number = take_numbers(journal, 1)?;
        let (node, hash) = (NodeId::ROOT, Some(now));
        let origin = Origin { node, number, path: home.clone(), hash, on_server: false };
        let version = Version { expect: Expect::staged(home.clone(), stat.seen), origin };
        let put = version.put_aside(world).await?;
        settle(world, journal, &[home], put).await?;
    }
    aside::restore(world, journal, old, Whereto::Place).await?;
    aside::restore(world, journal, copy, Whereto::Place).await?;
    Ok(())
}

/// Takes [`keep_original`] back. Returns where the copy is.
///
/// # Errors
///
/// See [`Unsettled`].
pub async fn bring_back_copy<W: World>(
    world: &W,
    journal: &mut Journal,
    number: u64,
) -> Result<RelPath> {
    aside::restore(world, journal, number, Whereto::Place).await?.ok_or(Unsettled::Gone)
}

/// Puts aside again what was brought back to `at`, if it is as it was then.
///
/// # Errors
///
/// See [`Unsettled`]; then it is where it was.
pub async fn put_aside_again<W: World>(
    world: &W,
    journal: &mut Journal,
    at: &RelPath,
    was: Shape,
) -> Result<u64> {
    make_own_dirs(world.disk()).await?;
    let stat = world.disk().stat(at).await?.ok_or(Unsettled::Gone)?;
    if stat.file_type != FileType::File || Shape::of(&stat.seen) != was {
        return Err(Unsettled::Changed);
    }
    let hash = Some(stage::digest(world.disk(), at).await?.hash);
    let number = take_numbers(journal, 1)?;
    let origin = Origin { node: NodeId::ROOT, number, path: at.clone(), hash, on_server: false };
    let version = Version { expect: Expect::staged(at.clone(), stat.seen), origin };
    let put = version.put_aside(world).await?;
    settle(world, journal, &[at], put).await?;
    Ok(number)
}

/// What a file is like from outside: its length, and its date in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Bytes.
    pub size: u64,
    /// Seconds since 1970.
    pub date: i64,
}

impl Shape {
    /// That of a file that was seen so.
    pub fn of(seen: &LocalSeen) -> Self {
        Self { size: seen.size, date: seen.mtime.div_euclid(1_000_000_000) }
    }
}

/// Takes [`keep_both`] back: the copy gets its old name again, if that is free.
///
/// # Errors
///
/// See [`Unsettled`].
pub async fn rename_back<W: World>(world: &W, from: &RelPath, to: &RelPath) -> Result<()> {
    match world.disk().rename(from, to).await {
        Err(error) if error.kind == DiskErrorKind::NotFound => return Err(Unsettled::Gone),
        renamed => renamed?,
    }
    Ok(world.disk().sync_dir(&folder_of(to)).await?)
}

/// One of the two files, with the evidence, and where it may be put aside.
struct Version {
    expect: Expect,
    origin: Origin,
}

impl Version {
    fn of(rows: &Rows, node: NodeId, number: u64) -> Result<Self> {
        let is_file = rows.local.get(&node).is_some_and(|row| !row.entry.body.is_dir());
        let expect = Expect::of(rows, node).filter(|_| is_file).ok_or(Unsettled::Changed)?;
        let origin = Origin::of(rows, node, number).ok_or(Unsettled::Changed)?;
        Ok(Self { expect, origin })
    }

    /// Puts the file aside, if it is the expected one. Its row goes with it.
    async fn put_aside<W: World>(&self, world: &W) -> Result<Vec<Change>> {
        let stored = stored_name(&self.origin);
        let at = layout::aside().join(&stored);
        let stat = self.expect.rename(world, &at).await?;
        if !self.expect.has_bytes(world.disk(), &at).await {
            put_back(world, &at, &self.expect.at).await?;
            return Err(Unsettled::Changed);
        }
        let put = aside::row(world, &self.origin, stored, stat.seen);
        Ok(vec![Change::Local(self.origin.node, None), put])
    }

    /// Puts the bytes of `other` at this file's place; this file's own are in
    /// staging then, under the name that [`layout::swapped`] gives.
    async fn replace_by<W: World>(&self, world: &W, other: &Self) -> Result<Hash> {
        let disk = world.disk();
        let (hash, staged) = self.stage(world, other).await?;
        let swap = layout::swapped(self.origin.node, hash);
        // Left by a failed attempt: perhaps a user's bytes, which the sweep knows how to judge.
        if disk.stat(&swap).await?.is_some() {
            disk.purge(&staged).await?;
            return Err(Unsettled::Changed);
        }
        disk.rename(&staged, &swap).await?;
        let placed = match disk.volume().exchange {
            true => self.exchange(world, &swap).await,
            false => self.step_aside(world, &swap).await,
        };
        placed.map(|()| hash)
    }

    /// A copy of `other` in staging, proved to be one, with the looks of this file.
    async fn stage<W: World>(&self, world: &W, other: &Self) -> Result<(Hash, RelPath)> {
        let disk = world.disk();
        let staged = layout::staged(self.origin.node, layout::Role::Copy);
        if disk.stat(&staged).await?.is_some() {
            disk.purge(&staged).await?;
        }
        let before = other.expect.check(disk).await?;
        let file = disk.clone_file(&other.expect.at, &staged).await?;
        let finished = file.finish(Some(before.seen.mtime)).await;
        let proved = async {
            finished?;
            let hash = stage::digest(disk, &staged).await?.hash;
            other.expect.check(disk).await?;
            disk.take_after(&staged, &self.expect.at).await?;
            // What was read here before is what the copy says, to the last bit.
            match other.origin.hash {
                Some(known) if known == hash => Ok(hash),
                _ => Err(Unsettled::Changed),
            }
        };
        match proved.await {
            Ok(hash) => Ok((hash, staged)),
            Err(why) => {
                disk.purge(&staged).await?;
                Err(why)
            }
        }
    }

    /// One step, and then a look at what came out.
    async fn exchange<W: World>(&self, world: &W, swap: &RelPath) -> Result<()> {
        let disk = world.disk();
        let begun = match self.expect.check(disk).await {
            Ok(_) => disk.exchange(swap, &self.expect.at).await.map_err(Unsettled::from),
            Err(refusal) => Err(refusal.into()),
        };
        if let Err(why) = begun {
            disk.purge(swap).await?;
            return Err(why);
        }
        let old = disk.stat(swap).await?;
        let expected = old.is_some_and(|old| self.expect.holds_moved(&old))
            && self.expect.has_bytes(disk, swap).await;
        if !expected {
            // RACE: somebody saved between our look and the exchange: theirs goes back.
            disk.exchange(swap, &self.expect.at).await?;
            disk.purge(swap).await?;
            return Err(Unsettled::Changed);
        }
        Ok(())
    }

    /// Without exchange: the old bytes go first, the new ones take the free place.
    async fn step_aside<W: World>(&self, world: &W, swap: &RelPath) -> Result<()> {
        let disk = world.disk();
        let old = layout::staged(self.origin.node, layout::Role::Old);
        if let Err(refusal) = self.expect.rename(world, &old).await {
            disk.purge(swap).await?;
            return Err(refusal.into());
        }
        if let Err(error) = disk.rename(swap, &self.expect.at).await {
            disk.purge(swap).await?;
            put_back(world, &old, &self.expect.at).await?;
            return Err(error.into());
        }
        Ok(disk.rename(&old, swap).await?)
    }
}

/// Takes free numbers of the put-aside store; they are never given again.
fn take_numbers(journal: &mut Journal, many: u64) -> Result<u64> {
    let pair = &journal.rows().pair;
    let number = pair.next_aside;
    let pair = PairState { next_aside: number + many, ..pair.clone() };
    journal.commit(vec![Change::Pair(Box::new(pair))])?;
    Ok(number)
}

/// Makes what was done durable, and writes down what was put aside (I8).
async fn settle<W: World>(
    world: &W,
    journal: &mut Journal,
    touched: &[&RelPath],
    changes: Vec<Change>,
) -> Result<()> {
    let folders = touched.iter().map(|path| folder_of(path));
    let folders: BTreeSet<RelPath> = folders.chain([layout::staging(), layout::aside()]).collect();
    for folder in &folders {
        world.disk().sync_dir(folder).await?;
    }
    Ok(journal.commit(changes)?)
}
