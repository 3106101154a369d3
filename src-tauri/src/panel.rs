//! What the desktop's panel is like: whether it shows icons of programs, and
//! in which tone they are seen on it.

use navette::settings::Tone;

/// Whether this desktop shows icons of programs.
#[cfg(target_os = "linux")]
pub(crate) async fn has_tray() -> bool {
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        names
            .name_has_owner("org.kde.StatusNotifierWatcher".try_into()?)
            .await
            .map_err(zbus::Error::from)
    };
    // Without a bus there is no panel that could be asked.
    asked.await.unwrap_or(false)
}

/// Every one does.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn has_tray() -> bool {
    true
}

/// The tone of the panel.
pub(crate) async fn tone(chosen: Tone) -> Tone {
    match chosen {
        Tone::System => told().await,
        chosen => chosen,
    }
}

/// As far as the system tells. The panel of GNOME is dark whatever the theme.
#[cfg(target_os = "linux")]
async fn told() -> Tone {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let answer = bus
            .call_method(
                Some("org.freedesktop.portal.Desktop"),
                "/org/freedesktop/portal/desktop",
                Some("org.freedesktop.portal.Settings"),
                "ReadOne",
                &("org.freedesktop.appearance", "color-scheme"),
            )
            .await?;
        let body = answer.body();
        let scheme: zbus::zvariant::Value<'_> = body.deserialize()?;
        zbus::Result::Ok(u32::try_from(scheme).unwrap_or(0))
    };
    panel_tone(&desktop, asked.await.ok())
}

/// By the name of the desktop, and by what it prefers: 1 is dark, 2 is light.
#[cfg(target_os = "linux")]
fn panel_tone(desktop: &str, prefers: Option<u32>) -> Tone {
    let is_dark_anyhow = desktop.split(':').any(|name| ["GNOME", "Unity"].contains(&name));
    match prefers {
        Some(2) if !is_dark_anyhow => Tone::Light,
        Some(0) if !is_dark_anyhow => Tone::Light,
        _ => Tone::Dark,
    }
}

/// The icons of macOS are coloured by the menu bar itself.
#[cfg(target_os = "macos")]
async fn told() -> Tone {
    Tone::System
}

/// The taskbar of Windows is dark unless somebody has chosen otherwise, and
/// tells nobody.
#[cfg(windows)]
async fn told() -> Tone {
    Tone::Dark
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_panel_of_gnome_is_dark_and_any_other_as_the_theme() {
        assert_eq!(panel_tone("ubuntu:GNOME", Some(2)), Tone::Dark);
        assert_eq!(panel_tone("KDE", Some(2)), Tone::Light);
        assert_eq!(panel_tone("KDE", Some(0)), Tone::Light);
        assert_eq!(panel_tone("KDE", Some(1)), Tone::Dark);
        assert_eq!(panel_tone("", None), Tone::Dark);
    }
}
