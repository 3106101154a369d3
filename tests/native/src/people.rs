//! What people do, on a computer or on the server.
//!
//! The deeds are those of the simulation (`tests/sim/src/deed.rs`), done to
//! real folders and storages.

use std::time::SystemTime;

use crate::luck::Luck;
use crate::oracle::{Lengths, Oracle};
use crate::place::{Content, Manner, Picture, Place, Shown};

/// Something that people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Write,
    Overwrite,
    MakeDir,
    Delete,
    Move,
    WriteMany,
    Swap,
    Invert,
    Recreate,
    MoveOver,
    Copy,
    Touch,
    Rotate,
    MoveAll,
}

/// What is done twice as often stands here twice.
const DEEDS: [Deed; 17] = [
    Deed::Write,
    Deed::Write,
    Deed::Overwrite,
    Deed::Overwrite,
    Deed::Overwrite,
    Deed::MakeDir,
    Deed::Delete,
    Deed::Move,
    Deed::WriteMany,
    Deed::Swap,
    Deed::Invert,
    Deed::Recreate,
    Deed::MoveOver,
    Deed::Copy,
    Deed::Touch,
    Deed::Rotate,
    Deed::MoveAll,
];

/// Names that everybody uses.
const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// A file that nobody ever touches: a side that is suddenly empty is a case of
/// its own for each of the programs.
pub const ALWAYS: &str = "always";

/// Folders are not made deeper than this.
const DEEPEST: usize = 3;

/// How the people of a case go about it.
#[derive(Clone, Debug)]
pub struct Ways {
    /// How long what they write is.
    pub lengths: Lengths,
    /// Every file gets a date of its own, some time ago; else it is as young as it is.
    pub dated: bool,
    /// More files than this are not made, so that a case goes on for ever.
    pub most: usize,
}

/// Somebody who acts at one place.
pub struct Person<'a> {
    /// Which side this is, as the oracle counts them.
    pub side: usize,
    /// What it is called in the story.
    pub name: &'a str,
    /// The tree.
    pub place: &'a dyn Place,
    /// How people go about it.
    pub ways: &'a Ways,
    /// What decides.
    pub luck: &'a Luck,
    /// Where nothing new may come now (see `Stage::is_spared`).
    pub spared: &'a dyn Fn(&str) -> bool,
}

/// What somebody sees who is about to act.
struct Scene {
    picture: Picture,
    folders: Vec<String>,
    files: Vec<String>,
}

impl Scene {
    fn all(&self) -> Vec<String> {
        self.folders.iter().chain(&self.files).cloned().collect()
    }

    /// What stands at `path` and below it.
    fn contents(&self, path: &str) -> Vec<(String, Content)> {
        let below = self.picture.iter().filter(|(at, _)| lies_in(at, path));
        let files = below.filter_map(|(at, shown)| match shown {
            Shown::Folder => None,
            Shown::File(bytes) => Some((at.clone(), bytes.clone())),
        });
        files.collect()
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn lies_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Person<'_> {
    /// Does something, if something comes to mind that can be done.
    pub fn act(&self, oracle: &mut Oracle) {
        let scene = self.look();
        // Not everything can be done everywhere; nobody tries for ever.
        let mut tries = (0..6).filter_map(|_| self.luck.pick(&DEEDS).copied());
        let _ = tries.find_map(|deed| self.act_as(deed, &scene, oracle));
    }

    /// Looks again after a deed of several steps has begun.
    fn look(&self) -> Scene {
        let picture = self.place.picture();
        let of_kind = |folders: bool| -> Vec<String> {
            let entries = picture.iter().filter(|(_, shown)| (**shown == Shown::Folder) == folders);
            entries.map(|(path, _)| path.clone()).filter(|path| path != ALWAYS).collect()
        };
        let (folders, files) = (of_kind(true), of_kind(false));
        Scene { picture, folders, files }
    }

    fn act_as(&self, deed: Deed, scene: &Scene, oracle: &mut Oracle) -> Option<()> {
        let full = scene.files.len() >= self.ways.most;
        match deed {
            Deed::Write | Deed::WriteMany | Deed::Copy if full => {
                self.delete(scene, self.luck.pick(&scene.files)?, oracle)
            }
            Deed::Write => self.write(scene, &self.new_path(scene), oracle),
            Deed::Overwrite => self.write(scene, self.luck.pick(&scene.files)?, oracle),
            Deed::MakeDir => self.make_dir(scene, &self.new_path(scene), oracle),
            Deed::Delete => self.delete(scene, self.luck.pick(&scene.all())?, oracle),
            Deed::Move => {
                let from = self.luck.pick(&scene.all())?.clone();
                self.rename(scene, &from, &self.new_path(scene), oracle)
            }
            Deed::WriteMany => self.write_many(scene, oracle),
            Deed::Swap => self.rotate(scene, 2, oracle),
            Deed::Rotate => self.rotate(scene, 3, oracle),
            Deed::Invert => self.invert(scene, oracle),
            Deed::Recreate => {
                let path = self.luck.pick(&scene.files)?.clone();
                self.delete(scene, &path, oracle)?;
                self.write(&self.look(), &path, oracle)
            }
            Deed::MoveOver => {
                let from = self.luck.pick(&scene.files)?.clone();
                let over = self.luck.pick(&scene.files)?.clone();
                if from == over {
                    return None;
                }
                self.delete(scene, &over, oracle)?;
                self.rename(&self.look(), &from, &over, oracle)
            }
            Deed::Copy => {
                let from = self.luck.pick(&scene.files)?.clone();
                self.copy(scene, &from, &self.new_path(scene), oracle)
            }
            Deed::Touch => {
                let path = self.luck.pick(&scene.files)?;
                self.place.touch(path, oracle.date()).ok()?;
                let shown = scene.contents(path).into_iter().map(|(_, bytes)| bytes);
                oracle.handled(self.side, path, &shown.collect::<Vec<_>>());
                self.note(oracle, format!("dates {path}"))
            }
            Deed::MoveAll => self.move_all(scene, oracle),
        }
    }

    fn note(&self, oracle: &mut Oracle, what: String) -> Option<()> {
        oracle.note(format!("{} {what}", self.name));
        Some(())
    }

    /// A path that somebody might use next: in an existing folder, of a few
    /// names that everybody uses, or one that nobody else does.
    fn new_path(&self, scene: &Scene) -> String {
        let name = match self.luck.once_in(2) {
            true => self.luck.pick(&NAMES).map_or("a".to_owned(), |name| (*name).to_owned()),
            false => format!("n{}-{:04x}", self.side, self.luck.below(1 << 16)),
        };
        match self.luck.pick(&scene.folders) {
            Some(folder) if !self.luck.once_in(3) => inside(folder, &name),
            _ => name,
        }
    }

    fn date(&self, oracle: &Oracle) -> Option<SystemTime> {
        self.ways.dated.then(|| oracle.date())
    }

    fn write(&self, scene: &Scene, path: &str, oracle: &mut Oracle) -> Option<()> {
        let over = match scene.picture.get(path) {
            Some(Shown::Folder) => return None,
            Some(Shown::File(bytes)) => Some(bytes),
            None if (self.spared)(path) => return None,
            None => None,
        };
        let bytes = oracle.fresh(self.luck, self.ways.lengths);
        let manner = if self.luck.once_in(2) { Manner::InPlace } else { Manner::ByRename };
        if let Err(error) = self.place.write(path, &bytes, manner, self.date(oracle)) {
            // What could not be saved is nowhere; what it was to be saved over
            // may be gone, by this person's own hand.
            oracle.never(&bytes);
            if let Some(over) = over
                && !self.place.picture().contains_key(path)
            {
                oracle.deleted(self.side, path, over);
            }
            return self.note(oracle, format!("could not write {path}: {error}"));
        }
        let how = if over.is_some() { "writes over" } else { "writes" };
        let label = oracle.label(&crate::place::content(&bytes)).unwrap_or_default().to_owned();
        oracle.wrote(self.side, path, &bytes, over);
        self.note(oracle, format!("{how} {path}={label} ({} bytes)", bytes.len()))
    }

    fn write_many(&self, scene: &Scene, oracle: &mut Oracle) -> Option<()> {
        let folder = self.new_path(scene);
        self.make_dir(scene, &folder, oracle)?;
        for number in 0..4 + self.luck.below(6) {
            self.write(scene, &inside(&folder, &format!("f{number}")), oracle);
        }
        Some(())
    }

    fn make_dir(&self, scene: &Scene, path: &str, oracle: &mut Oracle) -> Option<()> {
        if scene.picture.contains_key(path) || path.matches('/').count() >= DEEPEST {
            return None;
        }
        self.place.make_dir(path).ok()?;
        oracle.handled(self.side, path, &[]);
        self.note(oracle, format!("makes {path}/"))
    }

    fn delete(&self, scene: &Scene, path: &str, oracle: &mut Oracle) -> Option<()> {
        self.place.delete(path).ok()?;
        for (at, bytes) in scene.contents(path) {
            oracle.deleted(self.side, &at, &bytes);
        }
        oracle.handled(self.side, path, &[]);
        self.note(oracle, format!("deletes {path}"))
    }

    fn rename(&self, scene: &Scene, from: &str, to: &str, oracle: &mut Oracle) -> Option<()> {
        if lies_in(to, from) || scene.picture.contains_key(to) || (self.spared)(to) {
            return None;
        }
        self.place.rename(from, to).ok()?;
        let moved: Vec<Content> =
            scene.contents(from).into_iter().map(|(_, bytes)| bytes).collect();
        oracle.moved(self.side, from, to, &moved);
        self.note(oracle, format!("moves {from} to {to}"))
    }

    fn copy(&self, scene: &Scene, from: &str, to: &str, oracle: &mut Oracle) -> Option<()> {
        if scene.picture.contains_key(to) || (self.spared)(to) {
            return None;
        }
        self.place.copy(from, to).ok()?;
        let copied: Vec<Content> =
            scene.contents(from).into_iter().map(|(_, bytes)| bytes).collect();
        oracle.handled(self.side, to, &copied);
        self.note(oracle, format!("copies {from} to {to}"))
    }

    /// `count` things go round by one place, over a name that nobody else uses.
    fn rotate(&self, scene: &Scene, count: usize, oracle: &mut Oracle) -> Option<()> {
        let all = scene.all();
        let chosen: Vec<&String> = (0..count).filter_map(|_| self.luck.pick(&all)).collect();
        let apart = chosen.iter().enumerate().all(|(at, one)| {
            chosen.iter().skip(at + 1).all(|other| !lies_in(one, other) && !lies_in(other, one))
        });
        let (first, last) = (chosen.first()?, chosen.last()?);
        if chosen.len() < count || !apart || chosen.iter().any(|path| (self.spared)(path)) {
            return None;
        }
        self.rename(scene, last, "between", oracle)?;
        for pair in chosen.windows(2).rev() {
            self.rename(&self.look(), pair[0], pair[1], oracle)?;
        }
        self.rename(&self.look(), "between", first, oracle)
    }

    /// `x/y` becomes `y/x`: what was in `x/y` is now in `y`.
    fn invert(&self, scene: &Scene, oracle: &mut Oracle) -> Option<()> {
        let inner = scene.folders.iter().filter(|folder| folder.contains('/'));
        let inner = (*self.luck.pick(&inner.collect::<Vec<_>>())?).clone();
        let outer = parent(&inner).to_owned();
        let up = inside(parent(&outer), name(&inner));
        self.rename(scene, &inner, &up, oracle)?;
        self.rename(&self.look(), &outer, &inside(&up, name(&outer)), oracle)
    }

    fn move_all(&self, scene: &Scene, oracle: &mut Oracle) -> Option<()> {
        let from = self.luck.pick(&scene.folders)?.clone();
        let to = self.luck.pick(&scene.folders)?.clone();
        if lies_in(&to, &from) {
            return None;
        }
        let inside_it = scene.picture.keys().filter(|path| parent(path) == from);
        for path in inside_it.cloned().collect::<Vec<_>>() {
            self.rename(&self.look(), &path, &inside(&to, name(&path)), oracle);
        }
        Some(())
    }
}
