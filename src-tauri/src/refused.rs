//! Why a command was refused: the one shape in which the window hears of it.

use navette::text::Said;
use serde::Serialize;

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

/// A sentence and its remedy, as the window knows them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Spoken {
    sentence: String,
    remedy: Option<String>,
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
