//! Two versions of a file, over the socket: which there are, and what is kept.

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::document::Said;
use crate::conflicts::{Answer, Choice, Conflict, Done, Request};
use crate::execute::Unsettled;
use crate::text::{self, Texts};

/// An answer that comes when whoever watches the pair has come to it.
pub(super) struct Later {
    /// What is asked.
    pub(super) request: Request,
    /// In whose words.
    pub(super) texts: Texts,
    /// None: the pair is not open at the moment.
    pub(super) answer: oneshot::Receiver<Option<Answer>>,
}

impl Later {
    /// The answer, once it is there; none if the pair is not open.
    pub(super) async fn value(self) -> Option<Value> {
        let answer = self.answer.await.ok().flatten()?;
        Some(json!(answer_of(&self.texts, &self.request, answer)))
    }
}

/// Which files were meant, as they stood before, and what came of each.
#[derive(Clone, Debug, Serialize)]
pub struct Answered {
    /// Which were meant.
    pub conflicts: Vec<Conflict>,
    /// What came of each.
    pub done: Vec<Outcome>,
}

/// What came of one choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
pub struct Outcome {
    /// The file.
    pub path: String,
    /// The copy, where it is now.
    pub copy: String,
    /// Why nothing was done, in a word; null if it was.
    pub reason: Option<String>,
    /// What came of it, for people.
    pub said: Said,
}

/// What came of a request, with words of `texts`.
pub fn answer_of(texts: &Texts, request: &Request, answer: Answer) -> Answered {
    let done = answer.done.iter().map(|done| done_of(texts, request, done)).collect();
    Answered { conflicts: answer.conflicts, done }
}

fn done_of(texts: &Texts, request: &Request, done: &Done) -> Outcome {
    let now = done.outcome.as_ref().ok().and_then(|settled| settled.now.as_ref());
    let copy = now.map_or(done.copy.as_str(), |now| now.as_str());
    let said = match &done.outcome {
        Ok(_) => text::settled(texts, choice(request), &done.path, copy),
        Err(why) => text::unsettled(texts, why),
    };
    Outcome {
        path: done.path.clone(),
        copy: copy.to_owned(),
        reason: done.outcome.as_ref().err().map(|why| reason(why).to_owned()),
        said: said.into(),
    }
}

fn choice(request: &Request) -> Option<Choice> {
    match request {
        Request::Choose(choice, _) => Some(*choice),
        Request::List(_) | Request::Undo(_) => None,
    }
}

/// The word for why nothing was done: promised, for programs.
fn reason(why: &Unsettled) -> &'static str {
    match why {
        Unsettled::Changed => "changed",
        Unsettled::Gone => "gone",
        Unsettled::Failed(_) => "failed",
        Unsettled::Stopped(_) => "stopped",
    }
}
