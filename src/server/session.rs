//! The cookies of one account's session, in memory only and never shared: on
//! Nextcloud they save a third of the server's time and more (protocol.md 0.6).

use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::HeaderValue;
use url::Url;

/// A jar that stays shut until the password has been found right. A session
/// that was begun with an app token accepts any password afterwards
/// (owncloud10.md), so no password is ever tried with a cookie beside it.
#[derive(Debug, Default)]
pub(super) struct Session {
    jar: Jar,
    signed_in: AtomicBool,
}

impl Session {
    /// The password is right: from now on cookies are kept and sent back.
    pub(super) fn begin(&self) {
        self.signed_in.store(true, Ordering::Relaxed);
    }

    /// What the cookies for `host` hold: who has one is signed in.
    pub(super) fn values(&self, host: &str) -> Vec<String> {
        let cookies = Url::parse(host).ok().and_then(|url| self.cookies(&url));
        let cookies = cookies.as_ref().and_then(|cookies| cookies.to_str().ok());
        let value = |cookie: &str| Some(cookie.split_once('=')?.1.to_owned());
        cookies.unwrap_or_default().split("; ").filter_map(value).collect()
    }

    fn has_begun(&self) -> bool {
        self.signed_in.load(Ordering::Relaxed)
    }
}

impl CookieStore for Session {
    fn set_cookies(&self, cookies: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        if self.has_begun() {
            self.jar.set_cookies(cookies, url);
        }
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        self.jar.cookies(url).filter(|_| self.has_begun())
    }
}
