//! What both sides show, paired by place.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use super::CheckError;
use crate::disk::{Disk, DiskErrorKind, FileType, Stat};
use crate::model::{Kind, Name, NodeId, RelPath, Rows, Rules, Side, Stand, layout};
use crate::server::{Resource, Server};

/// How many folders are listed at once.
const WIDTH: usize = 4;

/// What stands at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairing {
    /// What is known of it.
    pub(super) node: Option<NodeId>,
    /// Where it is here, and what it shows; an error if that cannot be known.
    pub(super) here: Option<(RelPath, Result<Stat, DiskErrorKind>)>,
    /// What the server shows.
    pub(super) there: Option<Resource>,
}

/// All that takes part, by the path on the server.
pub(super) struct Survey {
    pub(super) pairs: BTreeMap<RelPath, Pairing>,
}

impl Survey {
    /// Looks at both sides.
    pub(super) async fn of<D: Disk, S: Server>(
        here: &D,
        there: &S,
        rows: &Rows,
    ) -> Result<Self, CheckError> {
        let mut pairs: BTreeMap<RelPath, Pairing> = BTreeMap::new();
        let names = Names::of(rows);
        let mut passed_over = BTreeSet::new();
        for (path, stat) in local(here, &names, &mut passed_over).await? {
            let node = names.local.get(&path).copied();
            let place = names.there.get(&path).cloned().unwrap_or_else(|| path.clone());
            pairs.insert(place, Pairing { node, here: Some((path, stat)), there: None });
        }
        for (path, resource) in remote(there, &names, &mut passed_over).await? {
            let pair = pairs.entry(path.clone()).or_default();
            pair.node = pair.node.or_else(|| names.remote.get(&path).copied());
            pair.there = Some(resource);
        }
        drop_left_behind(&mut pairs, passed_over);
        Ok(Self { pairs })
    }
}

/// Drops unknown folders of one side with nothing in them that takes part: they
/// were left behind with what does not (amendment 30), and are no difference.
fn drop_left_behind(pairs: &mut BTreeMap<RelPath, Pairing>, mut passed_over: BTreeSet<RelPath>) {
    let mut full = BTreeSet::new();
    // What is in a folder before the folder.
    let paths: Vec<RelPath> = pairs.keys().rev().cloned().collect();
    for path in paths {
        let Some(pairing) = pairs.get(&path) else { continue };
        let left = pairing.is_unknown_folder_of_one_side()
            && passed_over.contains(&path)
            && !full.contains(&path);
        let above = path.parent().unwrap_or_default();
        if left {
            pairs.remove(&path);
            passed_over.insert(above);
        } else {
            full.insert(above);
        }
    }
}

impl Pairing {
    fn is_unknown_folder_of_one_side(&self) -> bool {
        let is_dir = match (&self.here, &self.there) {
            (Some((_, Ok(stat))), None) => stat.file_type == FileType::Dir,
            (None, Some(resource)) => resource.kind == Kind::Dir,
            _ => false,
        };
        is_dir && self.node.is_none()
    }
}

/// What the rows know of places.
struct Names<'a> {
    /// What is never synced, as both sides were last looked at.
    rules: &'a Rules,
    local: BTreeMap<RelPath, NodeId>,
    remote: BTreeMap<RelPath, NodeId>,
    /// The path on the server of what is called otherwise here (an alias).
    there: BTreeMap<RelPath, RelPath>,
    /// What of the server is not kept here.
    hidden: BTreeSet<RelPath>,
    /// Copies here that have stayed of it, and are no part of the pair.
    kept: BTreeSet<RelPath>,
}

impl<'a> Names<'a> {
    fn of(rows: &'a Rows) -> Self {
        let local: BTreeMap<RelPath, NodeId> = rows
            .local
            .keys()
            .filter_map(|&node| Some((rows.path(Side::Local, node)?, node)))
            .collect();
        let remote: BTreeMap<RelPath, NodeId> = rows
            .remote
            .keys()
            .filter_map(|&node| Some((rows.path(Side::Remote, node)?, node)))
            .collect();
        let has_alias = rows.local.values().any(|row| matches!(row.stand, Stand::Alias(_)));
        let there = match has_alias {
            false => BTreeMap::new(),
            true => local
                .iter()
                .filter_map(|(path, &node)| Some((path.clone(), rows.home(Side::Local, node)?)))
                .filter(|(path, home)| path != home)
                .collect(),
        };
        let chosen = &rows.pair.chosen;
        let hidden = rows.pair.deselected.iter();
        let hidden = hidden.filter_map(|&node| rows.path(Side::Remote, node));
        let hidden = hidden.chain(chosen.unmet.iter().cloned()).collect();
        let kept = chosen.kept.iter().filter_map(|&node| rows.path(Side::Local, node)).collect();
        Self { rules: &chosen.rules, local, remote, there, hidden, kept }
    }

    /// Whether what is called so in a folder takes part in syncing. `size` is
    /// that of a file.
    fn take(&self, dir: &RelPath, name: &Name, size: Option<u64>) -> bool {
        let kind = if size.is_some() { Kind::File } else { Kind::Dir };
        !layout::is_kept_apart(name)
            && self.rules.of(dir, name, kind).is_none()
            && !size.is_some_and(|size| self.rules.holds(size))
    }
}

type Found = (RelPath, Result<Stat, DiskErrorKind>);

/// Files and folders here. Links and the like take no part.
async fn local<D: Disk>(
    here: &D,
    names: &Names<'_>,
    passed_over: &mut BTreeSet<RelPath>,
) -> Result<Vec<Found>, CheckError> {
    let mut found = Vec::new();
    let mut level = vec![RelPath::root()];
    while let Some(dir) = level.pop() {
        let entries = match here.list(&dir).await {
            Ok(entries) => entries,
            Err(error) if dir.is_root() => return Err(error.into()),
            Err(error) => {
                found.retain(|(path, _)| *path != dir);
                found.push((dir, Err(error.kind)));
                continue;
            }
        };
        for entry in entries {
            let Ok(name) = entry.name else { continue };
            let size = match &entry.stat {
                Ok(stat) if stat.file_type == FileType::Dir => None,
                stat => Some(stat.as_ref().map_or(0, |stat| stat.seen.size)),
            };
            let path = dir.join(&name);
            if !names.take(&dir, &name, size) || names.kept.contains(&path) {
                passed_over.insert(dir.clone());
                continue;
            }
            match entry.stat {
                Ok(stat) => match stat.file_type {
                    FileType::File => found.push((path, Ok(stat))),
                    FileType::Dir => {
                        found.push((path.clone(), Ok(stat)));
                        level.push(path);
                    }
                    FileType::Mount | FileType::Symlink | FileType::Special => {}
                },
                Err(kind) => found.push((path, Err(kind))),
            }
        }
    }
    Ok(found)
}

/// Files and folders on the server, but for what is not kept here.
async fn remote<S: Server>(
    there: &S,
    names: &Names<'_>,
    passed_over: &mut BTreeSet<RelPath>,
) -> Result<Vec<(RelPath, Resource)>, CheckError> {
    let mut found = Vec::new();
    let mut level = vec![RelPath::root()];
    while !level.is_empty() {
        let listings = stream::iter(std::mem::take(&mut level)).map(|dir| async move {
            let listing = there.list(&dir).await;
            // A folder that has gone meanwhile holds nothing.
            match listing {
                Err(error)
                    if error.kind == crate::server::ServerErrorKind::NotFound && !dir.is_root() =>
                {
                    Ok((dir, Vec::new()))
                }
                other => other.map(|listing| (dir, listing.children)),
            }
        });
        let listings: Vec<_> = listings.buffered(WIDTH).try_collect().await?;
        for (dir, children) in listings {
            for (name, resource) in children {
                let path = dir.join(&name);
                let size = (resource.kind == Kind::File).then(|| resource.seen.size.unwrap_or(0));
                if !names.take(&dir, &name, size) || names.hidden.contains(&path) {
                    passed_over.insert(dir.clone());
                    continue;
                }
                if resource.kind == Kind::Dir {
                    level.push(path.clone());
                }
                found.push((path, resource));
            }
        }
    }
    Ok(found)
}
