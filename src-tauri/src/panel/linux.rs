//! Linux: the panel on the session's bus, and what the portal tells of the
//! desktop's settings. One connection is kept for it, on which changes are heard:
//! an icon that moves asks nobody between two of its pictures.

use futures::StreamExt as _;
use navette::desktop::Motion;
use navette::settings::Tone;
use tokio::sync::watch;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy};

use super::Prefers;

const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PLACE: &str = "/org/freedesktop/portal/desktop";
const SETTINGS: &str = "org.freedesktop.portal.Settings";

const APPEARANCE: &str = "org.freedesktop.appearance";
const SCHEME: &str = "color-scheme";
/// Only newer portals know it.
const REDUCED: &str = "reduced-motion";
/// The desktops that go by GNOME's settings show these through older portals, too.
const INTERFACE: &str = "org.gnome.desktop.interface";
const ANIMATES: &str = "enable-animations";

/// Whether this desktop shows icons of programs.
pub(crate) async fn has_tray() -> bool {
    let asked = async {
        let bus = Connection::session().await?;
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        names
            .name_has_owner("org.kde.StatusNotifierWatcher".try_into()?)
            .await
            .map_err(zbus::Error::from)
    };
    // Without a bus there is no panel that could be asked.
    asked.await.unwrap_or(false)
}

/// What the panel is like, as it is told.
pub(crate) struct Panel {
    told: watch::Receiver<Prefers>,
}

impl Panel {
    /// Begins to listen, for as long as the program lives.
    pub(crate) fn listen() -> Self {
        let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
        let (tell, told) = watch::channel(Said::default().means(&desktop));
        tauri::async_runtime::spawn(async move {
            let followed = async { follow(Connection::session().await?, &desktop, &tell).await };
            if let Err(error) = followed.await {
                tracing::debug!(%error, "the desktop tells nothing of its settings");
            }
        });
        Self { told }
    }

    /// What is known by now.
    pub(crate) fn prefers(&self) -> Prefers {
        *self.told.borrow()
    }

    /// Waits until something else is preferred.
    pub(crate) async fn changed(&mut self) {
        if self.told.changed().await.is_err() {
            // Nobody tells anything any more.
            std::future::pending().await
        }
    }
}

/// Tells what the desktop prefers, and whatever changes of it.
async fn follow(bus: Connection, desktop: &str, tell: &watch::Sender<Prefers>) -> zbus::Result<()> {
    let settings = Proxy::new(&bus, PORTAL, PLACE, SETTINGS).await?;
    // Before anything is asked: what changes meanwhile is heard.
    let mut changes = settings.receive_signal("SettingChanged").await?;
    let mut said = Said::default();
    for (space, key) in [(APPEARANCE, SCHEME), (APPEARANCE, REDUCED), (INTERFACE, ANIMATES)] {
        // A setting that is not known there is no reason to ask for no other.
        if let Ok(value) = read(&settings, space, key).await {
            said.take(space, key, &value);
        }
    }
    loop {
        let means = said.means(desktop);
        tell.send_if_modified(|known| std::mem::replace(known, means) != means);
        let Some(change) = changes.next().await else { return Ok(()) };
        let body = change.body();
        if let Ok((space, key, value)) = body.deserialize::<(&str, &str, Value<'_>)>() {
            said.take(space, key, &value);
        }
    }
}

async fn read(settings: &Proxy<'_>, space: &str, key: &str) -> zbus::Result<OwnedValue> {
    match settings.call("ReadOne", &(space, key)).await {
        // Before its second version the portal knew only this, with a wrapping more.
        Err(zbus::Error::MethodError(..)) => settings.call("Read", &(space, key)).await,
        read => read,
    }
}

/// What the desktop says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Said {
    /// 1 is dark, 2 is light.
    scheme: Option<u32>,
    /// 1 is reduced.
    reduced: Option<u32>,
    animates: Option<bool>,
}

impl Said {
    fn take(&mut self, space: &str, key: &str, value: &Value<'_>) {
        let value = match value {
            Value::Value(wrapped) => wrapped,
            value => value,
        };
        match ((space, key), value) {
            ((APPEARANCE, SCHEME), Value::U32(scheme)) => self.scheme = Some(*scheme),
            ((APPEARANCE, REDUCED), Value::U32(reduced)) => self.reduced = Some(*reduced),
            ((INTERFACE, ANIMATES), Value::Bool(animates)) => self.animates = Some(*animates),
            _ => {}
        }
    }

    fn means(self, desktop: &str) -> Prefers {
        // Either of them is somebody's word; neither takes the other's back.
        let is_reduced = self.reduced == Some(1) || self.animates == Some(false);
        let motion = if is_reduced { Motion::Reduced } else { Motion::Free };
        Prefers { tone: panel_tone(desktop, self.scheme), motion }
    }
}

/// By the name of the desktop, and by what it prefers. The panel of GNOME is
/// dark whatever the theme.
fn panel_tone(desktop: &str, prefers: Option<u32>) -> Tone {
    let is_dark_anyhow = desktop.split(':').any(|name| ["GNOME", "Unity"].contains(&name));
    match prefers {
        Some(2) if !is_dark_anyhow => Tone::Light,
        Some(0) if !is_dark_anyhow => Tone::Light,
        _ => Tone::Dark,
    }
}

#[cfg(test)]
mod tests;
