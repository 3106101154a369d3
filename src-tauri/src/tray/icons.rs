//! The pictures of the tray's icons.

use navette::desktop::Icon;
use navette::settings::Tone;
use tauri::image::Image;

/// The tone of a set, the name of a picture, its side in pixels, and the
/// picture (`build.rs`).
type Drawn = (&'static str, &'static str, u32, &'static [u8]);

/// All of `icons/tray`.
const ALL: &[Drawn] = include!(concat!(env!("OUT_DIR"), "/tray.rs"));

/// The picture of an icon for a panel in that tone, where so many hundredths of
/// a pixel are one point.
pub(super) fn picture(icon: Icon, tone: Tone, scale: u32) -> tauri::Result<Image<'static>> {
    let set = set(tone);
    let side = side(scale);
    let of = |name: &str| {
        let pictures = ALL.iter().filter(|(of, known, _, _)| (*of, *known) == (set, name));
        pictures.min_by_key(|(_, _, known, _)| known.abs_diff(side))
    };
    let (_, _, _, bytes) =
        of(icon.name()).ok_or(tauri::Error::AssetNotFound(icon.name().to_owned()))?;
    Image::from_bytes(bytes)
}

/// The set that is seen on such a panel. Sets are called by their panel.
fn set(tone: Tone) -> &'static str {
    match tone {
        _ if cfg!(target_os = "macos") => "template",
        Tone::Light => "light",
        Tone::Dark | Tone::System => "dark",
    }
}

/// The side in pixels that the system shows, as far as it is known.
fn side(scale: u32) -> u32 {
    let points = if cfg!(windows) { 16 } else { 22 };
    points * scale / 100
}

#[cfg(test)]
mod tests {
    use navette::desktop::Still;

    use super::*;

    #[test]
    fn every_icon_has_a_picture_of_its_size_in_every_tone() {
        let still = [Still::Ok, Still::Paused, Still::Attention, Still::Offline, Still::Syncing];
        for icon in still.map(Icon::Still).into_iter().chain((1..=4).map(Icon::Moving)) {
            for tone in [Tone::Light, Tone::Dark] {
                for (scale, side) in [(100, 22), (200, 44)] {
                    let picture = picture(icon, tone, scale).unwrap();
                    assert_eq!(picture.width(), side, "{icon:?} {tone:?}");
                }
            }
        }
    }

    #[test]
    fn on_a_dark_panel_the_strokes_are_light() {
        let brightest = |tone| {
            let picture = picture(Icon::Still(Still::Ok), tone, 100).unwrap();
            let seen = picture.rgba().chunks(4).filter(|pixel| pixel[3] == 255);
            seen.map(|pixel| pixel[0]).max().unwrap()
        };
        assert!(brightest(Tone::Dark) > 200 && brightest(Tone::Light) < 80);
    }
}
