//! The files of a package, as they are to lie on the disk.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{PROGRAMS, VERSION, told};
use crate::run::{Done, root, run};

/// How the desktop calls the app.
const ID: &str = "org.navette.Navette";

/// Sides of the icons that the theme of the desktop has.
const ICONS: [u32; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];

/// Shells, and where each looks for completions.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "bash-completion/completions/navette"),
    ("zsh", "zsh/vendor-completions/_navette"),
    ("fish", "fish/vendor_completions.d/navette.fish"),
];

/// Lays out everything below `tree`, with the programs of the folder `built`.
pub(super) fn lay(built: &Path, tree: &Path) -> Result<PathBuf, String> {
    for program in PROGRAMS {
        let to = tree.join("usr/bin").join(program);
        put(&built.join(program), &to, 0o755)?;
        // Names of functions are of no use to whoever installs it.
        let mut strip = Command::new("strip");
        strip.arg("--strip-unneeded").arg(&to);
        run(strip)?;
    }
    of_the_desktop(tree)?;
    of_the_command_line(&built.join("navette"), tree)?;
    let documents = tree.join("usr/share/doc/navette");
    put(&linux().join("copyright"), &documents.join("copyright"), 0o644)?;
    pack(&root().join("CHANGELOG.md"), &documents.join("changelog"))?;
    Ok(tree.to_owned())
}

fn of_the_desktop(tree: &Path) -> Done {
    let share = tree.join("usr/share");
    let entry = format!("{ID}.desktop");
    put(&linux().join(&entry), &share.join("applications").join(&entry), 0o644)?;
    let icons = share.join("icons/hicolor");
    for side in ICONS {
        let to = icons.join(format!("{side}x{side}/apps/{ID}.png"));
        put(&root().join(format!("icons/app/{side}.png")), &to, 0o644)?;
    }
    let drawn = icons.join(format!("scalable/apps/{ID}.svg"));
    put(&root().join("icons/mark.svg"), &drawn, 0o644)?;
    let name = format!("{ID}.metainfo.xml");
    let told_of = linux().join(&name);
    let text = std::fs::read_to_string(&told_of).map_err(told(&told_of))?;
    let text = text.replace("@VERSION@", VERSION).replace("@DATE@", &date_of_the_source());
    write(&share.join("metainfo").join(&name), text.as_bytes(), 0o644)?;
    pack(&linux().join("navette-desktop.1"), &share.join("man/man1/navette-desktop.1"))
}

fn of_the_command_line(program: &Path, tree: &Path) -> Done {
    let share = tree.join("usr/share");
    for (shell, place) in COMPLETIONS {
        write(&share.join(place), &printed(program, &["completions", shell])?, 0o644)?;
    }
    let page = share.join("man/man1/navette.1");
    write(&page, &printed(program, &["man"])?, 0o644)?;
    gzip(&page)?;
    // For computers without a desktop. Nothing starts it unless its user wants it.
    let unit = tree.join("usr/lib/systemd/user/navette.service");
    put(&linux().join("navette.service"), &unit, 0o644)
}

fn linux() -> PathBuf {
    root().join("installers/linux")
}

/// The day of the last change, so that the same source makes the same package.
fn date_of_the_source() -> String {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%cs"]).current_dir(root());
    let said = git.output().ok().filter(|output| output.status.success());
    let date = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    date.filter(|date| !date.is_empty()).unwrap_or_else(|| "2026-11-30".to_owned())
}

fn printed(program: &Path, words: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new(program).args(words).output().map_err(told(program))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{} {}: {}", program.display(), words.join(" "), output.status))
    }
}

fn put(from: &Path, to: &Path, mode: u32) -> Done {
    let bytes = std::fs::read(from).map_err(told(from))?;
    write(to, &bytes, mode)
}

/// Puts a file there, compressed as Debian wants pages and changes to be.
fn pack(from: &Path, to: &Path) -> Done {
    put(from, to, 0o644)?;
    gzip(to)
}

fn gzip(path: &Path) -> Done {
    let mut gzip = Command::new("gzip");
    // Without name and date: the same source makes the same package.
    gzip.args(["--best", "--no-name", "--force"]).arg(path);
    run(gzip)
}

/// Writes a file with these rights, whatever the mask of the process is.
fn write(path: &Path, bytes: &[u8], mode: u32) -> Done {
    path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(told(path))?;
    std::fs::write(path, bytes).map_err(told(path))?;
    allow(path, mode)
}

#[cfg(unix)]
fn allow(path: &Path, mode: u32) -> Done {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, rights).map_err(told(path))
}

#[cfg(not(unix))]
fn allow(_path: &Path, _mode: u32) -> Done {
    Err("these packages are made on Linux".into())
}
