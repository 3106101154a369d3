//! Hears all that watch at once, also those that begin later, and puts together
//! what they say: of each folder the word of whoever has it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use serde::Deserialize as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};

use super::bell::Bell;
use super::client::IN_USE;
use super::document::{Entry, Standing};
use super::socket::{Ours, connect, sockets};
use crate::clock::{Clock as _, SystemClock};

/// A socket is there a moment before anybody answers at it.
const SETTLES: Duration = Duration::from_millis(200);

/// What is heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// A pair stands otherwise.
    Standing(Box<Standing>),
    /// This folder is not watched any more.
    Gone(String),
    /// Something was done.
    Done(Box<Entry>),
}

/// Hears all that watch, by their sockets in `dir`, for as long as it is polled.
/// Sentences are in `language`.
pub async fn gather(dir: &Path, language: &str, mut tell: impl FnMut(Told)) {
    let (clock, bell) = (SystemClock::new(), Bell::of(dir));
    let mut gathered = Gathered::default();
    // A dead one stays in the folder for a while, and is tried once.
    let mut tried = BTreeSet::new();
    let mut talks = FuturesUnordered::new();
    loop {
        for place in sockets(dir) {
            if tried.insert(place.clone()) {
                gathered.0.insert(place.clone(), BTreeMap::new());
                talks.push(begun(place, language.to_owned()));
            }
        }
        tokio::select! {
            () = bell.rings(&clock) => {
                clock.sleep(SETTLES).await;
                tried.retain(|place| gathered.0.contains_key(place));
            }
            Some((place, heard)) = talks.next() => match heard {
                Some((lines, heard)) => {
                    heard.into_iter().flat_map(|heard| gathered.hear(&place, heard)).for_each(&mut tell);
                    talks.push(next(place, lines));
                }
                None => gathered.closed(&place).into_iter().for_each(&mut tell),
            },
        }
    }
}

/// What one connection has told, or that it has ended.
type Heard = (PathBuf, Option<(Lines<BufReader<Ours>>, Vec<Value>)>);

/// Connects, and asks for everything.
fn begun(place: PathBuf, language: String) -> LocalBoxFuture<'static, Heard> {
    Box::pin(async move {
        let Ok(mut stream) = connect(&place).await else { return (place, None) };
        let params = json!({"language": language});
        for (id, method) in ["follow", "events"].into_iter().enumerate() {
            let call = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
            if stream.write_all(format!("{call}\n").as_bytes()).await.is_err() {
                return (place, None);
            }
        }
        (place, Some((BufReader::new(stream).lines(), Vec::new())))
    })
}

/// The next line.
fn next(place: PathBuf, mut lines: Lines<BufReader<Ours>>) -> LocalBoxFuture<'static, Heard> {
    Box::pin(async move {
        match lines.next_line().await {
            Ok(Some(line)) => {
                let told = serde_json::from_str(&line).into_iter().collect();
                (place, Some((lines, told)))
            }
            _ => (place, None),
        }
    })
}

/// How each pair stands, by the socket at which that is said.
#[derive(Default)]
struct Gathered(BTreeMap<PathBuf, BTreeMap<String, Standing>>);

impl Gathered {
    /// Takes one message.
    fn hear(&mut self, place: &Path, message: Value) -> Vec<Told> {
        let params = &message["params"];
        match message["method"].as_str() {
            // The answers to both questions say how all pairs stand.
            None => {
                let pairs = message["result"]["pairs"].as_array().into_iter().flatten();
                pairs.filter_map(|pair| self.stands(place, pair)).collect()
            }
            Some("standing") => self.stands(place, params).into_iter().collect(),
            Some("gone") => {
                let folder = params["folder"].as_str().unwrap_or_default().to_owned();
                self.gone(place, &folder).into_iter().collect()
            }
            Some("event") => {
                let entry = Entry::deserialize(params);
                entry.ok().map(|entry| Told::Done(Box::new(entry))).into_iter().collect()
            }
            Some(_) => Vec::new(),
        }
    }

    /// Somebody says that a pair stands so.
    fn stands(&mut self, place: &Path, pair: &Value) -> Option<Told> {
        // Of another version, perhaps, which says it otherwise.
        let stands = Standing::deserialize(pair).ok()?;
        let folder = stands.folder.clone();
        let is_elsewhere = stands.reason.as_deref() == Some(IN_USE);
        self.0.entry(place.to_owned()).or_default().insert(folder.clone(), stands.clone());
        let other = self.word(&folder).filter(|_| is_elsewhere);
        Some(Told::Standing(Box::new(other.cloned().unwrap_or(stands))))
    }

    /// Somebody says that a folder is not watched any more.
    fn gone(&mut self, place: &Path, folder: &str) -> Option<Told> {
        self.0.get_mut(place)?.remove(folder)?;
        Some(match self.word(folder) {
            Some(stands) => Told::Standing(Box::new(stands.clone())),
            None => Told::Gone(folder.to_owned()),
        })
    }

    /// Nobody answers there any more.
    fn closed(&mut self, place: &Path) -> Vec<Told> {
        let folders: Vec<String> =
            self.0.get(place).into_iter().flatten().map(|(f, _)| f.clone()).collect();
        let told = folders.iter().filter_map(|folder| self.gone(place, folder)).collect();
        self.0.remove(place);
        told
    }

    /// The word that counts of a folder: of whoever has it, before others.
    fn word(&self, folder: &str) -> Option<&Standing> {
        let words = || self.0.values().filter_map(|pairs| pairs.get(folder));
        words().find(|stands| stands.reason.as_deref() != Some(IN_USE)).or_else(|| words().next())
    }
}

#[cfg(test)]
#[path = "gather/tests.rs"]
mod tests;
