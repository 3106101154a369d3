use std::os::unix::fs::PermissionsExt as _;

use super::*;

struct Lab {
    dir: tempfile::TempDir,
}

impl Lab {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("from/.navette/aside")).unwrap();
        fs::create_dir_all(dir.path().join("to/.navette")).unwrap();
        Self { dir }
    }

    fn from(&self, path: &str) -> PathBuf {
        self.dir.path().join("from").join(path)
    }

    fn to(&self, path: &str) -> PathBuf {
        self.dir.path().join("to").join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.from(path).parent().unwrap()).unwrap();
        fs::write(self.from(path), text).unwrap();
    }

    fn copy(&self) -> Copy {
        Copy::new(&self.from(""), &self.to(""))
    }
}

#[test]
fn everything_is_copied_but_what_the_engine_makes_anew() {
    let lab = Lab::new();
    for path in ["a", "deep/b/c", ".hidden", ".navette/aside/1", ".navette/marker", ".navette/lock"]
    {
        lab.write(path, path);
    }
    std::os::unix::fs::symlink("deep/b", lab.from("link")).unwrap();
    fs::set_permissions(lab.from("deep/b"), fs::Permissions::from_mode(0o555)).unwrap();
    fs::set_permissions(lab.from("a"), fs::Permissions::from_mode(0o751)).unwrap();
    let _pipe = std::os::unix::net::UnixListener::bind(lab.from("socket")).unwrap();
    let mut copy = lab.copy();
    copy.settle().unwrap();
    for path in ["a", "deep/b/c", ".hidden", ".navette/aside/1"] {
        assert_eq!(fs::read_to_string(lab.to(path)).unwrap(), path);
    }
    let same = |path: &str| {
        let [was, is] = [lab.from(path), lab.to(path)].map(|path| fs::metadata(path).unwrap());
        assert_eq!(was.permissions(), is.permissions(), "{path}");
        was.modified().unwrap() == is.modified().unwrap()
    };
    assert!(same("a") && same("deep/b/c"));
    same("deep/b");
    assert_eq!(fs::read_link(lab.to("link")).unwrap(), Path::new("deep/b"));
    for path in [".navette/marker", ".navette/lock", ".navette/moving.part", "socket"] {
        assert!(!lab.to(path).exists(), "{path}");
    }
    assert_eq!(copy.left(), [PathBuf::from("socket")]);
    assert_eq!(copy.copied().0, 4);
    assert_eq!(copy.changed(&lab.from("")).unwrap(), Vec::<PathBuf>::new());
}

#[test]
fn what_changes_between_two_rounds_is_copied_again() {
    let lab = Lab::new();
    for path in ["edited", "gone", "dir/gone", "file then dir"] {
        lab.write(path, "before");
    }
    let mut copy = lab.copy();
    assert!(copy.round().unwrap().is_some());
    lab.write("edited", "after, and longer");
    lab.write("new", "new");
    fs::remove_file(lab.from("gone")).unwrap();
    fs::remove_dir_all(lab.from("dir")).unwrap();
    fs::remove_file(lab.from("file then dir")).unwrap();
    lab.write("file then dir/x", "x");
    assert_eq!(copy.changed(&lab.from("")).unwrap().len(), 7);
    copy.settle().unwrap();
    assert_eq!(fs::read_to_string(lab.to("edited")).unwrap(), "after, and longer");
    assert_eq!(fs::read_to_string(lab.to("file then dir/x")).unwrap(), "x");
    assert!(lab.to("new").exists() && !lab.to("gone").exists() && !lab.to("dir").exists());
}

#[test]
fn a_copy_that_was_cut_goes_on_and_replaces_nothing_that_is_not_its_own() {
    let lab = Lab::new();
    lab.write("a", "a");
    lab.write("b", "b");
    lab.copy().round().unwrap();
    fs::write(lab.to(".navette/moving.part"), "half").unwrap();
    lab.copy().settle().unwrap();
    fs::write(lab.to("b"), "somebody's").unwrap();
    let refused = lab.copy().settle();
    assert!(matches!(refused, Err(RelocateError::InTheWay(path)) if path == lab.to("b")));
    assert_eq!(fs::read_to_string(lab.to("b")).unwrap(), "somebody's");
}

#[test]
fn what_cannot_be_read_ends_it() {
    let lab = Lab::new();
    lab.write("dir/a", "a");
    // A folder that vanishes while it is walked stands for one that cannot be read.
    let copy = Copy::new(&lab.from("none"), &lab.to(""));
    assert!(matches!(copy.measure(), Err(RelocateError::File { .. })));
}
