//! The window itself: made when somebody wants to see it, hidden when it is
//! closed, and given up when it was hidden for a while, for a page in memory
//! costs more than all the rest of Navette.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use navette::clock::{Clock as _, SystemClock};
use navette::desktop::Goto;
use navette::settings::Tone;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, Emitter as _, Manager as _, Theme, Url, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};
use tauri_plugin_window_state::{AppHandleExt as _, StateFlags};

use crate::demo::Stage;
use crate::farewell::Farewells;
use crate::{panel, preferences};

/// The one window.
const MAIN: &str = "main";

/// A window that was hidden for so long is given up.
const GIVE_UP: Duration = Duration::from_secs(300);

/// What of the window is the same the next time.
pub(crate) const KEPT: StateFlags =
    StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);

/// What was explained once, before the window was closed for the first time:
/// with a tray, and without one.
const EXPLAINED: [&str; 2] = ["close-once", "tray-none"];

/// In a release the menu of the web page is none of a program; in fields it
/// pastes and corrects.
const WITHOUT_MENU: &str = "addEventListener('contextmenu', (event) => {\
    if (!event.target.closest?.('input, textarea, [contenteditable]')) event.preventDefault();\
});";

/// What is known of the window besides what it knows itself.
#[derive(Default)]
pub(crate) struct Frame {
    /// Where it is to be as soon as it can be asked.
    goto: Mutex<Option<Goto>>,
    /// Its first picture stands.
    ready: AtomicBool,
    /// It was asked to explain what closing does, and has not hidden yet.
    asked: AtomicBool,
    /// How often it was shown or hidden.
    turns: AtomicU64,
}

impl Frame {
    /// Its first picture stands. Where it is to be, if anybody said so.
    pub(crate) fn is_ready(&self) -> Option<Goto> {
        self.ready.store(true, Ordering::Relaxed);
        self.goto.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn go(&self, goto: Goto) {
        *self.goto.lock().unwrap_or_else(PoisonError::into_inner) = Some(goto);
    }

    fn turn(&self) -> u64 {
        self.turns.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Shows the window, at that place if there is one.
pub(crate) fn show(app: &AppHandle, goto: Option<Goto>) {
    let app = app.clone();
    // Not where an event of the system is being answered: there, Windows would
    // wait for itself.
    tauri::async_runtime::spawn(async move {
        if let Err(error) = show_now(&app, goto) {
            tracing::error!(%error, "no window");
        }
    });
}

/// The same, at once.
pub(crate) fn show_now(app: &AppHandle, goto: Option<Goto>) -> tauri::Result<()> {
    if app.state::<Farewells>().have_begun() {
        return Ok(());
    }
    let frame = app.state::<Frame>();
    frame.turn();
    let Some(window) = app.get_webview_window(MAIN) else {
        if let Some(goto) = goto {
            frame.go(goto);
        }
        return make(app).map(drop);
    };
    window.unminimize()?;
    window.show()?;
    window.set_focus()?;
    match goto {
        Some(goto) if frame.ready.load(Ordering::Relaxed) => app.emit("goto", goto),
        Some(goto) => {
            frame.go(goto);
            Ok(())
        }
        None => Ok(()),
    }
}

fn make(app: &AppHandle) -> tauri::Result<WebviewWindow> {
    let frame = app.state::<Frame>();
    frame.ready.store(false, Ordering::Relaxed);
    frame.asked.store(false, Ordering::Relaxed);
    let mut builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
        .title(title(app))
        .inner_size(960.0, 640.0)
        .min_inner_size(720.0, 480.0)
        .center()
        .visible(false)
        .theme(theme(preferences::chosen(app).theme))
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                // Nobody sees an empty page first.
                let _ = window.show();
                let _ = window.set_focus();
            }
        });
    if !cfg!(debug_assertions) {
        builder = builder.initialization_script(WITHOUT_MENU);
    }
    if let Some(stage) = app.try_state::<Stage>() {
        builder = builder.data_directory(stage.web());
    }
    let window = builder.build()?;
    let handle = app.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            closes(&handle);
        }
        WindowEvent::Focused(false) => crate::notices::look(&handle),
        _ => {}
    });
    Ok(window)
}

/// Whether an address is one of the window's own pages. Nothing else is ever
/// shown in it.
fn is_ours(url: &Url) -> bool {
    let own = matches!(
        (url.scheme(), url.host_str()),
        ("tauri", Some("localhost")) | ("http" | "https", Some("tauri.localhost"))
    );
    own || tauri::is_dev() && url.host_str() == Some("127.0.0.1")
}

fn title(app: &AppHandle) -> String {
    let id = if app.try_state::<Stage>().is_some() { "window-title-demo" } else { "window-title" };
    preferences::texts(app).say(id, &[])
}

/// How a theme is called that was chosen; none for the system's.
fn theme(tone: Tone) -> Option<Theme> {
    match tone {
        Tone::System => None,
        Tone::Light => Some(Theme::Light),
        Tone::Dark => Some(Theme::Dark),
    }
}

/// Takes what was chosen otherwise.
pub(crate) fn heed(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let told = window
            .set_title(&title(app))
            .and_then(|()| window.set_theme(theme(preferences::chosen(app).theme)));
        if let Err(error) = told {
            tracing::debug!(%error, "the window");
        }
    }
}

/// Whether somebody looks at it.
pub(crate) fn is_in_front(app: &AppHandle) -> bool {
    let window = app.get_webview_window(MAIN);
    window.is_some_and(|window| {
        window.is_visible().unwrap_or(false) && window.is_focused().unwrap_or(false)
    })
}

/// Somebody closes it. Before the first time it says what that means.
fn closes(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let word = EXPLAINED[usize::from(!panel::has_tray().await)];
        let frame = app.state::<Frame>();
        let is_new = !preferences::chosen(&app).seen.iter().any(|seen| seen == word);
        // Whoever closes it again without having answered does not want to.
        if is_new
            && frame.ready.load(Ordering::Relaxed)
            && !frame.asked.swap(true, Ordering::Relaxed)
        {
            let _ = app.emit("closing", word);
        } else {
            hide(&app).await;
        }
    });
}

/// Hides the window; without a tray, where nobody would find it again, it only
/// becomes small.
pub(crate) async fn hide(app: &AppHandle) {
    let has_tray = panel::has_tray().await;
    app.state::<Frame>().asked.store(false, Ordering::Relaxed);
    preferences::explained(app, EXPLAINED[usize::from(!has_tray)]);
    let Some(window) = app.get_webview_window(MAIN) else { return };
    // It may be given up before the end, and would be forgotten then.
    let _ = app.save_window_state(KEPT);
    let hidden = if has_tray { window.hide() } else { window.minimize() };
    if let Err(error) = hidden {
        tracing::warn!(%error, "the window");
    }
    if has_tray {
        give_up(app).await;
    }
}

/// Gives it up if it stays hidden.
async fn give_up(app: &AppHandle) {
    let turn = app.state::<Frame>().turn();
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        SystemClock::new().sleep(GIVE_UP).await;
        let stays = app.state::<Frame>().turns.load(Ordering::Relaxed) == turn;
        if let Some(window) = app.get_webview_window(MAIN).filter(|_| stays) {
            tracing::info!("the hidden window is given up");
            let _ = window.destroy();
        }
    });
}

/// It goes at once: the program is about to end.
pub(crate) fn vanish(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _ = app.save_window_state(KEPT);
        let _ = window.hide();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_shows_its_own_pages_and_no_other() {
        for ours in ["tauri://localhost/", "tauri://localhost/index.html#/home"] {
            assert!(is_ours(&Url::parse(ours).unwrap()), "{ours}");
        }
        for other in [
            "https://example.org/",
            "http://localhost/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "tauri://example.org/",
            "about:blank",
        ] {
            assert!(!is_ours(&Url::parse(other).unwrap()), "{other}");
        }
    }

    #[test]
    fn where_it_is_to_be_is_said_once() {
        let frame = Frame::default();
        frame.go(Goto::view(navette::desktop::View::Attention));
        assert!(frame.is_ready().is_some() && frame.is_ready().is_none());
    }
}
