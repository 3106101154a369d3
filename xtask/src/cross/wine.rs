//! A Windows of our own, by Wine: a home, a registry and a drive C below
//! `target/cross`, which nobody else's Wine knows of.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::compiler::told;
use super::place;
use crate::run::{Done, begin, root, run};

/// A Windows.
pub(super) struct Wine {
    prefix: PathBuf,
}

impl Wine {
    /// The one of this name, made if it is not there.
    pub(super) fn provide(name: &str) -> Result<Self, String> {
        let wine = Self { prefix: place().join(name) };
        let random = wine.drive().join("windows/system32/bcryptprimitives.dll");
        if !random.exists() {
            begin("a Windows, by Wine");
            fs::create_dir_all(home()).map_err(told(&home()))?;
            // It asks for programs of 32 bits on its way, which are not there.
            run(wine.run("wineboot", &["--init"]))?;
            wine.wait()?;
            let mut compile = Command::new("x86_64-w64-mingw32-gcc-posix");
            compile.args(["-shared", "-Os", "-s", "-o"]).arg(&random);
            compile.arg(root().join("xtask/src/cross/prng.c")).arg("-ladvapi32");
            run(compile)?;
        }
        Ok(wine)
    }

    /// One that nobody has used yet.
    pub(super) fn fresh(name: &str) -> Result<Self, String> {
        let prefix = place().join(name);
        if prefix.exists() {
            fs::remove_dir_all(&prefix).map_err(told(&prefix))?;
        }
        Self::provide(name)
    }

    /// A command that runs a program of Windows, or one of Wine's own.
    pub(super) fn run(&self, program: impl AsRef<OsStr>, words: &[&str]) -> Command {
        let mut command = Command::new("wine");
        command.arg(program).args(words);
        self.prepare(&mut command);
        command
    }

    /// What runs programs of Windows for somebody who takes words, by blanks.
    pub(super) fn runner(&self) -> String {
        let settings = self.settings().map(|(name, value)| format!("{name}={value} "));
        format!("env --unset=DISPLAY {}wine", settings.concat())
    }

    fn prepare(&self, command: &mut Command) {
        command.envs(self.settings()).env_remove("LD_LIBRARY_PATH").env_remove("DISPLAY");
    }

    fn settings(&self) -> [(&'static str, String); 5] {
        [
            ("WINEPREFIX", self.prefix.display().to_string()),
            ("WINEARCH", "win64".to_owned()),
            ("WINEDEBUG", "-all".to_owned()),
            // Neither .NET nor a browser, which it would offer to fetch.
            ("WINEDLLOVERRIDES", "mscoree,mshtml=".to_owned()),
            ("HOME", home().display().to_string()),
        ]
    }

    /// Waits until all of its programs have ended, those too that others have begun.
    pub(super) fn wait(&self) -> Done {
        let mut command = Command::new("wineserver");
        command.arg("--wait");
        self.prepare(&mut command);
        run(command)
    }

    /// Drive C.
    pub(super) fn drive(&self) -> PathBuf {
        self.prefix.join("drive_c")
    }

    /// The folder of its only user.
    pub(super) fn user(&self) -> Result<PathBuf, String> {
        let users = self.drive().join("users");
        let entries = fs::read_dir(&users).map_err(told(&users))?;
        let mut folders = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let user = folders.find(|folder| folder.file_name().is_some_and(|name| name != "Public"));
        user.ok_or_else(|| format!("{}: there is no user", users.display()))
    }
}

/// Wine would link the folders of its user to those of ours.
fn home() -> PathBuf {
    place().join("home")
}
