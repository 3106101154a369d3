//! What people do, on a computer or on the server.

mod errand;
mod moment;

use std::time::Duration;

use navette::cloud::{Dialect, User};
use navette::model::RelPath;

use crate::oracle::Picture;
use crate::plot::Cast;
use crate::reached::Point;
use crate::stage::{Stage, Where};

/// Something that people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Writes a new file, or over one that happens to be there.
    Write,
    /// Writes over a file.
    Overwrite,
    /// Makes a folder.
    MakeDir,
    /// Deletes a file, or a folder with all in it.
    Delete,
    /// Moves or renames a file or folder.
    Move,
    /// Puts several files into one folder.
    WriteMany,
    /// Gives two things each other's name.
    Swap,
    /// Turns a folder inside out: `a/b` becomes `b/a`.
    Invert,
    /// Deletes a file and makes another one under its name at once.
    Recreate,
    /// Moves a file over another one.
    MoveOver,
    /// Copies a file.
    Copy,
    /// Gives a file another date.
    Touch,
    /// Moves each of three things on by one place.
    Rotate,
    /// Moves everything in a folder into another one.
    MoveAll,
    /// Copies a file on the server under the very id of the first one.
    CopyId,
    /// Writes on the server, with a checksum that is not right.
    Misjudge,
}

impl Deed {
    /// All of them; the first is the plainest.
    pub(crate) const ALL: [Self; 14] = [
        Self::Write,
        Self::Overwrite,
        Self::MakeDir,
        Self::Delete,
        Self::Move,
        Self::WriteMany,
        Self::Swap,
        Self::Invert,
        Self::Recreate,
        Self::MoveOver,
        Self::Copy,
        Self::Touch,
        Self::Rotate,
        Self::MoveAll,
    ];

    /// What came later: drawn last, so that older tapes keep their meaning.
    pub(crate) const MORE: [Self; 2] = [Self::CopyId, Self::Misjudge];

    /// What the table of points calls it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Write => "writes",
            Self::Overwrite => "overwrites",
            Self::MakeDir => "makes a folder",
            Self::Delete => "deletes",
            Self::Move => "moves",
            Self::WriteMany => "writes many",
            Self::Swap => "swaps",
            Self::Invert => "turns inside out",
            Self::Recreate => "deletes and makes anew",
            Self::MoveOver => "moves over",
            Self::Copy => "copies",
            Self::Touch => "touches",
            Self::Rotate => "rotates",
            Self::MoveAll => "moves all",
            Self::CopyId => "copies with its id",
            Self::Misjudge => "misjudges",
        }
    }
}

/// Folders are not made deeper than this.
const DEEPEST: usize = 3;

/// What somebody sees who is about to act.
pub(crate) struct Scene {
    pub(crate) at: Where,
    pub(crate) picture: Picture,
    folders: Vec<String>,
    files: Vec<String>,
}

impl Scene {
    fn all(&self) -> Vec<String> {
        self.folders.iter().chain(&self.files).cloned().collect()
    }

    fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a String> {
        let prefix = format!("{folder}/");
        self.picture.keys().filter(move |path| path.starts_with(&prefix))
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

pub(crate) fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn lies_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Stage {
    /// Somebody does something somewhere.
    pub(crate) fn somebody_acts(&self) {
        self.acts.set(self.acts.get().saturating_sub(1));
        let places = self.computers.len() as u64 + 1;
        let at = usize::try_from(self.people.below(2 * places) / 2).unwrap_or(0);
        let at = match self.plot.cast {
            Cast::OneHere => Where::Here(0),
            Cast::OneThere => Where::There,
            Cast::All if at < self.computers.len() => Where::Here(at),
            Cast::All => Where::There,
        };
        if matches!(at, Where::Here(computer) if self.unmounted.borrow().contains(&computer)) {
            return;
        }
        // A third writer in the two round trips of an undoing may be left among
        // the older versions (SPEC.md, *What is known not to hold yet*).
        if at == Where::There && self.is_overwritten() {
            return;
        }
        let picture = self.picture(at);
        let of_kind = |dirs: bool| -> Vec<String> {
            let entries = picture.iter().filter(|(_, bytes)| bytes.is_none() == dirs);
            entries.map(|(path, _)| path.clone()).collect()
        };
        let (folders, files) = (of_kind(true), of_kind(false));
        let scene = Scene { at, picture, folders, files };
        if self.plot.ignores && self.people.once_in(5) {
            let _ = self.write_rules(&scene);
            return;
        }
        let Some(deed) = self.people.pick(&self.plot.deeds).copied() else { return };
        if self.act(deed, &scene).is_some() {
            let side = if at == Where::There { "there" } else { "here" };
            self.reached.mark(Point::Deed(deed.word(), side));
        }
    }

    /// Does it, if it can be done in this scene.
    fn act(&self, deed: Deed, scene: &Scene) -> Option<()> {
        match deed {
            Deed::Write => self.write(scene, &self.new_path(scene)),
            Deed::Overwrite => self.write(scene, self.people.pick(&scene.files)?),
            Deed::MakeDir => self.mkdir(scene, &self.new_path(scene)),
            Deed::Delete => self.delete(scene, self.people.pick(&scene.all())?),
            Deed::Move => {
                self.rename(scene, self.people.pick(&scene.all())?, &self.new_path(scene))
            }
            Deed::WriteMany => self.write_many(scene, &self.new_path(scene)),
            Deed::Swap => self.rotate(scene, 2),
            Deed::Rotate => self.rotate(scene, 3),
            Deed::Invert => self.invert(scene),
            Deed::Recreate => {
                let path = self.people.pick(&scene.files)?.clone();
                self.delete(scene, &path)?;
                let now = self.scene_now(scene.at);
                if scene.at == Where::There && !self.trash_tells_all() && !self.races(&path) {
                    // Perhaps an engine is about to delete it, as below.
                    let bytes = self.token_there(&path, |_| false);
                    return self.write_bytes(&now, &path, bytes);
                }
                self.write(&now, &path)
            }
            Deed::MoveOver => {
                let from = self.people.pick(&scene.files)?.clone();
                let over = self.people.pick(&scene.files)?.clone();
                // Perhaps an engine is about to delete it, as above.
                let length = |path| scene.picture.get(path)?.as_ref().map(Vec::len);
                let alike = scene.at == Where::There && length(&from) == length(&over);
                if from == over || alike && !self.trash_tells_all() {
                    return None;
                }
                self.delete(scene, &over)?;
                self.rename(&self.scene_now(scene.at), &from, &over)
            }
            Deed::Copy => self.copy(scene, self.people.pick(&scene.files)?, &self.new_path(scene)),
            Deed::Touch => self.touch(scene, self.people.pick(&scene.files)?),
            Deed::MoveAll => self.move_all(scene),
            Deed::CopyId => {
                self.copy_with_id(scene, self.people.pick(&scene.files)?, &self.new_path(scene))
            }
            Deed::Misjudge => self.misjudge(scene, self.people.pick(&scene.files)?),
        }
    }

    pub(crate) fn scene_now(&self, at: Where) -> Scene {
        Scene { at, picture: self.picture(at), folders: Vec::new(), files: Vec::new() }
    }

    /// A path that somebody might use next: in an existing folder, of a few names.
    fn new_path(&self, scene: &Scene) -> String {
        let name = self.people.pick(&self.plot.names).copied().unwrap_or("a").to_owned();
        let name = if scene.at == Where::There { self.spelled_there(&name) } else { name };
        match self.people.pick(&scene.folders) {
            Some(folder) if !self.people.once_in(3) => format!("{folder}/{name}"),
            _ => name,
        }
    }

    fn write(&self, scene: &Scene, path: &str) -> Option<()> {
        let over = scene.picture.get(path);
        if over.is_some_and(Option::is_none) {
            return None;
        }
        if scene.at == Where::There && over.is_none() && self.races(path) {
            return None;
        }
        let bytes = match scene.at {
            Where::Here(_) => self.token(),
            Where::There => self.bytes_over(scene, path),
        };
        self.write_bytes(scene, path, bytes)
    }

    /// Bytes for what is at `path` there. Perhaps an engine is about to delete
    /// it: the trash of some tells no more than lengths (SPEC.md, *What is known
    /// not to hold yet*).
    fn bytes_over(&self, scene: &Scene, path: &str) -> Vec<u8> {
        let over = scene.picture.get(path).and_then(Option::as_ref);
        let dies = |over: &Vec<u8>| !self.trash_tells_all() && !self.shows(path, over);
        let dying = over.is_some_and(dies);
        self.token_there(path, |_| !dying)
    }

    pub(crate) fn write_bytes(&self, scene: &Scene, path: &str, bytes: Vec<u8>) -> Option<()> {
        // Of two versions of one second Nextcloud keeps one. Those of equal
        // length are a story of their own (protocol.md 0.13).
        let over = scene.picture.get(path).and_then(Option::as_ref);
        // What nobody here has seen may be about to be overwritten, too.
        let other = over.is_some_and(|over| {
            over.len() != bytes.len() || self.is_here(path) && !self.shows(path, over)
        });
        if other && scene.at == Where::There && self.keeps_one_of_a_second() {
            self.pass_time(Duration::from_secs(1));
        }
        match scene.at {
            Where::Here(computer) => {
                let (at, user) = (rel(path), self.computers[computer].disk.user());
                let done = match over {
                    Some(_) if self.people.once_in(2) => user.save_by_rename(&at, &bytes),
                    Some(_) => user.write(&at, &bytes),
                    None => user.create(&at, &bytes),
                };
                if done.is_err() {
                    self.oracle.borrow_mut().failed_to_write();
                    return None;
                }
            }
            Where::There => {
                self.there(|user| user.write(path, bytes.clone())).ok()?;
            }
        }
        self.say(scene.at, || format!("writes {path}={}", String::from_utf8_lossy(&bytes)));
        self.oracle.borrow_mut().wrote(bytes, over);
        Some(())
    }

    fn mkdir(&self, scene: &Scene, path: &str) -> Option<()> {
        if scene.picture.contains_key(path) || path.matches('/').count() >= DEEPEST {
            return None;
        }
        match scene.at {
            Where::Here(computer) => {
                self.computers[computer].disk.user().mkdir(&rel(path)).ok()?;
            }
            Where::There => self.there(|user| user.mkdir(path)).ok()?,
        }
        self.say(scene.at, || format!("makes {path}/"));
        Some(())
    }

    fn rename(&self, scene: &Scene, from: &str, to: &str) -> Option<()> {
        let now = self.picture(scene.at);
        let races = scene.at == Where::There && self.races(to);
        if races || now.contains_key(to) || lies_in(to, from) {
            return None;
        }
        if scene.at == Where::There && self.looks_like_what_was_there(&now, from, to) {
            return None;
        }
        match scene.at {
            Where::Here(computer) => {
                self.computers[computer].disk.user().rename(&rel(from), &rel(to)).ok()?;
            }
            Where::There => {
                self.there(|user| user.rename(from, to)).ok()?;
            }
        }
        self.say(scene.at, || format!("renames {from} -> {to}"));
        Some(())
    }

    /// Whether a plain server would show the same as before at `to`, or below
    /// it: files of equal length that have come in the same second can change
    /// places there without a trace (SPEC.md, *What is known not to hold yet*).
    fn looks_like_what_was_there(&self, now: &Picture, from: &str, to: &str) -> bool {
        let files = now.iter().filter(|(path, _)| lies_in(path, from));
        files.into_iter().any(|(path, bytes)| {
            let at = format!("{to}{}", &path[from.len()..]);
            bytes.as_ref().is_some_and(|bytes| self.shown_at(&at).contains(&bytes.len()))
        })
    }

    pub(crate) fn delete(&self, scene: &Scene, path: &str) -> Option<()> {
        match scene.at {
            Where::Here(computer) => {
                let user = self.computers[computer].disk.user();
                match scene.picture.get(path)? {
                    None => user.remove_tree(&rel(path)).ok()?,
                    Some(_) => user.remove(&rel(path)).ok()?,
                }
            }
            Where::There => {
                // What was overwritten, and not brought back yet, goes along.
                let older = self.there(|user| user.older_in(path));
                self.there(|user| user.delete(path)).ok()?;
                self.oracle.borrow_mut().entrust(&older);
                // Of two things of one place the trash of some tells the last
                // one only: what an engine has deleted in the very moment of
                // its writing stays there if nobody has looked yet.
                let dying = self.dying.borrow();
                let here = dying.iter().filter(|(at, _)| lies_in(at, path));
                let here: Vec<&Vec<u8>> = here.map(|(_, bytes)| bytes).collect();
                self.oracle.borrow_mut().entrust(&here);
            }
        }
        self.say(scene.at, || format!("deletes {path}"));
        let gone = scene.picture.iter().filter(|(at, _)| lies_in(at, path));
        for bytes in gone.filter_map(|(_, bytes)| bytes.as_ref()) {
            self.oracle.borrow_mut().deleted(bytes);
        }
        Some(())
    }

    /// Somebody else acts on the server: letters do not hinder who owns a
    /// share, and a storage of its own is reached by another way.
    fn there<T>(&self, act: impl FnOnce(&mut User<'_>) -> T) -> T {
        let mut cloud = self.cloud.lock();
        let mut user = cloud.user("u");
        if self.plot.mishaps.is_empty() {
            return act(&mut user);
        }
        user.as_owner(|user| user.behind(act))
    }
}

fn rel(path: &str) -> RelPath {
    RelPath::parse(path).unwrap_or_default()
}
