//! The languages that are spoken: the folders beside this file, each with any
//! number of `.ftl` files. Their names, and how they write numbers and dates,
//! are messages, too (`language.ftl`), so that a folder is all that a new
//! language needs.

use std::convert::Infallible;

use fluent::{FluentBundle, FluentResource, FluentValue};
use intl_memoizer::{IntlLangMemoizer, Memoizable};
use unic_langid::LanguageIdentifier;

/// The name of a file, and what it holds.
type Source = (&'static str, &'static str);

/// Each language's tag, and its files (`build.rs`).
const SPOKEN: &[(&str, &[Source])] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// The file in which a language tells of itself.
const OF_ITSELF: &str = "language.ftl";

/// A language that Navette speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(&'static str);

impl Default for Language {
    fn default() -> Self {
        Self::ENGLISH
    }
}

impl Language {
    /// English: also for everybody whose language is not spoken.
    pub const ENGLISH: Self = Self("en");

    /// French, which tests compare English with.
    #[cfg(test)]
    pub(crate) const FRENCH: Self = Self("fr");

    /// Returns all of them, by tag.
    pub fn all() -> impl Iterator<Item = Self> {
        SPOKEN.iter().map(|(tag, _)| Self(tag))
    }

    /// Returns the language that the user set: `NAVETTE_LANG`, else the
    /// first one of the system's settings that is spoken here, else English.
    pub fn detect() -> Self {
        let own = std::env::var("NAVETTE_LANG").ok().into_iter();
        own.chain(sys_locale::get_locales())
            .find_map(|tag| Self::from_tag(&tag))
            .unwrap_or_default()
    }

    /// Reads a tag like `fr`, `fr-CA` or `fr_FR.UTF-8`; `None` if that
    /// language is not spoken here. `C` and `POSIX` are English.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let tag = tag.split(['.', '@']).next()?.replace('_', "-").to_ascii_lowercase();
        let language = tag.split('-').next()?;
        if ["c", "posix"].contains(&language) {
            return Some(Self::ENGLISH);
        }
        // That of a region before that of the language.
        [tag.as_str(), language]
            .into_iter()
            .find_map(|wanted| Self::all().find(|spoken| spoken.0.eq_ignore_ascii_case(wanted)))
    }

    /// Returns its tag, which is the name of its folder.
    pub fn tag(self) -> &'static str {
        self.0
    }

    /// Returns its own name for itself.
    pub fn name(self) -> String {
        Habits::of(self).name
    }

    pub(super) fn id(self) -> LanguageIdentifier {
        self.0.parse().unwrap_or_default()
    }

    pub(super) fn sources(self) -> &'static [Source] {
        SPOKEN.iter().find(|(tag, _)| *tag == self.0).map_or(&[], |(_, files)| files)
    }
}

/// How a language calls itself, and writes numbers and dates.
#[derive(Clone, Debug)]
pub(super) struct Habits {
    name: String,
    group: String,
    point: String,
    /// A day and time of day, as `strftime` writes them.
    pub(super) date: String,
    /// A time of the same day.
    pub(super) time: String,
    /// Another day.
    pub(super) day: String,
}

impl Habits {
    /// Those of a language, in the words of its own files.
    pub(super) fn of(language: Language) -> Self {
        let mut bundle: FluentBundle<FluentResource> = FluentBundle::new(vec![language.id()]);
        bundle.set_use_isolating(false);
        for (_, source) in language.sources().iter().filter(|(name, _)| *name == OF_ITSELF) {
            let resource = FluentResource::try_new((*source).to_owned());
            bundle.add_resource_overriding(resource.unwrap_or_else(|(partly, _)| partly));
        }
        let say = |id: &str| {
            let pattern = bundle.get_message(id).and_then(|message| message.value());
            let said = pattern.map(|pattern| bundle.format_pattern(pattern, None, &mut Vec::new()));
            said.map(|said| said.into_owned()).unwrap_or_default()
        };
        Self {
            name: say("language-name"),
            group: say("language-group"),
            point: say("language-point"),
            date: say("language-date"),
            time: say("language-time"),
            day: say("language-day"),
        }
    }

    /// Groups the digits before the point by three, and writes the language's point.
    pub(super) fn write(&self, digits: &str) -> String {
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let mut text = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push_str(&self.group);
            }
            text.push(digit);
        }
        if !part.is_empty() {
            text.push_str(&self.point);
            text.push_str(part);
        }
        text
    }
}

impl Memoizable for Habits {
    type Args = ();
    type Error = Infallible;

    fn construct(id: LanguageIdentifier, (): ()) -> Result<Self, Infallible> {
        Ok(Self::of(Language::from_tag(&id.to_string()).unwrap_or_default()))
    }
}

/// Writes numbers in messages as the language of the messages does.
pub(super) fn number(value: &FluentValue<'_>, languages: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let write = |habits: &Habits| habits.write(&number.as_string());
    languages.with_try_get::<Habits, _, _>((), write).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_read_from_every_way_of_writing_it() {
        for tag in ["fr", "fr-CA", "fr_FR.UTF-8", "FR", "fr_BE@euro"] {
            assert_eq!(Language::from_tag(tag), Some(Language::FRENCH), "{tag}");
        }
        for tag in ["en", "en_GB.UTF-8", "C", "C.UTF-8", "POSIX"] {
            assert_eq!(Language::from_tag(tag), Some(Language::ENGLISH), "{tag}");
        }
        for tag in ["xx_XX", "", "frisian"] {
            assert_eq!(Language::from_tag(tag), None, "{tag}");
        }
    }

    #[test]
    fn every_language_says_its_name_and_how_it_writes() {
        let names: Vec<_> = Language::all().map(Language::name).collect();
        assert!(names.contains(&"English".to_owned()) && names.contains(&"Français".to_owned()));
        for language in Language::all() {
            let habits = Habits::of(language);
            assert!(!habits.point.is_empty() && habits.date.contains("%H:%M"), "{habits:?}");
        }
    }
}
