//! The primitives that change the tree.

use super::Attempt;
use super::drive::{Body, Change, Drive, Edit, Entries, Entry, Inode};
use crate::disk::{DiskErrorKind, FileType};
use crate::model::{Name, RelPath};

impl Drive {
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
        edits.iter().for_each(|edit| self.touch(edit.dir));
        self.pending.push(Change { edits, barrier });
        for (inode, _) in touched {
            self.touch(inode);
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
            (dir, name, key)
                if (dir, &key) == (from_dir, &from_key)
                    && name != entry.name
                    && !(self.config.windows_names && name.is_refused_by_windows()) =>
            {
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
}
