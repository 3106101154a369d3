//! What needs a person, in words.

use crate::concern::{About, Concern, Misnamed};
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
        About::Conflict { files, sample } => match &sample[..] {
            [only] if *files == 1 => {
                texts.titled("two-versions", &[("name", last(&only.path).into())])
            }
            _ => texts.titled("concern-versions", &[("files", count(texts, *files).into())]),
        },
        About::Name { reason, files, sample, .. } => match &sample[..] {
            [only] if *files == 1 => named(texts, only, reason, host),
            _ => names(texts, *files, reason, host),
        },
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
        About::File { cause: why, files, sample, .. } => {
            let Said { sentence, remedy } = cause(texts, why);
            let sentence = match &sample[..] {
                [only] if *files == 1 => {
                    let args = [("path", only.as_str().into()), ("sentence", sentence.into())];
                    texts.say("line-item", &args)
                }
                _ => {
                    let files = count(texts, *files);
                    let args = [("files", files.into()), ("sentence", sentence.into())];
                    texts.say("waits-many", &args)
                }
            };
            Said { sentence, remedy }
        }
    }
}

fn count(texts: &Texts, files: usize) -> String {
    texts.files(u64::try_from(files).unwrap_or(u64::MAX))
}

/// Names with one fault.
fn names(texts: &Texts, files: usize, reason: &str, host: &str) -> Said {
    let id = match reason {
        "windows" => "concern-names-windows",
        "twin" => "concern-names-twin",
        "long" => "concern-names-long",
        "server" => "concern-names-server",
        _ => "concern-names-here",
    };
    texts.titled(id, &[("files", count(texts, files).into()), ("server", host.into())])
}

fn named(texts: &Texts, misnamed: &Misnamed, reason: &str, host: &str) -> Said {
    let Misnamed { path, bad, other, .. } = misnamed;
    let name = last(path);
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
        ("b", other.as_deref().unwrap_or_default().into()),
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
    use crate::conflicts::Conflict;
    use crate::event::{Cause, Version};
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
        let name = |reason: &'static str, bad: &str, files: usize| {
            let one = Misnamed {
                path: "d/a:b".to_owned(),
                bad: bad.to_owned(),
                suggestion: "a-b".to_owned(),
                other: Some("other".to_owned()),
            };
            About::Name { side: Side::Local, reason, files, sample: vec![one; files] }
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
        let file = |files: usize| About::File {
            side: None,
            cause: Cause::Unreadable,
            files,
            bytes: 0,
            sample: vec!["d/a".to_owned(); files],
            again: None,
        };
        let versions = |files: usize| {
            let one = Conflict::told("d/a.txt", "d/a (conflict).txt", Version::default());
            About::Conflict { files, sample: vec![one; files] }
        };
        let abouts = [
            brake(Side::Local, false),
            brake(Side::Remote, false),
            brake(Side::Local, true),
            brake(Side::Remote, true),
            name("windows", ":?", 1),
            name("windows", "", 1),
            name("server", ":", 1),
            name("twin", "", 1),
            name("long", "", 1),
            name("other", "", 1),
            name("windows", ":?", 2),
            name("server", ":", 2),
            name("twin", "", 2),
            name("long", "", 2),
            name("other", "", 2),
            versions(1),
            versions(2),
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
            file(1),
            file(2),
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
        let one = said(Language::ENGLISH, file(1));
        assert!(one.starts_with("d/a: "), "{one}");
        let two = said(Language::ENGLISH, file(2));
        assert!(two.starts_with("Waiting: 2 files. "), "{two}");
    }
}
