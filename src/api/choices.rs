//! Two versions of a file, over the socket: which there are, and what is kept.

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::document::spoken;
use crate::conflicts::{Answer, Choice, Done, Request};
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
        Some(answer_of(&self.texts, &self.request, &answer))
    }
}

/// What came of a request, with words of `texts`.
pub fn answer_of(texts: &Texts, request: &Request, answer: &Answer) -> Value {
    let done = answer.done.iter().map(|done| done_of(texts, request, done));
    json!({"conflicts": answer.conflicts, "done": done.collect::<Vec<_>>()})
}

fn done_of(texts: &Texts, request: &Request, done: &Done) -> Value {
    let now = done.outcome.as_ref().ok().and_then(|settled| settled.now.as_ref());
    let copy = now.map_or(done.copy.as_str(), |now| now.as_str());
    let said = match &done.outcome {
        Ok(_) => text::settled(texts, choice(request), &done.path, copy),
        Err(why) => text::unsettled(texts, why),
    };
    json!({
        "path": done.path,
        "copy": copy,
        "reason": done.outcome.as_ref().err().map(reason),
        "said": spoken(&said),
    })
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
