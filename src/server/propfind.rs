//! PROPFIND: what is asked, and a reader of the answer that never holds more
//! than one entry.

use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};

use super::failure::Failure;
use super::feed::{Feed, Limits};
use super::{ByteStream, Family};

const DAV: &str = "DAV:";
const OC: &str = "http://owncloud.org/ns";
const NC: &str = "http://nextcloud.org/ns";

/// Returns the body that asks for what the engine needs to know: of the root
/// also its identity and quota.
pub(super) fn question(family: Family, root: bool) -> String {
    let mut props = vec!["d:resourcetype", "d:getlastmodified", "d:getetag", "d:getcontentlength"];
    if family != Family::Plain {
        props.extend(["oc:fileid", "oc:permissions", "oc:size", "oc:checksums"]);
    }
    if family == Family::Nextcloud {
        props.push("nc:upload_time");
    }
    if root {
        props.push("d:quota-available-bytes");
        if family != Family::Plain {
            props.extend(["oc:id", "oc:data-fingerprint"]);
        }
    }
    asks(&props.iter().map(|name| format!("<{name}/>")).collect::<String>())
}

/// Returns the body that asks for what people choose folders by.
pub(super) fn folders_question(family: Family) -> String {
    let own = match family {
        Family::Plain => "",
        Family::Nextcloud => {
            "<oc:permissions/><oc:size/><nc:mount-type/><nc:contained-folder-count/>"
        }
        Family::OwnCloud10 | Family::Ocis => "<oc:permissions/><oc:size/>",
    };
    asks(&format!("<d:resourcetype/>{own}"))
}

/// A question for these properties.
fn asks(props: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <d:propfind xmlns:d=\"{DAV}\" xmlns:oc=\"{OC}\" xmlns:nc=\"{NC}\">\
         <d:prop>{props}</d:prop></d:propfind>"
    )
}

/// Returns the body that asks how much room there is (RFC 4331).
pub(super) fn room_question() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <d:propfind xmlns:d=\"{DAV}\"><d:prop>\
         <d:quota-available-bytes/><d:quota-used-bytes/></d:prop></d:propfind>"
    )
}

/// Returns the body that asks for what the families show of things in their trash.
pub(super) fn trash_question() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <d:propfind xmlns:d=\"{DAV}\" xmlns:oc=\"{OC}\" xmlns:nc=\"{NC}\"><d:prop>\
         <d:resourcetype/><d:getlastmodified/><d:getetag/><d:getcontentlength/>\
         <oc:fileid/><oc:size/><oc:checksums/>\
         <oc:trashbin-original-location/><oc:trashbin-delete-timestamp/>\
         <nc:trashbin-original-location/><nc:trashbin-deletion-time/>\
         </d:prop></d:propfind>"
    )
}

/// The properties of one entry that the server gave with status 200. An absent
/// property and an empty one are two things (protocol.md 3.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Props {
    /// `resourcetype` was there; whether it says collection.
    pub(super) collection: Option<bool>,
    pub(super) modified: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) length: Option<String>,
    pub(super) id: Option<String>,
    pub(super) file_id: Option<String>,
    pub(super) permissions: Option<String>,
    pub(super) size: Option<String>,
    pub(super) checksums: Option<String>,
    pub(super) quota: Option<String>,
    pub(super) quota_used: Option<String>,
    /// How a folder came into the storage.
    pub(super) mount: Option<String>,
    /// How many folders are directly in it.
    pub(super) folders: Option<String>,
    pub(super) fingerprint: Option<String>,
    /// When a request of its own brought it.
    pub(super) uploaded: Option<String>,
    /// Where it stood, of something in the trash.
    pub(super) location: Option<String>,
    /// When it was deleted.
    pub(super) deleted: Option<String>,
}

/// What a multistatus shows of one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// As the server spells it.
    pub(super) href: String,
    /// The status of the whole resource, where there is one instead of properties.
    pub(super) status: Option<u16>,
    /// Its properties; none if no group of them had status 200.
    pub(super) props: Option<Props>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    Type,
    Modified,
    Etag,
    Length,
    Id,
    FileId,
    Permissions,
    Size,
    Checksums,
    Quota,
    QuotaUsed,
    Mount,
    Folders,
    Fingerprint,
    Uploaded,
    Location,
    Deleted,
}

/// Where in the document the reader stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Multistatus,
    Response,
    Href,
    ResponseStatus,
    Propstat,
    Status,
    Prop,
    Property(Property),
    Collection,
    Checksum,
    Other,
}

impl Tag {
    /// What an element means inside `parent`; anything unknown is passed over
    /// with all it holds.
    fn of(parent: Tag, namespace: &str, name: &str) -> Self {
        match (parent, namespace, name) {
            (Self::Multistatus, DAV, "response") => Self::Response,
            (Self::Response, DAV, "href") => Self::Href,
            (Self::Response, DAV, "status") => Self::ResponseStatus,
            (Self::Response, DAV, "propstat") => Self::Propstat,
            (Self::Propstat, DAV, "status") => Self::Status,
            (Self::Propstat, DAV, "prop") => Self::Prop,
            (Self::Prop, DAV, "resourcetype") => Self::Property(Property::Type),
            (Self::Prop, DAV, "getlastmodified") => Self::Property(Property::Modified),
            (Self::Prop, DAV, "getetag") => Self::Property(Property::Etag),
            (Self::Prop, DAV, "getcontentlength") => Self::Property(Property::Length),
            (Self::Prop, DAV, "quota-available-bytes") => Self::Property(Property::Quota),
            (Self::Prop, DAV, "quota-used-bytes") => Self::Property(Property::QuotaUsed),
            (Self::Prop, NC, "mount-type") => Self::Property(Property::Mount),
            (Self::Prop, NC, "contained-folder-count") => Self::Property(Property::Folders),
            (Self::Prop, OC, "id") => Self::Property(Property::Id),
            (Self::Prop, OC, "fileid") => Self::Property(Property::FileId),
            (Self::Prop, OC, "permissions") => Self::Property(Property::Permissions),
            (Self::Prop, OC, "size") => Self::Property(Property::Size),
            (Self::Prop, OC, "checksums") => Self::Property(Property::Checksums),
            (Self::Prop, OC, "data-fingerprint") => Self::Property(Property::Fingerprint),
            (Self::Prop, NC, "upload_time") => Self::Property(Property::Uploaded),
            (Self::Prop, OC | NC, "trashbin-original-location") => {
                Self::Property(Property::Location)
            }
            (Self::Prop, OC, "trashbin-delete-timestamp")
            | (Self::Prop, NC, "trashbin-deletion-time") => Self::Property(Property::Deleted),
            (Self::Property(Property::Type), DAV, "collection") => Self::Collection,
            (Self::Property(Property::Checksums), OC, "checksum") => Self::Checksum,
            _ => Self::Other,
        }
    }

    fn has_text(self) -> bool {
        matches!(
            self,
            Self::Href | Self::ResponseStatus | Self::Status | Self::Property(_) | Self::Checksum
        )
    }
}

/// Reads a multistatus entry by entry.
pub(super) struct MultiStatus {
    reader: NsReader<Feed>,
    buffer: Vec<u8>,
    limits: Limits,
    stack: Vec<Tag>,
    finished: bool,
    entries: usize,
    text: String,
    shown: Shown,
    /// The group of properties being read, and its status.
    group: (Props, Option<u16>),
}

impl MultiStatus {
    /// Reads from the body of an answer.
    pub(super) fn new(body: ByteStream, limits: Limits) -> Self {
        let mut reader = NsReader::from_reader(Feed::new(body, limits));
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            limits,
            stack: Vec::new(),
            finished: false,
            entries: 0,
            text: String::new(),
            shown: Shown::default(),
            group: (Props::default(), None),
        }
    }

    /// Returns the next entry; `None` only after the whole document was there
    /// and well-formed. After an error, what was read before is worth nothing.
    pub(super) async fn next(&mut self) -> Result<Option<Shown>, Failure> {
        loop {
            self.buffer.clear();
            let (namespace, event) =
                self.reader.read_resolved_event_into_async(&mut self.buffer).await?;
            match event {
                Event::Start(start) => {
                    let tag = Self::entered(&self.stack, self.finished, namespace, &start)?;
                    if self.stack.len() >= self.limits.nesting {
                        return Err(Failure::nonsense("XML nested too deeply"));
                    }
                    if start.len() > self.limits.tag {
                        return Err(Failure::nonsense("an element with too many attributes"));
                    }
                    self.stack.push(tag);
                    self.started(tag)?;
                }
                Event::End(_) => {
                    if let Some(tag) = self.stack.pop()
                        && let Some(shown) = self.ended(tag)?
                    {
                        return Ok(Some(shown));
                    }
                }
                Event::Text(text) => Self::heard(self.stack.last(), &mut self.text, &text)?,
                Event::CData(text) => Self::heard(self.stack.last(), &mut self.text, &text)?,
                Event::GeneralRef(name) => {
                    let mut one = [0; 4];
                    let text = resolved(&name, &mut one)?;
                    Self::heard(self.stack.last(), &mut self.text, text)?;
                }
                Event::Eof if self.finished => return Ok(None),
                Event::Eof => return Err(Failure::nonsense("the XML ends in the middle")),
                // Entities of one's own making are how XML explodes.
                Event::DocType(_) => return Err(Failure::nonsense("a document type, as in HTML")),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
            if self.text.len() > self.limits.property {
                return Err(Failure::nonsense("a property is too long"));
            }
        }
    }

    fn entered(
        stack: &[Tag],
        finished: bool,
        namespace: ResolveResult<'_>,
        start: &BytesStart<'_>,
    ) -> Result<Tag, Failure> {
        let name = start.local_name();
        let name = name.as_ref();
        let namespace = match namespace {
            ResolveResult::Bound(Namespace(namespace)) => namespace,
            ResolveResult::Unbound | ResolveResult::Unknown(_) => "",
        };
        match stack.last() {
            Some(parent) => Ok(Tag::of(*parent, namespace, name)),
            None if !finished && (namespace, name) == (DAV, "multistatus") => Ok(Tag::Multistatus),
            None => {
                let name: String = name.chars().take(40).collect();
                Err(Failure::nonsense(format!("<{name}> instead of a listing")))
            }
        }
    }

    /// Takes text where an element wants it. Outside the document there is none.
    fn heard(inside: Option<&Tag>, text: &mut String, more: &str) -> Result<(), Failure> {
        match inside {
            Some(tag) if tag.has_text() => text.push_str(more),
            Some(_) => {}
            None if more.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() => {}
            None => return Err(Failure::nonsense("text around the XML")),
        }
        Ok(())
    }

    fn started(&mut self, tag: Tag) -> Result<(), Failure> {
        if tag.has_text() {
            self.text.clear();
        }
        match tag {
            Tag::Response => {
                self.entries += 1;
                if self.entries > self.limits.entries {
                    return Err(Failure::nonsense("too many entries"));
                }
                self.shown = Shown::default();
            }
            Tag::Propstat => self.group = (Props::default(), None),
            Tag::Property(Property::Type) => self.group.0.collection = Some(false),
            Tag::Collection => self.group.0.collection = Some(true),
            _ => {}
        }
        Ok(())
    }

    /// Ends an element; the end of a response gives the entry.
    fn ended(&mut self, tag: Tag) -> Result<Option<Shown>, Failure> {
        match tag {
            Tag::Href if !self.shown.href.is_empty() => {
                return Err(Failure::nonsense("an entry with two addresses"));
            }
            Tag::Href => self.shown.href = self.text.trim().to_owned(),
            Tag::ResponseStatus => self.shown.status = status_code(&self.text),
            Tag::Status => self.group.1 = status_code(&self.text),
            Tag::Property(property) => self.keep(property),
            Tag::Checksum => self.group.0.checksums = Some(self.text.trim().to_owned()),
            Tag::Propstat if self.group.1 == Some(200) => {
                let (props, _) = std::mem::take(&mut self.group);
                self.shown.props = Some(match self.shown.props.take() {
                    Some(earlier) => earlier.with(props),
                    None => props,
                });
            }
            Tag::Response => {
                if self.shown.href.is_empty() {
                    return Err(Failure::nonsense("an entry without an address"));
                }
                self.reader.get_mut().next_entry();
                return Ok(Some(std::mem::take(&mut self.shown)));
            }
            Tag::Multistatus => self.finished = true,
            _ => {}
        }
        Ok(None)
    }

    fn keep(&mut self, property: Property) {
        let props = &mut self.group.0;
        let field = match property {
            // Their value is in the elements inside.
            Property::Type | Property::Checksums => return,
            Property::Modified => &mut props.modified,
            Property::Etag => &mut props.etag,
            Property::Length => &mut props.length,
            Property::Id => &mut props.id,
            Property::FileId => &mut props.file_id,
            Property::Permissions => &mut props.permissions,
            Property::Size => &mut props.size,
            Property::Quota => &mut props.quota,
            Property::QuotaUsed => &mut props.quota_used,
            Property::Mount => &mut props.mount,
            Property::Folders => &mut props.folders,
            Property::Fingerprint => &mut props.fingerprint,
            Property::Uploaded => &mut props.uploaded,
            Property::Location => &mut props.location,
            Property::Deleted => &mut props.deleted,
        };
        *field = Some(self.text.trim().to_owned());
    }
}

impl Props {
    /// Joins two groups of one entry.
    fn with(self, other: Self) -> Self {
        Self {
            collection: other.collection.or(self.collection),
            modified: other.modified.or(self.modified),
            etag: other.etag.or(self.etag),
            length: other.length.or(self.length),
            id: other.id.or(self.id),
            file_id: other.file_id.or(self.file_id),
            permissions: other.permissions.or(self.permissions),
            size: other.size.or(self.size),
            checksums: other.checksums.or(self.checksums),
            quota: other.quota.or(self.quota),
            quota_used: other.quota_used.or(self.quota_used),
            mount: other.mount.or(self.mount),
            folders: other.folders.or(self.folders),
            fingerprint: other.fingerprint.or(self.fingerprint),
            uploaded: other.uploaded.or(self.uploaded),
            location: other.location.or(self.location),
            deleted: other.deleted.or(self.deleted),
        }
    }
}

/// The number in `HTTP/1.1 200 OK`.
fn status_code(line: &str) -> Option<u16> {
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What `&name;` stands for; only what every XML knows.
fn resolved<'a>(name: &BytesRef<'_>, one: &'a mut [u8; 4]) -> Result<&'a str, Failure> {
    if let Some(letter) = name.resolve_char_ref()? {
        return Ok(letter.encode_utf8(one));
    }
    resolve_predefined_entity(name).ok_or_else(|| Failure::nonsense("an unknown entity"))
}
