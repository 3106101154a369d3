//! What somebody wants of an open pair, besides that it is synced.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::sync::oneshot;

use crate::activity::Recorder;
use crate::clock::Clock as _;
use crate::engine::Engine;
use crate::execute::Unsettled;
use crate::model::RelPath;
use crate::world::World;
use crate::{asides, conflicts, names};

/// What is wanted.
#[derive(Clone, Debug)]
pub enum Request {
    /// Of files that stand here in two versions.
    Conflicts(conflicts::Request),
    /// Of what was put aside.
    Asides(asides::Request),
    /// Another name.
    Rename(names::Request),
}

/// What came of it.
#[derive(Debug)]
pub enum Answer {
    /// Of files in two versions.
    Conflicts(conflicts::Answer),
    /// Of what was put aside.
    Asides(asides::Answer),
    /// Where it is now.
    Rename(Result<RelPath, Unsettled>),
}

impl Answer {
    /// Whether either side is another now.
    fn changes(&self) -> bool {
        match self {
            Self::Conflicts(answer) => answer.done.iter().any(|done| done.outcome.is_ok()),
            Self::Asides(answer) => answer.changes(),
            Self::Rename(renamed) => renamed.is_ok(),
        }
    }
}

/// One request, and where its answer goes.
pub(super) struct Errand {
    /// What is asked.
    pub(super) request: Request,
    /// Writes down what is done.
    pub(super) recorder: Rc<Recorder>,
    /// Whoever asks may have gone.
    pub(super) answer: oneshot::Sender<Option<Answer>>,
}

/// Errands that wait for the end of a run.
#[derive(Default)]
pub(super) struct Errands(RefCell<Vec<Errand>>);

impl std::fmt::Debug for Errands {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Errands").field(&self.0.borrow().len()).finish()
    }
}

impl Errands {
    pub(super) fn add(&self, errand: Errand) {
        self.0.borrow_mut().push(errand);
    }

    pub(super) fn take(&self) -> Vec<Errand> {
        self.0.take()
    }
}

/// What an errand has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    Nothing,
    Here,
    There,
}

/// Sees to an errand. Returns what was changed.
pub(super) async fn run<W: World>(engine: Option<&mut Engine<W>>, errand: Errand) -> Changed {
    let Errand { request, recorder, answer } = errand;
    let done = match engine {
        Some(engine) => {
            tracing::info!(?request, at = engine.world().clock().wall(), "errand");
            Some(see_to(engine, &recorder, &request).await)
        }
        None => None,
    };
    let changed = match (&request, done.as_ref().is_some_and(Answer::changes)) {
        (_, false) => Changed::Nothing,
        (Request::Rename(names::Request { side: crate::model::Side::Remote, .. }), true) => {
            Changed::There
        }
        (_, true) => Changed::Here,
    };
    // Whoever asked may not wait for it any more: it is done all the same.
    let _ = answer.send(done);
    changed
}

async fn see_to<W: World>(
    engine: &mut Engine<W>,
    recorder: &Recorder,
    request: &Request,
) -> Answer {
    let (world, journal) = engine.parts();
    match request {
        Request::Conflicts(request) => {
            Answer::Conflicts(conflicts::answer(world, journal, recorder, request).await)
        }
        Request::Asides(request) => {
            Answer::Asides(asides::answer(world, journal, recorder, *request).await)
        }
        Request::Rename(request) => {
            Answer::Rename(names::rename(world, journal.rows(), request).await)
        }
    }
}
