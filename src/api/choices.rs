//! Two versions of a file, over the socket: which there are, and what is kept.

use serde::Serialize;
use serde_json::json;

use super::document::Said;
use super::errand::{Later, asked};
use super::pairs::Watched;
use super::params::{Params, Refusal};
use crate::activity::Filter;
use crate::conflicts::{Answer, Choice, Conflict, Done, Request, Selection};
use crate::execute::Unsettled;
use crate::text::{self, Texts};
use crate::watch;

/// Which files were meant, as they stood before, and what came of each.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS), ts(rename = "Chosen"))]
pub struct Answered {
    /// Which were meant.
    pub conflicts: Vec<Conflict>,
    /// What came of each.
    pub done: Vec<Outcome>,
    /// The entry of the activity that takes all of it back at once.
    pub entry: Option<i64>,
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

/// Has whoever watches the pair see to it.
pub(super) fn later(
    pair: &Watched,
    method: &str,
    params: Params,
    texts: Texts,
) -> Result<Later, Refusal> {
    let request = request(method, params)?;
    let wanted = watch::Request::Conflicts(request.clone());
    Ok(asked(pair, wanted, move |answer| match answer {
        watch::Answer::Conflicts(answer) => Ok(json!(answer_of(&texts, &request, answer))),
        _ => Err(Refusal::NotOpen),
    }))
}

/// What is asked about files that stand here in two versions.
fn request(method: &str, params: Params) -> Result<Request, Refusal> {
    if method == "undo" {
        return Ok(Request::Undo(params.entry));
    }
    let under = params.under.as_deref().map(Filter::parse).transpose();
    let under = under.map_err(|_| Refusal::BadParams)?;
    let paths = params.paths.unwrap_or_default();
    // Nobody is to settle everything by having left something out.
    let said = params.all == Some(true)
        || !paths.is_empty()
        || under.is_some()
        || params.equal == Some(true);
    let equal = params.equal == Some(true);
    let selection = Selection { paths, under, before: params.before, equal };
    match (method, params.choice) {
        ("conflicts", _) => Ok(Request::List(selection)),
        (_, Some(choice)) if said => Ok(Request::Choose(choice, selection)),
        _ => Err(Refusal::BadParams),
    }
}

/// What came of a request, with words of `texts`.
pub fn answer_of(texts: &Texts, request: &Request, answer: Answer) -> Answered {
    let done = answer.done.iter().map(|done| done_of(texts, request, done)).collect();
    Answered { conflicts: answer.conflicts, done, entry: answer.entry }
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
pub(super) fn reason(why: &Unsettled) -> &'static str {
    match why {
        Unsettled::Changed => "changed",
        Unsettled::Gone => "gone",
        Unsettled::Taken => "taken",
        Unsettled::Failed(_) => "failed",
        Unsettled::Stopped(_) => "stopped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_settles_everything_by_leaving_something_out() {
        let params = |text: &str| serde_json::from_str::<Params>(text).unwrap();
        for said in [r#"{"choice":"mine"}"#, r#"{"choice":"mine","paths":[]}"#, r#"{"all":true}"#] {
            assert!(request("choose", params(said)).is_err(), "{said}");
        }
        let all = request("choose", params(r#"{"choice":"theirs","all":true}"#));
        assert!(matches!(all, Ok(Request::Choose(Choice::Theirs, _))));
        let one = request("choose", params(r#"{"choice":"both","paths":["a"]}"#));
        assert!(matches!(one, Ok(Request::Choose(Choice::Both, _))));
    }
}
