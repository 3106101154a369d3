//! The seams of one simulated pair, and the executor that runs the engine on
//! them: one thread, virtual time, somebody else's turn between any two steps.

use std::cell::RefCell;
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
use navette::entropy::Entropy;
use navette::event::Event;
use navette::model::Timing;
use navette::world::World;

/// 14 November 2023, when the simulated clocks begin.
const BEGINNING: i64 = 1_700_000_000;

/// A small random source (SplitMix64) that everybody draws from in turn.
#[derive(Clone, Debug)]
pub(crate) struct Chance(Rc<RefCell<u64>>);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Rc::new(RefCell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))))
    }

    /// A number below `n`.
    pub(crate) fn below(&self, n: u64) -> u64 {
        self.bits() % n.max(1)
    }

    /// True once in `n` times.
    pub(crate) fn once_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        from.get(usize::try_from(self.below(from.len() as u64)).unwrap())
    }
}

impl Entropy for Chance {
    fn bits(&self) -> u64 {
        let mut state = self.0.borrow_mut();
        *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

/// Virtual time: it passes only when the executor says so.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimClock(Rc<RefCell<Hands>>);

#[derive(Debug, Default)]
struct Hands {
    now: Moment,
    sleepers: BTreeMap<Moment, Vec<Waker>>,
}

impl SimClock {
    pub(crate) fn advance(&self, by: Duration) {
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
    pub(crate) fn next(&self) -> Option<Duration> {
        let hands = self.0.borrow();
        hands.sleepers.keys().next().map(|at| at.saturating_sub(hands.now))
    }

    pub(crate) fn forget_sleepers(&self) {
        self.0.borrow_mut().sleepers.clear();
    }

    pub(crate) fn nanos(&self) -> i64 {
        BEGINNING * 1_000_000_000 + i64::try_from(self.now().as_nanos()).unwrap()
    }
}

impl Clock for SimClock {
    fn now(&self) -> Moment {
        self.0.borrow().now
    }

    fn wall(&self) -> i64 {
        BEGINNING + i64::try_from(self.now().as_secs()).unwrap()
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

/// One simulated pair.
#[derive(Clone)]
pub(crate) struct SimWorld {
    pub(crate) disk: SimDisk,
    pub(crate) server: Direct,
    pub(crate) clock: SimClock,
    pub(crate) chance: Chance,
    pub(crate) timing: Timing,
    pub(crate) trace: Rc<RefCell<Vec<String>>>,
}

impl SimWorld {
    /// Lets time pass on every clock.
    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.disk.set_time(self.clock.nanos());
        self.cloud().lock().set_now(self.clock.wall());
    }

    pub(crate) fn cloud(&self) -> &SharedCloud {
        self.server.cloud()
    }

    pub(crate) fn note(&self, line: impl Into<String>) {
        self.trace.borrow_mut().push(line.into());
    }
}

impl World for SimWorld {
    type Disk = SimDisk;
    type Server = Direct;
    type Clock = SimClock;
    type Entropy = Chance;

    fn disk(&self) -> &SimDisk {
        &self.disk
    }

    fn server(&self) -> &Direct {
        &self.server
    }

    fn clock(&self) -> &SimClock {
        &self.clock
    }

    fn entropy(&self) -> &Chance {
        &self.chance
    }

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn device(&self) -> &str {
        "sim"
    }

    fn machine(&self) -> &str {
        "sim-machine"
    }

    fn tell(&self, event: Event) {
        match event {
            Event::Started { op, why, path } => {
                self.note(format!("start {path}: {op:?} ({why:?})"))
            }
            Event::Finished { path, outcome, .. } => self.note(format!("end {path}: {outcome:?}")),
            Event::Waiting { wait, reason, path } => {
                self.note(format!("wait {wait:?} for {path}: {reason:?}"));
            }
            Event::Looking => self.note("-- look"),
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

/// What happens before the engine's next step.
pub(crate) enum Turn {
    Go,
    Cut,
}

/// Runs a future step by step. Before each step `turn` may act for the users,
/// or cut the engine off (then `None` is returned and the future is gone).
pub(crate) fn run<T>(
    world: &SimWorld,
    future: impl Future<Output = T>,
    mut turn: impl FnMut() -> Turn,
) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = Waker::from(flag.clone());
    let mut context = Context::from_waker(&waker);
    for _ in 0..4_000_000_u32 {
        if flag.0.swap(false, Ordering::Relaxed) {
            world.pass(Duration::from_millis(1 + world.chance.below(20)));
            if matches!(turn(), Turn::Cut) {
                world.clock.forget_sleepers();
                return None;
            }
            let future: Pin<&mut _> = future.as_mut();
            if let Poll::Ready(value) = future.poll(&mut context) {
                return Some(value);
            }
        } else {
            // Requests that are under way land before anybody waits for long.
            world.server.land_late();
            let wait = world.clock.next().expect("the engine sleeps without an alarm");
            world.pass(wait);
        }
    }
    let trace = world.trace.borrow();
    // Without the lines that only repeat the last two.
    let news = (0..trace.len()).filter(|&at| at < 2 || trace[at] != trace[at - 2]);
    let news: Vec<&str> = news.map(|at| trace[at].as_str()).collect();
    panic!("the engine never ends:\n{}", news[news.len().saturating_sub(60)..].join("\n"));
}
