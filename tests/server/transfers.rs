//! Large files over HTTP: what is cut goes on, what is refused for its size
//! goes in smaller pieces, and the server's file is never half of each.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use navette::cloud::{Dialect, Fate, Request, ServeOptions, SharedCloud};
use navette::model::{Digest, Etag, UploadAt};
use navette::server::{
    Addresses, Dav, Effect, Guard, Resume, Server as _, ServerError, ServerErrorKind as Failed,
    Upload, Written,
};

use crate::families::{connected, family, with};
use crate::support::{failed, get, path, refused, version};

pub const MIB: usize = 1 << 20;

/// Requests that carry bytes, in their order: where to, and how many.
pub type Log = Arc<Mutex<Vec<(String, u64)>>>;

/// A server of this family that writes down its PUTs and MOVEs of files and
/// chunks, and lets `fate` decide about each.
pub fn watched(
    dialect: Dialect,
    fate: impl Fn(usize, &Request<'_>) -> Fate + Send + 'static,
) -> (ServeOptions, Log) {
    let log = Log::default();
    let written = log.clone();
    let mut options = family(dialect);
    options.faults = Box::new(move |request: &Request<'_>| {
        if !["PUT", "MOVE", "GET", "POST", "PATCH"].contains(&request.method) {
            return Fate::Proceed;
        }
        let last = request.path.name().unwrap_or_default();
        let mut log = written.lock().unwrap();
        log.push((format!("{} {last}", request.method), request.size.unwrap_or(0)));
        fate(log.len(), request)
    });
    (options, log)
}

pub fn taken(log: &Log) -> Vec<(String, u64)> {
    std::mem::take(&mut log.lock().unwrap())
}

/// Bytes that are nowhere the same.
pub fn large(size: usize) -> Vec<u8> {
    (0_u32..).flat_map(u32::to_le_bytes).take(size).collect()
}

pub fn named(bytes: &[u8], name: &str) -> Upload {
    let digest = Digest::of(bytes);
    let pieces: Vec<_> =
        bytes.chunks(256 << 10).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Upload {
        body: stream::iter(pieces).boxed(),
        size: digest.size,
        sha1: digest.sha1,
        mtime: Some(1_700_000_000),
        name: name.to_owned(),
        resume: Addresses::default(),
    }
}

/// Sends as the engine does: again for as long as the client says so.
pub async fn send(dav: &Dav, guard: &Guard, bytes: &[u8]) -> Result<Written, ServerError> {
    loop {
        match dav.put(&path("f"), guard, named(bytes, "one")).await {
            Err(error) if error.kind == Failed::Interrupted => {}
            result => return result,
        }
    }
}

pub fn there(cloud: &SharedCloud) -> Option<Bytes> {
    cloud.lock().user("alice").bytes("f")
}

pub fn puts(log: &[(String, u64)]) -> Vec<u64> {
    log.iter().filter(|(what, _)| what.starts_with("PUT")).map(|(_, size)| *size).collect()
}

pub const CHUNKED: [Dialect; 2] = [Dialect::Nextcloud, Dialect::OwnCloud10];

#[tokio::test]
async fn a_cut_upload_goes_on_where_it_ended() {
    for dialect in CHUNKED {
        let bytes = large(25 * MIB);
        // All behind the first chunk is cut, until the client gives up.
        let (options, log) = watched(dialect, |_, request| match request.path.name() {
            Some("00001") => Fate::Proceed,
            _ => Fate::CutBody(100_000),
        });
        with(options, async |cloud, base| {
            let dav = connected(&base).await;
            let result = send(&dav, &Guard::Absent, &bytes).await;
            assert_eq!(failed(result), refused(Failed::Unreachable), "{dialect:?}");
            assert_eq!(there(&cloud), None);
            assert_eq!(puts(&taken(&log))[0], 10 << 20);
            // Another process, after the line is there again.
            let half = cloud.lock().chunks("alice", "one").unwrap();
            assert_eq!(half, [("00001".to_owned(), 10 << 20)]);
        })
        .await;
    }
}

#[tokio::test]
async fn the_next_run_sends_only_what_is_missing() {
    for dialect in CHUNKED {
        let bytes = large(25 * MIB);
        let (options, log) = watched(dialect, |_, _| Fate::Proceed);
        with(options, async |cloud, base| {
            let first = bytes[..10 * MIB].to_vec();
            leave(&cloud, &[("00001", &first)]);
            let dav = connected(&base).await;
            let written = send(&dav, &Guard::Absent, &bytes).await.unwrap();
            assert_eq!(there(&cloud).unwrap(), bytes, "{dialect:?}");
            let sent: u64 = puts(&taken(&log)).iter().sum();
            assert_eq!(sent, 15 << 20, "{dialect:?}");
            let now = version(&dav, "f").await;
            let told = written.etag.map(Guard::Version);
            assert!(told.is_none_or(|told| told == now));
            assert!(cloud.lock().chunks("alice", "one").is_err(), "nothing is left behind");
        })
        .await;
    }
}

/// Name and bytes of a chunk.
pub type Left<'a> = (&'a str, &'a [u8]);

/// Chunks of the upload `one` that an earlier run has left.
pub fn leave(cloud: &SharedCloud, chunks: &[Left<'_>]) {
    let mut cloud = cloud.lock();
    cloud.begin_upload("alice", "one").unwrap();
    for (name, bytes) in chunks {
        let bytes = Bytes::copy_from_slice(bytes);
        cloud.add_chunk("alice", "one", name, bytes).unwrap();
    }
}

#[tokio::test]
async fn chunks_that_do_not_fit_are_not_taken_over() {
    let bytes = large(25 * MIB);
    let (first, second, third) =
        (&bytes[..10 * MIB], &bytes[10 * MIB..20 * MIB], &bytes[20 * MIB..]);
    let too_much = large(26 * MIB);
    let cases: [(&str, Vec<Left<'_>>, usize); 5] = [
        ("a bogus one", vec![("00001", first), ("bogus", b"x"), ("99999", b"y")], 15 * MIB),
        ("a missing middle", vec![("00001", first), ("00003", third)], 15 * MIB),
        ("all there", vec![("00001", first), ("00002", second), ("00003", third)], 0),
        ("too much", vec![("00001", too_much.as_slice())], 25 * MIB),
        ("nothing", vec![], 25 * MIB),
    ];
    for dialect in CHUNKED {
        for (what, left, sent) in &cases {
            let (options, log) = watched(dialect, |_, _| Fate::Proceed);
            with(options, async |cloud, base| {
                leave(&cloud, left);
                let dav = connected(&base).await;
                send(&dav, &Guard::Absent, &bytes).await.unwrap();
                assert_eq!(there(&cloud).unwrap(), bytes, "{dialect:?} {what}");
                let all: u64 = puts(&taken(&log)).iter().sum();
                assert_eq!(all, *sent as u64, "{dialect:?} {what}");
            })
            .await;
        }
    }
}

#[tokio::test]
async fn chunks_that_do_not_make_the_file_are_sent_anew() {
    // Of the right length and of other bytes: only ownCloud compares.
    let bytes = large(12 * MIB);
    let (options, log) = watched(Dialect::OwnCloud10, |_, _| Fate::Proceed);
    with(options, async |cloud, base| {
        leave(&cloud, &[("00001", &vec![7; 10 * MIB])]);
        let dav = connected(&base).await;
        send(&dav, &Guard::Absent, &bytes).await.unwrap();
        assert_eq!(there(&cloud).unwrap(), bytes);
        let moves = taken(&log).iter().filter(|(what, _)| what.starts_with("MOVE")).count();
        assert_eq!(moves, 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_for_its_size_goes_in_smaller_pieces() {
    for (dialect, most) in [(Dialect::Nextcloud, 5 * MIB), (Dialect::OwnCloud10, 2 * MIB)] {
        for size in [8 * MIB, 12 * MIB] {
            let bytes = large(size);
            let (options, log) = watched(dialect, move |_, request| {
                let over = request.size.is_some_and(|size| size > most as u64);
                if over { Fate::Fail(Failed::TooLarge) } else { Fate::Proceed }
            });
            with(options, async |cloud, base| {
                let dav = connected(&base).await;
                send(&dav, &Guard::Absent, &bytes).await.unwrap();
                assert_eq!(there(&cloud).unwrap(), bytes, "{dialect:?}");
                let refused = puts(&taken(&log)).into_iter().filter(|size| *size > most as u64);
                assert!(refused.count() <= 3, "{dialect:?}");
                // The next file profits from it.
                dav.put(&path("g"), &Guard::Absent, named(&bytes, "two")).await.unwrap();
                assert!(puts(&taken(&log)).iter().all(|size| *size <= most as u64));
            })
            .await;
        }
    }
}

#[tokio::test]
async fn what_is_too_large_in_the_smallest_pieces_is_told_so() {
    let (options, _) = watched(Dialect::OwnCloud10, |_, request| match request.method {
        "PUT" => Fate::Fail(Failed::TooLarge),
        _ => Fate::Proceed,
    });
    with(options, async |cloud, base| {
        let dav = connected(&base).await;
        let result = send(&dav, &Guard::Absent, &large(12 * MIB)).await;
        assert_eq!(failed(result), refused(Failed::TooLarge));
        assert!(cloud.lock().chunks("alice", "one").is_err(), "nothing is left behind");
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_to_the_last_step_is_no_second_upload() {
    for dialect in CHUNKED {
        let bytes = large(12 * MIB);
        let (options, log) = watched(dialect, |_, request| match request.method {
            "MOVE" => Fate::LoseReply,
            _ => Fate::Proceed,
        });
        with(options, async |cloud, base| {
            let dav = connected(&base).await;
            let written = send(&dav, &Guard::Absent, &bytes).await.unwrap();
            assert_eq!(there(&cloud).unwrap(), bytes, "{dialect:?}");
            assert_eq!(written.etag.map(Guard::Version), Some(version(&dav, "f").await));
            assert_eq!(puts(&taken(&log)).iter().sum::<u64>(), 12 << 20);
        })
        .await;
    }
}

#[tokio::test]
async fn a_last_step_that_never_arrived_stays_unknown_and_is_gone_on_with() {
    for dialect in CHUNKED {
        let bytes = large(12 * MIB);
        let (options, log) = watched(dialect, |number, request| match request.method {
            // The connection ends before anything is done.
            "MOVE" if number < 4 => Fate::Fail(Failed::Unreachable),
            _ => Fate::Proceed,
        });
        with(options, async |cloud, base| {
            let dav = connected(&base).await;
            let result = send(&dav, &Guard::Absent, &bytes).await;
            assert_eq!(failed(result), (Failed::Unreachable, Effect::Unknown), "{dialect:?}");
            taken(&log);
            log.lock().unwrap().extend((0..4).map(|_| (String::new(), 0)));
            send(&dav, &Guard::Absent, &bytes).await.unwrap();
            assert_eq!(there(&cloud).unwrap(), bytes);
            assert_eq!(puts(&taken(&log)), [0_u64; 0], "no byte is sent twice");
        })
        .await;
    }
}

#[tokio::test]
async fn somebody_elses_version_is_not_overwritten_and_three_refusals_reset_the_upload() {
    for dialect in CHUNKED {
        let bytes = large(12 * MIB);
        let (options, log) = watched(dialect, |_, _| Fate::Proceed);
        with(options, async |cloud, base| {
            cloud.lock().user("alice").write("f", "theirs").unwrap();
            let dav = connected(&base).await;
            for refusal in 1..=3 {
                let stale = Guard::Version(Etag::parse("of yesterday").unwrap());
                let result = send(&dav, &stale, &bytes).await;
                assert_eq!(failed(result), refused(Failed::Changed), "{dialect:?}");
                assert_eq!(there(&cloud).unwrap(), "theirs");
                let sent: u64 = puts(&taken(&log)).iter().sum();
                assert_eq!(sent, if refusal == 1 { 12 << 20 } else { 0 }, "{dialect:?}");
                let kept = cloud.lock().chunks("alice", "one").is_ok();
                assert_eq!(kept, refusal < 3, "{dialect:?}");
            }
        })
        .await;
    }
}

#[tokio::test]
async fn an_upload_of_other_bytes_to_the_same_place_supersedes_the_old_one() {
    let cuts = Arc::new(AtomicBool::new(true));
    let cut = cuts.clone();
    let (options, _) = watched(Dialect::Nextcloud, move |_, request| match request.path.name() {
        Some("00001") => Fate::Proceed,
        _ if cut.load(Ordering::Relaxed) => Fate::CutBody(1000),
        _ => Fate::Proceed,
    });
    with(options, async |cloud, base| {
        let dav = connected(&base).await;
        let old = send(&dav, &Guard::Absent, &large(25 * MIB)).await;
        assert_eq!(failed(old), refused(Failed::Unreachable));
        cuts.store(false, Ordering::Relaxed);
        let new = large(11 * MIB);
        dav.put(&path("f"), &Guard::Absent, named(&new, "two")).await.unwrap();
        assert_eq!(there(&cloud).unwrap(), new);
        assert!(cloud.lock().chunks("alice", "one").is_err(), "the stale upload is removed");
        dav.forget_upload(&path("f"), "two").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_leaves_nothing() {
    let (options, _) = watched(Dialect::Nextcloud, |_, _| Fate::Proceed);
    with(options, async |cloud, base| {
        let dav = connected(&base).await;
        let whole = named(&large(25 * MIB), "one");
        let piece = Ok(Bytes::from(large(15 * MIB)));
        let broken = Err(std::io::Error::other("the file changed"));
        let body = stream::iter([piece, broken]).boxed();
        let upload = Upload { body, ..whole };
        let result = dav.put(&path("f"), &Guard::Absent, upload).await;
        assert_eq!(failed(result), refused(Failed::Body));
        assert!(cloud.lock().chunks("alice", "one").is_err());
        assert_eq!(there(&cloud), None);
    })
    .await;
}

#[tokio::test]
async fn a_download_goes_on_in_the_middle_if_the_version_is_still_there() {
    let bytes = large(100_000);
    for dialect in Dialect::ALL {
        let (options, log) = watched(dialect, |_, _| Fate::Proceed);
        with(options, async |cloud, base| {
            cloud.lock().user("alice").write("f", bytes.clone()).unwrap();
            // Apache's version is weak for a while, and cannot be a condition then.
            let later = navette::cloud::Cloud::now(&cloud.lock()) + 60;
            cloud.lock().set_now(later);
            let dav = connected(&base).await;
            let Guard::Version(etag) = version(&dav, "f").await else { panic!("no version") };
            let from = |offset, etag: &Etag| Resume { offset, etag: etag.clone() };
            let rest = async |from: Resume| {
                let download = dav.get_from(&path("f"), &from).await.unwrap();
                assert_eq!(download.size, Some(100_000), "{dialect:?}");
                let came: Vec<Bytes> = download.body.try_collect().await.unwrap();
                (download.offset, came.concat())
            };
            let (offset, came) = rest(from(60_000, &etag)).await;
            let start = usize::try_from(offset).unwrap();
            assert_eq!(came, bytes[start..], "{dialect:?}");
            assert!(offset == 60_000 || dialect == Dialect::Plain, "{dialect:?}");
            // Another version, and beyond the end: from the start.
            let other = Etag::parse("another").unwrap();
            assert_eq!(rest(from(60_000, &other)).await, (0, bytes.clone()), "{dialect:?}");
            assert_eq!(rest(from(100_000, &etag)).await, (0, bytes.clone()), "{dialect:?}");
            assert!(!taken(&log).is_empty());
            assert_eq!(get(&dav, "f").await, bytes);
        })
        .await;
    }
}

#[tokio::test]
async fn a_cut_small_overwrite_tears_nothing_but_itself() {
    // One small write may tear; everything larger replaces all or nothing.
    let (options, _) = watched(Dialect::Nextcloud, |_, request| match request.method {
        "PUT" => Fate::CutBody(70_000),
        _ => Fate::Proceed,
    });
    with(options, async |cloud, base| {
        cloud.lock().user("alice").write("f", vec![1; 80_000]).unwrap();
        let dav = connected(&base).await;
        let now = version(&dav, "f").await;
        let result = send(&dav, &now, &large(90_000)).await;
        assert_eq!(failed(result), refused(Failed::Unreachable));
        assert_eq!(there(&cloud).unwrap(), vec![1; 80_000]);
    })
    .await;
}

fn of(log: &[(String, u64)], method: &str) -> Vec<u64> {
    log.iter().filter(|(what, _)| what.starts_with(method)).map(|(_, size)| *size).collect()
}

#[tokio::test]
async fn a_large_file_goes_to_ocis_in_pieces_under_the_version_that_it_replaces() {
    let bytes = large(25 * MIB);
    let (options, log) = watched(Dialect::Ocis, |_, _| Fate::Proceed);
    with(options, async |cloud, base| {
        let dav = connected(&base).await;
        let written = send(&dav, &Guard::Absent, &bytes).await.unwrap();
        assert_eq!(there(&cloud).unwrap(), bytes);
        let seen = dav.stat(&path("f")).await.unwrap().unwrap().seen;
        assert_eq!((written.etag, written.file_id), (seen.etag, seen.file_id));
        assert_eq!((seen.mtime, seen.size), (Some(1_700_000_000), Some(25 << 20)));
        let first = taken(&log);
        assert!(of(&first, "PATCH").iter().all(|size| *size <= 10_000_000));
        assert_eq!(of(&first, "PATCH").iter().sum::<u64>(), 25 << 20);
        assert_eq!((of(&first, "POST").len(), puts(&first).len()), (1, 0));

        let again = send(&dav, &Guard::Absent, &bytes).await;
        assert_eq!(failed(again), refused(Failed::Changed));
        let stale = Guard::Version(Etag::parse("of yesterday").unwrap());
        assert_eq!(failed(send(&dav, &stale, &bytes).await), refused(Failed::Changed));
        assert_eq!(of(&taken(&log), "PATCH"), [0_u64; 0]);
        let right = version(&dav, "f").await;
        let new = large(12 * MIB);
        let upload = Upload { mtime: Some(1_700_000_001), ..named(&new, "two") };
        dav.put(&path("f"), &right, upload).await.unwrap();
        assert_eq!(there(&cloud).unwrap(), new);
        dav.put(&path("empty"), &Guard::Absent, named(b"", "three")).await.unwrap();
        assert_eq!(of(&taken(&log), "PUT"), [0]);
    })
    .await;
}

#[tokio::test]
async fn a_cut_piece_goes_on_at_the_byte_that_arrived() {
    let bytes = large(25 * MIB);
    let cuts = AtomicUsize::new(0);
    let (options, log) = watched(Dialect::Ocis, move |number, request| {
        let cut = request.method == "PATCH" && number == 3;
        if cut && cuts.fetch_add(1, Ordering::Relaxed) == 0 {
            return Fate::CutBody(3_000_000);
        }
        Fate::Proceed
    });
    with(options, async |cloud, base| {
        let dav = connected(&base).await;
        send(&dav, &Guard::Absent, &bytes).await.unwrap();
        assert_eq!(there(&cloud).unwrap(), bytes);
        let log = taken(&log);
        assert_eq!(of(&log, "POST").len(), 1, "nothing is begun anew");
        // What was asked for in vain is all that is sent twice.
        let twice = of(&log, "PATCH").iter().sum::<u64>() - (25 << 20);
        assert!(twice <= 10_000_000, "{twice}");
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_to_the_last_piece_is_no_second_upload() {
    let bytes = large(12 * MIB);
    let (options, log) = watched(Dialect::Ocis, |number, request| match request.method {
        "PATCH" if number == 3 => Fate::LoseReply,
        _ => Fate::Proceed,
    });
    with(options, async |cloud, base| {
        let dav = connected(&base).await;
        let written = send(&dav, &Guard::Absent, &bytes).await.unwrap();
        assert_eq!(written.etag.map(Guard::Version), Some(version(&dav, "f").await));
        assert_eq!(there(&cloud).unwrap(), bytes);
        assert_eq!(of(&taken(&log), "POST").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_version_that_appears_while_the_pieces_go_is_not_overwritten() {
    let bytes = large(25 * MIB);
    let slot: Arc<Mutex<Option<SharedCloud>>> = Arc::default();
    let meanwhile = slot.clone();
    let (options, _) = watched(Dialect::Ocis, move |number, request| {
        if request.method == "PATCH" && number == 3 {
            let cloud = meanwhile.lock().unwrap().clone().unwrap();
            cloud.lock().user("alice").write("f", "theirs").unwrap();
        }
        Fate::Proceed
    });
    with(options, async |cloud, base| {
        *slot.lock().unwrap() = Some(cloud.clone());
        let dav = connected(&base).await;
        let result = send(&dav, &Guard::Absent, &bytes).await;
        assert_eq!(failed(result), refused(Failed::Changed));
        assert_eq!(there(&cloud).unwrap(), "theirs");
    })
    .await;
}

/// Sends by TUS as a first process does, which is cut at its second piece, and
/// returns the address that it was told.
async fn cut_by_tus(dav: &Dav, bytes: &[u8]) -> UploadAt {
    let told = Arc::<Mutex<Vec<UploadAt>>>::default();
    loop {
        let (tell, known) = (told.clone(), told.lock().unwrap().last().cloned());
        let tell: Box<dyn Fn(UploadAt) + Send> = Box::new(move |at| tell.lock().unwrap().push(at));
        let resume = Addresses { known, tell: Some(tell) };
        let upload = Upload { resume, ..named(bytes, "one") };
        match dav.put(&path("f"), &Guard::Absent, upload).await {
            Err(error) if error.kind == Failed::Interrupted => {}
            result => {
                assert_eq!(failed(result), refused(Failed::Unreachable));
                let told = told.lock().unwrap();
                assert_eq!(told.len(), 1, "once, before its first byte");
                return told[0].clone();
            }
        }
    }
}

#[tokio::test]
async fn another_process_goes_on_by_tus_at_the_address_that_the_first_one_was_told() {
    let bytes = large(25 * MIB);
    let dead = Arc::new(AtomicBool::new(true));
    let cut = dead.clone();
    let (options, log) = watched(Dialect::Ocis, move |number, request| {
        match request.method == "PATCH" && number > 2 && cut.load(Ordering::Relaxed) {
            true => Fate::CutBody(0),
            false => Fate::Proceed,
        }
    });
    with(options, async |cloud, base| {
        let at = cut_by_tus(&connected(&base).await, &bytes).await;
        assert!(!format!("{at:?}").contains(&at.address), "a secret is not printed");
        dead.store(false, Ordering::Relaxed);
        taken(&log);
        let dav = connected(&base).await;
        let known = |at: UploadAt| Addresses { known: Some(at), tell: None };
        // The address of another upload is no use, and does no harm.
        let other = UploadAt { name: "other".to_owned(), ..at.clone() };
        let upload = Upload { resume: known(other), ..named(&large(12 * MIB), "two") };
        dav.put(&path("g"), &Guard::Absent, upload).await.unwrap();
        assert_eq!(of(&taken(&log), "POST").len(), 1);

        let upload = Upload { resume: known(at.clone()), ..named(&bytes, "one") };
        dav.put(&path("f"), &Guard::Absent, upload).await.unwrap();
        assert_eq!(there(&cloud).unwrap(), bytes);
        let sent = taken(&log);
        assert_eq!(of(&sent, "POST"), [0_u64; 0], "nothing is begun anew");
        assert_eq!(of(&sent, "PATCH").iter().sum::<u64>(), (25 << 20) - 10_000_000);

        // It is over: what stands there is found to be the file.
        let upload = Upload { resume: known(at), ..named(&bytes, "one") };
        dav.put(&path("f"), &Guard::Absent, upload).await.unwrap();
        assert!(taken(&log).is_empty());
    })
    .await;
}
