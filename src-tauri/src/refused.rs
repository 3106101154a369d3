//! Why a command was refused: the one shape in which the window hears of it.

use navette::activity::ActivityError;
use navette::api::{AskError, Said};
use navette::settings::SettingsError;
use navette::text::{self, Language, Texts};
use serde::Serialize;
use serde_json::Value;

use crate::thread::Ended;

/// A refusal, as `ui/src/lib/types` knows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Refused {
    /// A word for programs.
    pub(crate) code: &'static str,
    /// For people.
    pub(crate) said: Said,
    /// In English, for whoever helps; without secrets.
    pub(crate) details: Option<String>,
    /// The field of the form that is at fault.
    pub(crate) field: Option<&'static str>,
}

impl Refused {
    /// A refusal with this word and this sentence, because of `error`.
    pub(crate) fn because(
        code: &'static str,
        said: text::Said,
        error: &dyn std::error::Error,
    ) -> Self {
        Self { code, said: said.into(), details: Some(error.to_string()), field: None }
    }

    /// The same; that field of the form is at fault.
    pub(crate) fn at(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    /// Those that watch have refused it, or nobody watches.
    pub(crate) fn ask(texts: &Texts, error: &AskError) -> Self {
        Self::because(error.word(), error.said(texts), error)
    }

    /// The settings have.
    pub(crate) fn settings(texts: &Texts, error: &SettingsError) -> Self {
        let refused = Self::because("settings", text::settings(texts, error), error);
        match error {
            SettingsError::OptionBad { .. } => refused.at("value"),
            _ => refused,
        }
    }

    /// What was done cannot be read.
    pub(crate) fn activity(texts: &Texts, error: &ActivityError) -> Self {
        Self::because("unreadable", texts.explain("activity-unreadable", &[]), error)
    }

    /// The system has.
    pub(crate) fn system(error: &dyn std::error::Error) -> Self {
        let texts = Texts::new(Language::detect());
        Self::because("system", texts.explain("error-system", &[]), error)
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

    /// What an errand came to that may have come to nothing: its `reason`, if so.
    pub(crate) fn unless_done(told: &Value, field: Option<&'static str>) -> Result<(), Self> {
        let Some(reason) = told["reason"].as_str() else { return Ok(()) };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let sentence = text(&told["said"]["sentence"]).unwrap_or_default();
        let said = Said { sentence, remedy: text(&told["said"]["remedy"]) };
        let code = ["changed", "gone", "taken", "failed", "stopped", "misfit"];
        let code = code.into_iter().find(|code| *code == reason).unwrap_or("internal");
        Err(Self { code, said, details: None, field })
    }
}

impl From<Ended> for Refused {
    fn from(ended: Ended) -> Self {
        let said = Said { sentence: ended.to_string(), remedy: None };
        Self { code: "internal", said, details: None, field: None }
    }
}
