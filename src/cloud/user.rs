//! What a person does through the web page: for tests, simulation and demo.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::blob::Blob;
use super::model::Cloud;
use super::refusal::Refusal;
use super::request::{Conditions, Done, Put};
use super::write::parse;
use crate::model::RelPath;

/// What stands at a path, for comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shot {
    /// A folder.
    Dir,
    /// A file with these bytes.
    File(Bytes),
}

/// The person behind an account. Paths are as typed: names joined by `/`.
pub struct User<'a> {
    cloud: &'a mut Cloud,
    name: String,
}

impl<'a> User<'a> {
    pub(super) fn new(cloud: &'a mut Cloud, name: &str) -> Self {
        Self { cloud, name: name.to_owned() }
    }

    pub(super) fn cloud(&mut self) -> &mut Cloud {
        self.cloud
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Writes a file, new or over what is there, and the folders above that are missing.
    pub fn write(&mut self, path: &str, bytes: impl Into<Bytes>) -> Result<Done, Refusal> {
        let path = parse(path)?;
        if let Some(parent) = path.parent() {
            self.mkdir(parent.as_str())?;
        }
        self.cloud.put(&self.name, &path, &Put::plain(Blob::new(bytes)))
    }

    /// Makes a folder and those above it, as far as they are missing.
    pub fn mkdir(&mut self, path: &str) -> Result<(), Refusal> {
        let path = parse(path)?;
        let mut at = String::new();
        for name in path.names() {
            at.push('/');
            at.push_str(name);
            match self.cloud.make_dir(&self.name, &parse(&at)?) {
                Ok(_) | Err(Refusal::Exists) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(())
    }

    /// Renames or moves. Never replaces.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<Done, Refusal> {
        let none = Conditions::none();
        self.cloud.rename(&self.name, &parse(from)?, &parse(to)?, false, &none)
    }

    /// Copies. Never replaces.
    pub fn copy(&mut self, from: &str, to: &str) -> Result<Done, Refusal> {
        self.cloud.copy(&self.name, &parse(from)?, &parse(to)?, false, &Conditions::none())
    }

    /// Deletes a file, or a folder with all in it.
    pub fn delete(&mut self, path: &str) -> Result<(), Refusal> {
        self.cloud.delete(&self.name, &parse(path)?, &Conditions::none())
    }

    /// Takes back what was last deleted at `path`.
    pub fn restore(&mut self, path: &str) -> Result<Done, Refusal> {
        let path = self.cloud.tidy(&parse(path)?);
        let trash = self.cloud.trash(&self.name)?;
        let last = trash.iter().filter(|item| item.location == path).max_by_key(|item| item.at);
        let id = last.ok_or(Refusal::NotFound)?.id;
        self.cloud.restore(&self.name, id, None, false)
    }

    /// Sets a date, seconds since 1970, without touching the bytes.
    pub fn touch(&mut self, path: &str, date: i64) -> Result<bool, Refusal> {
        self.cloud.set_date(&self.name, &parse(path)?, date)
    }

    /// Gives a node letters of its own, or takes them away again.
    pub fn share(&mut self, path: &str, letters: Option<&str>) -> Result<(), Refusal> {
        self.cloud.set_letters(&self.name, &parse(path)?, letters)
    }

    /// Locks or frees a node.
    pub fn lock(&mut self, path: &str, locked: bool) -> Result<(), Refusal> {
        self.cloud.set_locked(&self.name, &parse(path)?, locked)
    }

    /// The bytes of a file, as they are; unlike a request this puts nothing right.
    pub fn bytes(&self, path: &str) -> Option<Bytes> {
        let path = self.cloud.tidy(&RelPath::parse(path).ok()?);
        let node = self.cloud.home(&self.name).ok()?.root.find(&path)?;
        Some(node.file()?.blob.bytes().clone())
    }

    /// The bytes of all files in the trash.
    pub fn discarded(&self) -> Vec<Bytes> {
        let mut all = Vec::new();
        if let Ok(home) = self.cloud.home(&self.name) {
            for trashed in home.trash.values() {
                all.extend(trashed.node.file().map(|file| file.blob.bytes().clone()));
                trashed.node.walk("", &mut |_, node| {
                    all.extend(node.file().map(|file| file.blob.bytes().clone()));
                });
            }
        }
        all
    }

    /// The bytes of all older versions that are kept of files that are there.
    pub fn older(&self) -> Vec<Bytes> {
        self.older_in("")
    }

    /// As [`Self::older`], of one file, or of all files in one folder.
    pub fn older_in(&self, path: &str) -> Vec<Bytes> {
        let path = self.cloud.tidy(&RelPath::parse(path).unwrap_or_default());
        let home = self.cloud.home(&self.name).ok();
        let Some(top) = home.and_then(|home| home.root.find(&path)) else { return Vec::new() };
        let mut all = Vec::new();
        let mut add = |node: &super::tree::Node| {
            let versions = node.file().into_iter().flat_map(|file| file.versions.values());
            all.extend(versions.map(|blob| blob.bytes().clone()));
        };
        add(top);
        top.walk("", &mut |_, node| add(node));
        all
    }

    /// Everything that is there, with its bytes.
    pub fn snapshot(&self) -> BTreeMap<RelPath, Shot> {
        let mut all = BTreeMap::new();
        if let Ok(home) = self.cloud.home(&self.name) {
            home.root.walk("", &mut |path, node| {
                let shot = match node.file() {
                    Some(file) => Shot::File(file.blob.bytes().clone()),
                    None => Shot::Dir,
                };
                all.extend(RelPath::parse(&path).ok().map(|path| (path, shot)));
            });
        }
        all
    }
}
