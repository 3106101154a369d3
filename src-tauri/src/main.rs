//! The window and the tray of Navette.
//!
//! Everything that syncs lives in the library; here are the window, the tray,
//! notifications, and commands that convert and call. All of the library that
//! awaits runs on one thread ([`thread`]), for the engine is one future on one
//! thread. What the engine tells is heard by the window, the tray and the
//! notifications alike, as events of the names in `ui/src/lib/commands.ts`.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod asks;
mod commands;
mod demo;
mod engine;
mod farewell;
mod frame;
mod notices;
mod panel;
mod preferences;
mod refused;
mod thread;
mod tray;
mod update;

use std::process::ExitCode;

use clap::Parser as _;
use navette::settings::Places;
use tauri::{App, AppHandle, Builder, Manager as _, RunEvent, Wry};
use tauri_plugin_deep_link::DeepLinkExt as _;

use arguments::Arguments;
use demo::Stage;
use thread::Thread;

#[allow(clippy::disallowed_types, reason = "what a macro of Tauri's makes")]
fn main() -> ExitCode {
    let arguments = Arguments::parse();
    navette::secret::keep_no_core();
    let thread = Thread::begin();
    let stage = match arguments.demo.then(|| Stage::set(&thread)).transpose() {
        Ok(stage) => stage,
        Err(error) => return failed(&error),
    };
    if let Ok(places) = Places::find() {
        navette::log::keep(&places.log_dir());
    }
    let is_demo = stage.is_some();
    let mut builder = Builder::default();
    if !is_demo {
        builder = of_the_user(builder);
    }
    builder = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(frame::KEPT).build())
        .manage(thread)
        .manage(farewell::Farewells::default())
        .manage(frame::Frame::default())
        .manage(preferences::Chosen::read())
        .manage(commands::assistant::Begun::none())
        .invoke_handler(commands::handler())
        .setup(move |app| {
            begin(app, arguments, stage);
            Ok(())
        });
    match builder.build(tauri::generate_context!()) {
        Ok(app) => {
            app.run(on_event);
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    tracing::error!(%error, "no start");
    eprintln!("navette-desktop: {error}");
    ExitCode::FAILURE
}

/// What belongs to a user: there is one Navette, links lead to it, and it may
/// start with the session and renew itself. A demonstration has none of it.
fn of_the_user(builder: Builder<Wry>) -> Builder<Wry> {
    let another = |app: &AppHandle, typed: Vec<String>, _| {
        let started = Arguments::of_another_start(typed);
        if !started.hidden {
            frame::show(app, started.goto());
        }
    };
    // The first of all: a second start must not begin anything.
    let builder = builder
        .plugin(tauri_plugin_single_instance::init(another))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_autostart::Builder::new().app_name("Navette").arg("--hidden").build());
    match update::plugin() {
        Some(plugin) => builder.plugin(plugin),
        None => builder,
    }
}

/// Begins all that lives as long as the program.
fn begin(app: &App, arguments: Arguments, stage: Option<Stage>) {
    let handle = app.handle();
    let is_demo = stage.is_some();
    if let Some(stage) = stage {
        app.manage(stage);
    }
    farewell::on_signals(handle);
    notices::begin(handle);
    if let Err(error) = tray::begin(handle) {
        tracing::warn!(%error, "no tray");
    }
    preferences::follow(handle);
    engine::begin(handle);
    if !is_demo {
        update::begin(handle);
        let opens = handle.clone();
        app.deep_link().on_open_url(move |event| {
            let goto =
                event.urls().iter().find_map(|url| navette::desktop::Goto::of_link(url.as_str()));
            frame::show(&opens, goto);
        });
    }
    if !arguments.hidden
        && let Err(error) = frame::show_now(handle, arguments.goto())
    {
        tracing::error!(%error, "no window");
    }
}

fn on_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window is gone; Navette is not.
        RunEvent::ExitRequested { api, code: None, .. } => {
            let farewells = app.state::<farewell::Farewells>();
            if !farewells.have_begun() {
                api.prevent_exit();
            }
        }
        RunEvent::Exit => {
            if let Some(stage) = app.try_state::<Stage>() {
                stage.clear();
            }
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => frame::show(app, None),
        _ => {}
    }
}
