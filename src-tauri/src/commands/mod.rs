//! What the window may ask, as `ui/src/lib/commands.ts` lists it. A command
//! converts and calls; what it does is in the library.

mod activity;
pub(crate) mod assistant;
mod attention;
mod bring_back;
mod care;
mod folders;
mod home;
mod rules;
mod settings;
mod window;

pub(crate) use home::with;
use tauri::ipc::Invoke;

/// Answers what the window asks.
pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        attention::concerns,
        attention::concern_files,
        attention::preview_versions,
        attention::choose,
        attention::undo,
        attention::answer_brake,
        attention::brake_files,
        attention::answer_gate,
        attention::check_name,
        attention::rename,
        attention::leave_out,
        bring_back::asides,
        bring_back::preview_aside,
        bring_back::bring_back,
        bring_back::empty_asides,
        rules::rules,
        rules::set_rules,
        rules::test_path,
        rules::pair_folders,
        rules::select,
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
        settings::set_proxy_password,
        folders::pairs,
        folders::relocate,
        folders::remove_folder,
        folders::removal,
        folders::remove_account,
        care::gather,
        care::open_log,
        care::about,
        care::pick_folder,
        care::pick_archive,
        assistant::recognise,
        assistant::sign_in,
        assistant::sign_in_by_browser,
        assistant::browser_signed_in,
        assistant::cancel_browser,
        assistant::session_of,
        assistant::sign_in_again,
        assistant::sign_in_again_by_browser,
        assistant::trust_certificate,
        assistant::trust_server,
        assistant::places,
        assistant::examine_place,
        assistant::remote_folders,
        assistant::create_remote_folder,
        assistant::fit,
        assistant::finish,
        assistant::abandon,
        window::ready,
        window::hide_window,
        window::quit,
        window::has_tray,
    ]
}
