//! What a real system tells of changes below a folder.

use std::fs;
use std::path::Path;
use std::time::Duration;

use navette::disk::{Changed, Disk as _, Native};
use tempfile::TempDir;
use tokio::time::timeout;

use crate::{get, p, put};

/// Longer than any test waits that passes.
const LONG: Duration = Duration::from_secs(60);

/// A folder that is watched, and of which all is told that has happened so far.
async fn watched(prepare: impl FnOnce(&Path)) -> (Native, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    prepare(dir.path());
    let mut disk = Native::open(dir.path()).unwrap();
    disk.watch(dir.path()).await;
    assert_eq!(disk.unwatched(), None);
    assert_eq!(disk.changed().await.unwrap(), Changed::Anywhere, "what came before");
    (disk, dir)
}

async fn told(disk: &Native) -> Vec<String> {
    match disk.changed().await.unwrap() {
        Changed::At(paths) => paths.iter().map(ToString::to_string).collect(),
        Changed::Anywhere => panic!("it cannot say where"),
    }
}

#[tokio::test]
async fn whatever_was_done_before_the_question_is_in_the_answer() {
    let (disk, dir) = watched(|dir| fs::create_dir(dir.join("a")).unwrap()).await;
    assert_eq!(told(&disk).await, [""; 0]);
    for number in 0..200 {
        let name = format!("a/{number}");
        fs::write(dir.path().join(&name), "new").unwrap();
        assert!(told(&disk).await.contains(&name), "{name}");
        fs::write(dir.path().join(&name), "changed").unwrap();
        assert!(told(&disk).await.contains(&name), "{name}");
        fs::rename(dir.path().join(&name), dir.path().join("a/moved")).unwrap();
        let paths = told(&disk).await;
        assert!(paths.contains(&name) && paths.contains(&"a/moved".to_owned()), "{paths:?}");
        fs::remove_file(dir.path().join("a/moved")).unwrap();
        assert!(told(&disk).await.contains(&"a/moved".to_owned()));
    }
}

#[tokio::test]
async fn a_folder_that_came_is_watched_when_its_coming_is_told() {
    let (disk, dir) = watched(|_| ()).await;
    for number in 0..100 {
        let deep = format!("{number}/b/c");
        fs::create_dir_all(dir.path().join(&deep)).unwrap();
        assert!(told(&disk).await.contains(&number.to_string()));
        let file = format!("{deep}/file");
        fs::write(dir.path().join(&file), "new").unwrap();
        assert!(told(&disk).await.contains(&file), "{file}");
    }
}

#[tokio::test]
async fn a_tree_that_was_moved_here_or_within_is_watched_where_it_is() {
    let (disk, dir) = watched(|_| ()).await;
    let elsewhere = tempfile::tempdir_in(dir.path().parent().unwrap()).unwrap();
    fs::create_dir_all(elsewhere.path().join("tree/deep")).unwrap();
    fs::rename(elsewhere.path().join("tree"), dir.path().join("came")).unwrap();
    assert!(told(&disk).await.contains(&"came".to_owned()));
    fs::write(dir.path().join("came/deep/file"), "new").unwrap();
    assert!(told(&disk).await.contains(&"came/deep/file".to_owned()));
    fs::rename(dir.path().join("came"), dir.path().join("gone on")).unwrap();
    assert!(told(&disk).await.contains(&"gone on".to_owned()));
    fs::write(dir.path().join("gone on/deep/file"), "changed").unwrap();
    let paths = told(&disk).await;
    assert!(paths.contains(&"gone on/deep/file".to_owned()), "{paths:?}");
    fs::rename(dir.path().join("gone on"), elsewhere.path().join("tree")).unwrap();
    assert!(told(&disk).await.contains(&"gone on".to_owned()));
    fs::write(elsewhere.path().join("tree/deep/file"), "nobody's business").unwrap();
    assert_eq!(told(&disk).await, [""; 0]);
}

#[tokio::test]
async fn reading_and_the_engines_own_files_stir_nothing() {
    let (disk, dir) = watched(|dir| fs::write(dir.join("file"), "bytes").unwrap()).await;
    fs::read(dir.path().join("file")).unwrap();
    get(&disk, "file").await;
    disk.list(&p("")).await.unwrap();
    disk.volume_time().await.unwrap();
    put(&disk, ".navette/staging/1.new", b"on its way").await;
    disk.write_small(&p(".navette/marker"), b"marker").await.unwrap();
    assert_eq!(told(&disk).await, [""; 0]);
    let left: Vec<_> = fs::read_dir(dir.path().join(".navette")).unwrap().flatten().collect();
    let left = left.iter().map(|entry| entry.file_name().into_string().unwrap());
    assert!(left.into_iter().all(|name| !name.starts_with("heard-")), "nothing stays behind");
}

#[tokio::test]
async fn whoever_waits_is_woken_by_a_change_and_by_nothing_else() {
    let (disk, dir) = watched(|_| ()).await;
    let wait = disk.stirred();
    let act = async {
        disk.volume_time().await.unwrap();
        tokio::task::yield_now().await;
        fs::write(dir.path().join("file"), "new").unwrap();
    };
    timeout(LONG, async { futures::join!(wait, act) }).await.unwrap();
    assert_eq!(told(&disk).await, ["file"]);
    let mut still = std::pin::pin!(disk.stirred());
    assert!(futures::poll!(&mut still).is_pending(), "all was told");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_not_watched() {
    let dir = tempfile::tempdir().unwrap();
    let mut disk = Native::open(dir.path()).unwrap();
    disk.watch(&dir.path().join("nowhere")).await;
    assert!(disk.unwatched().is_some());
    assert_eq!(disk.changed().await.unwrap(), Changed::Anywhere);
    assert_eq!(disk.changed().await.unwrap(), Changed::Anywhere);
}
