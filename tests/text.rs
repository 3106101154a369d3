//! The languages and the code stay in step.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use regex::Regex;

/// A message or an attribute of one, as `id` or `id.attribute`, and the
/// arguments that it takes.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// What every language is compared with.
const FIRST: &str = "en";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn texts() -> PathBuf {
    root().join("src/text")
}

fn names(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.filter(|path| wanted(path));
    let mut names: Vec<_> =
        found.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// The languages: the folders.
fn languages() -> Vec<String> {
    names(&texts(), Path::is_dir)
}

/// The files of a language.
fn files(language: &str) -> Vec<String> {
    names(&texts().join(language), |path| path.extension().is_some_and(|end| end == "ftl"))
}

fn read(language: &str, file: &str) -> String {
    let path = texts().join(language).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All messages of a language.
fn all(language: &str) -> Messages {
    files(language).iter().flat_map(|file| messages(language, file)).collect()
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
fn every_language_has_the_same_messages_with_the_same_arguments() {
    let languages = languages();
    assert!(languages.contains(&FIRST.to_owned()) && languages.len() > 1, "{languages:?}");
    for language in languages {
        similar_asserts::assert_eq!(files(FIRST), files(&language), "{language}");
        for file in files(FIRST) {
            let (first, other) = (messages(FIRST, &file), messages(&language, &file));
            similar_asserts::assert_eq!(first, other, "{language}/{file}");
        }
    }
}

#[test]
fn no_message_is_in_two_files() {
    let mut known = BTreeSet::new();
    for name in files(FIRST).iter().flat_map(|file| messages(FIRST, file).into_keys()) {
        assert!(known.insert(name.clone()), "{name}");
    }
}

/// All code below a folder of the project, tests left out.
fn code_below(folder: &str, ends: &[&str]) -> String {
    let mut code = String::new();
    for entry in walkdir::WalkDir::new(root().join(folder)).sort_by_file_name() {
        let entry = entry.unwrap();
        let path = entry.path().to_str().unwrap();
        let is_test = path.ends_with("tests.rs") || path.contains(".test.");
        if ends.iter().any(|end| path.ends_with(end)) && !is_test {
            let text = fs::read_to_string(path).unwrap();
            code.push_str(text.split("#[cfg(test)]\nmod tests {").next().unwrap());
        }
    }
    code
}

/// All code that people's words come from: the library, the program with the
/// window, and the window itself.
fn code() -> String {
    let rust = [code_below("src", &[".rs"]), code_below("src-tauri/src", &[".rs"])].concat();
    [rust, code_below("ui/src", &[".ts", ".svelte"])].concat()
}

/// Whether code names a message: whole, with one of its attributes, or by its
/// beginning, with the rest put in (`"verb-{word}"`, `` `verb-${word}` ``).
fn names_message(code: &str, beginnings: &BTreeSet<&str>, id: &str) -> bool {
    let whole = ['"', '\'', '`']
        .iter()
        .any(|quote| [*quote, '.'].iter().any(|end| code.contains(&format!("{quote}{id}{end}"))));
    whole || beginnings.iter().any(|beginning| id.starts_with(beginning))
}

#[test]
fn every_message_is_used() {
    let code = code();
    let put_in = Regex::new("[\"'`]([a-z0-9]+(?:-[a-z0-9]+)*-)\\$?\\{").unwrap();
    let beginnings = put_in.captures_iter(&code).map(|found| found.get(1).unwrap().as_str());
    let beginnings: BTreeSet<_> = beginnings.collect();
    let unused: Vec<_> = files(FIRST)
        .iter()
        .flat_map(|file| messages(FIRST, file).into_keys())
        .filter(|name| !name.contains('.') && !names_message(&code, &beginnings, name))
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
    let words = ["src/text", "src/cli", "src/demo"].map(|folder| code_below(folder, &[".rs"]));
    let words = words.concat();
    let mut ids = ids(&words);
    assert!(ids.len() > 150, "only {} ids were found", ids.len());
    let code = code();
    let said = Regex::new(
        r#"\b(?:say|explain|t)\(\s*["'`]([a-z][a-z0-9]*(?:-[a-z0-9]+)+)(?:\.[a-z]+)?["'`]"#,
    );
    let said = said.unwrap();
    ids.extend(said.captures_iter(&code).map(|found| found.get(1).unwrap().as_str()));
    let known = all(FIRST);
    let missing: Vec<_> = ids.iter().filter(|id| !known.contains_key(**id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_stands_in_the_way_comes_with_a_remedy() {
    let messages = all(FIRST);
    for name in messages.keys().filter(|name| !name.contains('.')) {
        let needs = ["cause-", "wait-", "gate-", "error-", "usage-"];
        if needs.iter().any(|group| name.starts_with(group)) {
            assert!(messages.contains_key(&format!("{name}.remedy")), "{name}");
        }
    }
}

#[test]
fn french_signs_do_not_stand_alone_on_a_line() {
    for file in files("fr") {
        for (number, line) in read("fr", &file).lines().enumerate() {
            let signs = [" :", " ;", " ?", " !", "« ", " »"];
            let text = line.split_once(" = ").map_or(line, |(_, text)| text);
            let found = signs.iter().find(|sign| text.contains(**sign));
            assert!(found.is_none(), "fr/{file}:{}: {found:?} in {line}", number + 1);
        }
    }
}
