//! The languages and the code stay in step.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;

/// A message or an attribute of one, as `id` or `id.attribute`, and the
/// arguments that it takes.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// The files of a language. The last one belongs to the window.
const FILES: [&str; 4] = ["cli.ftl", "care.ftl", "demo.ftl", "interface.ftl"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn read(language: &str, file: &str) -> String {
    let path = source().join("text").join(language).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn messages(language: &str, file: &str) -> Messages {
    let text = read(language, file);
    let resource = parser::parse(text.as_str())
        .unwrap_or_else(|(_, errors)| panic!("{language}/{file}: {errors:?}"));
    let mut messages = Messages::new();
    for entry in &resource.body {
        let Entry::Message(message) = entry else { continue };
        let id = message.id.name;
        let value = message.value.iter().map(|value| (id.to_owned(), value));
        let attributes = message
            .attributes
            .iter()
            .map(|attribute| (format!("{id}.{}", attribute.id.name), &attribute.value));
        for (name, pattern) in value.chain(attributes) {
            let before = messages.insert(name.clone(), arguments(pattern));
            assert!(before.is_none(), "{language}/{file}: {name} is there twice");
        }
    }
    messages
}

fn arguments(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                found.extend(argument(inline));
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                found.extend(argument(selector));
                found.extend(variants.iter().flat_map(|variant| arguments(&variant.value)));
            }
        }
    }
    found
}

fn argument(inline: &InlineExpression<&str>) -> Option<String> {
    match inline {
        InlineExpression::VariableReference { id } => Some(id.name.to_owned()),
        _ => None,
    }
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    for file in FILES {
        similar_asserts::assert_eq!(en: messages("en", file), fr: messages("fr", file), "{file}");
    }
}

#[test]
fn no_message_is_in_two_files() {
    let mut known = BTreeSet::new();
    for name in FILES.iter().flat_map(|file| messages("en", file).into_keys()) {
        assert!(known.insert(name.clone()), "{name}");
    }
}

/// All code that people's words come from.
fn code() -> String {
    let mut code = String::new();
    for folder in ["text", "cli", "demo", ""] {
        for entry in fs::read_dir(source().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                code.push_str(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
            }
        }
    }
    code
}

#[test]
fn every_message_of_the_command_line_is_used() {
    let code = code();
    let unused: Vec<_> = ["cli.ftl", "care.ftl", "demo.ftl"]
        .iter()
        .flat_map(|file| messages("en", file).into_keys())
        .filter(|name| !name.contains('.') && !code.contains(&format!("\"{name}\"")))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// The literal ids in code: what stands in quotes and begins like one.
fn ids(code: &str) -> BTreeSet<&str> {
    let groups = [
        "account", "activity", "ask", "brake", "cause", "count", "done", "end", "error", "folder",
        "gate", "keychain", "line", "plan", "run", "serve", "settings", "size", "state", "time",
        "trash", "usage", "wait", "why",
    ];
    code.split('"')
        .filter(|text| text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-'))
        .filter(|text| {
            text.split_once('-')
                .is_some_and(|(group, rest)| groups.contains(&group) && !rest.is_empty())
        })
        .collect()
}

#[test]
fn every_message_that_code_names_is_there() {
    let code = code();
    let ids = ids(&code);
    assert!(ids.len() > 150, "only {} ids were found", ids.len());
    let known: Messages = FILES.iter().flat_map(|file| messages("en", file)).collect();
    let missing: Vec<_> = ids.iter().filter(|id| !known.contains_key(**id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_stands_in_the_way_comes_with_a_remedy() {
    let mut messages = messages("en", "cli.ftl");
    messages.extend(self::messages("en", "care.ftl"));
    for name in messages.keys().filter(|name| !name.contains('.')) {
        let needs = ["cause-", "wait-", "gate-", "error-", "usage-"];
        if needs.iter().any(|group| name.starts_with(group)) {
            assert!(messages.contains_key(&format!("{name}.remedy")), "{name}");
        }
    }
}

#[test]
fn french_signs_do_not_stand_alone_on_a_line() {
    for file in FILES {
        for (number, line) in read("fr", file).lines().enumerate() {
            // It lists signs, it does not use them.
            if line.starts_with("password-rules") {
                continue;
            }
            let signs = [" :", " ;", " ?", " !", "« ", " »"];
            let text = line.split_once(" = ").map_or(line, |(_, text)| text);
            let found = signs.iter().find(|sign| text.contains(**sign));
            assert!(found.is_none(), "fr/{file}:{}: {found:?} in {line}", number + 1);
        }
    }
}
