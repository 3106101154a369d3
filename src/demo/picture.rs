//! Both folders side by side.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::model::layout;
use crate::text::Texts;

use super::{DemoError, Result};

/// Columns of one folder.
const WIDTH: usize = 44;

/// What stands in a folder: `None` for a folder, the hash and length of a file.
pub(super) type Picture = BTreeMap<PathBuf, Option<(blake3::Hash, u64)>>;

/// Looks at a folder, reading every byte; our own things are left out.
pub(super) fn of(folder: &Path) -> Result<Picture> {
    let mut picture = Picture::new();
    let walk = WalkDir::new(folder).min_depth(1).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.file_name() != layout::OWN_DIR) {
        let entry = entry.map_err(|error| DemoError::Stage {
            path: error.path().unwrap_or(folder).to_owned(),
            source: error.into(),
        })?;
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_owned();
        let shown = if entry.file_type().is_dir() { None } else { Some(read(entry.path())?) };
        picture.insert(path, shown);
    }
    Ok(picture)
}

fn read(path: &Path) -> Result<(blake3::Hash, u64)> {
    let stage = |source| DemoError::Stage { path: path.to_owned(), source };
    let mut hasher = blake3::Hasher::new();
    let mut file = std::fs::File::open(path).map_err(stage)?;
    let length = std::io::copy(&mut file, &mut hasher).map_err(stage)?;
    Ok((hasher.finalize(), length))
}

/// Draws two folders as lines: `=` between what is equal, `≠` between what
/// differs.
pub(super) fn draw(texts: &Texts, titles: [&str; 2], pictures: [&Picture; 2]) -> Vec<String> {
    let [left, right] = pictures;
    let paths: BTreeSet<&PathBuf> = left.keys().chain(right.keys()).collect();
    let mut lines = vec![format!("     {}     {}", pad(titles[0]), titles[1])];
    lines.push(format!("     {}     {}", "─".repeat(WIDTH), "─".repeat(WIDTH)));
    for path in paths {
        let (here, there) = (left.get(path), right.get(path));
        let sign = match (here, there) {
            (Some(here), Some(there)) if here == there => "=",
            (Some(_), Some(_)) => "≠",
            _ => " ",
        };
        let cell = |shown: Option<&Option<(blake3::Hash, u64)>>| {
            shown.map_or_else(String::new, |shown| cell(texts, path, *shown))
        };
        let line = format!("     {}  {sign}  {}", pad(&cell(here)), cell(there));
        lines.push(line.trim_end().to_owned());
    }
    lines
}

fn cell(texts: &Texts, path: &Path, shown: Option<(blake3::Hash, u64)>) -> String {
    let depth = path.components().count() - 1;
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let name = format!("{}{}", "  ".repeat(depth), shorten(&name, WIDTH - 12 - 2 * depth.min(8)));
    match shown {
        None => format!("{name}/"),
        Some((_, length)) => {
            let size = texts.size(length);
            let room = WIDTH.saturating_sub(name.chars().count() + size.chars().count());
            format!("{name}{}{size}", " ".repeat(room.max(1)))
        }
    }
}

/// Leaves out the middle of a long name: what matters is how it begins and ends.
fn shorten(name: &str, room: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= room {
        return name.to_owned();
    }
    let end = room / 2;
    let begin = room - end - 1;
    let begin: String = letters.iter().take(begin).collect();
    let end: String = letters.iter().skip(letters.len() - end).collect();
    format!("{begin}…{end}")
}

fn pad(cell: &str) -> String {
    format!("{cell}{}", " ".repeat(WIDTH.saturating_sub(cell.chars().count())))
}

/// The first path at which two folders differ.
pub(super) fn difference(one: &Picture, other: &Picture) -> Option<String> {
    let paths: BTreeSet<&PathBuf> = one.keys().chain(other.keys()).collect();
    let mut differing = paths.into_iter().filter(|path| one.get(*path) != other.get(*path));
    differing.next().map(|path| path.display().to_string())
}
