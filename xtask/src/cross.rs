//! `cargo xtask cross`: Navette for Windows and macOS, as far as a Debian
//! machine can try it.
//!
//! | Part | What it does |
//! |---|---|
//! | `windows` | type-checks engine and app for Windows |
//! | `macos` | type-checks the engine for macOS; to link it needs Apple's libraries |
//! | `tests` | runs the engine's tests on Wine |
//! | `setup` | makes the installer, and installs, renews and removes with it on Wine |
//!
//! Without words it does all of them, in this order. A warning of our own code
//! is an error: what only another system compiles is what nobody else looks at.
//!
//! Wine is not Windows. What it does otherwise, and which tests are left out
//! for that, is in `tests::LEFT_OUT`; the app draws its window with WebView2,
//! which it lacks, so that only its installed file is asked for its version.
//! Programs are built without optimisation and debug information: what they do
//! is looked at, not how fast, and all of it takes about an hour of processor
//! the first time. Everything lies below `target/cross`.

mod compiler;
mod setup;
mod tests;
mod wine;
mod zig;

use std::path::PathBuf;

use crate::packages;
use crate::run::{Done, begin, root};
use crate::window;
use compiler::{Target, compile, provide_std};

/// A part, by its word.
type Part = (&'static str, fn() -> Done);

const PARTS: [Part; 4] =
    [("windows", windows), ("macos", macos), ("tests", tests::tests), ("setup", setup::setup)];

/// Does these parts, or all.
pub(crate) fn cross(words: &[&str]) -> Done {
    if let Some(unknown) = words.iter().find(|word| PARTS.iter().all(|(name, _)| name != *word)) {
        let known = PARTS.map(|(name, _)| name).join(", ");
        return Err(format!("{unknown}: there is no such part, but {known}"));
    }
    begin("what is needed from the system");
    packages::provide_cross()?;
    let wanted = |name: &str| words.is_empty() || words.contains(&name);
    for (_, part) in PARTS.iter().filter(|(name, _)| wanted(name)) {
        part()?;
    }
    Ok(())
}

fn windows() -> Done {
    provide_std(Target::Windows)?;
    begin("the window: built");
    packages::provide_desktop()?;
    window::build()?;
    begin("engine and app, for Windows");
    let words = ["check", "--package", "navette", "--package", "navette-desktop"];
    compile(Target::Windows.cargo(&words))?;
    begin("their tests, for Windows");
    compile(Target::Windows.cargo(&["check", "--package", "navette", "--tests"]))
}

fn macos() -> Done {
    provide_std(Target::Macos)?;
    zig::provide()?;
    begin("the engine, for macOS");
    compile(zig::cargo(&["check", "--package", "navette"])?)
}

/// Where everything of this chore lies.
fn place() -> PathBuf {
    root().join("target/cross")
}
