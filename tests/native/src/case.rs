//! One case: people, a client or two, a server, troubles, and the calm after them.

mod runs;
mod stage;
mod stays;

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::client::{Patience, Program};
use crate::judge::Verdict;
use crate::luck::Luck;
use crate::server::Family;

use runs::Event;
use stage::Stage;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing, but people act on both sides while the client runs.
    Edits,
    /// Requests and answers get lost, cut, late or overtaken.
    Wires,
    /// The client is killed at any moment.
    Kills,
    /// Both.
    WiresAndKills,
    /// The disk of the computer is full.
    FullDisk,
    /// A folder of the computer cannot be read.
    ClosedFolder,
    /// The wall clock of the client jumps.
    Clock,
}

impl Trouble {
    fn wires(self) -> bool {
        matches!(self, Self::Wires | Self::WiresAndKills)
    }

    fn kills(self) -> bool {
        matches!(self, Self::Kills | Self::WiresAndKills)
    }
}

/// A case. What is done in it follows from this alone; when, from the computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Decides what people do and what goes wrong when.
    pub seed: u64,
    /// What is tried.
    pub program: Program,
    /// With which server.
    pub family: Family,
    /// What goes wrong.
    pub trouble: Trouble,
    /// How many computers work on the storage at the same time.
    pub computers: usize,
    /// It is one that other programs go through too: its first run is left
    /// alone, no file is young, and no side is ever empty.
    pub compared: bool,
    /// People act between runs only.
    pub quiet: bool,
    /// The clients stay (`navette watch`), and nobody starts them but after
    /// they were killed.
    pub stays: bool,
}

/// How a case ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What went wrong, if anything.
    pub verdict: Verdict,
    /// What happened, line by line.
    pub story: Vec<String>,
    /// What it met.
    pub met: Met,
    /// Something that kept the case from being what it should be, if anything.
    pub remark: Option<String>,
}

/// How often what a case is about has really happened in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Somebody acted while a client ran.
    pub beside: u64,
    /// Something went wrong with a request.
    pub broken: u64,
    /// A client was killed.
    pub kills: u64,
    /// A run found the disk full.
    pub full: u64,
    /// A folder was closed.
    pub closed: u64,
    /// The clock jumped.
    pub jumps: u64,
}

impl Case {
    /// The case of a seed: ten troubles in turn with each server.
    pub fn ordinary(seed: u64) -> Self {
        use Trouble::{Clock, ClosedFolder, Edits, FullDisk, Kills, Wires, WiresAndKills};
        let families = Family::ALL;
        let family = families[(seed % families.len() as u64) as usize];
        let turn = seed / families.len() as u64 % 10;
        let trouble = match turn {
            0 => Edits,
            1 | 2 => Wires,
            3 | 4 => Kills,
            5 | 6 => WiresAndKills,
            7 => FullDisk,
            8 => ClosedFolder,
            _ => Clock,
        };
        // Where the server cannot refuse a creation, or does not say what a
        // request has made, two engines at once reach what SPEC.md names as
        // known not to hold.
        let two = family == Family::OwnCloud10 && matches!(turn, 0 | 2 | 4 | 6);
        let computers = if two { 2 } else { 1 };
        let program = Program::Navette;
        Self {
            seed,
            program,
            family,
            trouble,
            computers,
            compared: false,
            quiet: false,
            stays: false,
        }
    }

    /// As [`Self::ordinary`], with clients that stay.
    pub fn staying(seed: u64) -> Self {
        Self { stays: true, ..Self::ordinary(seed) }
    }

    /// The case of a seed as every program goes through it, with a Nextcloud.
    /// If `quiet`, people act between runs only.
    pub fn compared(seed: u64, program: Program, quiet: bool) -> Self {
        let troubles = [Trouble::Edits, Trouble::Wires, Trouble::Kills, Trouble::WiresAndKills];
        let trouble = troubles[(seed % 4) as usize];
        let family = Family::Nextcloud;
        Self { seed, program, family, trouble, computers: 1, compared: true, quiet, stays: false }
    }

    /// How to run it again.
    pub fn again(&self) -> String {
        match self.compared {
            true => format!("cargo xtask compare --cases 1 --seed {}", self.seed),
            false if self.stays => format!("cargo xtask native --stays --seed {}", self.seed),
            false => format!("cargo xtask native --seed {}", self.seed),
        }
    }

    /// What it is, in a few words.
    pub fn title(&self) -> String {
        let Self { seed, program, family, trouble, computers, .. } = self;
        let name = if self.stays { "navette watch" } else { program.name() };
        format!("seed {seed}: {name} with {}, {trouble:?}, computers: {computers}", family.word())
    }

    /// Goes through it. With `keep`, what it leaves on the disk is left there.
    pub fn play(&self, navette: &Path, keep: bool) -> Outcome {
        let mut stage = Stage::set(*self, navette, keep);
        let luck = Luck::new(self.seed, "schedule");
        let ended = match self.stays {
            true => self.stayed(&mut stage, &luck),
            false => self.troubled(&mut stage, &luck),
        };
        stage.calm();
        // What can be said of a program that already did something unheard of
        // is said at its end.
        let stuck = stage.come_to_rest().err();
        let verdict = stage.judge(ended.err().or(stuck));
        stage.finish(verdict)
    }

    /// As [`Self::play`], in a thread of its own: what is mounted for it is
    /// nobody else's business.
    pub fn play_apart(&self, navette: &Path) -> Outcome {
        std::thread::scope(|scope| {
            let played = scope.spawn(|| self.play(navette, false)).join();
            played.unwrap_or_else(|_| panic!("{} could not be played", self.title()))
        })
    }

    fn troubled(&self, stage: &mut Stage, luck: &Luck) -> Result<(), String> {
        for _ in 0..4 + luck.below(6) {
            stage.prelude(luck);
        }
        if self.compared {
            stage.first_run()?;
        }
        for _ in 0..4 + luck.below(3) {
            let events = self.events(luck);
            stage.trouble_begins();
            let patience = if luck.once_in(2) { Patience::None } else { Patience::Usual };
            stage.live(patience, events)?;
            stage.trouble_ends();
            for _ in 0..luck.below(4) {
                stage.somebody_acts();
            }
        }
        Ok(())
    }

    /// What happens in a run, and how long after its beginning.
    fn events(&self, luck: &Luck) -> Vec<(Duration, Event)> {
        // Most runs take some tenths of a second, those that wait some seconds.
        let moment = || luck.while_below(if luck.once_in(3) { 2500 } else { 350 });
        let mut events: Vec<(Duration, Event)> =
            (0..luck.below(6)).map(|_| (moment(), Event::Act)).collect();
        if self.trouble.kills() && !luck.once_in(3) {
            let victim = luck.below(self.computers as u64) as usize;
            events.push((moment(), Event::Kill(victim)));
        }
        if self.trouble == Trouble::Clock {
            events.push((moment(), Event::Jump));
        }
        events.sort_by_key(|(at, _)| *at);
        events
    }
}

impl Outcome {
    /// Everything that is needed to find out why a case ended badly.
    pub fn told(&self, case: &Case) -> String {
        let mut text = format!("{}\nagain: {}\n", case.title(), case.again());
        for line in &self.story {
            let _ = writeln!(text, "  {line}");
        }
        format!("{text}{}", self.verdict)
    }
}
