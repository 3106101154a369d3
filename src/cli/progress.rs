//! What is shown while a run goes on: one moving display on a terminal, plain
//! lines elsewhere. All of it on standard error.

use std::cell::RefCell;
use std::io::{IsTerminal as _, Write as _};
use std::rc::Rc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::event::{Event, Outcome};
use crate::model::Side;
use crate::text::{self, Texts};

/// How often the display moves by itself.
const TICK: Duration = Duration::from_millis(120);

/// Shows the events of a run.
pub(super) struct Progress {
    texts: Rc<Texts>,
    /// None: plain lines.
    bar: Option<ProgressBar>,
    tally: RefCell<Tally>,
}

/// How far the steps of the present plan are.
#[derive(Default)]
struct Tally {
    steps: u64,
    ended: u64,
    now: String,
}

impl Progress {
    /// A display that fits where standard error goes.
    pub(super) fn new(texts: Rc<Texts>) -> Rc<Self> {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0).with_style(style());
            bar.enable_steady_tick(TICK);
            bar
        });
        Rc::new(Self { texts, bar, tally: RefCell::default() })
    }

    /// Takes the display away, so that the result can be printed.
    pub(super) fn clear(&self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }

    /// Shows one event.
    pub(super) fn tell(&self, event: Event) {
        match event {
            Event::Looking => self.now(self.texts.say("run-looking", &[])),
            Event::Looked { side, files, folders } => self.looked(side, files, folders),
            Event::Compared(comparison) => self.line(&text::comparison(&self.texts, &comparison)),
            Event::Planned { steps, bytes, .. } => self.planned(steps, bytes),
            // On a terminal only; elsewhere a step is one line, when it has ended.
            Event::Started { path, .. } if self.bar.is_some() => {
                self.now(text::readable(&path).into_owned());
            }
            Event::Started { .. }
            | Event::Differs(_)
            | Event::CameBack { .. }
            | Event::Ended { .. } => {}
            Event::Moved { bytes, .. } => {
                self.bar.iter().for_each(|bar| bar.inc(bytes));
                self.refresh();
            }
            Event::Finished { ref outcome, .. } => {
                self.tally.borrow_mut().ended += 1;
                // On a terminal what is done goes by.
                if self.bar.is_none() || *outcome != Outcome::Done {
                    ended(&self.texts, &event).iter().for_each(|line| self.line(line));
                }
                self.refresh();
            }
            Event::Resting { wait } => {
                let wait = self.texts.time(wait);
                self.now(self.texts.say("run-resting", &[("wait", wait.into())]));
            }
            Event::Waiting { wait, reason, path } => {
                let said = text::wait(&self.texts, reason);
                let args = [
                    ("wait", self.texts.time(wait).into()),
                    ("path", path.into()),
                    ("sentence", said.sentence.into()),
                ];
                self.now(self.texts.say("run-waiting", &args));
            }
        }
    }

    fn looked(&self, side: Side, files: u64, folders: u64) {
        let id = match side {
            Side::Local => "run-looked-here",
            Side::Remote => "run-looked-there",
        };
        let args = [("files", self.texts.files(files).into()), ("folders", folders.into())];
        self.now(self.texts.say(id, &args));
    }

    fn planned(&self, steps: usize, bytes: u64) {
        if steps == 0 {
            return;
        }
        *self.tally.borrow_mut() = Tally { steps: steps as u64, ended: 0, now: String::new() };
        if let Some(bar) = &self.bar {
            bar.reset();
            bar.set_length(bytes);
        }
        let args = [("steps", steps.into()), ("bytes", self.texts.size(bytes).into())];
        self.now(self.texts.say("run-planned", &args));
    }

    /// Shows what goes on right now.
    fn now(&self, text: String) {
        if self.bar.is_none() {
            self.line(&text);
        }
        self.tally.borrow_mut().now = text;
        self.refresh();
    }

    /// Prints a line that stays.
    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => {
                let _ = writeln!(std::io::stderr().lock(), "{text}");
            }
        }
    }

    /// Brings the moving display up to date: files, bytes, rate, time left.
    fn refresh(&self) {
        let Some(bar) = &self.bar else { return };
        let tally = self.tally.borrow();
        bar.set_message(tally.now.clone());
        if tally.steps == 0 {
            return;
        }
        let texts = &self.texts;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate to show"
        )]
        let rate = bar.per_sec() as u64;
        let args = [
            ("done", tally.ended.into()),
            // What `files` counts, which the message borrows.
            ("n", tally.steps.into()),
            ("bytes", texts.size(bar.position()).into()),
            ("total", texts.size(bar.length().unwrap_or(0)).into()),
            ("rate", texts.rate(rate).into()),
        ];
        let left = texts.say("run-left", &[("left", texts.time(bar.eta()).into())]);
        bar.set_prefix(format!("{} · {left}", texts.say("state-progress", &args)));
    }
}

/// A line about a step that has ended; none if its turn did not come.
pub(super) fn ended(texts: &Texts, event: &Event) -> Option<String> {
    let Event::Finished { op, why, path, outcome, .. } = event else { return None };
    Some(match outcome {
        Outcome::Done => {
            let done = text::done(texts, op, path);
            let args = [("step", done.into()), ("why", text::why(texts, op, *why).into())];
            texts.say("line-step", &args)
        }
        Outcome::Stale => texts.say("run-stale", &[("path", path.as_str().into())]),
        Outcome::Failed(cause) | Outcome::Unknown(cause) => {
            let said = text::cause(texts, cause).to_string();
            texts.say("line-item", &[("path", path.as_str().into()), ("sentence", said.into())])
        }
        Outcome::Skipped => return None,
    })
}

fn style() -> ProgressStyle {
    let two_lines = ProgressStyle::with_template("{spinner} {wide_msg}\n{bar:30} {prefix}");
    two_lines.unwrap_or_else(|_| ProgressStyle::default_bar())
}
