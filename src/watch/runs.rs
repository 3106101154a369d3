//! What a pair that is watched does when its turn has come: it is opened, asked,
//! run, and tells how that ended.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use super::decisions::Decided;
use super::pace::Hindrance;
use super::{Allows, Opens, State, Stay, broken_off, hindrance};
use crate::clock::Clock as _;
use crate::disk::Disk as _;
use crate::engine::Start;
use crate::names::Fits;
use crate::pair::OpenError;
use crate::report::{EngineError, Report, SyncOptions};
use crate::server::Server as _;
use crate::world::World;

/// What the server tells of itself is asked for again after so long.
const PORTRAIT: Duration = Duration::from_secs(3600);

impl<O: Opens> Stay<'_, O> {
    /// Asks both sides whether a run would find anything.
    pub(super) async fn ask(&mut self) {
        let Some(engine) = &mut self.engine else { return self.pace.wants(self.now()) };
        let here = engine.stirs_here().await;
        let asked = match here {
            Ok(false) => tokio::select! {
                biased;
                () = broken_off(self.opens.clock(), self.wishes, &self.around, &self.waved) => return,
                there = engine.stirs_there() => there,
            },
            here => here,
        };
        match asked {
            Ok(true) => self.pace.found(self.now()),
            Ok(false) => {
                self.pace.checked(self.now(), None);
                self.board.checked(self.wall());
            }
            Err(error) => self.failed(error),
        }
    }

    /// Opens the pair if it is not open, and runs the engine.
    pub(super) async fn run(&mut self) {
        if self.engine.is_none() && !self.open().await {
            return;
        }
        let Some(engine) = &mut self.engine else { return };
        engine.answer(self.decided.answered.clone());
        if let Err(error) = self.opens.heed(engine) {
            return self.failed(error);
        }
        let clock = self.opens.clock();
        self.board.turn(State::Checking, clock.wall());
        self.pace.begins();
        // Where a rule must wait, the waiting is done here: something else may
        // happen meanwhile.
        let options = SyncOptions { no_wait: true, ..SyncOptions::default() };
        let ended = {
            let mut running = pin!(engine.sync(&options));
            tokio::select! {
                biased;
                () = broken_off(clock, self.wishes, &self.around, &self.waved) => None,
                ended = &mut running => Some(ended),
            }
        };
        match ended {
            // Cut off anywhere, as by a kill: only a new start sees to what it left.
            None => {
                self.turn_deaf();
                self.engine = None;
            }
            Some(Ok(report)) => {
                self.decided = Decided::default();
                self.ended(&report);
                self.portray_if_due().await;
                if let Err(error) = self.choose().await {
                    self.failed(error);
                }
            }
            Some(Err(error)) => self.failed(error),
        }
    }

    /// Lets the server tell of itself and of the account, if the pair is open.
    pub(super) async fn portray(&mut self) {
        let Some(engine) = &self.engine else { return };
        let portrait = tokio::select! {
            biased;
            () = broken_off(self.opens.clock(), self.wishes, &self.around, &self.waved) => return,
            portrait = self.opens.portrait(engine) => portrait,
        };
        if let Some(portrait) = portrait {
            self.board.portrays(portrait, self.now());
        }
    }

    /// The same after a run, which has asked the server much more.
    async fn portray_if_due(&mut self) {
        let seen = self.board.portrayed();
        if seen.is_none_or(|seen| self.now().saturating_sub(seen) >= PORTRAIT) {
            self.portray().await;
        }
    }

    /// Takes what is wished to be kept here, and tells the settings.
    async fn choose(&mut self) -> Result<(), EngineError> {
        let Some(engine) = &mut self.engine else { return Ok(()) };
        for selection in self.wishes.selections() {
            match engine.select(&selection).await {
                Ok(unfulfilled) => {
                    for (path, why) in unfulfilled {
                        tracing::info!(%path, ?why, "cannot be chosen");
                    }
                    self.pace.wants(self.opens.clock().now());
                }
                Err(error) => {
                    self.wishes.put_off(selection);
                    return Err(error);
                }
            }
        }
        self.opens.give_back(engine)
    }

    async fn open(&mut self) -> bool {
        self.board.turn(State::Starting, self.wall());
        let opened = tokio::select! {
            biased;
            () = broken_off(self.opens.clock(), self.wishes, &self.around, &self.waved) => {
                return false;
            }
            opened = self.opens.open(self.start) => opened,
        };
        match opened {
            Ok(engine) => {
                self.start = Start::Continue;
                self.pace.polls(engine.world().server().profile().poll);
                self.board.opened(allowed(engine.world()));
                self.listener.turn_to(self.opens.listen(&engine, self.ears.clone()));
                self.engine = Some(engine);
                true
            }
            Err(error) => {
                self.hindered(error);
                false
            }
        }
    }

    fn ended(&mut self, report: &Report) {
        let disk = self.engine.as_ref().map(|engine| engine.world().disk());
        self.board.unwatched(disk.and_then(|disk| disk.unwatched()));
        self.pace.checked(self.now(), report.next);
        self.show_versions();
        self.board.ended(report, self.wall());
    }

    fn failed(&mut self, error: EngineError) {
        if !hindrance::leaves_engine(&error) {
            self.leave();
        }
        self.hindered(error.into());
    }

    fn hindered(&mut self, error: OpenError) {
        if self.decided.passes(&error) {
            tracing::warn!(%error, "somebody has decided that both sides are compared");
            (self.decided.gate, self.start) = (None, Start::Anew);
            return self.pace.wants(self.now());
        }
        let hindrance = hindrance::of(&error);
        tracing::info!(%error, ?hindrance, "hindered");
        let error = Arc::new(error);
        let state = match hindrance {
            Hindrance::Lasting => State::Stopped(error),
            _ => State::Hindered(error),
        };
        self.board.hindered(state, self.wall());
        self.pace.hindered(self.now(), hindrance, self.chance());
    }
}

/// What the two sides of an open pair allow.
fn allowed<W: World>(world: &W) -> Allows {
    let (profile, volume) = (world.server().profile(), world.disk().volume());
    let rules = profile.names.clone();
    let names = Fits { rules, windows: volume.windows_names, longest: volume.max_name };
    Allows { names, trash: profile.trash }
}
