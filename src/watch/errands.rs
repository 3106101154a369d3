//! What somebody wants of an open pair, besides that it is synced.

use std::cell::RefCell;
use std::rc::Rc;

use tokio::sync::oneshot;

use crate::activity::Recorder;
use crate::clock::Clock as _;
use crate::conflicts::{self, Answer, Request};
use crate::engine::Engine;
use crate::world::World;

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

/// Sees to an errand. Returns whether the folder was changed.
pub(super) async fn run<W: World>(engine: Option<&mut Engine<W>>, errand: Errand) -> bool {
    let answer = match engine {
        Some(engine) => {
            let (world, journal) = engine.parts();
            tracing::info!(request = ?errand.request, at = world.clock().wall(), "errand");
            Some(conflicts::answer(world, journal, &errand.recorder, &errand.request).await)
        }
        None => None,
    };
    let changed =
        answer.as_ref().is_some_and(|answer| answer.done.iter().any(|done| done.outcome.is_ok()));
    // Whoever asked may not wait for it any more: it is done all the same.
    let _ = errand.answer.send(answer);
    changed
}
