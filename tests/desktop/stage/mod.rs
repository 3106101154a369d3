//! All that a desktop app has around it, each made for one case and gone after it.

#![allow(dead_code, unused_imports, reason = "shared between the cases")]

mod browser;
mod bus;
mod keychain;
mod process;
mod screen;
mod server;
mod tray;
mod window;

use std::os::unix::fs::PermissionsExt;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

pub(crate) use self::server::{LOGIN, PASSWORD, Server};
pub(crate) use self::tray::Tray;
pub(crate) use self::window::Window;

use self::bus::Bus;
use self::process::Process;
use self::screen::Screen;

/// How long anything may take that a person waits for. Much, for two cores
/// may be busy with ten other tests.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// How often is looked meanwhile.
pub(crate) const LOOK: Duration = Duration::from_millis(60);

/// The program that is tried: as cargo has built it, or another that is installed.
fn app() -> String {
    let built = || env!("CARGO_BIN_EXE_navette-desktop").to_owned();
    std::env::var("NAVETTE_DESKTOP").unwrap_or_else(|_| built())
}

/// A home, a screen, a bus, a keychain: a computer for one person.
pub(crate) struct Stage {
    /// Who reads on it: what the system says its language is.
    language: &'static str,
    _keychain: Process,
    pub(crate) bus: Bus,
    screen: Screen,
    home: tempfile::TempDir,
}

impl Stage {
    async fn set(language: &'static str) -> Self {
        let home = tempfile::tempdir().unwrap();
        for folder in ["run", "bin", "Documents"] {
            std::fs::create_dir_all(home.path().join(folder)).unwrap();
        }
        only_mine(&home.path().join("run"));
        play_browser(&home.path().join("bin/xdg-open"));
        let screen = Screen::start();
        let bus = Bus::start(|program| person(program, home.path(), &screen, language));
        let session = bus.address.clone();
        let keychain = keychain::start(|program| {
            let mut command = person(program, home.path(), &screen, language);
            command.env("DBUS_SESSION_BUS_ADDRESS", &session);
            command
        });
        let stage = Self { language, _keychain: keychain, bus, screen, home };
        stage.bus.has("org.freedesktop.secrets").await;
        stage
    }

    /// A program as this person starts it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = person(program, self.home.path(), &self.screen, self.language);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus.address);
        command
    }

    /// A path of their home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// All files of a folder of their home.
    pub(crate) fn files_of(&self, name: &str) -> Vec<PathBuf> {
        files_below(&self.path(name))
    }

    /// All files of their home.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        files_below(self.home.path())
    }

    /// Opens the app, with these words.
    pub(crate) async fn open(&self, words: &[&str]) -> Window {
        Window::open(self, &app(), words).await
    }
}

/// Plays a case on a stage of its own, in English.
pub(crate) fn play(case: &str, scene: impl for<'a> FnOnce(&'a Stage) -> LocalBoxFuture<'a, ()>) {
    play_in("en_GB.UTF-8", case, scene);
}

/// Plays a case in another language. If it fails, tells what there was to see.
pub(crate) fn play_in(
    language: &'static str,
    case: &str,
    scene: impl for<'a> FnOnce(&'a Stage) -> LocalBoxFuture<'a, ()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (stage, ended) = runtime.block_on(async {
        let stage = Stage::set(language).await;
        let ended = AssertUnwindSafe(scene(&stage)).catch_unwind().await;
        if ended.is_err() {
            window::tell(&stage, case).await;
        }
        (stage, ended)
    });
    drop((runtime, stage));
    if let Err(reason) = ended {
        std::panic::resume_unwind(reason);
    }
}

/// A program in this home: it sees what the system needs, and nothing of the
/// user who runs the tests.
fn person(program: &str, home: &Path, screen: &Screen, language: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", home.join("bin").display()));
    command.env("HOME", home).env("USER", "marie").env("LANG", language);
    command.env("XDG_RUNTIME_DIR", home.join("run")).env("TMPDIR", home.join("run"));
    command.env("DISPLAY", &screen.name);
    // Nobody here needs a screen reader, and its bus is one more program to wait for.
    command.env("NO_AT_BRIDGE", "1").env("GTK_A11Y", "none");
    command.env("TAURI_WEBVIEW_AUTOMATION", "true");
    command.current_dir(home);
    command
}

/// The desktop starts the browser; here it only writes down for which page.
fn play_browser(path: &Path) {
    std::fs::write(path, "#!/bin/sh\nprintf '%s\\n' \"$@\" >> \"$HOME/opened\"\n").unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let below = |entry: std::fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => files_below(&entry.path()),
        Ok(kind) if kind.is_file() => vec![entry.path()],
        // A socket, a pipe, a link: nothing lies in them.
        _ => Vec::new(),
    };
    entries.flat_map(below).collect()
}

fn only_mine(folder: &Path) {
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o700)).unwrap();
}

/// Looks again and again until there is something, and says what was missed.
pub(crate) async fn until<T>(
    missed: impl AsRef<str>,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {}", missed.as_ref());
        tokio::time::sleep(LOOK).await;
    }
}
