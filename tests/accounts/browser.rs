//! Signing in by the browser, with a person who fills in the server's page.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures::future::Either;
use navette::accounts::{Browser, Kept, Refusal};
use navette::clock::{Clock, Moment, SystemClock};
use navette::cloud::{Dialect, ServeOptions};
use reqwest::Client;

use crate::stage::{PASSWORD, Stage, options, passage, with, with_options};

/// A person at the page.
struct Person {
    client: Client,
    page: String,
}

impl Person {
    fn at(browser: &Browser) -> Self {
        let client = Client::builder().no_proxy().build().unwrap();
        Self { client, page: browser.page().to_string() }
    }

    async fn look(&self) -> (u16, String) {
        let answer = self.client.get(&self.page).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn send(&self, fields: &[(&str, &str)]) -> String {
        let body: String =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let sent = self.client.post(&self.page).body(body).send().await.unwrap();
        sent.text().await.unwrap()
    }

    /// Signs in and grants access.
    async fn grant(&self, login: &str, password: &str) -> String {
        let page = self.send(&[("user", login), ("password", password)]).await;
        let token = page.split("name=\"grant\" value=\"").nth(1).unwrap();
        self.send(&[("grant", token.split('"').next().unwrap())]).await
    }
}

async fn begin(stage: &Stage) -> Browser {
    Browser::begin(stage.address(), passage()).await.unwrap()
}

#[tokio::test]
async fn who_grants_access_on_the_page_is_signed_in_with_a_password_for_this_computer() {
    let options = ServeOptions { base: "/nc".to_owned(), ..options(Dialect::Nextcloud) };
    with_options(options, async |stage| {
        let browser = begin(stage).await;
        assert!(browser.page().as_str().starts_with(&stage.url), "{}", browser.page());
        let person = Person::at(&browser);
        let (status, page) = person.look().await;
        assert_eq!(status, 200);
        assert!(page.contains("Navette (") && page.contains("<label for=\"password\">"), "{page}");
        let wrong = person.send(&[("user", "alice"), ("password", "wrong")]).await;
        assert!(wrong.contains("role=\"alert\""), "{wrong}");
        let clock = SystemClock::new();
        let signed_in = browser.signed_in(&clock, || Ok(stage.settings()));
        let granting = person.grant("alice", PASSWORD);
        let (session, page) = futures::join!(signed_in, granting);
        let session = session.unwrap();
        assert!(page.contains("Account connected"), "{page}");
        assert_eq!((session.keeps(), session.account.user.as_str()), (Kept::Token, "alice"));
        assert_eq!(stage.app_passwords("alice"), 1);
        // Neither the page nor the token is good for anything more.
        assert_eq!(person.look().await.0, 403);
        session.abandon().await.unwrap();
        assert_eq!(stage.app_passwords("alice"), 0);
    })
    .await;
}

#[tokio::test]
async fn the_button_that_grants_access_works_once_and_for_whom_it_was_shown() {
    with(Dialect::Nextcloud, async |stage| {
        let person = Person::at(&begin(stage).await);
        let page = person.send(&[("grant", "guessed")]).await;
        assert!(page.contains("Wrong login"), "{page}");
        let page = person.send(&[("user", "alice"), ("password", PASSWORD)]).await;
        assert!(page.contains("Grant access"), "{page}");
        let page = person.send(&[("grant", "guessed")]).await;
        assert!(page.contains("invalid or has expired"), "{page}");
        assert_eq!(stage.app_passwords("alice"), 0);
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_that_is_given_up_ends_at_once() {
    with(Dialect::Nextcloud, async |stage| {
        let browser = begin(stage).await;
        let clock = SystemClock::new();
        let waits = Box::pin(browser.signed_in(&clock, || Ok(stage.settings())));
        let Either::Right(((), waits)) =
            futures::future::select(waits, Box::pin(clock.sleep(Duration::from_millis(50)))).await
        else {
            panic!("nobody has signed in");
        };
        browser.give_up();
        let ended = tokio::time::timeout(Duration::from_secs(5), waits).await.unwrap();
        assert!(matches!(ended, Err(Refusal::GivenUp)));
    })
    .await;
}

/// A clock on which every wait is over at once; the server's goes along.
struct Hasty {
    seconds: Arc<AtomicI64>,
}

impl Clock for Hasty {
    fn now(&self) -> Moment {
        Duration::from_secs(u64::try_from(self.wall()).unwrap())
    }

    fn wall(&self) -> i64 {
        self.seconds.load(Ordering::Relaxed)
    }

    async fn sleep(&self, wait: Duration) {
        let seconds = i64::try_from(wait.as_secs()).unwrap();
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn the_page_is_valid_for_twenty_minutes() {
    let clock = Hasty { seconds: Arc::new(AtomicI64::new(1_000_000)) };
    let seconds = clock.seconds.clone();
    let options = ServeOptions {
        clock: Arc::new(move || seconds.load(Ordering::Relaxed)),
        ..options(Dialect::Nextcloud)
    };
    with_options(options, async |stage| {
        let browser = begin(stage).await;
        let person = Person::at(&browser);
        let Err(refusal) = browser.signed_in(&clock, || Ok(stage.settings())).await else {
            panic!("nobody has signed in");
        };
        assert!(matches!(refusal, Refusal::PageExpired(_)), "{refusal}");
        let waited = clock.wall() - 1_000_000;
        assert!((1_190..=1_200).contains(&waited), "{waited}");
        clock.sleep(Duration::from_secs(2)).await;
        assert_eq!(person.look().await.0, 403);
    })
    .await;
}

#[tokio::test]
async fn other_families_sign_nobody_in_by_the_browser() {
    for dialect in [Dialect::OwnCloud10, Dialect::Ocis, Dialect::Plain] {
        with(dialect, async |stage| {
            let begun = Browser::begin(stage.address(), passage()).await;
            let refusal = begun.err().unwrap();
            assert!(matches!(refusal, Refusal::NoWay(_)), "{dialect:?}: {refusal}");
        })
        .await;
    }
}

#[tokio::test]
async fn signing_in_again_fills_in_the_login() {
    with(Dialect::Nextcloud, async |stage| {
        let session = stage.sign_in("alice", PASSWORD).await.unwrap();
        let browser = Browser::again(&session.account, passage()).await.unwrap();
        assert!(browser.page().as_str().ends_with("?user=alice"), "{}", browser.page());
    })
    .await;
}
