//! The gates before a run: is this the folder, is that the server, that the
//! journal speaks of? (amendments 22, 26, 27)

use serde::{Deserialize, Serialize};

use crate::disk::{Disk as _, DiskErrorKind};
use crate::entropy::Entropy as _;
use crate::event::Cause;
use crate::journal::{Health, Journal};
use crate::model::{Change, Ignore, PairState, RelPath, Rows, Side, Stand, layout};
use crate::mutant::{Mutant, broken};
use crate::report::{End, EngineError, Gate, Item, Report};
use crate::server::Resource;
use crate::world::World;

use super::owed;
use super::selection::Choosing;

/// What the marker in the folder says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Marker {
    /// The pair's tag.
    pair: String,
    /// The device that works on the folder.
    device: String,
    /// Changed whenever the agreement does: two numbers that only grow ([`age`]),
    /// and one by chance.
    nonce: String,
    /// The computer that wrote it; empty if that is not known.
    #[serde(default)]
    machine: String,
}

/// Makes sure that the journal speaks of this very folder in its present
/// state; writes the marker of a new pair.
pub(super) async fn check_marker<W: World>(
    world: &W,
    journal: &mut Journal,
    health: &Health,
) -> Result<(), EngineError> {
    let marker = read_marker(world).await?;
    let was_synced = marker.is_some();
    let rows = journal.rows();
    let is_ours = marker
        .as_ref()
        .is_some_and(|marker| marker.pair == rows.pair.tag && goes_on_from(marker, rows));
    let known = !rows.base.is_empty() || !rows.pair.nonces.is_empty();
    match marker {
        Some(marker) if is_foreign(&marker, rows, world) && !broken(Mutant::ForeignMarkerTaken) => {
            return Err(EngineError::Gate(Gate::ForeignMarker));
        }
        // Without an agreement nothing can be taken for anything else: perhaps a
        // run after the loss of the journal was cut off before it wrote its marker.
        Some(marker) if !rows.base.is_empty() && marker.pair != rows.pair.tag => {
            return Err(EngineError::Gate(Gate::ForeignMarker));
        }
        Some(marker)
            if marker.pair == rows.pair.tag
                && (rows.pair.nonces.contains(&marker.nonce) || broken(Mutant::NonceUnchecked)) =>
        {
            return tell_apart(world, journal, &marker).await;
        }
        // Where nothing was ever agreed on, an empty folder is an empty folder:
        // perhaps a first run was cut off before it wrote the marker.
        None if known && broken(Mutant::EmptyFolderBelieved) => return Ok(()),
        None if !rows.base.is_empty() && is_empty(world).await? => {
            return Err(EngineError::Gate(Gate::MarkerMissing));
        }
        Some(marker) => remember_name(world, journal, marker)?,
        None => {}
    }
    // A new pair, or a folder or journal that was restored or copied: what was
    // agreed says nothing about what is here now. Nothing can be deleted,
    // equal files are adopted. An older copy of the journal still tells what
    // was edited since, if this is the folder that it was kept for, and not one
    // from before it: there, older bytes would count as edits.
    let compares = known && !(is_ours && matches!(health, Health::Restored { .. }));
    if compares {
        tracing::warn!("folder and journal do not fit together: starting from a comparison");
        forget_agreement(world, journal).await?;
    }
    if known || was_synced {
        let pair = PairState { merging: true, ..journal.rows().pair.clone() };
        journal.commit(vec![Change::Pair(Box::new(pair))])?;
    }
    write_marker(world, journal, compares).await
}

/// Whether another computer works on the folder. One that is only called
/// something else by now, as networks have it, is none: the system's own word
/// for it is the same, and this journal knows the marker. The word alone does
/// not tell computers apart that were set up as copies of one.
fn is_foreign<W: World>(marker: &Marker, rows: &Rows, world: &W) -> bool {
    let same_machine = !marker.machine.is_empty() && marker.machine == world.machine();
    let is_known = marker.pair == rows.pair.tag || rows.pair.former_tags.contains(&marker.pair);
    marker.device != world.device() && !(same_machine && is_known)
}

/// Whether the folder is no older than what the journal tells, which is itself
/// an older copy, and was not compared anew since: there, what is older than the
/// agreement would count as an edit of it.
fn goes_on_from(marker: &Marker, rows: &Rows) -> bool {
    let known = rows.pair.nonces.iter().filter_map(|nonce| age(nonce)).max();
    age(&marker.nonce).zip(known).is_none_or(|(marker, known)| {
        let (compared, count) = known;
        marker.0 == compared && marker.1 >= count
    })
}

/// How often the agreement had been forgotten when a marker with this nonce was
/// written, and the how manieth marker it was.
fn age(nonce: &str) -> Option<(u64, u64)> {
    let mut parts = nonce.split('.');
    let age = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    parts.next().map(|_| age)
}

/// Makes sure that what was just looked at is still the folder of this pair: a
/// disk may go away in the midst of a run, and leave an empty mount point.
pub(super) async fn check_still_there<W: World>(
    world: &W,
    journal: &Journal,
) -> Result<(), EngineError> {
    if broken(Mutant::EmptyFolderBelieved) {
        return Ok(());
    }
    let pair = &journal.rows().pair;
    match read_marker(world).await {
        Ok(Some(marker)) if marker.pair == pair.tag && pair.nonces.contains(&marker.nonce) => {
            Ok(())
        }
        Ok(_) => Err(EngineError::Gate(Gate::MarkerMissing)),
        // It is there, and nothing can be mounted over it.
        Err(EngineError::Disk(error)) if error.path == layout::marker() => {
            tracing::warn!(%error, "the marker cannot be read");
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Forgets what was agreed, by the decision of a user: the storage may be
/// another one, the folder may bear the marker of another computer.
pub(super) async fn start_anew<W: World>(
    world: &W,
    journal: &mut Journal,
) -> Result<(), EngineError> {
    tracing::warn!("starting from a comparison, as was asked for");
    if let Some(marker) = read_marker(world).await? {
        remember_name(world, journal, marker)?;
    }
    forget_agreement(world, journal).await?;
    let remote: Vec<Change> =
        journal.rows().remote.keys().map(|&node| Change::Remote(node, None)).collect();
    let pair = PairState {
        remote_root: None,
        root_listed: None,
        fingerprint: None,
        merging: true,
        ..journal.rows().pair.clone()
    };
    journal.commit([remote, vec![Change::Pair(Box::new(pair))]].concat())?;
    write_marker(world, journal, true).await
}

/// A copy of a whole computer has this pair too, under the same name. On the
/// server, what one of them parks is not to be taken for the other's: this one
/// gets a new name, unless something of it is parked right now.
async fn tell_apart<W: World>(
    world: &W,
    journal: &mut Journal,
    marker: &Marker,
) -> Result<(), EngineError> {
    let (was, is) = (marker.machine.as_str(), world.machine());
    let parked = journal.rows().remote.values().any(|row| row.stand == Stand::Parked);
    if was.is_empty() || is.is_empty() || was == is || parked {
        return Ok(());
    }
    tracing::warn!("this is a copy of the computer that synced here before");
    let pair = PairState { tag: String::new(), ..journal.rows().pair.clone() };
    journal.commit(vec![Change::Pair(Box::new(pair))])?;
    refresh_marker(world, journal).await
}

/// Keeps the name that an earlier journal of this folder went by: what it had
/// parked on the server is to be found. Not if this is a copy of another
/// computer, which still uses that name.
fn remember_name<W: World>(
    world: &W,
    journal: &mut Journal,
    marker: Marker,
) -> Result<(), EngineError> {
    let mut pair = journal.rows().pair.clone();
    let is_known = marker.pair == pair.tag || pair.former_tags.contains(&marker.pair);
    if is_known || marker.machine != world.machine() {
        return Ok(());
    }
    pair.former_tags.push(marker.pair);
    Ok(journal.commit(vec![Change::Pair(Box::new(pair))])?)
}

/// Forgets what was agreed, after the looks that only it can explain.
async fn forget_agreement<W: World>(world: &W, journal: &mut Journal) -> Result<(), EngineError> {
    owed::look_first(world, journal).await?;
    let rows = journal.rows();
    let base = rows.base.keys().map(|&node| Change::Base(node, None));
    let local = rows.local.keys().map(|&node| Change::Local(node, None));
    let intents = rows.intents.keys().map(|&node| Change::Intent(node, None));
    // Copies that stay are known by what they agreed on before.
    let mut choosing = Choosing::new(rows);
    choosing.unmeet();
    let changes = base.chain(local).chain(intents).chain(choosing.changes()).collect();
    Ok(journal.commit(changes)?)
}

async fn is_empty<W: World>(world: &W) -> Result<bool, EngineError> {
    let entries = world.disk().list(&RelPath::root()).await?;
    Ok(!entries.iter().any(|entry| {
        entry.name.as_ref().is_ok_and(|name| {
            !layout::is_kept_apart(name) && Ignore::built_in().matches(name).is_none()
        })
    }))
}

async fn read_marker<W: World>(world: &W) -> Result<Option<Marker>, EngineError> {
    let bytes = world.disk().read_small(&layout::marker()).await?;
    // A marker that cannot be read is as good as none: the folder is compared anew.
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// Gives the marker a new nonce.
pub(super) async fn refresh_marker<W: World>(
    world: &W,
    journal: &mut Journal,
) -> Result<(), EngineError> {
    write_marker(world, journal, false).await
}

/// Gives the marker a new nonce, and says whether the agreement was `forgotten`.
/// The journal accepts the new one before it is written and the old one until
/// it has been, so a crash in between is harmless.
async fn write_marker<W: World>(
    world: &W,
    journal: &mut Journal,
    forgotten: bool,
) -> Result<(), EngineError> {
    let word = || format!("{:016x}{:016x}", world.entropy().bits(), world.entropy().bits());
    let mut pair = journal.rows().pair.clone();
    let (compared, count) =
        pair.nonces.iter().filter_map(|nonce| age(nonce)).max().unwrap_or((0, 0));
    let (compared, count) = (compared.saturating_add(forgotten.into()), count.saturating_add(1));
    let nonce = format!("{compared}.{count}.{}", word());
    if pair.tag.is_empty() {
        pair.tag = word();
    }
    pair.nonces.push(nonce.clone());
    journal.commit(vec![Change::Pair(Box::new(pair.clone()))])?;
    journal.barrier()?;
    let marker = Marker {
        pair: pair.tag.clone(),
        device: world.device().to_owned(),
        nonce: nonce.clone(),
        machine: world.machine().to_owned(),
    };
    let bytes = serde_json::to_vec(&marker).unwrap_or_default();
    world.disk().write_small(&layout::marker(), &bytes).await?;
    let pair = PairState { nonces: vec![nonce], ..journal.rows().pair.clone() };
    Ok(journal.commit(vec![Change::Pair(Box::new(pair))])?)
}

/// A marker that could not be renewed takes nothing from what a run achieved,
/// nor from what ended it: until the new one has been written, the journal
/// accepts the old one. It is told with the rest.
pub(super) fn told_of_marker(
    result: Result<Report, EngineError>,
    refreshed: Result<(), EngineError>,
) -> Result<Report, EngineError> {
    match (result, refreshed) {
        (Ok(mut report), Err(EngineError::Disk(error))) => {
            tracing::warn!(%error, "the marker was not renewed");
            let cause = match error.kind {
                DiskErrorKind::Full => Cause::DiskFull,
                DiskErrorKind::Denied | DiskErrorKind::ReadOnly => Cause::Unwritable,
                _ => Cause::DiskBroken,
            };
            let (path, side) = (layout::marker().to_string(), Some(Side::Local));
            report.items.push(Item { path, side, cause, blocks: true, again: None, bytes: 0 });
            report.items.sort();
            if report.end == End::Equal {
                report.end = End::Unfinished;
            }
            Ok(report)
        }
        (Ok(_), Err(error)) => Err(error),
        (result, _) => result,
    }
}

/// Makes sure that the remote root is the one that was agreed with. A foreign
/// or new home answers too (protocol.md 0.1): only its id tells.
pub(super) fn check_root(
    journal: &mut Journal,
    root: Option<&Resource>,
) -> Result<(), EngineError> {
    let Some(root) = root else { return Ok(()) };
    let pair = &journal.rows().pair;
    let is_known = pair.remote_root.is_some();
    if is_known && pair.remote_root != root.id && !broken(Mutant::RootUnchecked) {
        return Err(EngineError::Gate(Gate::RemoteRootChanged));
    }
    // A server without a backup's history shows none; after the first one it does.
    let is_restored = is_known && pair.fingerprint != root.fingerprint;
    if is_restored && !broken(Mutant::RestoredServerBelieved) {
        return Err(EngineError::Gate(Gate::RemoteRestored));
    }
    let known = PairState {
        remote_root: root.id.clone(),
        fingerprint: root.fingerprint.clone(),
        ..pair.clone()
    };
    if known != *pair {
        journal.commit(vec![Change::Pair(Box::new(known))])?;
    }
    Ok(())
}
