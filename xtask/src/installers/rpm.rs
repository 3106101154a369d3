//! The package for Fedora, openSUSE and others with RPM.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{DESCRIPTION, SUMMARY, fresh, told};
use crate::run::run;

/// Makes the package of what lies in `tree`. Which libraries it needs rpmbuild
/// reads from the programs; they are named as RPM names them on every system.
pub(super) fn make(tree: &Path, dir: &Path, version: &str) -> Result<PathBuf, String> {
    let place = fresh("rpm")?;
    let spec = place.join("navette.spec");
    std::fs::write(&spec, described(tree, version)).map_err(told(&spec))?;
    let mut build = Command::new("rpmbuild");
    build.args(["-bb", "--quiet", "--define"]).arg(format!("_topdir {}", place.display()));
    run({
        build.arg(&spec);
        build
    })?;
    std::fs::create_dir_all(dir).map_err(told(dir))?;
    let made = only_file_below(&place.join("RPMS"))?;
    let package = dir.join(made.file_name().unwrap_or_default());
    std::fs::copy(&made, &package).map_err(told(&package))?;
    Ok(package)
}

fn described(tree: &Path, version: &str) -> String {
    format!(
        "Name: navette\nVersion: {version}\nRelease: 1\nSummary: {summary}\n\
         License: MIT OR Apache-2.0\n\
         # Loaded while it runs: the icon in the tray, the keychain.\n\
         Recommends: (libayatana-appindicator-gtk3 or libayatana-appindicator3-1)\n\
         Recommends: (gnome-keyring or kwalletmanager5)\n\
         # The programs are built and stripped already.\n\
         %global debug_package %{{nil}}\n\
         %global __os_install_post %{{nil}}\n\
         %global _build_id_links none\n\n\
         %description\n{DESCRIPTION}\n\n\
         %install\ncp -a '{tree}/usr' %{{buildroot}}/\n\
         mv %{{buildroot}}/usr/share/zsh/vendor-completions %{{buildroot}}/usr/share/zsh/site-functions\n\n\
         %files\n\
         %defattr(-, root, root)\n\
         /usr/bin/*\n/usr/lib/systemd/user/navette.service\n\
         /usr/share/applications/*\n/usr/share/metainfo/*\n\
         /usr/share/icons/hicolor/*/apps/*\n/usr/share/man/man1/*\n\
         /usr/share/bash-completion/completions/navette\n\
         /usr/share/zsh/site-functions/_navette\n\
         /usr/share/fish/vendor_completions.d/navette.fish\n\
         %doc /usr/share/doc/navette\n",
        summary = capitalised(SUMMARY),
        tree = tree.display(),
    )
}

/// RPM's summaries begin as sentences do, Debian's do not.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn only_file_below(dir: &Path) -> Result<PathBuf, String> {
    for entry in std::fs::read_dir(dir).map_err(told(dir))? {
        let path = entry.map_err(told(dir))?.path();
        if path.is_file() {
            return Ok(path);
        }
        if let Ok(found) = only_file_below(&path) {
            return Ok(found);
        }
    }
    Err(format!("{}: rpmbuild has made nothing", dir.display()))
}
