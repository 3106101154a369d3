//! People in a story: what they do on both sides while the engine works.

use std::sync::atomic::Ordering;
use std::time::Duration;

use navette::cloud::Dialect;
use navette::model::RelPath;

use super::{Aim, Stage};
use crate::oracle;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

impl Stage {
    pub(super) fn token(&self) -> Vec<u8> {
        let number = self.tokens.get() + 1;
        self.tokens.set(number);
        // Two lengths only, so that equal sizes are common.
        format!("t{number:03}{}", if self.world.chance.once_in(2) { "-long" } else { "" })
            .into_bytes()
    }

    pub(super) fn any_path(&self, of: &[String]) -> Option<String> {
        self.world.chance.pick(of).cloned()
    }

    /// A path that a user might use next: in an existing folder, of a few names.
    pub(super) fn new_path(&self, folders: &[String]) -> String {
        let name = self.world.chance.pick(&NAMES).unwrap();
        match self.world.chance.pick(folders) {
            Some(folder) if !self.world.chance.once_in(3) => format!("{folder}/{name}"),
            _ => (*name).to_owned(),
        }
    }

    pub(super) fn somebody_acts(&self) {
        self.edits.set(self.edits.get().saturating_sub(1));
        let is_local = self.world.chance.once_in(2);
        // A third writer in the two round trips of an undoing may be left among
        // the older versions (SPEC.md, *What is known not to hold yet*).
        if !is_local && self.oracle.borrow().is_overwritten(&self.world) {
            return;
        }
        let picture =
            if is_local { oracle::local(&self.world) } else { oracle::remote(&self.world) };
        let of_kind = |dirs: bool| -> Vec<String> {
            let entries = picture.iter().filter(|(_, bytes)| bytes.is_none() == dirs);
            entries.map(|(path, _)| path.clone()).collect()
        };
        let (folders, files) = (of_kind(true), of_kind(false));
        let all: Vec<String> = folders.iter().chain(&files).cloned().collect();
        match self.world.chance.below(12) {
            10 | 11 => self.many(is_local, &self.new_path(&folders), &picture),
            0..=2 => self.write(is_local, &self.new_path(&folders), &picture),
            3 | 4 => {
                if let Some(path) = self.any_path(&files) {
                    self.write(is_local, &path, &picture);
                }
            }
            5 => {
                let path = self.new_path(&folders);
                if !picture.contains_key(&path) && path.matches('/').count() < 3 {
                    self.mkdir(is_local, &path);
                }
            }
            6 => {
                if let Some(path) = self.any_path(&all) {
                    self.delete(is_local, &path, &picture);
                }
            }
            _ => {
                if let Some(from) = self.any_path(&all) {
                    let to = self.new_path(&folders);
                    let races = !is_local && self.races(&to);
                    let into_itself = to.starts_with(&format!("{from}/"));
                    if !races && !picture.contains_key(&to) && !into_itself {
                        self.rename(is_local, &from, &to);
                    }
                }
            }
        }
    }

    pub(super) fn write(&self, is_local: bool, path: &str, picture: &oracle::Picture) {
        if picture.get(path).is_some_and(Option::is_none) {
            return;
        }
        if !is_local && !picture.contains_key(path) && self.races(path) {
            return;
        }
        let bytes = if is_local { self.token() } else { self.token_there(path, |_| true) };
        self.write_bytes(is_local, path, picture, bytes);
    }

    /// Bytes that somebody may write at `path` on the server, as far as `tells`
    /// lets them.
    ///
    /// A plain server does not say which version a PUT has made: another one of
    /// equal length, of the same moment, counts as ours (SPEC.md, *What is
    /// known not to hold yet*).
    fn token_there(&self, path: &str, tells: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let here = oracle::local(&self.world).remove(path).flatten();
        let here = here.filter(|_| self.dialect == Dialect::Plain);
        loop {
            let bytes = self.token();
            if tells(&bytes) && here.as_ref().is_none_or(|here| here.len() != bytes.len()) {
                return bytes;
            }
        }
    }

    /// Whether what comes to `path` on the server now might be overwritten for
    /// good: oCIS cannot refuse a creation, nor can Nextcloud one of many files
    /// (protocol.md 0.2, 4.7). It is undone, unless the request lands when
    /// nobody waits for it any more.
    fn races(&self, path: &str) -> bool {
        let blind = matches!(self.dialect, Dialect::Ocis | Dialect::Nextcloud);
        // One by one they are written down without a sync of their own.
        let forgotten = self.dialect == Dialect::Ocis && self.power;
        let late = self.late.load(Ordering::Relaxed);
        blind && (late || forgotten) && oracle::local(&self.world).contains_key(path)
    }

    fn write_bytes(&self, is_local: bool, path: &str, picture: &oracle::Picture, bytes: Vec<u8>) {
        // Of two versions of one second Nextcloud keeps one. Those of equal
        // length are a story of their own (protocol.md 0.13).
        let over = picture.get(path).and_then(Option::as_ref);
        let other = over.is_some_and(|over| over.len() != bytes.len());
        if other && !is_local && self.dialect == Dialect::Nextcloud {
            self.world.pass(Duration::from_secs(1));
        }
        let done = if is_local {
            let at = RelPath::parse(path).unwrap();
            let user = self.world.disk.user();
            match over {
                Some(_) if self.world.chance.once_in(2) => user.save_by_rename(&at, &bytes),
                Some(_) => user.write(&at, &bytes),
                None => user.create(&at, &bytes),
            }
            .is_ok()
        } else {
            self.world.cloud().lock().user("u").write(path, bytes.clone()).is_ok()
        };
        if done {
            let side = if is_local { "here" } else { "there" };
            self.world
                .note(format!("   user writes {side} {path}={}", String::from_utf8_lossy(&bytes)));
            self.oracle.borrow_mut().wrote(bytes, over);
        }
    }

    /// Somebody writes on the server at the very moment at which the engine
    /// writes, takes away or moves what is at `path`: over it, into it, or
    /// where the engine is about to create it.
    pub(super) fn meddle(&self, Aim { path, creates }: &Aim) {
        if self.oracle.borrow().is_overwritten(&self.world) {
            return;
        }
        let picture = oracle::remote(&self.world);
        let Some(there) = picture.get(path) else {
            let above = path.rsplit_once('/').map(|(above, _)| above);
            if *creates && above.is_none_or(|above| picture.get(above).is_some_and(Option::is_none))
            {
                self.edits.set(self.edits.get().saturating_sub(1));
                self.write(false, path, &picture);
            }
            return;
        };
        self.edits.set(self.edits.get().saturating_sub(1));
        let at = match there {
            Some(_) => path.to_owned(),
            None => format!("{path}/{}", self.world.chance.pick(&NAMES).unwrap()),
        };
        let Some(old) = picture.get(&at) else { return self.write(false, &at, &picture) };
        let Some(old) = old else { return };
        // All that Nextcloud and oCIS show of a deleted version is its length:
        // another one of the same length, of that very moment, stays in the trash.
        let tells = matches!(self.dialect, Dialect::OwnCloud10 | Dialect::Plain);
        let bytes = self.token_there(&at, |new| tells || new.len() != old.len());
        self.write_bytes(false, &at, &picture, bytes);
    }

    /// Several files appear in one folder.
    fn many(&self, is_local: bool, folder: &str, picture: &oracle::Picture) {
        match picture.get(folder) {
            Some(Some(_)) => return,
            Some(None) => {}
            None if folder.matches('/').count() < 3 => self.mkdir(is_local, folder),
            None => return,
        }
        for number in 0..4 + self.world.chance.below(4) {
            let path = format!("{folder}/f{number}");
            if !picture.contains_key(&path) {
                self.write(is_local, &path, picture);
            }
        }
        // Younger ones could not be told from the next version, and are fetched one by one.
        self.world.pass(Duration::from_secs(3));
    }

    /// Somebody writes over a file of a folder of which the engine has just
    /// asked for many.
    pub(super) fn overwrite_in(&self, folder: &str) {
        let picture = oracle::remote(&self.world);
        let inside = |path: &&String| {
            path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).is_some()
        };
        let files = picture.iter().filter(|(_, bytes)| bytes.is_some()).map(|(path, _)| path);
        let files: Vec<String> = files.filter(inside).cloned().collect();
        if let Some(path) = self.any_path(&files) {
            self.edits.set(self.edits.get().saturating_sub(1));
            self.write(false, &path, &picture);
        }
    }

    fn mkdir(&self, is_local: bool, path: &str) {
        let done = match is_local {
            true => self.world.disk.user().mkdir(&RelPath::parse(path).unwrap()).is_ok(),
            false => self.world.cloud().lock().user("u").mkdir(path).is_ok(),
        };
        self.world.note(format!("   user mkdir local={is_local} {path}: {done}"));
    }

    fn rename(&self, is_local: bool, from: &str, to: &str) {
        let done = match is_local {
            true => {
                let (from, to) = (RelPath::parse(from).unwrap(), RelPath::parse(to).unwrap());
                self.world.disk.user().rename(&from, &to).is_ok()
            }
            false => self.world.cloud().lock().user("u").rename(from, to).is_ok(),
        };
        self.world.note(format!("   user renames local={is_local} {from} -> {to}: {done}"));
    }

    fn delete(&self, is_local: bool, path: &str, picture: &oracle::Picture) {
        let at = RelPath::parse(path).unwrap();
        let done = match is_local {
            true if picture[path].is_none() => self.world.disk.user().remove_tree(&at).is_ok(),
            true => self.world.disk.user().remove(&at).is_ok(),
            false => self.world.cloud().lock().user("u").delete(path).is_ok(),
        };
        self.world.note(format!("   user deletes local={is_local} {path}: {done}"));
        if done {
            let below = format!("{path}/");
            let gone = picture.iter().filter(|(at, _)| *at == path || at.starts_with(&below));
            for bytes in gone.filter_map(|(_, bytes)| bytes.as_ref()) {
                self.oracle.borrow_mut().deleted(bytes);
            }
        }
    }
}
