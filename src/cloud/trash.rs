//! What was deleted, and how it comes back.

use super::model::{Change, Cloud};
use super::names::{self, Purpose};
use super::refusal::Refusal;
use super::request::{Done, Shown};
use super::tree::Node;
use crate::model::RelPath;

/// Something in the trash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trashed {
    /// With its id, etag and all that is in it.
    pub node: Node,
    /// The path where it was.
    pub location: RelPath,
    /// When it was deleted, seconds since 1970.
    pub at: i64,
}

/// Something in the trash, as the cloud shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrashItem {
    /// Names it for [`Cloud::restore`] and [`Cloud::purge`].
    pub id: u64,
    /// The path where it was.
    pub location: RelPath,
    /// When it was deleted, seconds since 1970.
    pub at: i64,
    /// Its properties.
    pub shown: Shown,
}

impl Change<'_> {
    /// Puts what was taken from `path` into the trash, if the family has one.
    pub(super) fn throw_away(&mut self, path: &RelPath, node: Node) {
        if let Some(shows) = self.ways.trash {
            let marks = |node: &Node| node.letters.as_ref().is_some_and(|own| own.contains('S'));
            let shared = shows.copies_shared && self.home.root.line(path).any(marks);
            let node = if shared { node.copy(self.ways, self.mint, self.now) } else { node };
            let trashed = Trashed { node, location: path.clone(), at: self.now };
            let mut name = trashed.node.id;
            // Two things with one id: what lies there already stays there.
            while self.home.trash.contains_key(&name) {
                name = self.mint.number();
            }
            self.home.trash.insert(name, trashed);
        }
    }
}

impl Cloud {
    /// All that is in the trash, in the order of ids.
    pub fn trash(&self, user: &str) -> Result<Vec<TrashItem>, Refusal> {
        let home = self.home(user)?;
        let item = |(id, trashed): (&u64, &super::trash::Trashed)| TrashItem {
            id: *id,
            location: trashed.location.clone(),
            at: trashed.at,
            shown: self.show(user, home, &trashed.location, &trashed.node),
        };
        Ok(home.trash.iter().map(item).collect())
    }

    /// What lies in a deleted folder, or at `below` in it, in the order of names.
    pub fn trash_inside(
        &self,
        user: &str,
        id: u64,
        below: &RelPath,
    ) -> Result<Vec<TrashItem>, Refusal> {
        let home = self.home(user)?;
        let trashed = home.trash.get(&id).ok_or(Refusal::NotFound)?;
        let folder = trashed.node.find(below).ok_or(Refusal::NotFound)?;
        let at = |name: &str| {
            let whole = format!("{}/{below}/{name}", trashed.location);
            RelPath::parse(&whole).unwrap_or_default()
        };
        let item = |(name, node): (&String, &Node)| TrashItem {
            id: node.id,
            location: at(name),
            at: trashed.at,
            shown: self.show(user, home, &at(name), node),
        };
        Ok(folder.entries().into_iter().flatten().map(item).collect())
    }

    /// Takes something back out of the trash: to `to`, or if nothing is said
    /// where it was, or to the root under that name if its folder is gone.
    pub fn restore(
        &mut self,
        user: &str,
        id: u64,
        to: Option<&RelPath>,
        overwrite: bool,
    ) -> Result<Done, Refusal> {
        let trashed = self.home(user)?.trash.get(&id).ok_or(Refusal::NotFound)?;
        let to = match to {
            Some(to) => self.tidy(to),
            None => self.free_place(user, &trashed.location),
        };
        let name = to.name().ok_or(Refusal::Forbidden)?;
        if !self.has_parent(user, &to) {
            return Err(Refusal::NoParent);
        }
        names::check(self.ways(), name, Purpose::Move)?;
        let taken = self.home(user)?.root.find(&to).is_some();
        if taken && !overwrite {
            return Err(Refusal::TargetExists);
        }
        let mut change = self.change(user)?;
        let trashed = change.home.trash.remove(&id).ok_or(Refusal::NotFound)?;
        if let Some(replaced) = change.home.root.place(&to, trashed.node) {
            change.throw_away(&to, replaced);
        }
        change.touch_above(&to);
        self.done(user, &to, !taken)
    }

    /// Deletes something in the trash for good.
    pub fn purge(&mut self, user: &str, id: u64) -> Result<(), Refusal> {
        self.change(user)?.home.trash.remove(&id).map(drop).ok_or(Refusal::NotFound)
    }

    /// Empties the trash for good.
    pub fn purge_all(&mut self, user: &str) -> Result<(), Refusal> {
        self.change(user)?.home.trash.clear();
        Ok(())
    }

    /// `location`, or the nearest path to it that can be used: Nextcloud adds
    /// `(restored)` to a name that is taken.
    fn free_place(&self, user: &str, location: &RelPath) -> RelPath {
        let name = location.name().unwrap_or("restored");
        let parent = match location.parent() {
            Some(parent) if self.has_parent(user, location) => parent,
            _ => RelPath::root(),
        };
        let free = |name: &str| {
            let path = RelPath::parse(&format!("{parent}/{name}")).unwrap_or_default();
            self.look(user, &path).is_err().then_some(path)
        };
        let renamed = |number: u32| {
            let (stem, ending) = match name.rfind('.') {
                Some(dot) if dot > 0 => name.split_at(dot),
                _ => (name, ""),
            };
            let count = if number == 1 { String::new() } else { format!(" {number}") };
            format!("{stem} (restored{count}){ending}")
        };
        free(name)
            .or_else(|| (1..=u32::MAX).find_map(|number| free(&renamed(number))))
            .unwrap_or_else(|| location.clone())
    }
}
