//! The icon in the panel, and its menu. What they show is decided in the
//! library (`navette::desktop`); here it is drawn, and drawn again only where
//! it is another one.

mod icons;
mod menu;

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::FutureExt as _;
use navette::api::Standing;
use navette::clock::{Clock as _, SystemClock};
use navette::desktop::{Does, Goto, Icon, Picture, Pulse, Still, View, rows, tooltip};
use navette::overview::Overview;
use navette::settings::{Places, Tone};
use serde::de::DeserializeOwned;
use serde_json::json;
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Listener as _, Manager as _};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::Notify;

use crate::panel::Panel;
use crate::thread::Thread;
use crate::{farewell, frame, preferences};

use menu::Shown;

/// What the tray shows, and what it is to show.
pub(crate) struct Tray {
    icon: TrayIcon,
    menu: Mutex<Shown>,
    picture: Mutex<Picture>,
    pulse: Mutex<Pulse>,
    clock: SystemClock,
    /// The icon may be another one.
    news: Notify,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to show it.
pub(crate) fn begin(app: &AppHandle) -> tauri::Result<()> {
    let menu = Shown::new(app)?;
    let icon = TrayIconBuilder::with_id("navette")
        .icon(icons::picture(Icon::Still(Still::Ok), Tone::Dark, scale(app))?)
        .icon_as_template(cfg!(target_os = "macos"))
        .menu(menu.root())
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(|app, event| chosen(app, event.id()))
        .on_tray_icon_event(|icon, event| {
            let left = matches!(
                event,
                TrayIconEvent::Click {
                    button: MouseButton::Left,
                    button_state: MouseButtonState::Up,
                    ..
                }
            );
            if left && !cfg!(target_os = "macos") {
                frame::show(icon.app_handle(), None);
            }
        })
        .build(app)?;
    app.manage(Tray {
        icon,
        menu: Mutex::new(menu),
        picture: Mutex::default(),
        pulse: Mutex::default(),
        clock: SystemClock::new(),
        news: Notify::new(),
    });
    hear(app, "overview", |tray, overview: Overview| {
        locked(&tray.pulse).turn(overview.mood, tray.clock.now());
        locked(&tray.picture).overview = Some(overview);
    });
    hear(app, "standing", |tray, standing: Standing| {
        locked(&tray.picture).standings.insert(standing.folder.clone(), standing);
    });
    hear(app, "gone", |tray, folder: String| {
        locked(&tray.picture).standings.remove(&folder);
    });
    draw(app);
    move_shuttle(app);
    Ok(())
}

/// Takes what is told to the window, too.
fn hear<T: DeserializeOwned + 'static>(
    app: &AppHandle,
    event: &str,
    take: impl Fn(&Tray, T) + Send + 'static,
) {
    let handle = app.clone();
    app.listen_any(event, move |event| match serde_json::from_str(event.payload()) {
        Ok(told) => {
            take(&handle.state::<Tray>(), told);
            draw(&handle);
        }
        Err(error) => tracing::warn!(%error, "what was told to the tray"),
    });
}

/// Takes what was chosen otherwise: the language, the tone.
pub(crate) fn heed(app: &AppHandle) {
    if app.try_state::<Tray>().is_some() {
        draw(app);
    }
}

/// Draws menu and tooltip, as far as they are others than before.
fn draw(app: &AppHandle) {
    let handle = app.clone();
    let drawn = app.run_on_main_thread(move || {
        let tray = handle.state::<Tray>();
        let texts = preferences::texts(&handle);
        let picture = locked(&tray.picture).clone();
        let rows = rows(&texts, &picture, tray.clock.wall());
        let shown = locked(&tray.menu).show(&handle, rows);
        let told = shown.and_then(|()| tray.icon.set_tooltip(Some(tooltip(&texts, &picture))));
        if let Err(error) = told {
            tracing::warn!(%error, "the tray's menu");
        }
        tray.news.notify_one();
    });
    if let Err(error) = drawn {
        tracing::debug!(%error, "the tray");
    }
}

/// Draws the icon whenever it is another one.
fn move_shuttle(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let (tray, mut panel) = (app.state::<Tray>(), Panel::listen());
        let mut shown = None;
        loop {
            let prefers = panel.prefers();
            let tone = match preferences::chosen(&app).tray_tone {
                Tone::System => prefers.tone,
                chosen => chosen,
            };
            let (icon, again) = locked(&tray.pulse).icon(tray.clock.now(), prefers.motion);
            let wanted = (icon, tone, scale(&app));
            if shown != Some(wanted) {
                let drawn = icons::picture(icon, tone, wanted.2).and_then(|picture| {
                    tray.icon.set_icon_with_as_template(Some(picture), cfg!(target_os = "macos"))
                });
                if let Err(error) = drawn {
                    tracing::debug!(%error, "the tray's icon");
                }
                shown = Some(wanted);
            }
            let time = async {
                match again {
                    Some(again) => tray.clock.sleep(again).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = tray.news.notified() => {}
                () = panel.changed() => {}
                () = time => {}
            }
        }
    });
}

/// How many pixels of the screen are one point, in hundredths.
fn scale(app: &AppHandle) -> u32 {
    let monitor = app.primary_monitor().ok().flatten();
    let scale = monitor.map_or(1.0, |monitor| monitor.scale_factor());
    if scale > 1.5 {
        200
    } else if scale > 1.0 {
        150
    } else {
        100
    }
}

/// Does what was chosen in the menu.
fn chosen(app: &AppHandle, id: &tauri::menu::MenuId) {
    let Some(does) = locked(&app.state::<Tray>().menu).does(id) else { return };
    match does {
        Does::Answer => frame::show(app, Some(Goto::view(View::Attention))),
        Does::Show => frame::show(app, None),
        Does::Quit => farewell::quit(app),
        Does::Pause(seconds) => tell(app, "pause", json!({ "seconds": seconds })),
        Does::Resume => tell(app, "resume", json!({})),
        Does::OpenPath { folder, path } => {
            let mut whole = std::path::PathBuf::from(folder);
            whole.extend(path.iter().flat_map(|path| path.split('/')));
            let opened = app.opener().open_path(whole.to_string_lossy(), None::<&str>);
            if let Err(error) = opened {
                tracing::warn!(%error, "nothing opens that");
            }
        }
    }
}

/// Tells all pairs of this user, also those that another program watches.
fn tell(app: &AppHandle, method: &'static str, params: serde_json::Value) {
    let told = app.state::<Thread>().begin_with(move || {
        async move {
            let Ok(places) = Places::find() else { return };
            if let Err(error) = navette::api::ask(&places.run_dir(), method, &params).await {
                tracing::warn!(%error, method, "nobody was told");
            }
        }
        .boxed_local()
    });
    if let Err(error) = told {
        tracing::warn!(%error, "nobody was told");
    }
}
