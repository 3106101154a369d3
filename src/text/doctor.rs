//! What was looked at, in a sentence with its remedy.

use crate::doctor::{Defect, Finding, Grade, Keychain, Lack, days_left};
use crate::server::Family;

use super::{Said, Texts};

/// Returns what was found. `host` is what people call the server.
pub fn finding(texts: &Texts, finding: &Finding, host: &str) -> Said {
    let grade = finding.grade();
    let is_ok = grade == Grade::Ok;
    let choose = |well, ill| if is_ok { well } else { ill };
    let say = |id: &str, args: &super::Args<'_>| texts.explain(id, args);
    match finding {
        Finding::FolderAway => say("doctor-folder-away", &[]),
        Finding::Room { free, total } => {
            let args = [("free", texts.size(*free).into()), ("total", texts.size(*total).into())];
            say(choose("doctor-room", "doctor-room-little"), &args)
        }
        Finding::Watches { limit, folders } => {
            let args = [("limit", (*limit).into()), ("n", (*folders).into())];
            say(choose("doctor-watches", "doctor-watches-few"), &args)
        }
        Finding::Names { case, accents, windows } => say(names(*case, *accents, *windows), &[]),
        Finding::Dates(step) => {
            let args = [("seconds", step.as_secs().into())];
            say(choose("doctor-dates", "doctor-dates-coarse"), &args)
        }
        Finding::Ids(_) => say(choose("doctor-ids", "doctor-ids-none"), &[]),
        Finding::Exchange(_) => say(choose("doctor-exchange", "doctor-exchange-none"), &[]),
        Finding::Keychain(keychain) => say(keychain_id(*keychain), &[]),
        Finding::Proxy(None) => say("doctor-proxy-none", &[]),
        Finding::Proxy(Some(proxy)) => say("doctor-proxy", &[("proxy", proxy.as_str().into())]),
        Finding::Journal(None) => say("doctor-journal-none", &[]),
        Finding::Journal(Some(_)) => say(choose("doctor-journal", "doctor-journal-broken"), &[]),
        Finding::NoPassword => say("doctor-no-password", &[]),
        Finding::Server(error) => super::connect(texts, error, host),
        Finding::SignedIn { product, family } => {
            let kind = match family {
                Family::Nextcloud | Family::OwnCloud10 | Family::Ocis => product.as_str(),
                Family::Plain => "WebDAV",
            };
            say("doctor-signed-in", &[("host", host.into()), ("product", kind.into())])
        }
        Finding::Clock(ahead) => {
            let args = [("host", host.into()), ("seconds", ahead.unsigned_abs().into())];
            let off = if *ahead > 0 { "doctor-clock-ahead" } else { "doctor-clock-behind" };
            say(choose("doctor-clock", off), &args)
        }
        Finding::Tls(None, _) => say("doctor-tls-none", &[]),
        Finding::Tls(Some(tls), now) => {
            let args = [
                ("version", tls.version.into()),
                ("issuer", tls.issuer.as_str().into()),
                ("days", days_left(tls.ends, *now).into()),
            ];
            say(choose("doctor-tls", "doctor-tls-ends"), &args)
        }
        Finding::Lacks(lack) => say(lack_id(*lack), &[]),
        Finding::Defect(defect) => say(defect_id(*defect), &[]),
    }
}

fn names(case: bool, accents: bool, windows: bool) -> &'static str {
    match (windows, case, accents) {
        (true, ..) => "doctor-names-windows",
        (false, true, _) => "doctor-names-case",
        (false, false, true) => "doctor-names-accents",
        (false, false, false) => "doctor-names",
    }
}

fn keychain_id(keychain: Keychain) -> &'static str {
    match keychain {
        Keychain::Keeps => "doctor-keychain",
        Keychain::Empty => "doctor-keychain-empty",
        Keychain::None => "doctor-keychain-none",
        Keychain::Locked => "doctor-keychain-locked",
        Keychain::Failed => "doctor-keychain-failed",
    }
}

fn lack_id(lack: Lack) -> &'static str {
    match lack {
        Lack::Push => "doctor-lacks-push",
        Lack::Trash => "doctor-lacks-trash",
        Lack::TreeEtags => "doctor-lacks-tree-etags",
        Lack::Ids => "doctor-lacks-ids",
        Lack::Checksums => "doctor-lacks-checksums",
        Lack::Guards => "doctor-lacks-guards",
        Lack::Dates => "doctor-lacks-dates",
        Lack::Together => "doctor-lacks-together",
        Lack::Zips => "doctor-lacks-zips",
    }
}

fn defect_id(defect: Defect) -> &'static str {
    match defect {
        Defect::TornOverwrites => "doctor-defect-torn-overwrites",
        Defect::SameSecond => "doctor-defect-same-second",
        Defect::UnguardedMoves => "doctor-defect-unguarded-moves",
        Defect::SameDate => "doctor-defect-same-date",
    }
}
