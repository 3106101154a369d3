//! Links that are followed, where their user wishes it: to look and to read.
//!
//! A followed link shows the file or folder that it names, which must lie below
//! the same root, on the same mount. What is behind it is opened by its real
//! path, and never by the link: so what a path leads to is decided once, and no
//! call leaves the root. Nothing is ever changed through a link, nor is the
//! link itself (`changeable`): whoever wants to must ask its user. A link in a
//! folder that is itself seen through a link is not followed, so there are no
//! rings and no folder is seen more often than there are links.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustix::fs::{self, AtFlags, OFlags};
use rustix::io::Errno;

use super::{Look, Root, os};
use crate::disk::native::fault::Linked;
use crate::disk::{Changed, FileType, Stat};
use crate::model::{Name, RelPath, layout};

/// So many places that are marked twice are looked for one by one; with more of
/// them everything is looked at.
const MOST: usize = 1_000_000;

/// Which links of a root are followed, and what they name.
#[derive(Debug, Default)]
pub(in crate::disk::native) struct Links {
    wish: OnceLock<Arc<AtomicBool>>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Whether they were followed when somebody asked for changes last.
    followed: bool,
    /// What each link named when its folder was read last: by folder, by name.
    targets: BTreeMap<RelPath, BTreeMap<Name, RelPath>>,
}

/// What stands somewhere, as it is seen.
pub(super) struct Found {
    /// The folder that really holds it.
    pub(super) dir: OwnedFd,
    /// Its real name there.
    pub(super) name: String,
    pub(super) look: Look,
    /// The link through which it is seen.
    pub(super) via: Via,
}

/// The inode of the link through which something is seen; 0 if there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Via(u64);

impl Via {
    pub(super) const NONE: Self = Self(0);

    /// The id of a thing that is seen through this link. It is another one at
    /// each place, as two things would have it: what is there twice is not
    /// taken for something that was moved.
    pub(super) fn id(self, inode: u64) -> u128 {
        u128::from(inode) | u128::from(self.0) << 64
    }
}

impl Links {
    /// From now on, `wish` says whether they are followed.
    pub(super) fn heed(&self, wish: Arc<AtomicBool>) {
        let _ = self.wish.set(wish);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes all links that a folder holds.
    pub(super) fn note(&self, dir: &RelPath, targets: BTreeMap<Name, RelPath>) {
        let mut known = self.known();
        match targets.is_empty() {
            true => drop(known.targets.remove(dir)),
            false => drop(known.targets.insert(dir.clone(), targets)),
        }
    }
}

impl Root {
    pub(super) fn follows(&self) -> bool {
        self.links.wish.get().is_some_and(|wish| wish.load(Ordering::Relaxed))
    }

    /// From now on, `wish` says whether links are followed.
    pub(in crate::disk::native) fn heed(&self, wish: Arc<AtomicBool>) {
        self.links.heed(wish);
    }

    /// What stands at a path: through a link, if links are followed and it
    /// leads somewhere below the root; else the link itself.
    pub(super) fn find(&self, path: &RelPath) -> io::Result<Found> {
        let (Some(parent), Some(name)) = (path.parent(), path.name()) else {
            return Err(Errno::BUSY.into());
        };
        let (dir, via) = self.open_seen(&parent, os::PASS)?;
        let look = os::look(dir.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)?;
        let found = Found { dir, name: name.to_owned(), look, via };
        if via == Via::NONE && look.file_type == fs::FileType::Symlink {
            return Ok(self.behind(path, &look).map_or(found, |(_, behind)| behind));
        }
        Ok(found)
    }

    /// What an entry of a folder shows that is a link to be followed, and what it names.
    pub(super) fn followed(
        &self,
        dir: &RelPath,
        name: &Result<Name, String>,
        look: &Look,
        via: Via,
    ) -> Option<(Name, RelPath, Stat)> {
        let name = name.as_ref().ok()?;
        if via != Via::NONE || look.file_type != fs::FileType::Symlink {
            return None;
        }
        let (target, found) = self.behind(&dir.join(name), look)?;
        Some((name.clone(), target, found.stat(self)))
    }

    /// Opens a folder, through a link if links are followed.
    pub(super) fn open_seen(&self, path: &RelPath, flags: OFlags) -> io::Result<(OwnedFd, Via)> {
        match self.open_dir(path, flags) {
            Err(error) if is_link(&error) && self.follows() && !is_own(path) => {
                let (real, via) = self.real(path).ok_or(error)?;
                Ok((self.open_dir(&real, flags)?, via))
            }
            opened => Ok((opened?, Via::NONE)),
        }
    }

    /// What a link shows, and where that is; none if it is not to be followed.
    fn behind(&self, link: &RelPath, look: &Look) -> Option<(RelPath, Found)> {
        if !self.follows() || is_own(link) {
            return None;
        }
        let (target, via) = (self.target(link)?, Via(look.inode));
        let (dir, name) = self.at(&target).ok()?;
        let look = os::look(dir.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        let is_kept = matches!(self.stat_of(&look).file_type, FileType::File | FileType::Dir);
        let name = name.to_owned();
        is_kept.then_some((target, Found { dir, name, look, via }))
    }

    /// Where a path that leads through a link really is.
    fn real(&self, path: &RelPath) -> Option<(RelPath, Via)> {
        let mut at = RelPath::root();
        for name in path.names() {
            at = at.join(&Name::new(name).ok()?);
            let (dir, name) = self.at(&at).ok()?;
            let look = os::look(dir.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
            if look.file_type == fs::FileType::Symlink {
                return Some((self.target(&at)?.then(&path.below(&at)?), Via(look.inode)));
            }
        }
        None
    }

    /// What a link names, if that is below the root and does not hold the link.
    ///
    /// The system is asked by text, and may be told something else a moment
    /// later: what it says is only a path, which is then opened as every other
    /// one, from the root and through no link.
    fn target(&self, link: &RelPath) -> Option<RelPath> {
        let named = self.path.join(link.as_str()).canonicalize().ok()?;
        let below = named.strip_prefix(&self.path).ok()?;
        let target = RelPath::parse(below.to_str()?).ok()?;
        let fits = !target.is_root() && !link.starts_with(&target) && !is_own(&target);
        fits.then_some(target)
    }

    /// Fails if `path` is a link that is followed, or is seen through one.
    /// Of what is not there it says nothing.
    pub(in crate::disk::native) fn changeable(&self, path: &RelPath) -> io::Result<()> {
        if !self.follows() || is_own(path) {
            return Ok(());
        }
        match self
            .at(path)
            .and_then(|(dir, name)| Ok(os::look(dir.as_fd(), name, AtFlags::SYMLINK_NOFOLLOW)?))
        {
            Ok(look) if look.file_type == fs::FileType::Symlink => Err(Linked.into()),
            Err(error) if Linked::is(&error) => Err(error),
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// What is seen to change if these real places do: what is seen through a
    /// link changes with what the link names.
    pub(in crate::disk::native) fn seen_to_change(&self, changed: Changed) -> Changed {
        let (now, mut known) = (self.follows(), self.links.known());
        let turned = std::mem::replace(&mut known.followed, now) != now;
        let Changed::At(mut at) = changed else { return changed };
        if turned {
            return Changed::Anywhere;
        }
        let links = || {
            let folders = known.targets.iter();
            folders.flat_map(|(dir, links)| links.iter().map(move |(name, at)| (dir, name, at)))
        };
        if !now || at.is_empty() || links().next().is_none() {
            return Changed::At(at);
        }
        if links().count().saturating_mul(at.len()) > MOST {
            return Changed::Anywhere;
        }
        let mut seen = BTreeSet::new();
        for (dir, name, target) in links() {
            for path in &at {
                if let Some(below) = path.below(target) {
                    seen.insert(dir.join(name).then(&below));
                } else if target.starts_with(path) {
                    seen.insert(dir.join(name));
                }
            }
        }
        at.append(&mut seen);
        Changed::At(at)
    }
}

impl Found {
    pub(super) fn stat(&self, root: &Root) -> Stat {
        root.seen(&self.look, self.via)
    }
}

pub(super) fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::LOOP.raw_os_error())
}

fn is_own(path: &RelPath) -> bool {
    path.starts_with(&layout::own_dir())
}
