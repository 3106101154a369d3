//! The folders of the storage.

use navette::accounts::Plan;
use navette::cloud::Dialect;
use navette::model::RelPath;

use crate::stage::{ALL, PASSWORD, Stage, with};

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

fn fill(stage: &Stage) {
    let mut cloud = stage.cloud.lock();
    let mut alice = cloud.user("alice");
    for (path, bytes) in [("Work/a", 100), ("Work/Deep/b", 1_000), ("Photos/c", 10_000), ("d", 1)] {
        alice.write(path, vec![0; bytes]).unwrap();
    }
}

#[tokio::test]
async fn folders_are_listed_one_level_at_a_time_with_what_they_hold() {
    for dialect in ALL {
        with(dialect, async |stage| {
            fill(stage);
            let session = stage.sign_in("alice", PASSWORD).await.unwrap();
            let folders = session.folders(&RelPath::root()).await.unwrap();
            let known = dialect != Dialect::Plain;
            let seen: Vec<_> =
                folders.iter().map(|folder| (folder.name.as_str(), folder.size)).collect();
            let expected = [("Photos", known.then_some(10_000)), ("Work", known.then_some(1_100))];
            assert_eq!(seen, expected, "{dialect:?}");
            assert!(folders.iter().all(|folder| !folder.shared && !folder.read_only));
            let deep = session.folders(&path("Work")).await.unwrap();
            assert_eq!(deep.len(), 1, "{dialect:?}");
            assert!(session.folders(&path("Nowhere")).await.is_err());
        })
        .await;
    }
}

#[tokio::test]
async fn a_folder_is_made_and_refused_where_something_stands() {
    for dialect in ALL {
        with(dialect, async |stage| {
            let session = stage.sign_in("alice", PASSWORD).await.unwrap();
            let made = session.create_folder(&path("New")).await.unwrap();
            assert_eq!(made.name.as_str(), "New");
            session.create_folder(&path("New/er")).await.unwrap();
            let refusal = session.create_folder(&path("New")).await.unwrap_err();
            assert_eq!((refusal.word(), refusal.field()), ("folder-there", Some("name")));
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_wanted_is_summed_up_without_what_is_not() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        with(dialect, async |stage| {
            fill(stage);
            let session = stage.sign_in("alice", PASSWORD).await.unwrap();
            let desk = stage.desk();
            let fit = async |remote: &str, without: &[&str]| {
                let plan = Plan {
                    place: stage.path("home/x"),
                    remote_path: path(remote),
                    without: without.iter().map(|text| path(text)).collect(),
                    ..Plan::default()
                };
                session.fit(&plan, &desk).await.unwrap()
            };
            assert_eq!(fit("", &[]).await.download, Some(11_101), "{dialect:?}");
            assert_eq!(fit("", &["Photos"]).await.download, Some(1_101));
            // What lies in something that is not wanted is not taken off twice.
            assert_eq!(fit("", &["Photos", "Work", "Work/Deep"]).await.download, Some(1));
            assert_eq!(fit("Work", &["Deep"]).await.download, Some(100));
            assert_eq!(fit("New", &[]).await.download, Some(0), "it is made");
            let fits = fit("", &[]).await;
            assert!(fits.disk_fits && fits.disk_free > 0);
        })
        .await;
    }
}

#[tokio::test]
async fn whose_a_folder_is_shows() {
    with(Dialect::Nextcloud, async |stage| {
        fill(stage);
        stage.cloud.lock().user("alice").share("Work", Some("SRMG")).unwrap();
        let session = stage.sign_in("alice", PASSWORD).await.unwrap();
        let folders = session.folders(&RelPath::root()).await.unwrap();
        let work = folders.iter().find(|folder| folder.name.as_str() == "Work").unwrap();
        assert!(work.shared && work.read_only && !work.external, "{work:?}");
    })
    .await;
}
