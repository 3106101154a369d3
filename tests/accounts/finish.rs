//! Writing it down, all of it or nothing.

use std::fs;

use navette::accounts::{Plan, Session};
use navette::cloud::Dialect;
use navette::model::RelPath;
use navette::secret::keychain;

use crate::stage::{ALL, PASSWORD, Stage, passage, with};

fn plan(stage: &Stage, place: &str) -> Plan {
    Plan {
        place: stage.path(place),
        remote_path: RelPath::parse("Work").unwrap(),
        without: vec![RelPath::parse("Photos").unwrap()],
        rules: vec!["*.iso".to_owned()],
        ..Plan::default()
    }
}

#[tokio::test]
async fn account_folder_choice_and_rules_are_written_at_once() {
    for dialect in ALL {
        with(dialect, async |stage| {
            let session = stage.sign_in("alice", PASSWORD).await.unwrap();
            let plan = plan(stage, "home/Cloud/new");
            let path = session.finish(&plan, &stage.desk()).await.unwrap();
            assert!(path.is_dir());
            let settings = stage.settings();
            let [account] = settings.accounts.as_slice() else { panic!("one account") };
            let [folder] = settings.folders.as_slice() else { panic!("one folder") };
            assert_eq!((&account.name, &folder.account), (&session.account.name, &account.name));
            assert_eq!((&folder.path, folder.remote_path.as_str()), (&path, "Work"));
            assert!(folder.choice.without.contains(&plan.without[0]));
            assert_eq!(folder.choice.rules.folder, plan.rules);
            let text = fs::read_to_string(stage.desk().settings).unwrap();
            let kept = keychain::load(account.name.clone()).await.unwrap().unwrap();
            assert!(!text.contains(kept.expose()) && !text.contains(PASSWORD), "{text}");
            // Where the server makes passwords for single computers, one is kept.
            let made = matches!(dialect, Dialect::Nextcloud | Dialect::OwnCloud10);
            assert_eq!(stage.app_passwords("alice"), usize::from(made), "{dialect:?}");
            assert_eq!(kept.expose() != PASSWORD, made, "{dialect:?}");
            let of = Session::of(&account.name, passage(), &settings).await.unwrap();
            assert!(of.is_known);
            of.abandon().await.unwrap();
            assert_eq!(stage.app_passwords("alice"), usize::from(made), "it is in use");
        })
        .await;
    }
}

#[tokio::test]
async fn a_second_folder_takes_the_account_that_is_there() {
    with(Dialect::Nextcloud, async |stage| {
        let desk = stage.desk();
        let first = stage.sign_in("alice", PASSWORD).await.unwrap();
        first.finish(&plan(stage, "home/one"), &desk).await.unwrap();
        let second = stage.sign_in("alice", PASSWORD).await.unwrap();
        assert!(second.is_known);
        assert_eq!(stage.app_passwords("alice"), 2);
        second.finish(&plan(stage, "home/two"), &desk).await.unwrap();
        let settings = stage.settings();
        assert_eq!((settings.accounts.len(), settings.folders.len()), (1, 2));
        assert_eq!(stage.app_passwords("alice"), 1, "the older one is given back");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_written_leaves_everything_as_it_was() {
    with(Dialect::Nextcloud, async |stage| {
        let desk = stage.desk();
        let first = stage.sign_in("alice", PASSWORD).await.unwrap();
        first.finish(&plan(stage, "home/one"), &desk).await.unwrap();
        let before = fs::read_to_string(&desk.settings).unwrap();
        let session = stage.sign_in("alice", PASSWORD).await.unwrap();
        let kept = keychain::load(session.account.name.clone()).await.unwrap();

        let nested = plan(stage, "home/one/deep/inner");
        let refusal = session.finish(&nested, &desk).await.unwrap_err();
        assert_eq!((refusal.word(), refusal.field()), ("place", Some("place")), "{refusal}");
        assert!(!stage.path("home/one/deep").exists());

        fs::write(stage.path("home/file"), "x").unwrap();
        let refusal = session.finish(&plan(stage, "home/file"), &desk).await.unwrap_err();
        assert_eq!(refusal.field(), Some("place"), "{refusal}");

        let bad = Plan { rules: vec!["[z-a]".to_owned()], ..plan(stage, "home/three") };
        let refusal = session.finish(&bad, &desk).await.unwrap_err();
        assert_eq!(refusal.word(), "no-pattern", "{refusal}");
        assert!(!stage.path("home/three").exists());

        // The journals must not lie in the folder.
        let refusal = session.finish(&plan(stage, "data"), &desk).await.unwrap_err();
        assert_eq!(refusal.word(), "place", "{refusal}");

        assert_eq!(fs::read_to_string(&desk.settings).unwrap(), before);
        assert_eq!(keychain::load(session.account.name.clone()).await.unwrap(), kept);
        session.abandon().await.unwrap();
        assert_eq!(stage.app_passwords("alice"), 1);
    })
    .await;
}

#[tokio::test]
async fn signing_in_again_replaces_what_is_kept_and_nobody_else_can() {
    with(Dialect::Nextcloud, async |stage| {
        let first = stage.sign_in("alice", PASSWORD).await.unwrap();
        first.finish(&plan(stage, "home/one"), &stage.desk()).await.unwrap();
        let name = first.account.name.clone();
        let before = keychain::load(name.clone()).await.unwrap();
        let again = stage.sign_in("alice", PASSWORD).await.unwrap();
        drop(again.renew(&name).await.unwrap());
        let after = keychain::load(name.clone()).await.unwrap();
        assert!(after.is_some() && after != before);
        assert_eq!(stage.app_passwords("alice"), 1);

        stage.cloud.lock().add_user("bob", "bob");
        let other = stage.sign_in("bob", "bob").await.unwrap();
        let refusal = other.renew(&name).await.err().unwrap();
        assert_eq!((refusal.word(), refusal.field()), ("other-account", Some("login")));
        assert_eq!(keychain::load(name).await.unwrap(), after);
        assert_eq!(stage.app_passwords("bob"), 0);
    })
    .await;
}
