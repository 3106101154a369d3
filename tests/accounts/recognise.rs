//! What answers at an address.

use navette::accounts::{Refusal, Way, recognise};
use navette::cloud::{Dialect, ServeOptions};
use navette::server::Family;

use crate::stage::{options, passage, with, with_options};

#[tokio::test]
async fn each_family_is_recognised_with_the_ways_it_offers() {
    let families = [
        (Dialect::Nextcloud, Family::Nextcloud, &[Way::Browser, Way::Password][..], "Nextcloud"),
        (Dialect::OwnCloud10, Family::OwnCloud10, &[Way::Password], "ownCloud"),
        (Dialect::Ocis, Family::Ocis, &[Way::Password], "OpenCloud"),
        (Dialect::Plain, Family::Plain, &[Way::Password], "WebDAV"),
    ];
    for (dialect, family, ways, product) in families {
        with(dialect, async |stage| {
            let found = recognise(&stage.url, &passage()).await.unwrap();
            assert_eq!((found.family, found.ways.as_slice()), (family, ways), "{dialect:?}");
            assert_eq!((found.product.as_str(), found.encrypted), (product, false));
            let exchanges = matches!(family, Family::Nextcloud | Family::OwnCloud10);
            assert_eq!((found.exchanges, found.two_passwords), (exchanges, false), "{dialect:?}");
            assert_eq!(found.address, stage.address());
            assert_eq!(stage.app_passwords("alice"), 0);
        })
        .await;
    }
}

#[tokio::test]
async fn a_pasted_page_leads_to_the_storage_behind_it() {
    let options = ServeOptions { base: "/oc".to_owned(), ..options(Dialect::Nextcloud) };
    with_options(options, async |stage| {
        for page in
            ["/index.php/apps/files/?dir=/Photos", "/login", "/remote.php/webdav/Photos", ""]
        {
            let found = recognise(&format!("{}{page}", stage.url), &passage()).await.unwrap();
            assert_eq!(found.address, stage.address(), "{page}");
            assert_eq!(found.title, "Nextcloud");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_storage_is_refused_with_the_field_at_fault() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    for (typed, word) in [
        (format!("http://127.0.0.1:{port}"), "unreachable"),
        ("http://cloud.example.org".to_owned(), "not-encrypted"),
        ("alice@cloud.example.org".to_owned(), "bad-address"),
        ("ftp://x".to_owned(), "bad-address"),
    ] {
        let refusal = recognise(&typed, &passage()).await.unwrap_err();
        assert_eq!((refusal.word(), refusal.field()), (word, Some("address")), "{typed}");
    }
    let options = ServeOptions { base: "/oc".to_owned(), ..options(Dialect::Nextcloud) };
    with_options(options, async |stage| {
        let elsewhere = stage.url.replace("/oc", "/nothing");
        let refusal = recognise(&elsewhere, &passage()).await.unwrap_err();
        assert!(matches!(refusal, Refusal::Connect { .. }), "{refusal}");
        assert_eq!((refusal.word(), refusal.field()), ("no-storage", Some("address")));
    })
    .await;
}

#[tokio::test]
async fn only_pages_of_hosts_that_somebody_asked_for_are_opened() {
    with(Dialect::Nextcloud, async |stage| {
        let assistant = navette::accounts::Assistant::new(stage.desk());
        let page = |url: &str| assistant.page(url).is_some();
        assert!(!page(&stage.url), "nobody has asked yet");
        assistant.recognise(&stage.url).await.unwrap();
        assert!(page(&format!("{}/login?next=x", stage.url)));
        // A network's own sign-in page answers in the place of the server's.
        assert!(page("http://127.0.0.1/") && page("https://127.0.0.1/"));
        for foreign in ["http://evil.test/", "http://a@127.0.0.1/", "file://127.0.0.1/x", "x"] {
            assert!(!page(foreign), "{foreign}");
        }
    })
    .await;
}
