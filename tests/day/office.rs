//! A computer with two folders, and whoever watches them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use navette_native::trouble::{Clock, SmallDisk};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::outside::{Outside, Relay, Weather};
use crate::program::{Home, Kind, LOGIN, PASSWORD, ended, tree};

/// The folders, which are called so on both sides.
const FOLDERS: [&str; 2] = ["work", "notes"];

/// How long anything may take: what fails is tried again after pauses that grow.
const PATIENCE: Duration = Duration::from_secs(150);

/// Room on the disk of `notes`, before and after its user has made some, in KiB.
const SMALL: u64 = 12 << 10;
const LARGE: u64 = 200 << 10;

/// A computer.
pub struct Office {
    /// The line to the server.
    pub relay: Relay,
    /// Its clock.
    pub clock: Clock,
    outside: Outside,
    watching: Option<Child>,
    // Unmounted before its home is removed.
    small: Option<SmallDisk>,
    home: Home,
}

impl Office {
    /// Sets up the account and both folders, and starts to watch.
    pub fn open() -> Self {
        let (home, outside) = (Home::new(), Outside::start());
        for folder in FOLDERS {
            fs::create_dir(home.path(folder)).unwrap();
            outside.cloud.lock().user(LOGIN).mkdir(folder).unwrap();
        }
        let small = SmallDisk::new(&home.path("notes"), SMALL).ok();
        let relay = Relay::to(outside.address.clone());
        fs::create_dir_all(home.path("home")).unwrap();
        let clock = Clock::at(home.path("home/clock"));
        let mut office = Self { relay, clock, outside, watching: None, small, home };
        office.keep_password(PASSWORD);
        let url = format!("http://{}", office.relay.address);
        let file = office.password();
        office.done(&[
            "account",
            "add",
            "--server",
            &url,
            "--user",
            LOGIN,
            "--password-file",
            &file,
        ]);
        for folder in FOLDERS {
            let path = office.path(folder);
            let there = format!("/{folder}");
            let words = ["folder", "add", path.to_str().unwrap(), "--remote-path", &there];
            office.done(&words);
        }
        office.start();
        office
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.home.navette(words);
        command.env_remove("NAVETTE_PASSWORD");
        command
    }

    fn done(&self, words: &[&str]) {
        let run = ended(self.command(words));
        assert_eq!(run.code, 0, "{words:?}: {}", run.err);
    }

    fn password(&self) -> String {
        self.home.path("password").to_str().unwrap().to_owned()
    }

    /// Its user writes down the password.
    pub fn keep_password(&self, password: &str) {
        fs::write(self.password(), format!("{password}\n")).unwrap();
    }

    /// The server demands another password from now on.
    pub fn server_takes(&self, password: &str) {
        self.outside.cloud.lock().add_user(LOGIN, password);
        // The cookies of the session would let it in for a while.
        self.relay.cut();
        self.relay.mend();
    }

    /// Starts to watch.
    pub fn start(&mut self) {
        let mut command = self.command(&["watch", "--password-file", &self.password()]);
        command.envs(self.clock.env());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        self.watching = Some(command.spawn().unwrap());
    }

    fn signal(&self, signal: Signal) {
        let id = Pid::from_child(self.watching.as_ref().unwrap());
        kill_process(id, signal).unwrap();
    }

    /// It stands still.
    pub fn falls_asleep(&self) {
        self.signal(Signal::STOP);
    }

    /// It goes on.
    pub fn wakes_up(&self) {
        self.signal(Signal::CONT);
    }

    /// Ends it as a system does; how it ended.
    pub fn close(&mut self) -> Option<i32> {
        self.signal(Signal::TERM);
        self.watching.take().unwrap().wait().unwrap().code()
    }

    /// Kills it.
    pub fn kill(&mut self) {
        let mut watching = self.watching.take().unwrap();
        watching.kill().unwrap();
        watching.wait().unwrap();
    }

    /// A path on the computer.
    pub fn path(&self, path: &str) -> PathBuf {
        self.home.path(path)
    }

    /// Its user writes a file, and the folders above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Somebody writes a file in this folder on the server.
    pub fn there(&self, folder: &str, name: &str, bytes: &[u8]) {
        let mut cloud = self.outside.cloud.lock();
        let path = format!("{folder}/{name}");
        cloud.user(LOGIN).write(&path, Bytes::copy_from_slice(bytes)).unwrap();
    }

    /// What a file of this folder holds on the server.
    pub fn bytes(&self, folder: &str, name: &str) -> Option<Bytes> {
        self.outside.cloud.lock().user(LOGIN).bytes(&format!("{folder}/{name}"))
    }

    /// How the server is from now on.
    pub fn weather(&self, weather: Weather) {
        *self.outside.weather.lock().unwrap() = weather;
    }

    /// Requests about files so far.
    pub fn requests(&self) -> u64 {
        self.outside.requests.load(Ordering::SeqCst)
    }

    /// Whether the disk of `notes` is a small one.
    pub fn is_small(&self) -> bool {
        self.small.is_some()
    }

    /// Its user makes room on it.
    pub fn make_room(&self) {
        self.small.as_ref().unwrap().grow(LARGE);
    }

    /// Tells whoever watches something about a folder.
    pub fn tell(&self, word: &str, folder: &Path) {
        let mut command = self.command(&[word, folder.to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    }

    fn pairs(&self) -> Vec<Value> {
        let run = ended(self.command(&["status", "--json"]));
        let told: Value = serde_json::from_str(&run.out).unwrap();
        told["pairs"].as_array().cloned().unwrap_or_default()
    }

    /// Waits until the pairs stand so.
    pub fn until(&self, what: &str, holds: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let pairs = self.pairs();
            if pairs.len() == FOLDERS.len() && holds(&pairs) {
                return pairs;
            }
            assert!(Instant::now() < until, "not {what}: {pairs:#?}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until both folders are equal to their storage and said to be so.
    pub fn equal(&self, when: &str) {
        self.until(when, |pairs| {
            pairs.iter().all(|pair| pair["state"] == "up-to-date")
                && FOLDERS.iter().all(|folder| self.here(folder) == self.over_there(folder))
        });
    }

    fn here(&self, folder: &str) -> BTreeMap<String, Kind> {
        let shown = tree(&self.path(folder)).into_iter();
        shown.map(|(path, kind)| (path.to_str().unwrap().to_owned(), kind)).collect()
    }

    fn over_there(&self, folder: &str) -> BTreeMap<String, Kind> {
        let front = format!("{folder}/");
        let mut cloud = self.outside.cloud.lock();
        let user = cloud.user(LOGIN);
        let below = user.snapshot().into_keys().filter_map(|path| {
            let name = path.as_str().strip_prefix(&front)?.to_owned();
            let kind = match user.bytes(path.as_str()) {
                Some(bytes) => Kind::File(blake3::hash(&bytes)),
                None => Kind::Folder,
            };
            Some((name, kind))
        });
        below.collect()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(mut watching) = self.watching.take() {
            let _ = watching.kill();
            let _ = watching.wait();
        }
    }
}
