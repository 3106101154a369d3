//! Signing in with login and password.

use navette::accounts::{Kept, Refusal};
use navette::cloud::Dialect;
use navette::server::{Room, Server as _};

use crate::stage::{ALL, PASSWORD, with};

#[tokio::test]
async fn a_password_is_exchanged_where_the_exchange_can_be_taken_back() {
    for dialect in ALL {
        with(dialect, async |stage| {
            let session = stage.sign_in(" alice ", PASSWORD).await.unwrap();
            let made = usize::from(dialect == Dialect::Nextcloud);
            let exchanges = matches!(dialect, Dialect::Nextcloud | Dialect::OwnCloud10);
            let keeps = if exchanges { Kept::Token } else { Kept::Password };
            let seen = (session.keeps(), stage.app_passwords("alice"));
            assert_eq!(seen, (keeps, made), "{dialect:?}");
            assert!(!session.is_known);
            assert!(!stage.path("config").exists(), "nothing is written yet");
            session.abandon().await.unwrap();
            assert_eq!(stage.app_passwords("alice"), 0, "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn an_e_mail_address_signs_in_to_the_account_behind_it() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10] {
        with(dialect, async |stage| {
            let email = "alice@example.test";
            stage.cloud.lock().describe("alice", Some("Alice Test"), Some(email));
            let session = stage.sign_in(email, PASSWORD).await.unwrap();
            let account = &session.account;
            assert_eq!((account.user.as_str(), account.user_id.as_deref()), (email, Some("alice")));
            assert_eq!(account.display_name.as_deref(), Some("Alice Test"));
            assert_eq!(session.dav().user(), "alice");
            session.abandon().await.unwrap();
        })
        .await;
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_once_with_the_field_at_fault() {
    for dialect in ALL {
        with(dialect, async |stage| {
            let Err(refusal) = stage.sign_in("alice", "not hers").await else {
                panic!("{dialect:?} let somebody in");
            };
            assert_eq!((refusal.word(), refusal.field()), ("sign-in", Some("password")));
            assert!(!refusal.to_string().contains("not hers"), "{refusal}");
        })
        .await;
    }
}

#[tokio::test]
async fn the_room_of_the_storage_is_told() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis] {
        with(dialect, async |stage| {
            stage.cloud.lock().set_quota("alice", Some(1_000));
            stage.cloud.lock().user("alice").write("a", vec![0; 100]).unwrap();
            let session = stage.sign_in("alice", PASSWORD).await.unwrap();
            assert_eq!(session.quota, Some(Room { used: 100, total: Some(1_000) }), "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn an_account_of_the_settings_without_a_password_says_so() {
    with(Dialect::Nextcloud, async |stage| {
        let mut settings = stage.settings();
        let session = stage.sign_in("alice", PASSWORD).await.unwrap();
        settings.add_account(session.account.clone()).unwrap();
        let name = session.account.name.clone();
        let of = navette::accounts::Session::of(&name, crate::stage::passage(), &settings).await;
        let Err(refusal) = of else { panic!("signed in without a password") };
        // Where this runs there is no keychain, or an empty one.
        assert!(matches!(refusal, Refusal::Keychain(_) | Refusal::NoPassword(_)), "{refusal}");
        let again = stage.sign_in("alice", PASSWORD).await.unwrap();
        assert!(again.is_known);
        assert!(again.dav().requests() > 0);
    })
    .await;
}

#[tokio::test]
async fn sign_ins_are_found_by_their_names_until_they_are_over() {
    fn can_be_asked_by_any_thread<T: Send + Sync>(_: &T) {}
    with(Dialect::Nextcloud, async |stage| {
        let assistant = navette::accounts::Assistant::new(stage.desk());
        can_be_asked_by_any_thread(&assistant);
        let password = navette::secret::Secret::new(PASSWORD);
        let (name, _) = assistant.sign_in(&stage.url, "alice", password).await.unwrap();
        assert!(assistant.session(&name).is_ok() && assistant.places(&name).is_ok());
        assert!(matches!(assistant.session("another"), Err(Refusal::NoSession)));
        assistant.abandon(&name).await.unwrap();
        assert!(matches!(assistant.session(&name), Err(Refusal::NoSession)));
        assert_eq!(stage.app_passwords("alice"), 0);
        // Whoever comes too late is not told off.
        assistant.abandon(&name).await.unwrap();
        assistant.cancel_browser("another");
    })
    .await;
}
