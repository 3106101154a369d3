//! The folder for uploads in chunks, of the PHP families.

use super::propfind::{self, Entry, Property, Space, Value, text};
use super::reply::{self, Answer};
use super::transfer::with_identity;
use super::{Asked, Place, route, xml};
use crate::cloud::Blob;
use crate::cloud::refusal::{Method, Refusal};
use crate::cloud::request::{Conditions, Done, Put, SentDate};
use crate::model::RelPath;

/// Answers a request below the folder for uploads.
pub(super) fn answer(
    asked: &Asked<'_>,
    upload: &str,
    chunk: Option<&str>,
    method: &str,
    body: bytes::Bytes,
) -> Answer {
    let (dialect, user) = (asked.skin.dialect, asked.user);
    let mut cloud = asked.cloud();
    let plain = |status: u16, result: Result<(), Refusal>, method| match result {
        Ok(()) => Answer::new(status),
        Err(refusal) => reply::refuse(dialect, &refusal, method),
    };
    match (method, chunk) {
        ("MKCOL", None) => plain(201, cloud.begin_upload(user, upload), Method::MakeDir),
        ("DELETE", None) => plain(204, cloud.drop_upload(user, upload), Method::Delete),
        ("DELETE", Some(chunk)) => {
            plain(204, cloud.drop_chunk(user, upload, chunk), Method::Delete)
        }
        ("PUT", Some(chunk)) => {
            let done = cloud.add_chunk(user, upload, chunk, body);
            plain(201, done, Method::Put)
        }
        ("PROPFIND", None) => match cloud.chunks(user, upload) {
            Ok(chunks) => list(asked, &chunks, &body),
            Err(refusal) => reply::refuse(dialect, &refusal, Method::Read),
        },
        ("MOVE", Some(".file")) => {
            drop(cloud);
            match assemble(asked, upload) {
                Ok(done) => {
                    let answer = Answer::new(if done.created { 201 } else { 204 });
                    with_identity(dialect, answer, done, Method::Put)
                }
                Err(refusal) => reply::refuse(dialect, &refusal, Method::Move),
            }
        }
        _ => Answer::new(403),
    }
}

/// Where the file is to stand.
pub(super) fn target(asked: &Asked<'_>) -> Option<RelPath> {
    let Place::Uploads { home, .. } = asked.place else { return None };
    route::destination(asked.skin.dialect, home, asked.header("Destination")?)
}

fn assemble(asked: &Asked<'_>, upload: &str) -> Result<Done, Refusal> {
    let to = target(asked).ok_or(Refusal::Forbidden)?;
    // `If: <target> (["etag"])`; `If-Match` would speak of `.file` (protocol.md 4.3).
    let version = asked.header("If").and_then(|value| {
        let (_, rest) = value.split_once("([")?;
        Some(rest.split_once("])")?.0.to_owned())
    });
    let put = Put {
        date: asked.header("X-OC-Mtime").map(SentDate::parse),
        checksum: asked.header("OC-Checksum").map(str::to_owned),
        conditions: version.map_or_else(Conditions::none, Conditions::version),
        ..Put::plain(Blob::new(bytes::Bytes::new()))
    };
    let total = asked.header("OC-Total-Length").and_then(|total| total.parse().ok());
    let mut cloud = asked.cloud();
    if !asked.may_overwrite() && cloud.look(asked.user, &to).is_ok() {
        return Err(Refusal::TargetExists);
    }
    if asked.headers.contains_key("If-Match") {
        return Err(Refusal::Precondition(None));
    }
    cloud.assemble(asked.user, upload, &to, put, total)
}

/// The chunks that are there, and `.file` with the sum of them.
fn list(asked: &Asked<'_>, chunks: &[(String, u64)], body: &[u8]) -> Answer {
    let Place::Uploads { base, upload, .. } = asked.place else { return Answer::new(404) };
    let Some(names) = xml::properties(body) else { return Answer::new(400) };
    let mark = Property { space: Space::Dav, name: "resourcetype", value: Value::Collection };
    let mut entries = vec![Entry { href: format!("{base}/{upload}/"), properties: vec![mark] }];
    let sum = chunks.iter().map(|(_, size)| size).sum();
    let all = std::iter::once((".file", sum));
    for (name, size) in all.chain(chunks.iter().map(|(name, size)| (name.as_str(), *size))) {
        let properties = vec![
            text(Space::Dav, "resourcetype", ""),
            text(Space::Dav, "getcontentlength", size.to_string()),
        ];
        entries.push(Entry { href: format!("{base}/{upload}/{name}"), properties });
    }
    propfind::multistatus(asked.skin.dialect, &entries, &names)
}
