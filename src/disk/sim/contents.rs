//! The primitives on what a file is beside its names: contents, times, rights.

use super::Attempt;
use super::drive::{Body, Drive, Handle, Holder, Inode};
use crate::disk::{DiskErrorKind, Stat};
use crate::model::RelPath;
use crate::mutant::{Mutant, broken};

impl Drive {
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
        self.touch(inode);
        Ok(())
    }

    pub(super) fn set_mtime(&mut self, inode: Inode, mtime: i64) -> Attempt<()> {
        let (now, mtime) = (self.stamp(), self.rounded(mtime));
        let object = self.objects.get_mut(&inode).ok_or(DiskErrorKind::Broken)?;
        (object.mtime, object.ctime) = (mtime, now);
        self.touch(inode);
        Ok(())
    }

    pub(super) fn mode(&self, path: &RelPath) -> Attempt<u32> {
        let file = self.find_file(path)?;
        self.objects.get(&file).map(|object| object.mode).ok_or(DiskErrorKind::Broken)
    }

    pub(super) fn set_mode(&mut self, path: &RelPath, mode: u32) -> Attempt<()> {
        let (file, now) = (self.find_file(path)?, self.stamp());
        let object = self.objects.get_mut(&file).ok_or(DiskErrorKind::Broken)?;
        (object.mode, object.ctime) = (mode, now);
        self.touch(file);
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

    /// Opens a file to write on behind its first `length` bytes.
    pub(super) fn write_on(&mut self, path: &RelPath, length: u64) -> Attempt<u64> {
        let inode = self.find_file(path)?;
        let mut bytes = self.contents(path)?;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if bytes.len() < length {
            return Err(DiskErrorKind::Broken);
        }
        bytes.truncate(length);
        self.set_bytes(inode, bytes)?;
        Ok(self.hold(inode, Holder::EngineWrites))
    }

    pub(super) fn sync_held(&mut self, handle: u64) -> Attempt<()> {
        let inode = self.held(handle)?;
        self.sync_file(inode);
        Ok(())
    }

    pub(super) fn finish(&mut self, handle: u64, mtime: Option<i64>) -> Attempt<Stat> {
        let inode = self.held(handle)?;
        if let Some(mtime) = mtime {
            self.set_mtime(inode, mtime)?;
        }
        if !broken(Mutant::FileNotSynced) {
            self.sync_file(inode);
        }
        self.stat_of(inode)
    }
}
