//! How fast files go: one budget for all who share it, in each direction.
//!
//! Every way that the bytes of files go leads through a valve: uploads in
//! one request, in chunks, by TUS and together; downloads whole, in part and
//! as a zip. What is small (listings, questions) is not held.
//!
//! A piece waits here, and what is behind it waits in the file that is read,
//! or in the connection that is not read from: nothing is gathered in memory.
//! Who waits is served in the order in which they came. The wait is no
//! silence: the times that requests may take begin behind it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{StreamExt as _, stream};
use reqwest::header::HeaderMap;
use tokio::sync::Notify;

use super::ByteStream;
use super::bucket::Bucket;
use super::gentle::Gentle;
use super::request::{Load, Request, Wire};
use super::status::Asked;
use super::{Download, Family};
use crate::clock::{Clock as _, SystemClock};
use crate::model::Rate;

/// A piece is so many parts of a second's bytes, so that files take turns,
const PARTS: u64 = 10;
/// but not so small that each byte costs more than itself,
const SMALLEST: u64 = 1 << 10;
/// nor so large that others wait.
const LARGEST: u64 = 64 << 10;

/// Asks a server something small, and tells how long that took; none if nothing
/// answered.
pub(super) type Probe = Arc<dyn Fn() -> BoxFuture<'static, Option<Duration>> + Send + Sync>;

/// To which server bytes go, and how to find out whether they are in anybody's way.
#[derive(Clone)]
pub(super) struct Gauge {
    pub(super) server: Arc<str>,
    pub(super) probe: Probe,
}

/// What may go to servers and come from them, for all who share it.
#[derive(Debug, Default)]
pub struct Budget {
    /// To servers.
    up: Valve,
    /// From servers.
    down: Valve,
}

impl Budget {
    /// From now on so much may go up and down, also of what is on its way.
    pub fn turn(&self, up: Rate, down: Rate) {
        self.up.turn(up);
        self.down.turn(down);
    }

    /// Bytes of files that have gone up and come down while something was held.
    pub fn moved(&self) -> (u64, u64) {
        let moved = |valve: &Valve| valve.moved.load(Ordering::Relaxed);
        (moved(&self.up), moved(&self.down))
    }

    fn of(&self, direction: Direction) -> &Valve {
        match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        }
    }
}

/// What holds the bytes of one direction.
#[derive(Default)]
struct Valve {
    /// Something is held.
    holds: AtomicBool,
    moved: AtomicU64,
    flow: Mutex<Flow>,
    /// Whose turn it is. This lock is given in the order in which it is asked for.
    turn: tokio::sync::Mutex<()>,
    changed: Notify,
    clock: SystemClock,
}

#[derive(Default)]
struct Flow {
    rate: Rate,
    bucket: Option<Bucket>,
    gentle: Option<Gentle>,
}

impl fmt::Debug for Valve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Valve").field("rate", &self.flow().rate).finish_non_exhaustive()
    }
}

impl Valve {
    fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, rate: Rate) {
        let now = self.clock.now();
        let mut flow = self.flow();
        if flow.rate == rate {
            return;
        }
        flow.rate = rate;
        flow.gentle = (rate == Rate::Gentle).then(Gentle::new);
        let bytes = match (rate, &flow.gentle) {
            (Rate::Fixed(bytes), _) => Some(bytes),
            (_, gentle) => gentle.as_ref().map(Gentle::rate),
        };
        match (bytes, &mut flow.bucket) {
            (Some(bytes), Some(bucket)) => bucket.turn(bytes, now),
            (bytes, bucket) => *bucket = bytes.map(|bytes| Bucket::new(bytes, now)),
        }
        self.holds.store(flow.bucket.is_some(), Ordering::Relaxed);
        drop(flow);
        self.changed.notify_one();
    }

    /// The largest piece that goes at once; none: nothing is held.
    fn largest(&self) -> Option<usize> {
        if !self.holds.load(Ordering::Relaxed) {
            return None;
        }
        let bytes = match &*self.flow() {
            Flow { rate: Rate::Fixed(bytes), .. } => *bytes,
            Flow { gentle: Some(gentle), .. } => gentle.rate(),
            _ => return None,
        };
        usize::try_from((bytes / PARTS).clamp(SMALLEST, LARGEST)).ok()
    }

    /// Waits until so many bytes may go. Whoever stops waiting has taken nothing.
    async fn pass(&self, bytes: u64, gauge: &Gauge) {
        self.look_around(gauge).await;
        let _turn = self.turn.lock().await;
        loop {
            let wait = {
                let mut flow = self.flow();
                let Some(bucket) = &mut flow.bucket else { return };
                let wait = bucket.wait(self.clock.now());
                if wait.is_zero() {
                    bucket.take(bytes);
                    self.moved.fetch_add(bytes, Ordering::Relaxed);
                    flow.gentle.iter_mut().for_each(|gentle| gentle.moved(bytes));
                    return;
                }
                wait
            };
            tokio::select! {
                () = self.clock.sleep(wait) => {}
                () = self.changed.notified() => {}
            }
        }
    }

    /// Where bytes are to be in nobody's way, finds out now and then whether they are.
    async fn look_around(&self, gauge: &Gauge) {
        let is_due = |gentle: &mut Gentle| gentle.is_due(self.clock.now());
        if !self.flow().gentle.as_mut().is_some_and(is_due) {
            return;
        }
        let Some(took) = (gauge.probe)().await else { return };
        let now = self.clock.now();
        let mut flow = self.flow();
        let Flow { gentle: Some(gentle), bucket: Some(bucket), .. } = &mut *flow else { return };
        gentle.answered(&gauge.server, now, took);
        tracing::debug!(rate = gentle.rate(), ?took, "gentle");
        bucket.turn(gentle.rate(), now);
    }
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// To the server.
    Up,
    /// From it.
    Down,
}

/// `body`, no faster than all of `budgets` let it through at the moment.
pub(super) fn held(
    budgets: &Budgets,
    direction: Direction,
    body: ByteStream,
    gauge: &Gauge,
) -> ByteStream {
    budgets
        .iter()
        .fold(body, |body, budget| through(budget.clone(), direction, body, gauge.clone()))
}

/// Those whose budgets a transfer shares: all of this process, its account.
pub(super) type Budgets = [Arc<Budget>];

fn through(
    budget: Arc<Budget>,
    direction: Direction,
    body: ByteStream,
    gauge: Gauge,
) -> ByteStream {
    let state = (budget, body, Bytes::new(), gauge);
    stream::unfold(state, move |(budget, mut body, mut rest, gauge)| async move {
        if rest.is_empty() {
            match body.next().await? {
                Ok(piece) => rest = piece,
                Err(error) => return Some((Err(error), (budget, body, rest, gauge))),
            }
        }
        let valve = budget.of(direction);
        let piece = match valve.largest() {
            None => std::mem::take(&mut rest),
            Some(most) => {
                let piece = rest.split_to(rest.len().min(most));
                valve.pass(piece.len() as u64, &gauge).await;
                piece
            }
        };
        Some((Ok(piece), (budget, body, rest, gauge)))
    })
    .boxed()
}

/// A question takes no longer; what does counts as so long.
const PATIENCE: Duration = Duration::from_secs(5);

impl Wire {
    /// The bytes of a file on their way to the server, no faster than they may go.
    pub(super) fn up(&self, body: ByteStream) -> ByteStream {
        held(&self.budgets, Direction::Up, body, &self.gauge())
    }

    /// The bytes of files that come, no faster than they may.
    pub(super) fn down(&self, body: ByteStream) -> ByteStream {
        held(&self.budgets, Direction::Down, body, &self.gauge())
    }

    /// The same for a file as it was asked for.
    pub(super) fn slowed(&self, download: Download) -> Download {
        Download { body: self.down(download.body), ..download }
    }

    /// The page that says how the server is, or else its front door: asked for
    /// without the account, small, and over the way that all requests go.
    fn gauge(&self) -> Gauge {
        let (wire, status) = (self.anonymous(), self.status.clone());
        let probe = move || {
            let (wire, status) = (wire.clone(), status.clone());
            Box::pin(async move { wire.tried(status).await }) as BoxFuture<'static, _>
        };
        Gauge { server: self.client.host.as_str().into(), probe: Arc::new(probe) }
    }

    /// How long a small question takes; none if nothing answers it.
    async fn tried(&self, status: Option<String>) -> Option<Duration> {
        let method = if status.is_some() { "GET" } else { "HEAD" };
        let asked = Asked { method, family: Family::Plain, if_match: false };
        let target = status.unwrap_or_else(|| "/".to_owned());
        let request = Request { asked, target, headers: HeaderMap::new(), load: Load::Nothing };
        let clock = SystemClock::new();
        match tokio::time::timeout(PATIENCE, self.answer(request)).await {
            Ok(Ok(answer)) => {
                let took = clock.now();
                answer.drained().await;
                Some(took)
            }
            Ok(Err(_)) => None,
            Err(_) => Some(PATIENCE),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use futures::TryStreamExt as _;

    use super::*;

    const MB: usize = 1_000_000;

    fn gauge() -> Gauge {
        Gauge { server: "h".into(), probe: Arc::new(|| Box::pin(async { None })) }
    }

    fn body(pieces: usize, each: usize) -> ByteStream {
        stream::iter((0..pieces).map(move |_| Ok(Bytes::from(vec![7; each])))).boxed()
    }

    async fn drain(mut body: ByteStream) -> usize {
        let mut bytes = 0;
        while let Some(piece) = body.try_next().await.unwrap() {
            bytes += piece.len();
        }
        bytes
    }

    fn budgets(up: Rate, down: Rate) -> Vec<Arc<Budget>> {
        let budget = Arc::new(Budget::default());
        budget.turn(up, down);
        vec![budget]
    }

    /// How long it took at least is all that a busy computer tells.
    #[tokio::test]
    #[allow(clippy::disallowed_methods, reason = "a real clock shows that time passes")]
    async fn all_who_share_a_budget_together_keep_to_it() {
        let budgets = budgets(Rate::Fixed(MB as u64), Rate::Free);
        let begun = Instant::now();
        let all = (0..4).map(|_| drain(held(&budgets, Direction::Up, body(3, MB / 24), &gauge())));
        let sent: usize = futures::future::join_all(all).await.iter().sum();
        assert!(sent > MB * 49 / 100);
        assert!(begun.elapsed() > Duration::from_millis(400), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    #[allow(clippy::disallowed_methods, reason = "a real clock shows that time passes")]
    async fn both_budgets_of_a_transfer_hold_and_each_direction_has_its_own() {
        let all =
            [budgets(Rate::Free, Rate::Free), budgets(Rate::Fixed(10_000), Rate::Fixed(MB as u64))]
                .concat();
        let begun = Instant::now();
        assert_eq!(drain(held(&all, Direction::Down, body(1, MB / 2), &gauge())).await, MB / 2);
        assert!(begun.elapsed() > Duration::from_millis(400), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn without_a_rate_pieces_go_as_they_are() {
        let budgets = budgets(Rate::Free, Rate::Free);
        let mut body = held(&budgets, Direction::Up, body(2, MB), &gauge());
        assert_eq!(body.next().await.unwrap().unwrap().len(), MB);
    }

    #[tokio::test]
    async fn what_is_held_goes_at_once_when_nothing_is_held_any_more() {
        let budgets = budgets(Rate::Fixed(10_000), Rate::Free);
        let sending = drain(held(&budgets, Direction::Up, body(1, 100 * MB), &gauge()));
        let freed = async {
            tokio::task::yield_now().await;
            budgets[0].turn(Rate::Free, Rate::Free);
        };
        // It would take hours else.
        assert_eq!(futures::join!(sending, freed).0, 100 * MB);
    }

    #[tokio::test]
    async fn whoever_stops_waiting_keeps_nobody_waiting() {
        let budgets = budgets(Rate::Fixed(10_000), Rate::Free);
        let mut first = held(&budgets, Direction::Up, body(1, MB), &gauge());
        first.next().await.unwrap().unwrap();
        let given_up = tokio::time::timeout(Duration::from_millis(5), first.next());
        assert!(given_up.await.is_err());
        drop(first);
        let mut second = held(&budgets, Direction::Up, body(1, 10), &gauge());
        assert_eq!(second.next().await.unwrap().unwrap().len(), 10);
    }

    #[tokio::test]
    async fn a_gentle_transfer_asks_how_the_line_is_before_its_first_bytes() {
        let budgets = budgets(Rate::Gentle, Rate::Free);
        let asked = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let count = asked.clone();
        let probe: Probe = Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Box::pin(async { Some(Duration::from_millis(1)) })
        });
        let gauge = Gauge { server: "h".into(), probe };
        assert_eq!(drain(held(&budgets, Direction::Up, body(1, 50_000), &gauge)).await, 50_000);
        assert_eq!(asked.load(Ordering::Relaxed), 1, "and not for each piece");
    }
}
