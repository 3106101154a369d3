//! What only a real file system of Windows shows.

use std::fs::{self, OpenOptions};
use std::os::windows::fs::{OpenOptionsExt as _, symlink_dir, symlink_file};
use std::path::{Path, PathBuf};

use navette::disk::{Disk as _, DiskErrorKind, Native, OpenError};
use tempfile::TempDir;

use crate::conformance::Bench;
use crate::{Contents, get, names, p, put};

/// A folder that goes away with its value.
pub(crate) struct Folder {
    disk: Native,
    dir: TempDir,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { disk: Native::open(dir.path()).unwrap(), dir }
    }

    fn real(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }
}

impl Bench for Folder {
    type Disk = Native;

    fn disk(&self) -> &Native {
        &self.disk
    }

    fn overwrite(&self, path: &str, bytes: &[u8]) {
        fs::write(self.real(path), bytes).unwrap();
    }

    fn make_link(&self, path: &str, somewhere: &str) {
        let place = self.real(path);
        let target = place.parent().unwrap_or(Path::new("")).join(somewhere);
        if target.is_dir() {
            symlink_dir(somewhere, place).unwrap();
        } else {
            symlink_file(somewhere, place).unwrap();
        }
    }

    fn make_second_name(&self, path: &str, second: &str) {
        fs::hard_link(self.real(path), self.real(second)).unwrap();
    }

    fn contents(&self) -> Contents {
        let walk = walkdir::WalkDir::new(self.dir.path()).min_depth(1);
        let entries = walk.into_iter().filter_entry(|entry| entry.file_name() != ".navette");
        let found = entries.map(|entry| {
            let entry = entry.unwrap();
            let path = entry.path().strip_prefix(self.dir.path()).unwrap();
            let bytes = entry.file_type().is_file().then(|| fs::read(entry.path()).unwrap());
            (path.to_str().unwrap().replace('\\', "/"), bytes)
        });
        found.collect()
    }
}

#[tokio::test]
async fn what_is_missing_or_no_folder_is_not_opened() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Native::open(&dir.path().join("nothing")), Err(OpenError::Missing)));
    fs::write(dir.path().join("f"), b"x").unwrap();
    assert!(matches!(Native::open(&dir.path().join("f")), Err(OpenError::NotAFolder)));
}

#[tokio::test]
async fn a_folder_is_opened_once_at_a_time() {
    let folder = Folder::new();
    assert!(matches!(Native::open(folder.dir.path()), Err(OpenError::InUse)));
    let Folder { disk, dir } = folder;
    drop(disk);
    Native::open(dir.path()).unwrap();
}

#[tokio::test]
async fn trying_the_volume_leaves_nothing_behind() {
    let folder = Folder::new();
    assert_eq!(names(&folder.disk, ".navette").await, ["aside", "lock", "staging"]);
    let volume = folder.disk.volume();
    assert!(volume.windows_names && volume.folding.case && !volume.exchange, "{volume:?}");
}

#[tokio::test]
async fn names_that_windows_reads_as_something_else_are_refused() {
    let folder = Folder::new();
    put(&folder.disk, "f", b"a user's").await;
    // A device, a stream of another file, a name that loses its end, a way out.
    for odd in ["NUL", "nul.txt", "COM1", "f:stream", "f.", "f ", "..\\f", "d\\f", "C:\\f"] {
        let path = p(odd);
        assert_eq!(
            folder.disk.create(&path).await.map(drop).unwrap_err().kind,
            DiskErrorKind::BadName,
            "{odd}"
        );
        let renamed = folder.disk.rename(&p("f"), &path).await;
        assert_eq!(renamed.unwrap_err().kind, DiskErrorKind::BadName, "{odd}");
    }
    assert_eq!(get(&folder.disk, "f").await, b"a user's");
}

#[tokio::test]
async fn a_path_longer_than_260_characters_works() {
    let folder = Folder::new();
    let mut path = String::new();
    for _ in 0..4 {
        path += &("d".repeat(100) + "/");
        folder.disk.make_dir(&p(&path)).await.unwrap();
    }
    put(&folder.disk, &(path.clone() + "f"), b"deep").await;
    assert_eq!(get(&folder.disk, &(path.clone() + "f")).await, b"deep");
    assert_eq!(names(&folder.disk, &path).await, ["f"]);
}

#[tokio::test]
async fn what_another_program_has_open_for_itself_is_busy_and_stays() {
    const NOBODY_ELSE: u32 = 0;
    let folder = Folder::new();
    put(&folder.disk, "f", b"a user's").await;
    let mut options = OpenOptions::new();
    let held = options.read(true).write(true).share_mode(NOBODY_ELSE).open(folder.real("f"));
    let held = held.unwrap();
    let disk = &folder.disk;
    assert_eq!(disk.open(&p("f")).await.map(drop).unwrap_err().kind, DiskErrorKind::Busy);
    assert_eq!(disk.rename(&p("f"), &p("g")).await.unwrap_err().kind, DiskErrorKind::Busy);
    assert!(disk.is_being_written(&p("f")).await.unwrap());
    // It is seen all the same: what is busy is not absent.
    assert!(disk.stat(&p("f")).await.unwrap().is_some());
    assert_eq!(names(disk, "").await, [".navette", "f"]);
    drop(held);
    assert_eq!(get(disk, "f").await, b"a user's");
}

#[tokio::test]
async fn a_root_that_was_moved_away_is_broken_and_not_empty() {
    let above = tempfile::tempdir().unwrap();
    let (root, moved) = (above.path().join("root"), above.path().join("moved"));
    fs::create_dir(&root).unwrap();
    let disk = Native::open(&root).unwrap();
    put(&disk, "f", b"x").await;
    // The system moves no folder in which a file is open, as our lock is: it is
    // as if the disk had been taken out.
    drop(disk);
    let disk = Native::unlocked(&root).unwrap();
    fs::rename(&root, &moved).unwrap();
    for _ in 0..2 {
        assert_eq!(disk.list(&p("")).await.unwrap_err().kind, DiskErrorKind::Broken);
        assert_eq!(disk.stat(&p("")).await.unwrap_err().kind, DiskErrorKind::Broken);
        assert_eq!(disk.stat(&p("absent")).await.unwrap_err().kind, DiskErrorKind::Broken);
        // The second time another folder stands in its place.
        let _ = fs::create_dir(&root);
    }
}

#[tokio::test]
async fn a_folder_that_may_only_be_read_is_removed_if_it_is_empty() {
    let folder = Folder::new();
    folder.disk.make_dir(&p("d")).await.unwrap();
    put(&folder.disk, "d/f", b"x").await;
    let mut rights = fs::metadata(folder.real("d")).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(folder.real("d"), rights).unwrap();
    let refused = folder.disk.remove_dir(&p("d")).await.unwrap_err();
    assert!(matches!(refused.kind, DiskErrorKind::NotEmpty | DiskErrorKind::Denied), "{refused:?}");
    assert_eq!(get(&folder.disk, "d/f").await, b"x");
    folder.disk.rename(&p("d/f"), &p("f")).await.unwrap();
    folder.disk.remove_dir(&p("d")).await.unwrap();
    assert_eq!(folder.disk.stat(&p("d")).await.unwrap(), None);
}

#[tokio::test]
async fn a_file_that_may_only_be_read_is_moved_replaced_and_purged() {
    let folder = Folder::new();
    put(&folder.disk, "f", b"x").await;
    let mut rights = fs::metadata(folder.real("f")).unwrap().permissions();
    rights.set_readonly(true);
    fs::set_permissions(folder.real("f"), rights).unwrap();
    folder.disk.rename(&p("f"), &p(".navette/aside/f")).await.unwrap();
    folder.disk.purge(&p(".navette/aside/f")).await.unwrap();
    assert_eq!(names(&folder.disk, ".navette/aside").await, [""; 0]);
}
