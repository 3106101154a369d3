//! Signing in by the browser.

use std::time::Duration;

use tokio::sync::Notify;
use url::Url;

use super::passage::{device_name, is_unasked};
use super::{Passage, Refusal, Session};
use crate::clock::Clock;
use crate::server::{ConnectError, Connection, Granted, LoginFlow, ServerErrorKind};
use crate::settings::{Account, Address, Settings};

/// How long the server's page stays valid (protocol.md 2.4).
pub const PAGE_MINUTES: u64 = 20;

/// How often the server is asked.
const EVERY: Duration = Duration::from_secs(2);

/// After a network that was away, and a server that is busy.
const LATER: Duration = Duration::from_secs(5);

/// A sign-in by the browser that waits for somebody.
pub struct Browser {
    server: Address,
    passage: Passage,
    flow: LoginFlow,
    given_up: Notify,
}

impl Browser {
    /// Asks the server for its page.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached, or does not sign people in so.
    pub async fn begin(server: Address, passage: Passage) -> Result<Self, Refusal> {
        let connection = Connection { user_agent: device_name(), ..passage.guest(&server) };
        let flow = connection.login_flow().await;
        let flow = match flow {
            Ok(flow) => flow,
            Err(ConnectError::NotStorage(_)) => return Err(Refusal::NoWay(server.host())),
            Err(error) => return Err(passage.refusal(error, &server).await),
        };
        Ok(Self { server, passage, flow, given_up: Notify::new() })
    }

    /// Asks the server of an account that is there for its page, with the login
    /// filled in.
    ///
    /// # Errors
    ///
    /// As [`Self::begin`].
    pub async fn again(account: &Account, passage: Passage) -> Result<Self, Refusal> {
        let mut browser = Self::begin(account.server.clone(), passage).await?;
        browser.flow.fill_in(&account.user);
        Ok(browser)
    }

    /// The page to open in the browser: always one of the server that was asked.
    pub fn page(&self) -> &Url {
        self.flow.page()
    }

    /// Gives it up; [`Self::signed_in`] ends then.
    pub fn give_up(&self) {
        self.given_up.notify_one();
    }

    /// Waits until somebody has granted access on the page, through networks
    /// that go and come back, as long as the page is valid.
    ///
    /// # Errors
    ///
    /// If it was given up, the page is not valid any more, or the server
    /// refuses what it has granted.
    pub async fn signed_in(
        &self,
        clock: &impl Clock,
        settings: impl FnOnce() -> Result<Settings, Refusal>,
    ) -> Result<Session, Refusal> {
        let granted = tokio::select! {
            biased;
            () = self.given_up.notified() => return Err(Refusal::GivenUp),
            granted = self.granted(clock) => granted?,
        };
        let (server, passage) = (self.server.clone(), self.passage.clone());
        Session::granted(server, &granted.login, granted.password, passage, &settings()?).await
    }

    async fn granted(&self, clock: &impl Clock) -> Result<Granted, Refusal> {
        let end = clock.now() + Duration::from_secs(PAGE_MINUTES * 60);
        loop {
            let wait = match self.flow.granted().await {
                Ok(Some(granted)) => return Ok(granted),
                Ok(None) => EVERY,
                Err(error) if passes(&error) => {
                    tracing::debug!(%error, "asked whether somebody has signed in");
                    LATER
                }
                Err(error) => return Err(Refusal::connect(error, &self.server)),
            };
            if clock.now() + wait >= end {
                return Err(Refusal::PageExpired(self.server.host()));
            }
            clock.sleep(wait).await;
        }
    }
}

/// Whether it may be otherwise when it is asked again.
fn passes(error: &ConnectError) -> bool {
    let again = |kind: &ServerErrorKind| {
        matches!(kind, ServerErrorKind::Torn | ServerErrorKind::Status(500..=599))
    };
    is_unasked(error) || matches!(error, ConnectError::Server(error) if again(&error.kind))
}
