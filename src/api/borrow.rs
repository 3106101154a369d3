//! Asks those that watch a folder to let go of it for a while.

use std::path::Path;

use serde_json::json;
use tokio::io::BufReader;
use tokio::time::timeout;

use super::client::{PATIENCE, say};
use super::socket::{Ours, sockets};

/// A folder that all who watched it have let go of, for as long as this is kept.
#[must_use = "the folder is given back when this is dropped"]
#[derive(Default)]
pub struct Borrowed(Vec<BufReader<Ours>>);

impl Borrowed {
    /// From how many it was borrowed.
    pub fn lenders(&self) -> usize {
        self.0.len()
    }
}

/// Has all that watch the folder `local`, by their sockets in `dir`, let go of it.
/// Whoever does not answer goes on to hold it, and is not waited for.
pub async fn borrow(dir: &Path, local: &Path) -> Borrowed {
    let params = json!({"folder": local.to_string_lossy()});
    let mut borrowed = Borrowed::default();
    for place in sockets(dir) {
        match timeout(PATIENCE, say(&place, "lend", &params)).await {
            Ok(Ok((answer, stream))) if answer.get("result").is_some() => borrowed.0.push(stream),
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "nobody lends"),
            Err(_) => tracing::info!("one that watches does not let go in time"),
        }
    }
    borrowed
}
