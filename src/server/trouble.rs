//! What stands between an account and its storage although something answers:
//! each calls for another remedy, and none of them is about a single file.

use url::Url;

/// Why the server does not work for this account. Asked again it would answer
/// the same, or block the account: nothing more is sent (protocol.md 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountTrouble {
    /// Disabled by those who run the server (503 on Nextcloud, 401 on ownCloud 10).
    Disabled,
    /// Refused whatever the password: a 401 that asks for none, in words that
    /// are not known here, such as another language's (owncloud10.md).
    Blocked,
    /// Too many attempts to sign in: the password was not even looked at
    /// (protocol.md 2.8).
    TooManyAttempts,
    /// The real password is not taken here, an app password would be: a second
    /// factor, or tokens are enforced.
    AppPasswordNeeded,
    /// The password has expired or must be changed in the browser first.
    PasswordExpired,
    /// The terms of service are not accepted (protocol.md 2.10).
    TermsNotAccepted,
    /// The plan has ended or is not paid (402).
    PlanEnded,
}

/// Why no storage works at this address for now, for nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteTrouble {
    /// In maintenance mode.
    Maintenance,
    /// Updated, and waiting for those who run it to finish that.
    UpgradePending,
    /// The server does not know itself by the name in this address.
    UntrustedHost,
    /// A page for people instead of an answer: the network's sign-in (511), or
    /// no storage at all.
    Page,
    /// Sent on to another address, without its query; never followed.
    Elsewhere(Box<Url>),
    /// The proxy wants a login of its own (407).
    ProxySignIn,
    /// The proxy lets nobody through to this server.
    ProxyRefused,
    /// The proxy cannot be reached.
    ProxyUnreachable,
}
