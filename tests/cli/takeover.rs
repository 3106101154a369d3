//! Folders of the families' own clients come over to Navette.

use std::fs;

use crate::{Home, Storage};

/// Writes down what the client keeps of a folder: its settings and, in the
/// folder, its journal with these choices.
fn theirs(home: &Home, url: &str, more: &str, sql: &str) -> String {
    let folder = home.path("folder");
    let config = home.path("owncloud.cfg");
    let text = format!(
        "[General]\nclientVersion=2.11.0\n\n[Accounts]\nversion=2\n0\\version=1\n0\\url={url}\n\
         0\\authType=http\n0\\http_user=alice\n0\\dav_user=alice\n\
         0\\Folders\\1\\localPath={}/\n0\\Folders\\1\\journalPath=.sync_0a1b.db\n{more}",
        folder.display()
    );
    fs::write(&config, text).unwrap();
    let journal = rusqlite::Connection::open(folder.join(".sync_0a1b.db")).unwrap();
    let tables = "CREATE TABLE selectivesync (path VARCHAR(4096), type INTEGER);\
                  CREATE TABLE metadata (path VARCHAR(4096), type INTEGER);";
    journal.execute_batch(&format!("{tables}{sql}")).unwrap();
    config.to_str().unwrap().to_owned()
}

fn settings(home: &Home) -> String {
    let mut found = walkdir::WalkDir::new(home.path("home")).into_iter().filter_map(Result::ok);
    let found = found.find(|entry| entry.file_name() == "settings.toml").unwrap();
    fs::read_to_string(found.path()).unwrap()
}

#[test]
fn a_folder_is_taken_over_with_its_account_its_place_and_what_is_not_wanted() {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    let more = "0\\Folders\\1\\targetPath=/Work\n0\\Folders\\1\\ignoreHiddenFiles=true\n";
    let choices = "INSERT INTO selectivesync VALUES ('Photos/', 1), ('Music/Old \u{fc}/', 1);";
    let config = theirs(&home, &storage.url, more, choices);
    let before = fs::read(home.path("folder/.sync_0a1b.db")).unwrap();
    let (folder, password) = (home.folder(), home.password());
    let words = ["folder", "takeover", &folder, "--config", &config, "--password-file", &password];
    let (code, out, err) = home.run(&words);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("is now paired with /Work of alice@127.0.0.1"), "{out}");
    assert!(out.contains("2 folders of the server are not kept here"), "{out}");
    assert!(out.contains("  Music/Old \u{fc}\n  Photos\n"), "{out}");
    assert!(
        out.contains("Hidden files are left out, as before")
            && out.contains("Now remove the folder"),
        "{out}"
    );
    let text = settings(&home);
    assert!(text.contains("without = [\"Music/Old \u{fc}\", \"Photos\"]"), "{text}");
    assert!(text.contains("hidden = false"), "{text}");
    assert!(text.contains("remote_path = \"/Work\"") && !text.contains("battery"), "{text}");
    assert_eq!(fs::read(home.path("folder/.sync_0a1b.db")).unwrap(), before);
    // Once is enough.
    let (code, _, err) = home.run(&words);
    assert!(code == 2 && err.contains("overlaps"), "{err}");
}

#[test]
fn what_cannot_be_taken_over_is_said_and_nothing_is_configured() {
    let home = Home::new();
    let (folder, password) = (home.folder(), home.password());
    let takeover = |config: &str, code: i32, said: &str| {
        let words =
            ["folder", "takeover", &folder, "--config", config, "--password-file", &password];
        let (found, out, err) = home.run(&words);
        assert!(found == code && out.is_empty() && err.contains(said), "{found} {out}{err}");
        let (found, _, err) = home.french(&words);
        assert!(found == code && err.starts_with("navette\u{a0}: "), "{err}");
    };
    let journal = home.path("folder/.sync_0a1b.db");
    let with = |url: &str, more: &str, sql: &str| {
        let _ = fs::remove_file(&journal);
        theirs(&home, url, more, sql)
    };
    let here = "http://127.0.0.1:9";
    takeover(home.path("none.cfg").to_str().unwrap(), 2, "No settings of an ownCloud or Nextcloud");
    takeover(&with(here, "0\\Folders\\1\\virtualFilesMode=suffix\n", ""), 2, "only stand-ins");
    takeover(
        &with(here, "", "INSERT INTO selectivesync VALUES ('/', 1);"),
        2,
        "nothing of the storage",
    );
    takeover(&with("http://example.org", "", ""), 2, "is not encrypted");
    takeover(&with("https://a:b@example.org", "", ""), 2, "holds a login or password");
    let config = with(here, "", "INSERT INTO selectivesync VALUES ('../x', 1);");
    takeover(&config, 6, "cannot be understood");
    fs::write(&journal, "no database, and more bytes than its header has").unwrap();
    takeover(&config, 6, "cannot be understood");
    let (_, out, _) = home.run(&["account", "list"]);
    assert!(out.contains("No account is configured"), "{out}");
}

#[test]
fn a_foreign_journal_in_a_folder_that_is_added_or_synced_is_said() {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    theirs(&home, &storage.url, "", "");
    let (folder, password) = (home.folder(), home.password());
    let sync = [
        "sync",
        "--server",
        &storage.url,
        "--user",
        "alice",
        "--password-file",
        &password,
        &folder,
    ];
    let (code, _, err) = home.run(&sync);
    assert!(code == 0 && err.contains("Another sync client has worked on"), "{err}");
    let (code, out, err) = home.run(&sync);
    assert!(code == 0 && !err.contains("Another sync client"), "{out}{err}");
    let account = [
        "account",
        "add",
        "--server",
        &storage.url,
        "--user",
        "alice",
        "--password-file",
        &password,
    ];
    assert_eq!(home.run(&account).0, 0);
    let (code, _, err) = home.run(&["folder", "add", &folder]);
    assert!(code == 0 && err.contains("“navette folder takeover” takes over"), "{err}");
}

/// A process that holds the journal open as the clients do.
#[cfg(unix)]
fn holder(path: &std::path::Path) -> std::process::Child {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;
    let script = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\n\
                  db.execute('PRAGMA locking_mode=EXCLUSIVE')\ndb.execute('PRAGMA journal_mode=WAL')\n\
                  db.execute('SELECT count(*) FROM metadata').fetchall()\nprint('held', flush=True)\n\
                  sys.stdin.read()\n";
    let mut python = std::process::Command::new("python3");
    python.args(["-c", script]).arg(path).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "held\n");
    child
}

#[cfg(unix)]
#[test]
fn a_client_that_is_at_work_on_the_folder_keeps_it() {
    let home = Home::new();
    let storage = Storage::start(&home, "owncloud10");
    let config = theirs(&home, &storage.url, "", "");
    let (folder, password) = (home.folder(), home.password());
    let mut held = holder(&home.path("folder/.sync_0a1b.db"));
    let words = ["folder", "takeover", &folder, "--config", &config, "--password-file", &password];
    let (code, _, err) = home.run(&words);
    assert!(code == 5 && err.contains("Another client is at work on"), "{code} {err}");
    held.kill().unwrap();
    held.wait().unwrap();
    assert_eq!(home.run(&words).0, 0);
    let mut held = holder(&home.path("folder/.sync_0a1b.db"));
    let (code, _, err) = home.run(&["sync", &folder, "--password-file", &password]);
    assert!(code == 0 && err.contains("Another sync client is at work on"), "{code} {err}");
    held.kill().unwrap();
    held.wait().unwrap();
}

#[test]
fn a_space_is_taken_over_by_its_id() {
    let home = Home::new();
    let storage = Storage::with(&home, "ocis", &["--space", "Project"]);
    let (folder, password) = (home.folder(), home.password());
    let account = [
        "account",
        "add",
        "--server",
        &storage.url,
        "--user",
        "alice",
        "--password-file",
        &password,
    ];
    assert_eq!(home.run(&account).0, 0);
    let add = ["folder", "add", &folder, "--space", "Project", "--password-file", &password];
    assert_eq!(home.run(&add).0, 0);
    let text = settings(&home);
    let (_, rest) = text.split_once("space = \"").unwrap();
    let id = rest.split('"').next().unwrap().to_owned();
    assert_eq!(home.run(&["folder", "remove", &folder]).0, 0);
    let url = format!("{}/dav/spaces/{}/", storage.url, id.replace('$', "%24"));
    let config = theirs(&home, &storage.url, &format!("0\\Folders\\1\\davUrl={url}\n"), "");
    fs::write(home.path("folder/plan.txt"), "plan").unwrap();
    let words = ["folder", "takeover", &folder, "--config", &config, "--password-file", &password];
    let (code, out, err) = home.run(&words);
    assert_eq!(code, 0, "{out}{err}");
    assert!(!out.contains("account") || !out.contains("added"), "it is known already: {out}");
    assert!(settings(&home).contains(&format!("space = \"{id}\"")), "{}", settings(&home));
    let (code, out, err) = home.run(&["sync", &folder, "--password-file", &password]);
    assert_eq!(code, 0, "{out}{err}");
}
