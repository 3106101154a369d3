//! Notifications: what is told to the window is heard here, too; what is worth
//! one is decided in the library (`navette::desktop::Notices`).
//!
//! Do-not-disturb is kept by the system, which holds back what is shown then.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use navette::api::{Entry, Standing};
use navette::clock::{Clock as _, SystemClock};
use navette::desktop::{Concern, Goto, Heard, Notice, Notices, When};
use navette::settings::{Noted, Places};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tauri::{AppHandle, Listener as _, Manager as _};
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::Notify;

use crate::{frame, preferences};

/// Where a click on a notification leads, in what goes along with it.
const GOTO: &str = "goto";

/// What was heard, and where it is kept what was said of it.
struct Desk {
    notices: Mutex<Notices>,
    noted: Option<Noted>,
    clock: SystemClock,
    news: Notify,
}

/// An account, as far as its room goes.
#[derive(Deserialize)]
struct Account {
    name: String,
    title: String,
    quota: Option<Quota>,
}

#[derive(Deserialize)]
struct Quota {
    used: u64,
    total: Option<u64>,
}

impl Desk {
    fn notices(&self) -> MutexGuard<'_, Notices> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins to listen.
pub(crate) fn begin(app: &AppHandle) {
    let noted = Places::find().ok().map(|places| Noted::at(places.notices()));
    let kept = noted.as_ref().and_then(Noted::read);
    app.manage(Desk {
        notices: Mutex::new(Notices::remembering(kept.as_deref())),
        noted,
        clock: SystemClock::new(),
        news: Notify::new(),
    });
    hear(app, "concerns", |concerns: Vec<Concern>| vec![Heard::Concerns(concerns)]);
    hear(app, "done", |entry: Entry| vec![Heard::Done(Box::new(entry))]);
    hear(app, "standing", |standing: Standing| vec![Heard::Standing(Box::new(standing))]);
    hear(app, "accounts", |accounts: Vec<Account>| {
        let known = accounts.into_iter().filter_map(|account| {
            let quota = account.quota?;
            Some(Heard::Quota(account.name, account.title, quota.used, quota.total?))
        });
        known.collect()
    });
    let handle = app.clone();
    let clicked = app.notification().on_action(move |performed| {
        let goto = performed.notification().and_then(|shown| shown.extra().get(GOTO));
        let goto: Option<Goto> = goto.cloned().and_then(|goto| serde_json::from_value(goto).ok());
        frame::show(&handle, goto);
    });
    if let Err(error) = clicked {
        tracing::warn!(%error, "clicks on notifications are not heard");
    }
    stay(app);
}

fn hear<T: DeserializeOwned + 'static>(
    app: &AppHandle,
    event: &str,
    heard: impl Fn(T) -> Vec<Heard> + Send + 'static,
) {
    let handle = app.clone();
    app.listen_any(event, move |event| {
        let Ok(told) = serde_json::from_str(event.payload()) else { return };
        let desk = handle.state::<Desk>();
        let now = desk.clock.wall();
        heard(told).into_iter().for_each(|heard| desk.notices().hear(heard, now));
        desk.news.notify_one();
    });
}

/// Looks whether something may be said now: the window is not in front any more.
pub(crate) fn look(app: &AppHandle) {
    if let Some(desk) = app.try_state::<Desk>() {
        desk.news.notify_one();
    }
}

/// Says what is due, whenever it is.
fn stay(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let desk = app.state::<Desk>();
        loop {
            let chosen = preferences::chosen(&app);
            let when = When {
                now: desk.clock.wall(),
                notify: chosen.notify,
                notify_new: chosen.notify_new,
                in_front: frame::is_in_front(&app),
            };
            let due = desk.notices().due(&preferences::texts(&app), when);
            let said = due.is_some();
            if let Some(notice) = due {
                show(&app, notice);
            }
            keep(&desk);
            let again = desk.notices().again(when.now).filter(|_| !said);
            let wait = again.map_or(Duration::from_secs(3600), Duration::from_secs);
            tokio::select! {
                () = desk.news.notified() => {}
                () = desk.clock.sleep(if said { Duration::from_secs(1) } else { wait }) => {}
            }
        }
    });
}

/// Keeps what was said beyond this process.
fn keep(desk: &Desk) {
    let text = desk.notices().to_keep();
    let kept = desk.noted.as_ref().zip(text).map(|(noted, text)| noted.write(&text));
    if let Some(Err(error)) = kept {
        tracing::warn!(%error, "what was said is not kept");
    }
}

fn show(app: &AppHandle, notice: Notice) {
    let mut builder = app.notification().builder().title(notice.title).extra(GOTO, notice.goto);
    if let Some(body) = notice.body {
        builder = builder.body(body);
    }
    if let Err(error) = builder.show() {
        tracing::warn!(%error, "no notification");
    }
}
