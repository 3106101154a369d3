//! Older versions of files: listed, and brought back by MOVE on Nextcloud, by
//! COPY elsewhere (protocol.md 6).

use super::propfind::{self, Entry, Property, Space, Value, text};
use super::reply::{self, Answer};
use super::{Asked, Place, route, xml};
use crate::cloud::Dialect;
use crate::cloud::refusal::{Method, Refusal};

/// Answers PROPFIND of the versions of a file.
pub(super) fn list(asked: &Asked<'_>, body: &[u8]) -> Answer {
    let Place::Versions { base, file_id, key: None } = asked.place else { return Answer::new(404) };
    let dialect = asked.skin.dialect;
    let Some(names) = xml::properties(body) else { return Answer::new(400) };
    let versions = match asked.skin.cloud.lock().versions(asked.user, file_id) {
        Ok(versions) => versions,
        Err(refusal) => return reply::refuse(dialect, &refusal, Method::Read),
    };
    let mark = Property { space: Space::Dav, name: "resourcetype", value: Value::Collection };
    let mut entries = vec![Entry { href: format!("{base}/"), properties: vec![mark] }];
    let etag = |at: i64| match dialect {
        // Without the quotes that every other etag has.
        Dialect::Nextcloud => at.to_string(),
        _ => format!("\"{at}\""),
    };
    let deep = asked.header("Depth") != Some("0");
    entries.extend(versions.iter().filter(|_| deep).map(|version| Entry {
        href: route::href(dialect, base, &version.key, false),
        properties: vec![
            text(Space::Dav, "resourcetype", ""),
            text(Space::Dav, "getcontentlength", version.size.to_string()),
            text(Space::Dav, "getlastmodified", reply::http_date(version.at)),
            text(Space::Dav, "getetag", etag(version.at)),
        ],
    }));
    propfind::multistatus(dialect, &entries, &names)
}

/// Answers MOVE and COPY of a version.
pub(super) fn bring_back(asked: &Asked<'_>, method: &str) -> Answer {
    let Place::Versions { base, file_id, key: Some(key) } = asked.place else {
        return Answer::new(403);
    };
    let dialect = asked.skin.dialect;
    let Some(to) = asked.header("Destination") else { return Answer::new(400) };
    let right = match dialect {
        Dialect::Nextcloud => {
            let own = base.split_once("/versions/").and_then(|(front, rest)| {
                let owner = rest.split('/').next()?;
                Some(format!("{front}/versions/{owner}/restore"))
            });
            method == "MOVE"
                && own.is_some_and(|own| route::destination(dialect, &own, to).is_some())
        }
        _ => method == "COPY",
    };
    if !right {
        return reply::refuse(dialect, &Refusal::Forbidden, Method::Move);
    }
    if dialect == Dialect::Nextcloud && !asked.may_overwrite() {
        // As in the trash: every name in `restore/` exists.
        return reply::refuse(dialect, &Refusal::TargetExists, Method::Move);
    }
    match asked.cloud().roll_back(asked.user, file_id, key) {
        // Nextcloud has made something at the target, as far as it knows.
        Ok(_) => Answer::new(if dialect == Dialect::Nextcloud { 201 } else { 204 }),
        Err(refusal) => reply::refuse(dialect, &refusal, Method::Move),
    }
}
