//! What needs a person.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use serde::Serialize;
use serde_json::{Value, json};

use super::client::{AskError, each};
use super::document::Said;
use super::pairs::Watched;
use super::params::Refusal;
use crate::activity::{Query, Recorder, Verb};
use crate::clock::Clock;
use crate::concern::{self, About, Whose, gathered};
use crate::text::{self, Texts};
use crate::watch::Standing;

/// Files of one question that are told, unless fewer are wanted.
const FILES: usize = 1000;
/// Files of one question that are told at most.
const MOST_FILES: usize = 10_000;

/// Of so many entries it is known since when something is so.
const ENTRIES: usize = 1000;

/// One thing that needs somebody, with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Concern {
    /// The same for as long as it is the same question.
    pub id: String,
    /// The folder of the pair; of what concerns a whole account, the first one.
    pub folder: String,
    /// The name of the account.
    pub account: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// What is the case, for people.
    pub said: Said,
    /// What it is about.
    pub about: About,
}

/// What needs a person of these pairs, the oldest first.
pub(super) fn told(texts: &Texts, meant: &[Rc<Watched>], clock: &impl Clock) -> Value {
    let mut said: BTreeMap<String, (Rc<Watched>, Standing)> = BTreeMap::new();
    let mut all = Vec::new();
    for pair in meant.iter().filter(|pair| !pair.is_elsewhere()) {
        let standing = pair.board.now();
        let whose = Whose { since: since(&pair.activity), ..whose(pair) };
        all.extend(concern::of(&whose, &standing));
        said.insert(whose.folder, (pair.clone(), standing));
    }
    let concerns = gathered(all).into_iter().filter_map(|concern| {
        let (pair, standing) = said.get(&concern.folder)?;
        Some(spoken(texts, concern, pair, standing, clock))
    });
    json!({"concerns": concerns.collect::<Vec<_>>()})
}

fn whose(pair: &Watched) -> Whose {
    let room = pair.board.portrait().and_then(|portrait| portrait.room);
    Whose {
        folder: pair.pair.local.to_string_lossy().into_owned(),
        account: pair.account.name.clone(),
        server: pair.pair.server.as_str().to_owned(),
        host: pair.pair.server.host(),
        free: room.and_then(|room| Some(room.total?.saturating_sub(room.used))),
        since: BTreeMap::new(),
    }
}

/// The ids of what needs a person of a pair that stands so.
pub(super) fn ids(pair: &Watched, standing: &Standing) -> Vec<String> {
    match standing.is_elsewhere() {
        true => Vec::new(),
        false => concern::ids(&whose(pair), standing),
    }
}

/// The files that one question of this pair is about.
pub(super) fn parts(
    pair: &Watched,
    id: Option<&str>,
    limit: Option<usize>,
) -> Result<Value, Refusal> {
    let id = id.ok_or(Refusal::BadParams)?;
    let limit = limit.unwrap_or(FILES).clamp(1, MOST_FILES);
    // One more tells whether there is more.
    let parts = pair.board.see(|standing| concern::parts(&whose(pair), standing, id, limit + 1));
    let mut parts = parts.ok_or(Refusal::NotAsked)?;
    let more = parts.len() > limit;
    parts.truncate(limit);
    Ok(json!({"files": parts, "more": more}))
}

/// Since when each path stands so as it was last said.
fn since(activity: &Recorder) -> BTreeMap<String, i64> {
    let verbs = vec![Verb::Held, Verb::Failed, Verb::Conflict];
    let query = Query { verbs, limit: Some(ENTRIES), ..Query::default() };
    let mut since = BTreeMap::new();
    for kept in activity.page(&query).unwrap_or_default() {
        since.entry(kept.entry.path).or_insert(kept.entry.at);
    }
    since
}

fn spoken(
    texts: &Texts,
    concern: concern::Concern,
    pair: &Watched,
    standing: &Standing,
    clock: &impl Clock,
) -> Concern {
    let (host, place) = (pair.pair.server.host(), pair.state_dir.to_string_lossy());
    let now = (clock.wall(), clock.now());
    let stopped = text::standing(texts, standing, (&host, &place), now);
    let said = text::concern(texts, &concern, &host, &stopped).into();
    let concern::Concern { id, folder, account, since, about } = concern;
    Concern { id, folder, account, since, said, about }
}

/// What needs a person of all pairs, as those tell that watch, by their sockets
/// in `dir`; of one folder if `params` name it.
///
/// # Errors
///
/// If nobody watches, or nobody watches the folder that is meant.
pub async fn concerns(dir: &Path, params: &Value) -> Result<Vec<Value>, AskError> {
    let mut all: Vec<Value> = Vec::new();
    for told in each(dir, "concerns", params).await? {
        for concern in told["concerns"].as_array().into_iter().flatten() {
            if !all.iter().any(|known| known["id"] == concern["id"]) {
                all.push(concern.clone());
            }
        }
    }
    all.sort_by_key(|concern| concern["since"].as_i64());
    Ok(all)
}
