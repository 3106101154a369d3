//! What happens in one seed: users, faults, crashes, and the calm after.

mod people;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use navette::cloud::{Cloud, Dialect, Direct, Fate, NoFaults, Request, SharedCloud, Spoilt};
use navette::disk::SimDisk;
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::journal::InMemory;
use navette::model::{Kind, RelPath, Timing};
use navette::plan::AllowDeletes;
use navette::report::{End, EngineError, Report, SyncOptions};
use navette::server::{Server as _, ServerErrorKind, Together};

use crate::oracle::Oracle;
use crate::world::{Chance, SimClock, SimWorld, Turn, run};

/// Everything that a seed decides beforehand.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    seed: u64,
    dialect: Dialect,
    disk: SimConfig,
    edits: u32,
    faults: u32,
    crashes: u32,
    power: bool,
}

impl Plot {
    pub(crate) fn of(seed: u64, dialect: Dialect) -> Self {
        let chance = Chance::new(seed ^ 0xC0FF_EE00);
        let disk = match chance.below(6) {
            0 => SimConfig { birth_times: false, ..SimConfig::default() },
            1 => SimConfig { exchange: false, ..SimConfig::default() },
            2 => SimConfig { granularity: Duration::from_secs(1), ..SimConfig::default() },
            _ => SimConfig::default(),
        };
        // Each story leaves some troubles out, so that the others show.
        let some = |most: u64| {
            u32::try_from(if chance.once_in(3) { 0 } else { chance.below(most) }).unwrap()
        };
        Self {
            seed,
            dialect,
            disk,
            edits: 3 + some(25),
            faults: some(6),
            crashes: some(5),
            power: chance.once_in(2),
        }
    }
}

/// What a request is about.
struct Aim {
    path: String,
    /// It may create what is not there.
    creates: bool,
}

struct Stage {
    world: SimWorld,
    journal: InMemory,
    oracle: RefCell<Oracle>,
    tokens: Cell<u32>,
    edits: Cell<u32>,
    dialect: Dialect,
    /// What the engine's last write is about, while it is on its way.
    aim: Arc<Mutex<Option<Aim>>>,
    /// Some request was to land late.
    late: Arc<AtomicBool>,
    /// The power may fail.
    power: bool,
    /// The folder that the engine's last GET is about, while it is on its way.
    zip: Arc<Mutex<Option<String>>>,
    zips: Arc<AtomicU32>,
}

/// Tells the story of a plot to its end. Returns its trace, or what went wrong.
pub(crate) fn tell(plot: &Plot) -> Result<Vec<String>, String> {
    let stage = Stage::set(plot);
    let result = stage.play(plot);
    let trace = stage.world.trace.borrow().clone();
    result.map(|()| trace.clone()).map_err(|failure| {
        let tail = if std::env::var("NAVETTE_SEED").is_ok() { 4000 } else { 0 };
        let from = trace.len().saturating_sub(tail);
        format!("{failure}\n{plot:?}\n{}", trace[from..].join("\n"))
    })
}

impl Stage {
    fn set(plot: &Plot) -> Self {
        let chance = Chance::new(plot.seed);
        let disk = SimDisk::new(plot.disk);
        let cloud = SharedCloud::new(Cloud::new(plot.dialect, plot.seed));
        let mut server = Direct::new(cloud, "u", RelPath::root());
        if let Some(together) = server.profile().together {
            // Few files are enough for a group here.
            server.takes_together(Together { least: 2, most: 5, ..together });
        }
        let clock = SimClock::default();
        let world = SimWorld {
            disk,
            server,
            clock,
            chance,
            timing: Timing::default(),
            trace: Rc::default(),
        };
        world.pass(Duration::from_secs(1));
        Self {
            world,
            journal: InMemory::new(),
            oracle: RefCell::default(),
            tokens: Cell::new(0),
            edits: Cell::new(plot.edits),
            dialect: plot.dialect,
            aim: Arc::default(),
            late: Arc::default(),
            power: plot.power && plot.crashes > 0,
            zip: Arc::default(),
            zips: Arc::default(),
        }
    }

    fn play(&self, plot: &Plot) -> Result<(), String> {
        for _ in 0..self.world.chance.below(8) {
            self.somebody_acts();
        }
        self.cast_faults(plot.faults);
        let mut crashes = plot.crashes;
        let mut rounds = 0;
        while self.edits.get() > 0 || crashes > 0 {
            rounds += 1;
            if rounds > 60 {
                break;
            }
            let cut_after = (crashes > 0).then(|| self.world.chance.below(300));
            if !self.live(cut_after)? {
                crashes -= 1;
                self.die(plot.power && self.world.chance.once_in(2));
            }
            self.oracle.borrow().check_somewhere(&self.world)?;
            if self.world.chance.once_in(2) {
                self.world.pass(Duration::from_secs(self.world.chance.below(40)));
            }
            if self.edits.get() > 0 {
                self.somebody_acts();
            }
        }
        self.calm()
    }

    /// The engine runs once, while users act; false if it was cut off.
    fn live(&self, cut_after: Option<u64>) -> Result<bool, String> {
        let mut left = cut_after;
        let world = self.world.clone();
        let journal = self.journal.clone();
        let options = SyncOptions { allow: AllowDeletes::All, ..SyncOptions::default() };
        let future = async move {
            let mut engine = Engine::open(world, journal).await?;
            let report = engine.sync(&options).await;
            engine.close()?;
            report
        };
        let turn = || {
            if let Some(left) = &mut left {
                if *left == 0 {
                    return Turn::Cut;
                }
                *left -= 1;
            }
            let aim = self.aim.lock().unwrap().take();
            if let Some(aim) = aim.filter(|_| self.edits.get() > 0)
                && self.world.chance.once_in(3)
            {
                self.meddle(&aim);
            }
            let zip = self.zip.lock().unwrap().take();
            if let Some(folder) = zip.filter(|_| self.edits.get() > 0)
                && self.world.chance.once_in(2)
            {
                self.overwrite_in(&folder);
            }
            if self.edits.get() > 0 && self.world.chance.once_in(25) {
                self.somebody_acts();
            }
            if self.world.chance.once_in(6) {
                self.world.server.land_one();
            }
            Turn::Go
        };
        match run(&self.world, future, turn) {
            None => Ok(false),
            Some(Ok(report)) => {
                self.world.note(format!("report {:?} {:?}", report.end, report.items));
                Ok(true)
            }
            Some(Err(error)) => self.forgive(error),
        }
    }

    /// Whether an error is one that the faults explain.
    fn forgive(&self, error: EngineError) -> Result<bool, String> {
        self.world.note(format!("error {error}"));
        match error {
            EngineError::Server(_) => Ok(true),
            other => Err(format!("unexpected {other:?}")),
        }
    }

    fn die(&self, power: bool) {
        if power {
            self.world.disk.crash(&self.world.chance);
            let kept = self.world.chance.below(self.journal.unsynced() as u64 + 1);
            self.journal.power_cut(usize::try_from(kept).unwrap());
        }
        self.world.note(format!("== {}", if power { "power cut" } else { "killed" }));
    }

    /// The faults stop, nobody edits: now everything must become right.
    fn calm(&self) -> Result<(), String> {
        self.world.note("== calm");
        self.world.server.set_faults(NoFaults);
        self.world.server.land_late();
        self.world.pass(Duration::from_secs(60));
        let mut report = None;
        for _ in 0..3 {
            report = Some(self.quiet_run()?);
            if report.as_ref().is_some_and(|report: &Report| report.end == End::Equal) {
                break;
            }
        }
        self.oracle.borrow().check_rest(&self.world)?;
        self.world.note(format!("zips {}", self.zips.load(Ordering::Relaxed)));
        let report = report.ok_or("no report")?;
        if report.end != End::Equal {
            return Err(format!("NOT EQUAL by its own word: {:?}", report.items));
        }
        let before = self.world.cloud().lock().revision();
        let rest = self.quiet_run()?;
        if self.world.cloud().lock().revision() != before || rest.bytes_up + rest.bytes_down > 0 {
            return Err(format!("NO REST: {rest:?}"));
        }
        Ok(())
    }

    fn quiet_run(&self) -> Result<Report, String> {
        // What was only presumed equal is proved before it is judged (amendment 32).
        let options =
            SyncOptions { allow: AllowDeletes::All, verify: true, ..SyncOptions::default() };
        let (world, journal) = (self.world.clone(), self.journal.clone());
        let future = async move {
            let mut engine = Engine::open(world, journal).await?;
            let report = engine.sync(&options).await?;
            engine.close()?;
            Ok::<Report, EngineError>(report)
        };
        let report = run(&self.world, future, || Turn::Go);
        let report = report.ok_or("cut off")?.map_err(|error| format!("calm, yet {error:?}"))?;
        self.world.note(format!("report {:?} {:?}", report.end, report.items));
        Ok(report)
    }

    /// A number of requests will get lost, in one way or another.
    fn cast_faults(&self, faults: u32) {
        let chance = Arc::new(Mutex::new(self.world.chance.below(u64::MAX)));
        let left = AtomicU32::new(faults);
        let late = self.late.clone();
        let aim = self.aim.clone();
        let (zip, zips, cloud) = (self.zip.clone(), self.zips.clone(), self.world.cloud().clone());
        self.world.server.set_faults(move |request: &Request<'_>| {
            let mut state = chance.lock().unwrap();
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let draw = *state >> 33;
            if matches!(request.method, "DELETE" | "MOVE" | "PUT" | "POST") {
                let creates = matches!(request.method, "PUT" | "POST");
                *aim.lock().unwrap() = Some(Aim { path: request.path.to_string(), creates });
            }
            if request.method == "GET" {
                let there = cloud.lock().look("u", request.path);
                if there.is_ok_and(|there| there.kind == Kind::Dir) {
                    *zip.lock().unwrap() = Some(request.path.to_string());
                    zips.fetch_add(1, Ordering::Relaxed);
                }
            }
            let is_write =
                matches!(request.method, "PUT" | "POST" | "MKCOL" | "MOVE" | "COPY" | "DELETE");
            let often = if is_write { 5 } else { 40 };
            let is_zip = zip.lock().unwrap().is_some();
            let due = draw.is_multiple_of(if is_zip { 3 } else { often });
            if !due || left.load(Ordering::Relaxed) == 0 {
                return Fate::Proceed;
            }
            left.fetch_sub(1, Ordering::Relaxed);
            match (draw >> 8) % 5 {
                _ if is_zip && (draw >> 16).is_multiple_of(2) => Fate::Spoil(
                    [Spoilt::Unfinished, Spoilt::Name, Spoilt::Byte][(draw >> 17) as usize % 3],
                ),
                0 => Fate::Fail(ServerErrorKind::Status(500)),
                1 if is_write => {
                    late.store(true, Ordering::Relaxed);
                    Fate::Late
                }
                2 => Fate::CutBody((draw >> 12) % 12),
                3 => Fate::Fail(ServerErrorKind::Unreachable),
                _ => Fate::LoseReply,
            }
        });
    }
}
