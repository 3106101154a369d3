//! Finding and looking.

use std::collections::BTreeMap;

use super::Attempt;
use super::drive::{Body, Drive, Holder, Inode};
use crate::disk::{Dirent, DiskErrorKind, FileType, Stat};
use crate::model::{Name, RelPath};

/// Why a path leads nowhere.
enum Miss {
    /// Surely nothing stands there.
    Absent(DiskErrorKind),
    /// It cannot be known.
    Unknown(DiskErrorKind),
}

impl From<Miss> for DiskErrorKind {
    fn from(miss: Miss) -> Self {
        match miss {
            Miss::Absent(kind) | Miss::Unknown(kind) => kind,
        }
    }
}

impl Drive {
    fn walk(&self, path: &RelPath) -> std::result::Result<Inode, Miss> {
        self.reachable().map_err(Miss::Unknown)?;
        let (mut at, mut way) = (self.root, RelPath::root());
        for name in path.names() {
            if let Some(kind) = self.faults.get(&way) {
                return Err(Miss::Unknown(*kind));
            }
            let entries = self.entries(at).map_err(|kind| match self.file_type(at) {
                FileType::File => Miss::Absent(kind),
                _ => Miss::Unknown(kind),
            })?;
            let absent = Miss::Absent(DiskErrorKind::NotFound);
            let Ok(name) = Name::new(name) else { return Err(absent) };
            at = entries.get(&self.key(&name)).ok_or(absent)?.inode;
            way = way.join(&name);
        }
        Ok(at)
    }

    /// What stands at `path`, unless it is faulty.
    pub(super) fn find(&self, path: &RelPath) -> Attempt<Inode> {
        let inode = self.walk(path)?;
        self.faults.get(path).map_or(Ok(inode), |kind| Err(*kind))
    }

    pub(super) fn find_file(&self, path: &RelPath) -> Attempt<Inode> {
        let inode = self.find(path)?;
        let is_file = self.file_type(inode) == FileType::File;
        if is_file { Ok(inode) } else { Err(DiskErrorKind::WrongType) }
    }

    /// The folder that holds `path`, and the name and key there.
    pub(super) fn place(&self, path: &RelPath) -> Attempt<(Inode, Name, Name)> {
        let (Some(parent), Some(name)) = (path.parent(), path.name()) else {
            return Err(DiskErrorKind::Busy);
        };
        let dir = self.walk(&parent)?;
        self.entries(dir)?;
        if let Some(kind) = self.faults.get(&parent).or_else(|| self.faults.get(path)) {
            return Err(*kind);
        }
        let name = Name::new(name).map_err(|_| DiskErrorKind::BadName)?;
        let key = self.key(&name);
        Ok((dir, name, key))
    }

    /// As [`Self::place`], for a name that is to be used: it must fit and be free.
    pub(super) fn free_place(&self, path: &RelPath) -> Attempt<(Inode, Name, Name)> {
        let (dir, name, key) = self.place(path)?;
        let refused = self.config.windows_names && name.is_refused_by_windows();
        if refused || name.as_str().len() > self.config.max_name {
            return Err(DiskErrorKind::BadName);
        }
        let taken = self.entries(dir)?.contains_key(&key);
        if taken { Err(DiskErrorKind::Exists) } else { Ok((dir, name, key)) }
    }

    /// Whether `inode` is `above` or lies below it.
    pub(super) fn lies_in(&self, inode: Inode, above: Inode) -> bool {
        inode == above
            || self
                .entries(above)
                .is_ok_and(|entries| entries.values().any(|entry| self.lies_in(inode, entry.inode)))
    }

    /// Fails if a program's open handle locks what stands at `path`.
    pub(super) fn unlocked(&self, path: &RelPath) -> Attempt<()> {
        if !self.config.held_is_locked {
            return Ok(());
        }
        let inode = self.find(path)?;
        let mut users = self.handles.values().filter(|handle| handle.holder == Holder::User);
        let held = users.any(|handle| self.lies_in(handle.inode, inode));
        if held { Err(DiskErrorKind::Busy) } else { Ok(()) }
    }

    pub(super) fn stat(&self, path: &RelPath) -> Attempt<Option<Stat>> {
        match self.walk(path) {
            Ok(_) if self.faults.get(path) == Some(&DiskErrorKind::Broken) => {
                Err(DiskErrorKind::Broken)
            }
            Ok(inode) => self.stat_of(inode).map(Some),
            Err(Miss::Absent(_)) => Ok(None),
            Err(Miss::Unknown(kind)) => Err(kind),
        }
    }

    /// The key at which a listing is torn.
    pub(super) fn middle(&self, dir: &RelPath) -> Attempt<Option<Name>> {
        let entries = self.entries(self.find(dir)?)?;
        Ok(entries.keys().nth(entries.len() / 2).cloned())
    }

    pub(super) fn list(
        &self,
        dir: &RelPath,
        wanted: impl Fn(&Name) -> bool,
    ) -> Attempt<Vec<Dirent>> {
        let entries = self.entries(self.find(dir)?)?;
        let wanted = entries.iter().filter(|(key, _)| wanted(key));
        Ok(wanted
            .map(|(_, entry)| {
                let broken =
                    self.faults.get(&dir.join(&entry.name)) == Some(&DiskErrorKind::Broken);
                let stat =
                    if broken { Err(DiskErrorKind::Broken) } else { self.stat_of(entry.inode) };
                Dirent { name: Ok(entry.name.clone()), stat }
            })
            .collect())
    }

    pub(super) fn contents(&self, path: &RelPath) -> Attempt<Vec<u8>> {
        match self.objects.get(&self.find_file(path)?).map(|object| &object.body) {
            Some(Body::File { bytes, .. }) => Ok(bytes.clone()),
            _ => Err(DiskErrorKind::WrongType),
        }
    }

    pub(super) fn free(&self) -> u64 {
        let used: u64 = self
            .objects
            .values()
            .filter(|object| !object.released)
            .map(|object| match &object.body {
                Body::File { bytes, .. } => bytes.len() as u64,
                Body::Dir { .. } | Body::Closed(_) => 0,
            })
            .sum();
        self.config.capacity.saturating_sub(used)
    }

    pub(super) fn is_being_written(&self, path: &RelPath) -> Attempt<bool> {
        let inode = self.find_file(path)?;
        let mut handles = self.handles.values();
        Ok(handles.any(|handle| handle.inode == inode && handle.holder != Holder::EngineReads))
    }

    pub(super) fn snapshot(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut todo = vec![(RelPath::root(), self.root)];
        while let Some((path, inode)) = todo.pop() {
            match self.objects.get(&inode).map(|object| &object.body) {
                Some(Body::File { bytes, .. }) => {
                    found.insert(path.as_str().to_owned(), Some(bytes.clone()));
                }
                Some(Body::Dir { entries, .. }) if !self.covered.contains(&inode) => {
                    let below = entries.values().map(|entry| (path.join(&entry.name), entry.inode));
                    todo.extend(below);
                    found.insert(path.as_str().to_owned(), None);
                }
                _ => {}
            }
        }
        found.remove("");
        found
    }
}
