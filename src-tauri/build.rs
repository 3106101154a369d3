//! Reads `tauri.conf.json` and the capabilities into the program, and the window into it too.

use std::path::Path;

/// What `npm run build` leaves behind when it has come to its end.
const WINDOW: &str = "../ui/dist/index.html";

fn main() {
    println!("cargo::rerun-if-changed={WINDOW}");
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
}
