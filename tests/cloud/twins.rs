//! The same requests to the cloud in process and, by the real client, over
//! HTTP get the same answers: what a simulation proves holds for the client.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use navette::cloud::{Cloud, Dialect, Direct, ServeOptions, SharedCloud};
use navette::model::{Digest, Etag, Name, RelPath};
use navette::secret::Secret;
use navette::server::{Addresses, Connection, Dav, Guard, Server, ServerError, Upload};

use crate::families::path;
use crate::http::served;

const NOW: i64 = 1_800_000_000;

/// A server, the cloud behind it, and all that was asked and answered.
struct Story<'a, S> {
    server: &'a S,
    cloud: SharedCloud,
    /// Sets the clock of the cloud.
    at: &'a dyn Fn(i64),
    log: Vec<(String, String)>,
}

fn upload(bytes: &'static str) -> Upload {
    let digest = Digest::of(bytes.as_bytes());
    let body = stream::iter([Ok(bytes.into())]).boxed();
    Upload {
        body,
        size: digest.size,
        sha1: digest.sha1,
        mtime: Some(1_700_000_000),
        name: "one".to_owned(),
        resume: Addresses::default(),
    }
}

fn stale() -> Guard {
    Guard::Version(Etag::parse("stale").unwrap())
}

impl<S: Server> Story<'_, S> {
    fn note<T: Debug>(&mut self, what: String, result: Result<T, ServerError>) {
        let answer = match result {
            Ok(value) => format!("{value:?}"),
            Err(error) => format!("{:?}, effect {:?}", error.kind, error.effect),
        };
        self.log.push((what, answer));
    }

    async fn version(&self, at: &str) -> Guard {
        let seen = self.server.stat(&path(at)).await.unwrap().unwrap().seen;
        seen.etag.map_or(Guard::Present, Guard::Version)
    }

    async fn stat(&mut self, at: &str) {
        self.note(format!("stat {at}"), self.server.stat(&path(at)).await);
    }

    async fn list(&mut self, at: &str) {
        self.note(format!("list {at}"), self.server.list(&path(at)).await);
    }

    async fn get(&mut self, at: &str) {
        let what = format!("get {at}");
        match self.server.get(&path(at)).await {
            Err(error) => self.note::<()>(what, Err(error)),
            Ok(got) => {
                let pieces: Vec<bytes::Bytes> = got.body.try_collect().await.unwrap();
                let body = Digest::of(&pieces.concat());
                self.note(what, Ok((got.etag, got.size, got.sha1, body)));
            }
        }
    }

    async fn make_dir(&mut self, at: &str) {
        self.note(format!("mkdir {at}"), self.server.make_dir(&path(at)).await);
    }

    async fn put(&mut self, at: &str, guard: Guard, bytes: &'static str) {
        let result = self.server.put(&path(at), &guard, upload(bytes)).await;
        self.note(format!("put {at} {guard:?}"), result);
    }

    async fn rename(&mut self, from: &str, to: &str, guard: Guard) {
        let result = self.server.rename(&path(from), &path(to), &guard).await;
        self.note(format!("move {from} {to} {guard:?}"), result);
    }

    async fn delete(&mut self, at: &str, guard: Guard) {
        let result = self.server.delete(&path(at), &guard).await;
        self.note(format!("delete {at} {guard:?}"), result);
    }

    async fn writes(&mut self) {
        self.list("").await;
        for at in ["d", "d", "no/where"] {
            self.make_dir(at).await;
        }
        self.put("d/x", Guard::Absent, "one").await;
        self.put("d/x", Guard::Absent, "two").await;
        self.put("d/x", stale(), "two").await;
        // Old enough for a strong etag.
        (self.at)(NOW + 100);
        let right = self.version("d/x").await;
        self.put("d/x", right, "three").await;
        self.put("d/x", Guard::Present, "four").await;
        self.put("d/n", Guard::Present, "4").await;
        self.put("d/n", stale(), "4").await;
        self.put("no/x", Guard::Absent, "1").await;
        self.put("no/x", stale(), "1").await;
        self.put("d", Guard::Absent, "1").await;
        self.put("d", Guard::Present, "1").await;
        let long = "n".repeat(252);
        let names =
            [".htaccess", "a\\b", "caf\u{e9} & co", "cafe\u{301}", "a%b", "x.part", " ", &long];
        for name in names {
            self.put(name, Guard::Absent, "1").await;
            let inside = path("d").join(&Name::new(name).unwrap());
            self.make_dir(inside.as_str()).await;
        }
    }

    /// Large enough for chunks, where the client uses them.
    async fn large(&mut self) {
        let bytes: &'static str = Box::leak("0123456789abcdef".repeat(5_000).into_boxed_str());
        self.put("large", Guard::Absent, bytes).await;
        (self.at)(NOW + 150);
        self.put("large", stale(), "small").await;
        self.put("large", stale(), bytes).await;
        let right = self.version("large").await;
        let (what, got) =
            ("put large over", self.server.put(&path("large"), &right, upload(bytes)).await);
        // Some answers to the last step of an upload tell less than those to a PUT.
        self.note(what.to_owned(), got.map(drop));
        self.get("large").await;
        self.delete("large", Guard::Present).await;
    }

    async fn reads(&mut self) {
        for at in ["", "d", "d/x", "gone", "no/where", "d/x/below"] {
            self.stat(at).await;
            self.list(at).await;
        }
        for at in ["d/x", "d", "gone"] {
            self.get(at).await;
        }
    }

    async fn moves(&mut self) {
        (self.at)(NOW + 200);
        self.rename("d/x", "d/y", stale()).await;
        let right = self.version("d/x").await;
        self.rename("d/x", "d/y", right).await;
        self.rename("d/x", "d/z", Guard::Present).await;
        self.rename("d/x", "d/z", stale()).await;
        self.put("d/z", Guard::Absent, "z").await;
        self.rename("d/y", "d/z", Guard::Present).await;
        self.rename("d/y", "no/y", Guard::Present).await;
        self.rename("d", "e", stale()).await;
        let right = self.version("d").await;
        self.rename("d", "e", right).await;
        self.rename("e", "e/f", Guard::Present).await;
    }

    async fn refusals(&mut self) {
        let user = |story: &Self, act: &dyn Fn(&mut Cloud)| act(&mut story.cloud.lock());
        user(self, &|cloud| cloud.user("alice").lock("e/y", true).unwrap());
        self.put("e/y", Guard::Present, "l").await;
        self.rename("e/y", "e/w", Guard::Present).await;
        self.delete("e/y", Guard::Present).await;
        user(self, &|cloud| cloud.user("alice").lock("e/y", false).unwrap());
        user(self, &|cloud| cloud.user("alice").share("e", Some("SD")).unwrap());
        self.list("e").await;
        self.put("e/y", Guard::Present, "s").await;
        self.put("e/new", Guard::Absent, "s").await;
        self.make_dir("e/new").await;
        self.rename("e/y", "w", Guard::Present).await;
        self.delete("e/y", Guard::Present).await;
        user(self, &|cloud| cloud.user("alice").share("e", None).unwrap());
        user(self, &|cloud| cloud.set_quota("alice", Some(3)));
        self.put("f", Guard::Absent, "full").await;
        self.make_dir("fd").await;
        // What Nextcloud lists as room is up to five minutes old.
        (self.at)(NOW + 600);
        self.stat("").await;
    }

    async fn deletions(&mut self) {
        self.delete("e/y", stale()).await;
        let right = self.version("e/y").await;
        self.delete("e/y", right).await;
        self.delete("e/y", Guard::Present).await;
        self.delete("e/y", stale()).await;
        self.delete("no/y", stale()).await;
        self.delete("e", stale()).await;
        self.delete("e", Guard::Present).await;
        self.list("").await;
    }
}

async fn story(
    server: &impl Server,
    cloud: SharedCloud,
    at: &dyn Fn(i64),
) -> Vec<(String, String)> {
    let mut story = Story { server, cloud, at, log: Vec::new() };
    story.writes().await;
    story.reads().await;
    story.large().await;
    story.moves().await;
    story.refusals().await;
    story.deletions().await;
    story.log
}

async fn in_process(dialect: Dialect) -> Vec<(String, String)> {
    let mut cloud = Cloud::new(dialect, 1);
    cloud.set_now(NOW);
    cloud.add_user("alice", "alice");
    let cloud = SharedCloud::new(cloud);
    let direct = Direct::new(cloud.clone(), "alice", RelPath::root());
    let at = |now| cloud.lock().set_now(now);
    story(&direct, cloud.clone(), &at).await
}

async fn over_http(dialect: Dialect) -> Vec<(String, String)> {
    let clock = Arc::new(AtomicI64::new(NOW));
    let ticking = Arc::clone(&clock);
    let mut options = ServeOptions::new(dialect);
    options.clock = Arc::new(move || ticking.load(Ordering::Relaxed));
    served(options, async |ready| {
        let url = format!("http://{}/", ready.address).parse().unwrap();
        let connection = Connection::new(url, "alice", Secret::new("alice"));
        let client = Dav::connect(connection).await.unwrap();
        assert_eq!(*client.profile(), dialect.profile());
        let at = |now| clock.store(now, Ordering::Relaxed);
        story(&client, ready.cloud, &at).await
    })
    .await
}

#[tokio::test]
async fn the_direct_server_answers_as_the_real_client_does() {
    for dialect in Dialect::ALL {
        let (direct, client) = (in_process(dialect).await, over_http(dialect).await);
        assert_eq!(direct.len(), client.len());
        for (direct, client) in direct.iter().zip(&client) {
            assert_eq!(direct, client, "{dialect:?}");
        }
    }
}
