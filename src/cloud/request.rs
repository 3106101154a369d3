//! What a client asks of a cloud, and what it is told.

use super::blob::Blob;
use super::dialect::{Ids, Ways};
use super::refusal::{Method, Refusal};
use crate::model::Kind;

/// The value of `If-Match` or `If-None-Match`, as the client wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// `*`: anything.
    Any,
    /// These, each with its quotes and `W/`.
    Some(Vec<String>),
}

impl Tags {
    /// Reads a header's value.
    pub fn parse(value: &str) -> Self {
        match value.trim() {
            "*" => Self::Any,
            list => Self::Some(list.split(',').map(|tag| tag.trim().to_owned()).collect()),
        }
    }

    /// Whether `shown` is among them, compared strongly: a weak etag is equal to none.
    pub fn match_strongly(&self, shown: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Some(tags) => !shown.starts_with("W/") && tags.iter().any(|tag| tag == shown),
        }
    }

    /// Whether `shown` is among them, weak or not.
    pub fn match_weakly(&self, shown: &str) -> bool {
        let bare = |tag: &str| tag.trim_start_matches("W/").to_owned();
        match self {
            Self::Any => true,
            Self::Some(tags) => tags.iter().any(|tag| bare(tag) == bare(shown)),
        }
    }
}

/// The conditions of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `If-Match`.
    pub if_match: Option<Tags>,
    /// `If-None-Match`.
    pub if_none_match: Option<Tags>,
}

impl Conditions {
    /// No conditions.
    pub fn none() -> Self {
        Self::default()
    }

    /// `If-Match` with one etag, quoted.
    pub fn version(quoted: String) -> Self {
        Self { if_match: Some(Tags::Some(vec![quoted])), if_none_match: None }
    }

    /// `If-Match: *`.
    pub fn present() -> Self {
        Self { if_match: Some(Tags::Any), if_none_match: None }
    }

    /// `If-None-Match: *`.
    pub fn absent() -> Self {
        Self { if_match: None, if_none_match: Some(Tags::Any) }
    }

    /// Refuses if they do not hold for what is there: its etag as shown, and
    /// none for a folder that never matches.
    pub(super) fn check(
        &self,
        there: Option<Option<&str>>,
        none_match: bool,
    ) -> Result<(), Refusal> {
        let refused = || Err(Refusal::Precondition(there.flatten().map(str::to_owned)));
        if let Some(tags) = &self.if_match {
            let holds = there.is_some_and(|etag| {
                *tags == Tags::Any || etag.is_some_and(|etag| tags.match_strongly(etag))
            });
            if !holds {
                return refused();
            }
        }
        match (&self.if_none_match, there) {
            (Some(Tags::Any), Some(_)) if none_match => refused(),
            (Some(tags), Some(Some(etag))) if none_match && tags.match_weakly(etag) => refused(),
            _ => Ok(()),
        }
    }
}

/// The value of `X-OC-Mtime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentDate {
    /// Seconds since 1970; a fraction is cut off.
    Seconds(i64),
    /// Not a number.
    Nonsense,
}

impl SentDate {
    /// Reads the header's value.
    pub fn parse(value: &str) -> Self {
        let whole = value.trim().split('.').next().unwrap_or_default();
        whole.parse().map_or(Self::Nonsense, Self::Seconds)
    }
}

/// A PUT.
#[derive(Clone, Debug)]
pub struct Put {
    /// The body.
    pub blob: Blob,
    /// `X-OC-Mtime`.
    pub date: Option<SentDate>,
    /// `OC-Checksum`, as the client wrote it.
    pub checksum: Option<String>,
    /// Conditions.
    pub conditions: Conditions,
}

impl Put {
    /// Writes these bytes, whatever is there.
    pub fn plain(blob: Blob) -> Self {
        Self { blob, date: None, checksum: None, conditions: Conditions::none() }
    }
}

/// What a write did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Nothing was there before (201), or something was (204).
    pub created: bool,
    /// File or folder.
    pub kind: Kind,
    /// `oc:id`, where there are ids.
    pub id: Option<String>,
    /// `oc:fileid`, where there are ids.
    pub file_id: Option<String>,
    /// The etag as shown, with quotes.
    pub etag: String,
}

/// What the answer to a write tells of what it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// `oc:id`.
    pub id: Option<String>,
    /// `oc:fileid`.
    pub file_id: Option<String>,
    /// The etag, with quotes.
    pub etag: Option<String>,
}

impl Done {
    /// What this family tells. The PHP families keep a folder's etag to
    /// themselves, oCIS all about a folder that it made, plain servers everything.
    pub fn told(self, ways: &Ways, method: Method) -> Told {
        let folder = self.kind == Kind::Dir;
        let made = method == Method::MakeDir;
        match ways.ids {
            Ids::None => Told::default(),
            Ids::Spaces if made => Told::default(),
            Ids::Numbers if folder => Told { id: self.id, file_id: self.file_id, etag: None },
            Ids::Numbers | Ids::Spaces => {
                Told { id: self.id, file_id: self.file_id, etag: Some(self.etag) }
            }
        }
    }
}

/// A node as the cloud shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// File or folder.
    pub kind: Kind,
    /// The etag, with quotes and `W/`.
    pub etag: String,
    /// `oc:id`.
    pub id: Option<String>,
    /// `oc:fileid`.
    pub file_id: Option<String>,
    /// `oc:permissions`.
    pub letters: Option<String>,
    /// `oc:checksum` as text: `SHA1:...`.
    pub checksum: Option<String>,
    /// Length in bytes; of a folder, of all that is in it.
    pub size: u64,
    /// `getlastmodified`, seconds since 1970.
    pub date: i64,
    /// `quota-available-bytes`, of a folder.
    pub quota: Option<i64>,
    /// `oc:data-fingerprint`, of the root of an account.
    pub fingerprint: Option<String>,
    /// `nc:upload_time` of a file, seconds since 1970; 0 if no request of its
    /// own ever brought it.
    pub uploaded: Option<i64>,
}

/// A file as it is read.
#[derive(Clone, Debug)]
pub struct ReadFile {
    /// What the headers say.
    pub shown: Shown,
    /// The bytes, which are the truth.
    pub blob: Blob,
}
