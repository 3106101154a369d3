//! The programs that are compared, and how each is told to sync.

use std::path::Path;
use std::process::Command;

use super::server::{LOGIN, PASSWORD};
use crate::run::root;

/// A program that syncs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// This one.
    Navette,
    /// The client of Nextcloud without its windows.
    Nextcloud,
    /// rclone, which copies one way.
    Rclone,
}

/// Which way bytes go, for a program that must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

impl Program {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Navette, Self::Nextcloud, Self::Rclone];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Navette => "navette",
            Self::Nextcloud => "nextcloudcmd",
            Self::Rclone => "rclone",
        }
    }

    /// The command that syncs `folder` with the server. `state` is a folder of
    /// this computer and program, for what it remembers.
    pub(super) fn command(self, url: &str, folder: &Path, state: &Path, way: Way) -> Command {
        let mut command = match self {
            Self::Navette => {
                let mut command = Command::new(root().join("target/release/navette"));
                command.args(["sync", "--server", url, "--user", LOGIN, "--state-dir"]);
                command.arg(state.join("journal")).arg(folder);
                command.env("NAVETTE_PASSWORD", PASSWORD).env("NAVETTE_LANG", "en");
                command
            }
            Self::Nextcloud => {
                let mut command = Command::new("nextcloudcmd");
                command.args(["--silent", "--non-interactive", "-u", LOGIN, "-p", PASSWORD]);
                command.arg(folder).arg(url);
                command.env("QT_QPA_PLATFORM", "offscreen");
                command
            }
            Self::Rclone => {
                let mut command = Command::new("rclone");
                // With renames tracked it moves what was moved, if it can.
                command.args(["sync", "--track-renames"]);
                let (here, there) = (folder.to_string_lossy(), "bench:");
                match way {
                    Way::Up => command.args([here.as_ref(), there]),
                    Way::Down => command.args([there, here.as_ref()]),
                };
                command.env("RCLONE_CONFIG", state.join("rclone.conf"));
                command
            }
        };
        command.env("HOME", state).env("XDG_CONFIG_HOME", state.join("config"));
        command
    }

    /// Writes down what the program wants to be told before its first run.
    pub(super) fn prepare(self, url: &str, state: &Path) -> Result<(), String> {
        std::fs::create_dir_all(state).map_err(|error| error.to_string())?;
        if self != Self::Rclone {
            return Ok(());
        }
        let hidden = Command::new("rclone").args(["obscure", PASSWORD]).output();
        let hidden = hidden.map_err(|error| format!("rclone: {error}"))?.stdout;
        let hidden = String::from_utf8_lossy(&hidden);
        let text = format!(
            "[bench]\ntype = webdav\nurl = {url}/remote.php/dav/files/{LOGIN}\n\
             vendor = nextcloud\nuser = {LOGIN}\npass = {}\n",
            hidden.trim()
        );
        std::fs::write(state.join("rclone.conf"), text).map_err(|error| error.to_string())
    }
}
