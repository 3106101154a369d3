//! A laboratory for scenarios: the real engine, a disk in memory, a cloud of
//! any family behind it, virtual time, and people on both sides.
//!
//! Trees are told in one line: `A/a1` is a file whose text is its own name,
//! `A/a1=new` one with another text, `E/` an empty folder, and `a1!` a conflict
//! copy of `a1`. `lab.ends("-A/a1 +D/a1")` says how both sides have to look,
//! as a difference to [`START`].

mod wire;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use navette::cloud::{Cloud, Dialect, Direct, Fate, Request, SharedCloud, Shot};
use navette::disk::SimDisk;
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::journal::{InMemory, JournalFiles};
use navette::model::{RelPath, Side};
use navette::plan::AllowDeletes;
use navette::report::{End, EngineError, Report, SyncOptions};

pub(crate) use wire::Asked;
use wire::{Meanwhile, Override, Wire};

use navette_sim::world::{SimWorld, Turn, run};

/// The tree that most scenarios begin with.
pub(crate) const START: &str = "A/a1 A/a2 B/b1 B/b2 C/c1 C/c2 S/s1 S/s2";

/// One pair and the people on both of its sides.
pub(crate) struct Lab {
    pub(crate) world: SimWorld,
    pub(crate) journal: InMemory,
    wire: Arc<Mutex<Wire>>,
}

/// Plays a scenario with each family, from the start tree.
pub(crate) fn on_all(scenario: impl Fn(&Lab)) {
    for dialect in Dialect::ALL {
        println!("-- {dialect:?}");
        scenario(&Lab::start(dialect));
    }
}

/// Plays it with each family that tells ids.
pub(crate) fn with_ids(scenario: impl Fn(&Lab)) {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        println!("-- {dialect:?}");
        scenario(&Lab::start(dialect));
    }
}

impl Lab {
    /// An empty folder and an empty storage.
    pub(crate) fn empty(dialect: Dialect) -> Self {
        Self::on(dialect, SimConfig::default())
    }

    /// The same on a disk of this kind.
    pub(crate) fn on(dialect: Dialect, disk: SimConfig) -> Self {
        let (server, wire) = wired(Cloud::new(dialect, 7));
        let world = SimWorld::new(SimDisk::new(disk), server);
        world.pass(Duration::from_secs(1));
        Self { world, journal: InMemory::new(), wire }
    }

    /// The same folder and journal, when the address leads to this server.
    pub(crate) fn before(&self, cloud: Cloud) -> Self {
        let (server, wire) = wired(cloud);
        Self {
            world: SimWorld { server, ..self.world.clone() },
            journal: self.journal.clone(),
            wire,
        }
    }

    /// A pair that agrees on the start tree.
    pub(crate) fn start(dialect: Dialect) -> Self {
        let lab = Self::empty(dialect);
        for path in START.split(' ') {
            lab.there().write(path, path.rsplit('/').next().unwrap());
        }
        lab.syncs();
        lab
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.world.cloud().lock().dialect()
    }

    /// The server tells ids.
    pub(crate) fn has_ids(&self) -> bool {
        self.dialect() != Dialect::Plain
    }

    pub(crate) fn path(&self, path: &str) -> RelPath {
        at(path)
    }

    /// The request by which the guard of a write is asked, or with which it is
    /// sent: where the family honours no condition, there is a look just before.
    pub(crate) fn guarded_by(&self, method: &'static str) -> &'static str {
        match self.dialect() {
            Dialect::Nextcloud | Dialect::OwnCloud10 => method,
            Dialect::Ocis | Dialect::Plain => "PROPFIND",
        }
    }

    pub(crate) fn here(&self) -> Hand<'_> {
        Hand { lab: self, side: Side::Local }
    }

    pub(crate) fn there(&self) -> Hand<'_> {
        Hand { lab: self, side: Side::Remote }
    }

    /// Both sides, each as the one that acts and the one that does something else.
    pub(crate) fn sides(&self) -> [(Hand<'_>, Hand<'_>); 2] {
        [(self.here(), self.there()), (self.there(), self.here())]
    }

    /// The next `times` such requests meet this fate; `*` is any path.
    pub(crate) fn dooms(&self, method: &'static str, path: &str, fate: Fate, times: u32) {
        let path = path.to_owned();
        self.wire.lock().unwrap().overrides.push(Override { method, path, fate, times });
    }

    /// Somebody acts on the server just before the next such request arrives.
    pub(crate) fn meanwhile(
        &self,
        method: &'static str,
        path: &str,
        act: impl FnOnce(&mut Cloud) + Send + 'static,
    ) {
        let (path, act) = (path.to_owned(), Box::new(act));
        self.wire.lock().unwrap().meanwhile.push(Meanwhile { method, path, act });
    }

    /// All requests go through again.
    pub(crate) fn heals(&self) {
        self.wire.lock().unwrap().overrides.clear();
    }

    /// What was asked since this was last called.
    pub(crate) fn asked(&self) -> Asked {
        let mut wire = self.wire.lock().unwrap();
        wire.order.clear();
        std::mem::take(&mut wire.asked)
    }

    /// As [`Self::asked`], each request with its path, in order.
    pub(crate) fn heard(&self) -> Vec<String> {
        let mut wire = self.wire.lock().unwrap();
        wire.asked = Asked::default();
        std::mem::take(&mut wire.order)
    }

    /// Runs the engine once, on quiet sides.
    pub(crate) fn runs(&self) -> Result<Report, EngineError> {
        self.runs_on(self.journal.clone(), || Turn::Go)
    }

    /// Runs it for a while, and cuts it off when the first answer was lost or
    /// late: it ends with the run's own patience, or here.
    pub(crate) fn runs_once(&self) -> Option<Report> {
        let mut left = 400;
        self.plays(self.journal.clone(), AllowDeletes::All, || {
            left -= 1;
            if left == 0 { Turn::Cut } else { Turn::Go }
        })
        .map(Result::unwrap)
    }

    /// Runs it with the brake as it is for everybody.
    pub(crate) fn runs_braked(&self) -> Result<Report, EngineError> {
        self.plays(self.journal.clone(), AllowDeletes::AsUsual, || Turn::Go).expect("not cut off")
    }

    /// Forgets what was agreed, as a user may decide at a gate.
    pub(crate) fn forgets(&self) {
        let (world, journal) = (self.world.clone(), self.journal.clone());
        let opened = async move { Engine::open_anew(world, journal).await?.close() };
        run(&self.world, opened, || Turn::Go).expect("not cut off").unwrap();
    }

    /// Runs it to its end, while somebody sees which requests are on their way
    /// and may act before each of its steps.
    pub(crate) fn runs_while(&self, mut act: impl FnMut(&[String])) {
        self.runs_on(self.journal.clone(), || {
            act(&self.wire.lock().unwrap().order);
            Turn::Go
        })
        .unwrap();
    }

    /// Runs it on this journal.
    pub(crate) fn runs_on(
        &self,
        journal: impl JournalFiles + 'static,
        turn: impl FnMut() -> Turn,
    ) -> Result<Report, EngineError> {
        self.plays(journal, AllowDeletes::All, turn).expect("nobody cuts it off")
    }

    fn plays(
        &self,
        journal: impl JournalFiles + 'static,
        allow: AllowDeletes,
        turn: impl FnMut() -> Turn,
    ) -> Option<Result<Report, EngineError>> {
        self.world.pass(Duration::from_secs(10));
        let world = self.world.clone();
        let options = SyncOptions { allow, ..SyncOptions::default() };
        let future = async move {
            let mut engine = Engine::open(world, journal).await?;
            let report = engine.sync(&options).await;
            engine.close()?;
            report
        };
        run(&self.world, future, turn)
    }

    /// Runs until both sides are equal, and returns what that took.
    #[track_caller]
    pub(crate) fn syncs(&self) -> (Report, Asked) {
        self.asked();
        let report = self.runs().unwrap();
        let trace = self.world.trace.lines().join("\n");
        assert_eq!(report.end, End::Equal, "{:?} {report:#?}\n{trace}", self.dialect());
        (report, self.asked())
    }

    /// Syncs; then both sides are the start tree with this difference, and
    /// nothing is left to do. Returns what was asked until they were equal.
    #[track_caller]
    pub(crate) fn ends(&self, difference: &str) -> Asked {
        let (_, asked) = self.syncs();
        self.rests(difference);
        asked
    }

    /// Both sides are so, and a further run does nothing.
    #[track_caller]
    pub(crate) fn rests(&self, difference: &str) {
        let expected = changed(START, difference);
        assert_eq!(self.here().shows(), expected, "here, {:?}", self.dialect());
        assert_eq!(self.there().shows(), expected, "there, {:?}", self.dialect());
        let (_, asked) = self.syncs();
        assert_eq!(asked.work(), 0, "at rest on {:?}: {asked:?}", self.dialect());
    }
}

/// A server, and the wire to it.
fn wired(cloud: Cloud) -> (Direct, Arc<Mutex<Wire>>) {
    let server = Direct::new(SharedCloud::new(cloud), "u", RelPath::root());
    let wire = Arc::new(Mutex::new(Wire::default()));
    let (heard, cloud) = (Arc::clone(&wire), server.cloud().clone());
    server.set_faults(move |request: &Request<'_>| heard.lock().unwrap().fate(&cloud, request));
    (server, wire)
}

/// The start tree with some lines taken out and others put in.
pub(crate) fn changed(start: &str, difference: &str) -> BTreeSet<String> {
    let mut lines: BTreeSet<String> = start.split_whitespace().map(str::to_owned).collect();
    for change in difference.split_whitespace() {
        match change.split_at(1) {
            ("-", line) => assert!(lines.remove(line), "{line} is not there"),
            ("+", line) => assert!(lines.insert(line.to_owned()), "{line} is there"),
            _ => panic!("{change} neither goes nor comes"),
        }
    }
    lines
}

/// What a side does and shows.
#[derive(Clone, Copy)]
pub(crate) struct Hand<'a> {
    lab: &'a Lab,
    side: Side,
}

fn at(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

impl Hand<'_> {
    /// Writes a file, new or over what is there, and makes its folders.
    pub(crate) fn write(self, path: &str, text: &str) {
        match self.side {
            Side::Remote => {
                self.cloud(|user| user.write(path, text.to_owned()).map(drop));
            }
            Side::Local => {
                let (user, path) = (self.lab.world.disk.user(), at(path));
                if user.write(&path, text.as_bytes()).is_err() {
                    self.mkdir(path.parent().unwrap().as_str());
                    user.create(&path, text.as_bytes()).unwrap();
                }
            }
        }
    }

    /// Makes a folder and those above it.
    pub(crate) fn mkdir(self, path: &str) {
        match self.side {
            Side::Remote => self.cloud(|user| user.mkdir(path)),
            Side::Local => {
                let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
                for depth in 1..=names.len() {
                    // Those that are there already are just what is wanted.
                    let _ = self.lab.world.disk.user().mkdir(&at(&names[..depth].join("/")));
                }
            }
        }
    }

    pub(crate) fn rename(self, from: &str, to: &str) {
        match self.side {
            Side::Remote => self.cloud(|user| user.rename(from, to).map(drop)),
            Side::Local => self.lab.world.disk.user().rename(&at(from), &at(to)).unwrap(),
        }
    }

    /// Removes a file, or a folder with all in it.
    pub(crate) fn remove(self, path: &str) {
        match self.side {
            Side::Remote => self.cloud(|user| user.delete(path)),
            Side::Local => self.lab.world.disk.user().remove_tree(&at(path)).unwrap(),
        }
    }

    /// Sets a file's date, seconds since 1970, and leaves its bytes alone.
    pub(crate) fn touch(self, path: &str, date: i64) {
        match self.side {
            Side::Remote => self.cloud(|user| user.touch(path, date).map(drop)),
            Side::Local => {
                self.lab.world.disk.user().touch(&at(path), date * 1_000_000_000).unwrap();
            }
        }
    }

    fn cloud(
        self,
        act: impl FnOnce(&mut navette::cloud::User<'_>) -> Result<(), navette::cloud::Refusal>,
    ) {
        act(&mut self.lab.world.cloud().lock().user("u")).unwrap();
    }

    /// Gives something on the server letters of its own (of ownCloud; `G` is
    /// added where the family says it).
    pub(crate) fn letters(self, path: &str, letters: Option<&str>) {
        assert!(self.side == Side::Remote, "only the server knows letters");
        let says_g = self.lab.world.cloud().lock().ways().own_file.contains('G');
        let letters = letters.map(|text| format!("{text}{}", if says_g { "G" } else { "" }));
        self.cloud(|user| user.share(path, letters.as_deref()));
    }

    /// The text of a file.
    pub(crate) fn text(self, path: &str) -> Option<String> {
        let mut files = self.files().into_iter();
        files.find(|(at, _)| at == path).and_then(|(_, text)| text)
    }

    fn files(self) -> Vec<(String, Option<String>)> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        match self.side {
            Side::Local => {
                let all = self.lab.world.disk.snapshot().into_iter();
                all.map(|(path, bytes)| (path, bytes.map(|bytes| text(&bytes)))).collect()
            }
            Side::Remote => {
                let all = self.lab.world.cloud().lock().user("u").snapshot().into_iter();
                let shown = all.map(|(path, shot)| match shot {
                    Shot::Dir => (path.to_string(), None),
                    Shot::File(bytes) => (path.to_string(), Some(text(&bytes))),
                });
                // Swaps leave their parking place behind, empty.
                shown.filter(|(path, _)| !path.starts_with(".navette")).collect()
            }
        }
    }

    /// Everything that is there, one line each.
    pub(crate) fn shows(self) -> BTreeSet<String> {
        let files = self.files();
        let is_filled = |path: &str| {
            files.iter().any(|(other, _)| {
                other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
            })
        };
        let lines = files.iter().filter(|(path, text)| text.is_some() || !is_filled(path));
        lines
            .map(|(path, text)| {
                let name = path.rsplit('/').next().unwrap();
                let plain = marked(path);
                match text {
                    None => format!("{plain}/"),
                    Some(text) if text == name => plain,
                    Some(text) => format!("{plain}={text}"),
                }
            })
            .collect()
    }
}

/// `a1 (conflict 2026-11-22 135419 sim 2).txt` as `a1!2.txt`.
fn marked(path: &str) -> String {
    let Some((before, rest)) = path.split_once(" (conflict ") else { return path.to_owned() };
    let (mark, after) = rest.split_once(')').unwrap();
    let number = mark.rsplit_once("sim").unwrap().1.trim();
    format!("{before}!{number}{after}")
}
