//! What users choose: folders that are kept here or not, and rules of what is
//! never synced.

use navette::engine::{Choosable, Leaving, Selection, Tick};

use crate::deed::{Scene, inside};
use crate::reached::Point;
use crate::stage::{Stage, Where};

/// What a user wants to be kept, before anybody has looked what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Everything.
    All,
    /// One folder more, by a number.
    More(u64),
    /// One folder less, with what becomes of its copy.
    Less(u64, Leaving),
}

impl Wish {
    /// What that comes to among these folders.
    pub(crate) fn among(self, folders: &[Choosable]) -> Selection {
        let nth = |number: u64, ticks: &[Tick]| {
            let some: Vec<_> = folders.iter().filter(|it| ticks.contains(&it.tick)).collect();
            let at = usize::try_from(number % (some.len() as u64).max(1)).unwrap_or(0);
            some.get(at).map(|folder| folder.path.clone()).into_iter().collect()
        };
        match self {
            Self::All => {
                let off = folders.iter().filter(|folder| folder.tick != Tick::All);
                let tick = off.map(|folder| folder.path.clone()).collect();
                Selection { tick, ..Selection::default() }
            }
            Self::More(number) => {
                let tick = nth(number, &[Tick::None, Tick::Kept, Tick::Part]);
                Selection { tick, ..Selection::default() }
            }
            Self::Less(number, leaving) => {
                let untick = nth(number, &[Tick::All, Tick::Part, Tick::Kept]);
                Selection { untick, leaving, ..Selection::default() }
            }
        }
    }
}

/// Lines that people write; some leave out everything, some bring back.
const LINES: [&str; 9] = ["a", "/b", "c/", "f*", "a/b", "*", "!d", "/a/*", "**/c"];

/// The file that they write them into.
const FILE: &str = ".navetteignore";

impl Stage {
    /// Somebody wants other folders to be kept at a computer.
    pub(crate) fn somebody_chooses(&self) {
        let number = self.schedule.below(self.computers.len() as u64);
        let Some(world) = usize::try_from(number).ok().and_then(|at| self.computers.get(at)) else {
            return;
        };
        let nth = self.schedule.below(16);
        let leaving = if self.schedule.once_in(2) { Leaving::Keep } else { Leaving::Trash };
        let wish =
            if self.schedule.once_in(3) { Wish::More(nth) } else { Wish::Less(nth, leaving) };
        self.trace.note(|| format!("   user {} wishes {wish:?}", world.name));
        world.wish.set(Some(wish));
        self.reached.mark(Point::World("folders are chosen"));
    }

    /// Somebody writes other rules.
    pub(crate) fn write_rules(&self, scene: &Scene) -> Option<()> {
        // There, only lengths would tell them from those of before.
        let plain = self.plot.dialect == navette::cloud::Dialect::Plain;
        if scene.at == Where::There && (plain || self.races(FILE)) {
            return None;
        }
        let lines = (0..1 + self.people.below(2)).filter_map(|_| self.people.pick(&LINES));
        let lines: Vec<&str> = lines.copied().collect();
        let token = String::from_utf8(self.token()).ok()?;
        let text = format!("# {token}\n{}\n", lines.join("\n")).into_bytes();
        self.rules.borrow_mut().push(text.clone());
        self.write_bytes(scene, FILE, text)?;
        self.reached.mark(Point::World("rules are written"));
        Some(())
    }

    /// People want everything again, and take all rules away. Whether there
    /// was anything to want.
    pub(crate) fn want_all(&self) -> bool {
        if !self.plot.chooses && !self.plot.ignores {
            return false;
        }
        self.computers.iter().for_each(|world| world.wish.set(Some(Wish::All)));
        let here = (0..self.computers.len()).map(Where::Here);
        let mut any = false;
        for at in here.chain([Where::There]) {
            let scene = self.scene_now(at);
            let rules = scene.picture.keys().filter(|path| path.starts_with(&inside("", FILE)));
            for path in rules.cloned().collect::<Vec<_>>() {
                any |= self.delete(&scene, &path).is_some();
            }
        }
        for text in self.rules.borrow().iter() {
            self.oracle.borrow_mut().deleted(text);
        }
        any
    }
}
