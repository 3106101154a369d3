//! Stays with a pair: runs the engine when something stirs on this computer,
//! when the server is due to be asked, when what waited may go on, and when
//! somebody wants it.
//!
//! One future a pair. What to do when is decided by [`Pace`]; how the pair
//! stands is on its [`Board`]; what people want comes as [`Wishes`].

mod circumstances;
mod decisions;
mod ears;
mod errands;
mod hindrance;
mod known;
mod live;
mod pace;
mod progress;
mod reason;
mod reopened;
mod runs;
mod standing;
mod wishes;

use std::cell::Cell;
use std::time::Duration;

use futures::future::LocalBoxFuture;

use crate::clock::{Clock, Moment};
use crate::conflicts;
use crate::disk::Disk as _;
use crate::engine::{Engine, Start};
use crate::entropy::Entropy as _;
use crate::pair::OpenError;
use crate::report::EngineError;
use crate::server::{Heard, Portrait};
use crate::world::World;

use decisions::Decided;
use ears::Listener;
use errands::Changed;

pub use circumstances::{Circumstance, Circumstances};
pub use decisions::{Decision, Undecided, asked, decide, gate};
pub use ears::Ears;
pub use errands::{Answer, Request};
pub use known::{known_folders, show_known_versions};
pub use live::{Choices, Live};
pub use pace::{Hindrance, Next, Pace};
pub use progress::{Moving, Progress};
pub use reopened::{Asks, Reopened};
pub use standing::{Allows, Board, Standing, State};
pub use wishes::{Pause, Wishes};

pub use crate::engine::{Choosable, Leaving, Selection, Tick, Unfulfilled, choosable};

/// Events of one moment are taken together.
const GATHER: Duration = Duration::from_millis(100);

/// A clock that goes so much further than the time that the process has lived
/// through: the computer slept.
const SLEPT: i64 = 30;

/// Opens the pair that is watched, as often as it must.
#[allow(async_fn_in_trait, reason = "the engine is one future on one thread")]
pub trait Opens {
    /// What the engine works on.
    type World: World;
    /// The clock, which is there before the engine.
    type Clock: Clock;

    /// The clock.
    fn clock(&self) -> &Self::Clock;
    /// What the pair lives in.
    fn circumstances(&self) -> Circumstances {
        Circumstances::default()
    }
    /// Opens the pair, which begins its first run so.
    async fn open(&self, start: Start) -> Result<Engine<Self::World>, OpenError>;
    /// What the server of the open pair tells of itself and of the account.
    async fn portrait(&self, _engine: &Engine<Self::World>) -> Option<Portrait> {
        None
    }
    /// Lets the engine take what the settings say is kept here, as they are now.
    fn heed(&self, _engine: &mut Engine<Self::World>) -> Result<(), EngineError> {
        Ok(())
    }
    /// Writes into the settings what is kept here after a run.
    fn give_back(&self, _engine: &mut Engine<Self::World>) -> Result<(), EngineError> {
        Ok(())
    }
    /// Listens to the server of the open pair, if it tells of changes by itself.
    fn listen(
        &self,
        engine: &Engine<Self::World>,
        ears: Ears,
    ) -> Option<LocalBoxFuture<'static, ()>>;
}

/// Stays with a pair until somebody wishes its end.
pub async fn stay<O: Opens>(opens: &O, wishes: &Wishes, board: &Board) {
    let (pace, ears, listener) =
        (Pace::new(opens.clock().now()), Ears::default(), Listener::default());
    let around = opens.circumstances();
    let stay = Stay {
        opens,
        wishes,
        board,
        ears,
        listener: &listener,
        pace,
        engine: None,
        arrivals: around.arrivals(),
        around,
        waved: Cell::default(),
        decided: Decided::default(),
        start: Start::Continue,
    };
    tokio::select! {
        biased;
        () = stay.live() => {}
        () = listener.listen() => {}
    }
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Run,
    Ask,
    End,
}

struct Stay<'a, O: Opens> {
    opens: &'a O,
    wishes: &'a Wishes,
    board: &'a Board,
    ears: Ears,
    listener: &'a Listener,
    pace: Pace,
    engine: Option<Engine<O::World>>,
    /// What the pair lives in.
    around: Circumstances,
    /// How many networks have come so far.
    arrivals: u64,
    /// Somebody wanted to go on although this holds.
    waved: Cell<Option<Circumstance>>,
    /// What somebody has decided, until it is carried out.
    decided: Decided,
    /// How the next opening begins.
    start: Start,
}

impl<O: Opens> Stay<'_, O> {
    async fn live(mut self) {
        loop {
            match self.wait().await {
                Turn::Run => self.run().await,
                Turn::Ask => self.ask().await,
                Turn::End => break,
            }
        }
        self.leave();
    }

    fn now(&self) -> Moment {
        self.opens.clock().now()
    }

    fn wall(&self) -> i64 {
        self.opens.clock().wall()
    }

    /// Waits until there is something to do.
    async fn wait(&mut self) -> Turn {
        loop {
            let wanted = self.wishes.take();
            if wanted.end {
                return Turn::End;
            }
            if wanted.now {
                self.pace.wants(self.now());
                self.waved.set(self.around.now(self.wall()));
            }
            if let Some(decided) = self.wishes.decided() {
                self.decided.take(decided);
                self.pace.wants(self.now());
            }
            if wanted.heed {
                self.pace.stirs(self.now());
            }
            if wanted.portray {
                self.portray().await;
            }
            for errand in self.wishes.errands() {
                let changed = errands::run(self.engine.as_mut(), errand).await;
                let now = self.opens.clock().now();
                match changed {
                    Changed::Nothing => {}
                    Changed::Here => self.pace.stirs(now),
                    Changed::There => self.pace.hears(now),
                }
                self.show_versions();
            }
            self.take_heard();
            self.take_arrivals();
            if let Some(pause) = wanted.pause {
                self.pause(pause).await;
                continue;
            }
            // What is hindered does nothing anyhow, and is better said.
            let spares = self.spares();
            if let Some(circumstance) = spares.filter(|_| !self.pace.is_hindered(self.now())) {
                self.spare(circumstance).await;
                continue;
            }
            let (turn, at) = match self.pace.next() {
                Next::Run(at) => (Turn::Run, Some(at)),
                Next::Ask(at) => (Turn::Ask, Some(at)),
                Next::Never => (Turn::End, None),
            };
            if at.is_some_and(|at| at <= self.now()) {
                return turn;
            }
            self.rest(at).await;
        }
    }

    /// Shows which files stand here in two versions.
    fn show_versions(&self) {
        let Some(engine) = &self.engine else { return };
        let (rows, world) = (engine.journal().rows(), engine.world());
        let names = [world.device(), &world.called()];
        self.board.versions(conflicts::list(rows, &conflicts::Selection::default(), &names));
    }

    /// Rests until that moment, or until something happens.
    async fn rest(&mut self, until: Option<Moment>) {
        let (now, wall) = (self.now(), self.wall());
        let clock = self.opens.clock();
        let seen = self.around.now(wall);
        let stirred = tokio::select! {
            biased;
            () = self.wishes.told() => false,
            () = self.ears.told() => false,
            () = self.around.arrives(self.arrivals) => false,
            () = self.around.until(clock, |now| now != seen) => false,
            () = stirred(self.engine.as_ref()) => true,
            () = sleep(clock, until.map(|until| until.saturating_sub(now))) => false,
        };
        if stirred {
            clock.sleep(GATHER).await;
            self.listen().await;
        }
        let (lived, passed) = (self.now().saturating_sub(now), self.wall().saturating_sub(wall));
        if passed.saturating_sub(i64::try_from(lived.as_secs()).unwrap_or(i64::MAX)) > SLEPT {
            tracing::info!(seconds = passed, "the computer has slept");
            self.pace.wants(self.now());
        }
    }

    /// Takes what the server has told.
    fn take_heard(&mut self) {
        let now = self.now();
        for heard in self.ears.take() {
            match heard {
                Heard::Change => self.pace.hears(now),
                Heard::Listening | Heard::Deaf => {
                    self.pace.listens(heard == Heard::Listening, now);
                    self.board.told(heard == Heard::Listening);
                }
            }
        }
    }

    /// Takes notice of networks that have come.
    fn take_arrivals(&mut self) {
        let arrivals = self.around.arrivals();
        if std::mem::replace(&mut self.arrivals, arrivals) != arrivals {
            self.pace.arrives(self.now(), self.chance());
        }
    }

    /// Why the pair is to pause by itself now.
    fn spares(&self) -> Option<Circumstance> {
        stands(&self.waved, self.around.now(self.wall()))
    }

    /// Does nothing for as long as that holds.
    async fn spare(&mut self, circumstance: Circumstance) {
        self.board.spares(circumstance, self.wall());
        tokio::select! {
            biased;
            () = self.wishes.told() => {}
            () = self.around.until(self.opens.clock(), |now| now != Some(circumstance)) => {}
        }
        if self.around.now(self.wall()).is_none() {
            self.pace.eases(self.now());
        }
    }

    /// Takes what the disk tells.
    async fn listen(&mut self) {
        let Some(engine) = &mut self.engine else { return };
        match engine.stirs_here().await {
            Ok(false) => {}
            // What it is that fails the run will say.
            Ok(true) | Err(_) => self.pace.stirs(self.opens.clock().now()),
        }
    }

    /// Does nothing until the pause is over. What happens here meanwhile is
    /// found afterwards.
    async fn pause(&mut self, pause: Pause) {
        let left = match pause {
            Pause::Open => None,
            Pause::Until(end) => {
                let Ok(left) = u64::try_from(end.saturating_sub(self.wall())) else {
                    self.wishes.wake();
                    return self.pace.wants(self.now());
                };
                // The clock may be set meanwhile, or the computer may sleep.
                Some(Duration::from_secs(left.clamp(1, 60)))
            }
        };
        self.board.pauses(pause, self.wall());
        tokio::select! {
            biased;
            () = self.wishes.told() => {}
            () = sleep(self.opens.clock(), left) => {}
        }
    }

    fn chance(&self) -> f64 {
        let Some(engine) = &self.engine else { return 0.5 };
        let bits = engine.world().entropy().bits() % 1024;
        f64::from(u32::try_from(bits).unwrap_or(0)) / 1024.0
    }

    /// Nobody listens, and nothing is told, without an open pair.
    fn turn_deaf(&mut self) {
        self.listener.turn_to(None);
        self.ears.hear(Heard::Deaf);
        self.take_heard();
    }

    /// Closes the pair, so that others can work on it.
    fn leave(&mut self) {
        self.turn_deaf();
        if let Some(engine) = self.engine.take()
            && let Err(error) = engine.close()
        {
            tracing::warn!(%error, "closing");
        }
    }
}

/// Waits until what goes on is to be broken off: somebody wants it, or something
/// holds that did not hold when it was wanted.
async fn broken_off(
    clock: &impl Clock,
    wishes: &Wishes,
    around: &Circumstances,
    waved: &Cell<Option<Circumstance>>,
) {
    let spares = around.until(clock, |now| stands(waved, now).is_some());
    tokio::select! {
        () = wishes.broken_off() => {}
        () = spares => {}
    }
}

/// What of a circumstance stands in the way; nothing if somebody wanted to go on
/// although it holds. Any other one ends that.
fn stands(waved: &Cell<Option<Circumstance>>, now: Option<Circumstance>) -> Option<Circumstance> {
    if now != waved.get() {
        waved.set(None);
    }
    now.filter(|_| waved.get().is_none())
}

async fn stirred<W: World>(engine: Option<&Engine<W>>) {
    match engine {
        Some(engine) => engine.world().disk().stirred().await,
        None => std::future::pending().await,
    }
}

async fn sleep(clock: &impl Clock, wait: Option<Duration>) {
    match wait {
        Some(wait) => clock.sleep(wait).await,
        None => std::future::pending().await,
    }
}
