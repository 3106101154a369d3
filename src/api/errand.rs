//! An answer that comes when whoever watches the pair has come to it.

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use serde_json::Value;

use super::pairs::Watched;
use super::params::Refusal;
use crate::watch::{Answer, Request};

/// What is said later.
pub(super) type Later = LocalBoxFuture<'static, Result<Value, Refusal>>;

/// Has the errand seen to between two runs, and tells what came of it.
pub(super) fn asked(
    pair: &Watched,
    request: Request,
    tell: impl FnOnce(Answer) -> Result<Value, Refusal> + 'static,
) -> Later {
    let answer = pair.wishes.ask(request, pair.activity.clone());
    async move { answer.await.ok().flatten().map_or(Err(Refusal::NotOpen), tell) }.boxed_local()
}
