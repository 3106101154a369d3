//! Asks those that watch.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use thiserror::Error;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::time::timeout;

use super::Standings;
use super::socket::{Ours, connect, sockets};
use crate::text::{self, Texts};
use crate::watch::Undecided;

/// How long an answer is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The reason of a pair that another process has.
pub(super) const IN_USE: &str = "in-use";

/// What is answered if a folder of the server cannot be chosen.
pub(super) const NO_CHOICE: i64 = -32004;

/// What is answered if a decision cannot be taken.
pub(super) const NOT_ASKED: i64 = -32006;
/// Both sides would lose files.
pub(super) const WHICH_SIDE: i64 = -32007;
/// Other files are asked about.
pub(super) const OTHER_FILES: i64 = -32008;

/// Why nobody answers.
#[derive(Debug, Error)]
pub enum AskError {
    /// Nobody watches.
    #[error("no Navette watches")]
    Nobody,
    /// The connection broke.
    #[error("the socket: {0}")]
    Broken(#[from] io::Error),
    /// The answer cannot be understood: of another version, perhaps.
    #[error("an answer that is none: {0}")]
    Nonsense(String),
    /// The server has no folder that was to be chosen.
    #[error("no such folder on the server")]
    NoSuchFolder,
    /// None of those that watch knows the folder.
    #[error("not watched")]
    NotWatched,
    /// Whoever watches the folder does not have it open at the moment.
    #[error("not open")]
    NotOpen,
    /// That is not what is asked.
    #[error(transparent)]
    Undecided(#[from] Undecided),
}

impl AskError {
    /// The word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::NotWatched => "not-watched",
            Self::NotOpen => "not-open",
            Self::NoSuchFolder => "no-such-folder",
            Self::Undecided(Undecided::NotAsked) => "not-asked",
            Self::Undecided(Undecided::WhichSide) => "which-side",
            Self::Undecided(Undecided::OtherFiles) => "other-files",
            Self::Broken(_) | Self::Nonsense(_) => "broken",
        }
    }

    /// One sentence and the remedy.
    pub fn said(&self, texts: &Texts) -> text::Said {
        let id = match self {
            Self::Nobody => "ask-nobody",
            Self::NotWatched | Self::NotOpen => "ask-not-watched",
            Self::NoSuchFolder => "ask-no-such-folder",
            Self::Undecided(Undecided::NotAsked) => "ask-not-asked",
            Self::Undecided(Undecided::WhichSide) => "ask-which-side",
            Self::Undecided(Undecided::OtherFiles) => "ask-other-files",
            Self::Broken(_) | Self::Nonsense(_) => "ask-broken",
        };
        texts.explain(id, &[])
    }
}

/// Asks all that watch, by their sockets in `dir`, and returns what they say of
/// the pairs that are meant: of each folder one word, that of whoever has it.
///
/// # Errors
///
/// If nobody watches, or nobody watches the folder that is meant.
pub async fn ask(dir: &Path, method: &str, params: &Value) -> Result<Standings, AskError> {
    let mut known: Vec<Value> = Vec::new();
    for told in each(dir, method, params).await? {
        let told: Standings =
            serde_json::from_value(told).map_err(|error| AskError::Nonsense(error.to_string()))?;
        for pair in told.pairs {
            match known.iter_mut().find(|before| before["folder"] == pair["folder"]) {
                None => known.push(pair),
                Some(before) if before["reason"] == IN_USE => *before = pair,
                Some(_) => {}
            }
        }
    }
    Ok(Standings { pairs: known })
}

/// What each says that watches, by their sockets in `dir`: those that know what
/// is meant.
pub(super) async fn each(dir: &Path, method: &str, params: &Value) -> Result<Vec<Value>, AskError> {
    let (mut known, mut nobody) = (Vec::new(), AskError::Nobody);
    for place in sockets(dir) {
        // One that does not answer keeps no other from being asked.
        match ask_one(&place, method, params).await {
            Ok(Some(told)) => known.push(told),
            Ok(None) if matches!(nobody, AskError::Nobody) => nobody = AskError::NotWatched,
            Ok(None) => {}
            Err(AskError::Broken(error)) if is_dead(&error) => {}
            Err(error) => nobody = error,
        }
    }
    if known.is_empty() { Err(nobody) } else { Ok(known) }
}

/// Whether nobody listens at a socket any more.
fn is_dead(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound)
}

/// Asks one of them, which has a while to answer: it may be stopped, or stuck.
/// None if it does not know what is meant.
async fn ask_one(place: &Path, method: &str, params: &Value) -> Result<Option<Value>, AskError> {
    let answer = timeout(PATIENCE, talk(place, method, params)).await;
    let answer = answer.map_err(|_| AskError::Broken(io::ErrorKind::TimedOut.into()))??;
    if answer["error"]["code"] == NO_CHOICE {
        return Err(AskError::NoSuchFolder);
    }
    Ok(answer.get("result").cloned())
}

/// Asks whoever watches the pair that `params` mean, who may take so long.
///
/// # Errors
///
/// If nobody does, or whoever does cannot be asked or does not have it open.
pub async fn call(
    dir: &Path,
    method: &str,
    params: &Value,
    patience: Duration,
) -> Result<Value, AskError> {
    let mut nobody = AskError::NotWatched;
    for place in sockets(dir) {
        let answer = match timeout(patience, talk(&place, method, params)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(AskError::Broken(error))) if is_dead(&error) => continue,
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(AskError::Broken(io::ErrorKind::TimedOut.into())),
        };
        match (answer.get("result"), answer["error"]["code"].as_i64()) {
            (Some(result), _) => return Ok(result.clone()),
            (None, Some(-32000)) => {}
            // Another one may have it.
            (None, Some(-32003)) => nobody = AskError::NotOpen,
            (None, Some(NOT_ASKED)) => return Err(Undecided::NotAsked.into()),
            (None, Some(WHICH_SIDE)) => return Err(Undecided::WhichSide.into()),
            (None, Some(OTHER_FILES)) => return Err(Undecided::OtherFiles.into()),
            (None, _) => return Err(AskError::Nonsense(answer["error"].to_string())),
        }
    }
    Err(nobody)
}

/// The address of the page on which the server shows what is at `path` in the
/// folder of a pair, by whoever watches it.
///
/// # Errors
///
/// If nobody does.
pub async fn page(dir: &Path, folder: &str, path: Option<&str>) -> Result<String, AskError> {
    let mut params = json!({"folder": folder});
    if let Some(path) = path {
        params["path"] = json!(path);
    }
    let told = call(dir, "page", &params, PATIENCE).await?;
    let url = told["url"].as_str().map(str::to_owned);
    url.ok_or_else(|| AskError::Nonsense(told.to_string()))
}

/// What somebody who watches tells, as it happens.
pub struct Events {
    pub(super) lines: Lines<BufReader<Ours>>,
}

impl Events {
    /// The next notification: its method and its parameters. None once whoever
    /// watches has ended.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        let line = self.lines.next_line().await.ok().flatten()?;
        let mut told: Value = serde_json::from_str(&line).ok()?;
        Some((told["method"].as_str()?.to_owned(), told["params"].take()))
    }
}

/// Asks for the events of the pair that `params` mean, of whoever watches it.
///
/// # Errors
///
/// If nobody does, or whoever does cannot be asked.
pub async fn events(dir: &Path, params: &Value) -> Result<Events, AskError> {
    for place in sockets(dir) {
        let Ok(mut stream) = connect(&place).await else { continue };
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "events", "params": params});
        stream.write_all(format!("{call}\n").as_bytes()).await?;
        let mut lines = BufReader::new(stream).lines();
        let Ok(Ok(Some(line))) = timeout(PATIENCE, lines.next_line()).await else { continue };
        let answer: Value =
            serde_json::from_str(&line).map_err(|error| AskError::Nonsense(error.to_string()))?;
        if answer.get("result").is_some() {
            return Ok(Events { lines });
        }
    }
    Err(AskError::NotWatched)
}

async fn talk(place: &Path, method: &str, params: &Value) -> Result<Value, AskError> {
    say(place, method, params).await.map(|(answer, _)| answer)
}

/// Asks, and returns the connection with the answer.
pub(super) async fn say(
    place: &Path,
    method: &str,
    params: &Value,
) -> Result<(Value, BufReader<Ours>), AskError> {
    let mut stream = connect(place).await?;
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    stream.write_all(format!("{call}\n").as_bytes()).await?;
    let mut line = String::new();
    let mut stream = BufReader::new(stream);
    stream.read_line(&mut line).await?;
    let answer = serde_json::from_str(&line);
    Ok((answer.map_err(|error| AskError::Nonsense(error.to_string()))?, stream))
}
