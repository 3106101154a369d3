//! What was done in all folders, newest first, a page at a time.
//!
//! It is read from what is kept of each pair, beside whoever writes there: also
//! of pairs that nobody watches.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::describe::told_of;
use super::document::Entry;
use crate::activity::{ActivityError, Kept, Query, Store, Verb};
use crate::settings::{Pair, Places, Settings};
use crate::text::Texts;

/// Entries of a page at most.
const MOST: u64 = 1000;

/// Which entries are wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct ActivityQuery {
    /// Of this folder; null: of all folders.
    pub folder: Option<String>,
    /// With one of these verbs; none: all.
    pub verbs: Vec<Verb>,
    /// Part of a path, whatever the case of its letters; not a pattern.
    pub text: Option<String>,
    /// Since then, in seconds since 1970.
    pub since: Option<i64>,
    /// What the page before has called the next one.
    pub next: Option<String>,
    /// So many at most.
    pub limit: u64,
}

/// A page of what was done, newest first; `next` asks for the one after it.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct ActivityPage {
    /// The entries.
    pub entries: Vec<Entry>,
    /// What asks for the page after this one; null: there is none.
    pub next: Option<String>,
}

/// A pair whose entries are wanted.
#[derive(Clone, Debug)]
pub struct Kin {
    /// Its folder.
    pub local: PathBuf,
    /// Where its journal lies.
    pub state_dir: PathBuf,
}

impl Kin {
    /// All pairs that are configured.
    pub fn configured(settings: &Settings, places: &Places) -> Vec<Self> {
        let pairs = settings.folders.iter().filter_map(|folder| {
            let account = settings.account(Some(&folder.account)).ok()?;
            let state_dir = places.state_dir(&Pair::of(folder, account));
            Some(Self { local: folder.path.clone(), state_dir })
        });
        pairs.collect()
    }
}

/// What the next page begins with: of each folder only entries before this one.
type Cursor = BTreeMap<String, i64>;

/// A page of what was done in these pairs, with words of `texts`. Of what cannot
/// be read of one pair, the others are told all the same.
///
/// # Errors
///
/// If nothing can be read.
pub fn history(
    texts: &Texts,
    pairs: &[Kin],
    query: &ActivityQuery,
) -> Result<ActivityPage, ActivityError> {
    let limit = usize::try_from(query.limit.clamp(1, MOST)).unwrap_or(1);
    let mut cursor: Cursor =
        query.next.as_deref().and_then(|next| serde_json::from_str(next).ok()).unwrap_or_default();
    let (mut found, mut failure) = (Vec::new(), None);
    for pair in pairs {
        let folder = pair.local.to_string_lossy().into_owned();
        if query.folder.as_ref().is_some_and(|wanted| *wanted != folder) {
            continue;
        }
        let wanted = wanted(query, cursor.get(&folder).copied(), limit);
        match read(pair, &wanted) {
            Ok(kept) => found.push((folder, pair, kept)),
            Err(error) => failure = Some(error),
        }
    }
    if let Some(error) = failure {
        tracing::warn!(%error, "what was done");
        if found.is_empty() {
            return Err(error);
        }
    }
    let mut lists: Vec<_> = found.iter().map(|(_, _, kept)| kept.iter().peekable()).collect();
    let mut entries = Vec::new();
    while entries.len() < limit {
        // Ids are of one pair each; moments are of all.
        let heads = lists.iter_mut().enumerate();
        let newest = heads.filter_map(|(at, list)| Some((list.peek()?.entry.at, at)));
        let Some((_, at)) = newest.max_by_key(|(moment, at)| (*moment, std::cmp::Reverse(*at)))
        else {
            break;
        };
        let (folder, pair, _) = &found[at];
        let Some(kept) = lists[at].next() else { break };
        cursor.insert(folder.clone(), kept.id);
        entries.push(told_of(texts, &pair.local, kept));
    }
    let more = lists.iter_mut().any(|list| list.peek().is_some());
    let next = more.then(|| serde_json::to_string(&cursor).unwrap_or_default());
    Ok(ActivityPage { entries, next })
}

/// What is wanted of one pair; one more tells whether there is more.
fn wanted(query: &ActivityQuery, before: Option<i64>, limit: usize) -> Query {
    Query {
        before,
        since: query.since,
        text: query.text.clone().unwrap_or_default(),
        verbs: query.verbs.clone(),
        limit: Some(limit + 1),
        ..Query::default()
    }
}

fn read(pair: &Kin, query: &Query) -> Result<Vec<Kept>, ActivityError> {
    Store::read(&pair.state_dir)?.map_or(Ok(Vec::new()), |store| store.page(query))
}

#[cfg(test)]
#[path = "history/tests.rs"]
mod tests;
