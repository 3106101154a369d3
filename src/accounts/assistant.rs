//! The sign-ins that are on their way, each by a name that nobody can guess:
//! whoever asks for one by it has begun it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use super::{
    Browser, Desk, Fit, Passage, Place, Plan, Recognised, Refusal, Report, Session, places,
    recognise,
};
use crate::clock::SystemClock;
use crate::secret::Secret;
use crate::server::Fingerprint;
use crate::settings::Address;

/// A session, and its name.
pub type Named = (String, Arc<Session>);

/// All sign-ins that are on their way.
pub struct Assistant {
    desk: Desk,
    clock: SystemClock,
    sessions: Mutex<BTreeMap<String, Arc<Session>>>,
    browsers: Mutex<BTreeMap<String, Arc<Waiting>>>,
    /// Certificates that somebody has confirmed, by the server's host and port.
    trusted: Mutex<BTreeMap<String, Fingerprint>>,
    /// Hosts that somebody has asked for, or that answered.
    visited: Mutex<BTreeSet<String>>,
}

/// A browser that is waited for, and the account that is signed in to again.
struct Waiting {
    browser: Browser,
    again: Option<String>,
}

fn held<T>(all: &Mutex<T>) -> MutexGuard<'_, T> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read(fingerprint: &str) -> Result<Fingerprint, Refusal> {
    Fingerprint::parse(fingerprint).ok_or(Refusal::NoFingerprint)
}

/// Trusts the certificate that the server of an account shows now, if it is this one.
///
/// # Errors
///
/// If there is no such account, or its server shows another one.
pub async fn trust(desk: &Desk, account: &str, pinned: Fingerprint) -> Result<(), Refusal> {
    let (passage, mut settings) = (desk.passage(Some(account)).await?, desk.settings()?);
    let server = settings.account(Some(account))?.server.clone();
    let passage = Passage { pinned: Some(pinned), ..passage };
    match passage.guest(&server).visit().await {
        Ok(_) => Ok(settings.trust(account, &pinned.to_string())?),
        Err(error) => Err(passage.refusal(error, &server).await),
    }
}

fn new_name() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

impl Assistant {
    /// One at which nobody has begun.
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            clock: SystemClock::new(),
            sessions: Mutex::default(),
            browsers: Mutex::default(),
            trusted: Mutex::default(),
            visited: Mutex::default(),
        }
    }

    /// Where things are.
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Finds out what answers at an address.
    ///
    /// # Errors
    ///
    /// As [`recognise`].
    pub async fn recognise(&self, typed: &str) -> Result<Recognised, Refusal> {
        let server = Address::parse(typed)?;
        self.visits(&server);
        let recognised = recognise(typed, &self.passage(&server).await?).await?;
        self.visits(&recognised.address);
        Ok(recognised)
    }

    fn visits(&self, server: &Address) {
        held(&self.visited).extend(server.url().host_str().map(str::to_owned));
    }

    /// Returns a page that may be opened in the browser, for it is on a host that
    /// somebody has asked for: also the one at which a network's own sign-in
    /// stands in the way, without encryption then. None if it is another one.
    pub fn page(&self, url: &str) -> Option<String> {
        let page = Url::parse(url).ok()?;
        let is_web = matches!(page.scheme(), "http" | "https") && page.username().is_empty();
        let is_known = page.host_str().is_some_and(|host| held(&self.visited).contains(host));
        (is_web && is_known).then(|| page.into())
    }

    /// Trusts one certificate of one server from now on, in this process alone:
    /// an account that is added there keeps it.
    ///
    /// # Errors
    ///
    /// If it is no address, or no fingerprint.
    pub fn trust(&self, address: &str, fingerprint: &str) -> Result<(), Refusal> {
        let server = Address::parse(address)?;
        let fingerprint = read(fingerprint)?;
        held(&self.trusted).insert(server.host(), fingerprint);
        Ok(())
    }

    /// Trusts the certificate that the server of an account shows now, if it is
    /// this one.
    ///
    /// # Errors
    ///
    /// If there is no such account, or its server shows another one.
    pub async fn trust_certificate(&self, account: &str, fingerprint: &str) -> Result<(), Refusal> {
        trust(&self.desk, account, read(fingerprint)?).await
    }

    async fn passage(&self, server: &Address) -> Result<Passage, Refusal> {
        let passage = self.desk.passage(None).await?;
        let pinned = held(&self.trusted).get(&server.host()).copied();
        Ok(Passage { pinned, ..passage })
    }

    /// Signs in with login and password.
    ///
    /// # Errors
    ///
    /// As [`Session::begin`].
    pub async fn sign_in(
        &self,
        address: &str,
        login: &str,
        password: Secret,
    ) -> Result<Named, Refusal> {
        let server = Address::parse(address)?;
        let passage = self.passage(&server).await?;
        let settings = self.desk.settings()?;
        let session = Session::begin(server, login, password, passage, &settings).await?;
        Ok(self.named(session))
    }

    /// Asks the server for its page. Returns the name of the sign-in, and the page.
    ///
    /// # Errors
    ///
    /// As [`Browser::begin`].
    pub async fn by_browser(&self, address: &str) -> Result<(String, Url), Refusal> {
        let server = Address::parse(address)?;
        let passage = self.passage(&server).await?;
        Ok(self.waits(Browser::begin(server, passage).await?, None))
    }

    /// Waits until somebody has signed in on the page. Who signs in again gets
    /// what is kept replaced by it.
    ///
    /// # Errors
    ///
    /// As [`Browser::signed_in`]; if it is somebody else who signs in again.
    pub async fn browser_signed_in(&self, id: &str) -> Result<Named, Refusal> {
        let waiting = held(&self.browsers).get(id).cloned().ok_or(Refusal::GivenUp)?;
        let settings = || self.desk.settings();
        let ended = waiting.browser.signed_in(&self.clock, settings).await;
        held(&self.browsers).remove(id);
        let session = ended?;
        Ok(self.named(match &waiting.again {
            Some(account) => session.renew(account).await?,
            None => session,
        }))
    }

    /// Gives up a sign-in by the browser. There is none any more, or never was:
    /// that is success.
    pub fn cancel_browser(&self, id: &str) {
        if let Some(waiting) = held(&self.browsers).remove(id) {
            waiting.browser.give_up();
        }
    }

    /// The session of an account of the settings.
    ///
    /// # Errors
    ///
    /// As [`Session::of`].
    pub async fn session_of(&self, account: &str) -> Result<Named, Refusal> {
        let passage = self.desk.passage(Some(account)).await?;
        let session = Session::of(account, passage, &self.desk.settings()?).await?;
        Ok(self.named(session))
    }

    /// Signs in again to an account of the settings, and keeps that.
    ///
    /// # Errors
    ///
    /// If there is no such account, the server refuses it, or cannot be reached.
    pub async fn sign_in_again(&self, account: &str, password: Secret) -> Result<(), Refusal> {
        let (passage, settings) = (self.desk.passage(Some(account)).await?, self.desk.settings()?);
        let known = settings.account(Some(account))?;
        let (server, login) = (known.server.clone(), known.user.as_str());
        let session = Session::begin(server, login, password, passage, &settings).await?;
        session.renew(account).await.map(drop)
    }

    /// As [`Self::by_browser`], to an account of the settings.
    ///
    /// # Errors
    ///
    /// As [`Browser::again`].
    pub async fn again_by_browser(&self, account: &str) -> Result<(String, Url), Refusal> {
        let (passage, settings) = (self.desk.passage(Some(account)).await?, self.desk.settings()?);
        let browser = Browser::again(settings.account(Some(account))?, passage).await?;
        Ok(self.waits(browser, Some(account.to_owned())))
    }

    /// The session of this name.
    ///
    /// # Errors
    ///
    /// If there is none, or not any more.
    pub fn session(&self, name: &str) -> Result<Arc<Session>, Refusal> {
        held(&self.sessions).get(name).cloned().ok_or(Refusal::NoSession)
    }

    /// The places to propose for its folder.
    ///
    /// # Errors
    ///
    /// If there is no such session, or the settings cannot be read.
    pub fn places(&self, session: &str) -> Result<Vec<Place>, Refusal> {
        let session = self.session(session)?;
        let settings = self.desk.settings()?;
        Ok(places(&self.desk, &session.title, &session.account.user, &settings.folders))
    }

    /// Looks at a place.
    ///
    /// # Errors
    ///
    /// If there is no such session, or the settings cannot be read.
    pub fn examine(&self, session: &str, place: &Path) -> Result<Report, Refusal> {
        self.session(session)?.examine(place, &self.desk, &self.clock)
    }

    /// Whether what is wanted fits.
    ///
    /// # Errors
    ///
    /// As [`Session::fit`].
    pub async fn fit(&self, session: &str, plan: &Plan) -> Result<Fit, Refusal> {
        self.session(session)?.fit(plan, &self.desk).await
    }

    /// Writes it down. The session is over then.
    ///
    /// # Errors
    ///
    /// As [`Session::finish`]; then the session goes on.
    pub async fn finish(&self, session: &str, plan: &Plan) -> Result<PathBuf, Refusal> {
        let path = self.session(session)?.finish(plan, &self.desk).await?;
        held(&self.sessions).remove(session);
        Ok(path)
    }

    /// Ends a session of which nothing came: what was made for it is given back.
    /// There is none any more: that is success.
    ///
    /// # Errors
    ///
    /// If the server does not take it back.
    pub async fn abandon(&self, session: &str) -> Result<(), Refusal> {
        let Some(session) = held(&self.sessions).remove(session) else { return Ok(()) };
        let given = session.abandon().await;
        given.map_err(|error| Refusal::server(error, &session.account.server))
    }

    fn named(&self, session: Session) -> Named {
        let (name, session) = (new_name(), Arc::new(session));
        held(&self.sessions).insert(name.clone(), session.clone());
        (name, session)
    }

    fn waits(&self, browser: Browser, again: Option<String>) -> (String, Url) {
        let (name, page) = (new_name(), browser.page().clone());
        held(&self.browsers).insert(name.clone(), Arc::new(Waiting { browser, again }));
        (name, page)
    }
}
