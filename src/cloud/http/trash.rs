//! The trash: listed, restored by MOVE, emptied by DELETE.

use super::propfind::{self, Entry, Space, text};
use super::reply::{self, Answer};
use super::transfer::with_identity;
use super::{Asked, Place, route, xml};
use crate::cloud::Dialect;
use crate::cloud::refusal::{Method, Refusal};
use crate::cloud::trash::TrashItem;
use crate::model::Kind;

/// What an item is called in URLs.
fn called(dialect: Dialect, item: &TrashItem) -> String {
    match dialect {
        Dialect::Nextcloud => {
            format!("{}.d{}", item.location.name().unwrap_or_default(), item.at)
        }
        Dialect::OwnCloud10 | Dialect::Plain => item.id.to_string(),
        Dialect::Ocis => {
            let id = item.shown.file_id.as_deref().unwrap_or_default();
            id.rsplit('!').next().unwrap_or_default().to_owned()
        }
    }
}

/// Answers PROPFIND of the trash or one item in it.
pub(super) fn list(asked: &Asked<'_>, body: &[u8]) -> Answer {
    let Place::Trash { base, item: wanted } = asked.place else { return Answer::new(404) };
    let dialect = asked.skin.dialect;
    let Some(names) = xml::properties(body) else { return Answer::new(400) };
    let items = match asked.skin.cloud.lock().trash(asked.user) {
        Ok(items) => items,
        Err(refusal) => return reply::refuse(dialect, &refusal, Method::Read),
    };
    let entry = |item: &TrashItem| Entry {
        href: route::href(dialect, base, &called(dialect, item), item.shown.kind == Kind::Dir),
        properties: properties(dialect, item),
    };
    let mut entries = Vec::new();
    match wanted {
        Some(wanted) => {
            let found = items.iter().filter(|item| called(dialect, item) == *wanted);
            entries.extend(found.map(entry));
            if entries.is_empty() {
                return reply::refuse(dialect, &Refusal::NotFound, Method::Read);
            }
        }
        None => {
            let mark = propfind::Property {
                space: Space::Dav,
                name: "resourcetype",
                value: propfind::Value::Collection,
            };
            entries.push(Entry { href: format!("{base}/"), properties: vec![mark] });
            if asked.header("Depth") != Some("0") {
                entries.extend(items.iter().map(entry));
            }
        }
    }
    propfind::multistatus(dialect, &entries, &names)
}

fn properties(dialect: Dialect, item: &TrashItem) -> Vec<propfind::Property> {
    let mut all = propfind::properties(dialect, &item.shown);
    let name = item.location.name().unwrap_or_default();
    let (location, at) = (item.location.as_str(), item.at.to_string());
    if dialect == Dialect::Nextcloud {
        all.push(text(Space::Nc, "trashbin-filename", name));
        all.push(text(Space::Nc, "trashbin-original-location", location));
        all.push(text(Space::Nc, "trashbin-deletion-time", at));
        return all;
    }
    all.push(text(Space::Oc, "trashbin-original-filename", name));
    all.push(text(Space::Oc, "trashbin-original-location", location));
    all.push(text(Space::Oc, "trashbin-delete-timestamp", at));
    all.push(text(Space::Oc, "trashbin-delete-datetime", reply::http_date(item.at)));
    all
}

fn find(asked: &Asked<'_>) -> Result<TrashItem, Refusal> {
    let Place::Trash { item: Some(wanted), .. } = asked.place else {
        return Err(Refusal::Forbidden);
    };
    let items = asked.skin.cloud.lock().trash(asked.user)?;
    let mut items = items.into_iter();
    items.find(|item| called(asked.skin.dialect, item) == *wanted).ok_or(Refusal::NotFound)
}

/// Answers MOVE out of the trash: on Nextcloud to `restore/`, which is the
/// place where it was, elsewhere to a path of the files.
pub(super) fn restore(asked: &Asked<'_>) -> Answer {
    let (dialect, user) = (asked.skin.dialect, asked.user);
    let Place::Trash { base, .. } = asked.place else { return Answer::new(403) };
    let Some(value) = asked.header("Destination") else { return Answer::new(400) };
    let to = match dialect {
        Dialect::Nextcloud => {
            let home = base.trim_end_matches("/trash");
            let inside = route::destination(dialect, &format!("{home}/restore"), value);
            inside.map(|_| None)
        }
        Dialect::OwnCloud10 | Dialect::Plain => {
            let home = base.replacen("/trash-bin/", "/files/", 1);
            route::destination(dialect, &home, value).map(Some)
        }
        Dialect::Ocis => {
            let space = base.replacen("/trash-bin/", "/", 1);
            let home = format!("/remote.php/dav/files/{user}");
            let inside = |base: &str| route::destination(dialect, base, value);
            let path = inside(&space).or_else(|| inside(&home));
            path.or_else(|| inside("/remote.php/webdav")).map(Some)
        }
    };
    let Some(to) = to else { return Answer::new(403) };
    let overwrite = !asked.header("Overwrite").is_some_and(|value| value.eq_ignore_ascii_case("F"));
    let done = find(asked)
        .and_then(|item| asked.skin.cloud.lock().restore(user, item.id, to.as_ref(), overwrite));
    match done {
        Ok(done) => {
            let answer = Answer::new(if done.created { 201 } else { 204 });
            with_identity(dialect, answer, done, Method::Move)
        }
        Err(refusal) => reply::refuse(dialect, &refusal, Method::Move),
    }
}

/// Answers DELETE of one item, or of all.
pub(super) fn purge(asked: &Asked<'_>) -> Answer {
    let all = matches!(asked.place, Place::Trash { item: None, .. });
    let purged = match all {
        true => asked.skin.cloud.lock().purge_all(asked.user),
        false => find(asked).and_then(|item| asked.skin.cloud.lock().purge(asked.user, item.id)),
    };
    match purged {
        Ok(()) => Answer::new(204),
        Err(refusal) => reply::refuse(asked.skin.dialect, &refusal, Method::Delete),
    }
}
