//! Conflict names, and how a file gets one without replacing anything (amendment 31).

use crate::clock::Clock;
use crate::disk::{Disk, DiskError, DiskErrorKind};
use crate::model::{Name, RelPath, Stamp};
use crate::world::World;

use super::guard::folder_of;

/// Longest conflict name in bytes.
const LONGEST: usize = 250;
const MARK: &str = " (conflict ";
/// So many copies of one second are not made by people.
const TRIES: u32 = 1000;

/// Who makes a conflict copy now.
pub(super) fn stamp<W: World>(world: &W) -> Stamp {
    let date = jiff::Timestamp::from_second(world.clock().wall())
        .map(|now| now.strftime("%Y-%m-%d %H%M%S").to_string())
        .unwrap_or_default();
    Stamp { date, device: world.device().to_owned() }
}

/// The `turn`-th conflict name of `name`, counted from 1. A conflict mark that
/// is there already is replaced, not repeated.
pub(super) fn name_for(name: &str, stamp: &Stamp, turn: u32, longest: usize) -> Option<Name> {
    let (stem, extension) = split(name);
    let counter = if turn > 1 { format!(" {turn}") } else { String::new() };
    let tail = format!("{MARK}{} {}){counter}{extension}", stamp.date, stamp.device);
    let mut stem = without_mark(stem);
    while stem.len() + tail.len() > longest.min(LONGEST) && !stem.is_empty() {
        stem = stem.char_indices().last().map_or("", |(end, _)| &stem[..end]);
    }
    Name::new(&format!("{stem}{tail}")).ok()
}

/// Stem and extension, the latter with its dot.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 16 && !name[dot..].contains(' ') => {
            name.split_at(dot)
        }
        _ => (name, ""),
    }
}

fn without_mark(stem: &str) -> &str {
    let numbered = stem.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let marked = if stem.ends_with(')') { stem } else { numbered.trim_end() };
    match marked.rfind(MARK) {
        Some(start) if start > 0 && marked.ends_with(')') => &stem[..start],
        _ => stem,
    }
}

/// Gives the thing at `from` a conflict name made from `home`, in `home`'s
/// folder, or in the root if that folder is gone. Returns where it is now.
pub(super) async fn beside<W: World>(
    world: &W,
    from: &RelPath,
    home: &RelPath,
) -> Result<RelPath, DiskError> {
    match into(world, from, &folder_of(home), home.name().unwrap_or("file")).await {
        Err(error) if error.kind == DiskErrorKind::NotFound && !folder_of(home).is_root() => {
            into(world, from, &RelPath::root(), home.name().unwrap_or("file")).await
        }
        result => result,
    }
}

/// Gives the thing at `from` a conflict name made from `name`, in `dir`.
pub(super) async fn into<W: World>(
    world: &W,
    from: &RelPath,
    dir: &RelPath,
    name: &str,
) -> Result<RelPath, DiskError> {
    let disk = world.disk();
    let stamp = stamp(world);
    let mut turn = 1;
    loop {
        let Some(free) = name_for(name, &stamp, turn, disk.volume().max_name) else {
            return Err(refused(from));
        };
        let to = dir.join(&free);
        match disk.rename(from, &to).await {
            Ok(()) => return Ok(to),
            Err(error) if error.kind == DiskErrorKind::Exists && turn < TRIES => turn += 1,
            Err(error) => return Err(error),
        }
    }
}

fn refused(path: &RelPath) -> DiskError {
    DiskError {
        kind: DiskErrorKind::BadName,
        path: path.clone(),
        source: std::io::Error::other("no conflict name can be made"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp() -> Stamp {
        Stamp { date: "2026-11-22 135419".into(), device: "desk".into() }
    }

    fn made(name: &str, turn: u32) -> String {
        name_for(name, &stamp(), turn, 255).unwrap().as_str().to_owned()
    }

    #[test]
    fn a_conflict_name_keeps_the_extension_and_counts() {
        assert_eq!(made("a.txt", 1), "a (conflict 2026-11-22 135419 desk).txt");
        assert_eq!(made("a.txt", 2), "a (conflict 2026-11-22 135419 desk) 2.txt");
        assert_eq!(made(".profile", 1), ".profile (conflict 2026-11-22 135419 desk)");
    }

    #[test]
    fn a_conflict_mark_is_replaced_not_repeated() {
        for old in
            ["a (conflict 2025-01-01 000000 x).txt", "a (conflict 2025-01-01 000000 x) 3.txt"]
        {
            assert_eq!(made(old, 1), "a (conflict 2026-11-22 135419 desk).txt");
        }
    }

    #[test]
    fn a_conflict_name_is_cut_between_characters() {
        let name = made(&format!("{}.txt", "ü".repeat(125)), 1);
        assert!(name.len() <= LONGEST && name.ends_with(".txt"), "{name}");
    }
}
