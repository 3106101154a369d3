//! Many files in one answer, over HTTP, in each dialect; and answers that are
//! not what they should be.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use navette::cloud::{Dialect, Fate, Request, ServeOptions, Spoilt};
use navette::model::Name;
use navette::server::{Dav, Effect, Server as _, ServerErrorKind as Failed, Wanted};

use crate::families::{alice, connected, family, with};
use crate::hostile::as_nextcloud;
use crate::scripted::{Reply, Scripted, answer};
use crate::support::{connection, failed, path};

const ZIPPING: [Dialect; 3] = [Dialect::Nextcloud, Dialect::OwnCloud10, Dialect::Ocis];

const NAMES: [&str; 9] =
    ["a b", "c&d=e", "empty", "100%", "#?+", "\u{e9}\u{1F980}", "[x]", "it's", "plain.txt"];

/// What is wanted of `dir`, as its listing shows it.
async fn wanted(dav: &Dav, dir: &str) -> Vec<Wanted> {
    let listing = dav.list(&path(dir)).await.unwrap();
    let files = listing.children.into_iter().filter_map(|(name, child)| {
        Some(Wanted { name, size: child.seen.size?, file_id: child.seen.file_id })
    });
    files.collect()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// A server that counts GETs of files and folders.
fn counting(dialect: Dialect, count: &Arc<AtomicUsize>) -> ServeOptions {
    let count = count.clone();
    let faults = move |request: &Request<'_>| {
        if request.method == "GET" {
            count.fetch_add(1, Ordering::Relaxed);
        }
        Fate::Proceed
    };
    ServeOptions { faults: Box::new(faults), ..family(dialect) }
}

#[tokio::test]
async fn many_files_of_a_folder_come_in_one_answer() {
    for dialect in ZIPPING {
        let count = Arc::default();
        with(counting(dialect, &count), async |cloud, base| {
            {
                let mut cloud = cloud.lock();
                let mut user = cloud.user("alice");
                for dir in ["Work", "Work/Small", "Work/Small/below"] {
                    user.mkdir(dir).unwrap();
                }
                for name in NAMES {
                    let bytes = if name == "empty" { String::new() } else { name.repeat(99) };
                    user.write(&format!("Work/Small/{name}"), bytes).unwrap();
                }
            }
            let mut to = alice(&base);
            to.remote_path = path("Work");
            let dav = Dav::connect(to).await.unwrap();
            let wanted = wanted(&dav, "Small").await;
            assert_eq!(wanted.len(), NAMES.len());
            let files = dav.get_together(&path("Small"), &wanted).await.unwrap();
            for (wanted, bytes) in wanted.iter().zip(files) {
                let text = wanted.name.as_str();
                let right = if text == "empty" { String::new() } else { text.repeat(99) };
                assert_eq!(bytes.as_deref(), Some(right.as_bytes()), "{dialect:?} {text}");
            }
            assert_eq!(count.load(Ordering::Relaxed), 1, "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_file_that_is_longer_by_now_is_left_out() {
    for dialect in ZIPPING {
        with(family(dialect), async |cloud, base| {
            cloud.lock().user("alice").write("a", "old").unwrap();
            cloud.lock().user("alice").write("b", "old").unwrap();
            let dav = connected(&base).await;
            let wanted = wanted(&dav, "").await;
            cloud.lock().user("alice").write("a", "newer").unwrap();
            let files = dav.get_together(&path(""), &wanted).await.unwrap();
            let files: Vec<_> = files.iter().map(|file| file.as_deref()).collect();
            assert_eq!(files, [None, Some(&b"old"[..])], "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn one_file_that_is_gone_spoils_at_most_the_answer() {
    for dialect in ZIPPING {
        with(family(dialect), async |cloud, base| {
            for name in ["a", "b", "c"] {
                cloud.lock().user("alice").write(name, "here").unwrap();
            }
            let dav = connected(&base).await;
            let wanted = wanted(&dav, "").await;
            cloud.lock().user("alice").delete("b").unwrap();
            let here = Some(&b"here"[..]);
            match dav.get_together(&path(""), &wanted).await {
                Ok(files) => {
                    assert_eq!(dialect, Dialect::OwnCloud10);
                    let files: Vec<_> = files.iter().map(|file| file.as_deref()).collect();
                    assert_eq!(files, [here, None, here]);
                }
                Err(error) => {
                    assert_ne!(dialect, Dialect::OwnCloud10);
                    assert!(!error.kind.stops_all(), "{error}");
                }
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_spoilt_zip_gives_no_wrong_bytes() {
    for dialect in ZIPPING {
        for fate in [
            Fate::Spoil(Spoilt::Unfinished),
            Fate::Spoil(Spoilt::Name),
            Fate::Spoil(Spoilt::Byte),
            Fate::CutBody(60),
            Fate::LoseReply,
            Fate::Fail(Failed::Status(500)),
            Fate::Fail(Failed::SignIn),
        ] {
            let spoil = fate.clone();
            let faults = move |request: &Request<'_>| match request.method {
                "GET" => spoil.clone(),
                _ => Fate::Proceed,
            };
            let options = ServeOptions { faults: Box::new(faults), ..family(dialect) };
            with(options, async |cloud, base| {
                for name in ["a", "b", "c", "d"] {
                    cloud.lock().user("alice").write(name, name.repeat(40)).unwrap();
                }
                let dav = connected(&base).await;
                let wanted = wanted(&dav, "").await;
                let files = dav.get_together(&path(""), &wanted).await;
                let whole = matches!(fate, Fate::Spoil(Spoilt::Name | Spoilt::Byte));
                assert_eq!(files.is_ok(), whole, "{dialect:?} {fate:?}");
                for (at, bytes) in files.into_iter().flatten().enumerate() {
                    let right = wanted[at].name.as_str().repeat(40);
                    let right = (at > 0).then_some(right.as_bytes());
                    assert_eq!(bytes.as_deref(), right, "{dialect:?} {fate:?}");
                }
                // Whatever it was, it was not about the account.
                dav.list(&path("")).await.unwrap();
            })
            .await;
        }
    }
}

#[tokio::test]
async fn owncloud_10_wants_the_cookie_of_its_first_answer_about_files() {
    with(family(Dialect::OwnCloud10), async |cloud, base| {
        cloud.lock().user("alice").write("a", "here").unwrap();
        let dav = connected(&base).await;
        let wanted = [Wanted { name: name("a"), size: 4, file_id: None }];
        let refused = dav.get_together(&path(""), &wanted).await;
        assert_eq!(failed(refused), (Failed::Status(302), Effect::None));
        dav.list(&path("")).await.unwrap();
        let files = dav.get_together(&path(""), &wanted).await.unwrap();
        assert_eq!(files[0].as_deref(), Some(&b"here"[..]));
    })
    .await;
}

#[tokio::test]
async fn a_plain_server_is_never_asked() {
    let count = Arc::default();
    with(counting(Dialect::Plain, &count), async |cloud, base| {
        cloud.lock().user("alice").write("a", "here").unwrap();
        let dav = connected(&base).await;
        assert_eq!(dav.profile().zips, None);
        let wanted = [Wanted { name: name("a"), size: 4, file_id: None }];
        let refused = dav.get_together(&path(""), &wanted).await;
        assert_eq!(failed(refused), (Failed::Nonsense, Effect::None));
        assert_eq!(count.load(Ordering::Relaxed), 0);
    })
    .await;
}

/// A Nextcloud whose answers to requests for zips are these.
fn answering(zip: impl Fn() -> Reply + Send + Sync + 'static) -> Scripted {
    Scripted::start(move |line| match line.contains("accept=zip") {
        true => zip(),
        false => as_nextcloud(line).unwrap_or_else(|| answer("404 Not Found", "", "")),
    })
}

async fn asked(server: &Scripted) -> Failed {
    let dav = Dav::connect(connection(server.url(), "alice", "secret")).await.unwrap();
    let wanted = [Wanted { name: name("a"), size: 4, file_id: None }];
    let (kind, effect) = failed(dav.get_together(&path(""), &wanted).await);
    assert_eq!(effect, Effect::None);
    // The account is as good as before.
    dav.list(&path("")).await.unwrap();
    kind
}

#[tokio::test]
async fn an_answer_without_end_is_not_taken_into_memory() {
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nPK\x03\x04".to_vec();
    let server = answering(move || Reply::Endless(head.clone(), b"PK\x05\x06".to_vec()));
    assert_eq!(asked(&server).await, Failed::Nonsense);
}

#[tokio::test]
async fn what_else_answers_to_a_zip_is_nothing_about_the_account() {
    let page = "Content-Type: text/html\r\n";
    let login = "Location: https://sign-in.example/\r\n";
    for (reply, kind) in [
        (("200 OK", page, "<html></html>"), Failed::Nonsense),
        (("200 OK", "", ""), Failed::Nonsense),
        (("200 OK", "Content-Encoding: gzip\r\n", "x"), Failed::Nonsense),
        (("401 Unauthorized", "", ""), Failed::Status(401)),
        (("302 Found", login, ""), Failed::Status(302)),
        (("503 Service Unavailable", "Retry-After: 120\r\n", ""), Failed::Status(503)),
        (("429 Too Many Requests", "", ""), Failed::Status(429)),
    ] {
        let server = answering(move || answer(reply.0, reply.1, reply.2));
        assert_eq!(asked(&server).await, kind, "{reply:?}");
    }
}
