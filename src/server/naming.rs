//! Which names a server takes, from what it announces and, for lengths, from
//! what its family is known to do (protocol.md 3.5, owncloud10.md).

use serde_json::Value;

use super::Family;
use crate::model::{Longest, NameRules, Pattern};

/// The rules of a server of this family with these capabilities.
pub(super) fn rules(family: Family, capabilities: Option<&Value>) -> NameRules {
    let files = capabilities.and_then(|data| data.pointer("/capabilities/files"));
    let list = |key: &str| files.and_then(|files| lower(files.get(key)?));
    // Nextcloud to 29 and ownCloud 10 announce the older key only.
    let words = list("forbidden_filenames").or_else(|| list("blacklisted_files"));
    let characters = list("forbidden_filename_characters").unwrap_or_default();
    let pattern = files.and_then(|files| files.get("blacklisted_files_regex")?.as_str());
    let announced = NameRules {
        words: words.unwrap_or_default(),
        stems: list("forbidden_filename_basenames").unwrap_or_default(),
        characters: characters.iter().filter_map(|text| text.chars().next()).collect(),
        endings: list("forbidden_filename_extensions").unwrap_or_default(),
        pattern: pattern.and_then(Pattern::new),
        ..NameRules::none()
    };
    match family {
        Family::Nextcloud => NameRules::nextcloud(announced),
        Family::OwnCloud10 => NameRules::owncloud10(announced),
        Family::Ocis => NameRules::ocis(announced),
        Family::Plain => NameRules::none(),
    }
}

fn lower(list: &Value) -> Option<Vec<String>> {
    let texts = list.as_array()?.iter().filter_map(Value::as_str);
    Some(texts.map(str::to_lowercase).collect())
}

fn bytes(most: usize) -> Longest {
    Longest { bytes: Some(most), characters: None }
}

fn with_backslash(mut rules: NameRules) -> NameRules {
    if !rules.characters.contains(&'\\') {
        rules.characters.push('\\');
    }
    // Nextcloud and ownCloud 10 compose what comes (protocol.md 3.5).
    NameRules { no_control: true, no_blank: true, composes: true, ..rules }
}

impl NameRules {
    /// What Nextcloud refuses besides what it announces.
    pub(crate) fn nextcloud(announced: Self) -> Self {
        Self { file: bytes(250), folder: bytes(250), ..with_backslash(announced) }
    }

    /// What ownCloud 10 refuses besides what it announces: while a file
    /// arrives, its name is longer.
    pub(crate) fn owncloud10(announced: Self) -> Self {
        Self { file: bytes(227), folder: bytes(250), ..with_backslash(announced) }
    }

    /// What oCIS refuses, which announces nothing of it.
    pub(crate) fn ocis(announced: Self) -> Self {
        let longest = Longest { bytes: None, characters: Some(255) };
        let characters = vec!['\u{c}', '\r', '\n', '\\'];
        Self { characters, no_blank: true, file: longest, folder: longest, ..announced }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, Name, NameReason};

    const NEXTCLOUD: &str = include_str!("../../tests/captures/nextcloud-files.json");

    fn refused(rules: &NameRules, name: &str) -> Option<NameReason> {
        rules.refuses(&Name::new(name).unwrap(), Kind::File)
    }

    #[test]
    fn nextcloud_announces_words_characters_and_endings() {
        let data: Value = serde_json::from_str(NEXTCLOUD).unwrap();
        let rules = rules(Family::Nextcloud, Some(&data));
        assert_eq!(refused(&rules, ".htaccess"), Some(NameReason::Word(".htaccess".into())));
        assert_eq!(refused(&rules, "a\\b"), Some(NameReason::Character('\\')));
        assert_eq!(refused(&rules, "a.part"), Some(NameReason::Ending(".part".into())));
        assert_eq!(refused(&rules, "con: aux. "), None);
        assert_eq!(refused(&rules, &"a".repeat(251)), Some(NameReason::TooLong(250)));
    }

    #[test]
    fn a_nextcloud_that_is_kind_to_windows_refuses_more() {
        let files = serde_json::json!({"capabilities": {"files": {
            "forbidden_filenames": [".htaccess"],
            "forbidden_filename_basenames": ["con", "lpt1"],
            "forbidden_filename_characters": ["<", ">", ":", "\"", "|", "?", "\\", "/", "*"],
            "forbidden_filename_extensions": [" ", ".", ".filepart", ".part"]}}});
        let rules = rules(Family::Nextcloud, Some(&files));
        assert_eq!(refused(&rules, "a:b"), Some(NameReason::Character(':')));
        assert_eq!(refused(&rules, "LPT1.txt"), Some(NameReason::Word("lpt1".into())));
        assert_eq!(refused(&rules, "end."), Some(NameReason::Ending(".".into())));
    }

    #[test]
    fn owncloud_announces_a_list_and_a_pattern() {
        let files = serde_json::json!({"capabilities": {"files": {
            "blacklisted_files": [".htaccess"],
            "blacklisted_files_regex": "\\.(part|filepart)$"}}});
        let rules = rules(Family::OwnCloud10, Some(&files));
        assert_eq!(refused(&rules, ".HTACCESS"), Some(NameReason::Word(".htaccess".into())));
        assert_eq!(refused(&rules, "a.filepart"), Some(NameReason::Ending(".filepart".into())));
        assert_eq!(refused(&rules, &"a".repeat(228)), Some(NameReason::TooLong(227)));
        let folder = Name::new(&"a".repeat(228)).unwrap();
        assert_eq!(rules.refuses(&folder, Kind::Dir), None);
    }

    #[test]
    fn ocis_counts_characters_and_refuses_blanks() {
        let rules = rules(Family::Ocis, None);
        assert_eq!(refused(&rules, &"é".repeat(255)), None);
        assert_eq!(refused(&rules, &"é".repeat(256)), Some(NameReason::TooLong(255)));
        assert_eq!(refused(&rules, "a\nb"), Some(NameReason::Control));
        assert_eq!(refused(&rules, "  "), Some(NameReason::Blank));
        assert_eq!(refused(&rules, "a\u{7}b"), None);
    }
}
