//! Newer versions: looked for once a day, proved by their signature, and put in
//! place when Navette ends. Nobody is told, and nobody has to wait.
//!
//! Off unless the one who builds it has a key: `NAVETTE_UPDATE_KEY` (public, as
//! `tauri signer generate` prints it) and `NAVETTE_UPDATE_URL` (where the
//! signed manifests are, with `{{target}}`, `{{arch}}`, `{{current_version}}`)
//! are read at build time. What a package of the system has installed is the
//! system's to update.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use navette::clock::{Clock as _, SystemClock};
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager as _, Url, Wry};
use tauri_plugin_updater::{Config, Update, UpdaterExt as _};

/// Who signs, and where it is published.
const FROM: (Option<&str>, Option<&str>) =
    (option_env!("NAVETTE_UPDATE_KEY"), option_env!("NAVETTE_UPDATE_URL"));

/// The first look is not in the way of a start.
const FIRST: Duration = Duration::from_secs(300);
/// From one look to the next.
const APART: Duration = Duration::from_secs(24 * 3600);

/// What was fetched and proved.
#[derive(Default)]
struct Ready(Mutex<Option<(Update, Vec<u8>)>>);

/// Whether newer versions are looked for.
pub(crate) fn is_on() -> bool {
    from().is_some()
}

fn from() -> Option<(&'static str, Url)> {
    let (key, url) = (FROM.0?, FROM.1?);
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "https")?;
    (!key.is_empty()).then_some((key, url))
}

/// What knows how to fetch and prove one; none if they are not looked for.
pub(crate) fn plugin() -> Option<TauriPlugin<Wry, Config>> {
    let (key, _) = from()?;
    Some(tauri_plugin_updater::Builder::new().pubkey(key).build())
}

/// Begins to look.
pub(crate) fn begin(app: &AppHandle) {
    let Some((_, url)) = from() else { return };
    app.manage(Ready::default());
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let clock = SystemClock::new();
        clock.sleep(FIRST).await;
        loop {
            if let Err(error) = look(&app, url.clone()).await {
                tracing::info!(%error, "no newer version");
            }
            clock.sleep(APART).await;
        }
    });
}

async fn look(app: &AppHandle, url: Url) -> tauri_plugin_updater::Result<()> {
    let updater = app.updater_builder().endpoints(vec![url])?.build()?;
    let Some(update) = updater.check().await? else { return Ok(()) };
    tracing::info!(version = update.version, "a newer version");
    let bytes = update.download(|_, _| {}, || {}).await?;
    let ready = app.state::<Ready>();
    *ready.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((update, bytes));
    Ok(())
}

/// Puts in place what was fetched. The program is about to end.
pub(crate) fn install(app: &AppHandle) {
    let Some(ready) = app.try_state::<Ready>() else { return };
    let taken = ready.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((update, bytes)) = taken
        && let Err(error) = update.restart_after_install(false).install(bytes)
    {
        tracing::warn!(%error, "the newer version was not installed");
    }
}
