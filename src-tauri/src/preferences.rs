//! What is chosen for the window alone, as it is now.

use std::sync::{Mutex, PoisonError};

use futures::FutureExt as _;
use navette::clock::SystemClock;
use navette::settings::{Follower, Places, Settings, SettingsError, Window, WindowChange};
use navette::text::{Language, Texts};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;

use crate::demo::Stage;
use crate::thread::Thread;
use crate::{engine, frame, tray};

/// What is chosen, as the settings had it last.
#[derive(Default)]
pub(crate) struct Chosen(Mutex<Window>);

/// All that the window knows of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Preferences {
    #[serde(flatten)]
    window: Window,
    /// What the system's language is, for the window to speak the same.
    system_language: &'static str,
    start_with_session: bool,
}

/// What somebody wants otherwise.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Change {
    #[serde(flatten)]
    window: WindowChange,
    start_with_session: Option<bool>,
}

impl Chosen {
    /// As it is in the settings. What cannot be read is as if nothing was chosen.
    pub(crate) fn read() -> Self {
        Self(Mutex::new(read().unwrap_or_default()))
    }
}

fn read() -> Result<Window, SettingsError> {
    Ok(Settings::open(&Places::find()?.settings())?.window())
}

/// What is chosen now.
pub(crate) fn chosen(app: &AppHandle) -> Window {
    app.state::<Chosen>().0.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// The language that is chosen.
pub(crate) fn language(app: &AppHandle) -> Language {
    Language::from_tag(&chosen(app).language).unwrap_or_else(Language::detect)
}

/// The words of that language.
pub(crate) fn texts(app: &AppHandle) -> Texts {
    Texts::new(language(app))
}

/// All of it.
pub(crate) fn all(app: &AppHandle) -> Preferences {
    let starts =
        app.try_state::<Stage>().is_none() && app.autolaunch().is_enabled().unwrap_or(false);
    let system_language = Language::detect().tag();
    Preferences { window: chosen(app), system_language, start_with_session: starts }
}

/// Chooses something otherwise, and tells everybody.
pub(crate) fn prefer(app: &AppHandle, change: Change) -> Result<Preferences, SettingsError> {
    // What the demonstration chooses lasts as long as it does.
    if let Some(starts) = change.start_with_session
        && app.try_state::<Stage>().is_none()
    {
        let launch = app.autolaunch();
        let done = if starts { launch.enable() } else { launch.disable() };
        if let Err(error) = done {
            tracing::warn!(%error, "starting with the session");
        }
    }
    let mut settings = Settings::open(&Places::find()?.settings())?;
    let mut window = settings.window();
    window.take(change.window);
    settings.set_window(&window)?;
    turn(app, window);
    Ok(all(app))
}

/// Keeps in mind that something was explained.
pub(crate) fn explained(app: &AppHandle, word: &str) {
    let mut seen = chosen(app).seen;
    if seen.iter().any(|known| known == word) {
        return;
    }
    seen.push(word.to_owned());
    let window = WindowChange { seen: Some(seen), ..WindowChange::default() };
    if let Err(error) = prefer(app, Change { window, ..Change::default() }) {
        tracing::warn!(%error, "what was explained is not kept");
    }
}

/// From now on that is chosen.
fn turn(app: &AppHandle, window: Window) {
    *app.state::<Chosen>().0.lock().unwrap_or_else(PoisonError::into_inner) = window;
    let _ = app.emit("preferences", all(app));
    engine::relearn(app);
    frame::heed(app);
    tray::heed(app);
}

/// Takes what somebody else writes into the settings.
pub(crate) fn follow(app: &AppHandle) {
    let Ok(places) = Places::find() else { return };
    let handle = app.clone();
    let followed = app.state::<Thread>().begin_with(move || {
        async move {
            let (mut follower, clock) = (Follower::of(&places.settings()), SystemClock::new());
            loop {
                follower.changed(&clock).await;
                match read() {
                    Ok(window) if window != chosen(&handle) => turn(&handle, window),
                    Ok(_) => {}
                    // A person may be in the midst of writing it.
                    Err(error) => tracing::info!(%error, "the settings"),
                }
            }
        }
        .boxed_local()
    });
    if let Err(error) = followed {
        tracing::warn!(%error, "the settings are not followed");
    }
}
