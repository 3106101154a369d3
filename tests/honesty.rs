//! `navette serve` is honest: the families' own clients, and rclone, sync with
//! it up and down as they do with the real servers. Where one of them chokes,
//! the server is put right, not the client.

#![allow(unreachable_pub, reason = "shared between the modules of this test")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only used in tests")]

#[path = "program/mod.rs"]
mod program;
#[path = "real/python.rs"]
mod python;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use program::{Home, LOGIN, PASSWORD, Storage, Tree, assert_equal, tree};

/// A program of somebody else that syncs folders.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Peer {
    /// Nextcloud's own client.
    Nextcloudcmd,
    /// ownCloud's own client.
    Owncloudcmd,
    /// rclone, told which family it meets, and where its files are.
    Rclone { vendor: &'static str, files: &'static str },
}

/// Which way a one-way program goes; the others go both ways at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// A storage with a peer, and the folders of two computers. The file `unsynced`
/// in its home lists remote folders that the peer leaves out.
struct Trial {
    peer: Peer,
    url: String,
    here: PathBuf,
    there: PathBuf,
    _storage: Storage,
    home: Home,
}

impl Trial {
    fn begin(peer: Peer, dialect: &str) -> Self {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let [here, there] = ["here", "there"].map(|name| home.path(name));
        for folder in [&here, &there, &home.path("peer")] {
            fs::create_dir(folder).unwrap();
        }
        // ownCloud's client does nothing without a list of what to leave out.
        fs::write(home.path("exclude"), "]*~\n").unwrap();
        Self { peer, url: storage.url(), here, there, _storage: storage, home }
    }

    fn command(&self, folder: &Path, way: Way) -> Command {
        // Nobody waits for ever for a program that waits for ever.
        let mut command = Command::new("timeout");
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.home.path("peer")).env("LC_ALL", "C.UTF-8");
        command.env("QT_QPA_PLATFORM", "offscreen").arg("120");
        let unsynced = self.home.path("unsynced").to_str().unwrap().to_owned();
        let mut words = vec!["--non-interactive", "--user", LOGIN, "--password", PASSWORD];
        if Path::new(&unsynced).exists() {
            words.extend(["--unsyncedfolders", &unsynced]);
        }
        match self.peer {
            Peer::Nextcloudcmd => {
                command.arg("nextcloudcmd").args(&words).arg(folder).arg(&self.url);
            }
            Peer::Owncloudcmd => {
                command.arg("owncloudcmd").args(&words).arg("--exclude");
                command.arg(self.home.path("exclude")).arg(folder).arg(&self.url);
            }
            Peer::Rclone { .. } => {
                command.arg(python::program("rclone")).arg("sync");
                match way {
                    Way::Up => command.arg(folder).arg(":webdav:"),
                    Way::Down => command.arg(":webdav:").arg(folder),
                };
                self.rclone_words(&mut command);
            }
        }
        command
    }

    fn rclone_words(&self, command: &mut Command) {
        let Peer::Rclone { vendor, files } = self.peer else { panic!("another program") };
        let obscured = Command::new(python::program("rclone")).args(["obscure", PASSWORD]).output();
        let obscured = String::from_utf8(obscured.unwrap().stdout).unwrap();
        command.args(["--config", "/dev/null", "--create-empty-src-dirs", "--track-renames"]);
        command.args(["--track-renames-strategy", "leaf"]);
        command.args(["--webdav-url", &format!("{}{files}", self.url), "--webdav-user", LOGIN]);
        command.args(["--webdav-vendor", vendor, "--webdav-pass", obscured.trim()]);
    }

    fn sync(&self, folder: &Path, way: Way) {
        ended(self.command(folder, way));
    }

    /// From here to there by the peer; then both are equal, and a computer with
    /// Navette shows the same.
    fn passes_on(&self, from: &Path, to: &Path) {
        self.sync(from, Way::Up);
        self.sync(to, Way::Down);
        assert_equal(&shown(from), &shown(to));
        let ours = self.home.device("ours", &self.url);
        ours.synced(&["--allow-deletes"]);
        assert_equal(&shown(from), &ours.tree());
    }
}

fn ended(mut command: Command) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(40)..].join("\n");
    assert!(output.status.success(), "{:?}: {tail}", command.get_program());
}

/// What a folder holds, but for the peers' own files.
fn shown(folder: &Path) -> Tree {
    let mut tree = tree(folder);
    let is_theirs = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with(".sync_") || name.starts_with(".owncloudsync.log")
    };
    tree.retain(|path, _| !is_theirs(path));
    tree
}

/// Enough for several chunks with each of them.
const LARGE: usize = 25 << 20;

fn bytes(seed: u8, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    blake3::Hasher::new().update(&[seed]).finalize_xof().fill(&mut bytes);
    bytes
}

/// New files, large and small, umlauts, an edit, a deletion, and renames, in
/// both directions, with Navette beside it on the same storage.
fn gets_on(peer: Peer, dialect: &str) {
    let trial = Trial::begin(peer, dialect);
    let (here, there) = (trial.here.as_path(), trial.there.as_path());
    // The families' clients leave files alone that are younger than two seconds.
    let write = |at: PathBuf, bytes: &[u8], seconds_ago: u64| {
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(&at, bytes).unwrap();
        let file = File::options().write(true).open(at).unwrap();
        let now = file.metadata().unwrap().modified().unwrap();
        file.set_modified(now - Duration::from_secs(seconds_ago)).unwrap();
    };
    write(here.join("large.bin"), &bytes(1, LARGE), 60);
    write(here.join("Ordner ü/Straße é 100% #1.txt"), "Grüße".as_bytes(), 60);
    // nextcloudcmd 3.7.3 fails of an empty file, before it has sent anything,
    // where the server takes many small files at once.
    let empty = if dialect == "nextcloud" && peer == Peer::Nextcloudcmd { "." } else { "" };
    for name in ["edited", "deleted", "renamed", "folder/in it", "gone/in it", "empty"] {
        let text = if name == "empty" { empty } else { &format!("{name} as it was") };
        write(here.join(name), text.as_bytes(), 60);
    }
    trial.passes_on(here, there);

    write(there.join("edited"), b"edited there, and longer than before", 10);
    write(there.join("large.bin"), &bytes(2, LARGE + 1), 10);
    fs::remove_file(there.join("deleted")).unwrap();
    fs::remove_dir_all(there.join("gone")).unwrap();
    fs::rename(there.join("renamed"), there.join("folder/has another näme")).unwrap();
    fs::rename(there.join("folder"), there.join("another folder")).unwrap();
    trial.passes_on(there, here);

    let ours = trial.home.device("ours", &trial.url);
    ours.write("another folder/in it", "edited by Navette");
    ours.write("large.bin", bytes(3, LARGE - 1));
    ours.write("ours é", "new");
    fs::rename(ours.path("empty"), ours.path("still empty")).unwrap();
    ours.synced(&[]);
    trial.sync(here, Way::Down);
    assert_equal(&shown(here), &ours.tree());
}

/// The settings that the peer's window keeps of a folder; its program for the
/// command line keeps only the journal.
fn settings_of(trial: &Trial, folder: &Path) -> PathBuf {
    let config = trial.home.path("theirs.cfg");
    let text = format!(
        "[Accounts]\nversion=2\n0\\url={}\n0\\authType=http\n0\\http_user={LOGIN}\n\
         0\\Folders\\1\\localPath={}/\n0\\Folders\\1\\targetPath=/\n",
        trial.url,
        folder.display()
    );
    fs::write(&config, text).unwrap();
    config
}

/// What the peer has synced is taken over without a byte on the way, in either
/// direction, and goes on as if it had always been ours.
fn is_taken_over(peer: Peer, dialect: &str) {
    let trial = Trial::begin(peer, dialect);
    for (number, name) in ["a.txt", "folder/b.txt", "folder/Straße é.bin"].iter().enumerate() {
        let at = trial.here.join(name);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(&at, bytes(u8::try_from(number).unwrap(), 100_000)).unwrap();
        let file = File::options().write(true).open(at).unwrap();
        file.set_modified(file.metadata().unwrap().modified().unwrap() - Duration::from_secs(60))
            .unwrap();
    }
    trial.sync(&trial.here, Way::Up);
    let (config, here) = (settings_of(&trial, &trial.here), trial.here.to_str().unwrap());
    let mut takeover = trial.home.navette(&["folder", "takeover", here, "--config"]);
    takeover.arg(config);
    let taken = program::ended(takeover);
    assert_eq!(taken.code, 0, "{}{}", taken.out, taken.err);

    let report = program::ended(trial.home.navette(&["sync", here, "--json"])).json();
    assert_eq!(report["end"], "equal", "{report:#}");
    assert_eq!((&report["bytes_up"], &report["bytes_down"]), (&0.into(), &0.into()), "{report:#}");
    for count in
        ["sent", "fetched", "replaced", "updated", "moved", "removed_here", "removed_there"]
    {
        assert_eq!(report["counts"][count], 0, "{report:#}");
    }
    let equal = ["adopted", "presumed"].map(|count| report["counts"][count].as_u64().unwrap());
    assert!(equal.iter().sum::<u64>() >= 3, "{report:#}");
    fs::write(trial.here.join("a.txt"), "edited after that").unwrap();
    let report = program::ended(trial.home.navette(&["sync", here, "--json"])).json();
    assert_eq!(
        (&report["end"], &report["counts"]["updated"]),
        (&"equal".into(), &1.into()),
        "{report:#}"
    );
    trial.sync(&trial.there, Way::Down);
    assert_equal(&shown(&trial.here), &shown(&trial.there));
}

/// What was not selected in the peer stands in its journal, and after a
/// takeover in our settings.
fn hands_on_its_choices(peer: Peer, dialect: &str) {
    let trial = Trial::begin(peer, dialect);
    for name in ["wanted/a.txt", "not wanted é/b.txt"] {
        let at = trial.here.join(name);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(&at, name).unwrap();
        let file = File::options().write(true).open(at).unwrap();
        let now = file.metadata().unwrap().modified().unwrap();
        file.set_modified(now - Duration::from_secs(60)).unwrap();
    }
    trial.sync(&trial.here, Way::Up);
    fs::write(trial.home.path("unsynced"), "not wanted é/\n").unwrap();
    trial.sync(&trial.there, Way::Down);
    assert!(!trial.there.join("not wanted é").exists(), "it was not left out there");
    assert!(trial.there.join("wanted/a.txt").exists());
    let mut takeover = trial.home.navette(&["folder", "takeover"]);
    takeover.arg(&trial.there).arg("--config").arg(settings_of(&trial, &trial.there));
    let taken = program::ended(takeover);
    assert_eq!(taken.code, 0, "{}{}", taken.out, taken.err);
    assert!(taken.out.contains("1 folder of the server is not kept here"), "{}", taken.out);
    assert!(taken.out.contains("\n  not wanted é\n"), "{}", taken.out);
}

#[test]
fn what_was_not_selected_in_nextcloudcmd_is_taken_over() {
    hands_on_its_choices(Peer::Nextcloudcmd, "nextcloud");
}

#[test]
fn what_was_not_selected_in_owncloudcmd_is_taken_over() {
    hands_on_its_choices(Peer::Owncloudcmd, "owncloud10");
}

#[test]
fn a_folder_of_nextcloudcmd_is_taken_over_without_a_byte() {
    is_taken_over(Peer::Nextcloudcmd, "nextcloud");
}

#[test]
fn a_folder_of_owncloudcmd_is_taken_over_without_a_byte() {
    is_taken_over(Peer::Owncloudcmd, "owncloud10");
}

#[test]
fn nextcloudcmd_gets_on_with_our_nextcloud() {
    gets_on(Peer::Nextcloudcmd, "nextcloud");
}

#[test]
fn nextcloudcmd_gets_on_with_our_owncloud() {
    gets_on(Peer::Nextcloudcmd, "owncloud10");
}

#[test]
fn owncloudcmd_gets_on_with_our_owncloud() {
    gets_on(Peer::Owncloudcmd, "owncloud10");
}

#[test]
fn rclone_gets_on_with_our_nextcloud() {
    let files = "/remote.php/dav/files/alice/";
    gets_on(Peer::Rclone { vendor: "nextcloud", files }, "nextcloud");
}

#[test]
fn rclone_gets_on_with_our_owncloud() {
    let files = "/remote.php/dav/files/alice/";
    gets_on(Peer::Rclone { vendor: "owncloud", files }, "owncloud10");
}

/// By plain PUTs, as it does with an ownCloud: it uploads by TUS otherwise.
#[test]
fn rclone_gets_on_with_our_infinite_scale() {
    let files = "/remote.php/dav/files/alice/";
    gets_on(Peer::Rclone { vendor: "owncloud", files }, "ocis");
}

#[test]
fn rclone_gets_on_with_our_plain_storage() {
    gets_on(Peer::Rclone { vendor: "other", files: "/" }, "plain");
}
