//! What somebody wants of a pair that is watched.

use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use super::decisions::Decided;
use super::errands::{Answer, Errand, Errands, Request};
use crate::activity::Recorder;
use crate::engine::Selection;
use crate::settings::PauseFile;

/// How long a pair is to pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Until somebody says otherwise.
    Open,
    /// Until that time, in seconds since 1970.
    Until(i64),
}

/// Wishes, shared by those who have them and the one who fulfils them.
#[derive(Debug, Default)]
pub struct Wishes {
    wanted: Mutex<Wanted>,
    /// Between two runs, in this order.
    selections: Mutex<Vec<Selection>>,
    errands: Errands,
    decided: Mutex<Option<Decided>>,
    told: Notify,
    /// Where a pause is kept beyond this process.
    file: Option<PauseFile>,
}

/// What is wanted now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) pause: Option<Pause>,
    pub(super) now: bool,
    pub(super) heed: bool,
    pub(super) portray: bool,
    pub(super) end: bool,
}

impl Wishes {
    /// With a pause that was wanted of an earlier process, and is kept for later ones.
    pub fn kept(file: PauseFile) -> Self {
        let pause = file.read().map(|end| end.map_or(Pause::Open, Pause::Until));
        let wanted = Wanted { pause, ..Wanted::default() };
        Self { wanted: Mutex::new(wanted), file: Some(file), ..Self::default() }
    }

    /// Let it pause.
    pub fn pause(&self, pause: Pause) {
        self.keep(Some(pause));
        self.tell(|wanted| wanted.pause = Some(pause));
    }

    /// Let it go on.
    pub fn resume(&self) {
        self.keep(None);
        self.tell(|wanted| (wanted.pause, wanted.now) = (None, true));
    }

    /// Writes a pause down, as far as that is possible: it holds here anyhow.
    fn keep(&self, pause: Option<Pause>) {
        let end = pause.map(|pause| match pause {
            Pause::Open => None,
            Pause::Until(end) => Some(end),
        });
        if let Some(Err(error)) = self.file.as_ref().map(|file| file.write(end)) {
            tracing::warn!(%error, "the pause is not kept");
        }
    }

    /// Let it look at once, whatever it waits for; a pause stays.
    pub fn look(&self) {
        self.tell(|wanted| wanted.now = true);
    }

    /// Something else may have been chosen for it: let it look when it may.
    pub fn heed(&self) {
        self.tell(|wanted| wanted.heed = true);
    }

    /// Let its server be asked what it tells of itself and of the account.
    pub fn portray(&self) {
        self.tell(|wanted| wanted.portray = true);
    }

    /// Let it keep other folders. What is not sent yet goes before.
    pub fn select(&self, selection: Selection) {
        self.put_off(selection);
        self.look();
    }

    /// Let it be asked for again after the next run.
    pub(super) fn put_off(&self, selection: Selection) {
        self.selections.lock().unwrap_or_else(PoisonError::into_inner).push(selection);
    }

    /// What is to be kept, once.
    pub(super) fn selections(&self) -> Vec<Selection> {
        std::mem::take(&mut self.selections.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Let it do as somebody has decided: at once, but not during a pause.
    pub(super) fn decide(&self, new: Decided) {
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        decided.get_or_insert_default().take(new);
        self.told.notify_one();
    }

    /// What was decided, once.
    pub(super) fn decided(&self) -> Option<Decided> {
        self.decided.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Let it end.
    pub fn end(&self) {
        self.tell(|wanted| wanted.end = true);
    }

    /// Lets it see to an errand, between two runs. The answer is none if the pair
    /// is not open then.
    pub fn ask(
        &self,
        request: Request,
        recorder: Rc<Recorder>,
    ) -> oneshot::Receiver<Option<Answer>> {
        let (answer, answered) = oneshot::channel();
        self.errands.add(Errand { request, recorder, answer });
        self.told.notify_one();
        answered
    }

    /// What is to be seen to now.
    pub(super) fn errands(&self) -> Vec<Errand> {
        self.errands.take()
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, wish: impl FnOnce(&mut Wanted)) {
        wish(&mut self.wanted());
        self.told.notify_one();
    }

    /// What is wanted; a look is asked for only once.
    pub(super) fn take(&self) -> Wanted {
        let mut wanted = self.wanted();
        let taken = *wanted;
        (wanted.now, wanted.heed, wanted.portray) = (false, false, false);
        taken
    }

    /// The pause is over.
    pub(super) fn wake(&self) {
        self.keep(None);
        self.wanted().pause = None;
    }

    /// Waits for the next wish. Only one may wait.
    pub(super) async fn told(&self) {
        self.told.notified().await;
    }

    /// Waits until what goes on is to be broken off.
    pub(super) async fn broken_off(&self) {
        loop {
            {
                let wanted = self.wanted();
                if wanted.end || wanted.pause.is_some() {
                    return;
                }
            }
            self.told().await;
        }
    }
}
