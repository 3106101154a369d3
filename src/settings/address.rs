//! Addresses of servers and paths on them, as people type them.

use std::fmt;

use url::{Host, Url};

use crate::model::RelPath;

use super::{Result, SettingsError};

/// The checked address of a server: encrypted, or on this computer; without
/// login, query and trailing slash.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
    /// As [`Url::as_str`], without the trailing slash.
    text: String,
}

/// Pages of a server's site that people paste instead of its address. What
/// else may be one, the server tells when it is asked.
const PAGES: [&str; 6] = ["/index.php", "/apps/", "/login", "/status.php", "/public.php", "/ocs/"];

/// Where the addresses of files begin in which a folder is named.
const FILES: [&str; 3] = ["/remote.php", "/dav/spaces", "/dav/files"];

impl Address {
    /// Reads what a person typed or pasted; `https` is assumed where nothing is said.
    ///
    /// # Errors
    ///
    /// If it is no address, holds a login, or is not encrypted.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || SettingsError::AddressBad(text.to_owned());
        let typed = text.trim();
        let typed = typed.trim_matches(['<', '>', '"', '\'']);
        // What a browser hands to a client at the end of signing in.
        if typed.contains("&password:") {
            return Err(SettingsError::AddressSecret);
        }
        let full = with_scheme(typed);
        // Before anything of it can be shown: `user:password@host` also
        // parses as an address.
        let mut url = Url::parse(&full).map_err(|_| match typed.contains('@') {
            true => SettingsError::AddressSecret,
            false => bad(),
        })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SettingsError::AddressSecret);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_this_computer(&url) => {}
            "http" => return Err(SettingsError::NotEncrypted(text.to_owned())),
            _ => return Err(bad()),
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(bad());
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = before(url.path(), &PAGES).trim_end_matches('/').to_owned();
        url.set_path(&path);
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
    }

    /// The folder that a pasted page of files shows (`…/apps/files/?dir=/Photos`).
    /// It is not part of the address: who pastes what the browser happens to
    /// show means the server, and is only told how to choose the folder.
    pub fn shown_folder(text: &str) -> Option<RelPath> {
        let url = Url::parse(&with_scheme(text.trim())).ok()?;
        let (_, dir) = url.query_pairs().find(|(key, _)| key == "dir")?;
        let page = url.path().contains("/apps/files");
        RelPath::parse(dir.trim_matches('/')).ok().filter(|dir| page && !dir.is_root())
    }

    /// The address as a URL.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The address as text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, with the port if it is not the usual one: for people.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// How the account of `user` is called, in settings and in the keychain:
    /// `alice@cloud.example.org`, with the path if there is one.
    pub fn account_name(&self, user: &str) -> String {
        let site = before(self.url.path(), &FILES).trim_end_matches('/');
        format!("{user}@{}{site}", self.host())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What stands in `path` before the first of `parts`.
fn before<'a>(path: &'a str, parts: &[&str]) -> &'a str {
    let end = parts.iter().filter_map(|part| path.find(part)).min();
    &path[..end.unwrap_or(path.len())]
}

/// The address with the scheme that is meant: file managers and other clients
/// have names of their own for it, and Windows a way of its own to write it.
fn with_scheme(typed: &str) -> String {
    if let Some(share) = typed.strip_prefix(r"\\") {
        let share = share.replace('\\', "/");
        let share = share.replacen("@SSL@", ":", 1).replacen("@SSL", "", 1);
        return format!("https://{}", share.replacen("/DavWWWRoot", "", 1));
    }
    let Some((scheme, rest)) = typed.split_once("://") else { return format!("https://{typed}") };
    let encrypted = match scheme.to_ascii_lowercase().as_str() {
        "davs" | "webdavs" | "nc" | "owncloud" => true,
        // As for any server: plain http is for this computer only.
        "dav" | "webdav" => {
            let here = Url::parse(&format!("http://{rest}"));
            !here.is_ok_and(|url| is_this_computer(&url))
        }
        _ => return typed.to_owned(),
    };
    format!("{}://{rest}", if encrypted { "https" } else { "http" })
}

/// Plain http is for servers that only this computer can reach.
fn is_this_computer(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Reads a path on a server: `/Documents/Work`, `/` for all of it.
///
/// # Errors
///
/// If it holds a name that is none, such as `..`.
pub fn remote_path(text: &str) -> Result<RelPath> {
    RelPath::parse(text).map_err(|_| SettingsError::RemotePathBad(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Address::parse(text).unwrap().to_string()
    }

    #[test]
    fn an_address_is_read_as_people_type_it() {
        for (typed, address) in [
            ("https://cloud.example.org", "https://cloud.example.org"),
            ("  cloud.example.org/ ", "https://cloud.example.org"),
            ("HTTPS://Cloud.Example.ORG:443/", "https://cloud.example.org"),
            ("https://example.org/nextcloud/", "https://example.org/nextcloud"),
            (
                "https://example.org/oc/index.php/apps/files/?dir=/&fileid=3",
                "https://example.org/oc",
            ),
            ("https://example.org/apps/files/#top", "https://example.org"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost", "http://localhost"),
            ("http://[::1]:8080/dav", "http://[::1]:8080/dav"),
            (
                "davs://Cloud.Example.ORG/remote.php/webdav",
                "https://cloud.example.org/remote.php/webdav",
            ),
            ("WebDAV://cloud.example.org", "https://cloud.example.org"),
            ("dav://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("nc://cloud.example.org", "https://cloud.example.org"),
            ("<https://cloud.example.org/>", "https://cloud.example.org"),
            (
                r"\\cloud.example.org@SSL\DavWWWRoot\remote.php\webdav",
                "https://cloud.example.org/remote.php/webdav",
            ),
            (r"\\cloud.example.org@SSL@8443\dav", "https://cloud.example.org:8443/dav"),
            ("https://example.org/s/AbCdEf", "https://example.org/s/AbCdEf"),
            ("https://example.org/oc/status.php", "https://example.org/oc"),
            ("https://example.org/dav/spaces/a%24b", "https://example.org/dav/spaces/a%24b"),
        ] {
            assert_eq!(read(typed), address, "{typed}");
        }
    }

    #[test]
    fn a_pasted_page_of_files_tells_the_folder_that_it_shows() {
        let shown = |text: &str| Address::shown_folder(text).map(|path| path.to_string());
        for (page, folder) in [
            ("https://x.org/apps/files/?dir=/Photos&fileid=3", Some("Photos")),
            ("https://x.org/oc/index.php/apps/files/?dir=/a%20b/%C3%A9t%C3%A9", Some("a b/été")),
            ("x.org/apps/files/files/7?dir=/Photos/", Some("Photos")),
            ("https://x.org/apps/files/?dir=/", None),
            ("https://x.org/apps/files/?dir=/../up", None),
            ("https://x.org/apps/calendar/?dir=/Photos", None),
            ("https://x.org/apps/files/", None),
        ] {
            assert_eq!(shown(page).as_deref(), folder, "{page}");
        }
    }

    #[test]
    fn plain_http_goes_to_this_computer_only() {
        for text in
            ["http://cloud.example.org", "http://192.168.1.2", "http://localhost.example.org"]
        {
            assert!(matches!(Address::parse(text), Err(SettingsError::NotEncrypted(_))), "{text}");
        }
    }

    #[test]
    fn an_address_holds_no_secret() {
        for text in [
            "https://alice:pw@example.org",
            "alice:pw@example.org",
            "https://alice@x.org",
            "nc://login/server:https://x.org&user:alice&password:pw",
        ] {
            let error = Address::parse(text).unwrap_err();
            assert!(matches!(error, SettingsError::AddressSecret), "{text}");
            assert!(!error.to_string().contains("pw"));
        }
    }

    #[test]
    fn nonsense_is_no_address() {
        for text in ["", "ftp://example.org", "https://", "file:///tmp", "https://exa mple"] {
            assert!(matches!(Address::parse(text), Err(SettingsError::AddressBad(_))), "{text}");
        }
    }

    #[test]
    fn an_account_is_called_by_login_and_host() {
        let name = |text: &str| Address::parse(text).unwrap().account_name("alice");
        assert_eq!(name("https://example.org"), "alice@example.org");
        assert_eq!(name("https://example.org:8443/oc/"), "alice@example.org:8443/oc");
        assert_eq!(name("https://example.org/oc/remote.php/webdav/x"), "alice@example.org/oc");
        assert_eq!(name("https://example.org/dav/spaces/a%24b"), "alice@example.org");
    }

    #[test]
    fn a_remote_path_does_not_leave_the_storage() {
        assert_eq!(remote_path("/Documents//Work/").unwrap().as_str(), "Documents/Work");
        assert!(remote_path("/").unwrap().is_root());
        assert!(remote_path("/a/../b").is_err());
    }
}
