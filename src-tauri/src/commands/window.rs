//! What the window asks of itself.

use navette::desktop::{Goto, View};
use navette::settings::{Places, Settings};
use tauri::{AppHandle, State};

use crate::frame::Frame;
use crate::{farewell, frame, panel};

/// The first picture stands. Returns where the window is to be: without an
/// account there is only one thing to do.
#[tauri::command]
pub(crate) async fn ready(frame: State<'_, Frame>) -> Result<Goto, ()> {
    let wanted = frame.is_ready();
    let settings = Places::find().and_then(|places| Settings::open(&places.settings()));
    let is_new = settings.is_ok_and(|settings| settings.accounts.is_empty());
    let usual = Goto::view(if is_new { View::Assistant } else { View::Home });
    Ok(wanted.unwrap_or(usual))
}

/// Whoever closes it was told what that means: now it hides.
#[tauri::command]
pub(crate) async fn hide_window(app: AppHandle) {
    frame::hide(&app).await;
}

/// Ends Navette.
#[tauri::command]
pub(crate) async fn quit(app: AppHandle) {
    farewell::quit(&app);
}

/// Whether the desktop shows icons of programs.
#[tauri::command]
pub(crate) async fn has_tray() -> bool {
    panel::has_tray().await
}
