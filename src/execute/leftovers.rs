//! Removes a folder that is empty but for ignored names (amendment 30).
//!
//! What the systems make anew at any time goes with it. Anything else that is
//! ignored stays where it is, and so does its folder: it is no node any more,
//! and `observe` does not take a folder with nothing but ignored names for one.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::disk::{Disk, DiskErrorKind, FileType};
use crate::model::{Kind, NodeId, RelPath, Rows, Rules, Side, layout};

use super::outcome::Refusal;

/// What may be left in a folder that goes.
#[derive(Debug)]
pub(super) struct Stays {
    rules: Arc<Rules>,
    /// Copies that stay though they are not selected.
    kept: BTreeSet<RelPath>,
}

impl Stays {
    pub(super) fn of(rows: &Rows) -> Self {
        let chosen = &rows.pair.chosen;
        let kept = chosen.kept.iter().filter_map(|&node| rows.path(Side::Local, node));
        Self { rules: chosen.rules.clone(), kept: kept.collect() }
    }
}

/// Removes the folder, or leaves it with what is to stay in it. Anything in it
/// that is not ignored is a user's: then nothing is touched.
pub(super) async fn remove_folder<D: Disk>(
    disk: &D,
    node: NodeId,
    at: &RelPath,
    stays: &Stays,
) -> Result<(), Refusal> {
    match disk.remove_dir(at).await {
        Ok(()) => return Ok(()),
        Err(error) if error.kind == DiskErrorKind::NotEmpty => {}
        Err(error) => return Err(error.into()),
    }
    let left = Leftovers::of(disk, at, stays).await?;
    // By way of a name in staging that says that it is worth nothing, so that
    // a cut leaves nothing behind.
    let staged = layout::staged(node, layout::Role::New);
    for path in &left.deletable {
        disk.rename(path, &staged).await?;
        disk.purge(&staged).await?;
    }
    for folder in left.folders.iter().rev() {
        match disk.remove_dir(folder).await {
            Ok(()) => {}
            Err(error) if error.kind == DiskErrorKind::NotEmpty => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

struct Leftovers {
    /// The folder and those below it, from the top down.
    folders: Vec<RelPath>,
    deletable: Vec<RelPath>,
}

impl Leftovers {
    /// Looks at everything below, and refuses if any of it is not ignored.
    async fn of<D: Disk>(disk: &D, at: &RelPath, stays: &Stays) -> Result<Self, Refusal> {
        let mut left = Self { folders: vec![at.clone()], deletable: Vec::new() };
        let mut looked = 0;
        while let Some(folder) = left.folders.get(looked).cloned() {
            looked += 1;
            for entry in disk.list(&folder).await? {
                let (Ok(name), Ok(stat)) = (entry.name, entry.stat) else {
                    return Err(Refusal::STALE);
                };
                let path = folder.join(&name);
                if stays.kept.contains(&path) {
                    continue;
                }
                let is_dir = stat.file_type == FileType::Dir;
                let kind = if is_dir { Kind::Dir } else { Kind::File };
                match (stays.rules.of(&folder, &name, kind), stat.file_type) {
                    (Some(_), FileType::File) if stays.rules.goes_along(&folder, &name, kind) => {
                        left.deletable.push(path);
                    }
                    (Some(_), _) => {}
                    (None, FileType::Dir) => left.folders.push(path),
                    (None, _) => return Err(Refusal::STALE),
                }
            }
        }
        Ok(left)
    }
}
