//! A sentence and a remedy for everything that can stand in the way.
//!
//! Every match here is complete: a new cause does not compile before it has words.

use crate::disk::{DiskError, DiskErrorKind};
use crate::event::Cause;
use crate::journal::JournalError;
use crate::model::{NameReason, Side, WaitReason};
use crate::plan::{Brake, BrakeRule};
use crate::report::{EngineError, Gate};
use crate::server::{
    AccountTrouble, ConnectError, ServerError, ServerErrorKind, SiteTrouble, Space,
};

use super::{Said, Texts};

/// Returns why one file or folder is left as it is.
pub fn cause(texts: &Texts, cause: &Cause) -> Said {
    let id = match cause {
        Cause::NotAFile => "cause-not-a-file",
        Cause::ThroughLink => "cause-through-link",
        Cause::OtherVolume => "cause-other-volume",
        Cause::NameNotText => "cause-name-not-text",
        Cause::NameRefused => "cause-name-refused",
        Cause::NameImpossible => "cause-name-impossible",
        Cause::Unreadable => "cause-unreadable",
        Cause::Unwritable => "cause-unwritable",
        Cause::Changing => "cause-changing",
        Cause::DiskFull => "cause-disk-full",
        Cause::Reserve => "cause-reserve",
        Cause::DiskBroken => "cause-disk-broken",
        Cause::Busy => "cause-busy",
        Cause::Locked => "cause-locked",
        Cause::Quota => "cause-quota",
        Cause::TooLarge => "cause-too-large",
        Cause::Forbidden => "cause-forbidden",
        Cause::NoDownload => "cause-no-download",
        Cause::TooDeep => "cause-too-deep",
        Cause::MountGone => "cause-mount-gone",
        Cause::ServerTrouble => "cause-server-trouble",
        Cause::Torn => "cause-torn",
        Cause::AsksFirst { bytes } => {
            return texts.explain("cause-asks-first", &[("size", texts.size(*bytes).into())]);
        }
        Cause::NameForbidden(reason) => return name(texts, reason),
        Cause::ShownAs(alias) => {
            return texts.explain("cause-shown-as", &[("name", alias.as_str().into())]);
        }
        Cause::RulesUnreadable => "cause-rules-unreadable",
        Cause::RuleBroken { line, why } => {
            let args = [("line", (*line as u64).into()), ("reason", plain(why).into())];
            return texts.explain("cause-rule-broken", &args);
        }
        Cause::Waits(reason) => return wait(texts, *reason),
    };
    texts.explain(id, &[])
}

/// Returns what the server does not take in a name.
pub(super) fn name(texts: &Texts, reason: &NameReason) -> Said {
    let (id, part) = match reason {
        NameReason::Character(letter) => ("cause-name-character", letter.to_string()),
        NameReason::Control => ("cause-name-control", String::new()),
        NameReason::Word(word) => ("cause-name-word", word.clone()),
        NameReason::Ending(ending) => ("cause-name-ending", ending.clone()),
        NameReason::Blank => ("cause-name-blank", String::new()),
        NameReason::TooLong(most) => ("cause-name-too-long", most.to_string()),
        NameReason::SpelledLike(other) => ("cause-name-spelled-like", other.clone()),
    };
    texts.explain(id, &[("part", part.into())])
}

/// Returns why a change waits.
pub fn wait(texts: &Texts, reason: WaitReason) -> Said {
    let id = match reason {
        WaitReason::Racy => "wait-racy",
        WaitReason::Quiet => "wait-quiet",
        WaitReason::InUse => "wait-in-use",
        WaitReason::Settling => "wait-settling",
        WaitReason::Open => "wait-open",
        WaitReason::Growing => "wait-growing",
        WaitReason::SecondLook => "wait-second-look",
        WaitReason::Changing => "wait-changing",
        WaitReason::Quarantined => "wait-quarantined",
        WaitReason::TornEpoch => "wait-torn-epoch",
        WaitReason::Unreadable => "wait-unreadable",
        WaitReason::MountGone => "wait-mount-gone",
        WaitReason::Discarded => "wait-discarded",
        WaitReason::Forbidden => "wait-forbidden",
        WaitReason::Brake => "wait-brake",
        WaitReason::OverSize => "wait-over-size",
        WaitReason::Blocked => "wait-blocked",
        WaitReason::Failed => "wait-failed",
    };
    texts.explain(id, &[])
}

/// Returns why a whole run was stopped.
pub fn gate(texts: &Texts, gate: &Gate) -> Said {
    let id = match gate {
        Gate::FolderMissing => "gate-folder-missing",
        Gate::MarkerMissing => "gate-marker-missing",
        Gate::ForeignMarker => "gate-foreign-marker",
        Gate::RemoteRootChanged => "gate-remote-root-changed",
        Gate::RemoteRestored => "gate-remote-restored",
    };
    texts.explain(id, &[])
}

/// Returns which deletions wait, and why.
pub fn brake(texts: &Texts, brake: &Brake) -> Said {
    // It happened on the side opposite to the one that would follow.
    let id = match (brake.side, brake.rule) {
        (Side::Remote, BrakeRule::Overwritten) => "brake-changed-here",
        (Side::Local, BrakeRule::Overwritten) => "brake-changed-there",
        (Side::Remote, _) => "brake-removed-here",
        (Side::Local, _) => "brake-removed-there",
    };
    let rule = match brake.rule {
        BrakeRule::Many => "brake-many",
        BrakeRule::RootEmptied => "brake-root-emptied",
        BrakeRule::TopFolder => "brake-top-folder",
        BrakeRule::Overwritten => "brake-overwritten",
        BrakeRule::NotAllowed => "brake-not-allowed",
    };
    let files = brake.files.len();
    // The limit is typed back by the user: no grouped digits.
    let args = [("n", files.into()), ("of", brake.of.into()), ("limit", files.to_string().into())];
    let said = texts.explain(id, &args);
    Said { sentence: format!("{} {}", said.sentence, texts.say(rule, &[])), ..said }
}

/// Returns what stopped a run. `host` is the server's name, `place` where the
/// journal lies.
pub fn engine(texts: &Texts, error: &EngineError, host: &str, place: &str) -> Said {
    match error {
        EngineError::Server(error) => server(texts, error, host),
        EngineError::Disk(error) => disk(texts, error),
        EngineError::Journal(error) => journal(texts, error, place),
        EngineError::Gate(stop) => gate(texts, stop),
        EngineError::InUse => texts.explain("error-in-use", &[]),
    }
}

/// Returns why the server called `host` cannot be worked with.
pub fn server(texts: &Texts, error: &ServerError, host: &str) -> Said {
    let id = match &error.kind {
        ServerErrorKind::Unreachable | ServerErrorKind::Interrupted => "error-server-unreachable",
        ServerErrorKind::Certificate => "error-server-certificate",
        ServerErrorKind::SignIn => "error-server-sign-in",
        ServerErrorKind::Forbidden => "error-server-forbidden",
        ServerErrorKind::NotFound => "error-server-not-found",
        ServerErrorKind::Changed => "error-server-changed",
        ServerErrorKind::Exists => "error-server-exists",
        ServerErrorKind::Locked => "error-server-locked",
        ServerErrorKind::Quota => "error-server-quota",
        ServerErrorKind::TooLarge => "error-server-too-large",
        ServerErrorKind::BadName => "error-server-bad-name",
        ServerErrorKind::Busy(None) => "error-server-busy",
        ServerErrorKind::StorageGone => "error-server-storage-gone",
        ServerErrorKind::Torn => "error-server-torn",
        ServerErrorKind::Nonsense => "error-server-nonsense",
        ServerErrorKind::Body => "error-server-body",
        ServerErrorKind::Account(trouble) => return account(texts, *trouble, host),
        ServerErrorKind::Site(trouble) => return site(texts, trouble, host),
        ServerErrorKind::Busy(Some(wait)) => {
            let args = [("host", host.into()), ("wait", texts.time(*wait).into())];
            return texts.explain("error-server-busy-until", &args);
        }
        ServerErrorKind::Status(status) => {
            let args = [("host", host.into()), ("status", (*status).into())];
            return texts.explain("error-server-status", &args);
        }
    };
    texts.explain(id, &[("host", host.into())])
}

/// Returns why the server called `host` does not work for this account.
fn account(texts: &Texts, trouble: AccountTrouble, host: &str) -> Said {
    let id = match trouble {
        AccountTrouble::Disabled => "error-account-disabled",
        AccountTrouble::Blocked => "error-account-blocked",
        AccountTrouble::TooManyAttempts => "error-account-too-many-attempts",
        AccountTrouble::AppPasswordNeeded => "error-account-app-password",
        AccountTrouble::PasswordExpired => "error-account-password-expired",
        AccountTrouble::TermsNotAccepted => "error-account-terms",
        AccountTrouble::PlanEnded => "error-account-plan-ended",
    };
    texts.explain(id, &[("host", host.into())])
}

/// Returns why no storage works at `host` for now.
fn site(texts: &Texts, trouble: &SiteTrouble, host: &str) -> Said {
    let id = match trouble {
        SiteTrouble::Maintenance => "error-site-maintenance",
        SiteTrouble::UpgradePending => "error-site-upgrade-pending",
        SiteTrouble::UntrustedHost => "error-site-untrusted-host",
        SiteTrouble::Page => "error-site-page",
        SiteTrouble::ProxySignIn => "error-site-proxy-sign-in",
        SiteTrouble::ProxyRefused => "error-site-proxy-refused",
        SiteTrouble::ProxyUnreachable => "error-site-proxy-unreachable",
        SiteTrouble::Elsewhere(url) => {
            let args = [("host", host.into()), ("address", url.as_str().into())];
            return texts.explain("error-site-elsewhere", &args);
        }
    };
    texts.explain(id, &[("host", host.into())])
}

/// Returns why nothing could be begun with the server called `host`.
pub fn connect(texts: &Texts, error: &ConnectError, host: &str) -> Said {
    let id = match error {
        ConnectError::NoHost(_) => "error-server-no-host",
        ConnectError::Refused(_) => "error-server-refused",
        ConnectError::TimedOut(_) => "error-server-timed-out",
        ConnectError::Unreachable(_) => "error-server-unreachable",
        ConnectError::Certificate(_) => "error-server-certificate",
        ConnectError::SignIn { page: None, .. } => "error-server-sign-in",
        ConnectError::SignIn { page: Some(page), .. } => {
            let args = [("host", host.into()), ("page", page.as_str().into())];
            return texts.explain("error-server-sign-in-page", &args);
        }
        ConnectError::NotStorage(_) => "error-server-nonsense",
        ConnectError::Busy => "error-server-busy",
        ConnectError::Account(trouble) => return account(texts, *trouble, host),
        ConnectError::Site(trouble) => return site(texts, trouble, host),
        ConnectError::ForeignHome => "error-server-foreign-home",
        ConnectError::BadUrl(address) => {
            return texts.explain("usage-address-bad", &[("address", address.as_str().into())]);
        }
        ConnectError::InsecureHttp(address) => {
            return texts.explain("usage-not-encrypted", &[("address", address.as_str().into())]);
        }
        ConnectError::CaFile(reason) => {
            return texts.explain("error-ca-file", &[("reason", plain(reason).into())]);
        }
        ConnectError::Redirected(url) => {
            let args = [("host", host.into()), ("address", url.as_str().into())];
            return texts.explain("error-server-moved", &args);
        }
        ConnectError::NoSpace { wanted, there } => return no_space(texts, wanted, there, host),
        ConnectError::NotAFolder(path) => {
            let args = [("host", host.into()), ("path", path.as_str().into())];
            return texts.explain("error-server-not-a-folder", &args);
        }
        ConnectError::Server(error) => return server(texts, error, host),
    };
    texts.explain(id, &[("host", host.into())])
}

/// Returns that no one space is called so, and which there are.
fn no_space(texts: &Texts, wanted: &str, there: &[Space], host: &str) -> Said {
    let listed: Vec<String> =
        there.iter().map(|space| format!("“{}” ({})", space.name, space.id)).collect();
    let id = match (there.iter().filter(|space| space.name == wanted).count(), there) {
        (_, []) => "usage-space-none",
        (0, _) => "usage-space-unknown",
        _ => "usage-space-which",
    };
    let args =
        [("host", host.into()), ("name", wanted.into()), ("spaces", listed.join(", ").into())];
    texts.explain(id, &args)
}

/// Returns why the disk cannot be worked with.
pub fn disk(texts: &Texts, error: &DiskError) -> Said {
    let id = match error.kind {
        // The root itself has no path to show.
        DiskErrorKind::NotFound if error.path.is_root() => "gate-folder-missing",
        DiskErrorKind::NotFound => "error-disk-not-found",
        DiskErrorKind::Exists => "error-disk-exists",
        DiskErrorKind::Denied => "error-disk-denied",
        DiskErrorKind::Full => "error-disk-full",
        DiskErrorKind::Busy => "error-disk-busy",
        DiskErrorKind::NotEmpty => "error-disk-not-empty",
        DiskErrorKind::WrongType => "error-disk-wrong-type",
        DiskErrorKind::Linked => "cause-through-link",
        DiskErrorKind::Unsupported => "error-disk-unsupported",
        DiskErrorKind::BadName => "error-disk-bad-name",
        DiskErrorKind::ReadOnly => "error-disk-read-only",
        DiskErrorKind::Broken => "error-disk-broken",
    };
    let path = if error.path.is_root() { "." } else { error.path.as_str() };
    texts.explain(id, &[("path", path.into())])
}

/// Returns why the journal at `place` cannot be worked with.
pub fn journal(texts: &Texts, error: &JournalError, place: &str) -> Said {
    let id = match error {
        JournalError::Sqlite(_) | JournalError::File { .. } | JournalError::Row { .. } => {
            "error-journal-unreadable"
        }
        JournalError::Newer { .. } => "error-journal-newer",
        JournalError::InUse => "error-in-use",
    };
    texts.explain(id, &[("place", place.into())])
}

/// Returns a reason of the system's without its number, which says nothing to people.
pub fn plain(reason: &str) -> &str {
    reason.split_once(" (os error ").map_or(reason, |(words, _)| words)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::time::Duration;

    use super::super::Language;
    use super::*;
    use crate::model::{NodeId, RelPath};
    use crate::server::Effect;

    fn in_both(said: impl Fn(&Texts) -> Said) -> [Said; 2] {
        [Language::ENGLISH, Language::FRENCH].map(|language| said(&Texts::new(language)))
    }

    /// One sentence with a remedy, all arguments filled in.
    fn is_whole(said: &Said) {
        let remedy = said.remedy.as_ref().unwrap_or_else(|| panic!("no remedy: {said}"));
        for text in [&said.sentence, remedy] {
            assert!(text.ends_with('.') && !text.contains("{$"), "{text}");
        }
    }

    #[test]
    fn a_refused_name_is_explained_with_what_is_to_be_renamed() {
        let reasons = [
            NameReason::Character('\\'),
            NameReason::Control,
            NameReason::Word(".htaccess".to_owned()),
            NameReason::Ending(".part".to_owned()),
            NameReason::Blank,
            NameReason::TooLong(250),
            NameReason::SpelledLike("\u{e9}t\u{e9}".to_owned()),
        ];
        for reason in reasons {
            let shown = match &reason {
                NameReason::Character(letter) => letter.to_string(),
                NameReason::Word(part)
                | NameReason::Ending(part)
                | NameReason::SpelledLike(part) => part.clone(),
                NameReason::TooLong(most) => most.to_string(),
                NameReason::Control | NameReason::Blank => String::new(),
            };
            let reason = Cause::NameForbidden(reason);
            for said in in_both(|texts| cause(texts, &reason)) {
                is_whole(&said);
                assert!(said.sentence.contains(&shown), "{said}");
            }
        }
        let alias = Cause::ShownAs("a (case 2)".to_owned());
        in_both(|texts| cause(texts, &alias)).iter().for_each(is_whole);
    }

    #[test]
    fn every_refusal_of_a_server_is_explained() {
        use ServerErrorKind as Kind;
        let kinds = [
            Kind::Unreachable,
            Kind::Certificate,
            Kind::SignIn,
            Kind::Forbidden,
            Kind::NotFound,
            Kind::Changed,
            Kind::Exists,
            Kind::Locked,
            Kind::Quota,
            Kind::TooLarge,
            Kind::BadName,
            Kind::Busy(None),
            Kind::Busy(Some(Duration::from_secs(90))),
            Kind::StorageGone,
            Kind::Torn,
            Kind::Nonsense,
            Kind::Body,
            Kind::Status(500),
        ];
        for kind in kinds {
            let (method, path, detail) = ("GET", RelPath::root(), String::new());
            let error = ServerError { kind, effect: Effect::None, method, path, detail };
            in_both(|texts| server(texts, &error, "example.org")).iter().for_each(is_whole);
        }
    }

    #[test]
    fn every_trouble_with_an_account_or_a_site_has_a_sentence_of_its_own() {
        use {AccountTrouble as Account, SiteTrouble as Site};
        let accounts = [
            Account::Disabled,
            Account::Blocked,
            Account::TooManyAttempts,
            Account::AppPasswordNeeded,
            Account::PasswordExpired,
            Account::TermsNotAccepted,
            Account::PlanEnded,
        ];
        let sites = [
            Site::Maintenance,
            Site::UpgradePending,
            Site::UntrustedHost,
            Site::Page,
            Site::Elsewhere(Box::new("https://idp.example/login".parse().unwrap())),
            Site::ProxySignIn,
            Site::ProxyRefused,
            Site::ProxyUnreachable,
        ];
        let mut sentences = std::collections::BTreeSet::new();
        let kinds = accounts.into_iter().map(ServerErrorKind::Account);
        for kind in kinds.chain(sites.into_iter().map(ServerErrorKind::Site)) {
            let (method, path, detail) = ("GET", RelPath::root(), String::new());
            let error = ServerError { kind, effect: Effect::None, method, path, detail };
            for said in in_both(|texts| server(texts, &error, "example.org")) {
                is_whole(&said);
                assert!(sentences.insert(said.sentence), "{error}");
            }
        }
    }

    #[test]
    fn every_way_not_to_connect_is_explained() {
        let text = || "x".to_owned();
        let errors = [
            ConnectError::BadUrl(text()),
            ConnectError::InsecureHttp(text()),
            ConnectError::CaFile(text()),
            ConnectError::NoHost(text()),
            ConnectError::Refused(text()),
            ConnectError::TimedOut(text()),
            ConnectError::Unreachable(text()),
            ConnectError::Certificate(text()),
            ConnectError::SignIn { detail: text(), page: None },
            ConnectError::SignIn {
                detail: text(),
                page: Some("https://example.org/index.php/login".parse().unwrap()),
            },
            ConnectError::NotStorage(text()),
            ConnectError::Busy,
            ConnectError::Redirected("https://example.org".parse().unwrap()),
            ConnectError::ForeignHome,
            ConnectError::NotAFolder(RelPath::parse("a/b").unwrap()),
        ];
        for error in errors {
            in_both(|texts| connect(texts, &error, "example.org")).iter().for_each(is_whole);
        }
    }

    #[test]
    fn every_failure_of_the_disk_and_the_journal_is_explained() {
        use DiskErrorKind as Kind;
        let kinds = [
            Kind::NotFound,
            Kind::Exists,
            Kind::Denied,
            Kind::Full,
            Kind::Busy,
            Kind::NotEmpty,
            Kind::WrongType,
            Kind::Unsupported,
            Kind::BadName,
            Kind::ReadOnly,
            Kind::Broken,
        ];
        for kind in kinds {
            for path in [RelPath::root(), RelPath::parse("a/b").unwrap()] {
                let error = DiskError { kind, path, source: io::ErrorKind::Other.into() };
                in_both(|texts| disk(texts, &error)).iter().for_each(is_whole);
            }
        }
        let errors = [
            JournalError::Row { table: "base", detail: String::new() },
            JournalError::Newer { found: 2, known: 1 },
            JournalError::InUse,
        ];
        for error in errors {
            in_both(|texts| journal(texts, &error, "/state")).iter().for_each(is_whole);
        }
    }

    #[test]
    fn the_brake_says_how_many_and_how_to_go_on() {
        let files = (1..=1200).map(NodeId).collect();
        let stop =
            Brake { side: Side::Remote, files, held: Vec::new(), of: 2000, rule: BrakeRule::Many };
        let [english, french] = in_both(|texts| brake(texts, &stop));
        assert_eq!(
            english.sentence,
            "1,200 files of 2,000 disappeared here. These are many at once."
        );
        assert!(french.sentence.starts_with("1\u{202f}200 fichiers sur 2\u{202f}000 ont disparu"));
        for said in [&english, &french] {
            is_whole(said);
            assert!(said.to_string().contains("--allow-deletes=1200"), "{said}");
        }
    }

    #[test]
    fn a_reason_of_the_system_is_said_without_its_number() {
        let reason = io::Error::from_raw_os_error(2).to_string();
        assert!(reason.contains("(os error 2)") && reason.starts_with(plain(&reason)), "{reason}");
        assert!(!plain(&reason).contains("error 2"), "{reason}");
        assert_eq!(plain("no certificate in it"), "no certificate in it");
    }
}
