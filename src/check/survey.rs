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
        for (path, stat) in local(here, &names).await? {
            let node = names.local.get(&path).copied();
            let place = names.there.get(&path).cloned().unwrap_or_else(|| path.clone());
            pairs.insert(place, Pairing { node, here: Some((path, stat)), there: None });
        }
        for (path, resource) in remote(there, &names).await? {
            let pair = pairs.entry(path.clone()).or_default();
            pair.node = pair.node.or_else(|| names.remote.get(&path).copied());
            pair.there = Some(resource);
        }
        Ok(Self { pairs })
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
async fn local<D: Disk>(here: &D, names: &Names<'_>) -> Result<Vec<Found>, CheckError> {
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
