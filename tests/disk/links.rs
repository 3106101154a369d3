//! Links that are followed because their user wishes it: to look and to read.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use navette::disk::{Changed, Disk as _, DiskErrorKind, FileType, Native, Stat};
use navette::model::Sums;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

use crate::{get, names, p, put};

/// A folder in which links are followed as long as `wish` says so.
struct Linked {
    disk: Native,
    dir: TempDir,
    wish: Arc<AtomicBool>,
}

impl Linked {
    /// `data/f` and `data/deep/g`, and nothing else.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("data/deep")).unwrap();
        fs::write(dir.path().join("data/f"), "file").unwrap();
        fs::write(dir.path().join("data/deep/g"), "deep").unwrap();
        let (disk, wish) = (Native::open(dir.path()).unwrap(), Arc::new(AtomicBool::new(true)));
        disk.heed_links(wish.clone());
        Self { disk, dir, wish }
    }

    fn link(&self, target: impl AsRef<Path>, path: &str) {
        symlink(target, self.dir.path().join(path)).unwrap();
    }

    async fn stat(&self, path: &str) -> Stat {
        self.disk.stat(&p(path)).await.unwrap().unwrap()
    }

    async fn kind(&self, path: &str) -> FileType {
        self.stat(path).await.file_type
    }

    /// What a folder shows, by name.
    async fn shown(&self, dir: &str) -> BTreeMap<String, Stat> {
        let entries = self.disk.list(&p(dir)).await.unwrap();
        let entries = entries.into_iter();
        entries.map(|entry| (entry.name.unwrap().to_string(), entry.stat.unwrap())).collect()
    }
}

fn refused<T>(result: navette::disk::Result<T>) -> DiskErrorKind {
    result.map(drop).unwrap_err().kind
}

#[tokio::test]
async fn a_link_shows_the_file_or_folder_that_it_names() {
    let here = Linked::new();
    here.link("data/f", "one");
    here.link(here.dir.path().canonicalize().unwrap().join("data"), "all");
    here.link("one", "another");
    let shown = here.shown("").await;
    assert_eq!(shown["one"].file_type, FileType::File);
    assert_eq!(shown["all"].file_type, FileType::Dir);
    assert_eq!(names(&here.disk, "all").await, ["deep", "f"]);
    for path in ["one", "another", "all/f", "data/f"] {
        assert_eq!(get(&here.disk, path).await, b"file", "{path}");
        let (seen, digest) = here.disk.digest(&p(path), Sums::Ours).await.unwrap();
        assert_eq!((seen, digest.size), (here.stat(path).await, 4), "{path}");
    }
    assert_eq!(get(&here.disk, "all/deep/g").await, b"deep");
    assert_eq!(shown["one"], here.stat("one").await);
    assert_eq!(here.shown("all").await["f"], here.stat("all/f").await);
}

#[tokio::test]
async fn each_place_shows_an_id_of_its_own_and_keeps_it() {
    let here = Linked::new();
    here.link("data/f", "one");
    here.link("data", "all");
    here.link("data", "again");
    let mut ids = Vec::new();
    for path in ["data/f", "one", "all/f", "again/f", "data", "all", "again"] {
        ids.push(here.stat(path).await.seen.file_id);
    }
    let (count, before) = (ids.len(), ids.clone());
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    fs::rename(here.dir.path().join("one"), here.dir.path().join("other")).unwrap();
    fs::rename(here.dir.path().join("data/f"), here.dir.path().join("data/e")).unwrap();
    assert_eq!(here.stat("all/e").await.seen.file_id, before[2], "a move is seen as one");
    here.link("data/e", "fresh");
    assert_ne!(here.stat("fresh").await.seen.file_id, before[1], "another link");
}

#[tokio::test]
async fn what_leads_out_to_itself_or_nowhere_stays_a_link() {
    let here = Linked::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "x").unwrap();
    here.link(outside.path(), "out");
    here.link("../../../../../../etc/passwd", "up");
    here.link("nowhere", "dangling");
    here.link("loop", "loop");
    here.link("..", "data/deep/above");
    here.link(".", "whole");
    here.link(".navette", "own");
    for path in ["out", "up", "dangling", "loop", "data/deep/above", "whole", "own"] {
        assert_eq!(here.kind(path).await, FileType::Symlink, "{path}");
        assert!(here.disk.open(&p(path)).await.is_err(), "{path}");
        // Not absent: unknown (amendment 24).
        assert!(here.disk.stat(&p(&format!("{path}/secret"))).await.is_err(), "{path}");
    }
}

#[tokio::test]
async fn a_link_in_a_folder_behind_a_link_is_not_followed() {
    let here = Linked::new();
    here.link("../data/deep", "data/inner");
    here.link("data", "all");
    assert_eq!(here.kind("data/inner/g").await, FileType::File);
    assert_eq!(here.shown("all").await["inner"].file_type, FileType::Symlink);
    assert_eq!(here.kind("all/inner").await, FileType::Symlink);
    assert!(here.disk.stat(&p("all/inner/g")).await.is_err());
    assert!(here.disk.open(&p("all/inner/g")).await.is_err());
}

#[tokio::test]
async fn nothing_is_changed_through_a_link_nor_is_the_link() {
    let here = Linked::new();
    here.link("data/f", "one");
    here.link("data", "all");
    here.link("/etc", "out");
    put(&here.disk, "free", b"free").await;
    let disk = &here.disk;
    for path in ["one", "all", "all/f", "all/deep", "out", "out/hosts", "all/new"] {
        assert_eq!(refused(disk.changeable(&p(path)).await), DiskErrorKind::Linked, "{path}");
    }
    for path in ["one", "all", "all/f"] {
        let aside = p(".navette/aside/1");
        assert_eq!(refused(disk.rename(&p(path), &aside).await), DiskErrorKind::Linked, "{path}");
        let exchanged = disk.exchange(&p("free"), &p(path)).await;
        assert_eq!(refused(exchanged), DiskErrorKind::Linked, "{path}");
    }
    assert_eq!(refused(disk.rename(&p("free"), &p("all/new")).await), DiskErrorKind::Linked);
    assert_eq!(refused(disk.create(&p("all/new")).await), DiskErrorKind::Linked);
    assert_eq!(refused(disk.make_dir(&p("all/new")).await), DiskErrorKind::Linked);
    assert_eq!(refused(disk.remove_dir(&p("all/deep")).await), DiskErrorKind::Linked);
    assert_eq!(refused(disk.remove_dir(&p("all")).await), DiskErrorKind::Linked);
    for path in ["data/f", "data/new", "free", "none", ".navette/staging/1.new"] {
        disk.changeable(&p(path)).await.unwrap();
    }
    assert_eq!(names(disk, "data").await, ["deep", "f"]);
    assert_eq!(get(disk, "one").await, b"file");
}

#[tokio::test]
async fn what_is_parked_shows_its_links_as_links() {
    let here = Linked::new();
    here.link("f", "data/link");
    fs::rename(here.dir.path().join("data"), here.dir.path().join(".navette/staging/7.park"))
        .unwrap();
    let shown = here.shown(".navette/staging/7.park").await;
    assert_eq!(shown["link"].file_type, FileType::Symlink);
}

#[tokio::test]
async fn a_change_of_what_a_link_names_is_told_at_the_link_too() {
    let mut here = Linked::new();
    here.link("../f", "data/deep/one");
    here.link("data", "all");
    let root = here.dir.path().to_owned();
    here.disk.watch(&root).await;
    let told = async || match here.disk.changed().await.unwrap() {
        Changed::At(paths) => Some(paths.iter().map(ToString::to_string).collect::<Vec<_>>()),
        Changed::Anywhere => None,
    };
    assert_eq!(told().await, None, "what came before");
    for dir in ["", "data", "data/deep", "all", "all/deep"] {
        here.shown(dir).await;
    }
    told().await.unwrap();
    fs::write(root.join("data/f"), "changed").unwrap();
    let paths = told().await.unwrap();
    for path in ["data/f", "data/deep/one", "all/f"] {
        assert!(paths.contains(&path.to_owned()), "{path}: {paths:?}");
    }
    fs::write(root.join("data/deep/new"), "new").unwrap();
    assert!(told().await.unwrap().contains(&"all/deep/new".to_owned()));
    fs::rename(root.join("data"), root.join("gone")).unwrap();
    let paths = told().await.unwrap();
    assert!(paths.contains(&"all".to_owned()), "{paths:?}");
    assert_eq!(here.kind("all").await, FileType::Symlink);
}

#[tokio::test]
async fn whoever_changes_the_wish_has_everything_looked_at() {
    let mut here = Linked::new();
    here.link("data", "all");
    here.disk.watch(here.dir.path()).await;
    assert_eq!(here.disk.changed().await.unwrap(), Changed::Anywhere);
    assert!(matches!(here.disk.changed().await.unwrap(), Changed::At(_)));
    here.wish.store(false, Ordering::Relaxed);
    assert_eq!(here.disk.changed().await.unwrap(), Changed::Anywhere);
    assert_eq!(here.kind("all").await, FileType::Symlink);
    here.disk.rename(&p("all"), &p("link")).await.unwrap();
}
