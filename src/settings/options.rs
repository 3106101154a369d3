//! What can be chosen, and where: in the table `[sync]` for everything, in an
//! account for its folders, in a folder for itself. The nearest one counts.
//!
//! ```toml
//! [sync]
//! upload_limit = "2 MB/s"
//! on_metered = "pause"
//! hours = "20:00-06:00"
//! ```

use std::fmt;

use toml_edit::{Item, TableLike, value};

use super::limits::{Hours, OnBattery, OnMetered, Policy, ProxyChoice};
use crate::model::{Amount, Rate, Reserve, computer_name};

/// Where something can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// For everything.
    Sync,
    /// For an account.
    Account,
    /// For a folder.
    Folder,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sync => "sync",
            Self::Account => "account",
            Self::Folder => "folder",
        })
    }
}

/// Something that can be chosen.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// What it is called, in the file and by people.
    pub name: &'static str,
    /// Where it can stand.
    pub levels: &'static [Level],
    /// What holds where nothing is said.
    pub usual: &'static str,
    /// What can be written, for somebody who wrote something else.
    pub forms: &'static str,
    /// The value as this version writes it; none if it is none.
    pub read: fn(&str) -> Option<String>,
}

use Level::{Account, Folder, Sync};

/// All that can be chosen.
pub const KEYS: &[Key] = &[
    Key {
        name: "upload_limit",
        levels: &[Sync, Account],
        usual: "none",
        forms: Rate::FORMS,
        read: |text| written(Rate::parse(text)),
    },
    Key {
        name: "download_limit",
        levels: &[Sync, Account],
        usual: "none",
        forms: Rate::FORMS,
        read: |text| written(Rate::parse(text)),
    },
    Key {
        name: "on_metered",
        levels: &[Sync, Account, Folder],
        usual: "pause",
        forms: OnMetered::FORMS,
        read: |text| written(OnMetered::parse(text)),
    },
    Key {
        name: "on_battery",
        levels: &[Sync, Account, Folder],
        usual: "pause-when-low",
        forms: OnBattery::FORMS,
        read: |text| written(OnBattery::parse(text)),
    },
    Key {
        name: "hours",
        levels: &[Sync, Account, Folder],
        usual: "always",
        forms: Hours::FORMS,
        read: |text| written(Hours::parse(text)),
    },
    Key {
        name: "reserve",
        levels: &[Sync, Account, Folder],
        usual: "usual",
        forms: Reserve::FORMS,
        read: |text| written(Reserve::parse(text)),
    },
    Key {
        name: "computer_name",
        levels: &[Sync],
        usual: "system",
        forms: "system | Laboratory 2 (up to 60 bytes, none of . ( ) / \\ : * ? \" < > |)",
        read: |text| written(computer_name(text)),
    },
    Key {
        name: "hidden",
        levels: &[Sync, Account, Folder],
        usual: "true",
        forms: "true | false",
        read: |text| written(text.parse::<bool>().ok()),
    },
    Key {
        name: "links",
        levels: &[Sync, Account, Folder],
        usual: "skip",
        forms: "skip | follow",
        read: |text| written(["skip", "follow"].into_iter().find(|form| *form == text)),
    },
    Key {
        name: "largest",
        levels: &[Sync, Account, Folder],
        usual: "none",
        forms: "none | 500 MB",
        read: |text| {
            written(
                largest(text)
                    .map(|most| most.map_or("none".to_owned(), |most| Amount(most).to_string())),
            )
        },
    },
    Key {
        name: "confirm_above",
        levels: &[Sync, Account, Folder],
        usual: "none",
        forms: "none | 500 MB",
        read: |text| {
            written(
                largest(text)
                    .map(|most| most.map_or("none".to_owned(), |most| Amount(most).to_string())),
            )
        },
    },
    Key {
        name: "proxy",
        levels: &[Sync, Account],
        usual: "system",
        forms: ProxyChoice::FORMS,
        read: |text| written(ProxyChoice::parse(text)),
    },
];

/// Reads the length above which files are held, or that there is none.
pub(super) fn largest(text: &str) -> Option<Option<u64>> {
    if text == "none" { Some(None) } else { Amount::parse(text).map(|most| Some(most.0)) }
}

fn written(value: Option<impl fmt::Display>) -> Option<String> {
    value.map(|value| value.to_string())
}

impl Key {
    /// What is called so.
    pub fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// Whether it can be chosen there.
    pub fn stands_in(&self, level: Level) -> bool {
        self.levels.contains(&level)
    }
}

/// What was chosen in one place, as it is written there; what was not chosen is
/// not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(Vec<(&'static str, String)>);

impl Options {
    /// Reads what a table chooses at this level. The error says what is wrong,
    /// for somebody who edits the file.
    pub(super) fn read(table: &dyn TableLike, level: Level) -> Result<Self, String> {
        let mut chosen = Vec::new();
        for key in KEYS.iter().filter(|key| key.stands_in(level)) {
            let Some(item) = table.get(key.name) else { continue };
            let value = text(item).and_then(|text| (key.read)(&text));
            let value = value.ok_or_else(|| {
                let shown = item.as_value().map(ToString::to_string).unwrap_or_default();
                format!("{level}.{} = {}: write {}", key.name, shown.trim(), key.forms)
            })?;
            chosen.push((key.name, value));
        }
        Ok(Self(chosen))
    }

    /// What was chosen under this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    /// The same; what it does not choose is as in `wider`.
    #[must_use]
    pub fn or(&self, wider: &Self) -> Self {
        let others = wider.0.iter().filter(|(key, _)| self.get(key).is_none());
        Self(self.0.iter().chain(others).cloned().collect())
    }

    fn value<T: Default>(&self, name: &str, parse: fn(&str) -> Option<T>) -> T {
        // What is in here was read before.
        self.get(name).and_then(parse).unwrap_or_default()
    }

    /// How fast bytes may go up and down.
    pub fn rates(&self) -> (Rate, Rate) {
        (self.value("upload_limit", Rate::parse), self.value("download_limit", Rate::parse))
    }

    /// When a pair pauses by itself.
    pub fn policy(&self) -> Policy {
        Policy {
            on_metered: self.value("on_metered", OnMetered::parse),
            on_battery: self.value("on_battery", OnBattery::parse),
            hours: self.value("hours", Hours::parse),
        }
    }

    /// What downloads leave free.
    pub fn reserve(&self) -> Reserve {
        self.value("reserve", Reserve::parse)
    }

    /// What this computer is called in conflict names, if not as the system says.
    pub fn computer_name(&self) -> Option<String> {
        self.get("computer_name").filter(|name| *name != "system").map(str::to_owned)
    }

    /// Whether names that begin with a point are synced.
    pub fn hidden(&self) -> bool {
        self.get("hidden") != Some("false")
    }

    /// Whether symbolic links within a folder are followed, to look and to read.
    pub fn follows_links(&self) -> bool {
        self.get("links") == Some("follow")
    }

    /// Larger files are held, in bytes.
    pub fn largest(&self) -> Option<u64> {
        self.value("largest", largest)
    }

    /// New folders of the server with more bytes are asked about first.
    pub fn confirm_above(&self) -> Option<u64> {
        self.value("confirm_above", largest)
    }

    /// Which proxy is used.
    pub fn proxy(&self) -> ProxyChoice {
        self.value("proxy", ProxyChoice::parse)
    }
}

/// A value as people type it; `true` and `false` need no quotes.
fn text(item: &Item) -> Option<String> {
    let flag = item.as_bool().map(|flag| flag.to_string());
    flag.or_else(|| item.as_str().map(str::to_owned))
}

/// The same as it stands in the file.
pub(super) fn written_as(text: &str) -> Item {
    text.parse::<bool>().map_or_else(|_| value(text), value)
}

/// Whether a key of a table is one of these.
pub(super) fn is_known(name: &str, level: Level) -> bool {
    Key::named(name).is_some_and(|key| key.stands_in(level))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(text: &str, level: Level) -> Result<Options, String> {
        let toml: toml_edit::DocumentMut = text.parse().unwrap();
        Options::read(toml.as_table(), level)
    }

    #[test]
    fn the_nearest_choice_counts_and_the_usual_where_there_is_none() {
        let sync = options("upload_limit = '2 MB/s'\nhours = '20:00-06:00'", Sync).unwrap();
        let folder = options("hours = 'always'\non_metered = 'go-on'", Folder).unwrap();
        let all = folder.or(&sync);
        assert_eq!(all.rates(), (Rate::Fixed(2 << 20), Rate::Free));
        let usual = Policy::default();
        assert_eq!(all.policy(), Policy { on_metered: OnMetered::GoOn, ..usual });
        assert_eq!((all.reserve(), all.proxy()), (Reserve::Usual, ProxyChoice::System));
    }

    #[test]
    fn what_cannot_be_is_named_with_its_key_and_what_can() {
        let wrong = options("upload_limit = 'fast'", Sync).unwrap_err();
        assert_eq!(wrong, "sync.upload_limit = 'fast': write none | gentle | 2 MB/s");
        let wrong = options("reserve = 5", Folder).unwrap_err();
        assert!(wrong.starts_with("folder.reserve = 5: write usual"), "{wrong}");
    }

    #[test]
    fn a_flag_is_read_and_written_without_quotes() {
        let toml: toml_edit::DocumentMut = "a = true\nb = 'true'\nc = 1".parse().unwrap();
        let read = ["a", "b", "c"].map(|key| text(&toml[key]));
        assert_eq!(read, [Some("true".to_owned()), Some("true".to_owned()), None]);
        assert!(written_as("false").is_bool() && written_as("none").is_str());
    }

    #[test]
    fn what_stands_where_it_means_nothing_is_not_known_there() {
        assert!(is_known("proxy", Account) && !is_known("proxy", Folder));
        assert_eq!(options("proxy = 'nonsense'", Folder), Ok(Options::default()));
    }

    #[test]
    fn the_usual_value_of_each_key_is_what_holds_without_one() {
        for key in KEYS {
            assert_eq!((key.read)(key.usual).as_deref(), Some(key.usual), "{}", key.name);
        }
        let usual: Vec<String> =
            KEYS.iter().map(|key| format!("{} = '{}'\n", key.name, key.usual)).collect();
        let written = options(&usual.concat(), Sync).unwrap();
        let none = Options::default();
        assert_eq!((written.rates(), written.policy()), (none.rates(), none.policy()));
        assert_eq!((written.reserve(), written.proxy()), (none.reserve(), none.proxy()));
    }
}
