//! `navette sync` and `navette plan`.

use std::rc::Rc;

use crate::activity::Recorder;
use crate::pair::{self, Engine, Opening};
use crate::watch::Live;

use super::args::{PairArgs, PlanArgs, SignInArgs, SyncArgs};
use super::console::Console;
use super::failure::{Exit, Failure};
use super::progress::Progress;
use super::target::Target;
use super::{interrupt, password, report, status, takeover};

/// Makes both sides equal.
pub(super) async fn sync(console: &Console, args: &SyncArgs) -> Result<Exit, Failure> {
    if let Some(exit) = status::synced(console, args).await? {
        return Ok(exit);
    }
    let (target, mut engine, progress) =
        open(console, &args.pair, &args.sign_in, args.live(), args.start_anew).await?;
    let options = args.options();
    target.heed(&mut engine)?;
    let ended = tokio::select! {
        biased;
        () = interrupt::wanted() => Err(Failure::Interrupted),
        ended = engine.sync(&options) => ended.map_err(|error| target.failed(error)),
    };
    progress.clear();
    let achieved = ended?;
    target.give_back(&mut engine)?;
    engine.close().map_err(|error| target.failed(error))?;
    if args.json {
        console.print(&report::document(&console.texts, &achieved).to_string());
    } else {
        report::print(console, &achieved);
    }
    Ok(report::exit(&achieved))
}

/// Shows what a sync would do.
pub(super) async fn plan(console: &Console, args: &PlanArgs) -> Result<Exit, Failure> {
    let (target, mut engine, progress) =
        open(console, &args.pair, &args.sign_in, Live::default(), false).await?;
    target.heed(&mut engine)?;
    let preview = engine.preview(&crate::report::SyncOptions::default()).await;
    progress.clear();
    let preview = preview.map_err(|error| target.failed(error))?;
    engine.close().map_err(|error| target.failed(error))?;
    if preview.steps.is_empty() {
        console.say("plan-nothing", &[]);
    } else {
        console.say("plan-steps", &[("n", preview.steps.len().into())]);
        report::print_steps(console, &preview.steps);
    }
    if !preview.items.is_empty() {
        console.say("plan-left", &[]);
        preview.items.iter().for_each(|item| report::print_item(console, item));
    }
    Ok(Exit::Equal)
}

pub(super) async fn open(
    console: &Console,
    pair: &PairArgs,
    sign_in: &SignInArgs,
    mut live: Live,
    anew: bool,
) -> Result<(Target, Engine, Rc<Progress>), Failure> {
    let target = Target::find(console, pair)?;
    takeover::remark(console, &target, pair.side.server.is_none());
    let password = password::find(console, sign_in.password_file.as_deref(), &target.pair).await?;
    let terms = target.terms(&target.choices(&mut live)?)?;
    let progress = Progress::new(console.texts.clone());
    let listener = progress.clone();
    let opening = Opening {
        pair: target.pair.clone(),
        state_dir: target.state_dir.clone(),
        user_id: target.user_id.clone(),
        password,
        ca_file: sign_in.ca_file.clone().or_else(|| target.ca_file.clone()),
        device: None,
        anew,
        watched: false,
        activity: Rc::new(Recorder::new(&target.state_dir)),
        terms,
        listener: Box::new(move |event| listener.tell(event)),
    };
    let opened = tokio::select! {
        biased;
        () = interrupt::wanted() => Err(Failure::Interrupted),
        opened = pair::open(opening) => opened.map_err(|error| target.failed(error)),
    };
    if opened.is_err() {
        progress.clear();
    }
    Ok((target, opened?, progress))
}
