//! Lengths, dates and waits that lie.

use std::fs;

use navette::cloud::Dialect;

use crate::malice::{LOOK, contents, file, head, home, storage_of, villain};
use crate::scripted::{Reply, answer};
use crate::yard::Yard;

const ETAG: &str = "ETag: \"e\"\r\n";

/// What is left in staging.
fn staged(yard: &Yard) -> u64 {
    let entries = fs::read_dir(yard.path("folder/.navette/staging")).unwrap();
    entries.map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

fn never_shown(yard: &Yard) {
    assert!(!yard.path("folder/file").exists(), "a file that lied is shown");
}

/// A storage with one file, listed with `size` bytes, whose GET is answered so.
fn with_one(dialect: Dialect, size: u64, reply: fn() -> Reply) -> crate::scripted::Scripted {
    let href = format!("{}file", home(dialect));
    let entries = file(&href, 10, size);
    storage_of(dialect, entries.clone(), move |method, path| match (method, path == href) {
        ("GET", true) => Some(reply()),
        (LOOK, true) => Some(crate::scripted::multistatus(&entries)),
        _ => None,
    })
}

#[test]
fn bytes_without_end_do_not_fill_the_disk() {
    let endless = || Reply::Endless(head("200 OK", ETAG), vec![b'x'; 4096]);
    let announced = || {
        let head = format!("HTTP/1.1 200 OK\r\n{ETAG}Content-Length: {}\r\n\r\n", u64::MAX / 2);
        Reply::Endless(head.into_bytes(), vec![b'x'; 4096])
    };
    for dialect in Dialect::ALL {
        // In one piece, and as one that can be gone on with.
        for size in [10, 2 << 20] {
            for reply in [endless as fn() -> Reply, announced] {
                let yard = Yard::new();
                let run = yard.endures(&with_one(dialect, size, reply), &[]);
                assert_eq!(run.code, 1, "{dialect:?} {}", run.err);
                never_shown(&yard);
                let left = staged(&yard);
                assert!(left <= size, "{left} bytes of {size}");
            }
        }
    }
}

#[test]
fn a_file_of_another_length_than_listed_is_never_shown() {
    let long = || contents("far too long");
    let short = || contents("abc");
    let cut =
        || Reply::Raw(format!("HTTP/1.1 200 OK\r\n{ETAG}Content-Length: 5\r\n\r\nab").into_bytes());
    let none = || contents("");
    let part =
        || answer("206 Partial Content", &format!("{ETAG}Content-Range: bytes 3-7/5\r\n"), "abcde");
    for dialect in Dialect::ALL {
        for reply in [long as fn() -> Reply, short, cut, none, part] {
            let yard = Yard::new();
            let run = yard.endures(&with_one(dialect, 5, reply), &[]);
            assert_eq!(run.code, 1, "{dialect:?} {}", run.err);
            never_shown(&yard);
            assert_eq!(staged(&yard), 0);
        }
    }
}

#[test]
fn lengths_beyond_all_bounds_are_a_full_disk() {
    for dialect in Dialect::ALL {
        let yard = Yard::new();
        let at = home(dialect);
        let entries: String = [u64::MAX, u64::MAX - 1, 1 << 63, 1 << 62]
            .iter()
            .zip(10..)
            .map(|(size, number)| file(&format!("{at}{number}"), number, *size))
            .collect();
        let server = storage_of(dialect, entries, |_, _| None);
        let run = yard.ends(&server, 1, "disk is full");
        let asked = server.heard().iter().filter(|heard| heard.line().starts_with("GET ")).count();
        // Only what the server says of itself was fetched.
        assert!(asked <= 4, "{asked} {}", run.out);
    }
}

#[test]
fn dates_beyond_all_bounds_keep_nobody_from_a_file() {
    let dates = [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "9999-12-31T23:59:59Z",
        "-9999-01-01T00:00:00Z",
        "Sat, 99 Foo 99999 99:99:99 GMT",
    ];
    for dialect in Dialect::ALL {
        let yard = Yard::new();
        let at = home(dialect);
        let entries: String = (10..)
            .zip(dates)
            .map(|(number, date)| {
                let known = file(&format!("{at}{number}"), number, 5);
                known.replace("Sun, 22 Nov 2020 12:00:00 GMT", date)
            })
            .collect();
        let server = storage_of(dialect, entries, move |method, path| {
            (method == "GET" && path.starts_with(&format!("{at}1"))).then(|| contents("12345"))
        });
        yard.endures(&server, &[]);
        for number in 10..15 {
            let path = yard.path(&format!("folder/{number}"));
            assert_eq!(
                fs::read(&path).ok().as_deref(),
                Some(&b"12345"[..]),
                "{dialect:?} {number}"
            );
        }
    }
}

#[test]
fn a_wait_beyond_all_bounds_is_not_waited() {
    for dialect in Dialect::ALL {
        for after in [u64::MAX.to_string(), (u64::MAX / 2).to_string(), "4000000000".to_owned()] {
            let yard = Yard::new();
            let later = format!("Retry-After: {after}\r\n");
            let server = villain(dialect, move |method, _| {
                matches!(method, "PUT" | "MKCOL")
                    .then(|| answer("503 Service Unavailable", &later, ""))
            });
            yard.ends(&server, 3, "127.0.0.1");
        }
        // A short one first: waits add up.
        let yard = Yard::new();
        let asked = std::sync::atomic::AtomicBool::new(false);
        let server = villain(dialect, move |method, _| {
            let again = || asked.swap(true, std::sync::atomic::Ordering::Relaxed);
            let after = |again| if again { u64::MAX } else { 1 };
            matches!(method, "MKCOL").then(|| {
                let later = format!("Retry-After: {}\r\n", after(again()));
                answer("503 Service Unavailable", &later, "")
            })
        });
        yard.ends(&server, 3, "127.0.0.1");
    }
}
