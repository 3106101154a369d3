//! `navette activity`: what was done, when, on which side, and why.

use std::path::Path;
use std::time::Duration;

use futures::future::join_all;
use serde::Deserialize as _;
use serde_json::json;

use crate::activity::{Filter, Kept, Query, Store, bursts};
use crate::api;
use crate::clock::{Clock as _, SystemClock};
use crate::settings::Places;
use crate::text;

use super::args::{ActivityArgs, Since};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::interrupt;
use super::status::params;
use super::target::{self, Target};

/// Entries that are looked at if nobody says since when.
const LOOKED_AT: usize = 10_000;
/// Lines that are shown then.
const LINES: usize = 100;
/// How often the store is looked at while nobody watches.
const PAUSE: Duration = Duration::from_secs(1);

/// Shows what was done, and goes on if that is wanted.
pub(super) async fn activity(console: &Console, args: &ActivityArgs) -> Result<Exit, Failure> {
    let targets = target::all(console, args.local_dir.as_deref(), &args.side)?;
    let clock = SystemClock::new();
    let query = query(args, clock.wall())?;
    let mut begun = Vec::new();
    let mut documents = Vec::new();
    for target in &targets {
        let kept = page(&target.state_dir, &query)?;
        begun.push(kept.first().map_or(0, |kept| kept.id));
        if args.json && !args.follow {
            let told =
                kept.iter().map(|kept| api::told_of(&console.texts, &target.pair.local, kept));
            let entries: Vec<api::Entry> = told.collect();
            documents
                .push(json!({"folder": target.pair.local.to_string_lossy(), "entries": entries}));
        } else {
            show(console, args, target, targets.len() > 1, kept);
        }
    }
    if args.json && !args.follow {
        console.print(&json!({"exit": 0, "pairs": documents}).to_string());
    }
    if args.follow {
        let follows = targets.iter().zip(begun);
        let follows = follows.map(|(target, last)| follow(console, args, target, &query, last));
        tokio::select! {
            biased;
            () = interrupt::wanted() => {}
            _ = join_all(follows) => {}
        }
    }
    Ok(Exit::Equal)
}

fn query(args: &ActivityArgs, now: i64) -> Result<Query, Failure> {
    let filter = args.path.as_deref().map(Filter::parse).transpose();
    let since = args.since.map(|since| match since {
        Since::Ago(seconds) => now.saturating_sub(seconds),
        Since::At(moment) => moment,
    });
    Ok(Query {
        limit: since.is_none().then_some(LOOKED_AT),
        since,
        filter: filter.map_err(|_| Failure::BadPattern(args.path.clone().unwrap_or_default()))?,
        ..Query::default()
    })
}

/// What the store of a pair holds, newest first.
fn page(state_dir: &Path, query: &Query) -> Result<Vec<Kept>, Failure> {
    let store = Store::read(state_dir)?;
    Ok(store.map_or(Ok(Vec::new()), |store| store.page(query))?)
}

/// Prints entries for people, oldest first.
fn show(console: &Console, args: &ActivityArgs, target: &Target, named: bool, kept: Vec<Kept>) {
    if named && !args.json {
        console.print(&text::readable(&target.pair.local.to_string_lossy()));
    }
    if kept.is_empty() && !args.follow {
        console.say("activity-none", &[]);
    }
    print(console, args, kept, if args.since.is_none() { LINES } else { usize::MAX });
}

/// Prints entries that came newest first, at most so many lines.
fn print(console: &Console, args: &ActivityArgs, mut kept: Vec<Kept>, most: usize) {
    kept.reverse();
    if args.json {
        kept.iter().for_each(|kept| console.print(&json!(kept).to_string()));
        return;
    }
    let bursts = bursts(&kept);
    for burst in bursts.iter().skip(bursts.len().saturating_sub(most)) {
        let date = console.texts.date(burst.first.at);
        let line = text::burst(&console.texts, burst);
        console.say("activity-line", &[("date", date.into()), ("line", line.into())]);
    }
}

/// Prints what is done from now on, told by whoever watches the pair, or else
/// looked up again and again.
async fn follow(
    console: &Console,
    args: &ActivityArgs,
    target: &Target,
    query: &Query,
    mut last: i64,
) -> Result<(), Failure> {
    let clock = SystemClock::new();
    let params = params(console, Some(&target.pair.local), json!({}))?;
    let run_dir = Places::find()?.run_dir();
    loop {
        let events = api::events(&run_dir, &params).await;
        catch_up(console, args, target, query, &mut last);
        if let Ok(mut events) = events {
            while let Some((method, told)) = events.next().await {
                match method.as_str() {
                    "event" => {
                        let Ok(kept) = Kept::deserialize(&told) else { continue };
                        if kept.id > last {
                            last = kept.id;
                            let wanted = query.filter.as_ref();
                            if wanted.is_none_or(|filter| filter.takes_entry(&kept.entry)) {
                                print(console, args, vec![kept], 1);
                            }
                        }
                    }
                    // What was missed is in the store.
                    _ => catch_up(console, args, target, query, &mut last),
                }
            }
        }
        clock.sleep(PAUSE).await;
    }
}

/// Prints what the store holds beyond the last entry that was printed.
fn catch_up(
    console: &Console,
    args: &ActivityArgs,
    target: &Target,
    query: &Query,
    last: &mut i64,
) {
    let query = Query { after: Some(*last), limit: None, since: None, ..query.clone() };
    match page(&target.state_dir, &query) {
        Ok(kept) => {
            *last = kept.first().map_or(*last, |kept| kept.id);
            print(console, args, kept, usize::MAX);
        }
        // It is begun anew by whoever writes.
        Err(failure) => tracing::debug!(cause = failure.detail(), "not read"),
    }
}
