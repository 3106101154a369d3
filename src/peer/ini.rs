//! The settings file of the clients, as Qt writes it (`QSettings`, INI).
//!
//! Whatever cannot be understood is passed over: the file is somebody else's,
//! and what is needed of it is checked where it is used.

use std::collections::BTreeMap;

/// The values of one file, by section and key. Levels of a key are parted by `/`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ini {
    values: BTreeMap<String, BTreeMap<String, String>>,
}

impl Ini {
    /// Reads the text of a file.
    pub(super) fn parse(text: &str) -> Self {
        let mut ini = Self::default();
        let mut section = String::from("General");
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = key(name);
            } else if let Some((name, value)) = line.split_once('=')
                && !line.starts_with([';', '#'])
            {
                let values = ini.values.entry(section.clone()).or_default();
                values.insert(key(name.trim()), text_of(value.trim()));
            }
        }
        ini
    }

    /// The values of a section, in the order of their keys.
    pub(super) fn section(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        let values = self.values.get(name).into_iter().flatten();
        values.map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// A key: `\` parts its levels, `%41` and `%U0041` are letters.
fn key(written: &str) -> String {
    let mut key = String::new();
    let mut rest = written;
    while let Some(letter) = rest.chars().next() {
        let (read, length) = match letter {
            '\\' => (Some('/'), 1),
            '%' if rest[1..].starts_with('U') => (number(rest.get(2..6)), 6),
            '%' => (number(rest.get(1..3)), 3),
            other => (Some(other), other.len_utf8()),
        };
        // A sign that begins nothing stands for itself.
        let (read, length) = read.map_or((letter, letter.len_utf8()), |read| (read, length));
        key.push(read);
        rest = &rest[length..];
    }
    key
}

fn number(digits: Option<&str>) -> Option<char> {
    char::from_u32(u32::from_str_radix(digits?, 16).ok()?)
}

/// A value: quotes go, and what is written with `\` becomes what it stands for.
fn text_of(written: &str) -> String {
    let mut text = String::new();
    let mut rest = written.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '"' => {}
            '\\' => match rest.next() {
                Some('x') => {
                    let mut digits = String::new();
                    while let Some(digit) = rest.next_if(char::is_ascii_hexdigit) {
                        digits.push(digit);
                    }
                    text.extend(number(Some(&digits)));
                }
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str, section: &str) -> Vec<(String, String)> {
        let ini = Ini::parse(text);
        ini.section(section).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn keys_have_levels_and_values_are_freed_of_their_signs() {
        let text = "[General]\nversion=2\n; a remark\n\n[Accounts]\n0\\url=https://h.example\n\
                    0\\Folders\\1\\localPath=\"/home/a/Photos, \\xfc\\\"x\\\"/\"\n\
                    0\\Folders\\my%20alias\\targetPath=/\\x444\\x435\nnothing\n";
        let expected = [
            ("0/Folders/1/localPath", "/home/a/Photos, ü\"x\"/"),
            ("0/Folders/my alias/targetPath", "/фе"),
            ("0/url", "https://h.example"),
        ];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(values(text, "Accounts"), expected);
    }

    #[test]
    fn text_before_any_section_is_general_and_utf8_is_taken_as_it_is() {
        let expected = [("a".to_owned(), "Grüße".to_owned())];
        assert_eq!(values("a=Grüße", "General"), expected);
    }

    #[test]
    fn damage_is_passed_over() {
        for text in ["[Accounts\n%U12=1", "%=\\", "%U=\\x", "[a]\n\\\\%zz=\\xffffffff", "=\n[]\n=="]
        {
            let _ = Ini::parse(text);
        }
        assert_eq!(values("%zz=\\xd800!", "General"), [("%zz".to_owned(), "!".to_owned())]);
    }
}
