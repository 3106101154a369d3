//! A real pair, opened as often as it must be.

use std::path::PathBuf;
use std::rc::Rc;

use futures::future::{FutureExt as _, LocalBoxFuture};

use super::{Board, Circumstances, Ears, Opens};
use crate::activity::Recorder;
use crate::clock::{Clock as _, SystemClock};
use crate::engine::{Engine, Start};
use crate::event::Event;
use crate::pair::{self, Chooses, Here, OpenError, Opening, Terms};
use crate::report::EngineError;
use crate::secret::Secret;
use crate::server::{Dav, Portrait};
use crate::settings::Pair;
use crate::world::World as _;

/// Gives the password as it is kept now; none if nobody keeps one.
pub type Asks = Box<dyn Fn() -> LocalBoxFuture<'static, Option<Secret>>>;

/// A pair on this computer, for [`super::stay`].
pub struct Reopened {
    /// The pair.
    pub pair: Pair,
    /// Where its journal lies.
    pub state_dir: PathBuf,
    /// The id of its account, if it is known already.
    pub user_id: Option<String>,
    /// Certificates (PEM) that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// What the settings say is kept here, if they know the pair.
    pub chooses: Option<Chooses>,
    /// Where its password is. It may have been changed since it was refused.
    pub password: Asks,
    /// What the work has to keep to.
    pub terms: Terms,
    /// What the pair lives in.
    pub circumstances: Circumstances,
    /// Shows how the pair stands.
    pub board: Rc<Board>,
    /// Writes down what is done.
    pub activity: Rc<Recorder>,
    /// Hears what goes on besides.
    pub listener: Rc<dyn Fn(&Event)>,
    /// The clock.
    pub clock: SystemClock,
}

impl Opens for Reopened {
    type World = Here<Dav>;
    type Clock = SystemClock;

    fn clock(&self) -> &SystemClock {
        &self.clock
    }

    fn circumstances(&self) -> Circumstances {
        self.circumstances.clone()
    }

    async fn open(&self, start: Start) -> Result<Engine<Here<Dav>>, OpenError> {
        let password = (self.password)().await.ok_or(OpenError::NoPassword)?;
        let (board, listener, clock) =
            (self.board.clone(), self.listener.clone(), self.clock.clone());
        let opening = Opening {
            pair: self.pair.clone(),
            state_dir: self.state_dir.clone(),
            user_id: self.user_id.clone(),
            password,
            ca_file: self.ca_file.clone(),
            device: None,
            anew: start == Start::Anew,
            watched: true,
            activity: self.activity.clone(),
            terms: self.terms.clone(),
            listener: Box::new(move |event| {
                board.hear(&event, clock.wall(), clock.now());
                listener(&event);
            }),
        };
        pair::open(opening).await
    }

    async fn portrait(&self, engine: &Engine<Here<Dav>>) -> Option<Portrait> {
        Some(engine.world().server().portrait().await)
    }

    fn heed(&self, engine: &mut Engine<Here<Dav>>) -> Result<(), EngineError> {
        self.chooses.as_ref().map_or(Ok(()), |chooses| chooses.heed(engine))
    }

    fn give_back(&self, engine: &mut Engine<Here<Dav>>) -> Result<(), EngineError> {
        self.chooses.as_ref().map_or(Ok(()), |chooses| chooses.give_back(engine))
    }

    fn listen(
        &self,
        engine: &Engine<Here<Dav>>,
        ears: Ears,
    ) -> Option<LocalBoxFuture<'static, ()>> {
        let push = engine.world().server().push()?;
        let listening = async move {
            let end = push.listen(|heard| ears.hear(heard)).await;
            tracing::info!(?end, "not listening to the server any more");
        };
        Some(listening.boxed_local())
    }
}
