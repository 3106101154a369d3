//! TUS, as oCIS speaks it: creation with and without bytes, pieces, offsets.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::reply::{self, Answer};
use super::transfer::{conditions, with_identity};
use super::{Asked, Skin, push, trouble};
use crate::cloud::blob::Blob;
use crate::cloud::faults::Fate;
use crate::cloud::refusal::{Method, Refusal};
use crate::cloud::request::{Done, Put, SentDate};
use crate::cloud::tus::NoPiece;
use crate::model::{Name, RelPath};

/// What the server believes to be its address: not what was asked (protocol.md 4.6).
const BELIEVED: &str = "https://localhost:9200/data";

fn said(status: u16) -> Answer {
    Answer::new(status)
        .header("Tus-Resumable", "1.0.0")
        .header("Tus-Extension", "creation,creation-with-upload,checksum,expiration")
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// Answers POST on a folder.
pub(super) fn create(asked: &Asked<'_>, folder: &RelPath, body: &Bytes) -> Answer {
    let length = number(asked.headers, "Upload-Length");
    let name = metadata(asked, "filename").and_then(|name| Name::new(&name).ok());
    let (Some(length), Some(name), true) =
        (length, name, asked.headers.contains_key("Tus-Resumable"))
    else {
        return said(412);
    };
    let put = Put {
        date: metadata(asked, "mtime").map(|date| SentDate::parse(&date)),
        conditions: conditions(asked),
        ..Put::plain(Blob::new(Bytes::new()))
    };
    let path = folder.join(&name);
    let mut cloud = asked.cloud();
    if length == 0 {
        // There at once, without its date and without an address.
        let put = Put { date: None, ..put };
        return match cloud.put(asked.user, &path, &put) {
            Ok(_) => said(201).header("Location", ""),
            Err(refusal) => refused(&refusal),
        };
    }
    let token = match cloud.announce(asked.user, &path, length, &put, asked.header("Initiator-ID"))
    {
        Ok(token) => token,
        Err(refusal) => return refused(&refusal),
    };
    let answer = said(201).header("Location", &format!("{BELIEVED}/{token}"));
    let with_bytes = asked.header("Content-Type") == Some("application/offset+octet-stream");
    if !with_bytes {
        return answer;
    }
    match cloud.add_piece(&token, 0, body) {
        Ok(done) => {
            let answer = answer.header("Upload-Offset", &body.len().to_string());
            match done {
                Some(done) => with_identity(asked.skin.dialect, answer, done, Method::Put),
                None => answer,
            }
        }
        Err(no) => not_taken(&no),
    }
}

/// Conditions, missing folders and bad names are all 412 here; a folder in the
/// way is 409.
fn refused(refusal: &Refusal) -> Answer {
    said(match refusal {
        Refusal::IsFolder => 409,
        Refusal::Quota => 507,
        Refusal::Forbidden => 403,
        Refusal::Locked => 423,
        _ => 412,
    })
}

fn not_taken(no: &NoPiece) -> Answer {
    match no {
        NoPiece::Unknown => said(404),
        NoPiece::Offset => said(409),
        NoPiece::TooMuch => said(413),
        NoPiece::Refused(refusal) => refused(refusal),
    }
}

fn metadata(asked: &Asked<'_>, wanted: &str) -> Option<String> {
    let fields = asked.header("Upload-Metadata")?.split(',');
    let value = fields.filter_map(|field| field.trim().split_once(' '));
    let (_, value) = value.into_iter().find(|(key, _)| *key == wanted)?;
    String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()
}

/// Answers HEAD and PATCH on the address of an upload. Who knows it needs no password.
pub(super) async fn data(
    skin: &Skin,
    token: &str,
    head: &http::request::Parts,
    body: Incoming,
) -> io::Result<Answer> {
    match head.method.as_str() {
        "HEAD" => Ok(match skin.cloud.lock().arrived(token) {
            Some(progress) => said(200)
                .header("Upload-Offset", &progress.offset.to_string())
                .header("Upload-Length", &progress.length.to_string()),
            None => said(404),
        }),
        "PATCH" => piece(skin, token, &head.headers, body).await,
        _ => Ok(said(405)),
    }
}

async fn piece(
    skin: &Skin,
    token: &str,
    headers: &HeaderMap,
    body: Incoming,
) -> io::Result<Answer> {
    let arriving = skin.cloud.lock().arriving(token);
    let (Some((path, initiator)), Some(offset)) = (arriving, number(headers, "Upload-Offset"))
    else {
        return Ok(said(404));
    };
    let fate = skin.fate("PATCH", &path, number(headers, "Content-Length"));
    if let Fate::Fail(kind) = &fate {
        return trouble::failed(skin.dialect, kind);
    }
    let cut = if let Fate::CutBody(length) = fate { Some(length) } else { None };
    let (piece, whole) = receive(body, cut).await;
    let act = push::act("PATCH", initiator.as_deref());
    let taken = skin.cloud.lock_for(act).add_piece(token, offset, &piece);
    if !whole || matches!(fate, Fate::LoseReply | Fate::Late) {
        // What has come is kept.
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(match taken {
        Ok(done) => {
            let now = (offset + piece.len() as u64).to_string();
            let answer = said(204).header("Upload-Offset", &now);
            // The id, and no version (protocol.md 4.6).
            answer.maybe("OC-FileId", done.and_then(|done: Done| done.id).as_deref())
        }
        Err(no) => not_taken(&no),
    })
}

/// The bytes that come, up to where the connection breaks; whether all came.
async fn receive(mut body: Incoming, cut: Option<u64>) -> (Bytes, bool) {
    let mut bytes = BytesMut::with_capacity(reply::announced(&body));
    let cut = cut.and_then(|cut| usize::try_from(cut).ok());
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return (bytes.freeze(), false) };
        bytes.extend_from_slice(&frame.into_data().unwrap_or_default());
        if let Some(cut) = cut.filter(|cut| bytes.len() >= *cut) {
            bytes.truncate(cut);
            return (bytes.freeze(), false);
        }
    }
    (bytes.freeze(), true)
}
