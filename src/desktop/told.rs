//! What is told of all pairs, as far as tray and notifications need it: the
//! same documents that the window gets (`ui/src/lib/types`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::{Said, Standing};
use crate::overview::Overview;

/// One thing that needs somebody, as far as a notification goes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Concern {
    /// The same for as long as it is the same question.
    pub id: String,
    /// What is the case.
    pub said: Said,
    /// Of what kind it is.
    pub about: About,
}

/// Of what kind something that needs somebody is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct About {
    /// In a word.
    pub kind: String,
    /// Of how many files, where it is about some.
    #[serde(default)]
    pub files: u64,
}

/// A view of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// How all stands.
    Home,
    /// What was done.
    Activity,
    /// What needs somebody.
    Attention,
    /// What was put aside.
    BringBack,
    /// What is chosen.
    Settings,
    /// Adds an account or a folder.
    Assistant,
}

/// Where the window is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goto {
    /// In this view,
    pub view: View,
    /// at this entry of it.
    pub id: Option<String>,
}

impl Goto {
    /// Where a link leads that somebody has clicked, as `navette:attention`. A
    /// link only shows a view: it never does anything.
    pub fn of_link(link: &str) -> Option<Self> {
        let view = link.strip_prefix("navette:")?.trim_matches('/').to_owned();
        serde_json::from_value(serde_json::Value::String(view)).ok().map(Self::view)
    }

    /// A whole view.
    pub fn view(view: View) -> Self {
        Self { view, id: None }
    }
}

/// All that was told last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// How all stands; none before it is known.
    pub overview: Option<Overview>,
    /// Each pair, by its folder.
    pub standings: BTreeMap<String, Standing>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_shows_a_view_and_nothing_else() {
        for (link, view) in [
            ("navette:attention", Some(View::Attention)),
            ("navette://bring-back/", Some(View::BringBack)),
            ("navette:home?delete=all", None),
            ("navette:../x", None),
            ("https://example.org/", None),
        ] {
            assert_eq!(Goto::of_link(link), view.map(Goto::view), "{link}");
        }
    }
}
