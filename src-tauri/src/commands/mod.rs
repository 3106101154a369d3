//! What the window may ask, as `ui/src/lib/commands.ts` lists it. A command
//! converts and calls; what it does is in the library.

mod home;
mod window;

use tauri::ipc::Invoke;

/// Answers what the window asks.
pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        home::sync,
        window::ready,
        window::hide_window,
        window::quit,
        window::has_tray,
    ]
}
