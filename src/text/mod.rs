//! What people read, in their language.
//!
//! Messages live in Fluent files, one folder per language ([`Language`]), any
//! number of files in each; code and window name them by id. The same things
//! have the same words everywhere. `tests/text.rs` keeps the languages and the
//! code in step. May import the types it puts into words, and decides nothing.

mod activity;
mod amount;
mod assistant;
mod check;
mod concern;
mod conflicts;
mod doctor;
mod explain;
mod explained;
mod language;
mod peer;
mod relocate;
mod rules;
mod standing;
mod steps;
mod usage;

use std::borrow::Cow;

use fluent::{FluentBundle, FluentResource, FluentValue};

pub use activity::{burst, entry};
pub use assistant::{fate, fit, refusal};
pub use check::judged;
pub use concern::{concern, misfit};
pub use conflicts::{conflict, settled, unsettled, would};
pub use doctor::finding;
pub use explain::{brake, cause, connect, disk, engine, gate, journal, plain, server, wait};
pub use explained::{facts, level, verdict};
pub use language::Language;
pub use peer::peer;
pub use relocate::relocate;
pub use rules::ruled;
pub use standing::{open, standing, syncing, unwatched};
pub use steps::{comparison, done, planned, why};
pub use usage::{keychain, settings};

/// A sentence, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What is the case.
    pub sentence: String,
    /// What the user can do.
    pub remedy: Option<String>,
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence)?;
        self.remedy.iter().try_for_each(|remedy| write!(f, " {remedy}"))
    }
}

/// The values that a message is made with, by name.
pub type Args<'a> = [(&'a str, FluentValue<'a>)];

/// The messages of one language.
pub struct Texts {
    language: Language,
    habits: language::Habits,
    bundle: FluentBundle<FluentResource>,
}

impl Texts {
    /// Loads the messages of a language.
    pub fn new(language: Language) -> Self {
        let mut bundle = FluentBundle::new(vec![language.id()]);
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(language::number));
        for (_, source) in language.sources() {
            // What a damaged file still holds is kept; the tests find the damage.
            let resource = FluentResource::try_new((*source).to_owned());
            bundle.add_resource_overriding(resource.unwrap_or_else(|(partly, _)| partly));
        }
        Self { language, habits: language::Habits::of(language), bundle }
    }

    /// Returns the language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns a message. An unknown id is returned as it is.
    pub fn say(&self, id: &str, args: &Args<'_>) -> String {
        let pattern = self.bundle.get_message(id).and_then(|message| message.value());
        pattern.map_or_else(|| id.to_owned(), |pattern| self.fill(pattern, args))
    }

    /// Returns another part of a message; nothing if it has none of this name.
    pub fn say_part(&self, id: &str, part: &str, args: &Args<'_>) -> String {
        let message = self.bundle.get_message(id);
        let part = message.and_then(|message| message.get_attribute(part));
        part.map_or_else(String::new, |part| self.fill(part.value(), args))
    }

    /// Returns a message with its remedy, where it has one.
    pub fn explain(&self, id: &str, args: &Args<'_>) -> Said {
        let message = self.bundle.get_message(id);
        let remedy = message.and_then(|message| message.get_attribute("remedy"));
        Said {
            sentence: self.say(id, args),
            remedy: remedy.map(|remedy| self.fill(remedy.value(), args)),
        }
    }

    /// Returns what the window shows in bold, and what stands below it.
    pub(super) fn titled(&self, id: &str, args: &Args<'_>) -> Said {
        let body = self.bundle.get_message(id).and_then(|message| message.get_attribute("body"));
        Said {
            sentence: self.say(id, args),
            remedy: body.map(|body| self.fill(body.value(), args)),
        }
    }

    fn fill(&self, pattern: &fluent_syntax::ast::Pattern<&str>, args: &Args<'_>) -> String {
        let args = args.iter().map(|(name, value)| (*name, readable_value(value))).collect();
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::warn!(?errors, text, "a message lacks something");
        }
        text
    }
}

/// A text without control characters: a name may hold line ends, and commands
/// to the terminal or to the order in which it shows letters, and what it is
/// shown in is one line of text.
pub fn readable(text: &str) -> Cow<'_, str> {
    match text.contains(is_command) {
        true => text.replace(is_command, "\u{fffd}").into(),
        false => text.into(),
    }
}

/// Control characters, and what turns around the text behind it: `exe.txt` can
/// be made to look like another name so.
fn is_command(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

fn readable_value<'a>(value: &FluentValue<'a>) -> FluentValue<'a> {
    match value {
        FluentValue::String(text) => FluentValue::String(readable(text).into_owned().into()),
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_the_language() {
        let english = Texts::new(Language::ENGLISH);
        let french = Texts::new(Language::FRENCH);
        let files = |texts: &Texts, n: u64| texts.say("files", &[("n", n.into())]);
        assert_eq!(files(&english, 0), "0 files");
        assert_eq!(files(&english, 1), "1 file");
        assert_eq!(files(&french, 0), "0 fichier");
        assert_eq!(files(&french, 12345), "12\u{202f}345 fichiers");
        assert_eq!(files(&english, 12345), "12,345 files");
    }

    #[test]
    fn a_message_that_borrows_another_gets_its_numbers_too() {
        let args = [
            ("done", 3.into()),
            ("n", 12.into()),
            ("bytes", "1 MB".into()),
            ("total", "2 MB".into()),
            ("rate", "1 MB/s".into()),
        ];
        let said = Texts::new(Language::ENGLISH).say("state-progress", &args);
        assert_eq!(said, "3 of 12 files · 1 MB of 2 MB · 1 MB/s");
    }

    #[test]
    fn a_name_neither_ends_its_line_nor_commands_the_terminal() {
        let texts = Texts::new(Language::ENGLISH);
        let args = [("path", "a\nb\u{1b}[2Jc".into()), ("sentence", "Why.".into())];
        let said = texts.say("line-item", &args);
        assert_eq!(said, "a\u{fffd}b\u{fffd}[2Jc: Why.");
        assert_eq!(readable("gpj.\u{202e}exe"), "gpj.\u{fffd}exe");
        assert_eq!(readable("é 漢 עברית"), "é 漢 עברית");
    }

    #[test]
    fn a_sentence_comes_with_its_remedy() {
        let said = Texts::new(Language::ENGLISH).explain("cause-disk-full", &[]);
        assert_eq!(
            said.to_string(),
            "This computer’s disk is full. Free some space. Nothing is deleted."
        );
    }
}
