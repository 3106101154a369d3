//! The way to the server: counts what goes over it, and lets some of it fail.

use navette::cloud::{Cloud, Fate, Request, SharedCloud};

/// How many requests of each kind were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) propfind: u32,
    pub(crate) get: u32,
    pub(crate) put: u32,
    pub(crate) mkcol: u32,
    pub(crate) moved: u32,
    pub(crate) copied: u32,
    pub(crate) deleted: u32,
    /// `POST` and whatever else carries bytes.
    pub(crate) other: u32,
}

impl Asked {
    /// Requests that carry bytes or change anything.
    pub(crate) fn work(self) -> u32 {
        self.get + self.put + self.mkcol + self.moved + self.copied + self.deleted + self.other
    }

    fn count(&mut self, method: &str) {
        match method {
            "PROPFIND" => self.propfind += 1,
            "GET" => self.get += 1,
            "PUT" => self.put += 1,
            "MKCOL" => self.mkcol += 1,
            "MOVE" => self.moved += 1,
            "COPY" => self.copied += 1,
            "DELETE" => self.deleted += 1,
            _ => self.other += 1,
        }
    }
}

/// What becomes of some requests.
pub(super) struct Override {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) fate: Fate,
    pub(super) times: u32,
}

/// What somebody does just before a request arrives, once.
pub(super) struct Meanwhile {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) act: Box<dyn FnOnce(&mut Cloud) + Send>,
}

/// What goes over the wire, and what is to become of it.
#[derive(Default)]
pub(super) struct Wire {
    pub(super) asked: Asked,
    pub(super) order: Vec<String>,
    pub(super) overrides: Vec<Override>,
    pub(super) meanwhile: Vec<Meanwhile>,
}

impl Wire {
    /// Counts a request, and says what becomes of it.
    pub(super) fn fate(&mut self, cloud: &SharedCloud, request: &Request<'_>) -> Fate {
        let is_it =
            |act: &Meanwhile| act.method == request.method && act.path == request.path.as_str();
        if let Some(found) = self.meanwhile.iter().position(is_it) {
            (self.meanwhile.remove(found).act)(&mut cloud.lock());
        }
        self.asked.count(request.method);
        self.order.push(format!("{} {}", request.method, request.path));
        let meant = |entry: &&mut Override| {
            entry.times > 0
                && entry.method == request.method
                && (entry.path == "*" || entry.path == request.path.as_str())
        };
        match self.overrides.iter_mut().find(meant) {
            Some(entry) => {
                entry.times -= 1;
                entry.fate.clone()
            }
            None => Fate::Proceed,
        }
    }
}
