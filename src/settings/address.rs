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

/// Pages of a server's site that people paste instead of its address.
const PAGES: [&str; 3] = ["/index.php", "/apps/files", "/login"];

impl Address {
    /// Reads what a person typed or pasted; `https` is assumed where nothing is said.
    ///
    /// # Errors
    ///
    /// If it is no address, holds a login, or is not encrypted.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || SettingsError::AddressBad(text.to_owned());
        let typed = text.trim();
        let full =
            if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
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
        let end = PAGES.iter().filter_map(|page| url.path().find(page)).min();
        let path = url.path()[..end.unwrap_or(url.path().len())].trim_end_matches('/').to_owned();
        url.set_path(&path);
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { url, text })
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
        format!("{user}@{}{}", self.host(), self.url.path().trim_end_matches('/'))
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
        ] {
            assert_eq!(read(typed), address, "{typed}");
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
        for text in ["https://alice:pw@example.org", "alice:pw@example.org", "https://alice@x.org"]
        {
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
    }

    #[test]
    fn a_remote_path_does_not_leave_the_storage() {
        assert_eq!(remote_path("/Documents//Work/").unwrap().as_str(), "Documents/Work");
        assert!(remote_path("/").unwrap().is_root());
        assert!(remote_path("/a/../b").is_err());
    }
}
