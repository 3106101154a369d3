//! Small new files of one folder that come from the server together.
//!
//! 1. The server is asked for a zip of them.
//! 2. Then the folder is listed: the zip says of no file which version it is.
//!    Bytes are those of the version that a step was planned from if the
//!    listing still shows that very version, and they have its length and,
//!    where the server vouches for one, its checksum (I4).
//! 3. What is proved goes into staging and to its place as every download
//!    does. Everything else is fetched by itself, as if nobody had asked for a
//!    zip: whatever is wrong with zips is never a failure of a step.

use std::cell::Cell;
use std::collections::BTreeMap;

use bytes::Bytes;
use futures::{StreamExt as _, stream};

use crate::event::Outcome;
use crate::model::{Digest, Name, NodeId, RelPath, RemoteSeen, Rows, Side};
use crate::plan::Op;
use crate::server::{Profile, Resource, Server as _, Wanted};
use crate::world::World;

use super::fetch::Fetch;
use super::group::{Ended, Kind, Member};
use super::outcome::Performed;
use super::twins::Twins;
use super::verb::Verb;

/// Files of a group that are given their places at a time.
const PLACED: usize = 6;
/// Files of a group that are fetched by themselves at a time: two groups
/// together do not ask for more than the lane of small steps does.
const FETCHED: usize = 3;
/// A folder with more than so many children for each file of a group is not
/// asked: its listing would take longer than the files.
pub(super) const CROWD: usize = 8;

/// How many children the folders have on the server that files come from.
#[derive(Debug, Default)]
pub(super) struct Crowds(BTreeMap<NodeId, usize>);

impl Crowds {
    /// Counts them for the files that `ops` fetch, where they can come together.
    pub(super) fn of<'a>(
        rows: &Rows,
        profile: &Profile,
        ops: impl Iterator<Item = &'a Op>,
    ) -> Self {
        let fetched = ops.filter_map(|op| match op {
            Op::Fetch { node, .. } => Some((rows.remote.get(node)?.entry.place.parent, 0)),
            _ => None,
        });
        let mut crowds = Self(fetched.filter(|_| profile.zips.is_some()).collect());
        if !crowds.0.is_empty() {
            for row in rows.remote.values() {
                if let Some(crowd) = crowds.0.get_mut(&row.entry.place.parent) {
                    *crowd += 1;
                }
            }
        }
        crowds
    }
}

/// What the new file `op` can be part of; none: it is fetched by itself.
pub(super) fn member(
    rows: &Rows,
    profile: &Profile,
    twins: &Twins,
    crowds: &Crowds,
    op: &Op,
) -> Option<Member> {
    let (Op::Fetch { node, .. }, Some(limits)) = (op, profile.zips) else { return None };
    let row = rows.remote.get(node)?;
    // What is here already is copied, and nothing travels.
    let alone = row.racy || row.seen.etag.is_none() || twins.here(rows, *node).is_some();
    let (_, wanted) = wanted(&rows.path(Side::Remote, *node)?, &row.seen)?;
    if alone || wanted.size >= limits.each {
        return None;
    }
    let folder = row.entry.place.parent;
    let crowd = crowds.0.get(&folder).copied().unwrap_or_default();
    let query = limits.length(&wanted)?;
    Some(Member { kind: Kind::Fetch, bytes: wanted.size, folder, query, crowd })
}

/// The folder of the file at `at`, and what is wanted of it there.
fn wanted(at: &RelPath, seen: &RemoteSeen) -> Option<(RelPath, Wanted)> {
    let name = Name::new(at.name()?).ok()?;
    let file_id = seen.file_id.clone();
    Some((at.parent()?, Wanted { name, size: seen.size?, file_id }))
}

/// A step on its way, with its bytes if they have come.
struct Going {
    step: usize,
    verb: Verb,
    came: Option<(Bytes, Digest)>,
}

/// Fetches the files of a group, all of one folder.
pub(super) async fn perform<W: World>(world: &W, steps: Vec<(usize, Verb)>) -> Ended {
    let (came, failed) = together(world, &steps).await;
    let going = steps.into_iter().zip(came);
    let going = going.map(|((step, verb), came)| Going { step, verb, came });
    let (given, missing): (Vec<_>, Vec<_>) = going.partition(|going| going.came.is_some());
    tracing::debug!(given = given.len(), missing = missing.len(), "files of a zip");
    let stopped = Cell::new(false);
    let mut ended = Vec::new();
    for (going, at_once) in [(given, PLACED), (missing, FETCHED)] {
        let ends = going.into_iter().map(|going| end(world, going, &stopped));
        ended.extend(stream::iter(ends).buffered(at_once).collect::<Vec<_>>().await);
    }
    Ended { steps: ended, failed }
}

async fn end<W: World>(world: &W, going: Going, stopped: &Cell<bool>) -> (usize, Performed) {
    let performed = match going {
        // Nothing more may be asked.
        _ if stopped.get() => Performed::ended(Outcome::Skipped),
        Going { verb: Verb::Fetch(fetch), came: Some((bytes, digest)), .. } => {
            fetch.perform_with(world, bytes, digest).await.unwrap_or_else(Performed::from)
        }
        Going { verb, .. } => verb.perform(world).await,
    };
    stopped.set(stopped.get() || performed.stop.is_some());
    (going.step, performed)
}

/// Asks for the files of these steps in one answer. Returns the bytes of those
/// that are proved, and whether the server failed at it.
async fn together<W: World>(
    world: &W,
    steps: &[(usize, Verb)],
) -> (Vec<Option<(Bytes, Digest)>>, bool) {
    let nothing = || vec![None; steps.len()];
    let fetches: Vec<Option<&Fetch>> = steps.iter().map(|(_, verb)| fetch(verb)).collect();
    // All come into one folder: each will say by itself that it cannot.
    if let Some(fetch) = fetches.iter().flatten().next()
        && fetch.check(world).await.is_err()
    {
        return (nothing(), false);
    }
    let asked: Vec<_> = fetches
        .iter()
        .map(|fetch| fetch.and_then(|fetch| wanted(fetch.there(), fetch.seen())))
        .collect();
    let Some(dir) = asked.iter().flatten().next().map(|(dir, _)| dir.clone()) else {
        return (nothing(), false);
    };
    let inside = |asked: &Option<(RelPath, Wanted)>| match asked {
        Some((folder, wanted)) if *folder == dir => Some(wanted.clone()),
        _ => None,
    };
    let asked: Vec<Option<Wanted>> = asked.iter().map(inside).collect();
    let wanted: Vec<Wanted> = asked.iter().flatten().cloned().collect();
    // One file would come as it is and not as a zip (owncloud10.md).
    if wanted.len() < 2 {
        return (nothing(), false);
    }
    let mut came = match world.server().get_together(&dir, &wanted).await {
        Ok(came) if came.len() == wanted.len() => came.into_iter(),
        answer => {
            tracing::debug!(%dir, error = ?answer.err(), "no zip");
            return (nothing(), true);
        }
    };
    let after = match world.server().list(&dir).await {
        Ok(listing) => listing.children.into_iter().collect::<BTreeMap<Name, Resource>>(),
        Err(error) => {
            // Not the zip's fault; each GET names its version itself.
            tracing::debug!(%error, "no listing after a zip");
            return (nothing(), false);
        }
    };
    let proved = fetches.iter().zip(asked).map(|(fetch, asked)| {
        let (fetch, asked) = (fetch.as_ref()?, asked?);
        let bytes = came.next()??;
        let digest = Digest::of(&bytes);
        fetch.is_proved_by(after.get(&asked.name)?, &digest).then_some((bytes, digest))
    });
    (proved.collect(), false)
}

fn fetch(verb: &Verb) -> Option<&Fetch> {
    match verb {
        Verb::Fetch(fetch) => Some(fetch),
        _ => None,
    }
}
