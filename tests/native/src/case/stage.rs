//! Where a case takes place.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::client::Client;
use crate::judge::{Ends, Verdict, judge};
use crate::luck::Luck;
use crate::oracle::{Lengths, Oracle};
use crate::people::{ALWAYS, Person, Ways};
use crate::place::{Folder, Manner, Place, Storage};
use crate::proxy::Proxy;
use crate::server::Server;
use crate::trouble::{self, Clock, ClosedFolder, SmallDisk};

use super::{Case, Met, Outcome, Trouble};

/// Room on a small disk, and on the same disk after its user has made room, in KiB.
const SMALL: u64 = 2500;
const LARGE: u64 = 400 << 10;

/// Everything of one case.
pub(super) struct Stage {
    pub(super) case: Case,
    pub(super) clients: Vec<Client>,
    pub(super) folders: Vec<Folder>,
    storage: Storage,
    server: Server,
    pub(super) proxy: Arc<Proxy>,
    pub(super) clock: Option<Clock>,
    closed: Option<ClosedFolder>,
    small: Option<SmallDisk>,
    pub(super) oracle: Oracle,
    people: Luck,
    pub(super) faults: Luck,
    ways: Ways,
    pub(super) met: Met,
    remark: Option<String>,
    keep: bool,
    home: tempfile::TempDir,
}

impl Stage {
    pub(super) fn set(case: Case, navette: &Path, keep: bool) -> Self {
        let home = tempfile::Builder::new().prefix("navette-native-").tempdir().unwrap();
        let place = home.path().canonicalize().unwrap();
        let faults = Luck::new(case.seed, "faults");
        let server = Server::start(case.family, navette, &place);
        let proxy = Arc::new(Proxy::start(server.address(), Luck::new(case.seed, "wires")));
        let (small, remark) = match case.trouble {
            Trouble::FullDisk => small_disk(&place),
            _ => (None, None),
        };
        let on = small.as_ref().map_or(&*place, SmallDisk::path);
        let client = |number: usize| {
            let at = on.join(format!("computer-{number}"));
            let logs = place.join(format!("logs-{number}"));
            let address = proxy.address();
            Client::new(case.program, navette, (&at, logs), address, case.family)
        };
        let mut clients: Vec<Client> = (0..case.computers).map(client).collect();
        let clock = (case.trouble == Trouble::Clock).then(|| Clock::new(&mut clients[0]));
        if case.trouble == Trouble::ClosedFolder {
            clients.iter_mut().for_each(trouble::respect_permissions);
        }
        let mut stage = Self {
            folders: clients
                .iter()
                .map(|client| Folder::new(client.folder.clone(), case.program.is_own()))
                .collect(),
            storage: Storage::new(&server.files(), case.family.tells_ids()),
            people: Luck::new(case.seed, "people"),
            ways: ways(&case, &faults),
            clients,
            server,
            proxy,
            clock,
            closed: None,
            small,
            oracle: Oracle::default(),
            faults,
            met: Met::default(),
            remark,
            keep,
            home,
            case,
        };
        stage.furnish();
        stage
    }

    /// What stands there before anybody acts.
    fn furnish(&mut self) {
        if self.case.compared || !self.faults.once_in(5) {
            let bytes = self.oracle.fresh_of(20);
            let date = Some(self.oracle.date());
            self.folders[0].write(ALWAYS, &bytes, Manner::InPlace, date).unwrap();
            self.oracle.wrote(0, ALWAYS, &bytes, None);
        }
        if self.case.trouble == Trouble::FullDisk {
            for number in 0..6 {
                let bytes = self.oracle.fresh_of(700 << 10);
                let path = format!("large-{number}");
                self.storage.write(&path, &bytes, Manner::InPlace, None).unwrap();
                self.oracle.wrote(self.case.computers, &path, &bytes, None);
            }
        }
    }

    /// Before the first run, people are at work already. Where programs are
    /// compared, on one side only: a first run over two full sides is a matter
    /// of its own.
    pub(super) fn prelude(&mut self, luck: &Luck) {
        if self.case.compared {
            self.act_at(0);
        } else {
            let places = self.case.computers as u64 + 1;
            self.act_at(luck.below(places) as usize);
        }
    }

    pub(super) fn act_at(&mut self, side: usize) {
        let mut oracle = std::mem::take(&mut self.oracle);
        let places: Vec<&dyn Place> = self.places();
        let names = ["one", "two"];
        let is_server = side == self.clients.len();
        let spared = |path: &str| is_server && self.is_spared(path);
        let person = Person {
            side,
            name: if is_server { "there" } else { names[side] },
            place: places[side],
            ways: &self.ways,
            luck: &self.people,
            spared: &spared,
        };
        person.act(&mut oracle);
        self.oracle = oracle;
    }

    fn places(&self) -> Vec<&dyn Place> {
        let folders = self.folders.iter().map(|folder| folder as &dyn Place);
        folders.chain([&self.storage as &dyn Place]).collect()
    }

    /// Whether nobody creates anything at `path` on the server: a creation that
    /// the server cannot refuse, and that arrives when nobody waits for it any
    /// more, overwrites what has come there meanwhile (SPEC.md, *What is known
    /// not to hold yet*).
    fn is_spared(&self, path: &str) -> bool {
        let late = self.case.trouble.wires() || self.case.trouble.kills();
        let blind = !self.case.family.refuses_creations();
        late && blind && self.clients.iter().any(|client| client.folder.join(path).exists())
    }

    pub(super) fn trouble_begins(&mut self) {
        if self.case.trouble.wires() {
            let requests = 1 + self.faults.below(5);
            self.proxy.cast(requests, true);
            self.oracle.note(format!("== {requests} requests will go wrong"));
        }
        if self.case.trouble == Trouble::ClosedFolder {
            let root = self.clients[0].folder.clone();
            let closed = ClosedFolder::somewhere(&root, self.case.program.is_own(), &self.faults);
            if let Some(closed) = &closed {
                self.met.closed += 1;
                self.oracle.note(format!("== {} is closed", closed.path().display()));
            }
            self.closed = closed;
        }
    }

    pub(super) fn trouble_ends(&mut self) {
        self.proxy.cast(0, false);
        if self.closed.take().is_some() {
            self.clients.iter().for_each(|client| trouble::open_all(&client.folder));
        }
    }

    /// Half of all things are done on the server.
    pub(super) fn somewhere(&self) -> usize {
        let computers = self.clients.len() as u64;
        let at = self.people.below(2 * computers) as usize;
        if at < self.clients.len() { at } else { self.clients.len() }
    }

    /// Somebody acts while no client runs.
    pub(super) fn somebody_acts(&mut self) {
        self.act_at(self.somewhere());
    }

    /// All troubles are over, and nobody acts any more.
    pub(super) fn calm(&mut self) {
        self.oracle.note("== calm".to_owned());
        self.trouble_ends();
        self.proxy.calm();
        if let Some(clock) = &self.clock {
            clock.right();
        }
        if let Some(small) = &self.small {
            small.grow(LARGE);
        }
    }

    pub(super) fn ends(&self) -> Ends {
        let here = self.folders.iter().map(Place::picture).collect();
        Ends { here, there: self.storage.picture() }.shown(self.case.program)
    }

    pub(super) fn judge(&self, stuck: Option<String>) -> Verdict {
        let mut graves = vec![self.server.keeps()];
        graves.extend(self.clients.iter().map(|client| client.folder.join(".navette")));
        judge(&self.oracle, self.case.program, &self.ends(), stuck, &graves)
    }

    pub(super) fn finish(mut self, verdict: Verdict) -> Outcome {
        if self.keep {
            self.home.disable_cleanup(true);
            self.oracle.note(format!("kept: {}", self.home.path().display()));
        }
        let (requests, broken) = (self.proxy.requests(), self.proxy.met());
        self.oracle.note(format!("{requests} requests, {broken} of them in trouble"));
        let met = Met { broken, ..self.met };
        let story = self.oracle.story().to_vec();
        Outcome { verdict, story, met, remark: self.remark.take() }
    }
}

fn small_disk(place: &Path) -> (Option<SmallDisk>, Option<String>) {
    let small = place.join("small");
    fs::create_dir(&small).unwrap();
    match SmallDisk::new(&small, SMALL) {
        Ok(small) => (Some(small), None),
        Err(refusal) => {
            let remark = format!("no small disk could be mounted ({refusal}): it was never full");
            (None, Some(remark))
        }
    }
}

fn ways(case: &Case, luck: &Luck) -> Ways {
    let few = case.family.tells_ids() && !case.compared && luck.once_in(2);
    Ways {
        lengths: if few { Lengths::Few } else { Lengths::Unique },
        dated: case.compared || luck.once_in(2),
        most: 30,
    }
}
