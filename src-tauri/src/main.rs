//! The window and the tray of Navette.
//!
//! Everything that syncs lives in the library; here are the window, the tray,
//! notifications, and commands that convert and call. All of the library that
//! awaits runs on one thread ([`thread`]), for the engine is one future on one
//! thread.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod refused;
mod thread;

fn main() {
    let built = tauri::Builder::default()
        .manage(thread::Thread::begin())
        .invoke_handler(commands::handler())
        .build(tauri::generate_context!());
    match built {
        Ok(app) => app.run(|_, _| {}),
        Err(error) => eprintln!("navette-desktop: {error}"),
    }
}
