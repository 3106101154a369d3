//! What Activity asks.

use std::rc::Rc;

use futures::FutureExt as _;
use navette::api::{self, ActivityPage, ActivityQuery, Kin};
use tauri::State;

use super::home::with;
use crate::engine::Engine;
use crate::refused::Refused;
use crate::thread::Thread;

/// A page of what was done, newest first.
#[tauri::command]
pub(crate) async fn activity(
    thread: State<'_, Thread>,
    query: ActivityQuery,
) -> Result<ActivityPage, Refused> {
    let told = move |engine: Rc<Engine>| async move {
        let texts = engine.texts();
        let settings = engine.settings().map_err(|error| Refused::settings(&texts, &error))?;
        let pairs = Kin::configured(&settings, engine.places());
        let page = api::history(&texts, &pairs, &query);
        page.map_err(|error| Refused::activity(&texts, &error))
    };
    with(&thread, move |engine| told(engine).boxed_local()).await
}
