//! `POST remote.php/dav/bulk` of Nextcloud (protocol.md 4.7).

use std::collections::BTreeMap;
use std::io;

use hyper::body::Incoming;
use serde_json::{Map, Value, json};

use super::reply::{self, Answer};
use super::{Asked, trouble};
use crate::cloud::Blob;
use crate::cloud::bulk::BulkPart;
use crate::cloud::faults::Fate;
use crate::cloud::refusal::Refusal;
use crate::cloud::request::{Conditions, Put, SentDate};
use crate::model::RelPath;

/// A part as it came, with what its path is called in the answer.
struct Read {
    name: String,
    part: BulkPart,
}

/// Answers the request, as far as its fate lets it; a fault is about the path
/// of the first file.
pub(super) async fn answer(asked: &Asked<'_>, body: Incoming) -> io::Result<Answer> {
    let Some(boundary) = asked.header("Content-Type").and_then(boundary) else {
        return Ok(told(400, Map::new()));
    };
    let body = reply::collect(body).await?;
    let (read, sound) = parts(&body, &boundary);
    let first = read.first().map(|read| read.part.path.clone()).unwrap_or_default();
    let fate = asked.skin.fate("POST", &first, Some(body.len() as u64));
    if let Fate::Fail(kind) = &fate {
        return trouble::failed(asked.skin.dialect, kind);
    }
    let parts: Vec<BulkPart> = read.iter().map(|read| read.part.clone()).collect();
    if let Fate::CutBody(length) = fate {
        asked.cloud().put_bulk_cut(asked.user, &parts, length);
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let (end, letters) = {
        let mut cloud = asked.cloud();
        let end = cloud.put_bulk(asked.user, &parts);
        let letters = |part: &BulkPart| Some(cloud.look(asked.user, &part.path).ok()?.letters);
        let letters: Vec<_> = parts.iter().map(letters).collect();
        (end, letters)
    };
    if matches!(fate, Fate::LoseReply | Fate::Late) {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let mut files = Map::new();
    for ((end, read), letters) in end.parts.iter().zip(&read).zip(letters) {
        let said = match end {
            Ok(done) => json!({
                "error": false,
                "etag": done.etag.trim_matches('"'),
                "fileid": done.id,
                "permissions": letters.flatten(),
            }),
            Err(refusal) => json!({"error": true, "message": message(asked, refusal, &read.name)}),
        };
        files.insert(read.name.clone(), said);
    }
    Ok(told(if end.stopped || !sound { 400 } else { 200 }, files))
}

fn message(asked: &Asked<'_>, refusal: &Refusal, name: &str) -> String {
    let at = format!("/{}/files{name}", asked.user);
    match refusal {
        Refusal::NoParent => format!("Could not create path \"{at}\""),
        Refusal::Locked => format!("\"{at}\" is locked"),
        other => other.to_string(),
    }
}

/// JSON under the name of a page; PHP writes an empty list where nothing was done.
fn told(status: u16, files: Map<String, Value>) -> Answer {
    let body = if files.is_empty() { json!([]) } else { Value::Object(files) };
    Answer::new(status).body("text/html; charset=UTF-8", body.to_string())
}

/// The boundary, which must be the first parameter.
fn boundary(kind: &str) -> Option<String> {
    let (kind, parameters) = kind.split_once(';')?;
    let (name, value) = parameters.split(';').next()?.split_once('=')?;
    let right = kind.trim() == "multipart/related" && name.trim() == "boundary";
    let value = value.trim().trim_matches('"');
    (right && !value.is_empty() && !value.contains('=')).then(|| value.to_owned())
}

/// The parts up to the first that cannot be read, and whether that is the end.
fn parts(body: &[u8], boundary: &str) -> (Vec<Read>, bool) {
    let (begins, ends) = (format!("--{boundary}\r\n"), format!("--{boundary}--\r\n"));
    let (mut all, mut rest) = (Vec::new(), body);
    while let Some(after) = rest.strip_prefix(begins.as_bytes()) {
        match part(after) {
            Some((read, behind)) => (all.push(read), rest = behind).1,
            None => return (all, false),
        }
    }
    (all, rest == ends.as_bytes())
}

/// A part, and what follows it.
fn part(bytes: &[u8]) -> Option<(Read, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let mut headers = BTreeMap::new();
    for line in std::str::from_utf8(&bytes[..end]).ok()?.split("\r\n") {
        let (name, value) = line.split_once(':')?;
        headers.insert(name.trim().to_lowercase(), value.trim().to_owned());
    }
    let length: usize = headers.get("content-length")?.parse().ok()?;
    let content = bytes[end + 4..].get(..length)?;
    let behind = bytes[end + 4 + length..].strip_prefix(b"\r\n")?;
    let name = headers.get("x-file-path")?.clone();
    let date = headers.get("x-oc-mtime").or_else(|| headers.get("x-file-mtime"));
    let sum = headers.get("oc-checksum").cloned();
    let sum = sum.or_else(|| Some(format!("md5:{}", headers.get("x-file-md5")?)));
    let put = Put {
        blob: Blob::new(content.to_vec()),
        date: date.map(|date| SentDate::parse(date)),
        checksum: Some(sum?),
        conditions: Conditions::none(),
    };
    let path = RelPath::parse(&name).ok()?;
    Some((Read { name, part: BulkPart { path, put } }, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_is_the_first_parameter_or_none() {
        assert_eq!(boundary("multipart/related; boundary=x").as_deref(), Some("x"));
        assert_eq!(boundary("multipart/related; boundary=\"x\"; a=b").as_deref(), Some("x"));
        assert_eq!(boundary("multipart/related; a=b; boundary=x"), None);
        assert_eq!(boundary("multipart/form-data; boundary=x"), None);
    }

    #[test]
    fn a_part_may_bring_either_checksum() {
        let with = |sum: &str| {
            let text = format!("X-File-Path: /a\r\nContent-Length: 2\r\n{sum}\r\n\r\nhi\r\n");
            Some(part(text.as_bytes())?.0.part.put.checksum.unwrap())
        };
        assert_eq!(with("OC-Checksum: sha1:aa").as_deref(), Some("sha1:aa"));
        assert_eq!(with("X-File-MD5: bb").as_deref(), Some("md5:bb"));
        assert_eq!(with("X-Other: cc"), None);
    }

    #[test]
    fn parts_are_read_up_to_the_first_that_is_broken() {
        let sound =
            "--x\r\nX-File-Path: /a\r\nContent-Length: 2\r\nOC-Checksum: sha1:0\r\n\r\n--\r\n";
        let whole = format!("{sound}--x--\r\n");
        let (read, end) = parts(whole.as_bytes(), "x");
        assert_eq!((read.len(), end), (1, true));
        assert_eq!(&read[0].part.put.blob.bytes()[..], b"--");
        let preamble = format!("hello\r\n{whole}");
        assert!(matches!(parts(preamble.as_bytes(), "x"), (read, false) if read.is_empty()));
        let short = format!("{sound}--x\r\nX-File-Path: /b\r\n\r\n\r\n--x--\r\n");
        assert!(matches!(parts(short.as_bytes(), "x"), (read, false) if read.len() == 1));
    }
}
