//! Addresses: what a user typed, where a storage may live below it, and how a
//! path becomes part of a request.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use unicode_normalization::UnicodeNormalization as _;
use url::{Host, Url};

use super::connect::ConnectError;
use crate::model::RelPath;

/// Everything but the unreserved characters is encoded (protocol.md 3.5).
pub(super) const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Reads the address that a user typed or pasted. `https` is assumed where no
/// scheme is given; credentials, query and fragment are dropped.
pub fn entered_url(text: &str) -> Result<Url, ConnectError> {
    let text = text.trim();
    let bad = || ConnectError::BadUrl(text.split('@').next_back().unwrap_or_default().to_owned());
    let full = match text.split('/').next() {
        _ if text.contains("://") => text.to_owned(),
        // An e-mail address, most likely.
        Some(host) if host.contains('@') => return Err(bad()),
        _ => format!("https://{text}"),
    };
    let url = Url::parse(&full).map_err(|_| bad())?;
    checked_url(url)
}

/// Returns `url` freed of all that does not belong to a base address, or why
/// no password may be sent there.
pub(super) fn checked_url(mut url: Url) -> Result<Url, ConnectError> {
    let host = url.host_str().unwrap_or_default().to_owned();
    if host.is_empty() {
        return Err(ConnectError::BadUrl(url.scheme().to_owned()));
    }
    // Neither fails on a URL that has a host.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(ConnectError::InsecureHttp(host)),
        scheme => Err(ConnectError::BadUrl(format!("{scheme}://{host}"))),
    }
}

/// Whether the host is this computer.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// What a pasted address says of where a storage may be.
pub(super) struct Pasted {
    /// Folders that may hold `status.php`, most likely first.
    pub(super) bases: Vec<String>,
    /// It is the address of one of the families, whatever answers there now.
    pub(super) of_family: bool,
    /// The space of oCIS that it names.
    pub(super) space: Option<String>,
    /// The folder below the user's home or the space that it names.
    pub(super) below: RelPath,
}

/// Takes a pasted address apart: pages and WebDAV addresses of the families
/// lead to the base in front of them (protocol.md 1).
pub(super) fn pasted(url: &Url) -> Pasted {
    const FAMILY: [&str; 4] = ["index.php", "remote.php", "status.php", "ocs"];
    const TAILS: [&str; 13] = [
        "dav",
        "s",
        "f",
        "apps",
        "login",
        "logout",
        "settings",
        "files",
        "web",
        "u",
        "call",
        "public.php",
        "public-files",
    ];
    let segments: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let is_tail = |part: &&str| FAMILY.contains(part) || TAILS.contains(part);
    let cut = segments.iter().position(is_tail).unwrap_or(segments.len());
    let tail = &segments[cut..];
    // What looks like a page can be where somebody has installed a server; that
    // is tried last.
    let end = segments.iter().position(|part| FAMILY.contains(part)).unwrap_or(segments.len());
    let lengths = (0..=cut).rev().chain((cut + 1..=end).rev());
    let bases = lengths.map(|length| joined(&segments[..length])).collect();
    let of_family = tail.first().is_some_and(|part| FAMILY.contains(part));
    let (space, rest) = match tail {
        ["remote.php", "webdav", rest @ ..] | ["remote.php", "dav", "files", _, rest @ ..] => {
            (None, rest)
        }
        ["dav", "spaces", space, rest @ ..] | ["remote.php", "dav", "spaces", space, rest @ ..] => {
            (Some(decoded(space)), rest)
        }
        _ => (None, [].as_slice()),
    };
    let below: Vec<_> = rest.iter().map(|part| decoded(part)).collect();
    let below = RelPath::parse(&below.join("/")).unwrap_or_default();
    Pasted { bases, of_family, space, below }
}

fn decoded(part: &str) -> String {
    percent_decode(part.as_bytes()).decode_utf8_lossy().into_owned()
}

fn joined(segments: &[&str]) -> String {
    segments.iter().map(|part| format!("/{part}")).collect()
}

/// The place of a pair's root on one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DavRoot {
    /// Encoded, with a leading and without a trailing slash; empty for `/`.
    encoded: String,
    /// Decoded names from the origin down to the root.
    names: Vec<Vec<u8>>,
}

impl DavRoot {
    /// The place at an encoded path.
    pub(super) fn new(encoded: &str) -> Self {
        let names = split_decoded(encoded.as_bytes());
        let encoded = names.iter().fold(String::new(), |mut path, name| {
            path.push('/');
            path.extend(percent_encoding::percent_encode(name, RESERVED));
            path
        });
        Self { encoded, names }
    }

    /// The place of a folder below this one.
    pub(super) fn below(&self, path: &RelPath) -> Self {
        Self::new(self.file(path).as_str())
    }

    /// The encoded path of a request for `path`.
    pub(super) fn file(&self, path: &RelPath) -> String {
        path.names().fold(self.encoded.clone(), |mut full, name| {
            full.push('/');
            full.extend(utf8_percent_encode(name, RESERVED));
            full
        })
    }

    /// As [`Self::file`], with the slash at the end that folders like to have.
    pub(super) fn dir(&self, path: &RelPath) -> String {
        format!("{}/", self.file(path))
    }

    /// The decoded names from the origin down to `path`.
    pub(super) fn names(&self, path: &RelPath) -> Vec<Vec<u8>> {
        let below = path.names().map(|name| name.as_bytes().to_vec());
        self.names.iter().cloned().chain(below).collect()
    }
}

/// Encodes one name, such as a user id.
pub(super) fn encoded_name(name: &str) -> String {
    utf8_percent_encode(name, RESERVED).to_string()
}

/// Splits an `href` into decoded names. A full URL loses scheme and host. Parts
/// are split before they are decoded: an encoded slash stays within its name.
pub(super) fn split_decoded(href: &[u8]) -> Vec<Vec<u8>> {
    let href = href.trim_ascii();
    let path = match href.windows(3).position(|part| part == b"://") {
        Some(scheme) if !href[..scheme].contains(&b'/') => {
            let host = &href[scheme + 3..];
            &host[host.iter().position(|byte| *byte == b'/').unwrap_or(host.len())..]
        }
        _ => href,
    };
    path.split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode(part).collect())
        .collect()
}

/// Whether two decoded names are one. Servers that compose names answer with
/// the composed form (protocol.md 0.10).
pub(super) fn same_name(one: &[u8], other: &[u8]) -> bool {
    one == other
        || match (std::str::from_utf8(one), std::str::from_utf8(other)) {
            (Ok(one), Ok(other)) => one.nfc().eq(other.nfc()),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bases(text: &str) -> Vec<String> {
        pasted(&entered_url(text).unwrap()).bases
    }

    #[test]
    fn a_bare_host_is_taken_as_https() {
        assert_eq!(
            entered_url(" cloud.example.org ").unwrap().as_str(),
            "https://cloud.example.org/"
        );
        assert_eq!(
            entered_url("cloud.example.org:8443/owncloud").unwrap().as_str(),
            "https://cloud.example.org:8443/owncloud"
        );
    }

    #[test]
    fn plain_http_is_for_this_computer_only() {
        for here in
            ["http://127.0.0.1:80/", "http://127.8.9.1/x", "http://[::1]:1/", "http://localhost/"]
        {
            assert!(entered_url(here).is_ok(), "{here}");
        }
        for there in
            ["http://cloud.example.org/", "http://10.0.0.1/", "http://localhost.example.org/"]
        {
            assert!(matches!(entered_url(there), Err(ConnectError::InsecureHttp(_))), "{there}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for text in ["", "https://", "ftp://h/x", "file:///etc", "http://", "a b", "mailto:a@b"] {
            assert!(matches!(entered_url(text), Err(ConnectError::BadUrl(_))), "{text:?}");
        }
    }

    #[test]
    fn credentials_in_an_address_are_dropped_and_never_shown() {
        let url = entered_url("https://me:hunter2@h.example/x?token=1#y").unwrap();
        assert_eq!(url.as_str(), "https://h.example/x");
        let refused = entered_url("https://me:hunter2@:99999/").unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("hunter2"), "{refused}");
    }

    #[test]
    fn a_pasted_page_leads_to_the_base_in_front_of_it() {
        assert_eq!(bases("h"), [""]);
        assert_eq!(bases("h/owncloud"), ["/owncloud", ""]);
        assert_eq!(bases("h/owncloud/index.php/apps/files/?dir=/a"), ["/owncloud", ""]);
        assert_eq!(bases("h/a/b/remote.php/dav/files/me/Docs/"), ["/a/b", "/a", ""]);
        assert_eq!(bases("h/s/AbCdEf"), ["", "/s/AbCdEf", "/s"]);
        assert_eq!(bases("h/nextcloud/f/123")[..2], ["/nextcloud", ""]);
        assert_eq!(bases("h/files/spaces/personal/alice/Docs?fileId=1")[0], "");
        assert_eq!(bases("h/a/index.php/s/AbCdEf?path=/x"), ["/a", ""]);
        assert_eq!(bases("h/owncloud/status.php"), ["/owncloud", ""]);
    }

    #[test]
    fn a_pasted_webdav_address_keeps_its_folder() {
        let below = |text: &str| pasted(&entered_url(text).unwrap()).below.to_string();
        assert_eq!(below("h/remote.php/dav/files/me/A%20b/c/"), "A b/c");
        assert_eq!(below("h/remote.php/webdav/x"), "x");
        assert_eq!(below("h/index.php/apps/files"), "");
        let space = pasted(&entered_url("h/dav/spaces/a%24b/c%20d").unwrap());
        assert_eq!((space.space.as_deref(), space.below.as_str()), (Some("a$b"), "c d"));
        assert!(pasted(&entered_url("h/remote.php/dav/files/me").unwrap()).of_family);
        assert!(!pasted(&entered_url("h/dav/files").unwrap()).of_family);
    }

    #[test]
    fn everything_but_unreserved_characters_is_encoded() {
        let root = DavRoot::new("/dav/files/a%40b%24c/");
        let path = RelPath::parse("a b/é/100%/#?&+~._-").unwrap();
        assert_eq!(root.file(&path), "/dav/files/a%40b%24c/a%20b/%C3%A9/100%25/%23%3F%26%2B~._-");
        assert_eq!(root.dir(&RelPath::root()), "/dav/files/a%40b%24c/");
        assert_eq!(DavRoot::new("/").dir(&RelPath::root()), "/");
    }

    #[test]
    fn hrefs_are_split_before_they_are_decoded() {
        let names = |href: &str| split_decoded(href.as_bytes());
        assert_eq!(names("/a%2Fb/c%c3%a9/"), [b"a/b".to_vec(), "cé".into()]);
        assert_eq!(names("https://h:1/x/y"), [b"x".to_vec(), b"y".to_vec()]);
        assert_eq!(names("https://h"), Vec::<Vec<u8>>::new());
        assert_eq!(names("/x://y"), [b"x:".to_vec(), b"y".to_vec()]);
        assert_eq!(names("/%ff"), [vec![0xff]]);
    }
}
