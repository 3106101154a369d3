//! Navette, and the programs that it is compared with: how each is set up,
//! run, and judged by its own documentation.

use std::cell::Cell;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use url::Url;

use crate::real::python;
use crate::server::{Family, files_at};
use crate::{LOGIN, PASSWORD};

/// A program that keeps a folder equal to a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// This one.
    Navette,
    /// Nextcloud's own client, without its windows.
    Nextcloudcmd,
    /// `rclone bisync`.
    Bisync,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Navette, Self::Nextcloudcmd, Self::Bisync];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Navette => "navette",
            Self::Nextcloudcmd => "nextcloudcmd",
            Self::Bisync => "rclone bisync",
        }
    }

    /// Knows the names of what it keeps in the folder for itself, also while
    /// it works: people do not look at these, and they are not compared.
    pub fn is_own(self) -> fn(&str) -> bool {
        match self {
            Self::Navette => |name| name == ".navette",
            Self::Nextcloudcmd => |name| {
                let temporary = name.starts_with('.') && name.contains(".~");
                let database = name.starts_with(".sync_") || name.starts_with("._sync_");
                let log = name.contains("sync.log");
                temporary || database || log
            },
            Self::Bisync => |name| name.ends_with(".partial"),
        }
    }

    /// The name of which a conflict copy was made, if this is one.
    pub fn copied_name(self, name: &str) -> Option<String> {
        let around = |mark: &str| {
            let (before, rest) = name.split_once(mark)?;
            let (_, after) = rest.split_once(')')?;
            Some(format!("{before}{after}"))
        };
        match self {
            Self::Navette => around(" (conflict "),
            Self::Nextcloudcmd => around(" (conflicted copy "),
            Self::Bisync => {
                let (before, number) = name.rsplit_once(".conflict")?;
                number.parse::<u32>().ok()?;
                Some(before.to_owned())
            }
        }
    }

    /// Whether its conflict copies stay on this computer, as its documentation says.
    pub fn keeps_copies_here(self) -> bool {
        self == Self::Nextcloudcmd
    }
}

/// How a run is to behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// What must wait is left for the next run, where the program can do that.
    None,
    /// It takes as long as it takes.
    Usual,
    /// As usual, and what only looks equal is compared, where the program can.
    Thorough,
}

/// A folder that a program keeps equal to a storage.
pub struct Client {
    /// Which program.
    pub program: Program,
    /// The folder.
    pub folder: PathBuf,
    state: PathBuf,
    logs: PathBuf,
    address: String,
    family: Family,
    navette: PathBuf,
    /// What stands before the program's own name.
    wrap: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    runs: Cell<u32>,
}

impl Client {
    /// Sets up `program` below `place`, for a server reached at `address`. What
    /// it prints goes to `logs`.
    pub fn new(
        program: Program,
        navette: &Path,
        (place, logs): (&Path, PathBuf),
        address: String,
        family: Family,
    ) -> Self {
        let (folder, state) = (place.join("folder"), place.join("state"));
        for made in [&folder, &state, &logs] {
            fs::create_dir_all(made).unwrap();
        }
        let client = Self {
            program,
            folder,
            state,
            logs,
            address,
            family,
            navette: navette.to_owned(),
            wrap: Vec::new(),
            env: Vec::new(),
            runs: Cell::new(0),
        };
        if program == Program::Bisync {
            client.write_remote();
        }
        client
    }

    /// Has the program run by way of another one, which becomes it.
    pub fn wrap(&mut self, words: &[&str]) {
        self.wrap = words.iter().map(OsString::from).collect();
    }

    /// Has the program run in a changed environment.
    pub fn set_env(&mut self, name: &str, value: impl Into<OsString>) {
        self.env.push((name.into(), value.into()));
    }

    /// Where it keeps what it remembers.
    pub fn state(&self) -> &Path {
        &self.state
    }

    fn files(&self) -> Url {
        files_at(&self.address, self.family)
    }

    /// Tells rclone of the storage.
    fn write_remote(&self) {
        let hidden = Command::new(python::program("rclone")).args(["obscure", PASSWORD]).output();
        let hidden = String::from_utf8(hidden.unwrap().stdout).unwrap();
        let vendor = match self.family {
            Family::Nextcloud => "nextcloud",
            Family::OwnCloud10 | Family::Ocis => "owncloud",
            Family::Plain | Family::Apache => "other",
        };
        let text = format!(
            "[storage]\ntype = webdav\nurl = {}\nvendor = {vendor}\nuser = {LOGIN}\npass = {}\n",
            self.files(),
            hidden.trim()
        );
        fs::write(self.state.join("rclone.conf"), text).unwrap();
    }

    fn words(&self, patience: Patience) -> (OsString, Vec<OsString>) {
        let folder = self.folder.as_os_str();
        let mut words: Vec<OsString> = Vec::new();
        let mut add = |more: &[&str]| words.extend(more.iter().map(OsString::from));
        match self.program {
            Program::Navette => {
                add(&["sync", "--json", "--allow-deletes"]);
                match patience {
                    Patience::None => add(&["--no-wait"]),
                    Patience::Usual => {}
                    Patience::Thorough => add(&["--verify"]),
                }
                words.extend(self.pair());
                (self.navette.clone().into(), words)
            }
            Program::Nextcloudcmd => {
                add(&["--non-interactive", "--user", LOGIN, "--password", PASSWORD]);
                words.push(folder.to_owned());
                words.push(format!("http://{}", self.address).into());
                ("nextcloudcmd".into(), words)
            }
            Program::Bisync => {
                add(&["bisync"]);
                words.push(folder.to_owned());
                let mut add = |more: &[&str]| words.extend(more.iter().map(OsString::from));
                // What its documentation gives for a set-up that bounces back
                // from interruptions, and nothing that asks before deleting.
                add(&["storage:", "--resilient", "--recover", "--max-lock", "2m"]);
                add(&["--conflict-resolve", "newer", "--create-empty-src-dirs", "--force"]);
                add(&["--compare", "size,modtime,checksum", "--slow-hash-sync-only", "--verbose"]);
                if self.runs.get() == 0 {
                    add(&["--resync"]);
                }
                add(&["--workdir"]);
                words.push(self.state.join("bisync").into());
                (python::program("rclone").into(), words)
            }
        }
    }

    /// What tells Navette which pair is meant.
    fn pair(&self) -> Vec<OsString> {
        let address = format!("http://{}", self.address);
        let mut words: Vec<OsString> =
            ["--server", &address, "--user", LOGIN, "--state-dir"].map(OsString::from).into();
        words.push(self.state.join("journal").into());
        words.push(self.folder.clone().into());
        words
    }

    /// The command of the next run. It sees what the system needs, and nothing
    /// of the user who runs the tests.
    pub fn command(&self, patience: Patience) -> Command {
        let (program, words) = self.words(patience);
        self.line(program, words)
    }

    fn line(&self, program: OsString, words: Vec<OsString>) -> Command {
        let mut line = self.wrap.clone();
        line.push(program);
        let mut command = Command::new(&line[0]);
        command.args(&line[1..]).args(words).env_clear();
        for name in ["PATH", "TMPDIR", "NAVETTE_LOG"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("HOME", &self.state).env("XDG_CONFIG_HOME", self.state.join("config"));
        command.env("NAVETTE_LANG", "en").env("NAVETTE_PASSWORD", PASSWORD);
        command.env("QT_QPA_PLATFORM", "offscreen").env("LC_ALL", "C.UTF-8");
        command.env("RCLONE_CONFIG", self.state.join("rclone.conf"));
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Begins a run.
    pub fn start(&self, patience: Patience) -> Running {
        self.run(self.command(patience))
    }

    /// Has Navette stay with the folder.
    pub fn stay(&self) -> Running {
        let words = [OsString::from("watch")].into_iter().chain(self.pair()).collect();
        self.run(self.line(self.navette.clone().into(), words))
    }

    /// Asks the Navette that stays with the folder; what it answers, if that is JSON.
    pub fn ask(&self, words: &[&str]) -> Option<serde_json::Value> {
        let words = words.iter().map(OsString::from).collect();
        let mut command = self.line(self.navette.clone().into(), words);
        let said = command.stderr(Stdio::null()).output().unwrap();
        serde_json::from_slice(&said.stdout).ok()
    }

    fn run(&self, mut command: Command) -> Running {
        let number = self.runs.replace(self.runs.get() + 1);
        let log = self.logs.join(format!("run-{number}.log"));
        let file = File::create(&log).unwrap();
        command.stdout(file.try_clone().unwrap()).stderr(file);
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        Running { child, log, begun: Instant::now() }
    }

    /// What a user does after the program was killed, as it demands it.
    ///
    /// rclone leaves its lock behind, and says itself that it may be deleted
    /// by whoever knows that nothing runs; else two minutes would have to pass.
    pub fn after_kill(&self) {
        let Ok(entries) = fs::read_dir(self.state.join("bisync")) else { return };
        for entry in entries.filter_map(Result::ok) {
            if entry.path().extension().is_some_and(|end| end == "lck") {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// How long a program says that it will leave alone what failed. Nextcloud's
/// client does so for 25 seconds after a failure, and longer after each further one.
pub fn asks_to_wait(said: &str) -> Option<Duration> {
    let waits = said.split("trying again in ").skip(1);
    let seconds = waits.filter_map(|rest| rest.split(' ').next()?.parse::<u64>().ok());
    seconds.max().map(|seconds| Duration::from_secs(seconds.min(MOST_ASKED) + 1))
}

/// Nobody waits longer than this, in seconds.
const MOST_ASKED: u64 = 150;

/// A program at work. Dropped, it is killed.
pub struct Running {
    child: Child,
    log: PathBuf,
    begun: Instant,
}

impl Running {
    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits so long at most.
    pub fn wait(&mut self, most: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + most;
        loop {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            if Instant::now() >= until {
                return None;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// How long ago it began.
    pub fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.id()).unwrap())
    }

    /// Kills it (SIGKILL): it learns nothing of it.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end (SIGTERM), and kills it if it does not.
    pub fn interrupt(&mut self) {
        let _ = kill(self.pid(), Signal::SIGTERM);
        if self.wait(Duration::from_secs(5)).is_none() {
            self.kill();
        }
    }

    /// It stands still between two of its steps from now on. A thread that the
    /// disk keeps busy may take longer to stop than anybody waits.
    pub fn stop(&self) {
        let _ = kill(self.pid(), Signal::SIGSTOP);
        let until = Instant::now() + Duration::from_secs(2);
        while Instant::now() < until && !self.stands_still() {
            std::thread::sleep(Duration::from_micros(200));
        }
    }

    /// It goes on.
    pub fn go_on(&self) {
        let _ = kill(self.pid(), Signal::SIGCONT);
    }

    /// Whether each of its threads is stopped, or ended.
    fn stands_still(&self) -> bool {
        let Ok(tasks) = fs::read_dir(format!("/proc/{}/task", self.pid())) else { return true };
        tasks.filter_map(Result::ok).all(|task| {
            let Ok(text) = fs::read_to_string(task.path().join("stat")) else { return true };
            let state = text.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
            matches!(state, Some('T' | 't' | 'Z' | 'X') | None)
        })
    }

    /// What it has printed.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The last lines of it, none longer than a screen is wide.
    pub fn tail(&self) -> String {
        let said = self.said();
        let lines: Vec<&str> = said.lines().collect();
        let lines = lines[lines.len().saturating_sub(12)..].iter();
        lines.map(|line| line.chars().take(600).collect::<String>()).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_that_a_program_asks_for_is_given() {
        let said = "(skipped due to earlier error, trying again in 22 second(s))\n\
                    (skipped due to earlier error, trying again in 9 second(s))";
        assert_eq!(asks_to_wait(said), Some(Duration::from_secs(23)));
        assert_eq!(asks_to_wait("trying again in 9000 second(s)"), Some(Duration::from_secs(151)));
        assert_eq!(asks_to_wait("all is well"), None);
    }

    #[test]
    fn conflict_copies_are_known_by_the_names_that_each_program_gives_them() {
        let made_of = |program: Program, name: &str| program.copied_name(name);
        let name = "a (conflict 2026-11-29 175817 desk).txt";
        assert_eq!(made_of(Program::Navette, name).as_deref(), Some("a.txt"));
        let name = "a (conflicted copy 2026-11-29 175817).txt";
        assert_eq!(made_of(Program::Nextcloudcmd, name).as_deref(), Some("a.txt"));
        assert_eq!(made_of(Program::Bisync, "a.txt.conflict2").as_deref(), Some("a.txt"));
        for program in Program::ALL {
            assert_eq!(made_of(program, "a.txt"), None);
        }
    }
}
