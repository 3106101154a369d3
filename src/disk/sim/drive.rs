//! What is on a simulated disk, and the primitives on it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Attempt, SimConfig, Unmounted};
use crate::disk::{Dirent, DiskErrorKind, FileType, Stat};
use crate::model::{LocalSeen, Name, RelPath, layout};

/// An object for as long as the simulation lives. What the file system shows
/// as its id is another number, which may be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Inode(u64);

/// One name in a folder, under the key that its folding makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Name,
    pub(super) inode: Inode,
}

pub(super) type Entries = BTreeMap<Name, Entry>;

/// What an object is made of: as everybody sees it, and as it is on stable storage.
#[derive(Clone, Debug)]
pub(super) enum Body {
    File {
        bytes: Vec<u8>,
        durable: Vec<u8>,
    },
    Dir {
        entries: Entries,
        durable: Entries,
    },
    /// A mount point, link or special file: never looked into.
    Closed(FileType),
}

#[derive(Clone, Debug)]
pub(super) struct Object {
    pub(super) id: u64,
    /// Its id may be given to another object.
    pub(super) released: bool,
    pub(super) born: i64,
    pub(super) mtime: i64,
    pub(super) ctime: i64,
    /// How many names it has.
    pub(super) links: u64,
    pub(super) body: Body,
}

/// One name set or taken away.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) dir: Inode,
    pub(super) key: Name,
    pub(super) after: Option<Entry>,
}

/// One change of the tree that is not on stable storage yet: all of it gets
/// there, or nothing.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) edits: Vec<Edit>,
    /// A folder moved between folders: nothing before it may be lost while it
    /// stays. File systems order these, or folders could end up inside themselves.
    pub(super) barrier: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    EngineReads,
    EngineWrites,
    User,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Handle {
    pub(super) inode: Inode,
    pub(super) holder: Holder,
}

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

/// A volume and what is on it.
#[derive(Debug)]
pub(super) struct Drive {
    pub(super) config: SimConfig,
    pub(super) now: i64,
    pub(super) faults: BTreeMap<RelPath, DiskErrorKind>,
    pub(super) objects: BTreeMap<Inode, Object>,
    pub(super) root: Inode,
    /// The root of the volume while only its mount point is seen.
    pub(super) hidden_root: Option<Inode>,
    gone: bool,
    /// Folders over which another volume is mounted.
    pub(super) covered: BTreeSet<Inode>,
    pub(super) pending: Vec<Change>,
    pub(super) handles: BTreeMap<u64, Handle>,
    pub(super) free_ids: BTreeSet<u64>,
    pub(super) next_id: u64,
    next_inode: u64,
    next_handle: u64,
}

impl Drive {
    pub(super) fn new(config: SimConfig) -> Self {
        let mut drive = Self {
            config,
            now: 0,
            faults: BTreeMap::new(),
            objects: BTreeMap::new(),
            root: Inode(0),
            hidden_root: None,
            gone: false,
            covered: BTreeSet::new(),
            pending: Vec::new(),
            handles: BTreeMap::new(),
            free_ids: BTreeSet::new(),
            next_id: 2,
            next_inode: 0,
            next_handle: 0,
        };
        drive.new_root();
        drive
    }

    /// Makes a root with our folders in it, on stable storage.
    fn new_root(&mut self) {
        self.root = self.add(Body::Dir { entries: Entries::new(), durable: Entries::new() });
        for dir in [layout::own_dir(), layout::staging(), layout::aside()] {
            // The root is empty and nothing is faulty below it, so this works.
            let _ = self.make_dir(&dir);
        }
        self.settle();
    }

    pub(super) fn unmount(&mut self, leaving: Unmounted) {
        self.mount();
        let ours = self.handles.iter().filter(|(_, handle)| handle.holder != Holder::User);
        let ours: Vec<u64> = ours.map(|(handle, _)| *handle).collect();
        ours.into_iter().for_each(|handle| self.close(handle));
        match leaving {
            Unmounted::Gone => self.gone = true,
            Unmounted::Empty => {
                self.hidden_root = Some(self.root);
                self.new_root();
            }
        }
    }

    pub(super) fn mount(&mut self) {
        self.gone = false;
        if let Some(root) = self.hidden_root.take() {
            self.root = root;
        }
    }

    pub(super) fn reachable(&self) -> Attempt<()> {
        if self.gone { Err(DiskErrorKind::Broken) } else { Ok(()) }
    }

    /// The time as the volume writes it down.
    pub(super) fn stamp(&self) -> i64 {
        self.rounded(self.now)
    }

    fn rounded(&self, time: i64) -> i64 {
        let step = i64::try_from(self.config.granularity.as_nanos()).unwrap_or(1).max(1);
        time - time.rem_euclid(step)
    }

    fn key(&self, name: &Name) -> Name {
        self.config.folding.key(name)
    }

    // Objects.

    pub(super) fn fresh_id(&mut self) -> u64 {
        let reused = if self.config.reuse_ids { self.free_ids.pop_first() } else { None };
        reused.unwrap_or_else(|| {
            self.next_id += 1;
            self.next_id - 1
        })
    }

    pub(super) fn add(&mut self, body: Body) -> Inode {
        let now = self.stamp();
        let inode = Inode(self.next_inode);
        self.next_inode += 1;
        let id = self.fresh_id();
        let object =
            Object { id, released: false, born: now, mtime: now, ctime: now, links: 0, body };
        self.objects.insert(inode, object);
        inode
    }

    /// Frees the id of an object that nobody can reach any more.
    pub(super) fn release(&mut self, inode: Inode) {
        let held = self.handles.values().any(|handle| handle.inode == inode);
        if let Some(object) = self.objects.get_mut(&inode)
            && object.links == 0
            && !held
            && !object.released
        {
            object.released = true;
            self.free_ids.insert(object.id);
        }
    }

    fn is_dir(&self, inode: Inode) -> bool {
        matches!(self.objects.get(&inode), Some(Object { body: Body::Dir { .. }, .. }))
    }

    fn file_type(&self, inode: Inode) -> FileType {
        if self.covered.contains(&inode) {
            return FileType::Mount;
        }
        match self.objects.get(&inode).map(|object| &object.body) {
            Some(Body::File { .. }) => FileType::File,
            Some(Body::Dir { .. }) => FileType::Dir,
            Some(Body::Closed(file_type)) => *file_type,
            None => FileType::Special,
        }
    }

    pub(super) fn entries(&self, dir: Inode) -> Attempt<&Entries> {
        match self.objects.get(&dir).map(|object| &object.body) {
            _ if self.file_type(dir) == FileType::Mount => Err(DiskErrorKind::Unsupported),
            Some(Body::Dir { entries, .. }) => Ok(entries),
            _ => Err(DiskErrorKind::WrongType),
        }
    }

    pub(super) fn stat_of(&self, inode: Inode) -> Attempt<Stat> {
        let object = self.objects.get(&inode).ok_or(DiskErrorKind::Broken)?;
        let size = match &object.body {
            Body::File { bytes, .. } => bytes.len() as u64,
            Body::Dir { .. } | Body::Closed(_) => 0,
        };
        let seen = LocalSeen {
            volume: if self.hidden_root.is_some() { 2 } else { 1 },
            file_id: object.id.into(),
            born: self.config.birth_times.then_some(object.born),
            size,
            mtime: object.mtime,
            ctime: object.ctime,
            links: object.links,
        };
        Ok(Stat { file_type: self.file_type(inode), seen })
    }

    // Paths.

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
    fn free_place(&self, path: &RelPath) -> Attempt<(Inode, Name, Name)> {
        let (dir, name, key) = self.place(path)?;
        if name.as_str().len() > self.config.max_name {
            return Err(DiskErrorKind::BadName);
        }
        let taken = self.entries(dir)?.contains_key(&key);
        if taken { Err(DiskErrorKind::Exists) } else { Ok((dir, name, key)) }
    }

    /// Whether `inode` is `above` or lies below it.
    fn lies_in(&self, inode: Inode, above: Inode) -> bool {
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

    // Looking.

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

    // Changing the tree.

    /// Makes a change that everybody sees, but that is not on stable storage yet.
    fn apply(&mut self, edits: Vec<Edit>, barrier: bool) {
        let now = self.stamp();
        let mut touched = Vec::new();
        for edit in &edits {
            let Some(dir) = self.objects.get_mut(&edit.dir) else { continue };
            (dir.mtime, dir.ctime) = (now, now);
            let Body::Dir { entries, .. } = &mut dir.body else { continue };
            let before = match &edit.after {
                Some(entry) => entries.insert(edit.key.clone(), entry.clone()),
                None => entries.remove(&edit.key),
            };
            touched.extend(before.map(|entry| (entry.inode, -1)));
            touched.extend(edit.after.iter().map(|entry| (entry.inode, 1)));
        }
        for (inode, names) in &touched {
            if let Some(object) = self.objects.get_mut(inode) {
                object.links = object.links.saturating_add_signed(*names);
                object.ctime = now;
            }
        }
        self.pending.push(Change { edits, barrier });
        for (inode, _) in touched {
            self.release(inode);
        }
    }

    /// Gives an object a name that is free.
    pub(super) fn link(&mut self, path: &RelPath, inode: Inode) -> Attempt<()> {
        let (dir, name, key) = self.free_place(path)?;
        self.apply(vec![Edit { dir, key, after: Some(Entry { name, inode }) }], false);
        Ok(())
    }

    /// Makes a new object under a name that is free.
    pub(super) fn make(&mut self, path: &RelPath, body: Body) -> Attempt<Inode> {
        self.free_place(path)?;
        if self.free() == 0 {
            return Err(DiskErrorKind::Full);
        }
        let inode = self.add(body);
        self.link(path, inode)?;
        Ok(inode)
    }

    pub(super) fn make_file(&mut self, path: &RelPath) -> Attempt<Inode> {
        self.make(path, Body::File { bytes: Vec::new(), durable: Vec::new() })
    }

    pub(super) fn make_dir(&mut self, path: &RelPath) -> Attempt<()> {
        self.make(path, Body::Dir { entries: Entries::new(), durable: Entries::new() }).map(drop)
    }

    /// The entry at `path`, which can be moved: it is there and no mount point.
    fn movable(&self, path: &RelPath) -> Attempt<(Inode, Name, Entry)> {
        let (dir, _, key) = self.place(path)?;
        let entry = self.entries(dir)?.get(&key).cloned().ok_or(DiskErrorKind::NotFound)?;
        if self.file_type(entry.inode) == FileType::Mount {
            return Err(DiskErrorKind::Busy);
        }
        Ok((dir, key, entry))
    }

    pub(super) fn rename(&mut self, from: &RelPath, to: &RelPath) -> Attempt<()> {
        let (from_dir, from_key, entry) = self.movable(from)?;
        let inode = entry.inode;
        let (to_dir, to_name, to_key) = match self.place(to)? {
            // Only the spelling changes.
            (dir, name, key) if (dir, &key) == (from_dir, &from_key) && name != entry.name => {
                (dir, name, key)
            }
            _ => self.free_place(to)?,
        };
        if self.is_dir(inode) && self.lies_in(to_dir, inode) {
            return Err(DiskErrorKind::BadName);
        }
        let taken = Edit { dir: from_dir, key: from_key, after: None };
        let given = Edit { dir: to_dir, key: to_key, after: Some(Entry { name: to_name, inode }) };
        self.apply(vec![taken, given], self.is_dir(inode) && from_dir != to_dir);
        self.moved(inode);
        Ok(())
    }

    pub(super) fn exchange(&mut self, one: &RelPath, other: &RelPath) -> Attempt<()> {
        let (one_dir, one_key, one) = self.movable(one)?;
        let (other_dir, other_key, other) = self.movable(other)?;
        let nested = self.lies_in(one.inode, other.inode) || self.lies_in(other.inode, one.inode);
        if nested {
            return Err(DiskErrorKind::BadName);
        }
        let (first, second) = (one.inode, other.inode);
        let dirs = self.is_dir(first) || self.is_dir(second);
        let edits = vec![
            Edit { dir: one_dir, key: one_key, after: Some(Entry { inode: second, ..one }) },
            Edit { dir: other_dir, key: other_key, after: Some(Entry { inode: first, ..other }) },
        ];
        self.apply(edits, dirs && one_dir != other_dir);
        self.moved(first);
        self.moved(second);
        Ok(())
    }

    /// Where ids are made from places, a moved object gets another one.
    fn moved(&mut self, inode: Inode) {
        if self.config.stable_ids {
            return;
        }
        let id = self.fresh_id();
        if let Some(object) = self.objects.get_mut(&inode) {
            self.free_ids.insert(std::mem::replace(&mut object.id, id));
        }
    }

    pub(super) fn remove_file(&mut self, path: &RelPath) -> Attempt<()> {
        let (dir, key, entry) = self.movable(path)?;
        if self.is_dir(entry.inode) {
            return Err(DiskErrorKind::WrongType);
        }
        self.apply(vec![Edit { dir, key, after: None }], false);
        Ok(())
    }

    pub(super) fn remove_dir(&mut self, path: &RelPath) -> Attempt<()> {
        let (dir, key, entry) = self.movable(path)?;
        if !self.entries(entry.inode)?.is_empty() {
            return Err(DiskErrorKind::NotEmpty);
        }
        self.apply(vec![Edit { dir, key, after: None }], false);
        Ok(())
    }

    /// Gives `path` to another object, whatever had it before.
    pub(super) fn replace(&mut self, path: &RelPath, inode: Inode) -> Attempt<()> {
        let (dir, name, key) = self.place(path)?;
        let old = self.entries(dir)?.get(&key);
        if old.is_some_and(|entry| self.is_dir(entry.inode)) {
            return Err(DiskErrorKind::WrongType);
        }
        self.apply(vec![Edit { dir, key, after: Some(Entry { name, inode }) }], false);
        Ok(())
    }

    // Contents.

    /// Gives a file other bytes; `Full` if they do not fit.
    pub(super) fn set_bytes(&mut self, inode: Inode, new: Vec<u8>) -> Attempt<()> {
        let (now, free) = (self.stamp(), self.free());
        let object = self.objects.get_mut(&inode).ok_or(DiskErrorKind::Broken)?;
        let Body::File { bytes, .. } = &mut object.body else {
            return Err(DiskErrorKind::WrongType);
        };
        if new.len() as u64 > free + bytes.len() as u64 {
            return Err(DiskErrorKind::Full);
        }
        *bytes = new;
        (object.mtime, object.ctime) = (now, now);
        Ok(())
    }

    pub(super) fn set_mtime(&mut self, inode: Inode, mtime: i64) -> Attempt<()> {
        let (now, mtime) = (self.stamp(), self.rounded(mtime));
        let object = self.objects.get_mut(&inode).ok_or(DiskErrorKind::Broken)?;
        (object.mtime, object.ctime) = (mtime, now);
        Ok(())
    }

    pub(super) fn hold(&mut self, inode: Inode, holder: Holder) -> u64 {
        self.next_handle += 1;
        self.handles.insert(self.next_handle, Handle { inode, holder });
        self.next_handle
    }

    pub(super) fn close(&mut self, handle: u64) {
        if let Some(Handle { inode, .. }) = self.handles.remove(&handle) {
            self.release(inode);
        }
    }

    pub(super) fn held(&self, handle: u64) -> Attempt<Inode> {
        self.handles.get(&handle).map(|handle| handle.inode).ok_or(DiskErrorKind::Broken)
    }

    pub(super) fn open(&mut self, path: &RelPath) -> Attempt<(Stat, u64)> {
        let inode = self.find_file(path)?;
        Ok((self.stat_of(inode)?, self.hold(inode, Holder::EngineReads)))
    }

    pub(super) fn create_open(&mut self, path: &RelPath) -> Attempt<u64> {
        let inode = self.make_file(path)?;
        Ok(self.hold(inode, Holder::EngineWrites))
    }

    pub(super) fn read(&self, handle: u64, offset: usize, length: usize) -> Attempt<Vec<u8>> {
        match self.objects.get(&self.held(handle)?).map(|object| &object.body) {
            Some(Body::File { bytes, .. }) => {
                let rest = bytes.get(offset..).unwrap_or_default();
                Ok(rest[..rest.len().min(length.max(1))].to_vec())
            }
            _ => Err(DiskErrorKind::Broken),
        }
    }

    pub(super) fn append(&mut self, handle: u64, more: &[u8]) -> Attempt<()> {
        let inode = self.held(handle)?;
        let mut bytes = self.read(handle, 0, usize::MAX)?;
        bytes.extend_from_slice(more);
        self.set_bytes(inode, bytes)
    }

    pub(super) fn finish(&mut self, handle: u64, mtime: Option<i64>) -> Attempt<Stat> {
        let inode = self.held(handle)?;
        if let Some(mtime) = mtime {
            self.set_mtime(inode, mtime)?;
        }
        self.sync_file(inode);
        self.stat_of(inode)
    }
}
