//! Names and kinds that cannot be synced hinder nothing else.

use crate::program::{Home, Storage, assert_equal};

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_listed_and_the_rest_is_synced() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("folder", storage.url());
    crate::fill(&device, 3);
    let bad = device.folder.join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"));
    std::fs::write(&bad, "latin 1").unwrap();
    let (code, report) = device.report(&[]);
    assert_eq!((code, &report["counts"]["sent"]), (1, &4.into()), "{report:#}");
    assert_eq!(report["items"][0]["cause"], "name-not-text", "{report:#}");
    assert!(report["items"][0]["path"].as_str().unwrap().starts_with("caf"), "{report:#}");
    assert_eq!(std::fs::read(&bad).unwrap(), b"latin 1");

    std::fs::rename(&bad, device.path("café.txt")).unwrap();
    device.synced(&[]);
    let other = home.device("other", storage.url());
    other.synced(&[]);
    assert_equal(&device.tree(), &other.tree());
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_mentioned_and_hinder_nothing() {
    let home = Home::new();
    let storage = Storage::start(&home, "plain");
    let device = home.device("folder", storage.url());
    crate::fill(&device, 3);
    std::os::unix::fs::symlink("top.txt", device.path("link")).unwrap();
    std::os::unix::fs::symlink("/", device.path("folder/out")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(device.path("pipe")).status().unwrap();
    assert!(made.success());
    let report = device.synced(&[]);
    let items = report["items"].as_array().unwrap();
    let listed: Vec<_> = items.iter().map(|item| item["path"].as_str().unwrap()).collect();
    assert_eq!(listed, ["folder/out", "link", "pipe"], "{report:#}");
    assert!(items.iter().all(|item| item["outcome"] == "skipped"), "{report:#}");
    let other = home.device("other", storage.url());
    other.synced(&[]);
    assert_eq!(other.tree().len(), device.tree().len() - 3);
}

/// What each family refuses, and what people read of it.
#[cfg(unix)]
#[test]
fn names_that_the_server_refuses_are_held_with_what_to_rename_and_cost_nothing() {
    let long = "l".repeat(251);
    let long_here = "l".repeat(240);
    let each: [(&str, &[(&str, &str)]); 3] = [
        (
            "nextcloud",
            &[
                ("back\\slash", "takes no “\\” in a name"),
                (".htaccess", "keeps the name “.htaccess” for itself"),
                ("bell\u{7}", "control character"),
                (&long, "takes 250 letters at most"),
            ],
        ),
        (
            "owncloud10",
            &[
                ("back\\slash", "takes no “\\” in a name"),
                (".htaccess", "keeps the name “.htaccess” for itself"),
                (&long_here, "takes 227 letters at most"),
            ],
        ),
        ("ocis", &[("back\\slash", "takes no “\\” in a name"), ("  ", "nothing but blanks")]),
    ];
    for (dialect, names) in each {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        let device = home.device("folder", storage.url());
        crate::fill(&device, 3);
        device.synced(&[]);
        let quiet = device.synced(&[])["requests"].as_u64().unwrap();
        for (name, _) in names {
            device.write(&format!("folder/{name}"), "stays");
        }
        let (code, report) = device.report(&[]);
        assert_eq!((code, &report["counts"]["sent"]), (1, &0.into()), "{report:#}");
        let items = report["items"].as_array().unwrap();
        assert_eq!(items.len(), names.len(), "{report:#}");
        for (name, said) in names {
            let path = format!("folder/{name}");
            let item = items.iter().find(|item| item["path"] == path.as_str());
            let item = item.unwrap_or_else(|| panic!("{path} is not listed: {report:#}"));
            assert_eq!(item["outcome"], "held", "{item:#}");
            assert!(item["message"].as_str().unwrap().contains(said), "{item:#}");
            assert!(item["remedy"].as_str().unwrap().starts_with("Rename it"), "{item:#}");
            assert_eq!(device.read(&path), "stays");
        }
        // No request for them, in the first run and in all that follow.
        for run in 0..2 {
            let (code, report) = device.report(&[]);
            assert_eq!(
                (code, report["requests"].as_u64().unwrap()),
                (1, quiet),
                "{dialect}, run {run}: {report:#}"
            );
        }
        device.write("folder/more.txt", "goes on");
        let (_, report) = device.report(&[]);
        assert_eq!(report["counts"]["sent"], 1, "{report:#}");
        for (at, (name, _)) in names.iter().enumerate() {
            let renamed = device.path(&format!("folder/renamed {at}"));
            std::fs::rename(device.path(&format!("folder/{name}")), renamed).unwrap();
        }
        device.synced(&[]);
        let other = home.device("other", storage.url());
        other.synced(&[]);
        assert_equal(&device.tree(), &other.tree());
    }
}

#[cfg(unix)]
#[test]
fn a_folder_with_a_refused_name_is_one_line_for_all_in_it() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("folder", storage.url());
    crate::fill(&device, 3);
    device.write("back\\slash/a.txt", "stays");
    device.write("back\\slash/deeper/b.txt", "stays");
    let (code, report) = device.report(&[]);
    assert_eq!((code, &report["counts"]["sent"]), (1, &4.into()), "{report:#}");
    assert_eq!(report["items"].as_array().unwrap().len(), 1, "{report:#}");
    assert_eq!(report["items"][0]["path"], "back\\slash", "{report:#}");
    std::fs::rename(device.path("back\\slash"), device.path("slash")).unwrap();
    let report = device.synced(&[]);
    assert_eq!(report["counts"]["sent"], 2, "{report:#}");
}

#[cfg(unix)]
#[test]
fn a_rename_to_a_refused_name_leaves_the_server_as_it_is() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("folder", storage.url());
    crate::fill(&device, 3);
    device.synced(&[]);
    std::fs::rename(device.path("top.txt"), device.path("t\\p.txt")).unwrap();
    for _ in 0..2 {
        let (code, report) = device.report(&[]);
        assert_eq!((code, &report["counts"]["moved"]), (1, &0.into()), "{report:#}");
        assert_eq!(report["items"][0]["path"], "t\\p.txt", "{report:#}");
    }
    let other = home.device("other", storage.url());
    other.synced(&[]);
    assert_eq!(other.read("top.txt"), "at the top");
}

/// Makes an empty file on a storage, and returns the answer.
fn put(address: &str, path: &str) -> String {
    use std::io::{Read as _, Write as _};

    use base64::Engine as _;
    let login = format!("{}:{}", crate::program::LOGIN, crate::program::PASSWORD);
    let login = base64::prelude::BASE64_STANDARD.encode(login);
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Basic {login}\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_too_long_for_this_disk_is_shown_under_another_and_told() {
    let home = Home::new();
    let storage = Storage::start(&home, "ocis");
    let name = "é".repeat(200);
    let path = format!("/remote.php/webdav/{}.txt", "%C3%A9".repeat(200));
    assert!(put(storage.address(), &path).starts_with("HTTP/1.1 201"));
    let device = home.device("folder", storage.url());
    let report = device.synced(&[]);
    let item = &report["items"][0];
    assert_eq!(item["path"], format!("{name}.txt"), "{report:#}");
    assert_eq!(item["outcome"], "skipped", "{report:#}");
    let shown = std::fs::read_dir(&device.folder).unwrap();
    let shown = shown.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let alias = shown.filter(|name| name != ".navette").collect::<Vec<_>>();
    let [alias] = &alias[..] else { panic!("{alias:?}") };
    assert!(alias.ends_with(" (case 2).txt") && alias.len() <= 255, "{alias}");
    assert!(item["message"].as_str().unwrap().contains(alias.as_str()), "{item:#}");
    // What is written here under the other name goes to the right one.
    device.write(alias, "edited here");
    let report = device.synced(&[]);
    assert_eq!(report["counts"]["updated"], 1, "{report:#}");
}

/// A storage that announces nothing is asked, once a run.
#[cfg(unix)]
#[test]
fn a_name_that_only_the_server_knows_to_be_wrong_is_held_after_its_refusal() {
    use crate::scripted::{FOLDER, Scripted, answer, entry, multistatus};
    let home = Home::new();
    let server = Scripted::start(|line| match line {
        "GET /status.php" => answer("404 Not Found", "", ""),
        "PROPFIND /" => multistatus(&entry("/", FOLDER)),
        line if line.starts_with("PUT ") => answer(
            "400 Bad Request",
            "Content-Type: application/xml\r\n",
            "<d:error xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\"><s:exception>\
             OCA\\DAV\\Connector\\Sabre\\Exception\\InvalidPath</s:exception>\
             <s:message>File name contains at least one invalid character</s:message></d:error>",
        ),
        _ => answer("404 Not Found", "", ""),
    });
    let device = home.device("folder", server.url());
    device.write("odd~name", "stays");
    let (code, report) = device.report(&[]);
    assert_eq!((code, &report["items"][0]["cause"]), (1, &"name-refused".into()), "{report:#}");
    assert_eq!(report["items"][0]["outcome"], "held", "{report:#}");
    let puts = server.heard().iter().filter(|heard| heard.line().starts_with("PUT ")).count();
    assert_eq!(puts, 1);
    assert_eq!(device.read("odd~name"), "stays");
}
