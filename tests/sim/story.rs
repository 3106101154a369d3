//! What happens in one seed: users, faults, crashes, and the calm after.

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

use crate::oracle::{self, Oracle};
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

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

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

    fn token(&self) -> Vec<u8> {
        let number = self.tokens.get() + 1;
        self.tokens.set(number);
        // Two lengths only, so that equal sizes are common.
        format!("t{number:03}{}", if self.world.chance.once_in(2) { "-long" } else { "" })
            .into_bytes()
    }

    fn any_path(&self, of: &[String]) -> Option<String> {
        self.world.chance.pick(of).cloned()
    }

    /// A path that a user might use next: in an existing folder, of a few names.
    fn new_path(&self, folders: &[String]) -> String {
        let name = self.world.chance.pick(&NAMES).unwrap();
        match self.world.chance.pick(folders) {
            Some(folder) if !self.world.chance.once_in(3) => format!("{folder}/{name}"),
            _ => (*name).to_owned(),
        }
    }

    fn somebody_acts(&self) {
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

    fn write(&self, is_local: bool, path: &str, picture: &oracle::Picture) {
        if picture.get(path).is_some_and(Option::is_none) {
            return;
        }
        if !is_local && !picture.contains_key(path) && self.races(path) {
            return;
        }
        let mut bytes = self.token();
        // A plain server does not say which version a PUT has made: another
        // one of equal length, of the same moment, counts as ours (SPEC.md,
        // *What is known not to hold yet*).
        if self.dialect == Dialect::Plain && !is_local {
            let here = oracle::local(&self.world).remove(path).flatten();
            while here.as_ref().is_some_and(|here| here.len() == bytes.len()) {
                bytes = self.token();
            }
        }
        self.write_bytes(is_local, path, picture, bytes);
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
    fn meddle(&self, Aim { path, creates }: &Aim) {
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
        let bytes = std::iter::repeat_with(|| self.token());
        let tells = matches!(self.dialect, Dialect::OwnCloud10 | Dialect::Plain);
        let mut bytes = bytes.filter(|new| tells || new.len() != old.len());
        let Some(bytes) = bytes.next() else { return };
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
    fn overwrite_in(&self, folder: &str) {
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
