//! Ids of files, as answers to writes name them.

use reqwest::header::HeaderMap;

use super::Family;
use super::dav::{Dav, header};

impl Dav {
    /// The file id in `OC-FileId`.
    pub(super) fn file_id(&self, headers: &HeaderMap) -> Option<String> {
        self.file_id_of(header(headers, "OC-FileId")?)
    }

    /// The file id in what answers to writes call so. On Nextcloud and ownCloud 10 that is an
    /// `oc:id`: the number filled up with zeros, and the instance.
    pub(super) fn file_id_of(&self, id: String) -> Option<String> {
        if !self.profile.file_ids {
            return None;
        }
        if self.profile.family == Family::Ocis {
            return Some(id);
        }
        let number = id.strip_suffix(self.instance.as_deref()?)?.trim_start_matches('0');
        (!number.is_empty()).then(|| number.to_owned())
    }
}
