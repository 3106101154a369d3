//! What others do with what they share with an account: they act as owners,
//! take it away and give it back, and change it by other ways than through
//! this server (protocol.md 3.3, amendments 23 and 29).

use std::collections::BTreeMap;

use bytes::Bytes;

use super::blob::Blob;
use super::model::Cloud;
use super::refusal::Refusal;
use super::request::Put;
use super::tree::{File, Node, Telling};
use super::user::User;
use super::write::parse;
use crate::model::RelPath;

/// A share that its owner has taken away, or a storage that is not there.
#[derive(Clone, Debug)]
pub struct Withdrawn {
    path: RelPath,
    node: Node,
}

impl Withdrawn {
    /// Where it stood.
    pub fn path(&self) -> &RelPath {
        &self.path
    }

    /// The bytes of all files in it, and of their older versions.
    pub fn contents(&self) -> Vec<Bytes> {
        contents(&self.node)
    }

    /// The bytes of the older versions alone.
    pub fn older(&self) -> Vec<Bytes> {
        let mut all = Vec::new();
        each_file(&self.node, &mut |file| {
            all.extend(file.versions.values().map(|blob| blob.bytes().clone()));
        });
        all
    }
}

/// The bytes of a file, or of all files in a folder, with their older versions.
fn contents(node: &Node) -> Vec<Bytes> {
    let mut all = Vec::new();
    each_file(node, &mut |file| {
        let blobs = file.versions.values().chain([&file.blob]);
        all.extend(blobs.map(|blob| blob.bytes().clone()));
    });
    all
}

fn each_file(node: &Node, take: &mut impl FnMut(&File)) {
    node.file().into_iter().for_each(&mut *take);
    node.walk("", &mut |_, node| node.file().into_iter().for_each(&mut *take));
}

impl User<'_> {
    /// Acts for those to whom the shares of this account belong: its letters
    /// do not hinder them. Nothing else happens meanwhile.
    pub fn as_owner<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        let mut letters = BTreeMap::new();
        let name = self.name().to_owned();
        if let Some(root) = self.cloud().root_mut(&name) {
            take_letters(root, &mut letters);
        }
        let result = act(self);
        if let Some(root) = self.cloud().root_mut(&name) {
            give_letters(root, &mut letters);
        }
        result
    }

    /// Acts by another way than through this server: the folders above a
    /// storage that [lags](Self::lag) hear nothing of it.
    pub fn behind<T>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        self.cloud().behind = true;
        let result = act(self);
        self.cloud().behind = false;
        result
    }

    /// Says whether a folder is a storage that tells what others change in it
    /// only when somebody looks into it.
    pub fn lag(&mut self, path: &str, lags: bool) -> Result<(), Refusal> {
        let path = parse(path)?;
        let name = self.name().to_owned();
        self.cloud().ask_storages(&name, &path);
        let root = self.cloud().root_mut(&name).ok_or(Refusal::NoUser)?;
        let folder = root.find_mut(&path).ok_or(Refusal::NotFound)?;
        folder.telling = if lags { Telling::WhenAsked } else { Telling::AtOnce };
        Ok(())
    }

    /// Ends all shares and foreign storages: what is here is the account's own.
    pub fn own_everything(&mut self) -> Result<(), Refusal> {
        let name = self.name().to_owned();
        let mut foreign = Vec::new();
        if let Some(root) = self.cloud().root_mut(&name) {
            root.walk("", &mut |path, node| {
                if node.letters.is_some() || node.telling != Telling::AtOnce {
                    foreign.push(path);
                }
            });
        }
        for path in foreign {
            self.lag(&path, false)?;
            self.share(&path, None)?;
        }
        Ok(())
    }

    /// The bytes of all files in shares that this account has left.
    pub fn left(&mut self) -> Vec<Bytes> {
        let name = self.name().to_owned();
        let mut all = Vec::new();
        for node in self.cloud().homes.get(&name).into_iter().flat_map(|home| &home.left) {
            all.extend(contents(node));
        }
        all
    }

    /// Writes a file whose checksum was given wrongly by its writer, as some
    /// families keep it unverified (protocol.md 0.4).
    pub fn write_misjudged(&mut self, path: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let (path, name) = (parse(path)?, self.name().to_owned());
        let blob = Blob::new(bytes.to_vec());
        let checksum = Some(format!("SHA1:{}", Blob::new(b"another one".to_vec()).sha1()));
        self.cloud().put(&name, &path, &Put { checksum, ..Put::plain(blob) }).map(drop)
    }

    /// Takes a share away from the account, or a storage off the line.
    pub fn withdraw(&mut self, path: &str) -> Result<Withdrawn, Refusal> {
        let path = parse(path)?;
        let name = self.name().to_owned();
        let mut change = self.cloud().change(&name)?;
        let node = change.home.root.take(&path).ok_or(Refusal::NotFound)?;
        change.touch_above(&path);
        Ok(Withdrawn { path, node })
    }

    /// Gives back what was withdrawn, under another name if its own is taken,
    /// and at the top if its folder is gone. Returns where it stands now.
    pub fn give_back(&mut self, withdrawn: Withdrawn) -> Result<RelPath, Refusal> {
        let Withdrawn { path, node } = withdrawn;
        let name = self.name().to_owned();
        let mut change = self.cloud().change(&name)?;
        let is_free = |at: &RelPath, root: &Node| {
            let above = at.parent().and_then(|parent| root.find(&parent)?.entries());
            above.is_some() && root.find(at).is_none()
        };
        let last = path.name().unwrap_or_default();
        let aside = (2..100).map(|number| RelPath::parse(&format!("{last} ({number})")));
        let places = [Ok(path.clone()), RelPath::parse(last)].into_iter().chain(aside);
        let at = places.flatten().find(|at| is_free(at, &change.home.root));
        let at = at.ok_or(Refusal::Exists)?;
        change.home.root.place(&at, node);
        change.touch_above(&at);
        Ok(at)
    }

    /// Copies a file under the very id of the first one, as storages do that
    /// number their files alike. Never replaces.
    pub fn copy_with_id(&mut self, from: &str, to: &str) -> Result<(), Refusal> {
        let id = {
            let name = self.name().to_owned();
            let root = self.cloud().root_mut(&name).ok_or(Refusal::NoUser)?;
            root.find(&parse(from)?).ok_or(Refusal::NotFound)?.id
        };
        self.copy(from, to)?;
        let name = self.name().to_owned();
        let root = self.cloud().root_mut(&name).ok_or(Refusal::NoUser)?;
        root.find_mut(&parse(to)?).ok_or(Refusal::NotFound)?.id = id;
        Ok(())
    }
}

impl Cloud {
    fn root_mut(&mut self, user: &str) -> Option<&mut Node> {
        self.homes.get_mut(user).map(|home| &mut home.root)
    }

    /// Somebody looks at `path`: the storages on the way to it, and itself,
    /// tell what others have changed in them.
    pub fn ask_storages(&mut self, user: &str, path: &RelPath) {
        let path = self.tidy(path);
        while let Some(at) = self.owing(user, &path) {
            let Ok(change) = self.change(user) else { return };
            let root = &mut change.home.root;
            if let Some(storage) = root.find_mut(&at) {
                storage.telling = Telling::WhenAsked;
            }
            root.touch_down_to(&at, change.ways, change.mint, change.now);
        }
    }

    /// The topmost storage on the way to `path` that has something to tell.
    fn owing(&self, user: &str, path: &RelPath) -> Option<RelPath> {
        let root = &self.home(user).ok()?.root;
        let depth = root.line(path).position(|node| node.telling == Telling::Owing)?;
        let names: Vec<&str> = path.names().take(depth).collect();
        RelPath::parse(&names.join("/")).ok()
    }
}

fn take_letters(node: &mut Node, letters: &mut BTreeMap<u64, String>) {
    if let Some(own) = node.letters.take() {
        letters.insert(node.id, own);
    }
    for below in node.entries_mut().into_iter().flat_map(BTreeMap::values_mut) {
        take_letters(below, letters);
    }
}

fn give_letters(node: &mut Node, letters: &mut BTreeMap<u64, String>) {
    if let Some(own) = letters.remove(&node.id) {
        node.letters = Some(own);
    }
    for below in node.entries_mut().into_iter().flat_map(BTreeMap::values_mut) {
        give_letters(below, letters);
    }
}
