//! Against a model of each family, over HTTP: the client keeps the promises of
//! the seam, and says the same as the seam in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use navette::cloud::{
    Cloud, Dialect, Direct, Fate, Ready, Request, ServeOptions, SharedCloud, serve,
};
use navette::model::{Kind, Perms, RelPath};
use navette::server::{
    ConnectError, Connection, Dav, Effect, Guard, Listing, Profile, Server,
    ServerErrorKind as Failed,
};
use url::Url;

use crate::support::{connection, failed, get, names, path, put, refused, upload, version};

const NOW: i64 = 1_750_000_000;

/// Runs `test` against a server of this family.
pub async fn with(options: ServeOptions, test: impl AsyncFnOnce(SharedCloud, Url)) {
    let (tell, told) = tokio::sync::oneshot::channel();
    let serving = serve(options, |ready| assert!(tell.send(ready).is_ok()), std::future::pending());
    tokio::select! {
        ended = serving => panic!("the server ended: {ended:?}"),
        () = async {
            let Ready { address, cloud } = told.await.unwrap();
            test(cloud, format!("http://{address}/").parse().unwrap()).await;
        } => {}
    }
}

pub fn family(dialect: Dialect) -> ServeOptions {
    let clock = Arc::new(|| NOW);
    ServeOptions { clock, ..ServeOptions::new(dialect) }
}

pub fn alice(base: &Url) -> Connection {
    connection(base.clone(), "alice", "alice")
}

pub async fn connected(base: &Url) -> Dav {
    Dav::connect(alice(base)).await.unwrap()
}

#[tokio::test]
async fn each_family_is_recognised() {
    for dialect in Dialect::ALL {
        with(family(dialect), async |_, base| {
            let dav = connected(&base).await;
            let product = dav.profile().product.clone();
            assert_eq!(dav.profile(), &Profile { product, ..dialect.profile() });
            let root = dav.stat(&path("")).await.unwrap().unwrap();
            assert_eq!(root.id.is_some(), dialect.profile().file_ids, "{dialect:?}");
            assert_eq!(root.seen.etag.is_some(), dialect.profile().tree_etags, "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn wrong_passwords_are_refused_by_each_family() {
    for dialect in Dialect::ALL {
        with(family(dialect), async |_, base| {
            let mut wrong = alice(&base);
            wrong.password = navette::secret::Secret::new("hunter2");
            let refusal = Dav::connect(wrong).await.unwrap_err();
            assert!(matches!(refusal, ConnectError::SignIn { .. }), "{dialect:?}: {refusal:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_a_user_pastes_leads_to_the_files() {
    let pasted = [
        (Dialect::Nextcloud, "index.php/apps/files/?dir=/", ""),
        (Dialect::Nextcloud, "remote.php/dav/files/alice/", ""),
        (Dialect::OwnCloud10, "index.php/login", ""),
        (Dialect::OwnCloud10, "remote.php/webdav/Work/", "Work"),
        (Dialect::Ocis, "remote.php/dav/files/alice/Work", "Work"),
        (Dialect::Ocis, "status.php", ""),
    ];
    for (dialect, tail, folder) in pasted {
        with(family(dialect), async |cloud, base| {
            cloud.lock().user("alice").mkdir("Work").unwrap();
            let wanted = connection(base.join(tail).unwrap(), "alice", "alice");
            let dav = Dav::connect(wanted).await.unwrap();
            put(&dav, "f", &Guard::Absent, b"here").await.unwrap();
            let there = format!("{folder}/f");
            let bytes = cloud.lock().user("alice").bytes(there.trim_start_matches('/'));
            assert_eq!(bytes.as_deref(), Some(&b"here"[..]), "{dialect:?} {tail}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_below_a_path_is_found_from_whatever_is_pasted() {
    let php = [
        "",
        "/",
        "/index.php",
        "/index.php/apps/files/?dir=/x&fileid=3",
        "/apps/files/files/3?dir=/",
        "/apps/dashboard",
        "/index.php/s/AbCdEf",
        "/s/AbCdEf?path=%2F",
        "/f/123",
        "/login?redirect_url=x",
        "/settings/user/security",
        "/status.php",
        "/remote.php/webdav",
        "/remote.php/dav",
        "/remote.php/dav/files/alice/",
        "/remote.php/dav/files/someone%20else",
        "/ocs/v2.php/cloud/user?format=json",
    ];
    let ocis = [
        "",
        "/files/spaces/personal/alice",
        "/f/a%24b",
        "/s/AbCdEf",
        "/remote.php/webdav",
        "/dav/spaces/SPACE",
        "/remote.php/dav/spaces/SPACE/",
    ];
    let families = [
        (Dialect::Nextcloud, &php[..]),
        (Dialect::OwnCloud10, &php[..]),
        (Dialect::Ocis, &ocis[..]),
    ];
    for (dialect, tails) in families {
        for front in ["", "/owncloud", "/a/nextcloud"] {
            with(
                ServeOptions { base: front.to_owned(), ..family(dialect) },
                async |cloud, base| {
                    let front = base.join(front).unwrap().to_string();
                    let first = Dav::connect(connection(front.parse().unwrap(), "alice", "alice"));
                    let space = first.await.unwrap().space().map(|space| space.id.clone());
                    let space = space.unwrap_or_default().replace('$', "%24");
                    for (number, tail) in tails.iter().enumerate() {
                        let tail = tail.replace("SPACE", &space);
                        let pasted = format!("{}{tail}", front.trim_end_matches('/'));
                        let dav =
                            Dav::connect(connection(pasted.parse().unwrap(), "alice", "alice"));
                        let dav = dav.await.unwrap_or_else(|error| panic!("{pasted}: {error}"));
                        let name = format!("f{number}");
                        put(&dav, &name, &Guard::Absent, b"here").await.unwrap();
                        dav.rename(&path(&name), &path("g"), &Guard::Present).await.unwrap();
                        let bytes = cloud.lock().user("alice").bytes("g");
                        assert_eq!(bytes.as_deref(), Some(&b"here"[..]), "{dialect:?} {pasted}");
                        cloud.lock().user("alice").delete("g").unwrap();
                    }
                },
            )
            .await;
        }
    }
}

#[tokio::test]
async fn a_file_travels_with_all_its_properties() {
    for dialect in Dialect::ALL {
        with(family(dialect), async |cloud, base| {
            let mut wanted = alice(&base);
            wanted.remote_path = path("Photos/äöü 1");
            let dav = Dav::connect(wanted).await.unwrap();
            let profile = dav.profile().clone();
            let written = put(&dav, "a b", &Guard::Absent, b"bytes").await.unwrap();
            let bytes = cloud.lock().user("alice").bytes("Photos/äöü 1/a b").unwrap();
            assert_eq!(bytes, &b"bytes"[..]);
            let seen = dav.stat(&path("a b")).await.unwrap().unwrap().seen;
            assert_eq!(seen.size, Some(5));
            assert_eq!(seen.file_id.is_some(), profile.file_ids);
            assert_eq!(seen.mtime == Some(1_700_000_000), profile.keeps_mtime);
            let sum = seen.sha1.map(|sum| sum.to_string());
            assert_eq!(sum, profile.checksums.then(|| upload(b"bytes").sha1.unwrap().to_string()));
            assert!(seen.perms.contains(Perms::READ | Perms::WRITE | Perms::DELETE));
            if profile.file_ids {
                assert_eq!(
                    (written.etag, written.file_id),
                    (seen.etag.clone(), seen.file_id.clone())
                );
            }
            let download = dav.get(&path("a b")).await.unwrap();
            assert_eq!((download.size, download.etag), (Some(5), seen.etag));
            assert_eq!(get(&dav, "a b").await, b"bytes");
        })
        .await;
    }
}

#[tokio::test]
async fn guards_hold_in_each_family() {
    for dialect in Dialect::ALL {
        with(family(dialect), async |cloud, base| {
            let dav = connected(&base).await;
            put(&dav, "f", &Guard::Absent, b"first").await.unwrap();
            put(&dav, "g", &Guard::Absent, b"other").await.unwrap();
            dav.make_dir(&path("d")).await.unwrap();
            let first = version(&dav, "f").await;
            for taken in ["f", "d"] {
                let again = put(&dav, taken, &Guard::Absent, b"x").await;
                assert_eq!(failed(again), refused(Failed::Changed), "{dialect:?} {taken}");
            }
            // Another day, or the model keeps the version as real servers do.
            cloud.lock().user("alice").write("f", "somebody else was here").unwrap();
            let over = put(&dav, "f", &first, b"x").await;
            assert_eq!(failed(over), refused(Failed::Changed), "{dialect:?}");
            let moved = dav.rename(&path("f"), &path("h"), &first).await;
            assert_eq!(failed(moved), refused(Failed::Changed), "{dialect:?}");
            let gone = dav.delete(&path("f"), &first).await;
            assert_eq!(failed(gone), refused(Failed::Changed), "{dialect:?}");
            let now = version(&dav, "f").await;
            let onto = dav.rename(&path("f"), &path("g"), &now).await;
            assert_eq!(failed(onto), refused(Failed::Changed), "{dialect:?}");
            assert_eq!(get(&dav, "f").await, b"somebody else was here", "{dialect:?}");
            dav.rename(&path("f"), &path("h"), &now).await.unwrap();
            let now = version(&dav, "h").await;
            dav.delete(&path("h"), &now).await.unwrap();
            dav.delete(&path("h"), &now).await.unwrap();
            assert_eq!(names(&dav, "").await, ["d", "g"], "{dialect:?}");
            assert_eq!(failed(dav.make_dir(&path("d")).await), refused(Failed::Exists));
            assert_eq!(failed(dav.make_dir(&path("g")).await), refused(Failed::Exists));
        })
        .await;
    }
}

#[tokio::test]
async fn a_folder_moves_and_goes_under_its_version_where_it_has_one() {
    for dialect in Dialect::ALL.into_iter().filter(|dialect| dialect.profile().tree_etags) {
        with(family(dialect), async |cloud, base| {
            let dav = connected(&base).await;
            dav.make_dir(&path("d")).await.unwrap();
            put(&dav, "d/f", &Guard::Absent, b"f").await.unwrap();
            let before = version(&dav, "d").await;
            cloud.lock().user("alice").write("d/new", "new").unwrap();
            let late = dav.rename(&path("d"), &path("e"), &before).await;
            assert_eq!(failed(late), refused(Failed::Changed), "{dialect:?}");
            assert_eq!(failed(dav.delete(&path("d"), &before).await), refused(Failed::Changed));
            let now = version(&dav, "d").await;
            dav.rename(&path("d"), &path("e"), &now).await.unwrap();
            let now = version(&dav, "e").await;
            dav.delete(&path("e"), &now).await.unwrap();
            dav.delete(&path("e"), &now).await.unwrap();
            assert_eq!(names(&dav, "").await, Vec::<String>::new(), "{dialect:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_the_effect_unknown() {
    for dialect in Dialect::ALL {
        let mut options = family(dialect);
        options.faults = Box::new(|request: &Request<'_>| match request.method {
            "PUT" | "MKCOL" | "MOVE" | "DELETE" => Fate::LoseReply,
            _ => Fate::Proceed,
        });
        with(options, async |cloud, base| {
            let dav = connected(&base).await;
            let unsure = (Failed::Unreachable, Effect::Unknown);
            assert_eq!(failed(put(&dav, "f", &Guard::Absent, b"f").await), unsure, "{dialect:?}");
            assert_eq!(cloud.lock().user("alice").bytes("f").as_deref(), Some(&b"f"[..]));
            assert_eq!(failed(dav.make_dir(&path("d")).await), unsure);
            let renamed = dav.rename(&path("f"), &path("g"), &Guard::Present).await;
            assert_eq!(failed(renamed), unsure);
            assert_eq!(failed(dav.delete(&path("g"), &Guard::Present).await), unsure);
            assert_eq!(names(&dav, "").await, ["d"]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_cut_answer_is_never_taken_for_a_whole_one() {
    for dialect in Dialect::ALL {
        let mut options = family(dialect);
        let flag = Arc::new(AtomicBool::new(false));
        let cutting = flag.clone();
        options.faults = Box::new(move |request: &Request<'_>| {
            let cut = cutting.load(Ordering::Relaxed);
            match request.method {
                "PROPFIND" | "GET" if cut => Fate::CutBody(120),
                _ => Fate::Proceed,
            }
        });
        with(options, async |_, base| {
            let dav = connected(&base).await;
            put(&dav, "f", &Guard::Absent, &[7; 1000]).await.unwrap();
            flag.store(true, Ordering::Relaxed);
            assert_eq!(failed(dav.list(&path("")).await), refused(Failed::Torn), "{dialect:?}");
            assert_eq!(failed(dav.stat(&path("f")).await), refused(Failed::Torn), "{dialect:?}");
            let body = dav.get(&path("f")).await.unwrap().body;
            let read: Result<Vec<_>, _> = futures::TryStreamExt::try_collect(body).await;
            assert!(read.is_err(), "{dialect:?}");
        })
        .await;
    }
}

/// The two ways to one cloud, each to a copy of its own.
struct Twins {
    direct: Direct,
    dav: Dav,
    now: Arc<AtomicI64>,
}

impl Twins {
    fn later(&self, seconds: i64) {
        let now = self.now.fetch_add(seconds, Ordering::Relaxed) + seconds;
        self.direct.cloud().lock().set_now(now);
    }

    async fn both_list(&self, dir: &str) {
        let [one, other] = [self.direct.list(&path(dir)).await, self.dav.list(&path(dir)).await]
            .map(|listing| listing.map(comparable).map_err(|error| (error.kind, error.effect)));
        assert_eq!(one, other, "list {dir:?}");
    }

    async fn both_stat(&self, at: &str) {
        let stat = [self.direct.stat(&path(at)).await, self.dav.stat(&path(at)).await];
        let [one, other] = stat.map(|found| match found {
            Ok(found) => Ok(found.map(|found| (found.kind, found.seen))),
            Err(error) => Err((error.kind, error.effect)),
        });
        assert_eq!(one, other, "stat {at:?}");
    }

    /// The version of a file; of anything else, that it is there.
    async fn source_guard(&self, at: &str) -> Guard {
        match self.direct.stat(&path(at)).await {
            Ok(Some(found)) if found.kind == Kind::File => {
                found.seen.etag.map_or(Guard::Present, Guard::Version)
            }
            _ => Guard::Present,
        }
    }

    async fn both_put(&self, at: &str, guard: &Guard, bytes: &[u8]) {
        let one = self.direct.put(&path(at), guard, upload(bytes)).await;
        let other = self.dav.put(&path(at), guard, upload(bytes)).await;
        let [one, other] = [one, other].map(|written| written.map_err(|e| (e.kind, e.effect)));
        assert_eq!(one, other, "put {at:?} {guard:?}");
    }

    async fn both_make_dir(&self, at: &str) {
        let made = [self.direct.make_dir(&path(at)).await, self.dav.make_dir(&path(at)).await];
        let [one, other] = made.map(|made| made.map(drop).map_err(|e| (e.kind, e.effect)));
        assert_eq!(one, other, "make {at:?}");
    }

    async fn both_rename(&self, from: &str, to: &str, guard: &Guard) {
        let one = self.direct.rename(&path(from), &path(to), guard).await;
        let other = self.dav.rename(&path(from), &path(to), guard).await;
        let [one, other] =
            [one, other].map(|moved| moved.map(drop).map_err(|e| (e.kind, e.effect)));
        assert_eq!(one, other, "rename {from:?} {to:?} {guard:?}");
    }

    async fn both_delete(&self, at: &str, guard: &Guard) {
        let gone =
            [self.direct.delete(&path(at), guard).await, self.dav.delete(&path(at), guard).await];
        let [one, other] = gone.map(|gone| gone.map_err(|e| (e.kind, e.effect)));
        assert_eq!(one, other, "delete {at:?} {guard:?}");
    }
}

/// What a listing says of children, without what only the root is asked for.
fn comparable(listing: Listing) -> (Kind, Vec<(String, Kind, navette::model::RemoteSeen)>) {
    let children = listing.children.into_iter();
    let children = children.map(|(name, child)| (name.to_string(), child.kind, child.seen));
    (listing.dir.kind, children.collect())
}

#[tokio::test]
async fn the_client_and_the_seam_in_memory_say_the_same() {
    for dialect in Dialect::ALL {
        let now = Arc::new(AtomicI64::new(NOW));
        let clock = now.clone();
        let clock = Arc::new(move || clock.load(Ordering::Relaxed));
        let options = ServeOptions { clock, ..ServeOptions::new(dialect) };
        with(options, async |_, base| {
            let mut model = Cloud::new(dialect, 1);
            model.set_now(NOW);
            model.add_user("alice", "alice");
            let direct = Direct::new(SharedCloud::new(model), "alice", RelPath::root());
            let twins = Twins { direct, dav: connected(&base).await, now };
            play(&twins).await;
        })
        .await;
    }
}

async fn play(twins: &Twins) {
    for dir in ["d", "d/e", "d", "no/where"] {
        twins.both_make_dir(dir).await;
    }
    let files = ["a", "d/b c", "d/e/é", "100%", "#?&", "🦀", "no/where/f", "d", "a"];
    for (at, bytes) in
        files.iter().zip([&b"one"[..], b"two", b"", b"4", b"5", b"6", b"7", b"8", b"9"])
    {
        twins.both_put(at, &Guard::Absent, bytes).await;
    }
    for dir in ["", "d", "d/e", "nothing"] {
        twins.both_list(dir).await;
    }
    for at in ["", "a", "d", "nothing", "no/where"] {
        twins.both_stat(at).await;
    }
    // Versions of files that are younger than a second or two are weak on Apache.
    twins.later(5);
    let old = twins.source_guard("a").await;
    twins.both_put("a", &old, b"changed and longer").await;
    twins.both_put("nothing", &old, b"x").await;
    twins.later(5);
    for (from, to) in
        [("a", "z"), ("d", "moved"), ("100%", "🦀"), ("nothing", "x"), ("moved/e", "e")]
    {
        let guard = twins.source_guard(from).await;
        twins.both_rename(from, to, &guard).await;
    }
    twins.both_rename("z", "y", &old).await;
    for dir in ["", "moved", "e"] {
        twins.both_list(dir).await;
    }
    for at in ["z", "z", "moved", "moved", "nothing"] {
        let guard = twins.source_guard(at).await;
        twins.both_delete(at, &guard).await;
    }
    twins.both_list("").await;
}
