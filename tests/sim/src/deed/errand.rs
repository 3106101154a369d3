//! Deeds that take more than one step, and those that hide their traces.

use super::*;

impl Stage {
    pub(super) fn write_many(&self, scene: &Scene, folder: &str) -> Option<()> {
        match scene.picture.get(folder) {
            Some(Some(_)) => return None,
            Some(None) => {}
            None => self.mkdir(scene, folder)?,
        }
        for number in 0..2 + self.people.below(3) {
            let path = format!("{folder}/f{number}");
            if !scene.picture.contains_key(&path) {
                let _ = self.write(scene, &path);
            }
        }
        // Younger ones could not be told from the next version, and are fetched one by one.
        self.pass_time(Duration::from_secs(3));
        Some(())
    }

    /// `count` things go round by one place, over a name that nobody else uses.
    pub(super) fn rotate(&self, scene: &Scene, count: usize) -> Option<()> {
        let all = scene.all();
        let chosen: Vec<&String> = (0..count).filter_map(|_| self.people.pick(&all)).collect();
        let apart = chosen.iter().enumerate().all(|(at, one)| {
            chosen.iter().skip(at + 1).all(|other| !lies_in(one, other) && !lies_in(other, one))
        });
        let (first, last) = (chosen.first()?, chosen.last()?);
        if chosen.len() < count || !apart {
            return None;
        }
        if count == 2
            && let Where::Here(computer) = scene.at
        {
            let user = self.computers[computer].disk.user();
            user.swap(&rel(first), &rel(last)).ok()?;
            self.say(scene.at, || format!("swaps {first} and {last}"));
            return Some(());
        }
        self.rename(scene, last, "between")?;
        for pair in chosen.windows(2).rev() {
            self.rename(scene, pair[0], pair[1])?;
        }
        self.rename(scene, "between", first)
    }

    /// `x/y` becomes `y/x`: what was in `x/y` is now in `y`.
    pub(super) fn invert(&self, scene: &Scene) -> Option<()> {
        let inner: Vec<&String> =
            scene.folders.iter().filter(|folder| folder.contains('/')).collect();
        let inner = (*self.people.pick(&inner)?).clone();
        let outer = parent(&inner).to_owned();
        let up = inside(parent(&outer), name(&inner));
        self.rename(scene, &inner, &up)?;
        let into = format!("{up}/{}", name(&outer));
        self.rename(scene, &outer, &into)
    }

    pub(super) fn copy(&self, scene: &Scene, from: &str, to: &str) -> Option<()> {
        if scene.picture.contains_key(to) || scene.at == Where::There && self.races(to) {
            return None;
        }
        match scene.at {
            Where::Here(computer) => {
                let bytes = scene.picture.get(from)?.as_ref()?;
                self.computers[computer].disk.user().create(&rel(to), bytes).ok()?;
            }
            Where::There => {
                self.there(|user| user.copy(from, to)).ok()?;
            }
        }
        self.say(scene.at, || format!("copies {from} to {to}"));
        self.copied(scene, from);
        Some(())
    }

    pub(super) fn copied(&self, scene: &Scene, from: &str) {
        if let Some(bytes) = scene.picture.get(from).and_then(Option::as_ref) {
            self.oracle.borrow_mut().copied(bytes);
        }
    }

    pub(super) fn copy_with_id(&self, scene: &Scene, from: &str, to: &str) -> Option<()> {
        let free = scene.at == Where::There && !scene.picture.contains_key(to);
        if !free || self.races(to) {
            return None;
        }
        self.there(|user| user.copy_with_id(from, to)).ok()?;
        self.say(scene.at, || format!("copies {from} to {to}, id and all"));
        self.copied(scene, from);
        Some(())
    }

    pub(super) fn misjudge(&self, scene: &Scene, path: &str) -> Option<()> {
        // Where the server compares it, it would be refused.
        if scene.at != Where::There || self.plot.dialect != Dialect::Nextcloud {
            return None;
        }
        self.pass_time(Duration::from_secs(1));
        let bytes = self.bytes_over(scene, path);
        self.there(|user| user.write_misjudged(path, &bytes)).ok()?;
        self.say(scene.at, || format!("misjudges {path}={}", String::from_utf8_lossy(&bytes)));
        self.oracle.borrow_mut().wrote(bytes, scene.picture.get(path).and_then(Option::as_ref));
        Some(())
    }

    pub(super) fn touch(&self, scene: &Scene, path: &str) -> Option<()> {
        let seconds = self.clock_seconds() - i64::try_from(self.people.below(100_000)).ok()?;
        match scene.at {
            Where::Here(computer) => {
                let user = self.computers[computer].disk.user();
                user.touch(&rel(path), seconds * 1_000_000_000).ok()?;
            }
            Where::There => {
                self.there(|user| user.touch(path, seconds)).ok()?;
            }
        }
        self.say(scene.at, || format!("touches {path}"));
        Some(())
    }

    pub(super) fn move_all(&self, scene: &Scene) -> Option<()> {
        let from = self.people.pick(&scene.folders)?.clone();
        let to = self.people.pick(&scene.folders)?.clone();
        if lies_in(&to, &from) {
            return None;
        }
        let inside = scene.below(&from).filter(|path| parent(path) == from);
        let inside: Vec<String> = inside.cloned().collect();
        for path in inside {
            let _ = self.rename(scene, &path, &format!("{to}/{}", name(&path)));
        }
        Some(())
    }
}
