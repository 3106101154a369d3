//! What is asked, and what is answered.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::choices::Later;
use super::document::{entry_of, standing_of};
use super::events::Listening;
use super::folders;
use super::follow::Follower;
use super::{Standings, Watched};
use crate::activity::{Filter, Query, Verb};
use crate::clock::{Clock as _, SystemClock};
use crate::conflicts::{Choice, Request, Selection};
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
    /// Only entries with these verbs.
    verbs: Option<Vec<Verb>>,
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
    /// What is to be kept of two versions.
    choice: Option<Choice>,
    /// The files that are meant: only those with these paths.
    paths: Option<Vec<String>>,
    /// Only files below this folder, or that this pattern matches.
    under: Option<String>,
    /// Only files of which both versions hold the same bytes.
    equal: Option<bool>,
    /// All of them are meant.
    all: Option<bool>,
    /// The entry of the choice that is to be taken back.
    entry: Option<i64>,
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
    NotOpen = -32003,
    NoChoice = super::client::NO_CHOICE as isize,
    NoJournal = -32005,
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
            Self::NotOpen => "this folder is not open at the moment",
        }
    }
}

/// What comes of a request.
#[derive(Default)]
pub(super) struct Answered {
    /// The line that is said; a request without `id` has none.
    pub(super) line: Option<Value>,
    /// What is said once it is there, and to which `id`.
    pub(super) later: Option<(Option<Value>, Later)>,
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
    match fulfilled {
        Ok(Fulfilled::Later(later)) => answered.later = Some((id, *later)),
        Ok(Fulfilled::Now(result)) => answered.line = line_of(id, Ok(result)),
        Err(refusal) => answered.line = line_of(id, Err(refusal)),
    }
    answered
}

/// The line for an answer that had to be waited for.
pub(super) async fn late(id: Option<Value>, later: Later) -> Option<Value> {
    line_of(id, later.value().await.ok_or(Refusal::NotOpen))
}

fn line_of(id: Option<Value>, told: Result<Value, Refusal>) -> Option<Value> {
    let (what, told) = match told {
        Ok(result) => ("result", result),
        Err(refusal) => ("error", json!({"code": refusal as i64, "message": refusal.words()})),
    };
    id.map(|id| json!({"jsonrpc": "2.0", "id": id, what: told}))
}

/// What comes of a request that is none to be refused.
enum Fulfilled {
    Now(Value),
    Later(Box<Later>),
}

/// Does what is asked.
fn fulfil(
    call: Call,
    pairs: &[Watched],
    clock: &SystemClock,
    answered: &mut Answered,
) -> Result<Fulfilled, Refusal> {
    let params = match call.params {
        Value::Null => Params::default(),
        Value::Object(_) => Params::deserialize(call.params).map_err(|_| Refusal::BadParams)?,
        _ => return Err(Refusal::BadParams),
    };
    let meant = meant(pairs, params.folder.as_deref())?;
    let language = params.language.as_deref().and_then(Language::from_tag).unwrap_or_default();
    let texts = Texts::new(language);
    match call.method.as_str() {
        "activity" => return activity(&texts, &meant, params).map(Fulfilled::Now),
        "conflicts" | "choose" | "undo" => {
            let pair = only(&meant)?;
            let request = request(&call.method, params)?;
            let answer = pair.wishes.ask(request.clone(), pair.activity.clone());
            return Ok(Fulfilled::Later(Box::new(Later { request, texts, answer })));
        }
        "folders" => return folders::told(&meant).map(Fulfilled::Now),
        "select" => folders::select(&meant, &params)?,
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
    Ok(Fulfilled::Now(result))
}

/// What is asked about files that stand here in two versions.
fn request(method: &str, params: Params) -> Result<Request, Refusal> {
    if method == "undo" {
        return Ok(Request::Undo(params.entry));
    }
    let under = params.under.as_deref().map(Filter::parse).transpose();
    let under = under.map_err(|_| Refusal::BadParams)?;
    let paths = params.paths.unwrap_or_default();
    // Nobody is to settle everything by having left something out.
    let said = params.all == Some(true)
        || !paths.is_empty()
        || under.is_some()
        || params.equal == Some(true);
    let equal = params.equal == Some(true);
    let selection = Selection { paths, under, before: params.before, equal };
    match (method, params.choice) {
        ("conflicts", _) => Ok(Request::List(selection)),
        (_, Some(choice)) if said => Ok(Request::Choose(choice, selection)),
        _ => Err(Refusal::BadParams),
    }
}

/// The one pair that is meant.
fn only<'a>(meant: &[(usize, &'a Watched)]) -> Result<&'a Watched, Refusal> {
    match meant {
        [] => Err(Refusal::NoFolder),
        [(_, pair)] => Ok(pair),
        _ => Err(Refusal::WhichFolder),
    }
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
    let pair = only(meant)?;
    let filter = params.path.as_deref().map(Filter::parse).transpose();
    let limit = params.limit.unwrap_or(PAGE).clamp(1, MOST);
    let query = Query {
        before: params.before,
        after: params.after,
        since: params.since,
        filter: filter.map_err(|_| Refusal::BadParams)?,
        verbs: params.verbs.unwrap_or_default(),
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

    #[test]
    fn nobody_settles_everything_by_leaving_something_out() {
        let params = |text: &str| serde_json::from_str::<Params>(text).unwrap();
        for said in [r#"{"choice":"mine"}"#, r#"{"choice":"mine","paths":[]}"#, r#"{"all":true}"#] {
            assert!(request("choose", params(said)).is_err(), "{said}");
        }
        let all = request("choose", params(r#"{"choice":"theirs","all":true}"#));
        assert!(matches!(all, Ok(Request::Choose(Choice::Theirs, _))));
        let one = request("choose", params(r#"{"choice":"both","paths":["a"]}"#));
        assert!(matches!(one, Ok(Request::Choose(Choice::Both, _))));
    }

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
            (r#"{"id":1,"method":"conflicts"}"#, -32000),
        ] {
            assert_eq!(told(line).unwrap()["error"]["code"], code, "{line}");
        }
    }
}
