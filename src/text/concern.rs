//! What needs a person, in words.

use crate::concern::{About, Concern};
use crate::model::Side;
use crate::names::Misfit;

use super::explain::name;
use super::{Args, Said, Texts, cause};

/// Returns what needs a person. `host` is the server's name, `stopped` how the
/// pair stands.
pub fn concern(texts: &Texts, concern: &Concern, host: &str, stopped: &Said) -> Said {
    let time = || texts.date(concern.since);
    match &concern.about {
        About::Brake { side, overwritten, files, .. } => {
            let id = match (side, overwritten) {
                // It happened on the side opposite to the one that would follow.
                (Side::Remote, false) => "brake-here",
                (Side::Local, false) => "brake-there",
                (Side::Remote, true) => "concern-changed-here",
                (Side::Local, true) => "concern-changed-there",
            };
            let folder = last(&concern.folder).to_owned();
            let args = [("n", (*files).into()), ("folder", folder.into()), ("time", time().into())];
            texts.titled(id, &args)
        }
        About::Conflict { conflict } => {
            texts.titled("two-versions", &[("name", last(&conflict.path).into())])
        }
        About::Name { path, reason, bad, other, .. } => {
            named(texts, last(path), (*reason, bad, other.as_deref()), host)
        }
        About::SignIn { .. } => {
            let args = [("server", host.into()), ("time", time().into())];
            texts.titled("concern-sign-in", &args)
        }
        About::Gate { gate, .. } => {
            let id = match *gate {
                "remote-root-changed" => "server-changed",
                "remote-restored" => "concern-went-back",
                "marker-missing" => "concern-marker-missing",
                "foreign-marker" => "concern-foreign-marker",
                _ => "folder-missing",
            };
            let args = [("server", host.into()), ("path", concern.folder.as_str().into())];
            texts.titled(id, &args)
        }
        About::Certificate { host, .. } => {
            texts.titled("concern-certificate", &[("host", host.as_str().into())])
        }
        About::Space { files, bytes, .. } => {
            let size = texts.size(*bytes);
            let args = [("server", host.into()), ("n", (*files).into()), ("size", size.into())];
            texts.titled("quota-full", &args)
        }
        About::Disk { bytes } => texts.titled("disk-full", &[("size", texts.size(*bytes).into())]),
        About::Large { path, bytes } => {
            let args = [("name", last(path).into()), ("size", texts.size(*bytes).into())];
            texts.titled("concern-large", &args)
        }
        About::Stopped { .. } => stopped.clone(),
        About::File { path, cause: why, .. } => {
            let said = cause(texts, why);
            let args = [("path", path.as_str().into()), ("sentence", said.sentence.into())];
            Said { sentence: texts.say("line-item", &args), remedy: said.remedy }
        }
    }
}

fn named(
    texts: &Texts,
    name: &str,
    (reason, bad, other): (&str, &str, Option<&str>),
    host: &str,
) -> Said {
    let chars = bad.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let id = match reason {
        "windows" if !bad.is_empty() => "name-windows",
        "twin" => "concern-name-twin",
        "long" => "concern-name-long",
        "server" => "name-server",
        _ => "concern-name-here",
    };
    let args: &Args<'_> = &[
        ("name", name.into()),
        ("chars", chars.into()),
        ("server", host.into()),
        ("a", name.into()),
        ("b", other.unwrap_or_default().into()),
    ];
    texts.titled(id, args)
}

/// Returns why something cannot be called so.
pub fn misfit(texts: &Texts, misfit: &Misfit) -> Said {
    match misfit {
        Misfit::NoName => texts.explain("names-none", &[]),
        Misfit::Server(reason) => name(texts, reason),
        Misfit::Windows => texts.explain("names-windows", &[]),
        Misfit::TooLong(most) => texts.explain("names-long", &[("most", (*most).into())]),
        Misfit::Taken => texts.explain("names-taken", &[]),
    }
}

fn last(path: &str) -> &str {
    path.rsplit(['/', std::path::MAIN_SEPARATOR]).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Cause;
    use crate::text::Language;

    fn said(language: Language, about: About) -> String {
        let concern = Concern {
            id: String::new(),
            folder: "/home/a/Thesis".to_owned(),
            account: String::new(),
            since: 0,
            about,
        };
        let stopped = Said { sentence: "stopped".to_owned(), remedy: None };
        super::concern(&Texts::new(language), &concern, "w.org", &stopped).to_string()
    }

    #[test]
    fn every_question_is_a_sentence_without_gaps_in_both_languages() {
        let name = |reason: &'static str, bad: &str| About::Name {
            path: "d/a:b".to_owned(),
            side: Side::Local,
            reason,
            bad: bad.to_owned(),
            suggestion: "a-b".to_owned(),
            other: Some("other".to_owned()),
        };
        let brake = |side, overwritten| About::Brake {
            side,
            overwritten,
            asked: String::new(),
            files: 25,
            sample: Vec::new(),
            of: 30,
            bytes: 7,
            kept_days: None,
            has_trash: true,
        };
        let gate = |gate| About::Gate { gate, compare: true };
        let file = About::File {
            path: "d/a".to_owned(),
            side: None,
            again: None,
            cause: Cause::Unreadable,
        };
        let abouts = [
            brake(Side::Local, false),
            brake(Side::Remote, false),
            brake(Side::Local, true),
            brake(Side::Remote, true),
            name("windows", ":?"),
            name("windows", ""),
            name("server", ":"),
            name("twin", ""),
            name("long", ""),
            name("other", ""),
            About::SignIn { account: String::new(), server: String::new(), browser: true },
            gate("remote-root-changed"),
            gate("remote-restored"),
            gate("marker-missing"),
            gate("foreign-marker"),
            gate("folder-missing"),
            About::Certificate { host: "w.org".to_owned(), issuer: None, fingerprint: None },
            About::Space { files: 12, bytes: 7, free: None },
            About::Disk { bytes: 7 },
            About::Large { path: "d/a".to_owned(), bytes: 7 },
            About::Stopped { reason: "disabled" },
            file,
        ];
        for language in [Language::ENGLISH, Language::FRENCH] {
            for about in &abouts {
                let said = said(language, about.clone());
                let id_alone = !said.contains(' ') && said.contains('-');
                assert!(!said.contains("{") && !id_alone, "{about:?}: {said}");
            }
        }
        let twelve = said(Language::ENGLISH, About::Space { files: 12, bytes: 7, free: None });
        assert!(
            twelve.starts_with("Your space on w.org is full Waiting here: 12 files"),
            "{twelve}"
        );
    }
}
