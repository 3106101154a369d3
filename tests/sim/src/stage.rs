//! One story: computers, people, faults and crashes, and the calm after them.

use std::cell::{Cell, RefCell};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use navette::clock::Clock as _;
use navette::cloud::{Cloud, Dialect, Direct, NoFaults, SharedCloud};
use navette::disk::SimDisk;
use navette::engine::Engine;
use navette::event::Cause;
use navette::model::{RelPath, WaitReason};
use navette::plan::AllowDeletes;
use navette::report::{End, EngineError, Report, SyncOptions};
use navette::server::{Server as _, Together};

use crate::faults::{Aim, Weather, Wire};
use crate::oracle::{self, Oracle, Picture};
use crate::platter::{Image, Platter};
use crate::plot::{Disaster, Plot};
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
    journals: Vec<Platter>,
    older: RefCell<Vec<Option<Image>>>,
    schedule: Chance,
    faults: Chance,
    dice: Dice,
    clock: SimClock,
    trace: Trace,
    tokens: Cell<u32>,
    /// A journal was damaged, and no engine has noticed yet.
    damaged: Cell<bool>,
    wire: Wire,
    undisturbed: Vec<Undisturbed>,
    /// Somebody may act now; in the calm nobody does.
    lively: Cell<bool>,
}

/// How a story that went wrong ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

/// Tells a story to its end.
pub fn tell(chances: &Chances, trace: &Trace, reached: &Reached) -> Result<(), Failure> {
    Stage::set(chances, trace, reached).play().map_err(Failure)
}

const NAMES: [&str; 2] = ["one", "two"];

impl Stage {
    fn set(chances: &Chances, trace: &Trace, reached: &Reached) -> Self {
        let plot = Plot::draw(chances.dialect(), &chances.from(Source::World));
        trace.note(|| format!("{plot:?}"));
        let dice = chances.dice();
        let clock = SimClock::default();
        let seed = chances.tape().seed;
        let cloud = SharedCloud::new(Cloud::new(plot.dialect, seed));
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
        let stage = Self {
            journals: computers.iter().map(|_| Platter::new()).collect(),
            older: RefCell::new(computers.iter().map(|_| None).collect()),
            undisturbed: computers.iter().map(|_| Undisturbed::default()).collect(),
            acts: Cell::new(plot.acts),
            people: chances.from(Source::People),
            schedule: chances.from(Source::Schedule),
            faults: chances.from(Source::Faults),
            reached: reached.clone(),
            trace: trace.clone(),
            oracle: RefCell::default(),
            tokens: Cell::new(0),
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
            self.oracle.borrow().check_somewhere(&self.computers, &self.cloud)?;
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
        if self.acts.get() > 0 {
            self.somebody_acts();
        }
    }

    fn strike(&self, computer: usize, disaster: Disaster) {
        let journal = &self.journals[computer];
        match disaster {
            Disaster::Restored => match self.older.borrow_mut()[computer].take() {
                Some(image) => journal.restore_image(&image),
                None => return,
            },
            Disaster::Lost => journal.wipe(),
            Disaster::Damaged => {
                journal.damage(&self.faults);
                self.damaged.set(true);
            }
        }
        // An image of the journal before the loss would be that of another pair.
        self.older.borrow_mut()[computer] = None;
        self.trace.note(|| format!("== {}: {}", NAMES[computer], disaster.word()));
        self.reached.mark(Point::Trouble(disaster.word()));
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
        let older = &mut self.older.borrow_mut()[number];
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
            // The damage shows in the midst of a run, once.
            EngineError::Journal(_) if self.damaged.take() => Ok(()),
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

    /// The faults stop, nobody acts: now everything must become right.
    fn calm(&self) -> Result<(), String> {
        self.trace.note(|| "== calm".to_owned());
        self.lively.set(false);
        for world in &self.computers {
            world.server.set_faults(NoFaults);
            world.server.land_late();
        }
        self.pass_time(Duration::from_secs(60));
        let mut last = Vec::new();
        // A computer's last look may be older than what another one has sent.
        let most = if self.computers.len() > 1 { 8 } else { 3 };
        for _ in 0..most {
            let before = self.cloud.lock().revision();
            last = self.quiet_runs()?;
            let equal = last.iter().all(|report| report.end == End::Equal);
            if equal && (self.computers.len() == 1 || self.cloud.lock().revision() == before) {
                break;
            }
            self.people_decide(&last);
        }
        self.oracle.borrow().check_rest(&self.computers, &self.cloud)?;
        if let Some(report) = last.iter().find(|report| report.end != End::Equal) {
            return Err(format!("NOT EQUAL by its own word: {:?}", report.items));
        }
        let before = self.cloud.lock().revision();
        let rest = self.quiet_runs()?;
        let moved = rest.iter().any(|report| report.bytes_up + report.bytes_down > 0);
        if self.cloud.lock().revision() != before || moved {
            return Err(format!("NO REST: {rest:?}"));
        }
        Ok(())
    }

    /// What is only here, and in the server's trash, waits for its user after
    /// the journal was lost (amendment 27). Here users keep it: a new name says so.
    fn people_decide(&self, reports: &[Report]) {
        for (world, report) in self.computers.iter().zip(reports) {
            let cause = Cause::Waits(WaitReason::Discarded);
            for item in report.items.iter().filter(|item| item.cause == cause) {
                let kept = format!("{}-kept", item.path);
                let paths = (RelPath::parse(&item.path), RelPath::parse(&kept));
                if let (Ok(from), Ok(to)) = paths {
                    // A folder above it may have been renamed just now.
                    let done = world.disk.user().rename(&from, &to).is_ok();
                    self.trace.note(|| format!("   user {} keeps {kept}: {done}", world.name));
                    self.reached.mark(Point::Trouble("a user decides"));
                }
            }
        }
    }

    fn quiet_runs(&self) -> Result<Vec<Report>, String> {
        // What was only presumed equal is proved before it is judged (amendment 32).
        let options =
            SyncOptions { allow: AllowDeletes::All, verify: true, ..SyncOptions::default() };
        let mut reports = Vec::new();
        for (world, journal) in self.computers.iter().zip(&self.journals) {
            let task = Task::new(sync(world.clone(), journal.clone(), options));
            let mut report = run_all(self, vec![task])?.pop().flatten().ok_or("cut off")?;
            if matches!(report, Err(EngineError::Journal(_))) && self.damaged.take() {
                let task = Task::new(sync(world.clone(), journal.clone(), options));
                report = run_all(self, vec![task])?.pop().flatten().ok_or("cut off")?;
            }
            let report = report.map_err(|error| format!("calm, yet {error:?}"))?;
            self.trace.note(|| format!("{} ends {:?} {:?}", world.name, report.end, report.items));
            reports.push(report);
        }
        Ok(reports)
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

    /// Bytes that somebody may write at `path` on the server, as far as `tells`
    /// lets them.
    ///
    /// A plain server does not say which version a PUT has made: another one of
    /// equal length, of the same moment, counts as ours (SPEC.md, *What is
    /// known not to hold yet*).
    pub(crate) fn token_there(&self, path: &str, tells: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let here = self.shown_at(path);
        let fits = |bytes: &[u8]| tells(bytes) && !here.contains(&bytes.len());
        let first = self.token();
        if fits(&first) {
            return first;
        }
        // The other length; a tape that has ended would never draw it.
        let number = self.tokens.get() + 1;
        self.tokens.set(number);
        let short = format!("t{number:03}");
        let other = if first.len() == short.len() { format!("{short}-long") } else { short };
        if fits(other.as_bytes()) { other.into_bytes() } else { format!("{other}er").into_bytes() }
    }

    /// The lengths that computers show at `path`, if the server is a plain one:
    /// there little but its length tells a file from another.
    pub(crate) fn shown_at(&self, path: &str) -> Vec<usize> {
        if self.plot.dialect != Dialect::Plain {
            return Vec::new();
        }
        let files = self.computers.iter().filter_map(|world| oracle::here(world).remove(path)?);
        files.map(|bytes| bytes.len()).collect()
    }

    /// Whether what comes to `path` on the server now might be overwritten for
    /// good: oCIS cannot refuse a creation, nor can Nextcloud one of many files
    /// (protocol.md 0.2, 4.7). It is undone, unless the request lands when
    /// nobody waits for it any more.
    pub(crate) fn races(&self, path: &str) -> bool {
        let blind = matches!(self.plot.dialect, Dialect::Ocis | Dialect::Nextcloud);
        // One by one they are written down without a sync of their own.
        let power = self.plot.power && self.plot.crashes > 0;
        let forgotten = self.plot.dialect == Dialect::Ocis && power;
        let late = self.wire.late.load(Ordering::Relaxed);
        let here = || self.computers.iter().any(|world| oracle::here(world).contains_key(path));
        blind && (late || forgotten) && here()
    }

    /// Of two versions of one second the server keeps one.
    pub(crate) fn keeps_one_of_a_second(&self) -> bool {
        self.plot.dialect == Dialect::Nextcloud
    }

    /// The trash tells apart versions of one length; where it does not, one of
    /// the very moment of a deletion stays in it.
    pub(crate) fn trash_tells_all(&self) -> bool {
        matches!(self.plot.dialect, Dialect::OwnCloud10 | Dialect::Plain)
    }
}

async fn sync(
    world: SimWorld,
    journal: Platter,
    options: SyncOptions,
) -> Result<Report, EngineError> {
    let mut engine = Engine::open(world, journal).await?;
    let report = engine.sync(&options).await;
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
            if let Some(folder) = zip
                && self.schedule.once_in(2)
            {
                self.overwrite_in(&folder);
            }
            if is_over(&self.undisturbed[task].act) {
                self.somebody_acts();
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
