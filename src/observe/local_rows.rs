//! Writes down what was seen on this computer, reading what is new or changed.

use futures::StreamExt as _;

use crate::model::{
    Body, Change, Entry, Kind, LocalRow, LocalSeen, NodeId, Rows, Sha1Sum, Sums, WaitReason,
};
use crate::server::Server as _;
use crate::world::World;

use super::local::Epoch;
use super::local_identity::Sighting;
use super::reading::{Reading, read, read_start};
use super::restless::{Restless, Turn};
use super::{Mention, Observation, doubt};

/// Files read at the same time.
const READERS: usize = 4;

/// Writes down what was seen, reading the files whose content is not known.
pub(super) async fn write_seen<W: World>(
    world: &W,
    rows: &Rows,
    epoch: &Epoch,
    restless: &mut Restless,
    sightings: Vec<Sighting>,
    observation: &mut Observation,
) {
    let mut to_read = Vec::new();
    for sighting in sightings {
        if let Some(reason) = epoch.in_use.get(&sighting.path) {
            observation.in_use.insert(sighting.node, *reason);
        }
        if epoch.open.contains(&sighting.path) {
            observation.open.insert(sighting.node);
        }
        // It is held, so nobody has to know what is in it.
        let rules = &rows.pair.chosen.rules;
        if sighting.kind == Kind::File && rules.holds(sighting.seen.size) {
            doubt(&mut observation.doubts, sighting.node, WaitReason::OverSize);
            if let Some(LocalRow { entry, sha1, seen, racy, .. }) = rows.local.get(&sighting.node) {
                let row = row_of(rows, &sighting, entry.body, *sha1, *seen, *racy);
                write_row(rows, sighting.node, row, observation);
                continue;
            }
        }
        let turn = match sighting.kind {
            Kind::File => {
                let Sighting { node, seen, .. } = &sighting;
                restless.turn(rows, *node, seen, epoch.time, world.timing())
            }
            Kind::Dir => Turn::Usual,
        };
        if let (Turn::Keep(wait), Some(known)) = (turn, rows.local.get(&sighting.node)) {
            let LocalRow { entry, sha1, seen, racy, .. } = known;
            let row = row_of(rows, &sighting, entry.body, *sha1, *seen, *racy);
            if let Some(reason) = wait {
                doubt(&mut observation.doubts, sighting.node, reason);
            }
            write_row(rows, sighting.node, row, observation);
            continue;
        }
        match known_body(rows, &sighting).filter(|_| turn == Turn::Usual) {
            Some((body, sha1)) => {
                let row = row_of(rows, &sighting, body, sha1, sighting.seen, false);
                if is_unquiet(world, rows, epoch, sighting.node, &row) {
                    doubt(&mut observation.doubts, sighting.node, WaitReason::Quiet);
                }
                write_row(rows, sighting.node, row, observation);
            }
            None => to_read.push((sighting, turn == Turn::Take)),
        }
    }
    let readings = to_read.into_iter().map(|(sighting, take)| async move {
        let reading = match take {
            true => read_start(world, &sighting.path, sums(world, &sighting)).await,
            false => read(world, &sighting.path, sums(world, &sighting)).await,
        };
        (sighting, take, reading)
    });
    let mut readings = futures::stream::iter(readings).buffered(READERS);
    while let Some((sighting, take, reading)) = readings.next().await {
        let node = sighting.node;
        match reading {
            Reading::Stable { digest, seen, racy } => {
                let body = Body::known(digest.hash);
                let row = row_of(rows, &sighting, body, digest.sha1, seen, racy);
                if take {
                    restless.took(node, seen);
                }
                if take || is_unquiet(world, rows, epoch, node, &row) {
                    doubt(&mut observation.doubts, node, WaitReason::Quiet);
                }
                write_row(rows, node, row, observation);
            }
            Reading::Gone => {
                observation.consistent = false;
                doubt(&mut observation.doubts, node, WaitReason::TornEpoch);
            }
            Reading::Changing => doubt(&mut observation.doubts, node, WaitReason::Changing),
            Reading::Failed => doubt(&mut observation.doubts, node, WaitReason::Unreadable),
        }
        if let Some(cause) = reading.cause() {
            let path = sighting.path.to_string();
            observation.mentions.push(Mention { path, cause, blocks: true });
        }
    }
}

fn sums<W: World>(world: &W, sighting: &Sighting) -> Sums {
    world.server().profile().sums(sighting.seen.size)
}

/// Whether an edit is so young that it waits: its program may not be done, and
/// a version whose date is that of its arrival on the server cannot be told
/// from the next one of that second (protocol.md 0.13), so that it would have
/// to be read again.
fn is_unquiet<W: World>(
    world: &W,
    rows: &Rows,
    epoch: &Epoch,
    node: NodeId,
    row: &LocalRow,
) -> bool {
    let racy = i64::try_from(world.timing().racy.as_nanos()).unwrap_or(i64::MAX);
    let is_news = rows.base.get(&node).is_none_or(|base| base.entry.body != row.entry.body);
    let age = epoch.time_now(world).saturating_sub(row.seen.mtime);
    // A date in the future says nothing about lately.
    is_news && !row.entry.body.is_dir() && age.abs() < racy
}

/// What a thing is made of, if that is known without reading it.
fn known_body(rows: &Rows, sighting: &Sighting) -> Option<(Body, Option<Sha1Sum>)> {
    if sighting.kind == Kind::Dir {
        return Some((Body::Dir, None));
    }
    let row = rows.local.get(&sighting.node)?;
    (!row.racy && row.seen.unchanged(&sighting.seen)).then_some((row.entry.body, row.sha1))
}

fn row_of(
    rows: &Rows,
    sighting: &Sighting,
    body: Body,
    sha1: Option<Sha1Sum>,
    seen: LocalSeen,
    racy: bool,
) -> LocalRow {
    let place = sighting.place.clone();
    let given = rows.local.get(&sighting.node).and_then(|row| row.given.clone());
    let given = given.filter(|given| *given == place.name);
    LocalRow {
        entry: Entry { place, body },
        sha1,
        seen,
        racy,
        stand: sighting.stand.clone(),
        given,
    }
}

fn write_row(rows: &Rows, node: NodeId, row: LocalRow, observation: &mut Observation) {
    // A folder's times change with every child: no news of the folder itself.
    let is_news = rows.local.get(&node).is_none_or(|known| {
        let same_folder = row.entry.body == Body::Dir && known.seen.same_object(&row.seen);
        let known_seen = if same_folder { row.seen } else { known.seen };
        LocalRow { seen: known_seen, ..known.clone() } != row
    });
    if is_news {
        observation.changes.push(Change::Local(node, Some(row)));
    }
}
