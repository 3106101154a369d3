//! What is chosen for the window alone, in the table `[window]`.
//!
//! ```toml
//! [window]
//! language = "fr"        # else the system's
//! theme = "dark"         # system | light | dark
//! notify = "needed"      # all | needed | none
//! notify_new = true      # of new files from others
//! tray_tone = "light"    # system | light | dark
//! seen = ["closing"]     # what was explained once
//! ```
//!
//! Nothing of it keeps a folder from being synced: what cannot be understood
//! here counts as not said.

use serde::{Deserialize, Serialize};
use toml_edit::{Array, Item, Table, TableLike, value};

use super::{Result, Settings};

/// The table's name.
pub(super) const TABLE: &str = "window";

/// Its keys.
pub(super) const KEYS: [&str; 6] =
    ["language", "theme", "notify", "notify_new", "tray_tone", "seen"];

/// What is chosen for the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// A language's tag, or `system`.
    pub language: String,
    /// Light or dark.
    pub theme: Tone,
    /// What is worth a notification.
    pub notify: Notify,
    /// Whether new files from others are.
    pub notify_new: bool,
    /// For which panel the tray's icon is drawn.
    pub tray_tone: Tone,
    /// What was explained once.
    pub seen: Vec<String>,
}

/// Light, dark, or as the system is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// As the system is.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What is worth a notification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notify {
    /// What needs somebody, and what is good to know.
    #[default]
    All,
    /// Only what needs somebody.
    Needed,
    /// Nothing.
    None,
}

/// What is to be chosen otherwise; what is not said stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct WindowChange {
    /// A language's tag, or `system`.
    pub language: Option<String>,
    /// Light or dark.
    pub theme: Option<Tone>,
    /// What is worth a notification.
    pub notify: Option<Notify>,
    /// Whether new files from others are.
    pub notify_new: Option<bool>,
    /// For which panel the tray's icon is drawn.
    pub tray_tone: Option<Tone>,
    /// What was explained once.
    pub seen: Option<Vec<String>>,
}

/// The word for the system's own choice.
const SYSTEM: &str = "system";

impl Default for Window {
    fn default() -> Self {
        Self {
            language: SYSTEM.to_owned(),
            theme: Tone::default(),
            notify: Notify::default(),
            notify_new: false,
            tray_tone: Tone::default(),
            seen: Vec::new(),
        }
    }
}

impl Tone {
    const WORDS: [(&str, Self); 3] =
        [(SYSTEM, Self::System), ("light", Self::Light), ("dark", Self::Dark)];
}

impl Notify {
    const WORDS: [(&str, Self); 3] =
        [("all", Self::All), ("needed", Self::Needed), ("none", Self::None)];
}

/// What a word means; what holds without one if it means nothing.
fn meant<T: Copy + Default>(item: Option<&Item>, words: &[(&str, T)]) -> T {
    let word = item.and_then(Item::as_str);
    let found = words.iter().find(|(name, _)| Some(*name) == word);
    found.map(|(_, meaning)| *meaning).unwrap_or_default()
}

/// The word for that; none for what holds without one.
fn word<T: Copy + Default + PartialEq>(
    meaning: T,
    words: &[(&'static str, T)],
) -> Option<&'static str> {
    let found = words.iter().find(|(_, known)| *known == meaning);
    found.filter(|_| meaning != T::default()).map(|(name, _)| *name)
}

impl Window {
    /// Lets that be chosen otherwise.
    pub fn take(&mut self, change: WindowChange) {
        let WindowChange { language, theme, notify, notify_new, tray_tone, seen } = change;
        self.language = language.unwrap_or_else(|| self.language.clone());
        self.theme = theme.unwrap_or(self.theme);
        self.notify = notify.unwrap_or(self.notify);
        self.notify_new = notify_new.unwrap_or(self.notify_new);
        self.tray_tone = tray_tone.unwrap_or(self.tray_tone);
        self.seen = seen.unwrap_or_else(|| self.seen.clone());
    }

    /// Reads it from its table.
    pub(super) fn read(table: &dyn TableLike) -> Self {
        let text = |key| table.get(key).and_then(Item::as_str).map(str::to_owned);
        let seen = table.get("seen").and_then(Item::as_array);
        let seen = seen.into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned));
        Self {
            language: text("language").unwrap_or_else(|| SYSTEM.to_owned()),
            theme: meant(table.get("theme"), &Tone::WORDS),
            notify: meant(table.get("notify"), &Notify::WORDS),
            notify_new: table.get("notify_new").and_then(Item::as_bool).unwrap_or_default(),
            tray_tone: meant(table.get("tray_tone"), &Tone::WORDS),
            seen: seen.collect(),
        }
    }

    /// Writes it into its table; what holds without a word is left out.
    pub(super) fn write(&self, table: &mut Table) {
        let language = Some(self.language.as_str()).filter(|language| *language != SYSTEM);
        let seen: Array = self.seen.iter().map(String::as_str).collect();
        for (key, item) in [
            ("language", language.map(value)),
            ("theme", word(self.theme, &Tone::WORDS).map(value)),
            ("notify", word(self.notify, &Notify::WORDS).map(value)),
            ("notify_new", self.notify_new.then(|| value(true))),
            ("tray_tone", word(self.tray_tone, &Tone::WORDS).map(value)),
            ("seen", (!self.seen.is_empty()).then(|| value(seen))),
        ] {
            match item {
                Some(item) if !is_same(table.get(key), &item) => drop(table.insert(key, item)),
                // With the comments that stand beside it.
                Some(_) => {}
                None => drop(table.remove(key)),
            }
        }
    }
}

/// Whether two values say the same, however they are written.
fn is_same(before: Option<&Item>, now: &Item) -> bool {
    let bare =
        |item: &Item| item.as_value().map(|value| value.clone().decorated("", "").to_string());
    before.and_then(bare) == bare(now)
}

impl Settings {
    /// What is chosen for the window.
    pub fn window(&self) -> Window {
        self.document.window()
    }

    /// Chooses that for the window, and writes the file.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn set_window(&mut self, window: &Window) -> Result<()> {
        self.document.set_window(window);
        self.document.save()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> (tempfile::TempDir, Settings) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.toml");
        std::fs::write(&path, text).unwrap();
        let settings = Settings::open(&path).unwrap();
        (dir, settings)
    }

    #[test]
    fn what_is_chosen_for_the_window_is_there_the_next_time_and_comments_stay() {
        let text = "version = 1\n\n[window]\ntheme = \"dark\" # at night\nmood = 3\n";
        let (dir, mut settings) = opened(text);
        assert_eq!(settings.unknown_keys(), ["window.mood"]);
        let mut window = settings.window();
        assert_eq!(window, Window { theme: Tone::Dark, ..Window::default() });
        (window.language, window.notify) = ("fr".to_owned(), Notify::Needed);
        window.seen.push("closing".to_owned());
        settings.set_window(&window).unwrap();
        let path = dir.path().join("settings.toml");
        assert_eq!(Settings::open(&path).unwrap().window(), window);
        let written = std::fs::read_to_string(&path).unwrap();
        assert!(written.starts_with(text) && written.contains("seen = [\"closing\"]"), "{written}");
        settings.set_window(&Window { theme: Tone::Dark, ..Window::default() }).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }

    #[test]
    fn what_is_not_to_be_otherwise_stays() {
        let mut window = Window { notify_new: true, ..Window::default() };
        window.take(serde_json::from_str(r#"{"theme":"dark","seen":["x"]}"#).unwrap());
        let seen = vec!["x".to_owned()];
        assert_eq!(
            window,
            Window { notify_new: true, theme: Tone::Dark, seen, ..Window::default() }
        );
        let json = serde_json::to_value(&window).unwrap();
        assert_eq!((&json["language"], &json["notify"]), (&"system".into(), &"all".into()));
    }

    #[test]
    fn what_means_nothing_counts_as_not_said_and_never_stops_anything() {
        for text in ["window = 3\n", "[window]\ntheme = 3\nnotify = \"loud\"\nseen = \"x\"\n"] {
            assert_eq!(opened(text).1.window(), Window::default(), "{text}");
        }
    }
}
