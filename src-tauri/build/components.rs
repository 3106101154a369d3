//! What the program is made of that is not ours, with the licence of each: the
//! crates that are linked into it, and the packages that the window is built of.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::{env, fs};

use serde_json::{Value, json};

/// The program whose parts are listed.
const PROGRAM: &str = "navette-desktop";

/// Where the exact versions are.
const LOCKS: [&str; 2] = ["../Cargo.lock", "../ui/package-lock.json"];

/// All of them, as a list of JSON: name, version, licence.
pub(crate) fn all() -> Result<String, String> {
    for lock in LOCKS {
        println!("cargo::rerun-if-changed={lock}");
    }
    let mut all: BTreeSet<(String, String, String)> = crates()?.into_iter().collect();
    all.extend(packages()?);
    let all = all.into_iter().map(
        |(name, version, licence)| json!({ "name": name, "version": version, "licence": licence }),
    );
    serde_json::to_string(&all.collect::<Vec<_>>()).map_err(|error| error.to_string())
}

/// A name, a version, a licence.
type Component = (String, String, String);

/// The crates that are linked into the program for this system.
fn crates() -> Result<Vec<Component>, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = env::var("TARGET").unwrap_or_default();
    let told = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--offline", "--filter-platform", &target])
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !told.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&told.stderr)));
    }
    let told: Value = serde_json::from_slice(&told.stdout).map_err(|error| error.to_string())?;
    let of = |list: &Value| list.as_array().cloned().unwrap_or_default();
    let packages: BTreeMap<String, Value> =
        of(&told["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<String, Vec<Value>> = of(&told["resolve"]["nodes"])
        .into_iter()
        .map(|node| (text(&node["id"]), of(&node["deps"])))
        .collect();
    let begin = packages.iter().find(|(_, package)| package["name"] == PROGRAM);
    let mut open: Vec<String> = begin.map(|(id, _)| id.clone()).into_iter().collect();
    let mut linked = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !linked.insert(id.clone()) {
            continue;
        }
        let deps = nodes.get(&id).into_iter().flatten();
        // Neither what builds it nor what tests it is in it.
        let normal =
            deps.filter(|dep| of(&dep["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()));
        open.extend(normal.map(|dep| text(&dep["pkg"])));
    }
    let linked = linked.iter().filter_map(|id| packages.get(id));
    let others = linked.filter(|package| !package["source"].is_null());
    Ok(others.map(|package| component(package, "license")).collect())
}

/// The packages that the window is built of.
fn packages() -> Result<Vec<Component>, String> {
    let lock = fs::read_to_string(LOCKS[1]).map_err(|error| format!("{}: {error}", LOCKS[1]))?;
    let lock: Value = serde_json::from_str(&lock).map_err(|error| error.to_string())?;
    let packages = lock["packages"].as_object().cloned().unwrap_or_default();
    let built_of = packages.into_iter().filter_map(|(path, mut package)| {
        let name = path.rsplit_once("node_modules/")?.1.to_owned();
        // The compiler of the window is a tool, and what it adds is in the window.
        if package["dev"] == true && name != "svelte" {
            return None;
        }
        package["name"] = json!(name);
        Some(component(&package, "license"))
    });
    Ok(built_of.collect())
}

fn component(package: &Value, licence: &str) -> Component {
    let told = text(&package[licence]);
    let told = if told.is_empty() { "see its source".to_owned() } else { told };
    (text(&package["name"]), text(&package["version"]), told)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
