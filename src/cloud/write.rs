//! Writing: PUT, MKCOL, MOVE, COPY, DELETE and PROPPATCH.

use super::dialect::{Checksums, GivenDate, KeptEtag};
use super::look::{letters, room};
use super::model::Cloud;
use super::names::{self, Purpose};
use super::refusal::{NameFault, Refusal};
use super::request::{Conditions, Done, Put, SentDate};
use super::tree::{self, Body, File, Node, Telling};
use super::versions;
use crate::model::{Kind, RelPath};

impl Cloud {
    /// Writes a whole file.
    pub fn put(&mut self, user: &str, path: &RelPath, put: &Put) -> Result<Done, Refusal> {
        let path = self.tidy(path);
        self.admit_put(user, &path, put)?;
        let told = self.checked(put)?;
        let (date, fraction, bad_date) = self.date_of(put);
        let mut change = self.change(user)?;
        let old = change.home.root.find(&path).cloned();
        let size = put.blob.size();
        let kept = old
            .as_ref()
            .filter(|old| keeps_etag(change.ways.kept_etag, old, (date, fraction), size));
        let etag = match kept {
            Some(old) => old.etag.clone(),
            None => tree::file_etag(change.ways, change.mint, size, change.now),
        };
        let file = File {
            blob: put.blob.clone(),
            told,
            fraction,
            versions: old.as_ref().map(|old| versions::after(change.ways, old)).unwrap_or_default(),
            uploaded: change.now,
            torn: None,
        };
        let node = Node {
            id: old.as_ref().map_or_else(|| change.mint.number(), |old| old.id),
            etag,
            date,
            written: change.now,
            letters: old.as_ref().and_then(|old| old.letters.clone()),
            locked: false,
            telling: Telling::AtOnce,
            body: Body::File(file),
        };
        change.home.root.place(&path, node);
        change.touch_above(&path);
        if bad_date {
            return Err(Refusal::BadDate);
        }
        self.done(user, &path, old.is_none())
    }

    /// A PUT whose body ended after `put.blob`. Always refused; on families
    /// that write in place an existing file is torn: its bytes are the new
    /// ones as far as they came, its properties still the old ones.
    pub fn put_cut(&mut self, user: &str, path: &RelPath, put: &Put) -> Refusal {
        let path = self.tidy(path);
        if let Err(refusal) = self.admit_put(user, &path, put) {
            return refusal;
        }
        if self.ways().torn_overwrites
            && let Ok(mut change) = self.change(user)
            && let Some(node) = change.home.root.find_mut(&path)
            && let Body::File(file) = &mut node.body
        {
            file.torn = Some(file.listed_size());
            file.blob = put.blob.clone();
            node.written = change.now;
            change.touch_above(&path);
        }
        Refusal::Cut
    }

    /// Makes a folder.
    pub fn make_dir(&mut self, user: &str, path: &RelPath) -> Result<Done, Refusal> {
        let path = self.tidy(path);
        let home = self.home(user)?;
        let name = path.name().ok_or(Refusal::Exists)?;
        if home.root.find(&path).is_some() {
            return Err(Refusal::Exists);
        }
        self.need_folder_above(user, &path)?;
        names::check(self.ways(), name, Purpose::MakeDir)?;
        self.need(user, &path.parent().unwrap_or_default(), 'K')?;
        if self.ways().folders_need_room && room(home) == Some(0) {
            return Err(Refusal::Quota);
        }
        let mut change = self.change(user)?;
        let etag = tree::folder_etag(change.ways, change.mint, change.now);
        let folder = Node::folder(change.mint.number(), etag, change.now);
        change.home.root.place(&path, folder);
        change.touch_above(&path);
        self.done(user, &path, true)
    }

    /// Moves a file or folder. It keeps its id and etag. What it replaces goes
    /// to the trash.
    pub fn rename(
        &mut self,
        user: &str,
        from: &RelPath,
        to: &RelPath,
        overwrite: bool,
        conditions: &Conditions,
    ) -> Result<Done, Refusal> {
        let (from, to) = (self.tidy(from), self.tidy(to));
        let node = self.admit_source(user, &from, conditions)?;
        if node.any_locked() {
            return Err(Refusal::Locked);
        }
        self.admit_target(user, &from, &to, overwrite)?;
        let same_folder = from.parent() == to.parent();
        let share_root = node.letters.as_deref().is_some_and(|own| own.contains('S'));
        if !share_root {
            self.need(user, &from, if same_folder { 'N' } else { 'V' })?;
        }
        let created = self.make_way(user, &to)?;
        let mut change = self.change(user)?;
        let node = change.home.root.take(&from).ok_or(Refusal::NotFound)?;
        change.home.root.place(&to, node);
        change.touch_above(&from);
        change.touch_above(&to);
        self.done(user, &to, created)
    }

    /// Copies a file or folder; the copy has ids and etags of its own.
    pub fn copy(
        &mut self,
        user: &str,
        from: &RelPath,
        to: &RelPath,
        overwrite: bool,
        conditions: &Conditions,
    ) -> Result<Done, Refusal> {
        let (from, to) = (self.tidy(from), self.tidy(to));
        let size = self.admit_source(user, &from, conditions)?.size();
        self.admit_target(user, &from, &to, overwrite)?;
        if room(self.home(user)?).is_some_and(|room| size > room) {
            return Err(Refusal::Quota);
        }
        let created = self.make_way(user, &to)?;
        let mut change = self.change(user)?;
        let node = change.home.root.find(&from).ok_or(Refusal::NotFound)?;
        let copy = node.copy(change.ways, change.mint, change.now);
        change.home.root.place(&to, copy);
        change.touch_above(&to);
        self.done(user, &to, created)
    }

    /// Deletes a file, or a folder with all that is in it at this moment. The
    /// root of a share is only left, everything else goes to the trash if there is one.
    pub fn delete(
        &mut self,
        user: &str,
        path: &RelPath,
        conditions: &Conditions,
    ) -> Result<(), Refusal> {
        let path = self.tidy(path);
        let node = self.admit_source(user, &path, conditions)?;
        let name = path.name().ok_or(Refusal::Forbidden)?;
        if node.any_locked() {
            return Err(Refusal::Locked);
        }
        let left = node.letters.as_deref().is_some_and(|own| own.contains('S'));
        if !left && !names::fits_trash(self.ways(), name) {
            return Err(Refusal::TooLongForTrash);
        }
        self.need(user, &path, 'D')?;
        let mut change = self.change(user)?;
        let node = change.home.root.take(&path).ok_or(Refusal::NotFound)?;
        if left {
            change.home.left.push(node);
        } else {
            change.throw_away(&path, node);
        }
        change.touch_above(&path);
        Ok(())
    }

    /// Sets a date, seconds since 1970. On families that only pretend, nothing
    /// happens, and that is told by `Ok(false)`.
    pub fn set_date(&mut self, user: &str, path: &RelPath, date: i64) -> Result<bool, Refusal> {
        let path = self.tidy(path);
        self.look(user, &path)?;
        if !self.ways().patches_date {
            return Ok(false);
        }
        let mut change = self.change(user)?;
        let (ways, now) = (change.ways, change.now);
        let node = change.home.root.find_mut(&path).ok_or(Refusal::NotFound)?;
        node.date = date;
        node.etag = match &mut node.body {
            Body::File(file) => {
                file.fraction = 0;
                tree::file_etag(ways, change.mint, file.blob.size(), now)
            }
            Body::Folder(_) => tree::folder_etag(ways, change.mint, now),
        };
        change.touch_above(&path);
        Ok(true)
    }

    /// Refuses a file of `length` bytes that is announced before its bytes.
    pub(super) fn admit_announced(
        &self,
        user: &str,
        path: &RelPath,
        length: u64,
        put: &Put,
    ) -> Result<(), Refusal> {
        self.admit_put(user, path, put)?;
        let full = room(self.home(user)?).is_some_and(|room| length > room);
        if full { Err(Refusal::Quota) } else { Ok(()) }
    }

    /// Refuses a PUT that this family does not take.
    fn admit_put(&self, user: &str, path: &RelPath, put: &Put) -> Result<(), Refusal> {
        let (ways, home) = (self.ways(), self.home(user)?);
        let there = home.root.find(path);
        let tag = there.map(|node| self.matched_etag(node));
        put.conditions.check(tag.as_ref().map(Option::as_deref), ways.none_match)?;
        let name = path.name().ok_or(Refusal::IsFolder)?;
        self.need_folder_above(user, path)?;
        if there.is_some_and(|node| node.kind() == Kind::Dir) {
            return Err(Refusal::IsFolder);
        }
        names::check(ways, name, Purpose::Put)?;
        match there {
            Some(_) => self.need(user, path, 'W')?,
            None => self.need(user, &path.parent().unwrap_or_default(), 'C')?,
        }
        if there.is_some_and(|node| node.locked) {
            return Err(Refusal::Locked);
        }
        if put.blob.size() > 0 && room(home).is_some_and(|room| put.blob.size() > room) {
            return Err(Refusal::Quota);
        }
        let wedged = there.is_some_and(|node| {
            let file = node.file();
            file.is_some_and(|file| file.versions.contains_key(&(node.date, file.fraction)))
        });
        if ways.versions_clash && wedged { Err(Refusal::Wedged) } else { Ok(()) }
    }

    /// The checksum to keep with the bytes of a PUT, compared with them by
    /// families that do so. ownCloud 10 wants it written exactly so.
    fn checked(&self, put: &Put) -> Result<Option<String>, Refusal> {
        let Some(told) = &put.checksum else { return Ok(None) };
        let exact = format!("SHA1:{}", put.blob.sha1());
        let right = match self.ways().checksums {
            Checksums::None | Checksums::AsSent => true,
            Checksums::Computed if self.ways().versions_clash => told.eq_ignore_ascii_case(&exact),
            Checksums::Computed => *told == exact,
        };
        if right { Ok(Some(told.clone())) } else { Err(Refusal::Checksum) }
    }

    /// Date and fraction of a version that is written now, and whether the
    /// date that came with it is one that the family fails on.
    fn date_of(&mut self, put: &Put) -> (i64, u64, bool) {
        let own = |cloud: &mut Self| (cloud.now, cloud.mint.number());
        let (date, bad) = match (self.ways().given_date, put.date) {
            (GivenDate::Ignored, _) | (_, None) => (own(self), false),
            (GivenDate::Any, Some(SentDate::Seconds(date))) => ((date, 0), false),
            (GivenDate::Any, Some(SentDate::Nonsense)) => ((0, 0), false),
            (GivenDate::AfterFirstDay, Some(SentDate::Seconds(date))) if date > 86_400 => {
                ((date, 0), false)
            }
            (GivenDate::AfterFirstDay, Some(_)) => (own(self), true),
        };
        (date.0, date.1, bad)
    }

    /// What is to be moved, copied or deleted, if the conditions hold.
    fn admit_source(
        &self,
        user: &str,
        path: &RelPath,
        conditions: &Conditions,
    ) -> Result<&Node, Refusal> {
        let node = self.home(user)?.root.find(path);
        if self.ways().guards_moves {
            let tag = node.map(|node| self.matched_etag(node));
            conditions.check(tag.as_ref().map(Option::as_deref), self.ways().none_match)?;
        }
        node.ok_or(Refusal::NotFound)
    }

    /// Refuses a target that cannot be moved or copied to.
    fn admit_target(
        &self,
        user: &str,
        from: &RelPath,
        to: &RelPath,
        overwrite: bool,
    ) -> Result<(), Refusal> {
        let name = to.name().ok_or(Refusal::Forbidden)?;
        if from == to || to.starts_with(from) || from.starts_with(to) {
            return Err(Refusal::SameSpot);
        }
        self.need_folder_above(user, to)?;
        names::check(self.ways(), name, Purpose::Move)?;
        let home = self.home(user)?;
        if let Some(there) = home.root.find(to) {
            if !overwrite {
                return Err(Refusal::TargetExists);
            }
            if there.any_locked() {
                return Err(Refusal::Locked);
            }
        }
        if from.parent() != to.parent() {
            let kind = home.root.find(from).map(Node::kind);
            let letter = if kind == Some(Kind::Dir) { 'K' } else { 'C' };
            self.need(user, &to.parent().unwrap_or_default(), letter)?;
        }
        Ok(())
    }

    /// Throws away what stands at the target of a move; whether nothing did.
    fn make_way(&mut self, user: &str, to: &RelPath) -> Result<bool, Refusal> {
        let mut change = self.change(user)?;
        let there = change.home.root.take(to);
        let created = there.is_none();
        if let Some(node) = there {
            change.throw_away(to, node);
        }
        Ok(created)
    }

    fn need_folder_above(&self, user: &str, path: &RelPath) -> Result<(), Refusal> {
        if self.has_parent(user, path) { Ok(()) } else { Err(Refusal::NoParent) }
    }

    /// Refuses if the letters of what stands at `path` lack `letter`.
    fn need(&self, user: &str, path: &RelPath, letter: char) -> Result<(), Refusal> {
        let may = letters(self.ways(), &self.home(user)?.root, path).contains(letter);
        if may { Ok(()) } else { Err(Refusal::Forbidden) }
    }

    /// The answer to a write of what now stands at `path`.
    pub(super) fn done(&self, user: &str, path: &RelPath, created: bool) -> Result<Done, Refusal> {
        let node = self.home(user)?.root.find(path).ok_or(Refusal::NotFound)?;
        let (file_id, id) = self.ids_of(user, node);
        Ok(Done { created, kind: node.kind(), id, file_id, etag: self.shown_etag(node) })
    }

    /// Gives what stands at `path` letters of its own, as the root of a share
    /// has them; they decide for all below. `None` takes them away.
    pub fn set_letters(
        &mut self,
        user: &str,
        path: &RelPath,
        letters: Option<&str>,
    ) -> Result<(), Refusal> {
        let path = self.tidy(path);
        let mut change = self.change(user)?;
        let node = change.home.root.find_mut(&path).ok_or(Refusal::NotFound)?;
        node.letters = letters.map(str::to_owned);
        change.touch_above(&path);
        Ok(())
    }

    /// Locks what stands at `path` against everybody, or frees it.
    pub fn set_locked(&mut self, user: &str, path: &RelPath, locked: bool) -> Result<(), Refusal> {
        let path = self.tidy(path);
        let change = self.change(user)?;
        let node = change.home.root.find_mut(&path).ok_or(Refusal::NotFound)?;
        node.locked = locked;
        Ok(())
    }
}

/// Whether the etag survives an overwrite by `size` bytes of this date.
fn keeps_etag(rule: KeptEtag, old: &Node, (date, fraction): (i64, u64), size: u64) -> bool {
    let Some(file) = old.file() else { return false };
    let same_date = old.date == date;
    match rule {
        KeptEtag::SameDateAndSize => same_date && file.listed_size() == size,
        KeptEtag::SameDate => same_date,
        KeptEtag::SameGivenDate => same_date && file.fraction == 0 && fraction == 0,
        KeptEtag::Never => false,
    }
}

/// Reads a path as people type it.
pub(super) fn parse(path: &str) -> Result<RelPath, Refusal> {
    RelPath::parse(path).map_err(|_| Refusal::BadName(NameFault::NoName))
}
