//! What only a real file system shows.

use std::ffi::OsStr;
use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::Command;

use bytes::Bytes;
use futures::StreamExt as _;
use navette::disk::{Disk as _, DiskErrorKind, FileType, Native, NewFile as _, OpenError};
use navette::model::Sums;
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
        symlink(somewhere, self.real(path)).unwrap();
    }

    fn make_second_name(&self, path: &str, second: &str) {
        fs::hard_link(self.real(path), self.real(second)).unwrap();
    }

    fn set_mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.real(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode(&self, path: &str) -> u32 {
        fs::metadata(self.real(path)).unwrap().permissions().mode() & 0o7777
    }

    fn contents(&self) -> Contents {
        let walk = walkdir::WalkDir::new(self.dir.path()).min_depth(1);
        let entries = walk.into_iter().filter_entry(|entry| entry.file_name() != ".navette");
        let found = entries.map(|entry| {
            let entry = entry.unwrap();
            let path = entry.path().strip_prefix(self.dir.path()).unwrap();
            let bytes = entry.file_type().is_file().then(|| fs::read(entry.path()).unwrap());
            (path.to_str().unwrap().to_owned(), bytes)
        });
        found.collect()
    }
}

/// Something mounted, for as long as the value lives.
struct Mounted(PathBuf);

impl Mounted {
    /// Calls `mount`; none where this user may not (most containers). Then only
    /// the unit tests of `disk::native` show what is asked here: that a mount is
    /// known as one, and what a full disk says.
    fn new(options: &[&str], at: PathBuf) -> Option<Self> {
        let mounted = Command::new("mount").args(options).arg(&at).output().ok()?;
        mounted.status.success().then_some(Self(at))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).output();
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
async fn nobody_else_looks_into_our_folder() {
    let folder = Folder::new();
    for ours in [".navette", ".navette/staging", ".navette/aside"] {
        assert_eq!(fs::metadata(folder.real(ours)).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[tokio::test]
async fn a_link_in_the_place_of_our_folder_is_refused() {
    let (dir, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    symlink(elsewhere.path(), dir.path().join(".navette")).unwrap();
    let Err(OpenError::Disk(error)) = Native::open(dir.path()) else {
        panic!("this should have failed")
    };
    assert_eq!(error.kind, DiskErrorKind::WrongType);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn trying_the_volume_leaves_nothing_behind() {
    let folder = Folder::new();
    assert_eq!(names(&folder.disk, ".navette").await, ["aside", "lock", "staging"]);
    let volume = folder.disk.volume();
    assert!(volume.granularity.as_millis() >= 1 && volume.granularity.as_secs() <= 2);
    assert_eq!(volume.max_name, 255);
}

#[tokio::test]
async fn what_a_cut_left_of_trying_is_cleared_away() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join(".navette/probe")).unwrap();
    fs::write(dir.path().join(".navette/probe/two"), b"x").unwrap();
    let disk = Native::open(dir.path()).unwrap();
    assert_eq!(names(&disk, ".navette").await, ["aside", "lock", "staging"]);
}

#[tokio::test]
async fn no_link_leads_outside() {
    let (folder, outside) = (Folder::new(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("secret"), b"not ours").unwrap();
    let target = outside.path().to_str().unwrap();
    folder.make_link("out", target);
    folder.make_link("up", "..");
    let disk = &folder.disk;
    for escape in ["out/secret", "out/deeper/secret", "up/secret"] {
        assert!(disk.open(&p(escape)).await.is_err());
        assert!(disk.create(&p(escape)).await.is_err());
    }
    put(disk, "f", b"x").await;
    assert!(disk.rename(&p("f"), &p("out/f")).await.is_err());
    assert!(disk.rename(&p("out/secret"), &p("taken")).await.is_err());
    assert!(disk.exchange(&p("f"), &p("out/secret")).await.is_err());
    assert!(disk.remove_dir(&p("out")).await.is_err());
    let left: Vec<_> = fs::read_dir(outside.path()).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(left, [outside.path().join("secret")]);
}

#[tokio::test]
async fn a_folder_swapped_for_a_link_again_and_again_never_leads_outside() {
    let (folder, outside) = (Folder::new(), tempfile::tempdir().unwrap());
    fs::create_dir(folder.real("d")).unwrap();
    folder.make_link("link", outside.path().to_str().unwrap());
    let (d, link) = (folder.real("d"), folder.real("link"));
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = std::sync::Arc::clone(&stop);
    let swapping = std::thread::spawn(move || {
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            let flags = rustix::fs::RenameFlags::EXCHANGE;
            rustix::fs::renameat_with(rustix::fs::CWD, &d, rustix::fs::CWD, &link, flags).unwrap();
        }
    });
    let (mut made, mut refused) = (0, 0);
    for turn in 0..100_000 {
        match folder.disk.create(&p(&format!("d/{turn}"))).await {
            Ok(_) => made += 1,
            Err(_) => refused += 1,
        }
        if made > 100 && refused > 100 {
            break;
        }
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    swapping.join().unwrap();
    assert!(made > 100 && refused > 100, "made {made}, refused {refused}");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_name_that_is_not_text_is_shown_as_what_it_looks_like() {
    let folder = Folder::new();
    fs::write(folder.dir.path().join(OsStr::from_bytes(b"caf\xe9.txt")), b"x").unwrap();
    let entries = folder.disk.list(&p("")).await.unwrap();
    let odd = entries.iter().find(|entry| entry.name.is_err()).unwrap();
    assert_eq!(odd.name, Err("caf\u{fffd}.txt".to_owned()));
    assert_eq!(odd.stat.unwrap().file_type, FileType::File);
}

#[tokio::test]
async fn a_pipe_is_special_and_does_not_block() {
    let folder = Folder::new();
    let mode = rustix::fs::Mode::from_raw_mode(0o600);
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, folder.real("pipe"), kind, mode, 0).unwrap();
    let stat = folder.disk.stat(&p("pipe")).await.unwrap().unwrap();
    assert_eq!(stat.file_type, FileType::Special);
    let refused = folder.disk.open(&p("pipe")).await.map(drop).unwrap_err();
    assert_eq!(refused.kind, DiskErrorKind::WrongType);
}

#[tokio::test]
async fn a_path_longer_than_one_call_takes_works() {
    let folder = Folder::new();
    let mut path = String::new();
    for _ in 0..20 {
        path += &("d".repeat(240) + "/");
        folder.disk.make_dir(&p(&path)).await.unwrap();
    }
    put(&folder.disk, &(path.clone() + "f"), b"deep").await;
    assert_eq!(get(&folder.disk, &(path.clone() + "f")).await, b"deep");
    assert_eq!(names(&folder.disk, &path).await, ["f"]);
}

#[tokio::test]
async fn birth_and_identity_are_those_of_the_system() {
    let folder = Folder::new();
    put(&folder.disk, "f", b"x").await;
    let seen = folder.disk.stat(&p("f")).await.unwrap().unwrap().seen;
    let real = fs::metadata(folder.real("f")).unwrap();
    assert_eq!(seen.file_id, u128::from(real.ino()));
    assert_eq!(seen.ctime, real.ctime() * 1_000_000_000 + real.ctime_nsec());
    let born = real.created().ok().map(|born| {
        born.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos().try_into().unwrap()
    });
    assert_eq!(seen.born, born);
}

#[tokio::test]
async fn new_files_have_the_usual_rights() {
    let folder = Folder::new();
    put(&folder.disk, ".navette/staging/1.new", b"x").await;
    folder.disk.rename(&p(".navette/staging/1.new"), &p("f")).await.unwrap();
    fs::write(folder.real("usual"), b"x").unwrap();
    assert_eq!(folder.mode("f"), folder.mode("usual"));
}

#[tokio::test]
async fn a_new_version_keeps_owner_and_attributes() {
    let folder = Folder::new();
    put(&folder.disk, "f", b"old").await;
    put(&folder.disk, ".navette/staging/1.new", b"new").await;
    let (old, new) = (folder.real("f"), folder.real(".navette/staging/1.new"));
    let none = rustix::fs::XattrFlags::empty();
    rustix::fs::setxattr(&old, "user.comment", b"mine", none).unwrap();
    let is_root = rustix::process::geteuid().is_root();
    if is_root {
        std::os::unix::fs::chown(&old, Some(1234), Some(2345)).unwrap();
    }
    folder.disk.take_after(&p(".navette/staging/1.new"), &p("f")).await.unwrap();
    let [old_owner, new_owner] = [&old, &new].map(|path| {
        let found = fs::metadata(path).unwrap();
        (found.uid(), found.gid())
    });
    assert_eq!(old_owner == (1234, 2345), is_root);
    assert_eq!(new_owner, old_owner);
    let mut value = [0; 16];
    let length = rustix::fs::getxattr(&new, "user.comment", &mut value[..]).unwrap();
    assert_eq!(&value[..length], b"mine");
}

#[tokio::test]
async fn a_root_that_was_moved_away_is_broken_and_not_empty() {
    let above = tempfile::tempdir().unwrap();
    let (root, moved) = (above.path().join("root"), above.path().join("moved"));
    fs::create_dir(&root).unwrap();
    let disk = Native::open(&root).unwrap();
    put(&disk, "f", b"x").await;
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
async fn a_copy_has_the_holes_of_its_original() {
    let bench = Folder::new();
    let (mib, size) = (1_u64 << 20, 64_u64 << 20);
    // Data in the midst and at the end, at the end alone, nowhere.
    for (name, data) in
        [("midst", vec![9 * mib, size - 4]), ("end", vec![size - 4]), ("no", vec![])]
    {
        let mut file = fs::File::create(bench.real(name)).unwrap();
        file.set_len(size).unwrap();
        for at in data {
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(b"data").unwrap();
        }
        drop(file);
        let staged = format!(".navette/staging/{name}.copy");
        let copy = bench.disk().clone_file(&p(name), &p(&staged)).await.unwrap();
        let stat = copy.finish(None).await.unwrap();
        assert_eq!(stat.seen.size, size, "{name}");
        let (original, copy) = (bench.real(name), bench.real(&staged));
        assert!(fs::read(&original).unwrap() == fs::read(&copy).unwrap(), "{name}");
        let taken = |path: &PathBuf| fs::metadata(path).unwrap().blocks();
        assert!(taken(&copy) <= taken(&original), "{name}: {} blocks", taken(&copy));
    }
}

#[tokio::test]
async fn a_file_that_another_program_writes_is_seen_as_such() {
    let folder = Folder::new();
    put(&folder.disk, "f", b"x").await;
    let mut program = Command::new("sh")
        .arg("-c")
        .arg("exec 3>>\"$1\"; echo open; read line")
        .args(["sh".as_ref(), folder.real("f").as_os_str()])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut opened = [0; 5];
    std::io::Read::read_exact(program.stdout.as_mut().unwrap(), &mut opened).unwrap();
    assert!(folder.disk.is_being_written(&p("f")).await.unwrap());
    program.stdin.take().unwrap().write_all(b"\n").unwrap();
    program.wait().unwrap();
    assert!(!folder.disk.is_being_written(&p("f")).await.unwrap());
}

#[tokio::test]
async fn writers_that_come_while_it_is_asked_do_no_harm() {
    let folder = Folder::new();
    put(&folder.disk, "f", b"x").await;
    let path = folder.real("f");
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let stopped = std::sync::Arc::clone(&stop);
    let writing = std::thread::spawn(move || {
        while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
            drop(fs::OpenOptions::new().append(true).open(&path).unwrap());
        }
    });
    for _ in 0..2000 {
        folder.disk.is_being_written(&p("f")).await.unwrap();
    }
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    writing.join().unwrap();
}

#[tokio::test]
async fn a_reader_that_is_dropped_lets_go_of_its_file() {
    let folder = Folder::new();
    put(&folder.disk, "f", &vec![7; 600_000]).await;
    let mut open = folder.disk.open(&p("f")).await.unwrap();
    open.bytes.next().await.unwrap().unwrap();
    let held = || {
        let files = fs::read_dir("/proc/self/fd").unwrap();
        let mut targets = files.filter_map(|fd| fs::read_link(fd.unwrap().path()).ok());
        targets.any(|target| target == folder.real("f"))
    };
    assert!(held());
    drop(open);
    // But for the block that is being read just now.
    while held() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_file_is_known_by_the_same_digest_however_long_it_is() {
    let folder = Folder::new();
    // Read by one thread, and by two; whole blocks, and a rest.
    for length in [0, 1, 256 << 10, (1 << 20) - 1, 1 << 20, (5 << 20) + 7] {
        let bytes: Vec<u8> = (0_u32..).flat_map(u32::to_le_bytes).take(length).collect();
        fs::write(folder.real("f"), &bytes).unwrap();
        let (stat, digest) = folder.disk.digest(&p("f"), Sums::Both).await.unwrap();
        let whole = navette::model::Digest::of(&bytes);
        assert_eq!(digest, whole, "{length}");
        let (_, ours) = folder.disk.digest(&p("f"), Sums::Ours).await.unwrap();
        assert_eq!(ours, navette::model::Digest { sha1: None, ..whole }, "{length}");
        assert_eq!(stat.seen.size, length as u64);
    }
    let gone = folder.disk.digest(&p("gone"), Sums::Both).await.unwrap_err();
    assert_eq!(gone.kind, DiskErrorKind::NotFound);
}

#[tokio::test]
async fn what_is_mounted_below_is_shown_and_not_entered() {
    let folder = Folder::new();
    for dir in ["real", "bound", "other"] {
        fs::create_dir(folder.real(dir)).unwrap();
    }
    put(&folder.disk, "real/f", b"x").await;
    let real = folder.real("real");
    let Some(_bound) = Mounted::new(&["--bind", real.to_str().unwrap()], folder.real("bound"))
    else {
        return;
    };
    let _other = Mounted::new(&["-t", "tmpfs", "none"], folder.real("other")).unwrap();
    let disk = &folder.disk;
    for mount in ["bound", "other"] {
        assert_eq!(disk.stat(&p(mount)).await.unwrap().unwrap().file_type, FileType::Mount);
        assert_eq!(disk.list(&p(mount)).await.unwrap_err().kind, DiskErrorKind::Unsupported);
        let below = p(&format!("{mount}/f"));
        assert_eq!(disk.stat(&below).await.unwrap_err().kind, DiskErrorKind::Unsupported);
        assert!(disk.create(&below).await.is_err());
    }
    let entries = disk.list(&p("")).await.unwrap();
    let mounts = entries.iter().filter(|e| e.stat.unwrap().file_type == FileType::Mount).count();
    assert_eq!(mounts, 2);
    assert_eq!(disk.stat(&p("real")).await.unwrap().unwrap().file_type, FileType::Dir);
}

#[tokio::test]
async fn a_full_disk_says_so_and_keeps_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let Some(_small) = Mounted::new(&["-t", "tmpfs", "-o", "size=256k", "none"], dir.path().into())
    else {
        return;
    };
    let disk = Native::open(dir.path()).unwrap();
    disk.write_small(&p(".navette/marker"), b"kept").await.unwrap();
    let mut new = disk.create(&p(".navette/staging/1.new")).await.unwrap();
    let mut failed = None;
    for _ in 0..32 {
        if let Err(error) = new.write(Bytes::from(vec![1; 32 * 1024])).await {
            failed = Some(error.kind);
            break;
        }
    }
    assert_eq!(failed, Some(DiskErrorKind::Full));
    assert_eq!(disk.space().await.unwrap().free, 0);
    let refused = disk.write_small(&p(".navette/marker"), &[0; 64 * 1024]).await.unwrap_err();
    assert_eq!(refused.kind, DiskErrorKind::Full);
    assert_eq!(disk.read_small(&p(".navette/marker")).await.unwrap(), Some(b"kept".to_vec()));
}

#[tokio::test]
async fn a_volume_mounted_over_the_root_is_not_taken_for_it() {
    let folder = Folder::new();
    put(&folder.disk, "f", b"x").await;
    let Some(_over) = Mounted::new(&["-t", "tmpfs", "none"], folder.dir.path().into()) else {
        return;
    };
    assert_eq!(folder.disk.list(&p("")).await.unwrap_err().kind, DiskErrorKind::Broken);
    assert_eq!(folder.disk.stat(&p("g")).await.unwrap_err().kind, DiskErrorKind::Broken);
}
