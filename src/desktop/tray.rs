//! The tray's menu: how all stands, in the words of the window, and what one
//! wants most often.

use std::path::Path;

use super::Picture;
use crate::activity::Verb;
use crate::api::{Entry, Standing};
use crate::overview::Mood;
use crate::text::Texts;

/// From so many folders on they have a menu of their own.
const MANY: usize = 3;

/// So many files are shown that something was done with last.
const RECENT: usize = 5;

/// Verbs that are about a file that can be opened here.
const OPENABLE: [Verb; 9] = [
    Verb::Fetched,
    Verb::Replaced,
    Verb::Sent,
    Verb::Updated,
    Verb::Moved,
    Verb::Renamed,
    Verb::CameBack,
    Verb::Conflict,
    Verb::ShownAs,
];

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// Is only read.
    Line(String),
    /// Does something.
    Item(String, Does),
    /// A menu of its own.
    Menu(String, Vec<Row>),
    /// Keeps groups apart.
    Rule,
}

/// What a line does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// Shows what needs somebody.
    Answer,
    /// Opens a folder, or a file in it.
    OpenPath {
        /// The folder.
        folder: String,
        /// The file below it.
        path: Option<String>,
    },
    /// Pauses everything for so many seconds, or until somebody says otherwise.
    Pause(Option<u32>),
    /// Goes on with everything.
    Resume,
    /// Shows the window.
    Show,
    /// Ends Navette.
    Quit,
}

/// The menu for that picture, at `now` (seconds since 1970).
pub fn rows(texts: &Texts, picture: &Picture, now: i64) -> Vec<Row> {
    let item = |id: &str, does: Does| Row::Item(texts.say(id, &[]), does);
    let all = picture.overview.as_ref();
    let groups = [
        state(picture),
        match all.map_or(0, |all| all.needing) {
            0 => Vec::new(),
            _ => vec![item("tray-answer", Does::Answer)],
        },
        folders(texts, picture),
        recent(texts, picture, now),
        match (picture.standings.is_empty(), all.map(|all| all.mood)) {
            (true, _) => Vec::new(),
            (false, Some(Mood::Paused)) => vec![item("tray-resume", Does::Resume)],
            (false, _) => vec![
                item("tray-pause-hour", Does::Pause(Some(3600))),
                item("tray-pause", Does::Pause(None)),
            ],
        },
        vec![item("tray-show", Does::Show), item("tray-quit", Does::Quit)],
    ];
    let mut rows = Vec::new();
    for group in groups.into_iter().filter(|group| !group.is_empty()) {
        if !rows.is_empty() {
            rows.push(Row::Rule);
        }
        rows.extend(group);
    }
    rows
}

/// What the icon says when it is pointed at.
pub fn tooltip(texts: &Texts, picture: &Picture) -> String {
    match &picture.overview {
        None => texts.say("tray-name", &[]),
        Some(all) => all.headline.clone(),
    }
}

fn state(picture: &Picture) -> Vec<Row> {
    let lines = picture.overview.iter().flat_map(|all| [&all.headline, &all.rest]);
    lines.filter(|line| !line.is_empty()).cloned().map(Row::Line).collect()
}

fn folders(texts: &Texts, picture: &Picture) -> Vec<Row> {
    let many = picture.standings.len() >= MANY;
    let items = picture.standings.values().map(|standing| {
        let name = name(standing, picture);
        let folder = standing.folder.clone();
        let text = match many {
            true => name,
            false => texts.say("tray-open-folder", &[("name", name.into())]),
        };
        Row::Item(text, Does::OpenPath { folder, path: None })
    });
    let items: Vec<_> = items.collect();
    match many {
        true => vec![Row::Menu(texts.say("tray-folders", &[]), items)],
        false => items,
    }
}

/// What people call a folder: its name, with the one above it where two are
/// called so.
fn name(standing: &Standing, picture: &Picture) -> String {
    let last = |folder: &str, names: usize| {
        let names: Vec<_> =
            Path::new(folder).components().rev().take(names).map(|name| name.as_os_str()).collect();
        let path: std::path::PathBuf = names.into_iter().rev().collect();
        path.to_string_lossy().into_owned()
    };
    let short = last(&standing.folder, 1);
    let same = picture.standings.keys().filter(|folder| last(folder, 1) == short).count();
    if same > 1 { last(&standing.folder, 2) } else { short }
}

fn recent(texts: &Texts, picture: &Picture, now: i64) -> Vec<Row> {
    let mut entries: Vec<&Entry> = picture
        .standings
        .values()
        .flat_map(|standing| &standing.recent)
        .filter(|entry| OPENABLE.contains(&entry.verb))
        .collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    let mut shown: Vec<&Entry> = Vec::new();
    for entry in entries {
        let is_same = |known: &&Entry| (&known.folder, &known.path) == (&entry.folder, &entry.path);
        if shown.len() < RECENT && !shown.iter().any(is_same) {
            shown.push(entry);
        }
    }
    let items = shown.into_iter().map(|entry| {
        let file = entry.path.rsplit('/').next().unwrap_or_default();
        let args = [("name", file.into()), ("time", texts.moment(entry.at, now).into())];
        let (folder, path) = (entry.folder.clone(), Some(entry.path.clone()));
        Row::Item(texts.say("tray-file", &args), Does::OpenPath { folder, path })
    });
    let items: Vec<_> = items.collect();
    let title = texts.say("tray-recent", &[]);
    match (items.is_empty(), picture.standings.len() >= MANY) {
        (true, _) => items,
        (false, true) => vec![Row::Menu(title, items)],
        (false, false) => [vec![Row::Line(title)], items].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::PairState;
    use crate::desktop::scene::{entry, standing};
    use crate::overview::Overview;
    use crate::text::Language;

    fn picture(mood: Mood, folders: &[&str]) -> Picture {
        let one = |folder: &&str| {
            let recent = vec![entry(folder, "a/b & c.txt", 100, Verb::Fetched)];
            ((*folder).to_owned(), Standing { recent, ..standing(folder, PairState::UpToDate) })
        };
        let overview = Overview {
            mood,
            headline: "One.".to_owned(),
            rest: "Two.".to_owned(),
            needing: u64::from(mood == Mood::NeedsYou),
            until: None,
            fraction: None,
            time_left: None,
        };
        Picture { overview: Some(overview), standings: folders.iter().map(one).collect() }
    }

    fn shape(rows: &[Row]) -> String {
        let lines = rows.iter().map(|row| match row {
            Row::Line(text) => format!("({text})"),
            Row::Item(text, _) => text.clone(),
            Row::Menu(text, rows) => format!("{text} > [{}]", shape(rows)),
            Row::Rule => "-".to_owned(),
        });
        lines.collect::<Vec<_>>().join(" | ")
    }

    fn english(picture: &Picture) -> Vec<Row> {
        rows(&Texts::new(Language::ENGLISH), picture, 100)
    }

    #[test]
    fn two_folders_stand_in_the_menu_itself() {
        let rows = english(&picture(Mood::UpToDate, &["/home/a/Thesis", "/home/a/Photos"]));
        let time = Texts::new(Language::ENGLISH).moment(100, 100);
        assert_eq!(
            shape(&rows),
            format!(
                "(One.) | (Two.) | - | Open Photos | Open Thesis | - | (Recent files) | \
                 b & c.txt, {time} | b & c.txt, {time} | - | Pause for an hour | \
                 Pause until I resume | - | Open Navette | Quit"
            )
        );
    }

    #[test]
    fn three_have_a_menu_of_their_own_and_two_of_one_name_are_told_apart() {
        let rows = english(&picture(Mood::NeedsYou, &["/a/Work", "/b/Work", "/c"]));
        let shape = shape(&rows).replace(std::path::MAIN_SEPARATOR, "/");
        assert!(
            shape.contains("- | Answer now… | - | Open folder > [a/Work | b/Work | c]"),
            "{shape}"
        );
        assert!(shape.contains("Recent files > ["), "{shape}");
    }

    #[test]
    fn a_pause_can_be_ended_and_without_folders_there_is_nothing_to_pause() {
        let paused = english(&picture(Mood::Paused, &["/a"]));
        assert!(paused.contains(&Row::Item("Resume".to_owned(), Does::Resume)));
        let empty = rows(&Texts::new(Language::ENGLISH), &Picture::default(), 0);
        assert_eq!(shape(&empty), "Open Navette | Quit");
    }

    #[test]
    fn the_last_five_files_are_shown_once_each_and_what_is_gone_is_not() {
        let mut picture = picture(Mood::UpToDate, &["/a", "/b"]);
        let recent = &mut picture.standings.get_mut("/a").unwrap().recent;
        recent.clear();
        for number in 0..8 {
            recent.push(entry("/a", &format!("f{number}"), 200 + number, Verb::Sent));
        }
        recent.push(entry("/a", "f7", 900, Verb::Updated));
        recent.push(entry("/a", "gone", 950, Verb::PutAside));
        let rows = english(&picture);
        let files: Vec<_> = rows
            .iter()
            .filter_map(|row| match row {
                Row::Item(_, Does::OpenPath { path: Some(path), .. }) => Some(path.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(files, ["f7", "f6", "f5", "f4", "f3"]);
    }

    #[test]
    fn the_tooltip_is_the_first_line_and_before_anything_is_known_the_name() {
        let texts = Texts::new(Language::FRENCH);
        assert_eq!(tooltip(&texts, &picture(Mood::UpToDate, &[])), "One.");
        assert_eq!(tooltip(&texts, &Picture::default()), "Navette");
    }
}
