//! What the assistant says.

use crate::accounts::{Client, Fate, Fit, Found, Refusal, Report, Unfit};
use crate::server::Doubt;

use super::{Said, Texts, connect, keychain, peer, plain, settings};

/// Returns why an account or a folder is not added.
pub fn refusal(texts: &Texts, refusal: &Refusal) -> Said {
    match refusal {
        Refusal::Settings(error) => settings(texts, error),
        Refusal::Connect { error, host } => connect(texts, error, host),
        Refusal::Certificate { host, shown, changed } => {
            let id = match (changed, shown.doubt) {
                (true, _) => "error-certificate-changed",
                (_, Doubt::NotYet) => "error-certificate-not-yet",
                (_, Doubt::Expired) => "error-certificate-expired",
                (_, Doubt::OtherName) => "error-certificate-other-name",
                (_, Doubt::Unknown | Doubt::Broken) => "error-certificate-unknown",
            };
            let args = [
                ("host", host.as_str().into()),
                ("issuer", shown.issuer.as_str().into()),
                ("fingerprint", shown.fingerprint.to_string().into()),
            ];
            texts.explain(id, &args)
        }
        Refusal::NoFingerprint => texts.explain("error-no-fingerprint", &[]),
        Refusal::NoWay(host) => {
            texts.explain("error-no-way-to-sign-in", &[("host", host.as_str().into())])
        }
        Refusal::PageExpired(host) => {
            texts.explain("error-page-expired", &[("host", host.as_str().into())])
        }
        Refusal::GivenUp => texts.explain("error-given-up", &[]),
        Refusal::OtherAccount { wanted, found } => {
            let args = [("wanted", wanted.as_str().into()), ("found", found.as_str().into())];
            texts.explain("error-other-account", &args)
        }
        Refusal::FolderThere(path) => {
            texts.explain("error-folder-there", &[("path", path.as_str().into())])
        }
        Refusal::FolderName(path) => {
            texts.explain("error-folder-name", &[("path", path.as_str().into())])
        }
        Refusal::NoPattern(pattern, why) => {
            let args = [("pattern", pattern.as_str().into()), ("reason", plain(why).into())];
            texts.explain("usage-pattern-bad", &args)
        }
        Refusal::Place(path, error) => {
            let reason = error.to_string();
            let args = [("path", path.to_string_lossy().into()), ("reason", plain(&reason).into())];
            texts.explain("error-place", &args)
        }
        Refusal::Peer(error) => peer(texts, error),
        Refusal::NoProxyLogin => texts.explain("error-no-proxy-login", &[]),
        Refusal::NoSession => texts.explain("error-no-session", &[]),
        Refusal::NoPassword(name) => {
            texts.explain("error-password-kept-nowhere", &[("name", name.as_str().into())])
        }
        Refusal::Keychain(error) => keychain(texts, error),
    }
}

/// Returns what becomes of a place on this computer, in one sentence.
pub fn fate(texts: &Texts, report: &Report) -> Said {
    let path = report.path.to_string_lossy();
    let found = |found: &Found| {
        let files = texts.say("files", &[("n", found.files.into())]);
        if found.more { texts.say("place-more", &[("files", files.into())]) } else { files }
    };
    match &report.fate {
        Fate::New => texts.explain("place-new", &[("path", path.into())]),
        Fate::Empty => texts.explain("place-empty", &[("path", path.into())]),
        Fate::Ours => texts.explain("place-ours", &[("path", path.into())]),
        Fate::Holds(what) => texts.explain("place-holds", &[("files", found(what).into())]),
        Fate::Nested(other) => {
            let args = [("path", path.into()), ("other", other.to_string_lossy().into())];
            texts.explain("place-nested", &args)
        }
        Fate::OfClient(what, client) => {
            let id = match &**client {
                Client { running: true, .. } => "place-client-running",
                Client { same: true, .. } => "place-client-same",
                Client { knows: Some(_), .. } => "place-client-other",
                Client { knows: None, .. } => "place-client-unknown",
            };
            let args = [("client", client.name.into()), ("files", found(what).into())];
            texts.explain(id, &args)
        }
        Fate::Unfit(unfit) => {
            let (id, reason) = match unfit {
                Unfit::NotAFolder => ("place-not-a-folder", ""),
                Unfit::ReadOnly => ("place-read-only", ""),
                Unfit::Unreadable(reason) => ("place-unreadable", plain(reason)),
                Unfit::NotText => ("place-not-text", ""),
                Unfit::Relative => ("place-relative", ""),
                Unfit::HoldsState => ("place-holds-state", ""),
            };
            texts.explain(id, &[("path", path.into()), ("reason", reason.into())])
        }
    }
}

/// Returns that what is wanted does not fit, if it does not.
pub fn fit(texts: &Texts, fit: &Fit) -> Option<Said> {
    let download = fit.download.filter(|_| !fit.disk_fits)?;
    let [size, free] = [download, fit.disk_free].map(|bytes| texts.size(bytes));
    Some(texts.explain("fit-not", &[("size", size.into()), ("free", free.into())]))
}
