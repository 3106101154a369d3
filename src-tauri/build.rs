//! Reads `tauri.conf.json` and the capabilities into the program, and the window into it too.

#[path = "build/components.rs"]
mod components;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What `npm run build` leaves behind when it has come to its end.
const WINDOW: &str = "../ui/dist/index.html";

/// The pictures of the tray: `<tone of the panel>/<name>-<side>.png`.
const TRAY: &str = "../icons/tray";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={WINDOW}");
    println!("cargo::rerun-if-changed={TRAY}");
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("tray.rs"), tray()?)?;
    let components = components::all().map_err(io::Error::other)?;
    fs::write(out.join("components.json"), components)?;
    if Path::new(WINDOW).exists() {
        tauri_build::build();
    } else {
        // Else a macro of the program would only say that some path does not exist.
        println!(
            "cargo::error=the window is not built: ui/dist is missing. \
             `cargo xtask desktop` builds it with all that it needs; \
             with Node 24 at hand: cd ui && npm ci && npm run build"
        );
    }
    Ok(())
}

/// All pictures of the tray, as a list of Rust: tone, name, side, bytes.
fn tray() -> io::Result<String> {
    let mut list = "&[\n".to_owned();
    for tone in sorted(Path::new(TRAY))? {
        for file in sorted(&tone)? {
            let (tone, stem) = (tone.file_name(), file.file_stem());
            let stem = stem.unwrap_or_default().to_string_lossy().into_owned();
            let Some((name, side)) = stem.rsplit_once('-') else { continue };
            let (tone, whole) = (tone.unwrap_or_default(), file.canonicalize()?);
            let _ = writeln!(list, "({tone:?}, {name:?}, {side}, include_bytes!({whole:?})),");
        }
    }
    list.push(']');
    Ok(list)
}

/// What is in a folder, in an order that does not change.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
