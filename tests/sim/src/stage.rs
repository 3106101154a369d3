//! One story: computers, people, faults and crashes, and the calm after them.

mod manners;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use navette::clock::Clock as _;
use navette::cloud::{Cloud, Dialect, Direct, SharedCloud};
use navette::disk::SimDisk;
use navette::engine::{Engine, choosable};
use navette::model::RelPath;
use navette::plan::AllowDeletes;
use navette::report::{End, EngineError, Gate, Report, SyncOptions};
use navette::server::{Server as _, Together};

use crate::disaster::{Backups, Disaster};
use crate::faults::{Aim, Weather, Wire};
use crate::mishap::{Mishap, Underway};
use crate::oracle::{self, Oracle, Picture};
use crate::platter::Platter;
use crate::plot::{CASES, ODD, Plot};
use crate::reached::{Point, Reached};
use crate::tape::{Chance, Chances, Dice, Source};
use crate::world::{SimClock, SimWorld, Stagehand, Task, Trace, Turn, run_all};

/// Where somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// At the computer of this number.
    Here(usize),
    /// On the server.
    There,
}

/// What one engine has left to do undisturbed.
#[derive(Debug, Default)]
struct Undisturbed {
    /// Steps until it is killed.
    cut: Cell<Option<u64>>,
    /// Steps until somebody acts.
    act: Cell<Option<u64>>,
}

/// Everything of one story.
pub(crate) struct Stage {
    pub(crate) plot: Plot,
    pub(crate) computers: Vec<SimWorld>,
    pub(crate) cloud: SharedCloud,
    pub(crate) people: Chance,
    pub(crate) reached: Reached,
    pub(crate) oracle: RefCell<Oracle>,
    /// How many more things people do.
    pub(crate) acts: Cell<u64>,
    pub(crate) journals: Vec<Platter>,
    pub(crate) backups: RefCell<Backups>,
    pub(crate) schedule: Chance,
    pub(crate) faults: Chance,
    dice: Dice,
    clock: SimClock,
    pub(crate) trace: Trace,
    tokens: Cell<u32>,
    /// All rules that people have written.
    pub(crate) rules: RefCell<Vec<Vec<u8>>>,
    /// A journal was damaged, and no engine has noticed yet.
    pub(crate) damaged: Cell<bool>,
    /// What has begun and not ended yet.
    pub(crate) under_way: RefCell<Vec<Underway>>,
    /// Computers whose volume is away.
    pub(crate) unmounted: RefCell<BTreeSet<usize>>,
    /// What programs have written, at which computer, to files that the engine
    /// had put aside, perhaps.
    pub(crate) late: RefCell<Vec<(usize, Vec<u8>)>>,
    /// What was written on the server at the very moment of a request for it,
    /// where the trash does not tell all of what was deleted.
    pub(crate) dying: RefCell<Vec<(String, Vec<u8>)>>,
    pub(crate) wire: Wire,
    undisturbed: Vec<Undisturbed>,
    /// Somebody may act now; in the calm nobody does.
    pub(crate) lively: Cell<bool>,
}

/// How a story that went wrong ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

/// Tells a story to its end.
pub fn tell(chances: &Chances, trace: &Trace, reached: &Reached) -> Result<(), Failure> {
    Stage::set(chances, trace, reached).play().map_err(Failure)
}

/// What the computers are called.
pub(crate) const NAMES: [&str; 2] = ["one", "two"];

impl Stage {
    fn set(chances: &Chances, trace: &Trace, reached: &Reached) -> Self {
        let plot = Plot::draw(chances.dialect(), &chances.from(Source::World));
        trace.note(|| format!("{plot:?}"));
        let dice = chances.dice();
        let clock = SimClock::default();
        let seed = chances.tape().seed;
        let cloud = Cloud::new(plot.dialect, seed);
        let cloud = if plot.trashless { cloud.without_trash() } else { cloud };
        let cloud = SharedCloud::new(cloud);
        let computers: Vec<SimWorld> = plot
            .computers
            .iter()
            .zip(NAMES)
            .map(|((volume, config), name)| {
                reached.mark(Point::World(volume));
                let mut server = Direct::new(cloud.clone(), "u", RelPath::root());
                if let Some(together) = server.profile().together {
                    // Few files are enough for a group here.
                    server.takes_together(Together { least: 2, most: 5, ..together });
                }
                SimWorld {
                    name,
                    clock: clock.clone(),
                    dice: dice.clone(),
                    trace: trace.clone(),
                    reached: reached.clone(),
                    ..SimWorld::new(SimDisk::new(*config), server)
                }
            })
            .collect();
        if computers.len() > 1 {
            reached.mark(Point::World("two computers"));
        }
        if plot.computers.iter().any(|(_, config)| config.watched) {
            reached.mark(Point::World("a disk that tells of changes"));
        }
        if plot.trashless {
            reached.mark(Point::World("no trash"));
        }
        if plot.names.contains(&ODD[0]) {
            reached.mark(Point::World("names that Windows cannot show"));
        }
        if plot.names.contains(&CASES[0]) {
            reached.mark(Point::World("names that differ in case"));
        }
        let stage = Self {
            journals: computers.iter().map(|_| Platter::new()).collect(),
            backups: RefCell::new(Backups::of(computers.len())),
            under_way: RefCell::default(),
            unmounted: RefCell::default(),
            late: RefCell::default(),
            dying: RefCell::default(),
            undisturbed: computers.iter().map(|_| Undisturbed::default()).collect(),
            acts: Cell::new(plot.acts),
            people: chances.from(Source::People),
            schedule: chances.from(Source::Schedule),
            faults: chances.from(Source::Faults),
            reached: reached.clone(),
            trace: trace.clone(),
            oracle: RefCell::default(),
            tokens: Cell::new(0),
            rules: RefCell::default(),
            damaged: Cell::new(false),
            wire: Wire { heard: trace.is_kept().then(Default::default), ..Wire::default() },
            lively: Cell::new(true),
            computers,
            cloud,
            clock,
            dice,
            plot,
        };
        stage.pass_time(Duration::from_secs(1));
        stage
    }

    fn play(&self) -> Result<(), String> {
        for _ in 0..self.schedule.below(8) {
            self.somebody_acts();
        }
        self.cast_weather();
        let mut crashes = self.plot.crashes;
        let mut disasters = self.plot.disasters.clone();
        for _ in 0..60 {
            if self.acts.get() == 0 && crashes == 0 && disasters.is_empty() {
                break;
            }
            let victim = (crashes > 0).then(|| self.schedule.below(self.computers.len() as u64));
            for (number, undisturbed) in self.undisturbed.iter().enumerate() {
                let dies = victim == Some(number as u64);
                undisturbed.cut.set(dies.then(|| self.schedule.below(300)));
                undisturbed.act.set(self.gap());
            }
            if self.live()? {
                crashes -= 1;
            }
            self.mount_all();
            self.oracle.borrow_mut().entrust(&self.cloud.lock().user("u").left());
            let withdrawn = self.withdrawn();
            self.oracle.borrow().check_somewhere(&self.computers, &self.cloud, &withdrawn)?;
            self.between(&mut disasters);
        }
        self.calm()
    }

    /// Steps until somebody acts; none if nobody does any more in this run.
    fn gap(&self) -> Option<u64> {
        let gap = self.schedule.below(60);
        (gap > 0).then_some(gap)
    }

    /// What happens while no engine runs.
    fn between(&self, disasters: &mut Vec<Disaster>) {
        if self.schedule.once_in(2) {
            self.pass_time(Duration::from_secs(self.schedule.below(40)));
        }
        if self.schedule.once_in(3)
            && let Some(disaster) = disasters.pop()
        {
            let last = self.computers.len() as u64;
            self.strike(usize::try_from(self.schedule.below(last)).unwrap_or(0), disaster);
        }
        self.back_up();
        if self.acts.get() > 0 {
            self.somebody_acts();
        }
        if !self.plot.mishaps.is_empty() && self.schedule.once_in(2) {
            self.something_befalls(false);
        }
        if self.plot.chooses && self.schedule.once_in(2) {
            self.somebody_chooses();
        }
    }

    /// All engines run once, at the same time, while people act; whether one
    /// of them was cut off.
    fn live(&self) -> Result<bool, String> {
        let options = SyncOptions { allow: AllowDeletes::All, ..SyncOptions::default() };
        let tasks = self
            .computers
            .iter()
            .zip(&self.journals)
            .map(|(world, journal)| Task::new(sync(world.clone(), journal.clone(), options)));
        self.wire.nobody.store(false, Ordering::Relaxed);
        let ended = run_all(self, tasks.collect())?;
        self.wire.met.lock().unwrap_or_else(PoisonError::into_inner).drain(..).for_each(|point| {
            self.reached.mark(point);
        });
        let mut cut = false;
        for (number, end) in ended.into_iter().enumerate() {
            match end {
                None => {
                    self.die(number);
                    cut = true;
                }
                Some(Ok(report)) => self.after(number, &report),
                Some(Err(error)) => self.forgive(number, error)?,
            }
        }
        Ok(cut)
    }

    fn after(&self, number: usize, report: &Report) {
        self.computers[number].open.borrow_mut().clear();
        self.trace.note(|| format!("{} ends {:?} {:?}", NAMES[number], report.end, report.items));
        let older = &mut self.backups.borrow_mut().journals[number];
        // Damage that nobody has noticed would be in the image too.
        if older.is_none() && report.end == End::Equal && !self.damaged.get() {
            *older = Some(self.journals[number].image());
        }
    }

    /// Whether an error is one that the faults explain.
    fn forgive(&self, number: usize, error: EngineError) -> Result<(), String> {
        self.computers[number].open.borrow_mut().clear();
        self.trace.note(|| format!("{} fails: {error}", NAMES[number]));
        match error {
            EngineError::Server(_) => Ok(()),
            EngineError::Disk(_) if !self.plot.mishaps.is_empty() => Ok(()),
            EngineError::Gate(Gate::MarkerMissing | Gate::FolderMissing)
                if self.plot.mishaps.contains(&Mishap::Unmounted) =>
            {
                Ok(())
            }
            EngineError::Gate(Gate::RemoteRestored | Gate::ForeignMarker)
                if self.decides_anew(number) =>
            {
                Ok(())
            }
            EngineError::Gate(Gate::RemoteRootChanged)
                if self.wire.nobody.load(Ordering::Relaxed) =>
            {
                Ok(())
            }
            // The damage shows in the midst of a run, once.
            EngineError::Journal(_) if self.notices_damage() => Ok(()),
            other => Err(format!("unexpected {other:?}")),
        }
    }

    fn die(&self, number: usize) {
        let power = self.plot.power && self.schedule.once_in(2);
        let how = if power { "power cut" } else { "kill" };
        for op in self.computers[number].open.borrow_mut().drain(..) {
            self.reached.mark(Point::Cut(how, op));
        }
        if power {
            self.computers[number].disk.crash(&self.faults);
            self.journals[number].power_cut(&self.faults);
        }
        self.trace.note(|| format!("== {} {how}", NAMES[number]));
    }

    /// A number of requests will get lost, in one way or another.
    fn cast_weather(&self) {
        self.wire.left.store(self.plot.faults, Ordering::Relaxed);
        for world in &self.computers {
            world.server.set_faults(Weather {
                troubles: self.plot.troubles.clone(),
                chance: self.faults.clone(),
                wire: self.wire.clone(),
                cloud: self.cloud.clone(),
                next: None,
                lasting: None,
            });
        }
    }

    pub(crate) fn picture(&self, at: Where) -> Picture {
        match at {
            Where::Here(computer) => oracle::here(&self.computers[computer]),
            Where::There => oracle::there(&self.cloud),
        }
    }

    pub(crate) fn is_overwritten(&self) -> bool {
        self.oracle.borrow().is_overwritten(&self.cloud)
    }

    pub(crate) fn pass_time(&self, time: Duration) {
        self.pass(time);
    }

    pub(crate) fn clock_seconds(&self) -> i64 {
        self.clock.wall()
    }

    pub(crate) fn say(&self, at: Where, what: impl FnOnce() -> String) {
        let who = match at {
            Where::Here(computer) => NAMES[computer],
            Where::There => "there",
        };
        self.trace.note(|| format!("   user {who} {}", what()));
    }

    /// A content that nobody has written yet.
    pub(crate) fn token(&self) -> Vec<u8> {
        let number = self.tokens.get() + 1;
        self.tokens.set(number);
        // Two lengths only, so that equal sizes are common.
        format!("t{number:03}{}", if self.people.once_in(2) { "-long" } else { "" }).into_bytes()
    }
}

/// One run of one computer's engine; from a comparison, if its user has decided so.
pub(crate) async fn sync(
    world: SimWorld,
    journal: Platter,
    options: SyncOptions,
) -> Result<Report, EngineError> {
    let (anew, wish) = (world.anew.clone(), world.wish.clone());
    let mut engine = if anew.get() {
        Engine::open_anew(world, journal).await?
    } else {
        Engine::open(world, journal).await?
    };
    anew.set(false);
    let mut report = engine.sync(&options).await;
    if let (Ok(_), Some(wish)) = (&report, wish.take()) {
        let selection = wish.among(&choosable(engine.journal().rows()));
        // What cannot be chosen is said, and changes nothing.
        report = match engine.select(&selection).await {
            Ok(_) => engine.sync(&options).await,
            Err(error) => Err(error),
        };
    }
    engine.close()?;
    report
}

/// Counts down; true when it is over.
fn is_over(left: &Cell<Option<u64>>) -> bool {
    match left.get() {
        Some(0) => true,
        Some(steps) => {
            left.set(Some(steps - 1));
            false
        }
        None => false,
    }
}

impl Stagehand for Stage {
    fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.computers.iter().for_each(|world| world.disk.set_time(self.clock.nanos()));
        self.cloud.lock().set_now(self.clock.wall());
    }

    fn clock(&self) -> &SimClock {
        &self.clock
    }

    fn dice(&self) -> &Dice {
        &self.dice
    }

    fn land_all(&self) {
        self.computers.iter().for_each(|world| {
            world.server.land_late();
        });
    }

    fn turn(&self, task: usize) -> Turn {
        if let Some(heard) = &self.wire.heard {
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            heard.drain(..).for_each(|line| self.trace.note(|| line));
        }
        if !self.lively.get() {
            return Turn::Go;
        }
        if is_over(&self.undisturbed[task].cut) {
            self.journals[task].kill();
            return Turn::Cut;
        }
        let aim = self.wire.aim.lock().unwrap_or_else(PoisonError::into_inner).take();
        let zip = self.wire.zip.lock().unwrap_or_else(PoisonError::into_inner).take();
        if self.acts.get() > 0 {
            if let Some(Aim { path, creates }) = aim
                && self.schedule.once_in(3)
            {
                self.meddle(&path, creates);
            }
            if self.plot.interferes
                && let Some(path) = self.computers[task].disk.take_aim()
                && self.schedule.once_in(3)
            {
                self.interfere(task, path.as_str());
            }
            if let Some(folder) = zip
                && self.schedule.once_in(2)
            {
                self.overwrite_in(&folder);
            }
            if is_over(&self.undisturbed[task].act) {
                if !self.plot.mishaps.is_empty() && self.schedule.once_in(4) {
                    self.something_befalls(true);
                } else {
                    self.somebody_acts();
                }
                self.undisturbed[task].act.set(self.gap());
            }
        }
        if self.computers.iter().any(|world| world.server.late() > 0) && self.schedule.once_in(6) {
            self.computers.iter().for_each(|world| {
                world.server.land_one();
            });
        }
        Turn::Go
    }
}
