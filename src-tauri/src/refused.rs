//! Why a command was refused: the one shape in which the window hears of it.

use navette::activity::ActivityError;
use navette::api::AskError;
use navette::settings::SettingsError;
use navette::text::{self, Language, Said, Texts};
use serde::Serialize;
use serde_json::Value;

use crate::thread::Ended;

/// A refusal, as `ui/src/lib/types` knows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Refused {
    /// A word for programs.
    pub(crate) code: &'static str,
    /// For people.
    pub(crate) said: Spoken,
    /// In English, for whoever helps; without secrets.
    pub(crate) details: Option<String>,
    /// The field of the form that is at fault.
    pub(crate) field: Option<&'static str>,
}

impl Refused {
    fn of(code: &'static str, said: Said, error: &dyn std::error::Error) -> Self {
        Self { code, said: said.into(), details: Some(error.to_string()), field: None }
    }

    /// Those that watch have refused it, or nobody watches.
    pub(crate) fn ask(texts: &Texts, error: &AskError) -> Self {
        Self::of(error.word(), error.said(texts), error)
    }

    /// The settings have.
    pub(crate) fn settings(texts: &Texts, error: &SettingsError) -> Self {
        Self::of("settings", text::settings(texts, error), error)
    }

    /// What was done cannot be read.
    pub(crate) fn activity(texts: &Texts, error: &ActivityError) -> Self {
        Self::of("unreadable", texts.explain("activity-unreadable", &[]), error)
    }

    /// The system has.
    pub(crate) fn system(error: &dyn std::error::Error) -> Self {
        let texts = Texts::new(Language::detect());
        Self::of("system", texts.explain("error-system", &[]), error)
    }

    /// It is no page that Navette named.
    pub(crate) fn foreign_page(texts: &Texts) -> Self {
        let said = texts.explain("error-foreign-page", &[]);
        Self { code: "foreign-page", said: said.into(), details: None, field: None }
    }

    /// Nothing is watched yet.
    pub(crate) fn not_begun() -> Self {
        let said = AskError::Nobody.said(&Texts::new(Language::detect()));
        Self { code: "nobody", said: said.into(), details: None, field: None }
    }
}

/// A sentence and its remedy, as the window knows them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Spoken {
    sentence: String,
    remedy: Option<String>,
}

impl Refused {
    /// A refusal with this word and this sentence, because of `error`.
    pub(crate) fn because(code: &'static str, said: Said, error: &dyn std::error::Error) -> Self {
        Self { code, said: said.into(), details: Some(error.to_string()), field: None }
    }

    /// The same; that field of the form is at fault.
    pub(crate) fn at(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }
}

impl From<Said> for Spoken {
    fn from(said: Said) -> Self {
        Self { sentence: said.sentence, remedy: said.remedy }
    }
}

impl From<Ended> for Refused {
    fn from(ended: Ended) -> Self {
        let said = Said { sentence: ended.to_string(), remedy: None };
        Self { code: "internal", said: said.into(), details: None, field: None }
    }
}

impl Refused {
    /// What an errand came to that may have come to nothing: its `reason`, if so.
    pub(crate) fn unless_done(told: &Value, field: Option<&'static str>) -> Result<(), Self> {
        let Some(reason) = told["reason"].as_str() else { return Ok(()) };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let sentence = text(&told["said"]["sentence"]).unwrap_or_default();
        let said = Spoken { sentence, remedy: text(&told["said"]["remedy"]) };
        let code = ["changed", "gone", "taken", "failed", "stopped", "misfit"];
        let code = code.into_iter().find(|code| *code == reason).unwrap_or("internal");
        Err(Self { code, said, details: None, field })
    }
}
