//! What is on stable storage, and what a power cut leaves.

use std::collections::BTreeSet;

use super::Attempt;
use super::drive::{Body, Change, Drive, Inode};
use crate::entropy::Entropy;
use crate::model::RelPath;

impl Change {
    /// The folders whose entries it changes and the objects it names: a change
    /// inside a new folder hangs on the making of that folder.
    fn touches(&self) -> impl Iterator<Item = Inode> {
        self.edits.iter().flat_map(|edit| {
            std::iter::once(edit.dir).chain(edit.after.as_ref().map(|entry| entry.inode))
        })
    }
}

impl Drive {
    pub(super) fn sync_file(&mut self, inode: Inode) {
        if let Some(object) = self.objects.get_mut(&inode)
            && let Body::File { bytes, durable } = &mut object.body
        {
            durable.clone_from(bytes);
        }
    }

    /// As file systems do it: a file that is synced has its name after it, too.
    pub(super) fn sync_names_of(&mut self, file: Inode) {
        let named = self.pending.iter().filter(|change| change.touches().any(|it| it == file));
        let dirs: BTreeSet<Inode> =
            named.flat_map(|change| change.edits.iter().map(|edit| edit.dir)).collect();
        dirs.into_iter().for_each(|dir| self.sync_entries(dir));
    }

    pub(super) fn sync_dir(&mut self, dir: &RelPath) -> Attempt<()> {
        let inode = self.find(dir)?;
        self.entries(inode)?;
        self.sync_entries(inode);
        Ok(())
    }

    /// Brings to stable storage what has changed in a folder, and of the
    /// changes elsewhere only those that came before and hang together with it.
    pub(super) fn sync_entries(&mut self, dir: Inode) {
        let mut wanted = BTreeSet::from([dir]);
        let mut everything = false;
        let mut synced = Vec::new();
        let mut waiting = Vec::new();
        for change in std::mem::take(&mut self.pending).into_iter().rev() {
            if everything || change.touches().any(|inode| wanted.contains(&inode)) {
                everything |= change.barrier;
                wanted.extend(change.touches());
                synced.push(change);
            } else {
                waiting.push(change);
            }
        }
        synced.iter().rev().for_each(|change| self.make_durable(change));
        waiting.reverse();
        self.pending = waiting;
        self.forget_removed();
    }

    fn make_durable(&mut self, change: &Change) {
        for edit in &change.edits {
            let dir = self.objects.get_mut(&edit.dir).map(|object| &mut object.body);
            let Some(Body::Dir { durable, .. }) = dir else { continue };
            match &edit.after {
                Some(entry) => durable.insert(edit.key.clone(), entry.clone()),
                None => durable.remove(&edit.key),
            };
        }
    }

    pub(super) fn settle(&mut self) {
        for change in std::mem::take(&mut self.pending) {
            self.make_durable(&change);
        }
        let all: Vec<Inode> = self.objects.keys().copied().collect();
        all.into_iter().for_each(|inode| self.sync_file(inode));
        self.forget_removed();
    }

    /// Puts a small file of ours in place so that no power cut can tear it.
    pub(super) fn replace_durably(&mut self, path: &RelPath, bytes: &[u8]) -> Attempt<()> {
        let (dir, ..) = self.place(path)?;
        let file = self.add(Body::File { bytes: Vec::new(), durable: Vec::new() });
        let written = self.set_bytes(file, bytes.to_vec()).and_then(|()| self.replace(path, file));
        // Only if it got no name.
        self.release(file);
        written?;
        self.sync_file(file);
        self.sync_entries(dir);
        Ok(())
    }

    pub(super) fn crash(&mut self, chance: &impl Entropy) {
        self.overflow();
        self.handles.clear();
        self.lose_changes(chance);
        for object in self.objects.values_mut() {
            match &mut object.body {
                Body::File { bytes, durable } if bytes != durable => {
                    *bytes = remains(bytes, durable, chance);
                    durable.clone_from(bytes);
                }
                Body::Dir { entries, durable } => entries.clone_from(durable),
                Body::File { .. } | Body::Closed(_) => {}
            }
        }
        self.forget_removed();
        self.count_again();
    }

    /// Of the changes that were not synced, brings some to stable storage. What
    /// hangs on a lost one is lost with it, so that each folder loses a suffix.
    fn lose_changes(&mut self, chance: &impl Entropy) {
        // Sometimes all of it is lost, sometimes nothing, mostly a little.
        let odds = [0, 1, 4, 8][(chance.bits() % 4) as usize];
        let mut lost = BTreeSet::new();
        let mut everything = false;
        for change in std::mem::take(&mut self.pending) {
            let hangs_on_lost = change.touches().any(|inode| lost.contains(&inode));
            if everything || hangs_on_lost || chance.bits() % 8 < odds {
                everything |= change.barrier;
                lost.extend(change.touches());
            } else {
                self.make_durable(&change);
            }
        }
    }

    /// Forgets the objects that have neither name nor handle. Only when nothing
    /// is pending: until then a power cut may bring them back.
    fn forget_removed(&mut self) {
        if !self.pending.is_empty() {
            return;
        }
        let mut kept = BTreeSet::new();
        let mut todo: Vec<Inode> = self.handles.values().map(|handle| handle.inode).collect();
        todo.push(self.root);
        todo.extend(self.hidden_root);
        while let Some(inode) = todo.pop() {
            if kept.insert(inode)
                && let Some(Body::Dir { entries, .. }) =
                    self.objects.get(&inode).map(|object| &object.body)
            {
                todo.extend(entries.values().map(|entry| entry.inode));
            }
        }
        self.objects.retain(|inode, _| kept.contains(inode));
    }

    /// After a power cut: counts names, and gives an id that was already used
    /// again back to its first owner.
    fn count_again(&mut self) {
        let mut names: Vec<Inode> = Vec::new();
        for object in self.objects.values() {
            if let Body::Dir { entries, .. } = &object.body {
                names.extend(entries.values().map(|entry| entry.inode));
            }
        }
        for object in self.objects.values_mut() {
            (object.links, object.released) = (0, false);
        }
        for inode in names {
            if let Some(object) = self.objects.get_mut(&inode) {
                object.links += 1;
            }
        }
        self.free_ids.clear();
        let mut used = BTreeSet::new();
        let all: Vec<Inode> = self.objects.keys().copied().collect();
        for inode in all {
            let id = self.objects.get(&inode).map_or(0, |object| object.id);
            if !used.insert(id) {
                let id = self.fresh_id();
                used.insert(id);
                if let Some(object) = self.objects.get_mut(&inode) {
                    object.id = id;
                }
            }
        }
        self.free_ids = (2..self.next_id).filter(|id| !used.contains(id)).collect();
    }
}

/// What a power cut leaves of a file's bytes that were not synced.
fn remains(bytes: &[u8], durable: &[u8], chance: &impl Entropy) -> Vec<u8> {
    match chance.bits() % 5 {
        0 => durable.to_vec(),
        1 => bytes.to_vec(),
        2 => Vec::new(),
        3 => vec![0; bytes.len()],
        _ => {
            let cut = (chance.bits() % (bytes.len() as u64 + 1)) as usize;
            bytes[..cut].to_vec()
        }
    }
}
