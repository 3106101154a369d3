//! `docs/SCENARIOS.md` stays true: what it names exists, and what is in
//! `tests/scenarios` is named there.
//!
//! A file of its own, and not one of the scenarios: it reads all tests, and
//! needs none of what they are built of.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn document() -> String {
    read(&root().join("docs/SCENARIOS.md"))
}

/// A test as nextest prints it: the binary, and the path of the `fn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named<'a> {
    binary: &'a str,
    path: &'a str,
}

/// The tests that a text names: what stands in backticks, is two words, and
/// whose second word is a path of a `fn`.
fn named(text: &str) -> BTreeSet<Named<'_>> {
    let spans = text.split('`').skip(1).step_by(2);
    let words = spans.filter_map(|span| span.split_once(' '));
    let is_path = |path: &str| {
        let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        path.chars().all(|letter| is_letter(letter) || letter == '_' || letter == ':')
            && path.contains('_')
    };
    words.filter(|(_, path)| is_path(path)).map(|(binary, path)| Named { binary, path }).collect()
}

/// Where the tests of a binary begin: its root file, and the folder of its modules.
fn places(binary: &str) -> (PathBuf, PathBuf) {
    if binary == "navette" {
        return (root().join("src/lib.rs"), root().join("src"));
    }
    let tests = match binary.strip_prefix("navette-sim::") {
        Some(_) => root().join("tests/sim/tests"),
        None => root().join("tests"),
    };
    let name = binary.rsplit("::").next().unwrap();
    let folder = tests.join(name);
    // Those of the app are called so lest they be taken for one of the library's.
    let roots = [tests.join(format!("{name}.rs")), folder.join("main.rs"), folder.join("app.rs")];
    let root = roots.iter().find(|root| root.exists()).unwrap_or(&roots[0]);
    (root.clone(), folder)
}

/// The file in which the `fn` is to be: that of its innermost module which has
/// a file, for a module may stand in one of another name.
fn file_of(modules: &[&str], root: PathBuf, folder: &Path) -> PathBuf {
    let depths = (1..=modules.len()).rev();
    let files = depths.flat_map(|depth| {
        let module = modules[..depth].iter().fold(folder.to_owned(), |path, name| path.join(name));
        [module.with_extension("rs"), module.join("mod.rs")]
    });
    files.into_iter().find(|file| file.exists()).unwrap_or(root)
}

fn holds_fn(file: &Path, name: &str) -> bool {
    read(file).contains(&format!("fn {name}("))
}

/// Whether the test is there, or what is wrong.
fn check(test: Named<'_>) -> Result<(), String> {
    let (root, folder) = places(test.binary);
    if !root.exists() {
        return Err(format!("{test:?}: there is no {}", root.display()));
    }
    let mut modules: Vec<&str> = test.path.split("::").collect();
    let name = modules.pop().unwrap();
    let file = file_of(&modules, root.clone(), &folder);
    if holds_fn(&file, name) {
        return Ok(());
    }
    // Some tests are made for each server by a macro, which names both.
    let text = read(&root);
    let is_made = |module: &&str| text.contains(&format!("{module}, ")) && file == root;
    let written = text.contains(&format!("::{name}")) && modules.iter().any(is_made);
    if written && files_below(&folder).iter().any(|file| holds_fn(file, name)) {
        return Ok(());
    }
    Err(format!("{test:?}: no fn {name} in {}", file.display()))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}

/// The tests of a file: each `fn` that follows `#[test]`.
fn tests_in(text: &str) -> Vec<&str> {
    let after = text.split("#[test]").skip(1);
    after.map(|rest| rest.split_once("fn ").unwrap().1.split_once('(').unwrap().0).collect()
}

#[test]
fn every_test_that_the_document_names_is_there() {
    let document = document();
    let named = named(&document);
    assert!(named.len() > 250, "only {} tests were found", named.len());
    let wrong: Vec<String> = named.into_iter().filter_map(|test| check(test).err()).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_scenario_is_named_in_the_document() {
    let document = document();
    let named = named(&document);
    let (mut all, mut missing) = (0, Vec::new());
    for file in files_below(&root().join("tests/scenarios")) {
        let text = read(&file);
        let module = file.file_stem().unwrap().to_str().unwrap();
        for test in tests_in(&text) {
            all += 1;
            let path = format!("{module}::{test}");
            if !named.contains(&Named { binary: "scenarios", path: &path }) {
                missing.push(path);
            }
        }
    }
    assert!(all > 130, "only {all} scenarios were found");
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

/// All 47, each once and in their order.
#[test]
fn every_complaint_has_its_row() {
    let document = document();
    let rows = document.split("## The 47 complaints").nth(1).unwrap().lines();
    let numbers: Vec<u32> =
        rows.filter_map(|row| row.strip_prefix("| ")?.split_once(' ')?.0.parse().ok()).collect();
    assert_eq!(numbers, (1..=47).collect::<Vec<_>>());
}

#[test]
fn what_is_renamed_or_misspelt_is_noticed() {
    let text = "`sync --verify`, `plan`, `scenarios syncmove::testsyncmove_a_folder`, `a b`";
    let only = Named { binary: "scenarios", path: "syncmove::testsyncmove_a_folder" };
    assert_eq!(named(text), BTreeSet::from([only]));
    assert_eq!(check(only), Ok(()));
    assert_eq!(check(Named { binary: "sync", path: "on_nextcloud::large_file" }), Ok(()));
    for (binary, path) in [
        ("scenarios", "syncmove::testsyncmove_a_fold"),
        ("scenarios", "syncdelete::testsyncmove_a_folder"),
        ("scenery", "syncmove::testsyncmove_a_folder"),
        ("sync", "on_nextcloud::small_file"),
        ("sync", "on_the_moon::large_file"),
        ("navette", "model::name::tests::a_conflict_name_loses_the_extension"),
    ] {
        assert!(check(Named { binary, path }).is_err(), "{binary} {path}");
    }
    let code =
        "#[test]\nfn one() {}\n/// Doc.\n#[test]\n#[cfg(unix)]\nfn other_one() {}\nfn no() {}";
    assert_eq!(tests_in(code), ["one", "other_one"]);
}
