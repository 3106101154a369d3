//! What needs a person, asked and answered over the socket of whoever watches.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::activity::watched::Talk;
use crate::watching::{Watch, files};
use crate::{Home, Storage, given};

fn here(home: &Home) -> Vec<String> {
    let entries = fs::read_dir(home.path("folder")).unwrap().flatten();
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != ".navette").collect();
    names.sort();
    names
}

fn concerns(talk: &mut Talk) -> Vec<Value> {
    let told = talk.ask("concerns", json!({}));
    told["result"]["concerns"].as_array().unwrap_or_else(|| panic!("{told:#}")).clone()
}

fn watch<'a>(home: &'a Home, storage: &Storage, names: &[&str]) -> Watch<'a> {
    for name in names {
        fs::write(home.path(&format!("folder/{name}")), format!("this is {name}")).unwrap();
    }
    let watch = Watch::start(home, &storage.url);
    watch.until("sent", files(names.len() as u64));
    watch
}

#[test]
fn held_deletions_are_one_question_that_is_the_same_until_it_is_answered() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let names: Vec<String> = (0..30).map(|file| format!("{file:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let watch = watch(&home, &storage, &names);
    let mut talk = Talk::open(&home);
    assert_eq!(concerns(&mut talk), Vec::<Value>::new());
    names[..25]
        .iter()
        .for_each(|name| fs::remove_file(home.path(&format!("folder/{name}"))).unwrap());
    watch.until("braked", |pair| pair["state"] == "needs-you");
    let asked = concerns(&mut talk);
    let [concern] = &asked[..] else { panic!("{asked:#?}") };
    assert_eq!(concern["said"]["sentence"], "25 files disappeared here");
    let about = &concern["about"];
    assert_eq!((&about["kind"], &about["files"]), (&json!("brake"), &json!(25)));
    assert_eq!((&about["bytes"], &about["has_trash"]), (&json!(25 * 10), &json!(true)));
    assert_eq!(about["sample"].as_array().unwrap().len(), 20);
    let (code, out, _) = home.run(&["status"]);
    assert!(code == 1 && out.contains("  25 files disappeared here Missing from folder"), "{out}");
    assert!(out.contains("navette decide"), "{out}");
    let others = json!({"answer": "delete", "asked": "of others"});
    assert_eq!(talk.ask("decide", others)["error"]["code"], -32008);
    let answer = json!({"answer": "restore", "side": "remote", "asked": about["asked"]});
    assert_eq!(talk.ask("decide", answer)["result"]["pairs"][0]["brakes"], json!([]));
    watch.until("back", files(30));
    assert_eq!((concerns(&mut talk), here(&home).len()), (Vec::new(), 30));
}

#[test]
fn two_versions_are_shown_chosen_and_taken_back_by_one_entry() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let (folder, password) = (home.folder(), home.password());
    let other = home.path("other");
    fs::create_dir_all(&other).unwrap();
    let sync = |dir: &str| assert_eq!(home.run(&given(&storage.url, &password, dir)).0, 0);
    fs::write(home.path("folder/a.txt"), "agreed").unwrap();
    sync(&folder);
    sync(other.to_str().unwrap());
    fs::write(home.path("folder/a.txt"), "mine").unwrap();
    fs::write(other.join("a.txt"), "theirs, longer").unwrap();
    sync(other.to_str().unwrap());
    let watch = Watch::start(&home, &storage.url);
    watch.until("both are here", files(2));
    let mut talk = Talk::open(&home);
    let asked = concerns(&mut talk);
    assert_eq!(asked.len(), 1, "{asked:#?}");
    assert_eq!(asked[0]["said"]["sentence"], "Two versions of a.txt");
    assert_eq!(asked[0]["about"]["files"], 1);
    let conflict = &asked[0]["about"]["sample"][0];
    let listed = talk.ask("concern_files", json!({"id": asked[0]["id"]}));
    assert_eq!(listed["result"], json!({"files": [conflict], "more": false}), "{listed:#}");
    let nothing = talk.ask("concern_files", json!({"id": "conflict:elsewhere"}));
    assert_eq!(nothing["error"]["code"], -32006);
    let shown = |talk: &mut Talk, path: &Value| {
        talk.ask("preview", json!({"path": path}))["result"]["preview"].clone()
    };
    let mine = json!({"kind": "text", "text": "mine", "cut": false});
    assert_eq!(shown(&mut talk, &conflict["copy"]), mine);
    assert_eq!(shown(&mut talk, &conflict["path"])["text"], "theirs, longer");
    let chosen = talk.ask("choose", json!({"choice": "mine", "paths": [conflict["path"]]}));
    let entry = chosen["result"]["entry"].as_i64().unwrap_or_else(|| panic!("{chosen:#}"));
    assert_eq!(here(&home), ["a.txt"]);
    assert_eq!(concerns(&mut talk), Vec::<Value>::new(), "it is settled at once");
    watch.until("settled there", files(1));
    let back = talk.ask("undo", json!({"entry": entry}));
    assert_eq!(back["result"]["done"][0]["reason"], Value::Null, "{back:#}");
    assert_eq!(here(&home).len(), 2);
    watch.until("both again", files(2));
    assert_eq!(concerns(&mut talk).len(), 1);
}

#[test]
fn what_was_put_aside_is_found_shown_brought_back_and_put_aside_again() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let watch = watch(&home, &storage, &["Notes.txt", "b"]);
    let mut talk = Talk::open(&home);
    let (folder, password) = (home.folder(), home.password());
    let other = home.path("other");
    fs::create_dir_all(&other).unwrap();
    let sync = || {
        let dir = other.to_str().unwrap();
        assert_eq!(home.run(&given(&storage.url, &password, dir)).0, 0);
    };
    sync();
    fs::remove_file(other.join("Notes.txt")).unwrap();
    sync();
    talk.ask("sync", json!({}));
    watch.until("gone here", files(1));
    let list = |talk: &mut Talk, text: &str| {
        let told = talk.ask("asides", json!({"text": text}));
        told["result"]["asides"].as_array().unwrap_or_else(|| panic!("{told:#}")).clone()
    };
    assert_eq!(list(&mut talk, "other").len(), 0);
    let found = list(&mut talk, "note");
    let [aside] = &found[..] else { panic!("{found:#?}") };
    assert_eq!((&aside["path"], &aside["folder"]), (&json!("Notes.txt"), &json!(folder)));
    let days = aside["until"].as_i64().unwrap() - aside["at"].as_i64().unwrap();
    assert_eq!((days, &aside["place_free"]), (30 * 24 * 3600, &json!(true)));
    let number = json!({"number": aside["number"]});
    let shown = talk.ask("preview", number.clone());
    assert_eq!(shown["result"]["preview"]["text"], "this is Notes.txt");
    let back = talk.ask("bring_back", number.clone());
    assert_eq!(back["result"]["path"], "Notes.txt", "{back:#}");
    watch.until("there again", files(2));
    assert_eq!(talk.ask("bring_back", number)["result"]["reason"], "gone");
    // Taken back, it is put aside again, and leaves the server too.
    let undone = talk.ask("undo", json!({"entry": back["result"]["entry"]}));
    assert_eq!(undone["result"]["done"][0]["reason"], Value::Null, "{undone:#}");
    assert_eq!(here(&home), ["b"]);
    watch.until("gone there", files(1));
    // Beside what stands there by now, by the command line.
    fs::write(home.path("folder/Notes.txt"), "another").unwrap();
    watch.until("sent", files(2));
    let again = list(&mut talk, "note")[0].clone();
    assert_eq!(again["place_free"], false);
    let number = again["number"].to_string();
    let pair = [folder.as_str(), "--server", &storage.url, "--user", "alice"];
    let (code, out, err) = home.run(&[&["trash", "restore"], &pair[..], &[&number]].concat());
    assert!(code == 0 && out.contains("Notes (conflict "), "{out} {err}");
    watch.until("both", files(3));
    let (code, out, _) = home.run(&[&["trash", "purge", "--older-than", "0"], &pair[..]].concat());
    assert_eq!(code, 0, "{out}");
    assert_eq!(list(&mut talk, ""), Vec::<Value>::new());
}

#[test]
fn a_name_that_the_server_refuses_is_given_another_on_the_side_where_it_is() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let watch = watch(&home, &storage, &["fine"]);
    let mut talk = Talk::open(&home);
    fs::write(home.path("folder/a\\b.txt"), "held").unwrap();
    watch.until("held", |pair| pair["state"] == "needs-you");
    let asked = concerns(&mut talk);
    let [concern] = &asked[..] else { panic!("{asked:#?}") };
    let (kind, side) = (&concern["about"]["kind"], &concern["about"]["side"]);
    assert_eq!((kind, side), (&json!("name"), &json!("local")));
    let about = &concern["about"]["sample"][0];
    assert_eq!((&about["bad"], &about["suggestion"]), (&json!("\\"), &json!("a-b.txt")));
    let check = |talk: &mut Talk, name: &str| {
        let told = talk.ask("check_name", json!({"path": about["path"], "name": name}));
        told["result"]["fits"].as_bool().unwrap_or_else(|| panic!("{told:#}"))
    };
    assert!(check(&mut talk, "a-b.txt"));
    for bad in ["", "x/y", "c\\d", "fine"] {
        assert!(!check(&mut talk, bad), "{bad}");
    }
    let rename = |talk: &mut Talk, path: &Value, side: &str, name: &str| {
        let told = json!({"path": path, "side": side, "name": name});
        talk.ask("rename", told)["result"].clone()
    };
    assert_eq!(rename(&mut talk, &about["path"], "local", "fine")["reason"], "taken");
    let done = rename(&mut talk, &about["path"], "local", "a-b.txt");
    assert_eq!((&done["path"], &done["reason"]), (&json!("a-b.txt"), &Value::Null), "{done:#}");
    watch.until("sent", files(2));
    assert_eq!(concerns(&mut talk), Vec::<Value>::new());
    // On the server alone: this computer follows.
    let done = rename(&mut talk, &json!("fine"), "remote", "better");
    assert_eq!(done["path"], "better", "{done:#}");
    watch.until("followed", |_| Path::new(&home.path("folder/better")).exists());
    assert_eq!(here(&home), ["a-b.txt", "better"]);
}
