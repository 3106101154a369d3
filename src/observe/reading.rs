//! Reads a local file's bytes to know them.

use futures::StreamExt as _;

use crate::disk::{Disk as _, DiskError, DiskErrorKind, FileType};
use crate::event::Cause;
use crate::model::{Digest, DigestBuilder, LocalSeen, RelPath, Sums};
use crate::world::World;

/// How often a file that changes under our eyes is read again.
const TRIES: u32 = 3;

/// What reading a file came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The file did not change while it was read.
    Stable {
        /// Its content.
        digest: Digest,
        /// The proof, from after the reading.
        seen: LocalSeen,
        /// A change within the clock's step could have been missed.
        racy: bool,
    },
    /// It changes faster than it can be read.
    Changing,
    /// It is no longer there.
    Gone,
    /// It cannot be read.
    Failed,
}

/// Reads until the file is the same before and after.
pub(super) async fn read<W: World>(world: &W, path: &RelPath, sums: Sums) -> Reading {
    for _ in 0..TRIES {
        match read_once(world, path, sums).await {
            Ok(Some(reading)) => return reading,
            Ok(None) => {}
            Err(kind) => return kind,
        }
    }
    Reading::Changing
}

/// Reads the bytes that a file has when it is opened, however it grows
/// meanwhile. Whether they stayed as they are behind the reader's back shows
/// only when they are read again.
pub(super) async fn read_start<W: World>(world: &W, path: &RelPath, sums: Sums) -> Reading {
    start(world, path, sums).await.unwrap_or_else(|reading| reading)
}

async fn start<W: World>(world: &W, path: &RelPath, sums: Sums) -> Result<Reading, Reading> {
    let mut file = world.disk().open(path).await.map_err(failed)?;
    let (seen, mut builder) = (file.stat.seen, DigestBuilder::new(sums));
    let mut left = usize::try_from(seen.size).unwrap_or(usize::MAX);
    while left > 0 {
        match file.bytes.next().await {
            Some(Ok(block)) => {
                let taken = block.len().min(left);
                builder.update(&block[..taken]);
                left -= taken;
            }
            Some(Err(_)) => return Err(Reading::Failed),
            // Cut short: no state that it ever had.
            None => return Err(Reading::Changing),
        }
    }
    Ok(Reading::Stable { digest: builder.finish(), seen, racy: true })
}

fn failed(error: DiskError) -> Reading {
    tracing::debug!(%error, "cannot be read");
    match error.kind {
        DiskErrorKind::NotFound | DiskErrorKind::WrongType => Reading::Gone,
        _ => Reading::Failed,
    }
}

async fn read_once<W: World>(
    world: &W,
    path: &RelPath,
    sums: Sums,
) -> Result<Option<Reading>, Reading> {
    let disk = world.disk();
    let begun = disk.volume_time().await.map_err(failed)?;
    let (before, digest) = disk.digest(path, sums).await.map_err(failed)?;
    let after = match disk.stat(path).await.map_err(failed)? {
        Some(stat) if stat.file_type == FileType::File => stat.seen,
        _ => return Err(Reading::Gone),
    };
    if !after.unchanged(&before.seen) || digest.size != after.size {
        return Ok(None);
    }
    Ok(Some(Reading::Stable { digest, seen: after, racy: is_racy(world, &after, begun) }))
}

/// Whether a write after the reading might leave size and times as they are:
/// the last change lies within one step of the volume's clock of the moment at
/// which the reading began, or after it (amendment 34).
fn is_racy<W: World>(world: &W, seen: &LocalSeen, begun: i64) -> bool {
    let step = i64::try_from(world.disk().volume().granularity.as_nanos()).unwrap_or(i64::MAX);
    // A date in the future would be racy for ever; the change time cannot be
    // set by a program, so there it alone decides.
    let changed = if seen.mtime > begun.saturating_add(step) {
        seen.ctime
    } else {
        seen.mtime.max(seen.ctime)
    };
    changed.saturating_add(step) >= begun
}

impl Reading {
    /// What to tell a user of a file that could not be read.
    pub(super) fn cause(self) -> Option<Cause> {
        match self {
            Self::Changing => Some(Cause::Changing),
            Self::Failed => Some(Cause::Unreadable),
            Self::Stable { .. } | Self::Gone => None,
        }
    }
}
