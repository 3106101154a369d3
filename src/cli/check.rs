//! `navette check`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::check::{CheckError, Findings, Proof, check};
use crate::clock::SystemClock;
use crate::journal::{Journal, OnDisk};
use crate::pair;
use crate::report::EngineError;
use crate::text;

use super::args::CheckArgs;
use super::console::Console;
use super::failure::{Exit, Failure};
use super::target::{self, Target};
use super::{interrupt, password};

/// Compares folders with their storages.
pub(super) async fn run(console: &Console, args: &CheckArgs) -> Result<Exit, Failure> {
    let mut found = Vec::new();
    for target in target::all(console, args.local_dir.as_deref(), &args.side)? {
        let findings = tokio::select! {
            biased;
            () = interrupt::wanted() => return Err(Failure::Interrupted),
            findings = checked(console, args, &target) => findings?,
        };
        if !args.json {
            print(console, &target, &findings);
        }
        found.push((target, findings));
    }
    let is_well = found.iter().all(|(_, findings)| findings.items.is_empty());
    let exit = if is_well { Exit::Equal } else { Exit::Unfinished };
    if args.json {
        let pairs: Vec<Value> =
            found.iter().map(|(target, found)| document(console, target, found)).collect();
        console.print(&json!({ "exit": exit as u8, "pairs": pairs }).to_string());
    }
    Ok(exit)
}

async fn checked(
    console: &Console,
    args: &CheckArgs,
    target: &Target,
) -> Result<Findings, Failure> {
    let file = args.sign_in.password_file.as_deref();
    let password = password::find(console, file, &target.pair).await?;
    let ca_file = args.sign_in.ca_file.clone().or_else(|| target.ca_file.clone());
    let way = (ca_file, target.proxy().await?, target.pinned());
    let sides = pair::sides(&target.pair, target.user_id.clone(), password, way).await;
    let sides = sides.map_err(|error| target.failed(error))?;
    sides.disk.heed_links(Arc::new(target.follows_links()?.into()));
    let proof = if args.download { Proof::Fetched } else { Proof::Told };
    let journal = OnDisk::new(&target.state_dir);
    // One that cannot be read says nothing; a sync puts it right.
    let rows = || {
        let read = Journal::read_only(&journal);
        read.inspect_err(|error| tracing::warn!(%error, "the journal")).ok().flatten()
    };
    let found = check((&sides.disk, &sides.server, &SystemClock::new()), proof, rows).await;
    found.map_err(|error| match error {
        CheckError::Disk(error) => target.failed(EngineError::from(error)),
        CheckError::Server(error) => target.failed(EngineError::from(error)),
    })
}

fn print(console: &Console, target: &Target, findings: &Findings) {
    let path = target.pair.local.to_string_lossy();
    console.say("check-of", &[("path", path.as_ref().into())]);
    let counts = [
        ("check-equal", findings.equal),
        ("check-agreed", findings.agreed),
        ("check-untold", findings.untold.len() as u64),
    ];
    for (id, n) in counts.into_iter().filter(|(_, n)| *n > 0) {
        console.print(&format!("  {}", console.texts.say(id, &[("n", n.into())])));
    }
    if !findings.untold.is_empty() {
        console.print(&format!("  {}", console.texts.say("check-untold-remedy", &[])));
    }
    for (path, verdict) in &findings.items {
        let said = text::judged(&console.texts, *verdict).to_string();
        let args = [("path", path.as_str().into()), ("sentence", said.into())];
        console.say("line-item", &args);
    }
    let id = if findings.items.is_empty() { "check-well" } else { "check-not-well" };
    console.say(id, &[("n", findings.items.len().into())]);
}

fn document(console: &Console, target: &Target, findings: &Findings) -> Value {
    let items = findings.items.iter().map(|(path, verdict)| {
        let said = text::judged(&console.texts, *verdict);
        json!({ "path": path.as_str(), "verdict": verdict,
                "said": { "sentence": said.sentence, "remedy": said.remedy } })
    });
    json!({
        "folder": target.pair.local.to_string_lossy(),
        "equal": findings.equal,
        "agreed": findings.agreed,
        "untold": findings.untold.iter().map(|path| path.as_str()).collect::<Vec<_>>(),
        "fetched_bytes": findings.fetched,
        "items": items.collect::<Vec<_>>(),
    })
}
