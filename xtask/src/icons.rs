//! `cargo xtask icons`: the drawings of `icons/` in every size and format that is asked for.
//!
//! What it makes is checked in, so that building needs no renderer; a test
//! holds that it is what the drawings show.

use std::path::PathBuf;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use crate::run::{Done, root};

/// Sides of the mark: what the icon themes of Linux ask for, in pixels.
const APP: [u32; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];

/// Sides in the icon of Windows.
const WINDOWS: [u32; 6] = [16, 24, 32, 48, 64, 256];

/// Sides in the icon of macOS: all for which it knows a PNG.
const MACOS: [u32; 6] = [16, 32, 64, 128, 256, 512];

/// States that the tray shows. The last four are what moves while it syncs.
const STATES: [&str; 9] = [
    "ok",
    "paused",
    "attention",
    "offline",
    "syncing",
    "syncing-1",
    "syncing-2",
    "syncing-3",
    "syncing-4",
];

/// Sides of the tray's icons.
const TRAY: [u32; 6] = [16, 22, 24, 32, 44, 48];

/// Sides of the tray's icons on macOS, which are coloured by the menu bar.
const TEMPLATE: [u32; 2] = [22, 44];

/// The colour in which the tray's icons are drawn.
const DRAWN_IN: &str = "#1F2228";

/// The sets of the tray, by the panel that they are for: dark strokes on a light one.
const TONES: [(&str, &str, &[u32]); 3] =
    [("light", DRAWN_IN, &TRAY), ("dark", "#F4F2EE", &TRAY), ("template", "#000000", &TEMPLATE)];

/// A file below `icons/`, and what belongs into it.
struct Picture {
    file: PathBuf,
    bytes: Vec<u8>,
}

/// Makes all of them.
pub(crate) fn icons() -> Done {
    for Picture { file, bytes } in pictures()? {
        let path = root().join("icons").join(file);
        let told = |error| format!("{}: {error}", path.display());
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(told)?;
        std::fs::write(&path, bytes).map_err(told)?;
    }
    Ok(())
}

fn pictures() -> Result<Vec<Picture>, String> {
    let mut pictures = Vec::new();
    let mark = drawing("mark")?;
    for side in APP {
        pictures.push(Picture {
            file: format!("app/{side}.png").into(),
            bytes: png(&rendered(&mark, side)?)?,
        });
    }
    pictures.push(Picture { file: "app/navette.ico".into(), bytes: windows(&mark)? });
    pictures.push(Picture { file: "app/navette.icns".into(), bytes: macos(&mark)? });
    for state in STATES {
        let drawing = drawing(&format!("tray-{state}"))?;
        for (tone, colour, sides) in TONES {
            let coloured = drawing.replace(DRAWN_IN, colour);
            for side in sides {
                pictures.push(Picture {
                    file: format!("tray/{tone}/{state}-{side}.png").into(),
                    bytes: png(&rendered(&coloured, *side)?)?,
                });
            }
        }
    }
    Ok(pictures)
}

fn drawing(name: &str) -> Result<String, String> {
    let path = root().join("icons").join(name).with_extension("svg");
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

fn rendered(drawing: &str, side: u32) -> Result<Pixmap, String> {
    let tree = Tree::from_str(drawing, &Options::default()).map_err(|error| error.to_string())?;
    let mut pixels = Pixmap::new(side, side).ok_or("an icon without pixels")?;
    let scale = side as f32 / tree.size().width();
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    Ok(pixels)
}

fn png(pixels: &Pixmap) -> Result<Vec<u8>, String> {
    pixels.encode_png().map_err(|error| error.to_string())
}

/// Colours that are not multiplied by how opaque they are, as both formats want them.
fn plain(pixels: &Pixmap) -> Vec<u8> {
    let demultiplied = pixels.pixels().iter().map(|pixel| pixel.demultiply());
    demultiplied.flat_map(|c| [c.red(), c.green(), c.blue(), c.alpha()]).collect()
}

fn windows(mark: &str) -> Result<Vec<u8>, String> {
    let told = |error: std::io::Error| format!("the icon of Windows: {error}");
    let mut all = ico::IconDir::new(ico::ResourceType::Icon);
    for side in WINDOWS {
        let image = ico::IconImage::from_rgba_data(side, side, plain(&rendered(mark, side)?));
        all.add_entry(ico::IconDirEntry::encode(&image).map_err(told)?);
    }
    let mut bytes = Vec::new();
    all.write(&mut bytes).map_err(told)?;
    Ok(bytes)
}

fn macos(mark: &str) -> Result<Vec<u8>, String> {
    let told = |error: std::io::Error| format!("the icon of macOS: {error}");
    let mut all = icns::IconFamily::new();
    for side in MACOS {
        let pixels = plain(&rendered(mark, side)?);
        let image = icns::Image::from_data(icns::PixelFormat::RGBA, side, side, pixels);
        all.add_icon(&image.map_err(told)?).map_err(told)?;
    }
    let mut bytes = Vec::new();
    all.write(&mut bytes).map_err(told)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
        let mut files = BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(files_below(&path));
            } else {
                files.insert(path);
            }
        }
        files
    }

    /// What a file shows: how well it is packed hangs on what else is built with the packer.
    fn pixels_of(file: &Path, bytes: &[u8]) -> Vec<Vec<u8>> {
        match file.extension().and_then(|end| end.to_str()) {
            Some("ico") => {
                let all = ico::IconDir::read(std::io::Cursor::new(bytes)).unwrap();
                let images = all.entries().iter().map(|entry| entry.decode().unwrap());
                images.map(|image| image.rgba_data().to_vec()).collect()
            }
            Some("icns") => {
                let all = icns::IconFamily::read(std::io::Cursor::new(bytes)).unwrap();
                let kinds = all.available_icons();
                let images = kinds.into_iter().map(|kind| all.get_icon_with_type(kind).unwrap());
                images.map(|image| image.data().to_vec()).collect()
            }
            _ => vec![Pixmap::decode_png(bytes).unwrap().data().to_vec()],
        }
    }

    #[test]
    fn what_is_checked_in_is_what_the_drawings_show() {
        let icons = root().join("icons");
        let pictures = pictures().unwrap();
        for Picture { file, bytes } in &pictures {
            let there = std::fs::read(icons.join(file)).unwrap_or_default();
            let same = !there.is_empty() && pixels_of(file, &there) == pixels_of(file, bytes);
            assert!(same, "{}: run cargo xtask icons", file.display());
        }
        let made: BTreeSet<_> = pictures.iter().map(|picture| icons.join(&picture.file)).collect();
        let mut there = files_below(&icons.join("app"));
        there.extend(files_below(&icons.join("tray")));
        assert_eq!(there, made, "files that no drawing makes");
    }

    #[test]
    fn every_drawing_is_shown_somewhere() {
        let known: BTreeSet<String> = STATES.iter().map(|state| format!("tray-{state}")).collect();
        for entry in std::fs::read_dir(root().join("icons")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "svg") {
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                assert!(name == "mark" || known.contains(&name), "{name} is drawn for nothing");
            }
        }
    }

    #[test]
    fn the_states_of_the_tray_differ_without_colour() {
        let shapes = ["ok", "paused", "attention", "offline", "syncing"].map(|state| {
            let pixels = rendered(&drawing(&format!("tray-{state}")).unwrap(), 16).unwrap();
            pixels.pixels().iter().map(|pixel| pixel.alpha() > 127).collect::<Vec<_>>()
        });
        for (at, one) in shapes.iter().enumerate() {
            for other in &shapes[at + 1..] {
                let differ = one.iter().zip(other).filter(|(one, other)| one != other).count();
                assert!(differ >= 12, "only {differ} of 256 points differ");
            }
        }
    }
}
