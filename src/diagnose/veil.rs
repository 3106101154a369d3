//! Puts other words in the place of names, the same one for the same name.
//!
//! A log line is a JSON object: its message is written in our code, numbers are
//! numbers, and every other text may hold a name. Of such a text only words
//! are kept that stand in a list; so a name that nobody knows any more (of a
//! file that is gone) does not show either.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::secret::Secret;

/// What stands in the place of a secret, should one ever be there.
const HIDDEN: &str = "(secret)";

/// Words that say what went wrong, and no name.
const WORDS: &str = "
    a address already an and answer another answers are argument as at back bad be been block body
    broken busy by call cannot certificate change changed client closed code connect connecting
    connection cut data denied device dir directory disk does dns early empty end ended eof error
    exceeded exists failed file files first folder for forbidden format from full given gone
    handle handshake has have host http in incomplete input inside interrupted into invalid io is
    it its journal large later left length line link listed listing lock locked long lost
    made message method missing moment more name network no none nonsense not nothing of on open
    operation or os other out output over part password path peer permission pipe place port
    read read-only reading ready refused refuses request reset resource response root row run
    seen send sending sent server shown side sign-in size socket some space stale state status
    still storage stream such supported system tcp temporarily that the there timed tls to too
    torn trust unavailable under unexpected unknown unreachable unsupported until url version
    volume was well were while with without would write wrong
    true false ok err get put move delete mkcol propfind proppatch post report copy head options
    fetch sent remove makedir park agree update replace here remote local done stuck blocked
    exchange rename created effect stopped hindered busy up checking syncing waiting
    webpki badsignature unknownissuer notvalidforname expired ioerror other elsewhere timeout";

static KNOWN: LazyLock<BTreeSet<&str>> = LazyLock::new(|| WORDS.split_whitespace().collect());

/// What is written by our own code in every line.
const OURS: [&str; 4] = ["timestamp", "level", "target", "message"];

/// How names are written.
pub struct Veil {
    /// None: as they are.
    salt: Option<[u8; 32]>,
    secrets: Vec<Secret>,
}

impl Veil {
    /// Names as they are; secrets never.
    pub fn open(secrets: Vec<Secret>) -> Self {
        Self { salt: None, secrets }
    }

    /// Other words for names. `salt` is random, so that nobody can find out
    /// which name it was by trying.
    pub fn drawn(salt: [u8; 32], secrets: Vec<Secret>) -> Self {
        Self { salt: Some(salt), secrets }
    }

    /// A name, or the word for it.
    pub fn name(&self, name: &str) -> String {
        match &self.salt {
            None => self.discreet(name),
            Some(salt) => {
                let hash = blake3::keyed_hash(salt, name.as_bytes());
                format!("name-{}", &hash.to_hex()[..10])
            }
        }
    }

    /// The lines of a log.
    pub fn log(&self, text: &str) -> String {
        let lines = text.lines().map(|line| match (&self.salt, serde_json::from_str(line)) {
            (None, _) => line.to_owned(),
            (Some(_), Ok(Value::Object(fields))) => self.fields(fields).to_string(),
            // A line that was cut by the end of a process.
            (Some(_), _) => "{}".to_owned(),
        });
        let text = lines.fold(String::new(), |text, line| text + &line + "\n");
        self.discreet(&text)
    }

    /// Text without any secret that is known.
    pub fn discreet(&self, text: &str) -> String {
        let known = self.secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty());
        known.fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
    }

    fn fields(&self, fields: Map<String, Value>) -> Value {
        let fields = fields.into_iter().map(|(key, value)| {
            let value = if OURS.contains(&key.as_str()) { value } else { self.value(value) };
            (key, value)
        });
        Value::Object(fields.collect())
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(values) => {
                Value::Array(values.into_iter().map(|value| self.value(value)).collect())
            }
            // Keys below the first level may be names too.
            Value::Object(_) => Value::Null,
            other => other,
        }
    }

    fn text(&self, text: &str) -> String {
        let words = text.split_whitespace().map(|word| {
            let bare = word.trim_matches(|sign: char| sign.is_ascii_punctuation());
            let is_number = !bare.is_empty() && bare.chars().all(|digit| digit.is_ascii_digit());
            let is_plain =
                bare.is_empty() || is_number || KNOWN.contains(bare.to_ascii_lowercase().as_str());
            if is_plain { word.to_owned() } else { self.name(bare) }
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn() -> Veil {
        Veil::drawn([7; 32], vec![Secret::new("hunter2")])
    }

    #[test]
    fn names_go_and_what_went_wrong_stays() {
        let line = r#"{"timestamp":"t","level":"WARN","target":"navette::engine","message":"cannot be read","path":"Taxes 2025/Müller.pdf","error":"Taxes 2025/Müller.pdf: Permission denied (os error 13)","bytes":12,"deep":{"Müller":1}}"#;
        let veiled = drawn().log(line);
        for name in ["Taxes", "Müller", "pdf"] {
            assert!(!veiled.contains(name), "{veiled}");
        }
        for word in
            ["cannot be read", "Permission denied (os error 13)", "\"bytes\":12", "navette::engine"]
        {
            assert!(veiled.contains(word), "{word}: {veiled}");
        }
    }

    #[test]
    fn one_name_has_one_word_and_another_archive_has_other_words() {
        let veil = drawn();
        assert_eq!(veil.name("Müller"), veil.name("Müller"));
        assert_ne!(veil.name("Müller"), veil.name("Meier"));
        assert_ne!(veil.name("Müller"), Veil::drawn([8; 32], Vec::new()).name("Müller"));
        assert_eq!(Veil::open(Vec::new()).name("Müller"), "Müller");
    }

    #[test]
    fn a_secret_shows_nowhere_even_where_names_do() {
        let veil = Veil::open(vec![Secret::new("hunter2"), Secret::new("")]);
        assert_eq!(veil.log("{\"message\":\"hunter2\"}"), "{\"message\":\"(secret)\"}\n");
        assert_eq!(veil.name("hunter2"), "(secret)");
        assert!(!drawn().log("{\"message\":\"x\",\"a\":\"hunter2\"}").contains("hunter2"));
    }

    #[test]
    fn a_line_that_is_torn_shows_nothing() {
        assert_eq!(drawn().log("{\"path\":\"Mül"), "{}\n");
    }
}
