//! Asks whoever watches, this process or another, and hands on what is said.
//! What the window is to read is said in its language.

use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt as _;
use navette::api::{self, AskError};
use navette::settings::{Settings, SettingsError};
use navette::text::Texts;
use serde_json::{Value, json};

use crate::commands::with;
use crate::engine::Engine;
use crate::refused::Refused;
use crate::thread::Thread;

/// A run is let to its end before an errand is seen to.
const PATIENCE: Duration = Duration::from_secs(3600);

/// Asks whoever watches the folder that `params` name.
pub(crate) async fn call(
    thread: &Thread,
    method: &'static str,
    mut params: Value,
) -> Result<Value, Refused> {
    let asked = move |engine: Rc<Engine>| async move {
        let texts = engine.texts();
        params["language"] = json!(texts.language().tag());
        let answer = api::call(&engine.run_dir(), method, &params, PATIENCE).await;
        answer.map_err(|error| Refused::ask(&texts, &error))
    };
    with(thread, move |engine| asked(engine).boxed_local()).await
}

/// What all that watch say of what is put aside; nothing if nobody does.
pub(crate) async fn asides(thread: &Thread, params: Value) -> Result<Vec<Value>, Refused> {
    let asked = move |engine: Rc<Engine>| async move {
        match api::asides(&engine.run_dir(), &params).await {
            Err(AskError::Nobody) => Ok(Vec::new()),
            told => told.map_err(|error| Refused::ask(&engine.texts(), &error)),
        }
    };
    with(thread, move |engine| asked(engine).boxed_local()).await
}

/// Does something with the settings as they are now.
pub(crate) async fn with_settings<T: Send + 'static>(
    thread: &Thread,
    work: impl FnOnce(Settings, &Texts) -> Result<T, SettingsError> + Send + 'static,
) -> Result<T, Refused> {
    let done = move |engine: Rc<Engine>| async move {
        let texts = engine.texts();
        let done = engine.settings().and_then(|settings| work(settings, &texts));
        done.map_err(|error| Refused::settings(&texts, &error))
    };
    with(thread, move |engine| done(engine).boxed_local()).await
}
