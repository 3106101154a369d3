//! `navette sync` and `navette plan`.

use std::rc::Rc;

use crate::activity::Recorder;
use crate::pair::{self, Engine, Opening};
use crate::report::{Report, SyncOptions};
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
    let opened = open(console, &args.pair, &args.sign_in, args.live(), args.start_anew).await?;
    opened.finish(console, &args.options(), args.json).await
}

/// A pair that is worked on here.
pub(super) struct Opened {
    pub(super) target: Target,
    pub(super) engine: Engine,
    pub(super) progress: Rc<Progress>,
}

impl Opened {
    /// Runs the engine once, with what the settings say.
    pub(super) async fn run(&mut self, options: &SyncOptions) -> Result<Report, Failure> {
        self.target.heed(&mut self.engine)?;
        let ended = tokio::select! {
            biased;
            () = interrupt::wanted() => Err(Failure::Interrupted),
            ended = self.engine.sync(options) => ended.map_err(|error| self.target.failed(error)),
        };
        self.progress.clear();
        ended
    }

    /// Runs it for the last time, and shows what was achieved.
    pub(super) async fn finish(
        mut self,
        console: &Console,
        options: &SyncOptions,
        json: bool,
    ) -> Result<Exit, Failure> {
        let achieved = self.run(options).await?;
        let Self { target, mut engine, .. } = self;
        target.give_back(&mut engine)?;
        engine.close().map_err(|error| target.failed(error))?;
        if json {
            console.print(&report::document(&console.texts, &achieved).to_string());
        } else {
            report::print(console, &achieved);
        }
        Ok(report::exit(&achieved))
    }
}

/// Shows what a sync would do.
pub(super) async fn plan(console: &Console, args: &PlanArgs) -> Result<Exit, Failure> {
    let Opened { target, mut engine, progress } =
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
) -> Result<Opened, Failure> {
    let target = Target::find(console, pair)?;
    takeover::remark(console, &target, pair.side.server.is_none());
    let password = password::find(console, sign_in.password_file.as_deref(), &target.pair).await?;
    let terms = target.terms(&target.choices(&mut live)?).await?;
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
    Ok(Opened { target, engine: opened?, progress })
}
