//! The package for Debian, tried on this computer: installed, started, renewed, removed.

use std::path::Path;
use std::process::Command;

use super::{VERSION, deb_of_the_tests, fresh, told};
use crate::run::{Done, begin, cargo, run, succeeds};
use crate::test::WORKSPACE;

/// A version before this one, and before all that were ever handed out.
const OLDER: &str = "0.0.1~older";

/// An account as somebody has configured it.
const SETTINGS: &str = "\
version = 1\n\n[[account]]\nname = \"marie@cloud.example.org\"\n\
server = \"https://cloud.example.org\"\nuser = \"marie\"\n";

/// Tries it where that is possible, and where no Navette is that somebody uses.
pub(crate) fn trial() -> Done {
    begin("the package: installed, started, renewed, removed");
    if let Some(reason) = hindrance() {
        eprintln!("left out: {reason}");
        return Ok(());
    }
    let (older, newer) = (deb_of_the_tests(OLDER)?, deb_of_the_tests(VERSION)?);
    let tried = played(&older, &newer);
    // Whatever went wrong, the computer is as it was.
    let removed = dpkg(&["--purge", "navette"], None);
    tried.and(removed)?;
    for left in ["/usr/bin/navette", "/usr/bin/navette-desktop", "/usr/share/doc/navette"] {
        if Path::new(left).exists() {
            return Err(format!("{left} is still there after the removal"));
        }
    }
    Ok(())
}

fn hindrance() -> Option<&'static str> {
    let is = |test: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", test]);
        succeeds(command)
    };
    if !is("test -e /etc/debian_version && dpkg --version") {
        return Some("this is no Debian");
    }
    if !is("test \"$(id -u)\" = 0") {
        return Some("only root can install packages");
    }
    // One that is there is somebody's.
    is("dpkg --status navette || test -e /usr/bin/navette").then_some("a Navette is installed here")
}

fn played(older: &Path, newer: &Path) -> Done {
    let home = fresh("home")?;
    let settings = home.join(".config/navette/settings.toml");
    settings.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(told(&settings))?;
    std::fs::write(&settings, SETTINGS).map_err(told(&settings))?;
    dpkg(&["--install"], Some(older))?;
    knows_the_account(&home)?;
    dpkg(&["--install"], Some(newer))?;
    knows_the_account(&home)?;
    opens()?;
    dpkg(&["--remove", "navette"], None)?;
    let kept = std::fs::read_to_string(&settings).map_err(told(&settings))?;
    if kept == SETTINGS { Ok(()) } else { Err("the settings are others now".into()) }
}

fn knows_the_account(home: &Path) -> Done {
    let mut command = Command::new("/usr/bin/navette");
    command.args(["account", "list"]).env_clear().env("HOME", home).env("NAVETTE_LANG", "en");
    let output = command.output().map_err(told(Path::new("/usr/bin/navette")))?;
    if String::from_utf8_lossy(&output.stdout).contains("marie@cloud.example.org") {
        return Ok(());
    }
    Err(format!("the installed navette does not know the account: {output:?}"))
}

/// The cases of the app's opening, with the app that is installed.
fn opens() -> Done {
    let words = ["--test", "desktop", "opening::"];
    let mut command = cargo(&[&["test", "--quiet"], WORKSPACE, &words].concat());
    command.env("NAVETTE_DESKTOP", "/usr/bin/navette-desktop");
    run(command)
}

fn dpkg(words: &[&str], package: Option<&Path>) -> Done {
    let mut command = Command::new("dpkg");
    command.args(words).args(package);
    run(command)
}
