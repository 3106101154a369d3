//! A server of any family that signs everybody in, shows an empty storage and
//! takes nothing: the ground for tricks.

use navette::cloud::Dialect;

use crate::scripted::{FOLDER, Reply, Scripted, answer, entry, multistatus};

/// A date in listings, long ago.
const DATE: &str = "<d:getlastmodified>Sun, 22 Nov 2020 12:00:00 GMT</d:getlastmodified>";

/// Where a family keeps the files of the account.
pub fn home(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Nextcloud | Dialect::OwnCloud10 => "/remote.php/dav/files/alice/",
        Dialect::Ocis => "/dav/spaces/s%241/",
        Dialect::Plain => "/",
    }
}

/// What a look at one thing alone is called here, which is a PROPFIND as well.
pub const LOOK: &str = "LOOK";

/// Starts a server. Whatever the trick does not answer is answered as a
/// harmless server would; it gets method and path of each request.
pub fn villain(
    dialect: Dialect,
    trick: impl Fn(&str, &str) -> Option<Reply> + Send + Sync + 'static,
) -> Scripted {
    Scripted::hearing("127.0.0.1:0", move |heard| {
        let (method, path) = heard.line().split_once(' ').unwrap_or_default();
        let method = if heard.header("depth") == Some("0") { LOOK } else { method };
        trick(method, path).unwrap_or_else(|| harmless(dialect, method, path))
    })
}

/// A server whose whole storage is one listing of its root.
pub fn storage_of(
    dialect: Dialect,
    entries: String,
    trick: impl Fn(&str, &str) -> Option<Reply> + Send + Sync + 'static,
) -> Scripted {
    villain(dialect, move |method, path| match (method, path) {
        ("PROPFIND", path) if path == home(dialect) => {
            Some(multistatus(&format!("{}{entries}", root(dialect))))
        }
        _ => trick(method, path),
    })
}

/// What is said of the root.
pub fn root(dialect: Dialect) -> String {
    let known = "<d:getetag>\"r\"</d:getetag><oc:id>00000007ocabc</oc:id><oc:fileid>7</oc:fileid>";
    entry(home(dialect), &format!("{FOLDER}{known}{DATE}"))
}

/// The entry of a file with this number and length.
pub fn file(href: &str, number: u64, size: u64) -> String {
    entry(
        href,
        &format!(
            "<d:resourcetype/><d:getetag>\"e\"</d:getetag>{DATE}\
             <d:getcontentlength>{size}</d:getcontentlength><oc:fileid>{number}</oc:fileid>"
        ),
    )
}

/// The entry of a folder with this number.
pub fn folder(href: &str, number: u64) -> String {
    let known = format!("<d:getetag>\"d{number}\"</d:getetag><oc:fileid>{number}</oc:fileid>");
    entry(href, &format!("{FOLDER}{known}{DATE}"))
}

/// The answer to GET of a file.
pub fn contents(text: &str) -> Reply {
    answer("200 OK", "ETag: \"e\"\r\n", text)
}

/// An answer without length, which may be followed by anything.
pub fn head(status: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n").into_bytes()
}

/// The beginning of an answer with a listing.
pub fn listing(dialect: Dialect) -> Vec<u8> {
    let mut bytes = head("207 Multi-Status", "Content-Type: application/xml\r\n");
    let names = "xmlns:d=\"DAV:\" xmlns:oc=\"http://owncloud.org/ns\"";
    bytes.extend(format!("<d:multistatus {names}>{}", root(dialect)).into_bytes());
    bytes
}

fn json(text: &str) -> Reply {
    answer("200 OK", "Content-Type: application/json\r\n", text)
}

fn harmless(dialect: Dialect, method: &str, path: &str) -> Reply {
    match (method, path) {
        ("GET", "/status.php") => match dialect {
            Dialect::Nextcloud => {
                json(r#"{"installed":true,"version":"32.0.1.2","extendedSupport":false}"#)
            }
            Dialect::OwnCloud10 => {
                json(r#"{"installed":true,"version":"10.16.4.0","product":"ownCloud"}"#)
            }
            Dialect::Ocis => {
                json(r#"{"installed":true,"productversion":"7.0","product":"Infinite Scale"}"#)
            }
            Dialect::Plain => answer("404 Not Found", "", ""),
        },
        ("GET", "/ocs/v2.php/cloud/user?format=json") => {
            json(r#"{"ocs":{"meta":{},"data":{"id":"alice"}}}"#)
        }
        ("GET", "/ocs/v2.php/cloud/capabilities?format=json") => {
            json(r#"{"ocs":{"meta":{},"data":{"capabilities":{}}}}"#)
        }
        ("GET", "/graph/v1.0/me/drives") => json(
            r#"{"value":[{"driveType":"personal","id":"s$1","name":"alice",
                "root":{"webDavUrl":"https://h.example/dav/spaces/s%241"}}]}"#,
        ),
        (LOOK | "PROPFIND", path) if path == home(dialect) => multistatus(&root(dialect)),
        (LOOK | "PROPFIND" | "GET" | "HEAD", _) => answer("404 Not Found", "", ""),
        // What is not shown again afterwards would count as deleted.
        _ => answer("403 Forbidden", "", ""),
    }
}
