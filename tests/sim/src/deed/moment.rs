//! What people do in the very moment of a request or of a rename.

use super::*;

impl Stage {
    /// Somebody writes on the server at the very moment at which an engine
    /// writes, takes away or moves what is at `path`: over it, into it, or
    /// where the engine is about to create it.
    pub(crate) fn meddle(&self, path: &str, creates: bool) {
        if self.plot.cast == Cast::OneHere || self.is_overwritten() {
            return;
        }
        let (path, scene) = (&*self.spelled_there(path), self.scene_now(Where::There));
        let Some(there) = scene.picture.get(path) else {
            let above = parent(path);
            let is_folder = scene.picture.get(above).is_some_and(Option::is_none);
            if creates && (above.is_empty() || is_folder) && !self.may_forget_a_creation() {
                self.acts.set(self.acts.get().saturating_sub(1));
                let _ = self.write(&scene, path);
            }
            return;
        };
        self.acts.set(self.acts.get().saturating_sub(1));
        let at = match there {
            Some(_) => path.to_owned(),
            None => {
                let name = self.people.pick(&self.plot.names).copied().unwrap_or("a");
                inside(path, &self.spelled_there(name))
            }
        };
        let (old, tells) = (scene.picture.get(&at), self.trash_tells_all());
        if old.is_some_and(Option::is_none) || old.is_none() && self.races(&at) {
            return;
        }
        // What is expected there may have been moved away, or overwritten, just now.
        let bytes = self.token_there(&at, |_| tells);
        if !tells {
            self.dying.borrow_mut().push((at.clone(), bytes.clone()));
        }
        let _ = self.write_bytes(&scene, &at, bytes);
    }

    /// Somebody saves the file here that an engine is about to rename or to
    /// exchange.
    pub(crate) fn interfere(&self, computer: usize, path: &str) {
        let scene = self.scene_now(Where::Here(computer));
        if self.plot.cast != Cast::OneThere && scene.picture.get(path).is_some_and(Option::is_some)
        {
            self.acts.set(self.acts.get().saturating_sub(1));
            let _ = self.write(&scene, path);
        }
    }

    /// Somebody writes over a file of a folder of which an engine has just
    /// asked for many.
    pub(crate) fn overwrite_in(&self, folder: &str) {
        if self.plot.cast == Cast::OneHere {
            return;
        }
        let scene = self.scene_now(Where::There);
        let files = scene.below(folder).filter(|path| scene.picture[*path].is_some());
        let files: Vec<&String> = files.collect();
        if let Some(path) = self.people.pick(&files) {
            self.acts.set(self.acts.get().saturating_sub(1));
            let _ = self.write(&scene, path);
        }
    }
}
