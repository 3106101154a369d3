//! `cargo xtask installers`: packages for Debian and for systems with RPM.
//!
//! One tree of files, as it is to lie on the disk, and the system's own tools
//! make both packages of it: `dpkg-deb` and `rpmbuild`. They need no network.
//! What the other systems get is built on them, by `installers/`.

mod deb;
mod rpm;
mod tree;
mod trial;

use std::path::{Path, PathBuf};

use crate::packages;
use crate::run::{Done, begin, cargo, root, run};
use crate::test::WORKSPACE;
use crate::window;

pub(crate) use self::trial::trial;

/// Of the packages, and of the program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The programs of both packages.
const PROGRAMS: [&str; 2] = ["navette", "navette-desktop"];

/// In one line, for both.
const SUMMARY: &str = "keeps folders equal to their storage on a server";

/// A paragraph, for both.
const DESCRIPTION: &str = "\
Navette keeps folders of this computer and of a server equal: Nextcloud, ownCloud, oCIS, OpenCloud, \
or any other WebDAV server. It loses nothing: what is replaced or deleted is put aside for 30 days, \
and two versions of one file are both kept. There are a window with an icon in the tray, and a \
program for the command line.";

/// Builds what is handed out, and makes both packages in `dir`.
pub(crate) fn installers(dir: &str) -> Done {
    begin("what is needed from the system");
    packages::provide_desktop()?;
    packages::provide_installers()?;
    begin("the window: built");
    window::build()?;
    begin("both programs");
    let packages = ["--package", "navette", "--package", "navette-desktop"];
    run(cargo(&[&["build", "--release", "--locked"], &packages[..]].concat()))?;
    begin("the packages");
    let dir = root().join(dir);
    let tree = tree::lay(&root().join("target/release"), &fresh("tree")?)?;
    let deb = deb::make(&tree, &dir, VERSION, 6)?;
    let rpm = rpm::make(&tree, &dir, VERSION)?;
    eprintln!("made {} and {}", deb.display(), rpm.display());
    Ok(())
}

/// A package for Debian of the programs that the tests were built with, which
/// differ from the others in nothing that a package is about.
fn deb_of_the_tests(version: &str) -> Result<PathBuf, String> {
    // A plain build would leave out what only the tests ask of the libraries,
    // and so build everything anew. Either test brings its program.
    let words = ["--no-run", "--test", "cli", "--test", "desktop"];
    run(cargo(&[&["test", "--quiet"], WORKSPACE, &words].concat()))?;
    let tree = tree::lay(&root().join("target/debug"), &fresh("tree")?)?;
    // It is unpacked at once, and thrown away.
    deb::make(&tree, &root().join("target/installers/trial"), version, 0)
}

/// An empty folder for what is only on its way.
fn fresh(name: &str) -> Result<PathBuf, String> {
    let dir = root().join("target/installers").join(name);
    if dir.exists() {
        std::fs::remove_dir_all(&dir).map_err(told(&dir))?;
    }
    std::fs::create_dir_all(&dir).map_err(told(&dir))?;
    Ok(dir)
}

/// What to say of a path.
fn told(path: &Path) -> impl FnOnce(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}
