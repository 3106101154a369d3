//! A folder, a server and a journal that have been looked at.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::executor::block_on;

use crate::clock::{Clock, Moment};
use crate::cloud::{Cloud, Dialect, Direct, SharedCloud, Shot};
use crate::disk::Disk as _;
use crate::disk::sim::{SimConfig, SimDisk};
use crate::entropy::Entropy;
use crate::event::{Event, Outcome};
use crate::execute::{Run, Swept, Width};
use crate::journal::{InMemory, Journal};
use crate::model::{
    BaseRow, Body, Change, Content, Digest, Entry, LocalRow, Name, NodeId, PairState, Place,
    RelPath, RemoteRow, Rows, Side, Stand, Timing, layout,
};
use crate::plan::{Op, Step, Why};
use crate::report::EngineError;
use crate::server::Server as _;
use crate::world::World;

const WALL: i64 = 1_795_351_038;
const NANOS: i64 = 1_000_000_000;

/// A clock that stands still until a test moves it.
#[derive(Default)]
pub(super) struct StillClock {
    now: Cell<Duration>,
}

impl Clock for StillClock {
    fn now(&self) -> Moment {
        self.now.get()
    }

    fn wall(&self) -> i64 {
        WALL + i64::try_from(self.now.get().as_secs()).unwrap()
    }

    async fn sleep(&self, _: Duration) {
        std::future::pending().await
    }
}

/// Numbers in a row.
#[derive(Default)]
pub(super) struct Row(Cell<u64>);

impl Entropy for Row {
    fn bits(&self) -> u64 {
        self.0.set(self.0.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695));
        self.0.get() ^ (self.0.get() >> 29)
    }
}

pub(super) struct Bench {
    pub(super) disk: SimDisk,
    pub(super) server: Direct,
    pub(super) clock: StillClock,
    pub(super) entropy: Row,
    pub(super) timing: Timing,
    pub(super) events: RefCell<Vec<Event>>,
}

impl World for Bench {
    type Disk = SimDisk;
    type Server = Direct;
    type Clock = StillClock;
    type Entropy = Row;

    fn disk(&self) -> &SimDisk {
        &self.disk
    }

    fn server(&self) -> &Direct {
        &self.server
    }

    fn clock(&self) -> &StillClock {
        &self.clock
    }

    fn entropy(&self) -> &Row {
        &self.entropy
    }

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn device(&self) -> &str {
        "desk"
    }

    fn tell(&self, event: Event) {
        self.events.borrow_mut().push(event);
    }
}

/// A pair in a known state.
pub(super) struct Lab {
    pub(super) world: Bench,
    pub(super) files: InMemory,
    pub(super) journal: Option<Journal>,
    nodes: BTreeMap<String, NodeId>,
}

pub(super) fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

pub(super) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

impl Lab {
    pub(super) fn new() -> Self {
        Self::with(Dialect::Nextcloud, SimConfig::default())
    }

    pub(super) fn with(dialect: Dialect, config: SimConfig) -> Self {
        let cloud = SharedCloud::new(Cloud::new(dialect, 7));
        let files = InMemory::new();
        let (mut journal, _) = Journal::open(files.clone()).unwrap();
        let pair = PairState { tag: "tag".into(), next_node: 1, ..PairState::default() };
        journal.commit(vec![Change::Pair(Box::new(pair))]).unwrap();
        let world = Bench {
            disk: SimDisk::new(config),
            server: Direct::new(cloud, "anna", RelPath::root()),
            clock: StillClock::default(),
            entropy: Row::default(),
            timing: Timing::default(),
            events: RefCell::default(),
        };
        let lab = Self { world, files, journal: Some(journal), nodes: BTreeMap::new() };
        lab.pass_time(60);
        lab
    }

    /// Time goes by for everybody.
    pub(super) fn pass_time(&self, seconds: u64) {
        let clock = &self.world.clock;
        clock.now.set(clock.now.get() + Duration::from_secs(seconds));
        self.world.disk.set_time(clock.wall() * NANOS);
        self.world.server.cloud().lock().set_now(clock.wall());
    }

    pub(super) fn rows(&self) -> &Rows {
        self.journal.as_ref().unwrap().rows()
    }

    pub(super) fn commit(&mut self, changes: Vec<Change>) {
        self.journal.as_mut().unwrap().commit(changes).unwrap();
    }

    /// The node that was set up at `at`.
    pub(super) fn node(&self, at: &str) -> NodeId {
        self.nodes[at]
    }

    fn new_node(&mut self, at: &str) -> NodeId {
        if let Some(&node) = self.nodes.get(at) {
            return node;
        }
        let mut pair = self.rows().pair.clone();
        let node = NodeId(pair.next_node);
        pair.next_node += 1;
        self.commit(vec![Change::Pair(Box::new(pair))]);
        self.nodes.insert(at.to_owned(), node);
        node
    }

    /// The place called `at` among the nodes that were set up.
    pub(super) fn place(&self, at: &str) -> Place {
        let at = path(at);
        let parent = at.parent().filter(|parent| !parent.is_root());
        let parent = parent.map_or(NodeId::ROOT, |parent| self.node(parent.as_str()));
        Place::new(parent, name(at.name().unwrap()))
    }

    /// A file or folder that is only here. `None` is a folder.
    pub(super) fn here(&mut self, at: &str, bytes: Option<&str>) -> NodeId {
        let user = self.world.disk.user();
        match bytes {
            Some(bytes) => user.create(&path(at), bytes.as_bytes()).unwrap(),
            None => user.mkdir(&path(at)).unwrap(),
        }
        self.pass_time(60);
        self.look_here(at)
    }

    /// A file or folder that is only on the server.
    pub(super) fn there(&mut self, at: &str, bytes: Option<&str>) -> NodeId {
        self.write_there(at, bytes);
        self.look_there(at)
    }

    /// Somebody writes on the server.
    pub(super) fn write_there(&self, at: &str, bytes: Option<&str>) {
        let mut cloud = self.world.server.cloud().lock();
        match bytes {
            Some(bytes) => drop(cloud.user("anna").write(at, bytes.to_owned()).unwrap()),
            None => cloud.user("anna").mkdir(at).unwrap(),
        }
        drop(cloud);
        self.pass_time(60);
    }

    /// The user writes here.
    pub(super) fn write_here(&self, at: &str, bytes: &str) {
        self.world.disk.user().write(&path(at), bytes.as_bytes()).unwrap();
        self.pass_time(60);
    }

    /// A file or folder that both sides show and have agreed on.
    pub(super) fn both(&mut self, at: &str, bytes: Option<&str>) -> NodeId {
        let node = self.there(at, bytes);
        self.here(at, bytes);
        let (local, remote) = (self.rows().local[&node].clone(), self.rows().remote[&node].clone());
        let base = BaseRow {
            entry: local.entry,
            sha1: local.sha1,
            size: local.seen.size,
            etag: remote.seen.etag,
            presumed: false,
        };
        self.commit(vec![Change::Base(node, Some(base))]);
        node
    }

    /// Writes down what the disk shows.
    pub(super) fn look_here(&mut self, at: &str) -> NodeId {
        let node = self.new_node(at);
        let stat = block_on(self.world.disk.stat(&path(at))).unwrap().unwrap();
        let bytes = self.world.disk.snapshot()[at].clone();
        let digest = bytes.map(|bytes| Digest::of(&bytes));
        let body = digest.map_or(Body::Dir, |digest| Body::known(digest.hash));
        let sha1 = digest.and_then(|digest| digest.sha1);
        let row = LocalRow::home(self.place(at), body, sha1, stat.seen);
        self.commit(vec![Change::Local(node, Some(row))]);
        node
    }

    /// Writes down what the server shows; the bytes are known.
    pub(super) fn look_there(&mut self, at: &str) -> NodeId {
        let node = self.new_node(at);
        let resource = block_on(self.world.server.stat(&path(at))).unwrap().unwrap();
        let body = match self.bytes_there(at) {
            Some(bytes) => Body::known(Digest::of(bytes.as_bytes()).hash),
            None => Body::Dir,
        };
        let row = RemoteRow {
            entry: Entry { place: self.place(at), body },
            listed: resource.seen.etag.clone(),
            seen: resource.seen,
            holds_ignored: false,
            racy: false,
            stand: Stand::Home,
        };
        self.commit(vec![Change::Remote(node, Some(row))]);
        node
    }

    /// As [`Self::look_there`], of a file whose bytes nobody has read.
    pub(super) fn look_there_unread(&mut self, at: &str) -> NodeId {
        let node = self.look_there(at);
        let mut row = self.rows().remote[&node].clone();
        row.entry.body = Body::File(Content::Unread);
        self.commit(vec![Change::Remote(node, Some(row))]);
        node
    }

    pub(super) fn bytes_there(&self, at: &str) -> Option<String> {
        let bytes = self.world.server.cloud().lock().user("anna").bytes(at)?;
        Some(String::from_utf8(bytes.to_vec()).unwrap())
    }

    pub(super) fn bytes_here(&self, at: &str) -> Option<String> {
        let all = self.world.disk.snapshot_all();
        Some(String::from_utf8(all.get(at)?.clone()?).unwrap())
    }

    /// Everything the user sees here: folders end with `/`.
    pub(super) fn shown_here(&self) -> Vec<String> {
        let all = self.world.disk.snapshot();
        all.into_iter().map(|(path, body)| if body.is_none() { path + "/" } else { path }).collect()
    }

    /// Everything on the server but our folder itself, which may stay where
    /// there is no trash; it is never synced.
    pub(super) fn shown_there(&self) -> Vec<String> {
        let all = self.world.server.cloud().lock().user("anna").snapshot();
        let told = all.into_iter().map(|(path, shot)| match shot {
            Shot::Dir => format!("{path}/"),
            Shot::File(_) => path.to_string(),
        });
        told.filter(|at| at != ".navette/").collect()
    }

    /// Names of all that lies in staging.
    pub(super) fn staged(&self) -> Vec<String> {
        let dir = layout::staging();
        let below = |path: String| {
            path.strip_prefix(&format!("{dir}/"))
                .filter(|rest| !rest.contains('/'))
                .map(str::to_owned)
        };
        self.world.disk.snapshot_all().into_keys().filter_map(below).collect()
    }

    /// Whether these bytes are in some file here: visible, or in our folder.
    pub(super) fn has_here(&self, bytes: &str) -> bool {
        let all = self.world.disk.snapshot_all();
        all.values().flatten().any(|body| body == bytes.as_bytes())
    }

    /// Whether the user sees these bytes here.
    pub(super) fn shows_here(&self, bytes: &str) -> bool {
        self.world.disk.snapshot().values().flatten().any(|body| body == bytes.as_bytes())
    }

    pub(super) fn try_run(&mut self, steps: &[Step]) -> Result<Run, EngineError> {
        let journal = self.journal.as_mut().unwrap();
        let mut width = Width::default();
        let mut run = block_on(crate::execute::run(&self.world, journal, steps, &mut width))?;
        run.stop.take().map_or(Ok(run), Err)
    }

    pub(super) fn run(&mut self, ops: Vec<Op>) -> Run {
        self.try_run(&steps(ops)).unwrap()
    }

    /// Runs the steps, and lets `meanwhile` act before every poll.
    pub(super) fn run_while(&mut self, ops: Vec<Op>, mut meanwhile: impl FnMut(&Bench)) -> Run {
        let steps = steps(ops);
        let mut width = Width::default();
        let journal = self.journal.as_mut().unwrap();
        let mut run = pin!(crate::execute::run(&self.world, journal, &steps, &mut width));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            meanwhile(&self.world);
            if let Poll::Ready(run) = run.as_mut().poll(&mut context) {
                return run.unwrap();
            }
        }
    }

    /// Runs one step and returns how it ended.
    pub(super) fn one(&mut self, op: Op) -> Outcome {
        self.run(vec![op]).outcomes.remove(0)
    }

    /// Starts the steps and drops everything after `polls` polls, as the end
    /// of the process does. Whether they had ended by then.
    pub(super) fn cut(&mut self, steps: &[Step], polls: usize) -> bool {
        self.cut_while(steps, polls, |_, _| ())
    }

    /// As [`Self::cut`], and lets `meanwhile` act before every poll.
    pub(super) fn cut_while(
        &mut self,
        steps: &[Step],
        polls: usize,
        mut meanwhile: impl FnMut(usize, &Bench),
    ) -> bool {
        let mut journal = self.journal.take().unwrap();
        let mut width = Width::default();
        let run = crate::execute::run(&self.world, &mut journal, steps, &mut width);
        poll(run, polls, |turn| meanwhile(turn, &self.world))
    }

    /// The next start: the journal is opened and staging is swept.
    pub(super) fn start(&mut self) -> Vec<Swept> {
        self.journal = None;
        let (mut journal, _) = Journal::open(self.files.clone()).unwrap();
        let swept = block_on(crate::execute::sweep(&self.world, &mut journal)).unwrap();
        self.journal = Some(journal);
        swept
    }

    /// As [`Self::start`], cut after `polls` polls. Whether it had ended by then.
    pub(super) fn cut_start(&mut self, polls: usize) -> bool {
        self.journal = None;
        let (mut journal, _) = Journal::open(self.files.clone()).unwrap();
        poll(crate::execute::sweep(&self.world, &mut journal), polls, |_| ())
    }

    /// Where `node` is on one side, if the rows know.
    pub(super) fn at(&self, side: Side, node: NodeId) -> Option<String> {
        Some(self.rows().path(side, node)?.to_string())
    }
}

fn poll(future: impl Future, polls: usize, mut before: impl FnMut(usize)) -> bool {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..polls).any(|turn| {
        before(turn);
        matches!(future.as_mut().poll(&mut context), Poll::Ready(_))
    })
}

/// Steps in the order given, each after the one before.
pub(super) fn steps(ops: Vec<Op>) -> Vec<Step> {
    let chained = |(at, op): (usize, Op)| Step {
        op,
        why: Why::New,
        after: at.checked_sub(1).into_iter().collect(),
    };
    ops.into_iter().enumerate().map(chained).collect()
}
