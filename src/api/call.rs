//! What is asked, and what is answered.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::choose;
use super::document::{entry_of, standing_of};
use super::events::Listening;
use super::follow::Follower;
use super::{Standings, Watched};
use crate::activity::{Filter, Query};
use crate::clock::{Clock as _, SystemClock};
use crate::text::{Language, Texts};
use crate::watch::Pause;

/// Entries of a page, unless fewer are wanted.
const PAGE: usize = 100;
/// Entries of a page at most.
const MOST: usize = 1000;

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
pub(super) struct Params {
    /// The folder of the pair that is meant; none: all of them.
    pub(super) folder: Option<String>,
    /// The language of sentences, as `fr`.
    language: Option<String>,
    /// How many seconds a pause lasts.
    seconds: Option<i64>,
    /// Only entries before this one.
    before: Option<i64>,
    /// Only entries after this one.
    after: Option<i64>,
    /// Only entries since then.
    since: Option<i64>,
    /// Only entries about such paths.
    path: Option<String>,
    /// So many entries at most.
    limit: Option<usize>,
    /// Folders of the server that are to be kept here.
    #[serde(default)]
    pub(super) tick: Vec<String>,
    /// Folders of the server that are not.
    #[serde(default)]
    pub(super) untick: Vec<String>,
    /// Their copies here stay.
    #[serde(default)]
    pub(super) keep: bool,
}

/// Why a request is not answered, by JSON-RPC's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NotJson = -32700,
    NoRequest = -32600,
    NoMethod = -32601,
    BadParams = -32602,
    NoFolder = -32000,
    WhichFolder = -32001,
    Unreadable = -32002,
    NoChoice = super::client::NO_CHOICE as isize,
    NoJournal = -32004,
}

impl Refusal {
    fn words(self) -> &'static str {
        match self {
            Self::NotJson => "this line is not JSON",
            Self::NoRequest => "this is no request",
            Self::NoMethod => "there is no such method",
            Self::BadParams => "these params cannot be understood",
            Self::NoFolder => "this folder is not watched",
            Self::WhichFolder => "several folders are watched: name one",
            Self::Unreadable => "what was done cannot be read",
            Self::NoChoice => "the server has no such folder",
            Self::NoJournal => "what is known of this folder cannot be read",
        }
    }
}

/// What comes of a request.
#[derive(Default)]
pub(super) struct Answered {
    /// The line that is said; a request without `id` has none.
    pub(super) line: Option<Value>,
    /// Who follows from now on.
    pub(super) follower: Option<Follower>,
    /// Who hears of events from now on.
    pub(super) listening: Option<Listening>,
}

/// What is said to one line, and who follows from now on. A request without an
/// `id` is never answered, whatever comes of it.
pub(super) fn answer(line: &str, pairs: &[Watched], clock: &SystemClock) -> Answered {
    let mut answered = Answered::default();
    let (id, fulfilled) = match serde_json::from_str::<Value>(line) {
        Err(_) => (Some(Value::Null), Err(Refusal::NotJson)),
        // Objects only: a list would be read as if its order named its members.
        Ok(said) => match Call::deserialize(&said) {
            Ok(call) if said.is_object() => {
                (said.get("id").cloned(), fulfil(call, pairs, clock, &mut answered))
            }
            _ => (Some(said.get("id").cloned().unwrap_or_default()), Err(Refusal::NoRequest)),
        },
    };
    let (what, told) = match fulfilled {
        Ok(result) => ("result", result),
        Err(refusal) => ("error", json!({"code": refusal as i64, "message": refusal.words()})),
    };
    answered.line = id.map(|id| json!({"jsonrpc": "2.0", "id": id, what: told}));
    answered
}

/// Does what is asked.
fn fulfil(
    call: Call,
    pairs: &[Watched],
    clock: &SystemClock,
    answered: &mut Answered,
) -> Result<Value, Refusal> {
    let params = match call.params {
        Value::Null => Params::default(),
        Value::Object(_) => Params::deserialize(call.params).map_err(|_| Refusal::BadParams)?,
        _ => return Err(Refusal::BadParams),
    };
    let meant = meant(pairs, params.folder.as_deref())?;
    let language = params.language.as_deref().and_then(Language::from_tag).unwrap_or_default();
    let texts = Texts::new(language);
    match call.method.as_str() {
        "activity" => return activity(&texts, &meant, params),
        "folders" => return choose::folders(&meant),
        "select" => choose::select(&meant, &params)?,
        "status" | "follow" | "events" => {}
        "sync" => meant.iter().for_each(|(_, pair)| pair.wishes.look()),
        "resume" => meant.iter().for_each(|(_, pair)| pair.wishes.resume()),
        "pause" => {
            let end = params.seconds.map(|seconds| clock.wall().saturating_add(seconds.max(0)));
            let pause = end.map_or(Pause::Open, Pause::Until);
            meant.iter().for_each(|(_, pair)| pair.wishes.pause(pause));
        }
        _ => return Err(Refusal::NoMethod),
    }
    let standing = meant.iter().map(|(_, pair)| standing_of(&texts, pair, clock.wall()));
    let result = json!(Standings { pairs: standing.collect() });
    match call.method.as_str() {
        "follow" => answered.follower = Some(Follower::of(texts, &meant)),
        "events" => answered.listening = Some(Listening::of(texts, &meant)),
        _ => {}
    }
    Ok(result)
}

/// The pairs that are meant, with their numbers.
fn meant<'a>(
    pairs: &'a [Watched],
    folder: Option<&str>,
) -> Result<Vec<(usize, &'a Watched)>, Refusal> {
    let all = pairs.iter().enumerate();
    let Some(folder) = folder else { return Ok(all.collect()) };
    let found = all.filter(|(_, pair)| pair.pair.local == Path::new(folder));
    let found: Vec<_> = found.collect();
    if found.is_empty() { Err(Refusal::NoFolder) } else { Ok(found) }
}

/// A page of what was done, newest first.
fn activity(texts: &Texts, meant: &[(usize, &Watched)], params: Params) -> Result<Value, Refusal> {
    let pair = match meant {
        [] => return Err(Refusal::NoFolder),
        [(_, pair)] => *pair,
        _ => return Err(Refusal::WhichFolder),
    };
    let filter = params.path.as_deref().map(Filter::parse).transpose();
    let limit = params.limit.unwrap_or(PAGE).clamp(1, MOST);
    let query = Query {
        before: params.before,
        after: params.after,
        since: params.since,
        filter: filter.map_err(|_| Refusal::BadParams)?,
        // One more tells whether there is more.
        limit: Some(limit + 1),
    };
    let page = pair.activity.page(&query).map_err(|error| {
        tracing::warn!(%error, "activity");
        Refusal::Unreadable
    })?;
    let entries = page.iter().take(limit).map(|kept| entry_of(texts, pair, kept));
    Ok(json!({"entries": entries.collect::<Vec<_>>(), "more": page.len() > limit}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<Value> {
        answer(line, &[], &SystemClock::new()).line
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
            (r#"{"id":1,"method":"activity"}"#, -32000),
        ] {
            assert_eq!(told(line).unwrap()["error"]["code"], code, "{line}");
        }
    }
}
