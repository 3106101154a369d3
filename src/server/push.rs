//! What a server tells by itself, so that nobody has to keep asking
//! (protocol.md 9).
//!
//! - Nextcloud with the app `notify_push`: frames of a websocket.
//! - oCIS and OpenCloud: an answer that never ends (server-sent events).
//! - ownCloud 10 and plain servers tell nothing.
//!
//! What is told says when to look, never what is there: nothing of it enters
//! the journal (I4). It can get lost on the way, so whoever hears goes on
//! asking, only seldom, and looks once after each [`Heard::Listening`].

mod events;
mod notify_push;

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use self::notify_push::Endpoints;
use super::dav::Dav;
use super::failure::Failure;
use super::outfit::Outfit;
use super::request::Wire;
use super::{ByteStream, Family, ServerErrorKind};
use crate::clock::{Clock as _, SystemClock};

/// Turned away so often in a row, nobody asks again.
const TURNED_AWAY: u32 = 3;

/// What is heard from a server that tells of changes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// From now on changes are told: what happened before must be looked for once.
    Listening,
    /// Something of this account's may have changed.
    Change,
    /// Nothing is told for now; poll as if there were no push. So it is too
    /// before the first [`Self::Listening`].
    Deaf,
}

/// Why nobody listens any more: until the account is opened anew, polling
/// alone is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushEnd {
    /// The server refused the account: each further attempt would count as
    /// one more with a wrong password (protocol.md 2.8).
    Refused,
    /// Nothing is told there any more.
    Gone,
}

/// How long the listener waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Before it tries again, at least; twice as long each time that fails.
    pub first: Duration,
    /// Before it tries again, at most, unless the server asks for more.
    pub most: Duration,
    /// Before it tries again after the server has turned it away, at least.
    pub turned_away: Duration,
    /// A connection that lasted so long was a good one: the next pause is a
    /// short one again.
    pub steady: Duration,
    /// For a word over a websocket: Nextcloud sends one every 30 s.
    pub socket: Duration,
    /// For a word of an answer that never ends: oCIS need not say anything as
    /// long as nothing happens. (That its computer is gone is noticed sooner,
    /// by TCP.)
    pub events: Duration,
    /// For more of what comes in one go, to be told as one change.
    pub gather: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            most: Duration::from_secs(300),
            turned_away: Duration::from_secs(60),
            steady: Duration::from_secs(30),
            socket: Duration::from_secs(90),
            events: Duration::from_secs(600),
            gather: Duration::from_millis(100),
        }
    }
}

/// How a server tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Over a websocket.
    Socket(Endpoints),
    /// In an answer that never ends.
    Events {
        /// The path that is asked, from the origin.
        at: String,
    },
}

impl Way {
    /// The way of a server whose web root is `base`, with these capabilities;
    /// none where it has none.
    pub(super) fn of(family: Family, base: &str, all: &Value, origin: &Url) -> Option<Self> {
        match family {
            Family::Nextcloud => Endpoints::of(all.get("notify_push")?, origin).map(Self::Socket),
            Family::Ocis => {
                let tells = all.pointer("/core/support-sse")?.as_bool()?;
                tells.then(|| Self::Events { at: events::at(base) })
            }
            Family::OwnCloud10 | Family::Plain => None,
        }
    }

    /// The path that is asked, from the origin.
    pub(super) fn at(&self) -> &str {
        match self {
            Self::Socket(endpoints) => endpoints.socket(),
            Self::Events { at } => at,
        }
    }

    /// Gets the server to tell from now on.
    async fn open(&self, wire: &Wire, patience: &Patience) -> Result<Line, Failure> {
        match self {
            Self::Socket(endpoints) => notify_push::open(endpoints, wire, patience.socket).await,
            Self::Events { at } => events::open(at, wire, patience.events).await,
        }
    }
}

/// What comes over an open connection, until it is lost.
type Line = BoxStream<'static, Result<Word, Failure>>;

/// One thing that is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// Files, shares or spaces have changed.
    Change,
    /// Something else; at least the connection lives.
    Other,
}

/// What these events tell a stranger: of each whether it is a change, and none
/// for where they are cut off.
pub(super) async fn changes(body: ByteStream) -> Vec<Option<bool>> {
    let words = events::words(body, None);
    words.map(|word| word.ok().map(|word| word == Word::Change)).collect().await
}

/// What a server offers to whoever wants to listen.
pub(super) struct Offer {
    pub(super) way: Way,
    pub(super) outfit: Outfit,
}

/// The way to hear of an account's changes.
#[derive(Clone)]
pub struct Push {
    way: Way,
    wire: Wire,
    patience: Patience,
}

impl fmt::Debug for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Push").field("way", &self.way).finish_non_exhaustive()
    }
}

impl Dav {
    /// The way to hear of changes, where the server has one (from its
    /// capabilities, learnt when connecting).
    pub fn push(&self) -> Option<Push> {
        let Offer { way, outfit } = self.offer.as_ref()?;
        // A client of its own: a websocket begins as HTTP/1.1, and what stays
        // open for hours shares no connection with what comes and goes.
        let agent = outfit.agent_http1().ok()?.build();
        match agent {
            Ok(agent) => {
                let wire = self.wire.over(agent);
                Some(Push { way: way.clone(), wire, patience: Patience::default() })
            }
            Err(error) => {
                tracing::warn!(%error, "no client to listen with");
                None
            }
        }
    }
}

impl Push {
    /// The same with other waits.
    #[must_use]
    pub fn patient(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Listens for as long as it is polled. A lost connection is made anew
    /// after a pause, politely: pauses grow, differ from client to client, and
    /// are as long as the server asks for. Returns only when it makes no sense
    /// to go on.
    pub async fn listen(self, mut hear: impl FnMut(Heard)) -> PushEnd {
        let mut tries = Tries::default();
        loop {
            if self.wire.refused.get().is_some() {
                return PushEnd::Refused;
            }
            let failure = match self.way.open(&self.wire, &self.patience).await {
                Ok(line) => {
                    tries.turned_away = 0;
                    tracing::debug!("listening to the server");
                    hear(Heard::Listening);
                    let failure = self.hear_out(line, &mut tries, &mut hear).await;
                    hear(Heard::Deaf);
                    failure
                }
                Err(failure) => failure,
            };
            let failure = self.wire.discreet(failure);
            tracing::debug!(kind = ?failure.kind, detail = failure.detail, "not listening");
            if let Some(end) = tries.after(&failure) {
                tracing::info!(?end, "the server is not listened to any more");
                return end;
            }
            SystemClock::new().sleep(self.patience.pause(&tries, &failure)).await;
        }
    }

    /// Tells what comes until the connection is lost; returns how.
    async fn hear_out(
        &self,
        mut line: Line,
        tries: &mut Tries,
        hear: &mut impl FnMut(Heard),
    ) -> Failure {
        let mut hearing = pin!(self.hear_changes(&mut line, hear));
        match timeout(self.patience.steady, &mut hearing).await {
            Ok(failure) => failure,
            Err(_) => {
                tries.failed = 0;
                hearing.await
            }
        }
    }

    async fn hear_changes(&self, line: &mut Line, hear: &mut impl FnMut(Heard)) -> Failure {
        loop {
            match next(line).await {
                Ok(Word::Other) => continue,
                Ok(Word::Change) => {}
                Err(failure) => return failure,
            }
            let end = self.gathered(line).await;
            hear(Heard::Change);
            if let Some(failure) = end {
                return failure;
            }
        }
    }

    /// Takes what comes in one go with a change, so that a thousand files that
    /// somebody uploads are not as many changes; returns how the connection
    /// was lost, if it was.
    async fn gathered(&self, line: &mut Line) -> Option<Failure> {
        let more = async {
            loop {
                if let Err(failure) = next(line).await {
                    return failure;
                }
            }
        };
        timeout(self.patience.gather, more).await.ok()
    }
}

/// The next thing that is told. May be given up at any time without loss.
async fn next(line: &mut Line) -> Result<Word, Failure> {
    let ended = || Failure::new(ServerErrorKind::Unreachable, "the server has ended it");
    line.next().await.unwrap_or_else(|| Err(ended()))
}

/// What was in vain in a row.
#[derive(Debug, Default)]
struct Tries {
    /// Connections that could not be made, or did not last.
    failed: u32,
    /// Times that the server has turned us away since it last let us listen.
    turned_away: u32,
}

impl Tries {
    /// Counts a failure; whether it was the last one.
    fn after(&mut self, failure: &Failure) -> Option<PushEnd> {
        self.failed = self.failed.saturating_add(1);
        let end = turned_away(failure)?;
        self.turned_away += 1;
        (self.turned_away >= TURNED_AWAY).then_some(end)
    }
}

/// What it means in the end if a server goes on to answer so.
fn turned_away(failure: &Failure) -> Option<PushEnd> {
    match &failure.kind {
        kind if kind.refuses_account() => Some(PushEnd::Refused),
        ServerErrorKind::NotFound | ServerErrorKind::Forbidden => Some(PushEnd::Gone),
        ServerErrorKind::Status(405 | 501) => Some(PushEnd::Gone),
        _ => None,
    }
}

impl Patience {
    /// How long to wait before the next attempt.
    fn pause(&self, tries: &Tries, failure: &Failure) -> Duration {
        let grown = self.first.saturating_mul(1 << tries.failed.min(20)).min(self.most);
        // Anything between a half and the whole: those whom a restart of the
        // server has cut off do not come back in one moment.
        let pause = grown / 2 + (grown / 2).mul_f64(chance());
        let least = if turned_away(failure).is_some() { self.turned_away } else { Duration::ZERO };
        let asked = match failure.kind {
            ServerErrorKind::Busy(wait) => wait.unwrap_or_default(),
            _ => Duration::ZERO,
        };
        pause.max(least).saturating_add(asked)
    }
}

/// A number from 0 to 1 that nobody can foresee.
fn chance() -> f64 {
    let (_, bits) = uuid::Uuid::new_v4().as_u64_pair();
    f64::from((bits & 0xffff) as u16) / f64::from(u16::MAX)
}

/// The path of an announced address, if it is on the account's own server and
/// the way there as safe: what signs in goes nowhere else.
fn own_path(announced: &str, origin: &Url) -> Option<String> {
    let mut url = Url::parse(announced).ok()?;
    let scheme = match url.scheme() {
        "wss" => "https",
        "ws" => "http",
        other => other,
    };
    let scheme = scheme.to_owned();
    let known = url.set_scheme(&scheme).is_ok();
    if !known || url.origin() != origin.origin() {
        let (host, own) = (url.host_str().unwrap_or_default(), origin.host_str());
        tracing::warn!(
            scheme,
            host,
            own,
            "an announced address is not used: another server, or an unsafe way"
        );
        return None;
    }
    let query = url.query().map(|query| format!("?{query}"));
    Some(format!("{}{}", url.path(), query.unwrap_or_default()))
}

#[cfg(test)]
mod tests;
