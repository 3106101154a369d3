//! What answers at an address, before anybody signs in.

use super::{Passage, Refusal, known};
use crate::server::{Family, Visit};
use crate::settings::Address;

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// On the server's page, in the browser.
    Browser,
    /// With login and password.
    Password,
}

/// What answered at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// The address as it is kept: of the storage, not of the page that was pasted.
    pub address: Address,
    /// Which family.
    pub family: Family,
    /// What kind of server it says it is.
    pub product: String,
    /// Its version, where it says it.
    pub version: Option<String>,
    /// What those who run it call it; its host where they do not say it.
    pub title: String,
    /// Nobody on the way can read along.
    pub encrypted: bool,
    /// How people can sign in, the best way first.
    pub ways: Vec<Way>,
    /// The password is exchanged at once for one of this computer.
    pub exchanges: bool,
    /// It has a local password beside the institution's, and they look alike.
    pub two_passwords: bool,
    /// It serves nobody for now.
    pub maintenance: bool,
}

/// Finds out what answers at an address as people type or paste it. No password
/// is sent.
///
/// # Errors
///
/// If it is no address, nothing answers there, or nothing with which anybody
/// could sign in to a storage.
pub async fn recognise(typed: &str, passage: &Passage) -> Result<Recognised, Refusal> {
    let server = Address::parse(typed)?;
    match passage.guest(&server).visit().await {
        Ok(visit) => recognised(visit),
        Err(error) => Err(passage.refusal(error, &server).await),
    }
}

/// Whether servers of a family make passwords for single computers.
pub(super) fn exchanges(family: Family) -> bool {
    matches!(family, Family::Nextcloud | Family::OwnCloud10)
}

fn recognised(visit: Visit) -> Result<Recognised, Refusal> {
    let address = Address::parse(visit.url.as_str())?;
    let ways = [(visit.browser, Way::Browser), (visit.password, Way::Password)];
    let ways: Vec<Way> = ways.into_iter().filter(|(is, _)| *is).map(|(_, way)| way).collect();
    if ways.is_empty() {
        return Err(Refusal::NoWay(address.host()));
    }
    let host = address.url().host_str().unwrap_or_default();
    Ok(Recognised {
        family: visit.family,
        product: visit.product,
        version: visit.version,
        title: visit.title.unwrap_or_else(|| address.host()),
        encrypted: address.url().scheme() == "https",
        exchanges: exchanges(visit.family),
        two_passwords: visit.institution || known::has_two_passwords(host),
        maintenance: visit.maintenance,
        ways,
        address,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(url: &str, browser: bool, password: bool) -> Visit {
        Visit {
            url: url::Url::parse(url).unwrap(),
            family: Family::OwnCloud10,
            product: "ownCloud".to_owned(),
            version: None,
            title: None,
            browser,
            password,
            institution: false,
            maintenance: false,
        }
    }

    #[test]
    fn the_browser_is_offered_first_and_a_server_without_any_way_is_refused() {
        let found = recognised(visit("https://cloud.example/oc", true, true)).unwrap();
        assert_eq!(found.ways, [Way::Browser, Way::Password]);
        assert_eq!((found.title.as_str(), found.encrypted), ("cloud.example", true));
        let none = recognised(visit("https://cloud.example", false, false));
        assert!(matches!(none, Err(Refusal::NoWay(host)) if host == "cloud.example"));
    }

    #[test]
    fn a_server_is_known_to_have_two_passwords_or_shows_it() {
        let known = recognised(visit("https://mycore.core-cloud.net", false, true)).unwrap();
        let other = recognised(visit("https://cloud.example", false, true)).unwrap();
        let shown = Visit { institution: true, ..visit("https://cloud.example", false, true) };
        assert!(known.two_passwords && !other.two_passwords);
        assert!(recognised(shown).unwrap().two_passwords);
    }
}
