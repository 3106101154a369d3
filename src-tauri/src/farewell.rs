//! The end of the program: what must be said good-bye to, and for how long
//! that is waited for.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt as _, join_all};
use navette::clock::{Clock as _, SystemClock};
use tauri::{AppHandle, Manager as _};

use crate::{frame, update};

/// How long an end is waited for. What is cut off then is as after a kill: the
/// next start sees to it.
const PATIENCE: Duration = Duration::from_secs(3);

/// Something that is to end before the program does.
type Farewell = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// All that is to end before the program does.
#[derive(Default)]
pub(crate) struct Farewells {
    all: Mutex<Vec<Farewell>>,
    begun: AtomicBool,
}

impl Farewells {
    /// Lets that end, too, before the program does.
    pub(crate) fn add<F>(&self, ends: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let farewell: Farewell = Box::new(move || ends().boxed());
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(farewell);
    }

    /// Whether the program is about to end.
    pub(crate) fn have_begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    fn take(&self) -> Vec<Farewell> {
        std::mem::take(&mut self.all.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets all end, but waits no longer than that.
    async fn say(&self, clock: &SystemClock, patience: Duration) {
        let all = join_all(self.take().into_iter().map(|farewell| farewell()));
        tokio::select! {
            _ = all => {}
            () = clock.sleep(patience) => tracing::warn!("what did not end in time is cut off"),
        }
    }
}

/// Ends the program.
pub(crate) fn quit(app: &AppHandle) {
    let app = app.clone();
    let farewells = app.state::<Farewells>();
    if farewells.begun.swap(true, Ordering::Relaxed) {
        return;
    }
    frame::vanish(&app);
    let handle = app.clone();
    tauri::async_runtime::spawn(async move {
        handle.state::<Farewells>().say(&SystemClock::new(), PATIENCE).await;
        update::install(&handle);
        handle.exit(0);
    });
}

/// Ends the program when the system asks for it.
#[cfg(unix)]
pub(crate) fn on_signals(app: &AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let all = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        let mut all: Vec<_> = all.into_iter().filter_map(|kind| signal(kind).ok()).collect();
        let waits = all.iter_mut().map(|one| one.recv().boxed());
        futures::future::select_all(waits).await;
        quit(&app);
    });
}

/// Windows closes the window, and says nothing else.
#[cfg(not(unix))]
pub(crate) fn on_signals(_: &AppHandle) {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn what_ends_is_waited_for_and_what_does_not_is_not() {
        let farewells = Farewells::default();
        let ended = Arc::new(AtomicBool::new(false));
        let told = ended.clone();
        farewells.add(move || async move { told.store(true, Ordering::Relaxed) });
        farewells.add(std::future::pending);
        farewells.say(&SystemClock::new(), Duration::from_millis(50)).await;
        assert!(ended.load(Ordering::Relaxed));
    }
}
