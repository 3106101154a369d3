//! Somebody who listens to a server, and what is heard and logged.

#![allow(dead_code, reason = "shared between the tests")]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use navette::server::{Heard, Patience, Push, PushEnd};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

/// Longer than anything here takes, however busy the computer is.
pub const BOUND: Duration = Duration::from_secs(60);

/// What somebody hears.
pub struct Ears(UnboundedReceiver<Heard>);

impl Ears {
    /// The next thing.
    pub async fn next(&mut self) -> Heard {
        timeout(BOUND, self.0.recv()).await.unwrap().unwrap()
    }

    /// Makes sure that nothing was heard that was not asked for.
    pub fn have_heard_nothing(&mut self) {
        let heard = self.0.try_recv().ok();
        assert_eq!(heard, None);
    }

    /// All that was heard and not asked for.
    pub fn rest(mut self) -> Vec<Heard> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }
}

/// Somebody listens while `test` goes on.
pub async fn listening(push: Push, test: impl AsyncFnOnce(&mut Ears)) {
    let (tell, told) = unbounded_channel();
    let mut ears = Ears(told);
    tokio::select! {
        end = push.listen(|heard| tell.send(heard).unwrap()) => panic!("nobody listens: {end:?}"),
        () = test(&mut ears) => {}
    }
}

/// Somebody listens until it makes no sense any more; what was heard until then.
pub async fn heard_out(push: Push) -> (PushEnd, Vec<Heard>) {
    let (tell, told) = unbounded_channel();
    let end = timeout(BOUND, push.listen(|heard| tell.send(heard).unwrap())).await;
    (end.unwrap(), Ears(told).rest())
}

/// With pauses that a test can wait for.
pub fn quick() -> Patience {
    let moment = Duration::from_millis(10);
    Patience { first: moment, turned_away: moment, ..Patience::default() }
}

/// What is logged meanwhile on this thread, by whomever.
pub async fn logged<T>(test: impl AsyncFnOnce() -> T) -> (T, String) {
    let log = Log::default();
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(log.clone());
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(lines));
    let out = test().await;
    drop(guard);
    let bytes = std::mem::take(&mut *log.0.lock().unwrap());
    (out, String::from_utf8(bytes).unwrap())
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
