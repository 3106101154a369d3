//! Asks those that watch.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use thiserror::Error;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

use super::Standings;
use super::socket::{connect, sockets};

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

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
    /// None of those that watch knows the folder.
    #[error("not watched")]
    NotWatched,
}

/// Asks all that watch, by their sockets in `dir`, and returns what they say of
/// the pairs that are meant.
///
/// # Errors
///
/// If nobody watches, or nobody watches the folder that is meant.
pub async fn ask(dir: &Path, method: &str, params: &Value) -> Result<Standings, AskError> {
    let mut all = Standings::default();
    let (mut somebody, mut knows) = (false, false);
    for place in sockets(dir) {
        let answer = match ask_one(&place, method, params).await {
            Ok(answer) => answer,
            Err(AskError::Broken(error)) if is_dead(&error) => continue,
            Err(error) => return Err(error),
        };
        somebody = true;
        if let Some(result) = answer.get("result") {
            let told = serde_json::from_value::<Standings>(result.clone());
            let told = told.map_err(|error| AskError::Nonsense(error.to_string()))?;
            knows = true;
            all.pairs.extend(told.pairs);
        }
    }
    match (somebody, knows) {
        (false, _) => Err(AskError::Nobody),
        (true, false) => Err(AskError::NotWatched),
        (true, true) => Ok(all),
    }
}

/// Whether somebody watches the pair of `folder`.
///
/// # Errors
///
/// If somebody is there, and cannot be asked.
pub async fn running(dir: &Path, folder: &Path) -> Result<bool, AskError> {
    match ask(dir, "status", &json!({"folder": folder.to_string_lossy()})).await {
        Ok(_) => Ok(true),
        Err(AskError::Nobody | AskError::NotWatched) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether nobody listens at a socket any more.
fn is_dead(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound)
}

/// Asks one of them, which has a while to answer: it may be stopped, or stuck.
async fn ask_one(place: &Path, method: &str, params: &Value) -> Result<Value, AskError> {
    let answer = timeout(PATIENCE, talk(place, method, params)).await;
    answer.unwrap_or_else(|_| Err(AskError::Broken(io::ErrorKind::TimedOut.into())))
}

async fn talk(place: &Path, method: &str, params: &Value) -> Result<Value, AskError> {
    let mut stream = connect(place).await?;
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    stream.write_all(format!("{call}\n").as_bytes()).await?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await?;
    serde_json::from_str(&line).map_err(|error| AskError::Nonsense(error.to_string()))
}
