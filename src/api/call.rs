//! What is asked, and what is answered.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts;
use super::asides;
use super::choices;
use super::concerns;
use super::decide;
use super::describe::{standing_of, told_of};
use super::errand::Later;
use super::events::Listening;
use super::folders;
use super::follow::Follower;
use super::page::page;
use super::pairs::{Pairs, Watched};
use super::params::{Params, Refusal};
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

/// What comes of a request.
#[derive(Default)]
pub(super) struct Answered {
    /// The line that is said; a request without `id` has none.
    pub(super) line: Option<Value>,
    /// What is said once it is there, and to which `id`.
    pub(super) later: Option<(Option<Value>, Later)>,
    /// The folder that is let go of for as long as the connection lasts.
    pub(super) lends: Option<PathBuf>,
    /// Who follows from now on.
    pub(super) follower: Option<Follower>,
    /// Who hears of events from now on.
    pub(super) listening: Option<Listening>,
}

/// What is said to one line, and who follows from now on. A request without an
/// `id` is never answered, whatever comes of it.
pub(super) fn answer(line: &str, pairs: &Pairs, clock: &SystemClock) -> Answered {
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
        Ok(Fulfilled::Later(later)) => answered.later = Some((id, later)),
        Ok(Fulfilled::Now(result)) => answered.line = line_of(id, Ok(result)),
        Err(refusal) => answered.line = line_of(id, Err(refusal)),
    }
    answered
}

/// The line for an answer that had to be waited for.
pub(super) async fn late(id: Option<Value>, later: Later) -> Option<Value> {
    line_of(id, later.await)
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
    Later(Later),
}

/// Does what is asked.
fn fulfil(
    call: Call,
    pairs: &Pairs,
    clock: &SystemClock,
    answered: &mut Answered,
) -> Result<Fulfilled, Refusal> {
    let params = match call.params {
        Value::Null => Params::default(),
        Value::Object(_) => Params::deserialize(call.params).map_err(|_| Refusal::BadParams)?,
        _ => return Err(Refusal::BadParams),
    };
    let folder = params.folder.clone();
    let meant = meant(pairs, folder.as_deref())?;
    let language = params.language.as_deref().and_then(Language::from_tag).unwrap_or_default();
    let texts = Texts::new(language);
    match call.method.as_str() {
        "accounts" => return Ok(Fulfilled::Now(accounts::told(&meant, clock))),
        "activity" => return activity(&texts, &meant, params).map(Fulfilled::Now),
        "conflicts" | "choose" | "undo" => {
            let pair = ours(only(&meant)?)?;
            return choices::later(pair, &call.method, params, texts).map(Fulfilled::Later);
        }
        "page" => {
            let url = page(only(&meant)?, params.path.as_deref());
            return Ok(Fulfilled::Now(json!({"url": url})));
        }
        "lend" => {
            answered.lends = Some(only(&meant)?.pair.local.clone());
            return Ok(Fulfilled::Now(json!({"pairs": []})));
        }
        "concerns" => return Ok(Fulfilled::Now(concerns::told(&texts, &meant, clock))),
        "concern_files" => {
            let pair = ours(only(&meant)?)?;
            return concerns::parts(pair, params.id.as_deref(), params.limit).map(Fulfilled::Now);
        }
        "asides" => return Ok(Fulfilled::Later(asides::list(meant, params.text))),
        "preview" => return asides::shown(only(&meant)?, &params).map(Fulfilled::Later),
        "check_name" => {
            return asides::checked(only(&meant)?, &params, texts).map(Fulfilled::Later);
        }
        "rename" => {
            let pair = ours(only(&meant)?)?;
            return asides::renamed(pair, &params, texts).map(Fulfilled::Later);
        }
        "bring_back" | "empty_asides" => {
            let pair = ours(only(&meant)?)?;
            return asides::later(pair, &call.method, &params, texts).map(Fulfilled::Later);
        }
        "folders" => return folders::told(&meant, params.path.as_deref()).map(Fulfilled::Now),
        "select" => folders::select(&meant, &params)?,
        "decide" => decide::decide(ours(only(&meant)?)?, &params)?,
        "status" | "follow" | "events" => {}
        "sync" => meant.iter().for_each(|pair| pair.wishes.look()),
        "resume" => meant.iter().for_each(|pair| pair.wishes.resume()),
        "pause" => {
            let end = params.seconds.map(|seconds| clock.wall().saturating_add(seconds.max(0)));
            let pause = end.map_or(Pause::Open, Pause::Until);
            meant.iter().for_each(|pair| pair.wishes.pause(pause));
        }
        _ => return Err(Refusal::NoMethod),
    }
    let standings: Vec<_> = meant.iter().map(|pair| standing_of(&texts, pair, clock)).collect();
    let folder = folder.as_deref();
    match call.method.as_str() {
        "follow" => answered.follower = Some(Follower::of(texts, folder, pairs, &meant)),
        "events" => answered.listening = Some(Listening::of(texts, folder, pairs)),
        _ => {}
    }
    Ok(Fulfilled::Now(json!({"pairs": standings})))
}

/// The one pair that is meant.
pub(super) fn only(meant: &[Rc<Watched>]) -> Result<&Watched, Refusal> {
    match meant {
        [] => Err(Refusal::NoFolder),
        [pair] => Ok(pair),
        _ => Err(Refusal::WhichFolder),
    }
}

/// The pair, if it is not another process that has it.
pub(super) fn ours(pair: &Watched) -> Result<&Watched, Refusal> {
    if pair.is_elsewhere() { Err(Refusal::NotOpen) } else { Ok(pair) }
}

/// The pairs that are meant.
fn meant(pairs: &Pairs, folder: Option<&str>) -> Result<Vec<Rc<Watched>>, Refusal> {
    let mut all = pairs.all();
    let Some(folder) = folder else { return Ok(all) };
    all.retain(|pair| pair.pair.local == Path::new(folder));
    if all.is_empty() { Err(Refusal::NoFolder) } else { Ok(all) }
}

/// A page of what was done, newest first.
fn activity(texts: &Texts, meant: &[Rc<Watched>], params: Params) -> Result<Value, Refusal> {
    let pair = only(meant)?;
    let filter = params.path.as_deref().map(Filter::parse).transpose();
    let limit = params.limit.unwrap_or(PAGE).clamp(1, MOST);
    let query = Query {
        before: params.before,
        after: params.after,
        since: params.since,
        filter: filter.map_err(|_| Refusal::BadParams)?,
        text: params.text.unwrap_or_default(),
        verbs: params.verbs.unwrap_or_default(),
        // One more tells whether there is more.
        limit: Some(limit + 1),
    };
    let page = pair.activity.page(&query).map_err(|error| {
        tracing::warn!(%error, "activity");
        Refusal::Unreadable
    })?;
    let entries = page.iter().take(limit).map(|kept| told_of(texts, &pair.pair.local, kept));
    Ok(json!({"entries": entries.collect::<Vec<_>>(), "more": page.len() > limit}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> Option<Value> {
        answer(line, &Pairs::default(), &SystemClock::new()).line
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
