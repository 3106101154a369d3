//! What a server shows to somebody who has not signed in: for people who are
//! about to. No password is sent, and nothing is changed there.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use serde_json::Value;
use url::Url;

use super::connect::{ConnectError, Connection};
use super::outfit::{Outfit, wire};
use super::probe::{self, family, major, ocs_data};
use super::request::{Answer, Load, Request, Wire, site_trouble};
use super::status::Asked;
use super::url::{checked_url, pasted};
use super::{Family, SiteTrouble};
use crate::model::RelPath;

/// As much of a page or of JSON as is read.
const BYTES: usize = 256 << 10;

/// The first Nextcloud that lets people sign in by the browser (Login Flow v2).
const FLOWS_SINCE: u32 = 16;

/// Ways to a sign-in page of an institution, as the families' apps for it have
/// them in their own page.
const INSTITUTIONS: [&str; 7] = [
    "/apps/openidconnect/",
    "/apps/user_oidc/",
    "/apps/user_saml/",
    "/apps/user_shibboleth/",
    "/apps/user_cas/",
    "/apps/sociallogin/",
    "/Shibboleth.sso/",
];

/// What answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The address of the storage, not of the page that was pasted.
    pub url: Url,
    /// Which family.
    pub family: Family,
    /// What kind of server it says it is.
    pub product: String,
    /// Its version, where it says it.
    pub version: Option<String>,
    /// What those who run it call it.
    pub title: Option<String>,
    /// People can sign in in the browser, and the program hears of it.
    pub browser: bool,
    /// Login and password are taken.
    pub password: bool,
    /// It has a sign-in page of an institution besides its own passwords.
    pub institution: bool,
    /// It serves nobody for now.
    pub maintenance: bool,
}

impl Connection {
    /// Looks at what answers at the address, without signing in.
    ///
    /// # Errors
    ///
    /// If nothing answers there, or nothing that is a storage.
    pub async fn visit(&self) -> Result<Visit, ConnectError> {
        match self.visited().await {
            // Nothing is sent but the question; where it leads, people are shown.
            Err(ConnectError::Redirected(url)) => {
                Self { base: checked_url(url)?, ..self.clone() }.visited().await
            }
            seen => seen,
        }
    }

    async fn visited(&self) -> Result<Visit, ConnectError> {
        let base = checked_url(self.base.clone())?;
        let outfit = Outfit::of(self, &base).await?;
        let wire = wire(self, &base, &outfit)?.anonymous();
        match probe::told(&wire, &base, &pasted(&base)).await? {
            Some((at, status)) => Guest { wire, origin: base, base: at }.family(&status).await,
            None => plain(&wire, base).await,
        }
    }
}

/// Somebody who looks at a server of one of the families.
struct Guest {
    wire: Wire,
    origin: Url,
    base: String,
}

impl Guest {
    async fn family(self, status: &Value) -> Result<Visit, ConnectError> {
        let text = |name: &str| status.get(name).and_then(Value::as_str).unwrap_or_default();
        if status.get("installed").and_then(Value::as_bool) != Some(true) {
            return Err(ConnectError::NotStorage("the server is not set up yet".to_owned()));
        }
        let family = family(status);
        let versions = [text("productversion"), text("versionstring"), text("version")];
        let version = versions.into_iter().find(|version| !version.is_empty());
        let mut url = self.origin.clone();
        url.set_path(&self.base);
        let mut visit = Visit {
            url,
            family,
            product: text("productname").to_owned(),
            version: version.map(str::to_owned),
            title: None,
            // What a server in maintenance offers is seen when it is back.
            browser: family == Family::Nextcloud && major(text("version")) >= FLOWS_SINCE,
            password: true,
            institution: false,
            maintenance: site_trouble(status).is_some(),
        };
        if !visit.maintenance {
            visit.title = self.title().await?;
            visit.browser = family == Family::Nextcloud && self.has_flow().await?;
            visit.password = self.takes_passwords().await?;
            visit.institution = !visit.browser && self.has_institution().await?;
        }
        Ok(visit)
    }

    async fn ask(
        &self,
        method: &'static str,
        path: &str,
        load: Load,
    ) -> Result<Answer, ConnectError> {
        ask(&self.wire, method, format!("{}{path}", self.base), load).await
    }

    /// What those who run the server call it.
    async fn title(&self) -> Result<Option<String>, ConnectError> {
        let page = "/ocs/v2.php/cloud/capabilities?format=json";
        let answer = self.ask("GET", page, Load::Nothing).await?;
        let body = answer.excerpt(BYTES).await;
        let data = serde_json::from_slice(&body).ok().and_then(ocs_data);
        let title = data.as_ref().and_then(|data| data.pointer("/capabilities/theming/name"));
        let title = title.and_then(Value::as_str).map(str::trim);
        Ok(title.filter(|title| !title.is_empty()).map(str::to_owned))
    }

    /// Whether people can sign in by the browser: the place to ask whether they
    /// have takes questions of another kind only.
    async fn has_flow(&self) -> Result<bool, ConnectError> {
        let answer = self.ask("GET", "/index.php/login/v2/poll", Load::Nothing).await?;
        Ok(answer.status == 405)
    }

    /// Whether login and password are asked for where the files are. Only oCIS
    /// can do without; the others send people elsewhere at most.
    async fn takes_passwords(&self) -> Result<bool, ConnectError> {
        let answer = self.ask("PROPFIND", "/remote.php/webdav/", Load::Nothing).await?;
        Ok(answer.status != 401 || asks_for_password(&answer.headers))
    }

    /// Whether the page on which people sign in is, or leads to, that of an
    /// institution.
    async fn has_institution(&self) -> Result<bool, ConnectError> {
        let answer = self.ask("GET", "/index.php/login", Load::Nothing).await?;
        if answer.status.is_redirection() {
            let target = answer.headers.get(LOCATION).and_then(|target| target.to_str().ok());
            let target = target.and_then(|target| self.origin.join(target).ok());
            return Ok(target.is_some_and(|target| {
                target.origin() != self.origin.origin() || names_institution(target.path())
            }));
        }
        let page = answer.excerpt(BYTES).await;
        Ok(names_institution(&String::from_utf8_lossy(&page)))
    }
}

fn names_institution(text: &str) -> bool {
    INSTITUTIONS.iter().any(|way| text.contains(way))
}

/// Whether an answer asks for login and password as they are.
fn asks_for_password(headers: &HeaderMap) -> bool {
    let mut asked = headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|one| one.to_str().ok());
    asked.any(|one| one.split(',').any(|one| is_basic(one.trim_start())))
}

fn is_basic(challenge: &str) -> bool {
    challenge.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic"))
}

/// Looks whether a server of no family is a storage all the same.
async fn plain(wire: &Wire, url: Url) -> Result<Visit, ConnectError> {
    let target = format!("{}/", url.path().trim_end_matches('/'));
    let answer = ask(wire, "PROPFIND", target, Load::Nothing).await?;
    let password = asks_for_password(&answer.headers);
    match answer.status.as_u16() {
        207 if !answer.is_page() => {}
        401 => {}
        200..=299 if answer.is_page() => return Err(ConnectError::Site(SiteTrouble::Page)),
        status => return Err(ConnectError::NotStorage(format!("PROPFIND: {status}"))),
    }
    Ok(Visit {
        url,
        family: Family::Plain,
        product: "WebDAV".to_owned(),
        version: None,
        title: None,
        browser: false,
        password: password || answer.status == 207,
        institution: false,
        maintenance: false,
    })
}

/// Asks, and takes any answer. Before the family is known, its peculiarities do
/// not matter.
async fn ask(
    wire: &Wire,
    method: &'static str,
    target: String,
    load: Load,
) -> Result<Answer, ConnectError> {
    let asked = Asked { method, family: Family::Plain, if_match: false };
    let depth = (HeaderName::from_static("depth"), HeaderValue::from_static("0"));
    let headers = HeaderMap::from_iter((method == "PROPFIND").then_some(depth));
    let request = Request { asked, target, headers, load };
    let answer = wire.answer(request).await;
    answer.map_err(|failure| ConnectError::of(failure, method, &RelPath::root()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(challenges: &[&'static str]) -> bool {
        let challenges = challenges.iter().map(|one| HeaderValue::from_static(one));
        let headers = challenges.map(|one| (WWW_AUTHENTICATE, one));
        let mut all = HeaderMap::new();
        headers.for_each(|(name, value)| {
            all.append(name, value);
        });
        asks_for_password(&all)
    }

    #[test]
    fn a_password_is_taken_where_it_is_asked_for() {
        assert!(asks(&["Basic realm=\"x\""]));
        assert!(asks(&["Bearer realm=\"x\", charset=\"UTF-8\"", "basic realm=\"x\""]));
        assert!(asks(&["Bearer realm=\"x\", Basic realm=\"x\""]));
        assert!(!asks(&["Bearer realm=\"Basic things\""]));
        assert!(!asks(&["Digest realm=\"x\""]) && !asks(&[]));
    }

    #[test]
    fn the_page_of_an_institution_is_known_by_the_way_to_it() {
        assert!(names_institution("<a href=\"/index.php/apps/user_saml/saml/login\">"));
        assert!(!names_institution("<form action=\"/index.php/login\">"));
    }
}
