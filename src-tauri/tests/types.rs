//! What the library tells, as TypeScript for the window: one file a domain,
//! below `ui/src/lib/types`. With `NAVETTE_BLESS=1` the files are written anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fmt::Write as _;
use std::path::Path;

use navette::activity::Verb;
use navette::api;
use navette::event::Version;
use navette::overview::{Mood, Overview};
use ts_rs::{Config, TS};

/// The types of one file, in their order. Those of other files are imported by hand.
struct Domain {
    file: &'static str,
    imports: &'static [(&'static str, &'static str)],
    types: String,
}

impl Domain {
    fn new(file: &'static str, imports: &'static [(&'static str, &'static str)]) -> Self {
        Self { file, imports, types: String::new() }
    }

    /// And this type.
    fn and<T: TS + 'static>(mut self) -> Self {
        // JavaScript has one kind of number; all of ours fit into it.
        let config = Config::default().with_large_int("number");
        let docs = folded(&T::docs().unwrap_or_default());
        write!(self.types, "\n{docs}export {}\n", spread(&T::decl(&config))).unwrap();
        self
    }

    /// Compares the file with the types, or writes it.
    fn hold(self) {
        let imports = self
            .imports
            .iter()
            .map(|(types, from)| format!("import type {{ {types} }} from \"./{from}\";\n"));
        let told = format!(
            "// Written by `NAVETTE_BLESS=1 cargo test -p navette-desktop --test types`: \
             change the Rust types instead.\n{}{}",
            imports.collect::<String>(),
            self.types,
        );
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/lib/types").join(self.file);
        if std::env::var_os("NAVETTE_BLESS").is_some() {
            std::fs::write(&path, &told).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == told,
            "{} is not what the library tells; run this test with NAVETTE_BLESS=1",
            path.display()
        );
    }
}

/// A declaration with one field a line, and what is said of it above it.
fn spread(declaration: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in declaration.replace(", };", ",\n};").lines().map(str::trim_end) {
        let is_inside = lines.iter().any(|line| line.ends_with('{')) && line != "};";
        lines.push(if is_inside { format!("  {line}") } else { line.to_owned() });
    }
    folded(&lines.join("\n"))
}

/// Docs of one line, in one line.
fn folded(text: &str) -> String {
    let docs = regex::Regex::new(r"/\*\*\n *\* ([^\n]*)\n *\*/").unwrap();
    docs.replace_all(text, "/** $1 */").into_owned()
}

#[test]
fn the_assistant_is_told_what_the_window_expects() {
    Domain::new("assistant.ts", &[("Quota, Said", "pair")])
        .and::<api::Family>()
        .and::<api::Way>()
        .and::<api::Recognised>()
        .and::<api::KeptAs>()
        .and::<api::SignedIn>()
        .and::<api::BrowserSignIn>()
        .and::<api::Place>()
        .and::<api::PlaceKind>()
        .and::<api::PlaceClient>()
        .and::<api::PlaceReport>()
        .and::<api::RemoteFolder>()
        .and::<api::Fit>()
        .and::<api::Plan>()
        .hold();
}

#[test]
fn pairs_are_told_as_the_window_expects_them() {
    Domain::new("pair.ts", &[])
        .and::<api::Said>()
        .and::<api::Side>()
        .and::<api::PairState>()
        .and::<api::Moving>()
        .and::<api::Progress>()
        .and::<api::Left>()
        .and::<api::Brake>()
        .and::<api::Standing>()
        .and::<Version>()
        .and::<Verb>()
        .and::<api::Entry>()
        .and::<api::ActivityPage>()
        .and::<api::ActivityQuery>()
        .and::<api::Quota>()
        .and::<api::Account>()
        .and::<Mood>()
        .and::<Overview>()
        .hold();
}
