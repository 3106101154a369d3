//! What was put aside here, and bringing it back.
//!
//! Which files there are is read beside whoever works on the folder. What is
//! brought back is an ordinary change of the folder, which the next run syncs:
//! whoever has the folder does it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::activity::{Entry, Recorder, Verb};
use crate::clock::Clock as _;
use crate::disk::Disk;
use crate::event::Version;
use crate::execute::aside::{self, Whereto};
use crate::execute::{Shape, Unsettled};
use crate::journal::Journal;
use crate::model::{Aside, RelPath, Side, Timing, layout};
use crate::world::World;

/// So many are told at most, the latest first.
const MOST: usize = 1000;

/// A file that is put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Put {
    /// Its number.
    pub number: u64,
    /// Where it stood.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// When it was put aside, in seconds since 1970.
    pub at: i64,
    /// When it goes for good, in seconds since 1970.
    pub until: i64,
    /// Nothing stands in its place: else it comes back beside that.
    pub place_free: bool,
}

/// Where a file comes back to. The words are promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// Where it stood, or beside it if that place is taken.
    Place,
    /// Beside where it stood.
    Beside,
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Bring this one back.
    BringBack(u64, Where),
    /// Let all of them go for good that were put aside so long ago.
    Empty(Duration),
}

/// What came of it.
#[derive(Debug)]
pub enum Answer {
    /// Where it is, and the entry that takes it back.
    Back(Result<(RelPath, Option<i64>), Unsettled>),
    /// How many are gone; those that somebody had written to are back.
    Empty(Result<aside::Purged, Unsettled>),
}

impl Answer {
    /// Whether anything in the folder is another.
    pub fn changes(&self) -> bool {
        match self {
            Self::Back(back) => back.is_ok(),
            Self::Empty(purged) => purged.as_ref().is_ok_and(|purged| !purged.returned.is_empty()),
        }
    }
}

/// The files of a folder that are put aside, latest first: those of whose path
/// `text` is a part, whatever the case. `asides` is what the journal knows.
pub async fn list<D: Disk>(
    disk: &D,
    asides: &BTreeMap<u64, Aside>,
    text: Option<&str>,
) -> Vec<Put> {
    let wanted = text.unwrap_or_default().to_lowercase();
    let keep = i64::try_from(Timing::default().keep_aside.as_secs()).unwrap_or(i64::MAX);
    let meant = |row: &Aside| row.path.as_str().to_lowercase().contains(&wanted);
    let mut put = Vec::new();
    for (&number, row) in asides.iter().rev().filter(|(_, row)| meant(row)).take(MOST) {
        put.push(Put {
            number,
            path: row.path.as_str().to_owned(),
            size: row.seen.size,
            at: row.at,
            until: row.at.saturating_add(keep),
            place_free: matches!(disk.stat(&row.path).await, Ok(None)),
        });
    }
    put
}

/// Where a file that is put aside lies.
pub fn stored(row: &Aside) -> RelPath {
    layout::aside().join(&row.stored)
}

/// Does what is wanted. What is brought back is an entry of the activity.
pub async fn answer<W: World>(
    world: &W,
    journal: &mut Journal,
    recorder: &Recorder,
    request: Request,
) -> Answer {
    match request {
        Request::BringBack(number, to) => {
            Answer::Back(bring_back(world, journal, recorder, number, to).await)
        }
        Request::Empty(older) => {
            let purged = aside::purge_older(world, journal, older).await;
            Answer::Empty(purged.map_err(Unsettled::from))
        }
    }
}

async fn bring_back<W: World>(
    world: &W,
    journal: &mut Journal,
    recorder: &Recorder,
    number: u64,
    to: Where,
) -> Result<(RelPath, Option<i64>), Unsettled> {
    let row = journal.rows().asides.get(&number).cloned().ok_or(Unsettled::Gone)?;
    let to = match to {
        Where::Place => Whereto::Place,
        Where::Beside => Whereto::Beside,
    };
    let now = aside::restore(world, journal, number, to).await?.ok_or(Unsettled::Gone)?;
    let at = world.clock().wall();
    let mut entry = Entry::new(at, Verb::BroughtBack, now.as_str());
    entry.more.side = Some(Side::Local.word().to_owned());
    entry.more.from = (now != row.path).then(|| row.path.as_str().to_owned());
    // What it is like now tells, at an undo, whether somebody has changed it.
    let shape = world.disk().stat(&now).await?.map(|stat| Shape::of(&stat.seen));
    entry.more.here =
        shape.map(|Shape { size, date }| Version { size: Some(size), date: Some(date) });
    Ok((now, recorder.add(vec![entry], at)))
}
