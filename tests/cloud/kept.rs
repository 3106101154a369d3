//! What a served cloud keeps between two runs.

use navette::cloud::{Dialect, Ready, ServeOptions};
use navette::model::RelPath;

use crate::http::{Alice, served};

fn options(dialect: Dialect, folder: &std::path::Path) -> ServeOptions {
    let mut options = ServeOptions::new(dialect);
    options.data = Some(folder.to_owned());
    options.clock = std::sync::Arc::new(|| 1_800_000_000);
    options
}

#[tokio::test]
async fn everything_is_the_same_after_a_restart() {
    for dialect in Dialect::ALL {
        let folder = tempfile::tempdir().unwrap();
        let before = served(options(dialect, folder.path()), async |ready| {
            let alice = Alice::new(&ready, dialect);
            alice.put("top", "1").await;
            let mut cloud = ready.cloud.lock();
            let deep = "d/".repeat(300);
            cloud.user("alice").write(&format!("{deep}x"), "deep").unwrap();
            cloud.user("alice").write("gone/y", "2").unwrap();
            cloud.user("alice").delete("gone").unwrap();
            cloud.user("alice").share("d", Some("SD")).unwrap();
            cloud.set_quota("alice", Some(1000));
            cloud.user("bob").write("z", "3").unwrap();
            let root = RelPath::root();
            (cloud.list_all("alice", &root), cloud.trash("alice"), cloud.list_all("bob", &root))
        })
        .await;
        served(options(dialect, folder.path()), async |ready: Ready| {
            let mut cloud = ready.cloud.lock();
            let root = RelPath::root();
            let after = (
                cloud.list_all("alice", &root),
                cloud.trash("alice"),
                cloud.list_all("bob", &root),
            );
            assert_eq!(before, after, "{dialect:?}");
            assert!(!cloud.signs_in("bob", ""), "nobody gave bob a password this time");
            // New ids go on where the old ones ended.
            let new = cloud.user("alice").write("new", "4").unwrap().id;
            assert!(new.is_none() || after.0.unwrap().iter().all(|(_, shown)| shown.id != new));
        })
        .await;
    }
}

#[tokio::test]
async fn what_was_written_is_on_the_disk_before_the_server_ends() {
    let folder = tempfile::tempdir().unwrap();
    served(options(Dialect::Nextcloud, folder.path()), async |ready| {
        ready.cloud.lock().user("alice").write("x", "kept").unwrap();
        let contents = folder.path().join("contents");
        for _ in 0..500 {
            tokio::task::yield_now().await;
            if std::fs::read_dir(&contents).unwrap().count() == 1 {
                return;
            }
            tokio::task::spawn_blocking(|| {
                std::thread::sleep(std::time::Duration::from_millis(10))
            })
            .await
            .unwrap();
        }
        panic!("nothing was written");
    })
    .await;
}

#[tokio::test]
async fn contents_that_nobody_names_any_more_go() {
    let folder = tempfile::tempdir().unwrap();
    served(options(Dialect::Plain, folder.path()), async |ready| {
        let mut cloud = ready.cloud.lock();
        cloud.user("alice").write("x", "old").unwrap();
        cloud.user("alice").write("y", "same").unwrap();
        cloud.user("alice").write("z", "same").unwrap();
    })
    .await;
    served(options(Dialect::Plain, folder.path()), async |ready| {
        ready.cloud.lock().user("alice").delete("x").unwrap();
    })
    .await;
    assert_eq!(std::fs::read_dir(folder.path().join("contents")).unwrap().count(), 1);
}

#[tokio::test]
async fn a_damaged_content_stops_the_server_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    served(options(Dialect::Ocis, folder.path()), async |ready| {
        ready.cloud.lock().user("alice").write("x", "bytes").unwrap();
    })
    .await;
    let content = std::fs::read_dir(folder.path().join("contents")).unwrap().next().unwrap();
    std::fs::write(content.unwrap().path(), "other").unwrap();
    let again = options(Dialect::Ocis, folder.path());
    assert!(navette::cloud::serve(again, |_| (), std::future::ready(())).await.is_err());
}

#[tokio::test]
async fn a_folder_is_not_taken_for_another_family() {
    let folder = tempfile::tempdir().unwrap();
    served(options(Dialect::Ocis, folder.path()), async |_| ()).await;
    let other = options(Dialect::Nextcloud, folder.path());
    assert!(navette::cloud::serve(other, |_| (), std::future::ready(())).await.is_err());
}
