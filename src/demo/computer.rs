//! One of the two computers: a folder, a journal, and the engine.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use crate::activity::Recorder;
use crate::clock::{Clock as _, SystemClock};
use crate::event::{Event, Outcome};
use crate::execute::aside;
use crate::model::{RelPath, Timing};
use crate::pair::{self, Engine, Opening};
use crate::plan::{Op, Why};
use crate::report::{EngineError, Report, SyncOptions};
use crate::secret::Secret;
use crate::settings::{Address, Pair};
use crate::text;

use super::{Demo, DemoError, LOGIN, PASSWORD, Result};

/// More lines than this of one sync are told as a number.
const LINES: usize = 9;

/// A computer of the demo.
pub(super) struct Computer {
    /// Its name, as it appears in conflict names.
    pub name: &'static str,
    /// The synced folder.
    pub folder: PathBuf,
    state: PathBuf,
    address: SocketAddr,
}

impl Computer {
    /// Makes the folders of a computer.
    pub(super) fn new(stage: &Path, name: &'static str, address: SocketAddr) -> Result<Self> {
        let computer =
            Self { name, folder: stage.join(name), state: stage.join("state").join(name), address };
        for path in [&computer.folder, &computer.state] {
            std::fs::create_dir_all(path)
                .map_err(|source| DemoError::Stage { path: path.clone(), source })?;
        }
        Ok(computer)
    }

    fn pair(&self) -> std::result::Result<Pair, DemoError> {
        let server = Address::parse(&format!("http://{}", self.address))
            .map_err(|error| DemoError::Cloud(std::io::Error::other(error)))?;
        Ok(Pair {
            local: self.folder.clone(),
            server,
            user: LOGIN.to_owned(),
            remote_path: RelPath::root(),
            space: None,
        })
    }

    async fn open(&self, listener: pair::Listener) -> Result<Engine> {
        Ok(pair::open(Opening {
            pair: self.pair()?,
            state_dir: self.state.clone(),
            user_id: None,
            password: Secret::new(PASSWORD),
            ca_file: None,
            anew: false,
            watched: false,
            activity: Rc::new(Recorder::new(&self.state)),
            terms: pair::Terms::default(),
            device: Some(self.name.to_owned()),
            listener,
        })
        .await?)
    }

    /// Syncs this computer once and tells what was done and why; with `quiet`
    /// only if anything was.
    pub(super) async fn sync(&self, demo: &Demo, quiet: bool) -> Result<Report> {
        let told = Rc::new(RefCell::new(Vec::new()));
        let listener = tell_into(demo, told.clone());
        let mut engine = self.open(listener).await?;
        let report = engine.sync(&SyncOptions::default()).await?;
        engine.close()?;
        self.tell_report(demo, &told.borrow(), &report, quiet);
        Ok(report)
    }

    fn tell_report(&self, demo: &Demo, told: &[String], report: &Report, quiet: bool) {
        if quiet && told.is_empty() {
            return;
        }
        for line in told.iter().take(LINES) {
            (demo.print)(&format!("     {line}"));
        }
        if told.len() > LINES {
            let more = (told.len() - LINES).to_string();
            (demo.print)(&format!("     {}", demo.texts.say("line-more", &[("n", more.into())])));
        }
        let numbers = demo.texts.say(
            "demo-numbers",
            &[
                ("computer", self.name.into()),
                ("up", demo.texts.size(report.bytes_up).into()),
                ("down", demo.texts.size(report.bytes_down).into()),
                ("requests", report.requests.into()),
            ],
        );
        (demo.print)(&format!("   → {numbers}"));
    }

    /// Begins to sync, and cuts the power when so many bytes have arrived: the
    /// engine is gone between two of its steps, without a farewell.
    pub(super) async fn sync_until_power_cut(&self, bytes: u64) -> Result<u64> {
        let arrived = Rc::new(Cell::new(0));
        let (cut, power) = futures::channel::oneshot::channel::<()>();
        let cut = Cell::new(Some(cut));
        let counted = arrived.clone();
        let listener = move |event: Event| {
            if let Event::Moved { bytes: more, .. } = event {
                counted.set(counted.get() + more);
                if counted.get() >= bytes {
                    drop(cut.take());
                }
            }
        };
        let mut engine = self.open(Box::new(listener)).await?;
        let options = SyncOptions::default();
        tokio::select! {
            biased;
            _ = power => {}
            ended = engine.sync(&options) => drop(ended?),
        }
        drop(engine);
        // What was being written by another thread at that moment still is.
        SystemClock::new().sleep(Duration::from_millis(200)).await;
        Ok(arrived.get())
    }

    /// Brings back what was put aside last.
    pub(super) async fn bring_back(&self) -> Result<Option<RelPath>> {
        let (here, mut journal) =
            pair::open_aside(&self.pair()?, self.state.clone(), Timing::default())?;
        let Some((number, _)) = aside::list(journal.rows()).pop() else { return Ok(None) };
        let restored = aside::restore(&here, &mut journal, number, aside::Whereto::Place).await?;
        journal.close().map_err(EngineError::from)?;
        Ok(restored)
    }
}

/// A listener that gathers what is worth telling.
fn tell_into(demo: &Demo, told: Rc<RefCell<Vec<String>>>) -> pair::Listener {
    let texts = demo.texts.clone();
    Box::new(move |event| match event {
        Event::Finished { op, why, path, outcome, .. } => {
            if let Some(step) = said(&texts, &op, &path, &outcome) {
                let why =
                    if why == Why::Unknown { String::new() } else { text::why(&texts, &op, why) };
                let line = match why.is_empty() {
                    true => step,
                    false => texts.say("line-step", &[("step", step.into()), ("why", why.into())]),
                };
                told.borrow_mut().push(line);
            }
        }
        Event::Waiting { wait, reason, path } => {
            let sentence = text::wait(&texts, reason).sentence;
            let wait = texts.time(wait);
            let args =
                [("path", path.into()), ("sentence", sentence.into()), ("wait", wait.into())];
            told.borrow_mut().push(texts.say("demo-waits", &args));
        }
        _ => {}
    })
}

fn said(texts: &text::Texts, op: &Op, path: &str, outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Done => Some(text::done(texts, op, path)),
        Outcome::Failed(cause) | Outcome::Unknown(cause) => {
            Some(format!("{path}: {}", text::cause(texts, cause).sentence))
        }
        Outcome::Stale | Outcome::Skipped => None,
    }
}
