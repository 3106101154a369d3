//! Reading: what a cloud shows of its files and folders.

use super::dialect::{Checksums, FolderMatch, Ids, Ways};
use super::model::{Cloud, Home};
use super::refusal::Refusal;
use super::request::{ReadFile, Shown};
use super::tree::{self, Body, Node};
use crate::model::{Kind, RelPath};

impl Cloud {
    /// What stands at `path`.
    pub fn look(&self, user: &str, path: &RelPath) -> Result<Shown, Refusal> {
        let path = self.tidy(path);
        let home = self.home(user)?;
        let node = home.root.find(&path).ok_or(Refusal::NotFound)?;
        Ok(self.show(user, home, &path, node))
    }

    /// Whether there is a folder above `path`.
    pub fn has_parent(&self, user: &str, path: &RelPath) -> bool {
        let parent = self.tidy(path).parent();
        let home = self.home(user).ok();
        home.zip(parent).is_some_and(|(home, parent)| {
            home.root.find(&parent).is_some_and(|node| node.kind() == Kind::Dir)
        })
    }

    /// What stands at `path` and, if it is a folder, its entries by name.
    pub fn list(
        &self,
        user: &str,
        path: &RelPath,
    ) -> Result<(Shown, Vec<(String, Shown)>), Refusal> {
        let path = self.tidy(path);
        let home = self.home(user)?;
        let node = home.root.find(&path).ok_or(Refusal::NotFound)?;
        let entries = node.entries().into_iter().flatten().map(|(name, child)| {
            let below = RelPath::parse(&format!("{path}/{name}")).unwrap_or_default();
            (name.clone(), self.show(user, home, &below, child))
        });
        let entries = entries.collect();
        Ok((self.show(user, home, &path, node), entries))
    }

    /// Everything below `path`, with paths below `path`; parents first.
    pub fn list_all(&self, user: &str, path: &RelPath) -> Result<Vec<(RelPath, Shown)>, Refusal> {
        let path = self.tidy(path);
        let home = self.home(user)?;
        let node = home.root.find(&path).ok_or(Refusal::NotFound)?;
        let mut all = Vec::new();
        node.walk("", &mut |below, node| {
            let whole = RelPath::parse(&format!("{path}/{below}")).unwrap_or_default();
            let shown = self.show(user, home, &whole, node);
            all.push((RelPath::parse(&below).unwrap_or_default(), shown));
        });
        Ok(all)
    }

    /// A file to read. What a torn file shows is put right by this, *after*
    /// the answer (protocol.md 0.17): the answer has the old etag and date, and the
    /// length of the bytes that come.
    pub fn read(&mut self, user: &str, path: &RelPath) -> Result<ReadFile, Refusal> {
        let path = self.tidy(path);
        let mut shown = self.look(user, &path)?;
        let node = self.home(user)?.root.find(&path).ok_or(Refusal::NotFound)?;
        let file = node.file().ok_or(Refusal::IsFolder)?;
        let (blob, torn) = (file.blob.clone(), file.torn.is_some());
        // Only Nextcloud says by a letter that something may be read.
        let says = self.ways().own_file.contains('G');
        if says && shown.letters.as_ref().is_some_and(|letters| !letters.contains('G')) {
            return Err(Refusal::Forbidden);
        }
        shown.size = blob.size();
        if torn {
            self.put_right(user, &path)?;
        }
        Ok(ReadFile { shown, blob })
    }

    fn put_right(&mut self, user: &str, path: &RelPath) -> Result<(), Refusal> {
        let mut change = self.change(user)?;
        let node = change.home.root.find_mut(path).ok_or(Refusal::NotFound)?;
        if let Body::File(file) = &mut node.body {
            file.torn = None;
            file.told = None;
            file.fraction = change.mint.number();
            node.date = node.written;
            node.etag = tree::file_etag(change.ways, change.mint, file.blob.size(), change.now);
        }
        change.touch_above(path);
        Ok(())
    }

    pub(super) fn show(&self, user: &str, home: &Home, path: &RelPath, node: &Node) -> Shown {
        let ways = self.ways();
        let (file_id, id) = self.ids_of(user, node);
        Shown {
            kind: node.kind(),
            etag: self.shown_etag(node),
            id,
            file_id,
            letters: ways.letters.then(|| letters(ways, &home.root, path)),
            checksum: node.file().and_then(|file| match ways.checksums {
                Checksums::None => None,
                Checksums::AsSent => file.told.clone(),
                Checksums::Computed => Some(format!("SHA1:{}", file.blob.sha1())),
            }),
            size: node.size(),
            date: node.date,
            quota: if node.kind() == Kind::Dir { quota_shown(ways, home) } else { None },
            fingerprint: (ways.fingerprint && path.is_root()).then(|| home.fingerprint.clone()),
            uploaded: node.file().filter(|_| ways.upload_times).map(|file| file.uploaded),
        }
    }

    /// The etag as shown now, with quotes, and `W/` where it is weak.
    pub(super) fn shown_etag(&self, node: &Node) -> String {
        let weak = self.ways().fresh_etags_weak && self.now - node.date < 2;
        format!("{}\"{}\"", if weak { "W/" } else { "" }, node.etag)
    }

    /// What `If-Match` is compared with: none for a folder that never matches.
    pub(super) fn matched_etag(&self, node: &Node) -> Option<String> {
        let never = self.ways().folder_match == FolderMatch::Never && node.kind() == Kind::Dir;
        (!never).then(|| self.shown_etag(node))
    }

    /// `oc:fileid` and `oc:id`.
    pub(super) fn ids_of(&self, user: &str, node: &Node) -> (Option<String>, Option<String>) {
        match self.ways().ids {
            Ids::None => (None, None),
            Ids::Numbers => {
                let instance = &self.mint.hex_of("instance")[..10];
                let id = format!("{:08}oc{instance}", node.id);
                (Some(node.id.to_string()), Some(id))
            }
            Ids::Spaces => {
                let id = format!(
                    "{}${}!{}",
                    self.mint.uuid_of("storage"),
                    self.mint.uuid_of(&format!("space {user}")),
                    self.mint.uuid_of(&format!("node {}", node.id)),
                );
                (Some(id.clone()), Some(id))
            }
        }
    }
}

/// The letters of what stands at `path`: its own, or those that a share above
/// leaves it, or all that one may do with one's own.
pub(super) fn letters(ways: &Ways, root: &Node, path: &RelPath) -> String {
    let (mut own, mut above) = (None, None);
    let mut kind = Kind::Dir;
    for node in root.line(path) {
        above = own.or(above);
        own = node.letters.as_deref();
        kind = node.kind();
    }
    let all = match kind {
        Kind::Dir => ways.own_folder,
        Kind::File => ways.own_file,
    };
    match (own, above) {
        (Some(own), _) => own.to_owned(),
        (None, Some(above)) if above.contains(['W', 'C', 'K']) => format!("S{all}"),
        (None, Some(_)) if all.contains('G') => "SG".to_owned(),
        (None, Some(_)) => "S".to_owned(),
        (None, None) => all.to_owned(),
    }
}

/// Bytes that may still be stored; `None`: no limit.
pub(super) fn room(home: &Home) -> Option<u64> {
    home.quota.map(|quota| quota.saturating_sub(home.root.size()))
}

fn quota_shown(ways: &Ways, home: &Home) -> Option<i64> {
    let free = if ways.quota_is_total { home.quota } else { room(home) };
    match free {
        Some(free) if ways.no_quota.is_some() => Some(i64::try_from(free).unwrap_or(i64::MAX)),
        _ => ways.no_quota,
    }
}
