//! App passwords of Nextcloud, and the page on which people get a new password.

use navette::cloud::Dialect;
use navette::secret::Secret;
use navette::server::{ConnectError, Connection, Dav, Server as _};
use url::Url;

use crate::families::{connected, family, with};
use crate::support::connection;

/// Why this password is refused, if it is.
async fn refusal(base: &Url, login: &str, password: &Secret) -> Option<ConnectError> {
    Dav::connect(Connection::new(base.clone(), login, password.clone())).await.err()
}

#[tokio::test]
async fn an_app_password_stands_for_the_account_until_it_is_given_back() {
    with(family(Dialect::Nextcloud), async |cloud, base| {
        cloud.lock().describe("alice", None, Some("alice@example.test"));
        let dav = connected(&base).await;
        let made = dav.make_app_password("Navette (desk; linux)").await.unwrap().unwrap();
        assert_eq!(made.expose().len(), 72);
        assert_ne!(made.expose(), "alice");
        assert!(refusal(&base, "alice", &made).await.is_none());
        // It belongs to the login with which it was made (protocol.md 0.7).
        let other = refusal(&base, "alice@example.test", &made).await;
        assert!(matches!(other, Some(ConnectError::SignIn { .. })), "{other:?}");

        let to = Connection::new(base.clone(), "alice", made.clone());
        let dav = Dav::connect(to).await.unwrap();
        assert!(dav.make_app_password("again").await.unwrap().is_none(), "it has one");
        assert!(dav.give_back_app_password().await.unwrap());
        let gone = refusal(&base, "alice", &made).await;
        assert!(matches!(gone, Some(ConnectError::SignIn { .. })), "{gone:?}");
    })
    .await;
}

#[tokio::test]
async fn the_accounts_own_password_is_not_given_back() {
    with(family(Dialect::Nextcloud), async |_, base| {
        assert!(!connected(&base).await.give_back_app_password().await.unwrap());
        connected(&base).await;
    })
    .await;
}

#[tokio::test]
async fn other_families_are_not_asked_for_app_passwords() {
    for dialect in [Dialect::OwnCloud10, Dialect::Ocis, Dialect::Plain] {
        with(family(dialect), async |_, base| {
            let dav = connected(&base).await;
            let before = dav.requests();
            assert!(dav.make_app_password("Navette").await.unwrap().is_none(), "{dialect:?}");
            assert!(!dav.give_back_app_password().await.unwrap(), "{dialect:?}");
            assert_eq!(dav.requests(), before, "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_refused_password_comes_with_the_page_to_get_a_new_one() {
    for dialect in Dialect::ALL {
        with(family(dialect), async |_, base| {
            let wrong = connection(base.clone(), "alice", "wrong");
            let Err(ConnectError::SignIn { page, .. }) = Dav::connect(wrong).await else {
                panic!("{dialect:?}: not refused");
            };
            let has_one = matches!(dialect, Dialect::Nextcloud | Dialect::OwnCloud10);
            let expected = has_one.then(|| base.join("index.php/login").unwrap());
            assert_eq!(page, expected, "{dialect:?}");
        })
        .await;
    }
}
