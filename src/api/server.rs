//! Answers whoever connects.

use std::io;
use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};

use super::call::{answer, late};
use super::describe::{standing_of, told_of};
use super::events::{Heard, Listening};
use super::follow::{Follower, News};
use super::pairs::Pairs;
use super::socket::{Listener, Theirs};
use crate::clock::{Clock as _, SystemClock};

/// The pause after a connection that could not be taken.
const REST: Duration = Duration::from_millis(250);

/// Serves whatever pairs there are, for as long as it is polled.
pub async fn serve(mut listener: Listener, pairs: &Pairs, clock: &SystemClock) {
    let mut talks = FuturesUnordered::new();
    loop {
        tokio::select! {
            came = listener.next() => match came {
                Ok(stream) => talks.push(talk(stream, pairs, clock)),
                Err(error) => {
                    tracing::warn!(%error, "the socket");
                    clock.sleep(REST).await;
                }
            },
            Some(ended) = talks.next() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection to the socket");
                }
            }
        }
    }
}

/// Answers one connection until it is closed.
async fn talk(stream: Theirs, pairs: &Pairs, clock: &SystemClock) -> io::Result<()> {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let (mut follower, mut listening): (Option<Follower>, Option<Listening>) = (None, None);
    // Given back at the latest when whoever has borrowed it is gone.
    let mut lent = Vec::new();
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { return Ok(()) };
                if line.trim().is_empty() {
                    continue;
                }
                let answered = answer(&line, pairs, clock);
                let mut line = answered.line;
                if let Some(folder) = answered.lends {
                    lent.push(pairs.lent().lend(&folder).await);
                }
                if let Some((id, later)) = answered.later {
                    line = late(id, later).await;
                }
                if let Some(line) = line {
                    send(&mut write, &line).await?;
                }
                follower = answered.follower.or(follower);
                listening = answered.listening.or(listening);
            }
            told = news(follower.as_mut(), pairs, clock) => send(&mut write, &told).await?,
            told = events(listening.as_mut(), pairs) => send(&mut write, &told).await?,
        }
    }
}

/// The next change of how a pair stands.
async fn news(follower: Option<&mut Follower>, pairs: &Pairs, clock: &SystemClock) -> Value {
    let Some(follower) = follower else { return std::future::pending().await };
    match follower.news(pairs, clock).await {
        News::Stands(pair) => notification("standing", standing_of(&follower.texts, &pair, clock)),
        News::Gone(folder) => notification("gone", json!({"folder": folder.to_string_lossy()})),
    }
}

/// The next thing that was done.
async fn events(listening: Option<&mut Listening>, pairs: &Pairs) -> Value {
    let Some(listening) = listening else { return std::future::pending().await };
    let (pair, heard) = listening.news(pairs).await;
    let folder = &pair.pair.local;
    match heard {
        Heard::Done(kept) => notification("event", told_of(&listening.texts, folder, &kept)),
        Heard::Gap(missed) => {
            notification("gap", json!({"folder": folder.to_string_lossy(), "missed": missed}))
        }
    }
}

fn notification(method: &str, params: impl Serialize) -> Value {
    json!({"jsonrpc": "2.0", "method": method, "params": params})
}

async fn send(write: &mut (impl AsyncWrite + Unpin), message: &Value) -> io::Result<()> {
    write.write_all(format!("{message}\n").as_bytes()).await?;
    write.flush().await
}
