//! What a good file system never lets happen: the ways around what it cannot do.

use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::rename::plain_rename;
use super::*;
use crate::disk::DiskErrorKind;

fn p(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

/// A root with our own folder and `d/e/f`.
fn root() -> (TempDir, Root) {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("d/e")).unwrap();
    fs::create_dir_all(dir.path().join(".navette/staging")).unwrap();
    fs::write(dir.path().join("d/e/f"), b"f").unwrap();
    symlink("d", dir.path().join("link")).unwrap();
    let root = Root::open(dir.path()).unwrap();
    (dir, root)
}

/// Renames as on a volume that cannot refuse to replace.
fn plain(root: &Root, from: &str, to: &str) -> io::Result<()> {
    let (from, to) = (p(from), p(to));
    let (from_dir, from_name) = root.at(&from)?;
    let (to_dir, to_name) = root.at(&to)?;
    plain_rename(&from, (&from_dir, from_name), &to, (&to_dir, to_name))
}

#[test]
fn walking_name_by_name_leads_where_one_call_leads() {
    let (_dir, root) = root();
    for path in ["d", "d/e", "d/e/f", "d/e/f/g", "link", "link/e", "nothing", "d/nothing/x"] {
        let kinds = [
            root.walk(&p(path), os::PASS),
            os::open_beneath(root.dir.as_fd(), path, os::PASS).unwrap(),
        ]
        .map(|opened| {
            let inode = |dir: OwnedFd| os::look(dir.as_fd(), "", os::SELF).unwrap().inode;
            opened.map(inode).map_err(|error| fault::kind(&error))
        });
        assert_eq!(kinds[0], kinds[1], "{path}");
    }
    let link = root.walk(&p("link/e"), os::PASS).unwrap_err();
    assert_eq!(fault::kind(&link), DiskErrorKind::WrongType);
}

#[test]
fn a_staged_file_gets_its_place_by_a_second_name() {
    let (dir, root) = root();
    fs::write(dir.path().join(".navette/staging/1.new"), b"new").unwrap();
    plain(&root, ".navette/staging/1.new", "d/new").unwrap();
    assert_eq!(fs::read(dir.path().join("d/new")).unwrap(), b"new");
    assert!(!dir.path().join(".navette/staging/1.new").exists());
    assert_eq!(root.stat(&p("d/new")).unwrap().unwrap().seen.links, 1);
}

#[test]
fn either_the_staged_file_gets_the_place_or_the_user_who_was_faster() {
    let (dir, root) = root();
    let place = dir.path().join("place");
    for turn in 0..2000 {
        fs::write(dir.path().join(".navette/staging/1.new"), b"new").unwrap();
        let start = std::sync::Barrier::new(2);
        let (placed, made) = std::thread::scope(|scope| {
            let user = scope.spawn(|| {
                start.wait();
                fs::File::create_new(&place).is_ok()
            });
            start.wait();
            (plain(&root, ".navette/staging/1.new", "place").is_ok(), user.join().unwrap())
        });
        assert!(placed != made, "turn {turn}: placed {placed}, made {made}");
        fs::remove_file(&place).unwrap();
    }
}

#[test]
fn what_is_reached_name_by_name_may_still_be_another_mount() {
    // Every Linux has a mount there.
    let root = Root::open(Path::new("/")).unwrap();
    let dir = root.walk(&p("proc"), os::PASS).unwrap();
    assert!(!root.on_our_mount(&os::look(dir.as_fd(), "", os::SELF).unwrap()));
    let refused = root.open_dir(&p("proc"), os::PASS).unwrap_err();
    assert_eq!(fault::kind(&refused), DiskErrorKind::Unsupported);
}

#[test]
fn a_plain_rename_replaces_nothing_either() {
    let (dir, root) = root();
    let staged = ".navette/staging/1.new";
    for file in [staged, "user", "d/g"] {
        fs::write(dir.path().join(file), file).unwrap();
    }
    symlink("nowhere", dir.path().join("dangling")).unwrap();
    fs::create_dir(dir.path().join("empty")).unwrap();
    for (from, to) in [
        (staged, "user"),
        (staged, "dangling"),
        ("user", "d/g"),
        ("user", "dangling"),
        ("d", "empty"),
        ("user", staged),
    ] {
        let refused = plain(&root, from, to).unwrap_err();
        assert_eq!(fault::kind(&refused), DiskErrorKind::Exists, "{from} to {to}");
    }
    for file in [staged, "user", "d/g"] {
        assert_eq!(fs::read(dir.path().join(file)).unwrap(), file.as_bytes());
    }
}

#[test]
fn folders_and_links_are_renamed_where_nothing_can_be_linked() {
    let (dir, root) = root();
    plain(&root, "d", "moved").unwrap();
    plain(&root, "link", ".navette/staging/2.old").unwrap();
    plain(&root, ".navette/staging/2.old", "link2").unwrap();
    assert!(dir.path().join("moved/e/f").exists());
    assert_eq!(fs::read_link(dir.path().join("link2")).unwrap(), std::path::Path::new("d"));
}

#[test]
fn a_name_is_not_respelt_over_another_one() {
    let (dir, root) = root();
    fs::write(dir.path().join("readme"), b"one").unwrap();
    assert!(root.is_other_spelling(&p("readme"), &p("README")).unwrap());
    assert!(!root.is_other_spelling(&p("readme"), &p("readme")).unwrap());
    assert!(!root.is_other_spelling(&p("readme"), &p("d/README")).unwrap());
    // Here both are written, so each is a file of its own.
    fs::write(dir.path().join("README"), b"two").unwrap();
    assert!(!root.is_other_spelling(&p("readme"), &p("README")).unwrap());
}

#[test]
fn a_time_from_before_1970_is_before_it() {
    assert_eq!(nanos(-1, 999_999_999), -1);
    assert_eq!(nanos(i64::MAX, 0), i64::MAX);
}
