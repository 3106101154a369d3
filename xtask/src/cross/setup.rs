//! The installer for Windows: made, and tried on a Wine that nobody has used.
//!
//! The programs in it are those that were built for the tests, and nothing is
//! packed: what is handed out is built with optimisation and packed, by the
//! workflow of releases, and differs in nothing that an installer is about.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::compiler::{Target, compile, provide_std, told};
use super::place;
use super::wine::Wine;
use crate::installers::VERSION;
use crate::packages;
use crate::run::{Done, begin, root, run, show};
use crate::window;

/// A version before this one, and before all that were ever handed out.
const OLDER: &str = "0.0.1";

/// What is installed. The last one is what the app finds WebView2 by.
const FILES: [&str; 4] =
    ["navette.exe", "navette-desktop.exe", "Uninstall.exe", "WebView2Loader.dll"];

/// Where the system lists what can be removed.
const UNINSTALL: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\Navette";
/// What links that begin with `navette:` lead to.
const LINKS: &str = r"HKCU\Software\Classes\navette\shell\open\command";
/// What begins with the session; the app writes it.
const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";

/// What somebody has configured.
const SETTINGS: &str = "\
version = 1\n\n[[account]]\nname = \"marie@cloud.example.org\"\n\
server = \"https://cloud.example.org\"\nuser = \"marie\"\n";
/// And what lies in a folder that is synced.
const LETTER: &str = "Dear all";

/// What an installer ends with that found the program running.
const STILL_RUNS: i32 = 3;

/// How long what an installer has left to do may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes the installer and tries it.
pub(super) fn setup() -> Done {
    provide_std(Target::Windows)?;
    begin("the window: built");
    packages::provide_desktop()?;
    window::build()?;
    begin("both programs, for Windows");
    let words = ["build", "--package", "navette", "--package", "navette-desktop"];
    compile(Target::Windows.cargo(&words))?;
    begin("the installer: made");
    let from = laid()?;
    let (older, newer) = (made(&from, OLDER)?, made(&from, VERSION)?);
    begin("the installer: installs, renews, removes");
    let computer = Computer::new()?;
    let played = computer.play(&older, &newer);
    // Whatever went wrong, nothing of it goes on.
    played.and(computer.wine.wait())
}

/// The programs in a folder of their own, without their symbols: those of a
/// build without optimisation are larger than the rest.
fn laid() -> Result<PathBuf, String> {
    let (from, to) = (Target::Windows.programs(), place().join("programs"));
    fs::create_dir_all(&to).map_err(told(&to))?;
    for file in FILES.into_iter().filter(|file| *file != "Uninstall.exe") {
        fs::copy(from.join(file), to.join(file)).map_err(told(&from.join(file)))?;
        let mut strip = Command::new("x86_64-w64-mingw32-strip");
        strip.arg(to.join(file));
        if !file.ends_with(".dll") {
            run(strip)?;
        }
    }
    Ok(to)
}

/// An installer of this version.
fn made(from: &Path, version: &str) -> Result<PathBuf, String> {
    let out = place().join(format!("navette-{version}-setup.exe"));
    let mut command = Command::new("makensis");
    // Two seconds are enough for somebody who does not mean to quit.
    command.args(["-V2", "-WX", "-DAMD64", "-DLOOSE", "-DPATIENCE=4"]);
    command.arg(format!("-DVERSION={version}"));
    command.arg(format!("-DFROM={}", from.display()));
    command.arg(format!("-DOUT={}", out.display()));
    command.arg(root().join("installers/windows/navette.nsi"));
    run(command)?;
    Ok(out)
}

/// A Windows with a user who has settings and a folder.
struct Computer {
    wine: Wine,
    user: PathBuf,
}

impl Computer {
    fn new() -> Result<Self, String> {
        let wine = Wine::fresh("setup")?;
        let computer = Self { user: wine.user()?, wine };
        for (path, text) in computer.kept() {
            path.parent().map_or(Ok(()), fs::create_dir_all).map_err(told(&path))?;
            fs::write(&path, text).map_err(told(&path))?;
        }
        Ok(computer)
    }

    fn play(&self, older: &Path, newer: &Path) -> Done {
        self.ends_with(0, self.wine.run(older, &["/S"]))?;
        self.is_installed(OLDER)?;
        self.ends_with(0, self.wine.run(newer, &["/S"]))?;
        self.is_installed(VERSION)?;
        self.is_kept_while_it_runs(newer)?;
        // As the app does it when it is to begin with the session.
        let own = ["add", RUN, "/v", "Navette", "/d", "navette-desktop.exe", "/f"];
        self.ends_with(0, self.wine.run("reg", &own))?;
        self.ends_with(0, self.wine.run(self.installed("Uninstall.exe"), &["/S"]))?;
        self.wine.wait()?;
        self.is_removed()
    }

    /// Files, menu, registry; and the programs run from there.
    fn is_installed(&self, version: &str) -> Done {
        for file in FILES.map(|file| self.installed(file)).iter().chain([&self.menu()]) {
            if !file.is_file() {
                return Err(format!("{} is missing", file.display()));
            }
        }
        self.says(UNINSTALL, "/v", "DisplayVersion", version)?;
        self.says(UNINSTALL, "/v", "QuietUninstallString", "Uninstall.exe")?;
        self.says(LINKS, "/ve", "", "navette-desktop.exe")?;
        for program in ["navette.exe", "navette-desktop.exe"] {
            let said = self.told_by(self.wine.run(self.installed(program), &["--version"]))?;
            if !said.contains(VERSION) {
                return Err(format!("{program} calls itself {said}"));
            }
        }
        let said =
            self.told_by(self.wine.run(self.installed("navette.exe"), &["account", "list"]))?;
        if !said.contains("marie@cloud.example.org") {
            return Err(format!("the installed navette does not know the account: {said}"));
        }
        self.keeps_all()
    }

    /// An installer leaves alone what runs, and says so by its exit code.
    fn is_kept_while_it_runs(&self, newer: &Path) -> Done {
        let program = self.installed("navette.exe");
        let mut server =
            self.wine.run(&program, &["serve", "--listen", "127.0.0.1:0", "--data", r"C:\served"]);
        let shown = show(&server);
        let mut running = server.spawn().map_err(|error| format!("{shown}: {error}"))?;
        let begun = self.comes(&self.wine.drive().join("served"));
        let refused = begun.and_then(|()| {
            self.ends_with(STILL_RUNS, self.wine.run(newer, &["/S"]))?;
            // In its place: else it goes on as a copy, and nobody hears how it ended.
            let words = ["/S", &format!("_?={}", self.folder())];
            let remove = self.wine.run(self.installed("Uninstall.exe"), &words);
            self.ends_with(STILL_RUNS, remove)?;
            self.is_installed(VERSION)
        });
        let ended = running.kill().and_then(|()| running.wait());
        ended.map_err(|error| format!("{shown}: {error}"))?;
        refused.and(self.wine.wait())
    }

    fn is_removed(&self) -> Done {
        let folder = self.installed("");
        for path in [&folder, &self.menu()] {
            if path.exists() {
                return Err(format!("{} is still there after the removal", path.display()));
            }
        }
        let links = r"HKCU\Software\Classes\navette";
        for (key, more) in [
            (UNINSTALL, &[][..]),
            (links, &[]),
            (r"HKCU\Software\Navette", &[]),
            (RUN, &["/v", "Navette"]),
        ] {
            let mut query = self.wine.run("reg", &[&["query", key], more].concat());
            let output = query.output().map_err(told(Path::new("wine")))?;
            if output.status.success() {
                return Err(format!("{key} is still there after the removal"));
            }
        }
        self.keeps_all()
    }

    /// What belongs to the user, and what it must hold.
    fn kept(&self) -> [(PathBuf, &'static str); 2] {
        let settings = self.user.join("AppData/Roaming/navette/config/settings.toml");
        [(settings, SETTINGS), (self.user.join("Cloud/letter.txt"), LETTER)]
    }

    fn keeps_all(&self) -> Done {
        for (path, text) in self.kept() {
            if fs::read_to_string(&path).map_err(told(&path))? != text {
                return Err(format!("{} is another one now", path.display()));
            }
        }
        Ok(())
    }

    fn installed(&self, file: &str) -> PathBuf {
        self.user.join("AppData/Local/Programs/Navette").join(file)
    }

    /// The folder of the programs, as Windows calls it.
    fn folder(&self) -> String {
        let user = self.user.file_name().unwrap_or_default().to_string_lossy().into_owned();
        format!(r"C:\users\{user}\AppData\Local\Programs\Navette")
    }

    fn menu(&self) -> PathBuf {
        let menu = "AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Navette.lnk";
        self.user.join(menu)
    }

    /// Asks the registry.
    fn says(&self, key: &str, what: &str, name: &str, wanted: &str) -> Done {
        let words = ["query", key, what, name];
        let words = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
        let said = self.told_by(self.wine.run("reg", &words))?;
        if said.contains(wanted) {
            return Ok(());
        }
        Err(format!("{key} says of {name}: {said}, and not {wanted}"))
    }

    fn told_by(&self, mut command: Command) -> Result<String, String> {
        let shown = show(&command);
        let output = command.output().map_err(|error| format!("{shown}: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if output.status.success() {
            return Ok(said);
        }
        Err(format!(
            "{shown}: {}: {said} {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ))
    }

    fn ends_with(&self, code: i32, mut command: Command) -> Done {
        let shown = show(&command);
        eprintln!("$ {shown}");
        let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
        if status.code() == Some(code) {
            return Ok(());
        }
        Err(format!("{shown}: {status}, and not {code}"))
    }

    /// Waits until a path is there.
    #[allow(clippy::disallowed_methods, reason = "an installer takes real time")]
    fn comes(&self, path: &Path) -> Done {
        let begun = Instant::now();
        while !path.exists() {
            if begun.elapsed() > PATIENCE {
                return Err(format!("{} does not come", path.display()));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}
