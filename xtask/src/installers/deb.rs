//! The package for Debian and its children.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{DESCRIPTION, PROGRAMS, SUMMARY, fresh, told};
use crate::run::run;

/// What is loaded while it runs, so that no program names it: the icon in the tray.
const LOADED: &str = "libayatana-appindicator3-1 | libappindicator3-1";

/// Makes the package of what lies in `tree`, packed as well as `level` (0 to 9) says.
pub(super) fn make(tree: &Path, dir: &Path, version: &str, level: u8) -> Result<PathBuf, String> {
    let architecture = said(Command::new("dpkg").arg("--print-architecture"))?;
    let control = tree.join("DEBIAN");
    std::fs::create_dir_all(&control).map_err(told(&control))?;
    let file = control.join("control");
    std::fs::write(&file, described(tree, version, &architecture)?).map_err(told(&file))?;
    let sums = "find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum > DEBIAN/md5sums";
    said(Command::new("sh").args(["-ec", sums]).current_dir(tree))?;
    std::fs::create_dir_all(dir).map_err(told(dir))?;
    let package = dir.join(format!("navette_{version}_{architecture}.deb"));
    let mut build = Command::new("dpkg-deb");
    let level = format!("-z{level}");
    build.args(["--build", "--root-owner-group", "-Zxz", &level]).arg(tree).arg(&package);
    run(build)?;
    std::fs::remove_dir_all(&control).map_err(told(&control))?;
    Ok(package)
}

fn described(tree: &Path, version: &str, architecture: &str) -> Result<String, String> {
    let size = said(Command::new("du").args(["-sk", "--apparent-size", "usr"]).current_dir(tree))?;
    let size = size.split_whitespace().next().unwrap_or("0");
    let needs = needed(tree)?;
    let mut text = format!(
        "Package: navette\nVersion: {version}\nArchitecture: {architecture}\n\
         Maintainer: The Navette developers <navette@navette.invalid>\n\
         Installed-Size: {size}\nDepends: {needs}, {LOADED}\n\
         Recommends: gnome-keyring | kwalletmanager, xdg-utils\n\
         Section: net\nPriority: optional\nDescription: {SUMMARY}\n"
    );
    for line in wrapped(DESCRIPTION, 76) {
        let _ = writeln!(text, " {line}");
    }
    Ok(text)
}

/// The packages with the libraries that the programs are linked with.
fn needed(tree: &Path) -> Result<String, String> {
    let place = fresh("needs")?;
    let control = place.join("debian");
    std::fs::create_dir_all(&control).map_err(told(&control))?;
    let file = control.join("control");
    let source = "Source: navette\n\nPackage: navette\nArchitecture: any\n";
    std::fs::write(&file, source).map_err(told(&file))?;
    let mut command = Command::new("dpkg-shlibdeps");
    command.arg("-O").args(PROGRAMS.map(|program| tree.join("usr/bin").join(program)));
    let needs = said(command.current_dir(&place))?;
    let needs = needs.strip_prefix("shlibs:Depends=").unwrap_or(&needs).to_owned();
    if needs.contains("libdbus-1-3") {
        return Ok(needs);
    }
    Err(format!("the app needs libdbus-1-3, and dpkg-shlibdeps names only: {needs}"))
}

/// What a program prints.
fn said(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{program}: {}: {}", output.status, why.trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Lines of at most so many characters.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().filter(|line| line.len() + word.len() < width);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.extend([" ", word]),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_keeps_its_words_in_lines_that_fit() {
        let lines = wrapped(DESCRIPTION, 76);
        assert!(lines.len() > 3);
        assert!(lines.iter().all(|line| !line.is_empty() && line.len() <= 76), "{lines:#?}");
        assert_eq!(lines.join(" "), DESCRIPTION);
    }
}
