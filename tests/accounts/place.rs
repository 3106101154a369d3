//! Places on this computer.

use std::fs;
use std::path::Path;

use navette::accounts::{Fate, Found, Plan, Report, Session, Unfit, places};
use navette::clock::SystemClock;
use navette::cloud::Dialect;
use navette::model::RelPath;

use crate::stage::{PASSWORD, Stage, with};

/// The settings of the ownCloud client that name `folder`, and its journal there.
fn of_client(stage: &Stage, folder: &Path, login: &str) {
    fs::create_dir_all(folder).unwrap();
    let config = stage.desk().clients[0].clone();
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    let text = format!(
        "[Accounts]\n0\\url={}\n0\\http_user={login}\n0\\Folders\\1\\localPath={}/\n\
         0\\Folders\\1\\targetPath=/Work/\n",
        stage.url,
        folder.display()
    );
    fs::write(config, text).unwrap();
    let journal = rusqlite::Connection::open(folder.join(".sync_1.db")).unwrap();
    let sql = "CREATE TABLE selectivesync (path VARCHAR(4096), type INTEGER);\
               CREATE TABLE metadata (path VARCHAR(4096), type INTEGER);\
               INSERT INTO selectivesync VALUES ('Photos/', 1);";
    journal.execute_batch(sql).unwrap();
}

fn look(session: &Session, stage: &Stage, place: &str) -> Report {
    session.examine(&stage.path(place), &stage.desk(), &SystemClock::new()).unwrap()
}

#[tokio::test]
async fn each_place_has_its_fate() {
    with(Dialect::Nextcloud, async |stage| {
        let session = stage.sign_in("alice", PASSWORD).await.unwrap();
        assert_eq!(look(&session, stage, "home/new/deep").fate, Fate::New);
        fs::create_dir_all(stage.path("home/empty")).unwrap();
        assert_eq!(look(&session, stage, "home/empty").fate, Fate::Empty);
        fs::create_dir_all(stage.path("home/full/inner")).unwrap();
        fs::write(stage.path("home/full/inner/a"), "12345").unwrap();
        let found = Found { files: 1, more: false, bytes: 5 };
        let report = look(&session, stage, "home/full");
        assert_eq!(report.fate, Fate::Holds(found));
        assert!(report.free > 0);
        fs::write(stage.path("home/file"), "x").unwrap();
        assert_eq!(look(&session, stage, "home/file").fate, Fate::Unfit(Unfit::NotAFolder));
        assert_eq!(look(&session, stage, "home/file/x").fate, Fate::Unfit(Unfit::NotAFolder));
        fs::create_dir_all(stage.path("data/pairs")).unwrap();
        assert_eq!(look(&session, stage, "data").fate, Fate::Unfit(Unfit::HoldsState));
        let relative = session.examine(Path::new("x"), &stage.desk(), &SystemClock::new());
        assert_eq!(relative.unwrap().fate, Fate::Unfit(Unfit::Relative));

        let plan = Plan { place: stage.path("home/full"), ..Plan::default() };
        let ours = session.finish(&plan, &stage.desk()).await.unwrap();
        assert_eq!(look(&session, stage, "home/full").fate, Fate::Ours);
        assert_eq!(look(&session, stage, "home/full/inner").fate, Fate::Nested(ours.clone()));
        assert_eq!(look(&session, stage, "home").fate, Fate::Nested(ours));
        // Nothing was left behind by looking.
        assert_eq!(fs::read_dir(stage.path("home/empty")).unwrap().count(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_folder_of_another_client_is_known_and_taken_over_as_it_is_there() {
    with(Dialect::OwnCloud10, async |stage| {
        let session = stage.sign_in("alice", PASSWORD).await.unwrap();
        let folder = stage.path("home/ownCloud");
        of_client(stage, &folder, "alice");
        fs::write(folder.join("mine"), "1").unwrap();
        let Fate::OfClient(found, client) = look(&session, stage, "home/ownCloud").fate else {
            panic!("it is the client's");
        };
        // Its journal is no file of the user's.
        assert_eq!(found, Found { files: 1, more: false, bytes: 1 });
        assert_eq!((client.name, client.same, client.running), ("ownCloud", true, false));
        let knows = client.knows.unwrap();
        let photos = RelPath::parse("Photos").unwrap();
        assert_eq!((knows.remote_path.as_str(), &knows.without), ("Work", &vec![photos.clone()]));

        let as_there = Plan {
            place: folder.clone(),
            remote_path: knows.remote_path,
            without: knows.without,
            take_over: true,
            ..Plan::default()
        };
        let fit = async |plan: &Plan| session.fit(plan, &stage.desk()).await.unwrap().download;
        assert_eq!(fit(&as_there).await, Some(0), "all of it is here");
        // Somebody ticks what the client has left out, and takes something else off.
        let sums = RelPath::parse("Sums").unwrap();
        let plan = Plan { without: vec![sums.clone()], ..as_there };
        let written = stage.cloud.lock().user("alice").write("Work/Photos/a.jpg", vec![0; 5]);
        written.unwrap();
        assert_eq!(fit(&plan).await, Some(5), "what comes besides");
        session.finish(&plan, &stage.desk()).await.unwrap();
        let settings = stage.settings();
        assert_eq!(settings.folders[0].remote_path.as_str(), "Work");
        assert_eq!(settings.folders[0].choice.without, [sums].into());
    })
    .await;
}

#[tokio::test]
async fn a_folder_of_another_account_is_not_taken_over() {
    with(Dialect::OwnCloud10, async |stage| {
        let session = stage.sign_in("alice", PASSWORD).await.unwrap();
        let folder = stage.path("home/ownCloud");
        of_client(stage, &folder, "bob");
        let Fate::OfClient(_, client) = look(&session, stage, "home/ownCloud").fate else {
            panic!("it is the client's");
        };
        assert!(!client.same);
        let plan = Plan { place: folder, take_over: true, ..Plan::default() };
        let refusal = session.finish(&plan, &stage.desk()).await.unwrap_err();
        assert_eq!(refusal.word(), "other-account", "{refusal}");
        assert!(stage.settings().accounts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_place_at_home_is_proposed_in_the_name_of_the_server() {
    with(Dialect::Nextcloud, async |stage| {
        fs::create_dir_all(stage.path("home")).unwrap();
        let found = places(&stage.desk(), "Research Cloud", "alice", &[]);
        assert_eq!((&found[0].path, found[0].usual), (&stage.path("home/Research Cloud"), true));
        assert!(found[0].free <= found[0].total);
    })
    .await;
}
