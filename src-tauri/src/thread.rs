//! The one thread on which the engine, and all of the library that awaits, runs.

use futures::future::LocalBoxFuture;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local};

/// Begins a piece of work on the thread.
type Begin = Box<dyn FnOnce() + Send>;

/// The way to the thread. It ends with the program.
pub(crate) struct Thread {
    begin: mpsc::UnboundedSender<Begin>,
}

/// The thread has ended: the program is about to.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the engine's thread has ended")]
pub(crate) struct Ended;

impl Thread {
    /// Starts the thread.
    pub(crate) fn begin() -> Self {
        let (begin, mut begun) = mpsc::unbounded_channel::<Begin>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            LocalSet::new().block_on(&runtime, async move {
                while let Some(begin) = begun.recv().await {
                    begin();
                }
            });
        });
        Self { begin }
    }

    /// Runs a future there, and waits for what comes of it.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, Ended>
    where
        T: Send + 'static,
        F: FnOnce() -> LocalBoxFuture<'static, T> + Send + 'static,
    {
        self.begin_with(work)?.await.map_err(|_| Ended)
    }

    /// Runs a future there, also if nobody waits for what comes of it.
    pub(crate) fn begin_with<T, F>(&self, work: F) -> Result<oneshot::Receiver<T>, Ended>
    where
        T: Send + 'static,
        F: FnOnce() -> LocalBoxFuture<'static, T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let begin: Begin = Box::new(move || {
            let work = work();
            spawn_local(async move {
                // Whoever asked may have gone.
                let _ = answer.send(work.await);
            });
        });
        self.begin.send(begin).map_err(|_| Ended)?;
        Ok(answered)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn work_that_waits_keeps_no_other_from_being_done() {
        let thread = Thread::begin();
        let (go, gone) = oneshot::channel::<u8>();
        let waits = thread.run(move || async move { gone.await.unwrap_or(0) }.boxed_local());
        let speaks = async {
            let heard = thread.run(|| async { 2 }.boxed_local()).await;
            let _ = go.send(1);
            heard
        };
        let (waited, spoke) = futures::join!(waits, speaks);
        assert_eq!((waited.unwrap(), spoke.unwrap()), (1, 2));
    }
}
