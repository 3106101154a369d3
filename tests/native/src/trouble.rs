//! What goes wrong with a computer: a full disk, a folder that cannot be read,
//! a clock that jumps.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::Uid;

use crate::client::Client;
use crate::luck::Luck;

/// A disk with little room. Only this thread and the processes that it starts
/// see it; dropped, it is gone.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Makes the folder `place` one of so many KiB.
    ///
    /// # Errors
    ///
    /// Only root may do that: whoever else asks gets the system's refusal.
    pub fn new(place: &Path, kib: u64) -> Result<Self, Errno> {
        // What is mounted from now on is the business of this thread alone.
        unshare(CloneFlags::CLONE_NEWNS)?;
        let whole = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        mount(None::<&str>, "/", None::<&str>, whole, None::<&str>)?;
        mount(Some("small"), place, Some("tmpfs"), MsFlags::empty(), Some(&*size(kib)))?;
        Ok(Self(place.to_owned()))
    }

    /// Its user makes room.
    pub fn grow(&self, kib: u64) {
        mount(Some("small"), &self.0, Some("tmpfs"), MsFlags::MS_REMOUNT, Some(&*size(kib)))
            .unwrap();
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = umount2(&self.0, MntFlags::MNT_DETACH);
    }
}

fn size(kib: u64) -> String {
    format!("size={kib}k")
}

/// Has the client see permissions as everybody but root does, who may read
/// everything: without the two capabilities that say so.
pub fn respect_permissions(client: &mut Client) {
    if Uid::effective().is_root() {
        client.wrap(&["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]);
    }
}

/// A folder that nobody may look into until this is dropped.
pub struct ClosedFolder(PathBuf);

impl ClosedFolder {
    /// Closes one of the folders in `root`, if there is one.
    pub fn somewhere(root: &Path, is_own: fn(&str) -> bool, luck: &Luck) -> Option<Self> {
        let folders = walkdir::WalkDir::new(root).min_depth(1).sort_by_file_name().into_iter();
        let folders = folders.filter_entry(|entry| !is_own(&entry.file_name().to_string_lossy()));
        let folders = folders.filter_map(Result::ok).filter(|entry| entry.file_type().is_dir());
        let folders: Vec<PathBuf> = folders.map(walkdir::DirEntry::into_path).collect();
        let folder = luck.pick(&folders)?.clone();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).ok()?;
        Some(Self(folder))
    }

    /// Which one.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for ClosedFolder {
    fn drop(&mut self) {
        // Somebody may have moved or deleted it meanwhile; see `open_all`.
        let _ = fs::set_permissions(&self.0, fs::Permissions::from_mode(0o755));
    }
}

/// Opens every folder in `root` again, wherever it is by now.
pub fn open_all(root: &Path) {
    let mut todo = vec![root.to_owned()];
    while let Some(folder) = todo.pop() {
        let Ok(found) = fs::metadata(&folder) else { continue };
        if found.permissions().mode() & 0o700 != 0o700 {
            let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o755));
        }
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let folders = entries
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        todo.extend(folders.map(|entry| entry.path()));
    }
}

/// The wall clock of a client, which jumps whenever somebody says so; the
/// monotonic clock and the dates of files go on as they are.
pub struct Clock(PathBuf);

impl Clock {
    /// Gives the client a clock of its own, by libfaketime. It is right at first.
    ///
    /// # Panics
    ///
    /// If libfaketime is not installed.
    pub fn new(client: &mut Client) -> Self {
        let clock = Self::at(client.state().join("clock"));
        for (name, value) in clock.env() {
            client.set_env(name, value);
        }
        clock
    }

    /// A clock that this file sets. It is right at first.
    pub fn at(file: PathBuf) -> Self {
        let clock = Self(file);
        clock.set("+0");
        clock
    }

    /// What gives a process this clock.
    ///
    /// # Panics
    ///
    /// If libfaketime is not installed.
    pub fn env(&self) -> [(&'static str, OsString); 5] {
        [
            ("LD_PRELOAD", library().into()),
            ("FAKETIME_TIMESTAMP_FILE", self.0.clone().into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            ("NO_FAKE_STAT", "1".into()),
        ]
    }

    /// It jumps to so much after or before the right time, as `+8h`.
    pub fn set(&self, offset: &str) {
        let new = self.0.with_extension("new");
        fs::write(&new, format!("{offset}\n")).unwrap();
        fs::rename(new, &self.0).unwrap();
    }

    /// It jumps, up to years either way.
    pub fn jump(&self, luck: &Luck) -> &'static str {
        let to = luck.pick(&["+0", "-3", "+90", "-1h", "+1d", "-40d", "+40d", "+3y"]).unwrap();
        self.set(to);
        to
    }

    /// It is right again.
    pub fn right(&self) {
        self.set("+0");
    }
}

/// Where Debian puts libfaketime.
fn library() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").into_iter().flatten().filter_map(Result::ok);
    let mut found = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    found.find(|path| path.exists()).expect("these tests need the Debian package `libfaketime`")
}
