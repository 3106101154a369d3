//! PROPFIND: which properties there are, and the multistatus in the family's hand.

use super::reply::{self, Answer};
use super::route;
use super::xml::{self, Xml};
use super::{Asked, Place};
use crate::cloud::Dialect;
use crate::cloud::dialect::Infinity;
use crate::cloud::refusal::{Method, Refusal};
use crate::cloud::request::Shown;
use crate::model::{Kind, RelPath};

const DAV: &str = "DAV:";
const OC: &str = "http://owncloud.org/ns";
const NC: &str = "http://nextcloud.org/ns";
const ROOM: &str = "quota-available-bytes";

/// Where a property belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// `DAV:`
    Dav,
    /// ownCloud's.
    Oc,
    /// Nextcloud's.
    Nc,
}

impl Space {
    fn uri(self) -> &'static str {
        match self {
            Self::Dav => DAV,
            Self::Oc => OC,
            Self::Nc => NC,
        }
    }
}

/// What a property holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Text, perhaps empty.
    Text(String),
    /// The mark of a folder.
    Collection,
    /// A list of one checksum.
    Checksum(String),
}

/// A property of one resource.
pub(super) struct Property {
    pub(super) space: Space,
    pub(super) name: &'static str,
    pub(super) value: Value,
}

/// A text property.
pub(super) fn text(space: Space, name: &'static str, value: impl Into<String>) -> Property {
    Property { space, name, value: Value::Text(value.into()) }
}

/// One resource of a multistatus.
pub(super) struct Entry {
    pub(super) href: String,
    pub(super) properties: Vec<Property>,
}

/// Answers a PROPFIND of a path in one's own home.
pub(super) fn answer(asked: &Asked<'_>, path: &RelPath, body: &[u8]) -> Answer {
    let dialect = asked.skin.dialect;
    let Some(names) = xml::properties(body) else { return bad_request(dialect) };
    let room = names.iter().any(|name| name.name == ROOM);
    match entries(asked, path, room && dialect == Dialect::Nextcloud) {
        Ok(entries) => multistatus(dialect, &entries, &names),
        Err(Depth::Refused(status)) => no_infinity(dialect, status),
        Err(Depth::Missing(refusal)) => reply::refuse(dialect, &refusal, Method::Read),
    }
}

/// Answers a PROPFIND of somebody else's home: it is there, and shows nothing
/// (protocol.md 0.1).
pub(super) fn foreign(asked: &Asked<'_>, body: &[u8]) -> Answer {
    let Place::Foreign { base } = asked.place else { return Answer::new(404) };
    let Some(mut names) = xml::properties(body) else { return bad_request(asked.skin.dialect) };
    // Not even what is missing is told.
    names.retain(|name| name.name == "resourcetype");
    let mark = Property { space: Space::Dav, name: "resourcetype", value: Value::Collection };
    let entry = Entry { href: format!("{base}/"), properties: vec![mark] };
    multistatus(asked.skin.dialect, &[entry], &names)
}

fn bad_request(dialect: Dialect) -> Answer {
    let answer = Answer::new(400);
    match dialect {
        Dialect::Plain => answer,
        _ => answer.body(
            "application/xml; charset=utf-8",
            reply::sabre(r"Sabre\DAV\Exception\BadRequest", "The request body is not valid XML"),
        ),
    }
}

fn no_infinity(dialect: Dialect, status: u16) -> Answer {
    let answer = Answer::new(status);
    let (exception, message) = match dialect {
        Dialect::OwnCloud10 => {
            (r"Sabre\DAV\Exception\PreconditionFailed", "Depth infinity not supported")
        }
        Dialect::Ocis => {
            (r"Sabre\DAV\Exception\BadRequest", "Invalid Depth header value: infinity")
        }
        Dialect::Nextcloud | Dialect::Plain => return answer,
    };
    answer.body("application/xml; charset=utf-8", reply::sabre(exception, message))
}

enum Depth {
    Refused(u16),
    Missing(Refusal),
}

impl From<Refusal> for Depth {
    fn from(refusal: Refusal) -> Self {
        Self::Missing(refusal)
    }
}

/// The resource and what the depth adds to it; with the room of folders as it
/// was told some time ago, if that is wanted.
fn entries(asked: &Asked<'_>, path: &RelPath, old_room: bool) -> Result<Vec<Entry>, Depth> {
    let Place::Files { base, .. } = asked.place else { return Ok(Vec::new()) };
    let (dialect, user) = (asked.skin.dialect, asked.user);
    let cloud = asked.skin.cloud.lock();
    let path = cloud.tidy(path);
    let now = cloud.now();
    let entry = |at: &str, shown: &Shown| {
        let told = |room| asked.skin.rooms.listed(user, at, now, room);
        let quota = shown.quota.map(|room| if old_room { told(room) } else { room });
        Entry {
            href: route::href(dialect, base, at, shown.kind == Kind::Dir),
            properties: properties(dialect, &Shown { quota, ..shown.clone() }),
        }
    };
    let below = |name: &str| RelPath::parse(&format!("{path}/{name}")).unwrap_or_default();
    let (shown, children) = cloud.list(user, &path)?;
    let mut entries = vec![entry(path.as_str(), &shown)];
    match asked.header("Depth").unwrap_or(if dialect == Dialect::Plain { "infinity" } else { "1" })
    {
        "0" => {}
        "1" => {
            let children = children.iter();
            entries.extend(children.map(|(name, shown)| entry(below(name).as_str(), shown)));
        }
        _ => match asked.skin.ways().infinity {
            Infinity::Refused(status) => return Err(Depth::Refused(status)),
            Infinity::Everything => {
                let all = cloud.list_all(user, &path)?;
                let all = all.iter();
                entries.extend(all.map(|(at, shown)| entry(below(at.as_str()).as_str(), shown)));
            }
        },
    }
    Ok(entries)
}

/// All properties that the family has of a resource.
pub(super) fn properties(dialect: Dialect, shown: &Shown) -> Vec<Property> {
    use Space::{Dav, Nc, Oc};
    let folder = shown.kind == Kind::Dir;
    let mark = if folder { Value::Collection } else { Value::Text(String::new()) };
    let mut all = vec![
        Property { space: Dav, name: "resourcetype", value: mark },
        text(Dav, "getetag", &shown.etag),
    ];
    // ownCloud 10 has no date of 1970 (protocol: the property is missing).
    if dialect != Dialect::OwnCloud10 || shown.date != 0 {
        all.push(text(Dav, "getlastmodified", reply::http_date(shown.date)));
    }
    if !folder {
        all.push(text(Dav, "getcontentlength", shown.size.to_string()));
        all.push(text(Dav, "getcontenttype", "application/octet-stream"));
    }
    if let Some(quota) = shown.quota {
        all.push(text(Dav, ROOM, quota.to_string()));
        all.push(text(Dav, "quota-used-bytes", shown.size.to_string()));
    }
    if dialect == Dialect::Plain {
        return all;
    }
    all.extend(shown.file_id.iter().map(|id| text(Oc, "fileid", id)));
    all.extend(shown.id.iter().map(|id| text(Oc, "id", id)));
    all.extend(shown.letters.iter().map(|letters| text(Oc, "permissions", letters)));
    all.push(text(Oc, "size", shown.size.to_string()));
    all.extend(shown.checksum.iter().map(|checksum| Property {
        space: Oc,
        name: "checksums",
        value: Value::Checksum(checksum.clone()),
    }));
    all.extend(shown.uploaded.map(|time| text(Nc, "upload_time", time.to_string())));
    let fingerprint = shown.fingerprint.iter();
    all.extend(fingerprint.map(|fingerprint| text(Oc, "data-fingerprint", fingerprint)));
    all
}

/// The 207, with a second propstat for what was asked for and is not there.
pub(super) fn multistatus(dialect: Dialect, entries: &[Entry], names: &[xml::Asked]) -> Answer {
    let hand = Hand::of(dialect);
    let mut xml = if dialect == Dialect::Ocis { Xml::bare() } else { Xml::declared() };
    let root = hand.tag(Space::Dav, "multistatus");
    xml.open(&root, hand.namespaces);
    for entry in entries {
        let response = hand.tag(Space::Dav, "response");
        xml.open(&response, hand.inner);
        xml.leaf(&hand.tag(Space::Dav, "href"), &entry.href);
        let (found, missing) = choose(entry, names);
        hand.propstat(&mut xml, "200 OK", |xml| {
            for property in &found {
                hand.property(xml, property);
            }
        });
        if !missing.is_empty() {
            hand.propstat(&mut xml, "404 Not Found", |xml| {
                for name in &missing {
                    hand.missing(xml, name);
                }
            });
        }
        xml.close(&response);
    }
    xml.close(&root);
    // ownCloud's own client compares it letter for letter.
    let kind = match dialect {
        Dialect::Plain => "text/xml; charset=\"utf-8\"",
        _ => "application/xml; charset=utf-8",
    };
    Answer::new(207).body(kind, xml.done())
}

/// The properties that were asked for, and the names of those that are not
/// there. A request that names none gets those of `DAV:`.
fn choose<'a>(
    entry: &'a Entry,
    names: &'a [xml::Asked],
) -> (Vec<&'a Property>, Vec<&'a xml::Asked>) {
    let is = |property: &Property, name: &xml::Asked| {
        property.name == name.name && property.space.uri() == name.namespace
    };
    let all = entry.properties.iter();
    if names.is_empty() {
        return (all.filter(|property| property.space == Space::Dav).collect(), Vec::new());
    }
    let found = all.filter(|property| names.iter().any(|name| is(property, name))).collect();
    let there = |name: &&xml::Asked| !entry.properties.iter().any(|property| is(property, name));
    (found, names.iter().filter(there).collect())
}

/// The prefixes that a family writes with.
struct Hand {
    dav: &'static str,
    /// The prefix of `DAV:` on properties.
    live: &'static str,
    namespaces: &'static [(&'static str, &'static str)],
    /// Declared on each response.
    inner: &'static [(&'static str, &'static str)],
}

impl Hand {
    fn of(dialect: Dialect) -> Self {
        const SABRE: (&str, &str) = ("xmlns:s", "http://sabredav.org/ns");
        let ours: &[_] = match dialect {
            Dialect::Nextcloud => &[("xmlns:d", DAV), SABRE, ("xmlns:oc", OC), ("xmlns:nc", NC)],
            Dialect::OwnCloud10 | Dialect::Ocis => &[("xmlns:d", DAV), SABRE, ("xmlns:oc", OC)],
            Dialect::Plain => {
                return Self {
                    dav: "D",
                    live: "lp1",
                    namespaces: &[("xmlns:D", DAV)],
                    inner: &[("xmlns:lp1", DAV)],
                };
            }
        };
        Self { dav: "d", live: "d", namespaces: ours, inner: &[] }
    }

    fn tag(&self, space: Space, name: &str) -> String {
        let prefix = match space {
            Space::Dav => self.dav,
            Space::Oc => "oc",
            Space::Nc => "nc",
        };
        format!("{prefix}:{name}")
    }

    fn propstat(&self, xml: &mut Xml, status: &str, inside: impl FnOnce(&mut Xml)) {
        let (propstat, prop) = (self.tag(Space::Dav, "propstat"), self.tag(Space::Dav, "prop"));
        xml.open(&propstat, &[]);
        xml.open(&prop, &[]);
        inside(xml);
        xml.close(&prop);
        xml.leaf(&self.tag(Space::Dav, "status"), &format!("HTTP/1.1 {status}"));
        xml.close(&propstat);
    }

    fn property(&self, xml: &mut Xml, property: &Property) {
        let tag = match property.space {
            Space::Dav => format!("{}:{}", self.live, property.name),
            Space::Oc | Space::Nc => self.tag(property.space, property.name),
        };
        match &property.value {
            Value::Text(text) => xml.leaf(&tag, text),
            Value::Collection => {
                xml.open(&tag, &[]);
                xml.leaf(&self.tag(Space::Dav, "collection"), "");
                xml.close(&tag);
            }
            Value::Checksum(checksum) => {
                xml.open(&tag, &[]);
                xml.leaf("oc:checksum", checksum);
                xml.close(&tag);
            }
        }
    }

    /// A property that is not there, in whatever namespace it was asked for.
    fn missing(&self, xml: &mut Xml, name: &xml::Asked) {
        let known = self.namespaces.iter().find(|(_, uri)| *uri == name.namespace);
        match known.and_then(|(prefix, _)| prefix.strip_prefix("xmlns:")) {
            Some(prefix) => xml.leaf(&format!("{prefix}:{}", name.name), ""),
            None => xml.empty(&format!("x1:{}", name.name), &[("xmlns:x1", &name.namespace)]),
        }
    }
}
