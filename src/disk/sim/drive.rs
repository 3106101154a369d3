//! What is on a simulated disk: objects, their names, and who holds them open.

use std::collections::{BTreeMap, BTreeSet};

use super::watch::Events;
use super::{Attempt, SimConfig, Unmounted};
use crate::disk::{DiskErrorKind, FileType, Stat};
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
    /// The permissions, as on Unix.
    pub(super) mode: u32,
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
    /// A folder moved between folders: if it is lost, so is all that came after,
    /// and if it is synced, so is all that came before. File systems order
    /// these, or folders could end up inside themselves.
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
    pub(super) next_handle: u64,
    /// So many attempts to make a folder durable will fail.
    pub(super) failing_syncs: u32,
    pub(super) events: Events,
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
            failing_syncs: 0,
            events: Events::default(),
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
        self.overflow();
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
        self.overflow();
        self.gone = false;
        if let Some(root) = self.hidden_root.take() {
            self.root = root;
        }
    }

    pub(super) fn reachable(&self) -> Attempt<()> {
        if self.gone { Err(DiskErrorKind::Broken) } else { Ok(()) }
    }

    /// Itself, for an image.
    pub(super) fn copied(&self) -> Self {
        Self {
            faults: BTreeMap::new(),
            objects: self.objects.clone(),
            covered: self.covered.clone(),
            pending: self.pending.clone(),
            handles: BTreeMap::new(),
            free_ids: self.free_ids.clone(),
            events: Events::default(),
            ..*self
        }
    }

    /// Everything on it has just been copied here: durable, and under new ids.
    pub(super) fn become_new(&mut self) {
        self.settle();
        self.free_ids.clear();
        let now = self.stamp();
        for object in self.objects.values_mut() {
            object.id = self.next_id;
            self.next_id += 1;
            (object.born, object.ctime) = (now, now);
        }
    }

    /// The time as the volume writes it down.
    pub(super) fn stamp(&self) -> i64 {
        self.rounded(self.now)
    }

    pub(super) fn rounded(&self, time: i64) -> i64 {
        let step = i64::try_from(self.config.granularity.as_nanos()).unwrap_or(1).max(1);
        time - time.rem_euclid(step)
    }

    pub(super) fn key(&self, name: &Name) -> Name {
        self.config.folding.key(name)
    }

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
        let object = Object {
            id,
            released: false,
            born: now,
            mtime: now,
            ctime: now,
            mode: 0o644,
            links: 0,
            body,
        };
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

    pub(super) fn is_dir(&self, inode: Inode) -> bool {
        matches!(self.objects.get(&inode), Some(Object { body: Body::Dir { .. }, .. }))
    }

    pub(super) fn file_type(&self, inode: Inode) -> FileType {
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
}
