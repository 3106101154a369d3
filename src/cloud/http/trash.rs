//! The trash: listed, restored by MOVE, emptied by DELETE. What it shows of a
//! thing is much less than its own folder showed of it.

use super::propfind::{self, Entry, Space, text};
use super::reply::{self, Answer};
use super::transfer::with_identity;
use super::{Asked, Place, route, xml};
use crate::cloud::Dialect;
use crate::cloud::refusal::{Method, Refusal};
use crate::cloud::trash::TrashItem;
use crate::model::{Kind, RelPath};

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

/// What an item inside a deleted folder is called in URLs.
fn called_inside(dialect: Dialect, item: &TrashItem) -> String {
    match dialect {
        Dialect::OwnCloud10 => item.id.to_string(),
        _ => item.location.name().unwrap_or_default().to_owned(),
    }
}

/// What an address names: a deleted thing with its address, or one inside it
/// with the way down to it.
struct Found {
    top: TrashItem,
    below: RelPath,
    item: TrashItem,
}

fn find(asked: &Asked<'_>) -> Result<Found, Refusal> {
    let Place::Trash { item: Some(wanted), .. } = asked.place else {
        return Err(Refusal::Forbidden);
    };
    let dialect = asked.skin.dialect;
    let cloud = asked.skin.cloud.lock();
    let mut names = wanted.split('/');
    let first = names.next().unwrap_or_default();
    let tops = cloud.trash(asked.user)?;
    let top = tops.into_iter().find(|item| called(dialect, item) == first);
    let top = top.ok_or(Refusal::NotFound)?;
    let (mut item, mut below) = (top.clone(), RelPath::root());
    for name in names {
        let inside = cloud.trash_inside(asked.user, top.id, &below)?;
        let next = inside.into_iter().find(|item| called_inside(dialect, item) == name);
        item = next.ok_or(Refusal::NotFound)?;
        let name = item.location.name().unwrap_or_default();
        below = RelPath::parse(&format!("{below}/{name}")).unwrap_or_default();
    }
    Ok(Found { top, below, item })
}

/// Answers PROPFIND of the trash or one item in it.
pub(super) fn list(asked: &Asked<'_>, body: &[u8]) -> Answer {
    let Place::Trash { base, item: wanted } = asked.place else { return Answer::new(404) };
    let dialect = asked.skin.dialect;
    let Some(names) = xml::properties(body) else { return Answer::new(400) };
    let entry = |called: &str, item: &TrashItem| Entry {
        href: route::href(dialect, base, called, item.shown.kind == Kind::Dir),
        properties: properties(dialect, item),
    };
    let deep = asked.header("Depth") != Some("0");
    let entries = match wanted {
        Some(wanted) => find(asked).and_then(|found| {
            let mut entries = vec![entry(wanted, &found.item)];
            if deep && found.item.shown.kind == Kind::Dir {
                let cloud = asked.skin.cloud.lock();
                let inside = cloud.trash_inside(asked.user, found.top.id, &found.below)?;
                let called = |item| format!("{wanted}/{}", called_inside(dialect, item));
                entries.extend(inside.iter().map(|item| entry(&called(item), item)));
            }
            Ok(entries)
        }),
        None => asked.skin.cloud.lock().trash(asked.user).map(|items| {
            let mark = propfind::Property {
                space: Space::Dav,
                name: "resourcetype",
                value: propfind::Value::Collection,
            };
            let mut entries = vec![Entry { href: format!("{base}/"), properties: vec![mark] }];
            let items = items.iter().filter(|_| deep);
            entries.extend(items.map(|item| entry(&called(dialect, item), item)));
            entries
        }),
    };
    match entries {
        Ok(entries) => propfind::multistatus(dialect, &entries, &names),
        Err(refusal) => reply::refuse(dialect, &refusal, Method::Read),
    }
}

/// What the family shows of something deleted (see `TrashShows`).
fn properties(dialect: Dialect, item: &TrashItem) -> Vec<propfind::Property> {
    let Some(shows) = dialect.ways().trash else { return Vec::new() };
    let shown = &item.shown;
    let folder = shown.kind == Kind::Dir;
    let mut all = propfind::properties(dialect, shown);
    all.retain(|property| match property.name {
        "resourcetype" | "getcontentlength" => true,
        "getlastmodified" => dialect == Dialect::OwnCloud10,
        "getetag" => shows.etags && !folder,
        "fileid" => shows.ids,
        "size" => shows.sizes,
        _ => false,
    });
    let name = item.location.name().unwrap_or_default();
    let (location, at) = (item.location.as_str(), item.at.to_string());
    if dialect == Dialect::Nextcloud {
        // The trash app puts the time of the deletion there, without quotes.
        all.push(text(Space::Dav, "getetag", at.clone()));
        all.push(text(Space::Dav, "getlastmodified", reply::http_date(item.at)));
        all.push(text(Space::Oc, "permissions", "GD"));
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

/// A deleted thing itself, not something inside it.
fn find_top(asked: &Asked<'_>) -> Result<TrashItem, Refusal> {
    find(asked).and_then(|found| match found.below.is_root() {
        true => Ok(found.top),
        false => Err(Refusal::Forbidden),
    })
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
    let overwrite = asked.may_overwrite();
    if dialect == Dialect::Nextcloud && !overwrite {
        // To its WebDAV library every name in `restore/` exists.
        return reply::refuse(dialect, &Refusal::TargetExists, Method::Move);
    }
    let done = find_top(asked)
        .and_then(|item| asked.cloud().restore(user, item.id, to.as_ref(), overwrite));
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
        true => asked.cloud().purge_all(asked.user),
        false => find_top(asked).and_then(|item| asked.cloud().purge(asked.user, item.id)),
    };
    match purged {
        Ok(()) => Answer::new(204),
        Err(refusal) => reply::refuse(asked.skin.dialect, &refusal, Method::Delete),
    }
}
