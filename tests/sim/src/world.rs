//! The seams of one simulated computer, and the executor that runs engines on
//! them: one thread, virtual time, somebody else's turn between any two steps.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use navette::clock::{Clock, Moment};
use navette::cloud::{Direct, SharedCloud};
use navette::disk::SimDisk;
use navette::event::{Event, Outcome};
use navette::model::{Reserve, Timing};
use navette::plan::Op;
use navette::world::World;

use crate::reached::{Point, Reached};
use crate::tape::Dice;
use crate::wish::Wish;

/// 14 November 2023, when the simulated clocks begin.
const BEGINNING: i64 = 1_700_000_000;

/// Virtual time: it passes only when the executor says so. Clones are one clock.
#[derive(Clone, Debug, Default)]
pub struct SimClock(Rc<RefCell<Hands>>);

#[derive(Debug, Default)]
struct Hands {
    now: Moment,
    sleepers: BTreeMap<Moment, Vec<Waker>>,
}

impl SimClock {
    /// Lets time pass, and wakes who slept until then.
    pub fn advance(&self, by: Duration) {
        let woken = {
            let mut hands = self.0.borrow_mut();
            hands.now += by;
            let after = hands.now + Duration::from_nanos(1);
            let still = hands.sleepers.split_off(&after);
            std::mem::replace(&mut hands.sleepers, still)
        };
        woken.into_values().flatten().for_each(Waker::wake);
    }

    /// How long until the next sleeper wakes.
    fn next(&self) -> Option<Duration> {
        let hands = self.0.borrow();
        hands.sleepers.keys().next().map(|at| at.saturating_sub(hands.now))
    }

    /// The wall clock in nanoseconds since 1970.
    pub fn nanos(&self) -> i64 {
        BEGINNING * 1_000_000_000 + i64::try_from(self.now().as_nanos()).unwrap_or(0)
    }
}

impl Clock for SimClock {
    fn now(&self) -> Moment {
        self.0.borrow().now
    }

    fn wall(&self) -> i64 {
        BEGINNING + i64::try_from(self.now().as_secs()).unwrap_or(0)
    }

    async fn sleep(&self, wait: Duration) {
        let until = self.now() + wait;
        poll_fn(|context| {
            if self.now() >= until {
                return Poll::Ready(());
            }
            let mut hands = self.0.borrow_mut();
            hands.sleepers.entry(until).or_default().push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// What happened, line by line, if anybody wants to read it.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    lines: Option<Rc<RefCell<Vec<String>>>>,
    aloud: bool,
}

impl Trace {
    /// A trace that is kept.
    pub fn kept() -> Self {
        Self { lines: Some(Rc::default()), aloud: false }
    }

    /// A trace that is printed line by line, for a story that may never end.
    pub fn aloud() -> Self {
        Self { aloud: true, ..Self::kept() }
    }

    /// Whether anybody will read it.
    pub fn is_kept(&self) -> bool {
        self.lines.is_some()
    }

    /// Adds a line.
    pub fn note(&self, line: impl FnOnce() -> String) {
        if let Some(lines) = &self.lines {
            let line = line();
            if self.aloud {
                println!("{line}");
            }
            lines.borrow_mut().push(line);
        }
    }

    /// All lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.as_ref().map(|lines| lines.borrow().clone()).unwrap_or_default()
    }
}

/// One simulated computer with its connection to the server.
#[derive(Clone)]
pub struct SimWorld {
    /// Its name.
    pub name: &'static str,
    /// The disk with the synced folder.
    pub disk: SimDisk,
    /// The server, as it sees it.
    pub server: Direct,
    /// The time, the same for all.
    pub clock: SimClock,
    /// The engine's chance, which is not on the tape.
    pub dice: Dice,
    /// How long the engine waits for what.
    pub timing: Timing,
    /// What happened.
    pub trace: Trace,
    /// What was reached.
    pub reached: Reached,
    /// The steps that have begun and not ended, for crash points.
    pub open: Rc<RefCell<Vec<&'static str>>>,
    /// Its user has decided that the next run begins with a comparison.
    pub anew: Rc<Cell<bool>>,
    /// What its user wants to be kept after the next run.
    pub wish: Rc<Cell<Option<Wish>>>,
    /// Who else hears what the engine tells.
    pub hears: Rc<dyn Fn(&Event)>,
    /// How much of its disk downloads leave free.
    pub reserve: Rc<Cell<Reserve>>,
}

impl SimWorld {
    /// A computer with a clock of its own.
    pub fn new(disk: SimDisk, server: Direct) -> Self {
        Self {
            name: "sim",
            disk,
            server,
            clock: SimClock::default(),
            dice: Dice::new(7),
            timing: Timing::default(),
            trace: Trace::kept(),
            reached: Reached::default(),
            open: Rc::default(),
            anew: Rc::default(),
            wish: Rc::default(),
            hears: Rc::new(|_| ()),
            reserve: Rc::new(Cell::new(Reserve::NOTHING)),
        }
    }

    /// The server's files.
    pub fn cloud(&self) -> &SharedCloud {
        self.server.cloud()
    }

    /// Lets time pass on the clocks of computer and server.
    pub fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.disk.set_time(self.clock.nanos());
        self.cloud().lock().set_now(self.clock.wall());
    }
}

/// What the report calls an operation.
fn op_word(op: &Op) -> &'static str {
    match op {
        Op::MakeDir { .. } => "make-dir",
        Op::Move { .. } => "move",
        Op::Park { .. } => "park",
        Op::Fetch { .. } => "fetch",
        Op::Replace { .. } => "replace",
        Op::Send { .. } => "send",
        Op::Update { .. } => "update",
        Op::Remove { .. } => "remove",
        Op::Read { .. } => "read",
    }
}

fn side_word(op: &Op) -> &'static str {
    match op.side() {
        Some(navette::model::Side::Local) => "here",
        Some(navette::model::Side::Remote) => "there",
        None => "both",
    }
}

fn outcome_word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Stale => "stale",
        Outcome::Failed(_) => "failed",
        Outcome::Unknown(_) => "unknown",
        Outcome::Skipped => "skipped",
    }
}

impl World for SimWorld {
    type Disk = SimDisk;
    type Server = Direct;
    type Clock = SimClock;
    type Entropy = Dice;

    fn disk(&self) -> &SimDisk {
        &self.disk
    }

    fn server(&self) -> &Direct {
        &self.server
    }

    fn clock(&self) -> &SimClock {
        &self.clock
    }

    fn entropy(&self) -> &Dice {
        &self.dice
    }

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn device(&self) -> &str {
        self.name
    }

    fn machine(&self) -> &str {
        self.name
    }

    fn reserve(&self) -> Reserve {
        self.reserve.get()
    }

    fn tell(&self, event: Event) {
        (self.hears)(&event);
        match event {
            Event::Started { op, why, path, .. } => {
                self.reached.mark(Point::Step(op_word(&op), side_word(&op), why));
                self.open.borrow_mut().push(op_word(&op));
                self.trace.note(|| format!("{} starts {path}: {op:?} ({why:?})", self.name));
            }
            Event::Finished { op, path, outcome, .. } => {
                self.reached.mark(Point::Outcome(op_word(&op), outcome_word(&outcome)));
                let mut open = self.open.borrow_mut();
                if let Some(at) = open.iter().position(|word| *word == op_word(&op)) {
                    open.swap_remove(at);
                }
                self.trace.note(|| format!("{} ends {path}: {outcome:?}", self.name));
            }
            Event::Waiting { wait, reason, path } => {
                self.trace.note(|| format!("{} waits {wait:?} for {path}: {reason:?}", self.name));
            }
            Event::Differs(differences) => {
                for (here, there) in differences.rows.into_keys() {
                    self.reached.mark(Point::Row(here, there));
                }
                for repair in differences.repairs.into_keys() {
                    self.reached.mark(Point::Repair(repair));
                }
            }
            Event::Looking => self.trace.note(|| format!("{} looks", self.name)),
            _ => {}
        }
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What happens before the next step of an engine.
pub enum Turn {
    /// It goes on.
    Go,
    /// It is cut off.
    Cut,
}

/// One engine at work.
pub struct Task<'a, T> {
    future: Pin<Box<dyn Future<Output = T> + 'a>>,
    flag: Arc<Flag>,
    waker: Waker,
}

impl<'a, T> Task<'a, T> {
    /// Wraps what an engine does.
    pub fn new(future: impl Future<Output = T> + 'a) -> Self {
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&flag));
        Self { future: Box::pin(future), flag, waker }
    }
}

/// After so many steps something goes round in circles.
const ENDLESS: u32 = 2_000_000;

/// What passes time for a set of tasks.
pub trait Stagehand {
    /// Lets time pass on all clocks.
    fn pass(&self, time: Duration);
    /// The clock of all.
    fn clock(&self) -> &SimClock;
    /// What of the tasks that are ready goes first, and how long a step takes.
    fn dice(&self) -> &Dice;
    /// Lets everything land that is on its way to the server.
    fn land_all(&self);
    /// Somebody's turn before the next step of the task of this number.
    fn turn(&self, task: usize) -> Turn;
}

/// One computer alone, and who acts there.
struct Alone<'a, F> {
    world: &'a SimWorld,
    turn: RefCell<F>,
}

impl<F: FnMut() -> Turn> Stagehand for Alone<'_, F> {
    fn pass(&self, time: Duration) {
        self.world.pass(time);
    }

    fn clock(&self) -> &SimClock {
        &self.world.clock
    }

    fn dice(&self) -> &Dice {
        &self.world.dice
    }

    fn land_all(&self) {
        self.world.server.land_late();
    }

    fn turn(&self, _: usize) -> Turn {
        (self.turn.borrow_mut())()
    }
}

/// Runs what one computer does, with a `turn` for others before each step;
/// none if it was cut off. Panics, with the end of the trace, if it never ends.
pub fn run<T>(
    world: &SimWorld,
    future: impl Future<Output = T>,
    turn: impl FnMut() -> Turn,
) -> Option<T> {
    let alone = Alone { world, turn: RefCell::new(turn) };
    match run_all(&alone, vec![Task::new(future)]) {
        Ok(mut ended) => ended.pop().flatten(),
        Err(why) => {
            let lines = world.trace.lines();
            // Without the lines that only repeat the last two.
            let news = (0..lines.len()).filter(|&at| at < 2 || lines[at] != lines[at - 2]);
            let news: Vec<&str> = news.map(|at| lines[at].as_str()).collect();
            panic!("{why}:\n{}", news[news.len().saturating_sub(60)..].join("\n"));
        }
    }
}

/// Runs tasks step by step to their ends; none for those that were cut off.
/// Fails if they never end.
pub fn run_all<T>(
    hand: &impl Stagehand,
    tasks: Vec<Task<'_, T>>,
) -> Result<Vec<Option<T>>, &'static str> {
    let mut ended: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
    let mut tasks: Vec<Option<Task<'_, T>>> = tasks.into_iter().map(Some).collect();
    for _ in 0..ENDLESS {
        let ready = |task: &Option<Task<'_, T>>| {
            task.as_ref().is_some_and(|task| task.flag.0.load(Ordering::Relaxed))
        };
        let count = tasks.iter().filter(|task| ready(task)).count();
        if tasks.iter().all(Option::is_none) {
            return Ok(ended);
        }
        if count == 0 {
            // Requests that are under way land before anybody waits for long.
            hand.land_all();
            let Some(wait) = hand.clock().next() else {
                return Err("an engine sleeps without an alarm");
            };
            hand.pass(wait);
            continue;
        }
        let first = if count == 1 { 0 } else { hand.dice().below(count as u64) };
        let mut chosen = tasks.iter().enumerate().filter(|(_, task)| ready(task));
        let Some((number, _)) = chosen.nth(usize::try_from(first).unwrap_or(0)) else {
            continue;
        };
        hand.pass(Duration::from_millis(1 + hand.dice().below(20)));
        if matches!(hand.turn(number), Turn::Cut) {
            tasks[number] = None;
            continue;
        }
        let Some(task) = &mut tasks[number] else { continue };
        task.flag.0.store(false, Ordering::Relaxed);
        let mut context = Context::from_waker(&task.waker);
        if let Poll::Ready(value) = task.future.as_mut().poll(&mut context) {
            ended[number] = Some(value);
            tasks[number] = None;
        }
    }
    Err("the engine never ends")
}
