//! What kind of story it is: what the world is like, and what may happen.
//!
//! Each story leaves a random part of all deeds and faults out (a *swarm*), so
//! that the others come in rows that would else be rare.

use std::time::Duration;

use navette::cloud::Dialect;
use navette::disk::sim::SimConfig;

use crate::deed::Deed;
use crate::disaster::Disaster;
use crate::faults::Trouble;
use crate::mishap::Mishap;
use crate::tape::Chance;

/// What is decided before the story begins.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    /// The family of the server.
    pub(crate) dialect: Dialect,
    /// The volume of each computer, with its name.
    pub(crate) computers: Vec<(&'static str, SimConfig)>,
    /// What people know how to do.
    pub(crate) deeds: Vec<Deed>,
    /// What can go wrong with requests, and with disks.
    pub(crate) troubles: Vec<Trouble>,
    /// How many things people do.
    pub(crate) acts: u64,
    /// How many requests fail.
    pub(crate) faults: u64,
    /// How often an engine is killed.
    pub(crate) crashes: u64,
    /// A crash may be a power cut.
    pub(crate) power: bool,
    /// Disasters that end a chapter: see [`Disaster`].
    pub(crate) disasters: Vec<Disaster>,
    /// What befalls computers and the server for a while.
    pub(crate) mishaps: Vec<Mishap>,
    /// The names that people use.
    pub(crate) names: Vec<&'static str>,
    /// The administrator has switched the trash off.
    pub(crate) trashless: bool,
    /// Who acts at all.
    pub(crate) cast: Cast,
    /// People save files here in the very moment in which they are renamed or
    /// exchanged.
    pub(crate) interferes: bool,
    /// People do not keep from what only a gate could forget.
    pub(crate) trusts_gates: bool,
    /// People choose which folders are kept at their computers.
    pub(crate) chooses: bool,
    /// People write rules of what is never synced.
    pub(crate) ignores: bool,
}

/// Who acts in a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cast {
    /// Everybody, everywhere.
    All,
    /// One person at one computer: whatever is copied or comes back is the
    /// engine's own doing.
    OneHere,
    /// One person on the server.
    OneThere,
}

/// Names that people use.
const NAMES: [&str; 4] = ["a", "b", "c", "d"];
/// And some that many a disk takes for others.
pub(crate) const CASES: [&str; 2] = ["A", "B"];
/// And some that Windows cannot show.
pub(crate) const ODD: [&str; 2] = ["con", "a:b"];
/// And one in two spellings, which macOS takes for one.
const SPELLINGS: [&str; 2] = ["\u{e9}", "e\u{301}"];

fn volumes() -> [(&'static str, SimConfig); 6] {
    let plain = SimConfig::default();
    [
        ("like ext4", plain),
        ("like APFS", SimConfig::macos()),
        ("without birth times", SimConfig { birth_times: false, ..plain }),
        ("without exchange", SimConfig { exchange: false, ..plain }),
        ("of whole seconds", SimConfig { granularity: Duration::from_secs(1), ..plain }),
        ("like NTFS", SimConfig::windows()),
    ]
}

/// Each of `all` with a chance of one half; all of them if that leaves none.
fn some_of<T: Copy>(all: &[T], world: &Chance) -> Vec<T> {
    let chosen: Vec<T> = all.iter().copied().filter(|_| world.below(2) == 0).collect();
    if chosen.is_empty() { all.to_vec() } else { chosen }
}

impl Plot {
    /// Draws a plot.
    pub(crate) fn draw(dialect: Dialect, world: &Chance) -> Self {
        // Where the server cannot refuse a creation, or does not say what a
        // request has made, two engines at once reach what SPEC.md names as
        // known not to hold; people on the server do the same more gently.
        let refuses = dialect == Dialect::OwnCloud10;
        let two = refuses && world.once_in(3);
        let all = volumes();
        let computers = (0..if two { 2 } else { 1 }).map(|_| {
            let at = usize::try_from(world.below(all.len() as u64)).unwrap_or(0);
            all[at]
        });
        let computers = computers.collect();
        let some = |most: u64| if world.once_in(3) { 0 } else { world.below(most) };
        let (faults, crashes) = (some(6), some(5));
        let mut plot = Self {
            dialect,
            computers,
            deeds: some_of(&Deed::ALL, world),
            troubles: some_of(&Trouble::ALL, world),
            acts: 3 + world.below(25),
            faults,
            crashes,
            power: world.once_in(2),
            disasters: if world.once_in(6) { some_of(&Disaster::ALL, world) } else { Vec::new() },
            mishaps: Vec::new(),
            names: NAMES.to_vec(),
            trashless: false,
            cast: Cast::All,
            interferes: false,
            trusts_gates: false,
            chooses: false,
            ignores: false,
        };
        plot.draw_more(world);
        plot
    }

    /// What the stories learnt later. It is drawn last, and 0 leaves it out: so
    /// a tape from before still tells what it told.
    fn draw_more(&mut self, world: &Chance) {
        let few = |odds: u64| world.once_in(odds);
        self.mishaps.extend(Mishap::ALL.into_iter().filter(|_| few(5)));
        self.mishaps.retain(|mishap| mishap.can_happen(self.dialect));
        self.deeds.extend(Deed::MORE.into_iter().filter(|_| few(3)));
        self.troubles.extend(Trouble::MORE.into_iter().filter(|_| few(5)));
        self.disasters.extend(Disaster::MORE.into_iter().filter(|_| few(12)));
        self.disasters.retain(|disaster| disaster.can_happen(self.dialect, self.computers.len()));
        // A marker that could not be written says nothing of a folder's age.
        if self.mishaps.iter().any(|it| matches!(it, Mishap::DiskFull | Mishap::Unreadable)) {
            self.disasters.retain(|disaster| *disaster != Disaster::FolderRestored);
        }
        if few(4) {
            self.names.extend(CASES);
        }
        self.trashless = few(8);
        if few(6) {
            self.cast = if few(2) { Cast::OneThere } else { Cast::OneHere };
        }
        if few(6) {
            self.names.extend(SPELLINGS);
        }
        // Elsewhere nobody could know.
        let vouches = matches!(self.dialect, Dialect::OwnCloud10 | Dialect::Ocis);
        if few(5) && vouches {
            self.troubles.push(Trouble::Garbled);
        }
        if few(8) {
            self.mishaps.push(Mishap::SyncFails);
        }
        self.interferes = few(4);
        if few(8) {
            self.names.extend(ODD);
        }
        if few(6) {
            self.troubles.push(Trouble::Piecemeal);
        }
        if few(4) {
            self.computers.iter_mut().for_each(|(_, config)| config.watched = true);
            if few(2) {
                self.mishaps.push(Mishap::EventsLost);
            }
        }
        self.trusts_gates = few(2);
        self.chooses = few(25);
        self.ignores = few(25);
        // What a listing left out of a folder that is then deleted is gone there.
        if self.trashless {
            self.troubles.retain(|trouble| *trouble != Trouble::Short);
        }
    }
}
