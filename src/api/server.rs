//! Answers whoever connects.

use std::io;
use std::path::Path;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::watch;

use super::document::standing_of;
use super::socket::{Listener, Theirs};
use super::{Standings, Watched};
use crate::clock::{Clock as _, SystemClock};
use crate::model::RelPath;
use crate::text::{Language, Texts};
use crate::watch::{Leaving, Pause, Selection, Standing, known_folders};

/// No more than one picture of a pair is sent in so long.
const GATHER: std::time::Duration = std::time::Duration::from_millis(250);

/// A request.
#[derive(Debug, Deserialize)]
struct Call {
    method: String,
    #[serde(default)]
    params: Value,
}

/// What a request may say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The folder of the pair that is meant; none: all of them.
    folder: Option<String>,
    /// The language of sentences, as `fr`.
    language: Option<String>,
    /// How many seconds a pause lasts.
    seconds: Option<i64>,
    /// Folders of the server that are to be kept here.
    #[serde(default)]
    tick: Vec<String>,
    /// Folders of the server that are not.
    #[serde(default)]
    untick: Vec<String>,
    /// Their copies here stay.
    #[serde(default)]
    keep: bool,
}

/// Why a request is not answered, by JSON-RPC's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    NotJson = -32700,
    NoRequest = -32600,
    NoMethod = -32601,
    BadParams = -32602,
    NoFolder = -32000,
    NoChoice = super::client::NO_CHOICE as isize,
    NoJournal = -32002,
}

impl Refusal {
    fn words(self) -> &'static str {
        match self {
            Self::NotJson => "this line is not JSON",
            Self::NoRequest => "this is no request",
            Self::NoMethod => "there is no such method",
            Self::BadParams => "these params cannot be understood",
            Self::NoFolder => "this folder is not watched",
            Self::NoChoice => "the server has no such folder",
            Self::NoJournal => "what is known of this folder cannot be read",
        }
    }
}

/// Serves these pairs for as long as it is polled.
pub async fn serve(mut listener: Listener, pairs: &[Watched], clock: &SystemClock) {
    let mut talks = FuturesUnordered::new();
    loop {
        tokio::select! {
            came = listener.next() => match came {
                Ok(stream) => talks.push(talk(stream, pairs, clock)),
                Err(error) => {
                    tracing::warn!(%error, "the socket");
                    clock.sleep(GATHER).await;
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

/// Somebody who wants to hear of every change.
struct Follower {
    texts: Texts,
    /// Of the pairs that are meant, with their numbers.
    shown: Vec<(usize, watch::Receiver<Standing>)>,
}

/// Answers one connection until it is closed.
async fn talk(stream: Theirs, pairs: &[Watched], clock: &SystemClock) -> io::Result<()> {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let mut follower: Option<Follower> = None;
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { return Ok(()) };
                if line.trim().is_empty() {
                    continue;
                }
                let (answer, follows) = answer(&line, pairs, clock);
                if let Some(answer) = answer {
                    send(&mut write, &answer).await?;
                }
                follower = follows.or(follower);
            }
            changed = news(follower.as_mut()) => {
                let Some(Follower { texts, .. }) = &follower else { continue };
                let Some(pair) = pairs.get(changed) else { continue };
                let standing = standing_of(texts, pair, clock.wall());
                let told = json!({"jsonrpc": "2.0", "method": "standing", "params": standing});
                send(&mut write, &told).await?;
                clock.sleep(GATHER).await;
            }
        }
    }
}

/// The number of the next pair that stands otherwise.
async fn news(follower: Option<&mut Follower>) -> usize {
    let Some(Follower { shown, .. }) = follower else { return std::future::pending().await };
    let changes = shown.iter_mut().map(|(number, shown)| {
        Box::pin(async move {
            // The board outlives whoever looks at it.
            let _ = shown.changed().await;
            *number
        })
    });
    let changes: Vec<_> = changes.collect();
    if changes.is_empty() {
        return std::future::pending().await;
    }
    futures::future::select_all(changes).await.0
}

async fn send(write: &mut (impl AsyncWrite + Unpin), message: &Value) -> io::Result<()> {
    write.write_all(format!("{message}\n").as_bytes()).await?;
    write.flush().await
}

/// What is said to one line, and who follows from now on. A request without an
/// `id` is never answered, whatever comes of it.
fn answer(line: &str, pairs: &[Watched], clock: &SystemClock) -> (Option<Value>, Option<Follower>) {
    let (id, fulfilled) = match serde_json::from_str::<Value>(line) {
        Err(_) => (Some(Value::Null), Err(Refusal::NotJson)),
        // Objects only: a list would be read as if its order named its members.
        Ok(said) => match Call::deserialize(&said) {
            Ok(call) if said.is_object() => (said.get("id").cloned(), fulfil(call, pairs, clock)),
            _ => (Some(said.get("id").cloned().unwrap_or_default()), Err(Refusal::NoRequest)),
        },
    };
    let (what, told, follower) = match fulfilled {
        Ok((result, follower)) => ("result", result, follower),
        Err(refusal) => {
            let error = json!({"code": refusal as i64, "message": refusal.words()});
            ("error", error, None)
        }
    };
    (id.map(|id| json!({"jsonrpc": "2.0", "id": id, what: told})), follower)
}

/// Does what is asked.
fn fulfil(
    call: Call,
    pairs: &[Watched],
    clock: &SystemClock,
) -> Result<(Value, Option<Follower>), Refusal> {
    let params = match call.params {
        Value::Null => Params::default(),
        Value::Object(_) => Params::deserialize(call.params).map_err(|_| Refusal::BadParams)?,
        _ => return Err(Refusal::BadParams),
    };
    let meant = meant(pairs, params.folder.as_deref())?;
    if call.method == "folders" {
        let told = meant.iter().map(|pair| folders_of(pair)).collect::<Result<_, _>>()?;
        return Ok((json!(Standings { pairs: told }), None));
    }
    if call.method == "select" {
        select(&meant, &params)?;
    }
    let Params { language, seconds, .. } = params;
    let language = language.as_deref().and_then(Language::from_tag).unwrap_or_default();
    match call.method.as_str() {
        "status" | "follow" | "select" => {}
        "sync" => meant.iter().for_each(|pair| pair.wishes.look()),
        "resume" => meant.iter().for_each(|pair| pair.wishes.resume()),
        "pause" => {
            let end = seconds.map(|seconds| clock.wall().saturating_add(seconds.max(0)));
            let pause = end.map_or(Pause::Open, Pause::Until);
            meant.iter().for_each(|pair| pair.wishes.pause(pause));
        }
        _ => return Err(Refusal::NoMethod),
    }
    let texts = Texts::new(language);
    let standing = meant.iter().map(|pair| standing_of(&texts, pair, clock.wall()));
    let result = json!(Standings { pairs: standing.collect() });
    let is_meant = |pair: &Watched| meant.iter().any(|meant| std::ptr::eq(*meant, pair));
    let shown = pairs.iter().enumerate().filter(|(_, pair)| is_meant(pair));
    let shown = shown.map(|(number, pair)| (number, pair.board.follow())).collect();
    let follower = (call.method == "follow").then(|| Follower { texts, shown });
    Ok((result, follower))
}

/// The folders of the server, and what of them is kept here.
fn folders_of(pair: &Watched) -> Result<Value, Refusal> {
    let folders = known_folders(&pair.state_dir).map_err(|_| Refusal::NoJournal)?;
    Ok(json!({"folder": pair.pair.local.to_string_lossy(), "folders": folders}))
}

/// Has one pair keep other folders.
fn select(meant: &[&Watched], params: &Params) -> Result<(), Refusal> {
    let ([pair], true) = (meant, params.folder.is_some()) else { return Err(Refusal::BadParams) };
    let paths = |texts: &[String]| -> Option<Vec<RelPath>> {
        texts.iter().map(|text| RelPath::parse(text).ok()).collect()
    };
    let (tick, untick) = (paths(&params.tick), paths(&params.untick));
    let (tick, untick) = tick.zip(untick).ok_or(Refusal::BadParams)?;
    let known = known_folders(&pair.state_dir).map_err(|_| Refusal::NoJournal)?;
    let is_known = |path: &RelPath| known.iter().any(|folder| folder.path == *path);
    if !untick.iter().all(is_known) || tick.iter().any(RelPath::is_root) {
        return Err(Refusal::NoChoice);
    }
    let leaving = if params.keep { Leaving::Keep } else { Leaving::Trash };
    pair.wishes.select(Selection { tick, untick, leaving });
    Ok(())
}

/// The pairs that are meant.
fn meant<'a>(pairs: &'a [Watched], folder: Option<&str>) -> Result<Vec<&'a Watched>, Refusal> {
    let Some(folder) = folder else { return Ok(pairs.iter().collect()) };
    let found = pairs.iter().filter(|pair| pair.pair.local == Path::new(folder));
    let found: Vec<&Watched> = found.collect();
    if found.is_empty() { Err(Refusal::NoFolder) } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<Value> {
        answer(line, &[], &SystemClock::new()).0
    }

    #[test]
    fn a_request_is_answered_under_its_id_and_one_without_never() {
        let empty = json!({"jsonrpc": "2.0", "id": "x", "result": {"pairs": []}});
        assert_eq!(told(r#"{"id":"x","method":"status","params":{}}"#), Some(empty));
        let null = json!({"jsonrpc": "2.0", "id": null, "result": {"pairs": []}});
        assert_eq!(told(r#"{"id":null,"method":"status"}"#), Some(null));
        for line in [r#"{"method":"sync"}"#, r#"{"method":"no such thing"}"#] {
            assert_eq!(told(line), None, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused_by_number() {
        for (line, code) in [
            ("no JSON", -32700),
            (r#"{"id":1}"#, -32600),
            (r#"["status"]"#, -32600),
            (r#"{"id":1,"method":"stat"}"#, -32601),
            (r#"{"id":1,"method":"status","params":["/a"]}"#, -32602),
            (r#"{"id":1,"method":"status","params":{"folders":1}}"#, -32602),
            (r#"{"id":1,"method":"status","params":{"folder":"/a"}}"#, -32000),
        ] {
            assert_eq!(told(line).unwrap()["error"]["code"], code, "{line}");
        }
    }
}
