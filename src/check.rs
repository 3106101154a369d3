//! Compares every file with the server by its content, and reports. Nothing is
//! changed on either side, and nothing is written down: a check may run beside
//! a Navette that watches.
//!
//! Every file here is read anew. What stands on the server is known by the
//! checksum that the server vouches for, by the version that was agreed on, or,
//! when asked for, by fetching its bytes. What was agreed (*base*) tells which
//! side has changed without anybody's doing.
//!
//! A difference may only be on its way: whatever is not equal is looked at a
//! second time, after a moment, before it is believed.

mod compare;
mod survey;

use std::time::Duration;

use serde::Serialize;

use crate::clock::Clock;
use crate::disk::{Disk, DiskError};
use crate::model::{RelPath, Rows};
use crate::server::{Server, ServerError};

use compare::Compare;
use survey::Survey;

/// How long what differs is left alone before it is looked at again.
const MOMENT: Duration = Duration::from_secs(4);

/// How bytes on the server are to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By what the server says of them.
    Told,
    /// By fetching all that it does not say enough of.
    Fetched,
}

/// What was found of one file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Both sides hold the same bytes, by checksum or by fetching.
    Equal,
    /// Here are the bytes that were agreed on, and the server still shows that
    /// version. Its bytes were not asked for.
    Agreed,
    /// The server has no checksum of it, and nothing was agreed that would
    /// tell.
    Untold,
    /// The bytes here are not those that were agreed on, though nothing here
    /// says that they were written to.
    DamagedHere,
    /// The bytes there are not those that were agreed on, though it is the
    /// same version.
    DamagedThere,
    /// The bytes differ, and no agreement tells more.
    Differs,
    /// One side has changed since the last agreement.
    Unsynced,
    /// Only this computer has it.
    OnlyHere,
    /// Only the server has it.
    OnlyThere,
    /// It cannot be read here.
    Unreadable,
}

impl Verdict {
    /// Whether nothing is wrong with it, as far as could be told.
    pub fn is_well(self) -> bool {
        matches!(self, Self::Equal | Self::Agreed | Self::Untold)
    }
}

/// What was found of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// Files that are equal.
    pub equal: u64,
    /// Files that are as agreed.
    pub agreed: u64,
    /// Files that could not be compared.
    pub untold: Vec<RelPath>,
    /// What is not well, by path.
    pub items: Vec<(RelPath, Verdict)>,
    /// Bytes that were fetched.
    pub fetched: u64,
}

impl Findings {
    fn add(&mut self, path: RelPath, verdict: Verdict) {
        match verdict {
            Verdict::Equal => self.equal += 1,
            Verdict::Agreed => self.agreed += 1,
            Verdict::Untold => self.untold.push(path),
            _ => self.items.push((path, verdict)),
        }
    }
}

/// Why nothing could be found out.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The folder cannot be read.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The server cannot be asked.
    #[error(transparent)]
    Server(#[from] ServerError),
}

/// Compares a folder with its storage. `rows` tells what is known of the pair
/// at that moment; none if it was never synced.
///
/// # Errors
///
/// If one of the sides cannot be listed. What concerns a single file is found.
pub async fn check<D: Disk, S: Server, C: Clock>(
    (here, there, clock): (&D, &S, &C),
    proof: Proof,
    rows: impl Fn() -> Option<Rows>,
) -> Result<Findings, CheckError> {
    let known = rows().unwrap_or_default();
    let mut findings = Findings::default();
    let mut doubtful = Vec::new();
    let compare = Compare { here, there, proof, rows: &known };
    for (path, pair) in Survey::of(here, there, &known).await?.pairs {
        let verdict = compare.verdict(&path, &pair, &mut findings.fetched).await?;
        if verdict.is_well() { findings.add(path, verdict) } else { doubtful.push(path) }
    }
    if doubtful.is_empty() {
        return Ok(findings);
    }
    clock.sleep(MOMENT).await;
    let known = rows().unwrap_or_default();
    let compare = Compare { here, there, proof, rows: &known };
    let mut again = Survey::of(here, there, &known).await?;
    for path in doubtful {
        // What stands on neither side any more was on its way.
        if let Some(pair) = again.pairs.remove(&path) {
            let verdict = compare.verdict(&path, &pair, &mut findings.fetched).await?;
            findings.add(path, verdict);
        }
    }
    findings.items.sort();
    Ok(findings)
}
