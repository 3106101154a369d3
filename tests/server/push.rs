//! What a server tells by itself is heard: as soon as it happens, again after
//! every trouble, and no more often than is polite.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use navette::cloud::{Dialect, Manner, ServeOptions, SharedCloud};
use navette::server::{Dav, Guard, Heard, Patience, Push, PushEnd, Server as _};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use crate::ears::{BOUND, heard_out, listening, quick};
use crate::families::{alice, connected, family, with};
use crate::support::{path, put};

/// The families that tell.
const TELLING: [Dialect; 2] = [Dialect::Nextcloud, Dialect::Ocis];

fn push(dav: &Dav) -> Push {
    dav.push().unwrap().patient(quick())
}

fn write(cloud: &SharedCloud, at: &str) {
    cloud.lock().user("alice").write(at, at.to_owned()).unwrap();
}

#[tokio::test]
async fn a_change_is_heard_by_whatever_door_it_comes() {
    for dialect in TELLING {
        for base in ["", "/owncloud"] {
            let options = ServeOptions { base: base.to_owned(), ..family(dialect) };
            with(options, async |cloud, url| {
                let url = url.join(base).unwrap();
                let (listener, writer) = (connected(&url).await, connected(&url).await);
                listening(push(&listener), async |ears| {
                    assert_eq!(ears.next().await, Heard::Listening);
                    write(&cloud, "by the web page");
                    assert_eq!(ears.next().await, Heard::Change, "{dialect:?}");
                    put(&writer, "put", &Guard::Absent, b"x").await.unwrap();
                    assert_eq!(ears.next().await, Heard::Change, "{dialect:?}");
                    writer.make_dir(&path("dir")).await.unwrap();
                    assert_eq!(ears.next().await, Heard::Change, "{dialect:?}");
                    let (from, to) = (path("put"), path("dir/put"));
                    writer.rename(&from, &to, &Guard::Present).await.unwrap();
                    assert_eq!(ears.next().await, Heard::Change, "{dialect:?}");
                    writer.delete(&path("dir"), &Guard::Present).await.unwrap();
                    assert_eq!(ears.next().await, Heard::Change, "{dialect:?}");
                })
                .await;
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a_large_upload_in_pieces_is_heard_when_it_is_whole() {
    let large = vec![7; 25 << 20];
    for dialect in TELLING {
        with(family(dialect), async |_, url| {
            let (listener, writer) = (connected(&url).await, connected(&url).await);
            listening(push(&listener), async |ears| {
                assert_eq!(ears.next().await, Heard::Listening);
                put(&writer, "large", &Guard::Absent, &large).await.unwrap();
                assert_eq!(ears.next().await, Heard::Change, "{dialect:?}");
            })
            .await;
        })
        .await;
    }
}

#[tokio::test]
async fn nobody_hears_of_what_others_have_to_themselves() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            listening(push(&dav), async |ears| {
                assert_eq!(ears.next().await, Heard::Listening);
                cloud.lock().user("bob").write("bob's", "x").unwrap();
                // What was told before comes first.
                cloud.teller().cut();
                assert_eq!(ears.next().await, Heard::Deaf, "{dialect:?}");
            })
            .await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_space_is_heard_by_its_members() {
    with(family(Dialect::Ocis), async |cloud, url| {
        let kind = navette::cloud::people::SpaceKind::Project;
        let space = cloud.lock().add_space("Project", kind, &["alice"]);
        let dav = connected(&url).await;
        listening(push(&dav), async |ears| {
            assert_eq!(ears.next().await, Heard::Listening);
            cloud.lock().user(&space).write("shared", "x").unwrap();
            assert_eq!(ears.next().await, Heard::Change);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn what_was_done_over_the_same_connection_is_no_news_on_ocis() {
    with(family(Dialect::Ocis), async |cloud, url| {
        let (dav, other) = (connected(&url).await, connected(&url).await);
        let large = vec![7; 25 << 20];
        listening(push(&dav), async |ears| {
            assert_eq!(ears.next().await, Heard::Listening);
            put(&dav, "own", &Guard::Absent, b"x").await.unwrap();
            put(&dav, "large", &Guard::Absent, &large).await.unwrap();
            dav.make_dir(&path("dir")).await.unwrap();
            dav.rename(&path("own"), &path("dir/own"), &Guard::Present).await.unwrap();
            dav.delete(&path("dir"), &Guard::Present).await.unwrap();
            cloud.teller().cut();
            assert_eq!(ears.next().await, Heard::Deaf, "an echo");
            assert_eq!(ears.next().await, Heard::Listening);
            put(&other, "others'", &Guard::Absent, b"x").await.unwrap();
            assert_eq!(ears.next().await, Heard::Change);
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_lost_connection_is_told_and_made_anew() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            listening(push(&dav), async |ears| {
                for round in 0..3 {
                    assert_eq!(ears.next().await, Heard::Listening, "{dialect:?}");
                    write(&cloud, &format!("{round}"));
                    assert_eq!(ears.next().await, Heard::Change, "{dialect:?}");
                    cloud.teller().cut();
                    assert_eq!(ears.next().await, Heard::Deaf, "{dialect:?}");
                }
            })
            .await;
        })
        .await;
    }
}

/// How many of 30 connections are made within this time, each after the one
/// before was cut, if so long a connection counts as a good one.
async fn connections(cloud: &SharedCloud, dav: &Dav, steady: Duration, time: Duration) -> usize {
    let patience = Patience {
        first: Duration::from_millis(1),
        most: BOUND * 100,
        gather: Duration::from_millis(20),
        steady,
        ..Patience::default()
    };
    let made = AtomicUsize::new(0);
    let rounds = listening(dav.push().unwrap().patient(patience), async |ears| {
        for round in 0..30 {
            while ears.next().await != Heard::Listening {}
            made.fetch_add(1, Ordering::Relaxed);
            // It takes as long as is waited for more.
            write(cloud, &format!("{round}"));
            assert_eq!(ears.next().await, Heard::Change);
            cloud.teller().cut();
        }
    });
    let _ = timeout(time, rounds).await;
    made.into_inner()
}

#[tokio::test]
async fn pauses_grow_while_no_connection_lasts_and_are_short_again_after_one_that_did() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            // The thirtieth pause is one of more than an hour.
            let hasty = connections(&cloud, &dav, BOUND * 100, Duration::from_secs(3)).await;
            assert!((1..30).contains(&hasty), "{dialect:?}: {hasty}");
        })
        .await;
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            let steady = connections(&cloud, &dav, Duration::ZERO, BOUND).await;
            assert_eq!(steady, 30, "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_noticed() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let silence = Duration::from_millis(300);
            let patience = Patience { socket: silence, events: silence, ..quick() };
            let push = connected(&url).await.push().unwrap().patient(patience);
            cloud.teller().set_manner(Manner::Silent);
            listening(push, async |ears| {
                assert_eq!(ears.next().await, Heard::Listening);
                write(&cloud, "missed");
                assert_eq!(ears.next().await, Heard::Deaf, "{dialect:?}");
                assert_eq!(ears.next().await, Heard::Listening, "{dialect:?}");
            })
            .await;
        })
        .await;
    }
}

#[tokio::test]
async fn what_comes_in_one_go_is_one_change() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let patience = Patience { gather: Duration::from_secs(1), ..quick() };
            let push = connected(&url).await.push().unwrap().patient(patience);
            listening(push, async |ears| {
                assert_eq!(ears.next().await, Heard::Listening);
                for number in 0..60 {
                    write(&cloud, &format!("{number}"));
                }
                assert_eq!(ears.next().await, Heard::Change);
                cloud.teller().cut();
                // One, unless the computer was held up for a second.
                let mut more = 0;
                while ears.next().await != Heard::Deaf {
                    more += 1;
                }
                assert!(more < 6, "{dialect:?}: {more}");
            })
            .await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_change_that_comes_as_the_connection_is_lost_is_told_all_the_same() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            listening(push(&dav), async |ears| {
                assert_eq!(ears.next().await, Heard::Listening);
                write(&cloud, "last words");
                cloud.teller().cut();
                assert_eq!(ears.next().await, Heard::Change, "{dialect:?}");
                assert_eq!(ears.next().await, Heard::Deaf, "{dialect:?}");
            })
            .await;
        })
        .await;
    }
}

#[tokio::test]
async fn whoever_is_refused_three_times_stops_and_goes_on_with_the_files() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            cloud.teller().set_manner(Manner::Refusing);
            assert_eq!(heard_out(push(&dav)).await, (PushEnd::Refused, vec![]), "{dialect:?}");
            // Whatever is wrong with it, the files are another matter.
            dav.list(&path("")).await.unwrap();
        })
        .await;
    }
}

#[tokio::test]
async fn an_account_that_is_refused_is_not_tried_again_to_listen() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            cloud.lock().add_user("alice", "another");
            dav.list(&path("")).await.unwrap_err();
            let patient = Patience { turned_away: BOUND * 10, ..quick() };
            let end = heard_out(dav.push().unwrap().patient(patient)).await;
            assert_eq!(end, (PushEnd::Refused, vec![]), "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_that_tells_nothing_any_more_is_left_alone() {
    for dialect in TELLING {
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            cloud.teller().set_manner(Manner::Absent);
            assert_eq!(heard_out(push(&dav)).await, (PushEnd::Gone, vec![]), "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn where_nothing_is_announced_there_is_nothing_to_hear() {
    for dialect in Dialect::ALL {
        with(family(dialect), async |cloud, url| {
            let dav = connected(&url).await;
            assert_eq!(dav.push().is_some(), TELLING.contains(&dialect), "{dialect:?}");
            cloud.teller().set_manner(Manner::Absent);
            assert!(connected(&url).await.push().is_none(), "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_token_opens_a_websocket_once_and_for_fifteen_seconds() {
    let wall = Arc::new(AtomicI64::new(1_750_000_000));
    let now = wall.clone();
    let clock = Arc::new(move || now.load(Ordering::Relaxed));
    let options = ServeOptions { clock, ..ServeOptions::new(Dialect::Nextcloud) };
    with(options, async |_, url| {
        let token = async || {
            let at = url.join("index.php/apps/notify_push/pre_auth").unwrap();
            let asked = reqwest::Client::new().post(at).basic_auth("alice", Some("alice"));
            asked.send().await.unwrap().text().await.unwrap()
        };
        let once = token().await;
        assert_eq!(says(&url, "", &once).await, "authenticated");
        assert_eq!(says(&url, "", &once).await, "err: Invalid credentials");
        let late = token().await;
        wall.fetch_add(16, Ordering::Relaxed);
        assert_eq!(says(&url, "", &late).await, "err: Invalid credentials");
        assert_eq!(says(&url, "alice", "alice").await, "authenticated");
        assert_eq!(says(&url, "alice", "wrong").await, "err: Invalid credentials");
        assert_eq!(says(&url, "", "alice").await, "err: Invalid credentials");
    })
    .await;
}

/// What the websocket says to who signs in so.
async fn says(url: &Url, login: &str, password: &str) -> String {
    let port = url.port().unwrap();
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let at = format!("ws://127.0.0.1:{port}/push/ws");
    let (mut socket, _) = tokio_tungstenite::client_async(at, stream).await.unwrap();
    for text in [login, password] {
        socket.send(Message::text(text)).await.unwrap();
    }
    let said = timeout(BOUND, socket.next()).await.unwrap().unwrap().unwrap();
    said.into_text().unwrap().to_string()
}

#[tokio::test]
async fn the_requests_of_a_listener_are_not_counted_among_those_of_a_run() {
    for dialect in TELLING {
        with(family(dialect), async |_, url| {
            let dav = Dav::connect(alice(&url)).await.unwrap();
            let before = dav.requests();
            listening(push(&dav), async |ears| {
                assert_eq!(ears.next().await, Heard::Listening);
            })
            .await;
            assert_eq!(dav.requests(), before, "{dialect:?}");
        })
        .await;
    }
}
