//! What the window may ask, as `ui/src/lib/commands.ts` lists it. A command
//! converts and calls; what it does is in the library.

mod activity;
mod home;
mod settings;
mod window;

use tauri::ipc::Invoke;

/// Answers what the window asks.
pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        home::overview,
        home::accounts,
        home::standings,
        home::sync,
        home::pause,
        home::resume,
        home::open_path,
        home::reveal,
        home::open_web,
        home::open_page,
        activity::activity,
        settings::preferences,
        settings::prefer,
        settings::options,
        settings::set_option,
        settings::pairs,
        settings::relocate,
        settings::remove_folder,
        settings::removal,
        settings::remove_account,
        settings::gather,
        settings::open_log,
        settings::about,
        settings::pick_folder,
        settings::pick_archive,
        window::ready,
        window::hide_window,
        window::quit,
        window::has_tray,
    ]
}
