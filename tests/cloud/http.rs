//! The cloud over HTTP, asked by an ordinary client.

use navette::cloud::{Dialect, Ready, ServeOptions, serve};
use reqwest::{Client, Method, RequestBuilder, Response};
use tokio::sync::oneshot;

use Dialect::{Nextcloud, Ocis, OwnCloud10, Plain};

/// Runs a test beside a server.
pub(crate) async fn served<T>(options: ServeOptions, test: impl AsyncFnOnce(Ready) -> T) -> T {
    let (ready, got) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let ready = move |here| ready.send(here).unwrap();
    let serving = serve(options, ready, async { stopped.await.unwrap_or(()) });
    let testing = async {
        let out = test(got.await.unwrap()).await;
        stop.send(()).unwrap();
        out
    };
    let (served, out) = tokio::join!(serving, testing);
    served.unwrap();
    out
}

/// Alice's client.
pub(crate) struct Alice {
    client: Client,
    origin: String,
    pub(crate) base: &'static str,
}

impl Alice {
    pub(crate) fn new(ready: &Ready, dialect: Dialect) -> Self {
        let base = if dialect == Plain { "" } else { "/remote.php/dav/files/alice" };
        let origin = format!("http://{}", ready.address);
        Self { client: Client::new(), origin, base }
    }

    pub(crate) fn anonymous(&self, method: &str, url: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.client.request(method, format!("{}{url}", self.origin))
    }

    pub(crate) fn url(&self, method: &str, url: &str) -> RequestBuilder {
        self.anonymous(method, url).basic_auth("alice", Some("alice"))
    }

    pub(crate) fn file(&self, method: &str, path: &str) -> RequestBuilder {
        self.url(method, &format!("{}/{path}", self.base))
    }

    pub(crate) fn to(&self, path: &str) -> String {
        format!("{}{}/{path}", self.origin, self.base)
    }

    pub(crate) async fn put(&self, path: &str, body: &'static str) -> Response {
        send(self.file("PUT", path).body(body)).await
    }

    pub(crate) async fn find(&self, path: &str, depth: &str) -> (u16, String) {
        text(send(self.file("PROPFIND", path).header("Depth", depth).body(ASK)).await).await
    }
}

const ASK: &str = r#"<?xml version="1.0"?><a:propfind xmlns:a="DAV:" xmlns:b="http://owncloud.org/ns">
<a:prop><a:resourcetype/><a:getetag/><a:getlastmodified/><a:getcontentlength/><b:id/><b:fileid/>
<b:permissions/><b:checksums/><b:data-fingerprint/><a:quota-available-bytes/></a:prop></a:propfind>"#;

pub(crate) async fn send(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

pub(crate) async fn status(request: RequestBuilder) -> u16 {
    send(request).await.status().as_u16()
}

pub(crate) async fn text(response: Response) -> (u16, String) {
    (response.status().as_u16(), response.text().await.unwrap())
}

pub(crate) fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
}

pub(crate) async fn each(test: impl AsyncFn(Dialect, Ready, Alice)) {
    for dialect in Dialect::ALL {
        let options = ServeOptions::new(dialect);
        served(options, async |ready| {
            let alice = Alice::new(&ready, dialect);
            test(dialect, ready, alice).await;
        })
        .await;
    }
}

#[tokio::test]
async fn the_status_page_tells_the_family_to_anybody() {
    each(async |dialect, _, alice| {
        let (status, page) = text(send(alice.anonymous("GET", "/status.php")).await).await;
        let seen = (page.contains("extendedSupport"), page.contains("productversion"));
        match dialect {
            Nextcloud => assert_eq!((status, seen), (200, (true, false))),
            OwnCloud10 => {
                assert_eq!((status, seen), (200, (false, false)));
                assert!(page.contains(r#""product":"ownCloud""#));
            }
            Ocis => assert_eq!((status, seen), (200, (false, true))),
            Plain => assert_eq!(status, 401),
        }
    })
    .await;
}

#[tokio::test]
async fn capabilities_are_told_to_those_who_may_know() {
    each(async |dialect, _, alice| {
        if dialect == Plain {
            return;
        }
        let url = |version: &str| format!("/ocs/{version}.php/cloud/capabilities?format=json");
        let ask = |request: RequestBuilder| request.header("OCS-APIRequest", "true");
        let anonymous = [
            status(ask(alice.anonymous("GET", &url("v1")))).await,
            status(ask(alice.anonymous("GET", &url("v2")))).await,
        ];
        let expected = match dialect {
            Nextcloud => [200, 200],
            OwnCloud10 => [401, 401],
            Ocis | Plain => [200, 401],
        };
        assert_eq!(anonymous, expected, "{dialect:?}");
        let bare = status(alice.url("GET", &url("v2"))).await;
        assert_eq!(bare, if dialect == Nextcloud { 412 } else { 200 });
        let (_, page) = text(send(ask(alice.url("GET", &url("v2")))).await).await;
        let page: serde_json::Value = serde_json::from_str(&page).unwrap();
        assert_eq!(page["ocs"]["meta"]["statuscode"], 200);
        let checksums = &page["ocs"]["data"]["capabilities"]["checksums"];
        assert_eq!(checksums.is_null(), dialect == Nextcloud);
        let user = send(ask(alice.url("GET", "/ocs/v1.php/cloud/user?format=json"))).await;
        let page: serde_json::Value = serde_json::from_str(&text(user).await.1).unwrap();
        assert_eq!(page["ocs"]["data"]["id"], "alice");
    })
    .await;
}

#[tokio::test]
async fn nobody_gets_in_without_the_password() {
    each(async |dialect, _, alice| {
        let url = format!("{}/", alice.base);
        let wrong = alice.anonymous("PROPFIND", &url).basic_auth("alice", Some("wrong"));
        for request in [alice.anonymous("PROPFIND", &url), wrong] {
            let refused = send(request).await;
            assert_eq!(refused.status(), 401);
            let all: Vec<_> = refused.headers().get_all("www-authenticate").iter().collect();
            let schemes: Vec<&str> =
                all.iter().map(|one| one.to_str().unwrap().split(' ').next().unwrap()).collect();
            let both: &[&str] = if dialect == Ocis { &["Bearer", "Basic"] } else { &["Basic"] };
            assert_eq!(schemes, both);
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_is_written_read_and_read_in_parts() {
    each(async |dialect, _, alice| {
        let sum = "SHA1:22596363b3de40b06f981fb85d82312e8c0ed511";
        let made = alice.file("PUT", "caf%C3%A9.txt").body("hello world\n");
        let made = send(made.header("X-OC-Mtime", "1600000000").header("OC-Checksum", sum)).await;
        assert_eq!(made.status(), 201);
        let tells = dialect != Plain;
        assert_eq!(header(&made, "x-oc-mtime").as_deref(), tells.then_some("accepted"));
        assert_eq!(header(&made, "etag").is_some(), tells);
        assert_eq!(header(&made, "oc-fileid").is_some(), tells);
        let got = send(alice.file("GET", "caf%C3%A9.txt")).await;
        assert_eq!(header(&got, "content-length").as_deref(), Some("12"));
        assert_eq!(header(&got, "oc-checksum").as_deref(), tells.then_some(sum));
        assert!(header(&got, "date").is_some());
        let dated = header(&got, "last-modified").unwrap();
        match dialect {
            Plain => assert!(dated.ends_with("GMT")),
            Ocis => assert_eq!(dated, "Sun, 13 Sep 2020 12:26:40 +0000"),
            _ => assert_eq!(dated, "Sun, 13 Sep 2020 12:26:40 GMT"),
        }
        assert_eq!(got.text().await.unwrap(), "hello world\n");
        let head = send(alice.file("HEAD", "caf%C3%A9.txt")).await;
        assert_eq!(header(&head, "content-length").as_deref(), Some("12"));
        let part = send(alice.file("GET", "caf%C3%A9.txt").header("Range", "bytes=6-")).await;
        assert_eq!(header(&part, "content-range").as_deref(), Some("bytes 6-11/12"));
        assert_eq!(text(part).await, (206, "world\n".to_owned()));
        let beyond = alice.file("GET", "caf%C3%A9.txt").header("Range", "bytes=12-");
        assert_eq!(status(beyond).await, 416);
        let stale = alice.file("GET", "caf%C3%A9.txt").header("Range", "bytes=6-");
        let stale = status(stale.header("If-Range", "\"stale\"")).await;
        assert_eq!(stale, if dialect == Ocis { 206 } else { 200 });
        assert_eq!(alice.put("caf%C3%A9.txt", "2").await.status(), 204);
    })
    .await;
}

#[tokio::test]
async fn conditions_get_the_familys_answers() {
    each(async |dialect, _, alice| {
        alice.put("x", "1").await;
        let put =
            |name: &'static str, value: &str| alice.file("PUT", "x").body("2").header(name, value);
        assert_eq!(
            status(put("If-Match", "\"stale\"")).await,
            if dialect == Ocis { 409 } else { 412 }
        );
        assert_eq!(
            status(put("If-None-Match", "*")).await,
            if dialect == Ocis { 204 } else { 412 }
        );
        let etag = header(&send(alice.file("HEAD", "x")).await, "etag").unwrap();
        let again = alice.file("GET", "x").header("If-None-Match", &etag);
        assert_eq!(status(again).await, if dialect == Ocis { 200 } else { 304 });
        let delete = alice.file("DELETE", "x").header("If-Match", "\"stale\"");
        assert_eq!(status(delete).await, if dialect == Ocis { 204 } else { 412 });
    })
    .await;
}

#[tokio::test]
async fn a_listing_shows_what_the_family_has() {
    each(async |dialect, _, alice| {
        status(alice.file("MKCOL", "d")).await;
        alice.put("d/a%26b%20%C3%A9", "12345").await;
        let (code, page) = alice.find("d", "1").await;
        assert_eq!(code, 207);
        let prefix = if dialect == Plain { "D" } else { "d" };
        assert_eq!(page.matches(&format!("<{prefix}:response")).count(), 2, "{page}");
        let name = match dialect {
            Nextcloud | OwnCloud10 => "a%26b%20%c3%a9",
            Ocis | Plain => "a%26b%20%C3%A9",
        };
        assert!(page.contains(&format!("/d/{name}</")), "{page}");
        assert_eq!(page.contains("<oc:id>"), dialect != Plain);
        assert_eq!(page.contains("<oc:checksum>"), matches!(dialect, OwnCloud10 | Ocis));
        assert!(page.contains("404 Not Found"), "what is missing is told so");
        let letters = match dialect {
            Nextcloud => Some("RGDNVCK"),
            OwnCloud10 => Some("RDNVCK"),
            Ocis => Some("RDNVCKZP"),
            Plain => None,
        };
        if let Some(letters) = letters {
            assert!(page.contains(&format!("<oc:permissions>{letters}</")), "{page}");
        }
        let (_, root) = alice.find("", "0").await;
        let php = matches!(dialect, Nextcloud | OwnCloud10);
        assert_eq!(root.matches("response>").count(), if dialect == Plain { 1 } else { 2 });
        let found = root.split("404 Not Found").next().unwrap();
        let told = found.split("propstat>").nth(1).unwrap();
        assert_eq!(told.contains("data-fingerprint"), php, "{root}");
        let everything = alice.find("", "infinity").await.0;
        let expected = match dialect {
            Nextcloud => 207,
            OwnCloud10 => 412,
            Ocis => 400,
            Plain => 403,
        };
        assert_eq!(everything, expected);
        assert_eq!(alice.find("nowhere", "0").await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn everything_below_is_listed_at_once_on_nextcloud() {
    served(ServeOptions::new(Nextcloud), async |ready| {
        let alice = Alice::new(&ready, Nextcloud);
        ready.cloud.lock().user("alice").write("a/b/c", "1").unwrap();
        let (_, page) = alice.find("", "infinity").await;
        assert_eq!(page.matches("<d:response>").count(), 4);
        assert!(page.contains("/alice/a/b/c</"));
    })
    .await;
}

#[tokio::test]
async fn the_home_of_somebody_else_is_empty_on_the_php_families() {
    each(async |dialect, ready, alice| {
        if dialect == Plain {
            return;
        }
        ready.cloud.lock().user("bob").write("secret", "s").unwrap();
        let ask = |who: &str| {
            let url = format!("/remote.php/dav/files/{who}/");
            alice.url("PROPFIND", &url).header("Depth", "1").body(ASK)
        };
        let (code, page) = text(send(ask("bob")).await).await;
        assert_eq!(code, if dialect == Ocis { 404 } else { 207 });
        if code == 207 {
            assert_eq!(page.matches("<d:response>").count(), 1);
            assert!(page.contains("collection") && !page.contains("getetag"), "{page}");
        }
        assert_eq!(status(ask("nobody")).await, 404);
        let put = alice.url("PUT", "/remote.php/dav/files/bob/x").body("1");
        assert_eq!(status(put).await, 404);
    })
    .await;
}

#[tokio::test]
async fn files_and_folders_are_made_moved_copied_and_deleted() {
    each(async |dialect, ready, alice| {
        assert_eq!(status(alice.file("MKCOL", "d")).await, 201);
        assert_eq!(status(alice.file("MKCOL", "d")).await, 405);
        assert_eq!(status(alice.file("MKCOL", "no/where")).await, 409);
        let parent_missing = alice.put("no/where", "1").await.status();
        assert_eq!(parent_missing, if dialect == Nextcloud { 404 } else { 409 });
        alice.put("d/x", "1").await;
        let go = |method: &str, from: &str, to: &str, overwrite: &str| {
            let request = alice.file(method, from).header("Destination", alice.to(to));
            status(request.header("Overwrite", overwrite))
        };
        assert_eq!(go("MOVE", "d/x", "d/y%20z", "F").await, 201);
        assert_eq!(go("COPY", "d/y%20z", "d/c", "F").await, 201);
        assert_eq!(go("MOVE", "d/y%20z", "d/c", "F").await, 412);
        assert_eq!(go("MOVE", "d/y%20z", "d/c", "T").await, 204);
        assert_eq!(go("MOVE", "d/c", "no/where", "F").await, 409);
        assert_eq!(go("MOVE", "gone", "d/g", "F").await, 404);
        assert_eq!(
            status(alice.file("MOVE", "d/c").header("Destination", "/elsewhere/c")).await,
            if dialect == Plain { 409 } else { 403 }
        );
        assert_eq!(status(alice.file("DELETE", "d")).await, 204);
        assert_eq!(status(alice.file("DELETE", "d")).await, 404);
        assert!(ready.cloud.lock().user("alice").snapshot().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_date_is_set_or_only_said_to_be() {
    each(async |dialect, ready, alice| {
        alice.put("x", "1").await;
        let body = r#"<d:propertyupdate xmlns:d="DAV:"><d:set><d:prop>
            <d:lastmodified>1500000000</d:lastmodified></d:prop></d:set></d:propertyupdate>"#;
        let (code, _) = text(send(alice.file("PROPPATCH", "x").body(body)).await).await;
        assert_eq!(code, 207);
        let root = navette::model::RelPath::parse("x").unwrap();
        let date = ready.cloud.lock().look("alice", &root).unwrap().date;
        assert_eq!(date == 1_500_000_000, matches!(dialect, Nextcloud | OwnCloud10));
    })
    .await;
}

#[tokio::test]
async fn the_trash_is_listed_and_gives_back() {
    each(async |dialect, ready, alice| {
        if dialect == Plain {
            return;
        }
        alice.put("a.txt", "1").await;
        assert_eq!(status(alice.file("DELETE", "a.txt")).await, 204);
        let drives = text(send(alice.url("GET", "/graph/v1.0/me/drives")).await).await.1;
        let space = drives.split(r#""id":""#).nth(1).map(|rest| rest.split('"').next().unwrap());
        let base = match dialect {
            Nextcloud => "/remote.php/dav/trashbin/alice/trash".to_owned(),
            OwnCloud10 => "/remote.php/dav/trash-bin/alice".to_owned(),
            Ocis | Plain => format!("/dav/spaces/trash-bin/{}", space.unwrap()),
        };
        let body = r#"<d:propfind xmlns:d="DAV:" xmlns:o="http://owncloud.org/ns" xmlns:n="http://nextcloud.org/ns">
            <d:prop><o:trashbin-original-location/><n:trashbin-original-location/></d:prop></d:propfind>"#;
        let list = alice.url("PROPFIND", &format!("{base}/")).header("Depth", "1").body(body);
        let (code, page) = text(send(list).await).await;
        assert_eq!(code, 207, "{dialect:?}");
        assert!(page.contains(":trashbin-original-location>a.txt</"), "{page}");
        let item = page.split("<d:href>").nth(2).unwrap().split('<').next().unwrap();
        let to = match dialect {
            Nextcloud => format!("{}/remote.php/dav/trashbin/alice/restore/x", alice.origin),
            _ => alice.to("a.txt"),
        };
        assert_eq!(status(alice.url("GET", item)).await, 403);
        let back = || alice.url("MOVE", item).header("Destination", &to);
        let guarded = status(back().header("Overwrite", "F")).await;
        if dialect == Nextcloud {
            // As Nextcloud 32: every name in `restore/` counts as taken.
            assert_eq!(guarded, 412);
            assert_eq!(status(back()).await, 201);
        } else {
            assert_eq!(guarded, 201);
        }
        assert_eq!(ready.cloud.lock().user("alice").bytes("a.txt").unwrap(), "1");
        status(alice.file("DELETE", "a.txt")).await;
        assert_eq!(status(alice.url("DELETE", &base)).await, 204);
        assert!(ready.cloud.lock().trash("alice").unwrap().is_empty());
    })
    .await;
}

#[test]
fn serving_can_be_spawned_on_a_runtime_of_many_threads() {
    fn sendable<T: Send>(_: &T) {}
    let serving = serve(ServeOptions::new(Plain), |_| (), std::future::ready(()));
    sendable(&serving);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(serving).unwrap();
}

#[tokio::test]
async fn a_file_comes_in_chunks_and_stands_there_in_one_step() {
    each(async |dialect, ready, alice| {
        let uploads = "/remote.php/dav/uploads/alice/t1";
        let begun = status(alice.url("MKCOL", uploads)).await;
        if matches!(dialect, Ocis | Plain) {
            assert!(begun >= 404, "{dialect:?} {begun}");
            return;
        }
        assert_eq!(begun, 201);
        assert_eq!(status(alice.url("MKCOL", uploads)).await, 405);
        alice.put("x", "old").await;
        let etag = header(&send(alice.file("HEAD", "x")).await, "etag").unwrap();
        for (name, bytes) in [("00010", "third"), ("00001", "first "), ("2", "second ")] {
            let chunk = alice.url("PUT", &format!("{uploads}/{name}")).body(bytes);
            assert_eq!(status(chunk).await, 201);
        }
        let list = alice.url("PROPFIND", uploads).header("Depth", "1").body(ASK);
        let (_, page) = text(send(list).await).await;
        assert!(page.contains("getcontentlength>18<"), "{page}");
        let whole = |total: &str, etag: &str| {
            let request = alice.url("MOVE", &format!("{uploads}/.file"));
            let version = format!("<{}> ([{etag}])", alice.to("x"));
            let request = request.header("Destination", alice.to("x")).header("If", version);
            status(request.header("OC-Total-Length", total))
        };
        assert_eq!(whole("5", &etag).await, 400);
        assert_eq!(whole("18", "\"stale\"").await, 412);
        assert_eq!(ready.cloud.lock().user("alice").bytes("x").unwrap(), "old");
        assert_eq!(whole("18", &etag).await, 204);
        let there = ready.cloud.lock().user("alice").bytes("x").unwrap();
        assert_eq!(there, "first second third");
        assert_eq!(status(alice.url("DELETE", uploads)).await, 404);
        let stray = alice.url("PUT", &format!("{uploads}/1")).body("1");
        assert_eq!(status(stray).await, 404);
    })
    .await;
}
