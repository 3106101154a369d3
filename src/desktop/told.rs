//! What is told of all pairs, as far as tray and notifications need it: the
//! same documents that the window gets (`ui/src/lib/types`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What holds of everything, the first of what does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    /// Something needs somebody.
    NeedsYou,
    /// A pair cannot be worked on until somebody does something.
    Stopped,
    /// Somebody wanted a pause.
    Paused,
    /// The server cannot be reached, or a pair waits.
    Offline,
    /// Steps are being done.
    Syncing,
    /// Both sides are looked at.
    Checking,
    /// Both sides are equal.
    UpToDate,
    /// There is no pair, or nothing is known yet.
    #[default]
    #[serde(other)]
    Empty,
}

/// The one picture of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Overview {
    /// What holds.
    pub mood: Mood,
    /// The first line.
    pub headline: String,
    /// What else is true.
    pub rest: String,
    /// How many things need somebody.
    pub needing: u64,
}

/// A sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Said {
    /// The sentence.
    pub sentence: String,
}

/// How one pair stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Standing {
    /// The folder.
    pub folder: String,
    /// Its state, in a word.
    pub state: String,
    /// How many runs have come to an end.
    #[serde(default)]
    pub runs: u64,
    /// What was done last, newest first.
    #[serde(default)]
    pub recent: Vec<Entry>,
}

/// Something that was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// In which folder.
    pub folder: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// With what.
    pub path: String,
    /// What, in a word.
    pub verb: String,
}

/// One thing that needs somebody.
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// How all stands.
    pub overview: Overview,
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

    #[test]
    fn a_mood_that_is_not_known_here_is_none() {
        let told = r#"{"mood":"elated","headline":"","rest":"","needing":0,"until":null}"#;
        let overview: Overview = serde_json::from_str(told).unwrap();
        assert_eq!(overview, Overview::default());
    }
}
