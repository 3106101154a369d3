//! MKCOL, MOVE, COPY, DELETE and PROPPATCH.

use super::propfind::{self, Entry, Space, text};
use super::reply::{self, Answer};
use super::transfer::{conditions, with_identity};
use super::{Asked, Place, route, xml};
use crate::cloud::refusal::{Method, Refusal};
use crate::model::{Kind, RelPath};

/// Answers MKCOL.
pub(super) fn make_dir(asked: &Asked<'_>, path: &RelPath) -> Answer {
    let dialect = asked.skin.dialect;
    let made = asked.cloud().make_dir(asked.user, path);
    match made {
        Ok(done) => with_identity(dialect, Answer::new(201), done, Method::MakeDir),
        Err(refusal) => reply::refuse(dialect, &refusal, Method::MakeDir),
    }
}

/// Answers MOVE, and COPY, which tells the id only.
pub(super) fn relocate(asked: &Asked<'_>, path: &RelPath, moves: bool) -> Answer {
    let dialect = asked.skin.dialect;
    let Place::Files { base, .. } = asked.place else { return Answer::new(403) };
    let Some(value) = asked.header("Destination") else { return Answer::new(400) };
    let Some(to) = route::destination(dialect, base, value) else { return Answer::new(403) };
    let overwrite = asked.may_overwrite();
    let mut cloud = asked.cloud();
    let done = match moves {
        true => cloud.rename(asked.user, path, &to, overwrite, &conditions(asked)),
        false => cloud.copy(asked.user, path, &to, overwrite, &conditions(asked)),
    };
    match done {
        Ok(done) => {
            let answer = Answer::new(if done.created { 201 } else { 204 });
            match moves {
                true => with_identity(dialect, answer, done, Method::Move),
                false => answer.maybe("OC-FileId", done.id.as_deref()),
            }
        }
        Err(refusal) => reply::refuse(dialect, &refusal, Method::Move),
    }
}

/// Answers DELETE.
pub(super) fn delete(asked: &Asked<'_>, path: &RelPath) -> Answer {
    let gone = asked.cloud().delete(asked.user, path, &conditions(asked));
    match gone {
        Ok(()) => Answer::new(204),
        Err(refusal) => reply::refuse(asked.skin.dialect, &refusal, Method::Delete),
    }
}

/// Answers PROPPATCH: the date is set, or the family pretends so; everything
/// else is refused.
pub(super) fn patch(asked: &Asked<'_>, path: &RelPath, body: &[u8]) -> Answer {
    let (dialect, user) = (asked.skin.dialect, asked.user);
    let Place::Files { base, .. } = asked.place else { return Answer::new(403) };
    let Some(wanted) = xml::properties(body) else { return Answer::new(400) };
    let mut cloud = asked.cloud();
    let kind = match cloud.look(user, path) {
        Ok(shown) => shown.kind,
        Err(refusal) => return reply::refuse(dialect, &refusal, Method::Patch),
    };
    let mut properties = Vec::new();
    for one in &wanted {
        let date = one.text.trim().parse().ok().filter(|_| one.name == "lastmodified");
        let Some(date) = date else { continue };
        match cloud.set_date(user, path, date) {
            Ok(_) => properties.push(text(Space::Dav, "lastmodified", "")),
            Err(refusal) => return reply::refuse(dialect, &refusal, Method::Patch),
        }
    }
    if properties.is_empty() && !wanted.is_empty() {
        return reply::refuse(dialect, &Refusal::Forbidden, Method::Patch);
    }
    let href = route::href(dialect, base, path.as_str(), kind == Kind::Dir);
    propfind::multistatus(dialect, &[Entry { href, properties }], &wanted)
}
