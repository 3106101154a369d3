//! Finds out what a volume can do, by trying it in a folder of our own.
//!
//! The folder is made below the root, so that it takes over settings that one
//! folder may have for itself (ext4 and NTFS know case folding per folder).

use std::fs::{File, FileTimes};
use std::io;
use std::time::{Duration, SystemTime};

use super::{Access, DiskErrorKind, Root, Volume, fault};
use crate::model::{Folding, Name, RelPath, layout};

/// The clocks of kernels step by up to this much, whatever the volume can
/// write down: two changes within one tick carry one time.
const TICK: Duration = Duration::from_millis(20);

/// The steps of time stamps that file systems are known to use, finest first.
const STEPS: [Duration; 7] = [
    Duration::from_nanos(1),
    Duration::from_nanos(100),
    Duration::from_micros(1),
    Duration::from_millis(1),
    Duration::from_millis(10),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// All names that a probe may leave behind when it is cut short. The folding
/// names come in pairs: as they are made, and as they are asked for.
const NAMES: [&str; 4] = ["one", "two", "case", "caf\u{e9}"];

/// A name that Windows and its file systems refuse. (One with a colon would be
/// taken on NTFS, for a stream of another file.)
const ODD_NAME: &str = "what?";

/// Tries everything, in a folder of this name.
pub(super) fn volume(root: &Root, name: &str) -> io::Result<Volume> {
    let dir = place(&layout::own_dir(), name)?;
    sweep(root, &dir)?;
    root.make_dir(&dir, Access::Private)?;
    let tried = try_all(root, &dir);
    sweep(root, &dir)?;
    tried
}

fn try_all(root: &Root, dir: &RelPath) -> io::Result<Volume> {
    let [one, two] = [place(dir, "one")?, place(dir, "two")?];
    let file = root.create(&one)?;
    let granularity = granularity(root, &file)?;
    drop(file);
    let stable_ids = stable_ids(root, &one, &two)?;
    drop(root.create(&one)?);
    Ok(Volume {
        exchange: exchange(root, &one, &two)?,
        stable_ids,
        folding: Folding {
            case: same(root, dir, "case", "CASE")?,
            normalization: same(root, dir, "caf\u{e9}", "cafe\u{301}")?,
        },
        granularity,
        max_name: root.max_name()?,
        windows_names: refuses(root, &place(dir, ODD_NAME)?),
    })
}

fn place(dir: &RelPath, name: &str) -> io::Result<RelPath> {
    Name::new(name).map(|name| dir.join(&name)).map_err(io::Error::other)
}

fn sweep(root: &Root, dir: &RelPath) -> io::Result<()> {
    for name in NAMES {
        gone(root.remove_file(&place(dir, name)?))?;
    }
    // Where the name is refused, so is its removal, for whatever reason. If it
    // is there and stays, the folder does, too.
    let _ = root.remove_file(&place(dir, ODD_NAME)?);
    gone(root.remove_dir(dir))
}

/// Whether the volume does not take this name, for whatever reason: drivers of
/// network volumes have several.
fn refuses(root: &Root, odd: &RelPath) -> bool {
    root.create(odd).is_err()
}

fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if fault::kind(&error) == DiskErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Renames `one` to `two` and looks whether it is still the same object.
fn stable_ids(root: &Root, one: &RelPath, two: &RelPath) -> io::Result<bool> {
    let before = root.stat(one)?;
    root.rename(one, two)?;
    let after = root.stat(two)?;
    let kept = before.zip(after).is_some_and(|(b, a)| b.seen.file_id == a.seen.file_id);
    Ok(kept && root.keeps_ids()?)
}

/// Exchanges two files and looks whether they really have changed places: a
/// network volume may answer yes and do something else.
fn exchange(root: &Root, one: &RelPath, two: &RelPath) -> io::Result<bool> {
    let ids = |root: &Root| -> io::Result<_> {
        let id = |stat: Option<super::Stat>| stat.map(|stat| stat.seen.file_id);
        Ok((id(root.stat(one)?), id(root.stat(two)?)))
    };
    let (first, second) = ids(root)?;
    match root.exchange(one, two) {
        Ok(()) => Ok(!root.keeps_ids()? || ids(root)? == (second, first)),
        Err(_) => Ok(false),
    }
}

/// Whether a file made as `made` is also found as `asked`.
fn same(root: &Root, dir: &RelPath, made: &str, asked: &str) -> io::Result<bool> {
    drop(root.create(&place(dir, made)?)?);
    Ok(matches!(root.stat(&place(dir, asked)?), Ok(Some(_))))
}

/// Writes a time with every digit in use and looks which digits come back.
fn granularity(root: &Root, file: &File) -> io::Result<Duration> {
    const ODD: Duration = Duration::new(1_000_000_001, 987_654_321);
    let odd = SystemTime::UNIX_EPOCH + ODD;
    let written = file.set_times(FileTimes::new().set_accessed(odd).set_modified(odd));
    let shown = u128::try_from(root.stat_file(file)?.seen.mtime).unwrap_or(0);
    let coarsest = STEPS[STEPS.len() - 1];
    if written.is_err() {
        return Ok(coarsest);
    }
    let keeps = |step: &&Duration| {
        let nanos = ODD.as_nanos();
        nanos - nanos % step.as_nanos() == shown
    };
    Ok(STEPS.iter().find(keeps).copied().unwrap_or(coarsest).max(TICK))
}
