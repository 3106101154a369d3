//! A sync that somebody else does: the one who watches the pair.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::client::{AskError, ask};
use crate::clock::{Clock as _, SystemClock};

/// How often it is asked whether it has ended.
const PAUSE: Duration = Duration::from_millis(200);

/// So many runs of what waits are waited for.
const PATIENCE: u64 = 5;

/// A pause by itself ends for whoever wants a sync; if it has not after so many
/// questions, it is another one.
const GLANCES: u32 = 25;

/// Whether something that waits, and goes on by itself, is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// For a while.
    ForAWhile,
    /// No.
    Not,
}

/// Has the pair that `params` mean synced by whoever watches it, found by the
/// sockets in `dir`, and returns how it stands afterwards: as soon as a run has
/// come to its end that began after this was asked, or a pause keeps all runs away.
///
/// # Errors
///
/// If nobody watches it, or whoever does cannot be asked any more.
pub async fn sync(dir: &Path, params: &Value, waits: Waits) -> Result<Value, AskError> {
    let before = first(dir, "status", params).await?;
    first(dir, "sync", params).await?;
    // A run that goes on already has perhaps looked past what is meant.
    let wanted = runs(&before) + 1 + u64::from(is_at_work(&before));
    let clock = SystemClock::new();
    let mut pauses = 0;
    loop {
        clock.sleep(PAUSE).await;
        let pair = first(dir, "status", params).await?;
        let ran = runs(&pair) >= wanted && !is_at_work(&pair);
        let goes_on = pair["state"] == "waiting"
            && waits == Waits::ForAWhile
            && runs(&pair) < wanted + PATIENCE;
        pauses = if pair["state"] == "paused" { pauses + 1 } else { 0 };
        let paused = pauses > 0 && (pair["reason"].is_null() || pauses > GLANCES);
        if ran && !goes_on || paused {
            return Ok(pair);
        }
    }
}

async fn first(dir: &Path, method: &str, params: &Value) -> Result<Value, AskError> {
    let told = ask(dir, method, params).await?;
    told.pairs.into_iter().next().ok_or(AskError::NotWatched)
}

fn runs(pair: &Value) -> u64 {
    pair["runs"].as_u64().unwrap_or(0)
}

fn is_at_work(pair: &Value) -> bool {
    matches!(pair["state"].as_str(), Some("starting" | "checking" | "syncing"))
}
