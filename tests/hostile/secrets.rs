//! No secret in anything that a run writes: what it prints, its log at its most
//! talkative, the settings, the journal byte by byte, the synced folder, errors,
//! panics; and none in an image of its memory, for it leaves none.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use navette::cloud::Dialect;
use navette::server::{Dav, Server as _};

use crate::malice::{LOOK, file, home, storage_of, villain};
use crate::program::{Device, Home, LOGIN, Run};
use crate::scripted::{Reply, Scripted, answer};
use crate::support::{connection, path};
use crate::yard::write;

const PASSWORD: &str = "pa55wört ü8&<x>";
const APP_PASSWORD: &str = "yH3kQ-app-9wZ2c";
const COOKIE: &str = "c00kie5f2a77d1";
const UPLOAD: &str = "/data/upl0ad-8c1d02aa";

/// The forms in which one could find what one could sign in with.
fn forms() -> Vec<String> {
    let mut forms = vec![COOKIE.to_owned(), UPLOAD.to_owned(), "upl0ad-8c1d02aa".to_owned()];
    for password in [PASSWORD, APP_PASSWORD] {
        let percent: String = password.bytes().map(|byte| format!("%{byte:02X}")).collect();
        forms.extend([
            password.to_owned(),
            STANDARD.encode(password),
            STANDARD.encode(format!("{LOGIN}:{password}")),
            percent,
            password.escape_default().to_string(),
        ]);
    }
    forms
}

/// Makes sure that `bytes` hold no secret, but for those that `but` names.
#[track_caller]
fn holds_none(place: &str, bytes: &[u8], but: &[&str]) {
    for secret in forms().iter().filter(|secret| !but.contains(&secret.as_str())) {
        let found = bytes.windows(secret.len()).position(|part| part == secret.as_bytes());
        if let Some(at) = found {
            let around = &bytes[at.saturating_sub(80)..bytes.len().min(at + 80)];
            panic!("{place} holds {secret}: {}", String::from_utf8_lossy(around));
        }
    }
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(dir).into_iter().map(|entry| entry.unwrap());
    entries.filter(|entry| entry.file_type().is_file()).map(|entry| entry.into_path()).collect()
}

/// Everything that was written in this home holds no secret.
fn wrote_none(home: &Home) {
    for path in files_below(&home.path("")) {
        // The journal holds the address of an upload that is to go on, by
        // design: whoever reads it has the files as well. Only this user may.
        let is_journal = path.file_name().is_some_and(|name| {
            let name = name.to_string_lossy();
            name.starts_with("journal.db") || name.starts_with("backup-")
        });
        let but: &[&str] = if is_journal { &[UPLOAD, "upl0ad-8c1d02aa"] } else { &[] };
        holds_none(&path.to_string_lossy(), &fs::read(&path).unwrap(), but);
    }
}

/// Runs a command with the most talkative log.
fn talks(mut command: Command) -> Run {
    let output = command.env("NAVETTE_LOG", "trace").stdin(Stdio::null()).output().unwrap();
    holds_none("standard output", &output.stdout, &[]);
    holds_none("standard error", &output.stderr, &[]);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let code = output.status.code().expect("it ends by itself");
    Run { code, out: text(output.stdout), err: text(output.stderr) }
}

fn device<'h>(home: &'h Home, server: &Scripted, password: &str) -> Device<'h> {
    let mut device = home.device("folder", server.url());
    device.password = password.to_owned();
    write(&device.path("mine.txt"), "my bytes");
    device
}

/// Runs a sync of that folder in every way in which it can talk.
fn syncs(device: &Device<'_>) -> Vec<Run> {
    let ways =
        [&["sync", "--no-wait"][..], &["sync", "--no-wait", "--json", "-vv"], &["plan", "-v"]];
    let runs = ways.map(|words| talks(device.navette(words)));
    let mut french = device.navette(&["sync", "--no-wait"]);
    french.env("NAVETTE_LANG", "fr");
    runs.into_iter().chain([talks(french)]).collect()
}

/// What a server says that hands back what it was sent.
fn said(password: &str) -> String {
    let signed = STANDARD.encode(format!("{LOGIN}:{password}"));
    format!("not with Basic {signed}, {password}!")
}

#[test]
fn a_run_that_does_what_it_should_writes_no_secret() {
    for dialect in Dialect::ALL {
        let (at, home) = (home(dialect), Home::new());
        let cookies = format!("ETag: \"e\"\r\nSet-Cookie: session={COOKIE}; Path=/\r\n");
        let server = storage_of(dialect, file(&format!("{at}10"), 10, 5), move |method, path| {
            match method {
                "GET" if path == format!("{at}10") => Some(answer("200 OK", &cookies, "12345")),
                // It sets the cookie, and tells of it.
                "PUT" => {
                    let message = format!("<s:message>session={COOKIE}</s:message>");
                    Some(answer("403 Forbidden", &cookies, &message))
                }
                _ => None,
            }
        });
        let device = device(&home, &server, PASSWORD);
        for run in syncs(&device) {
            assert!([0, 1].contains(&run.code), "{dialect:?} {}", run.code);
        }
        // It was there, and was sent back: the search can find it.
        let heard = server.heard();
        let sent = |name, value: &str| {
            heard.iter().any(|heard| heard.header(name).is_some_and(|text| text.contains(value)))
        };
        assert!(sent("cookie", COOKIE), "{dialect:?}");
        assert!(sent("authorization", &STANDARD.encode(format!("{LOGIN}:{PASSWORD}"))));
        wrote_none(&home);
    }
}

/// Every way in which a server can hand back what it was sent.
fn echoes() -> Vec<Reply> {
    let said = said(APP_PASSWORD);
    let sabre = format!(
        "<d:error xmlns:d=\"DAV:\" xmlns:s=\"http://sabredav.org/ns\"><s:exception>{said}\
         </s:exception><s:message>{said}</s:message><s:hint>{said}</s:hint></d:error>"
    );
    let json = serde_json::json!({"ocs": {"meta": {"message": said}}, "message": said}).to_string();
    let percent: String = APP_PASSWORD.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let asks = "WWW-Authenticate: Basic realm=\"x\"\r\n";
    let to = |address: &str| format!("Location: {address}\r\n");
    vec![
        answer("401 Unauthorized", asks, &sabre),
        answer("401 Unauthorized", "", &json),
        answer("403 Forbidden", "", &sabre),
        answer("404 Not Found", "", &json),
        answer("418 Teapot", "", &sabre),
        answer("423 Locked", "", &sabre),
        answer("500 Oh No", "", &sabre),
        answer(&format!("500 {APP_PASSWORD}"), "", &json),
        answer("503 Service Unavailable", "", &sabre),
        answer("507 Insufficient Storage", "", &sabre),
        answer("302 Found", &to(&format!("/elsewhere/{percent}")), ""),
        answer("302 Found", &to(&format!("https://h.example/x/{percent}?p=1")), ""),
        answer("302 Found", &to(&format!("https://h.example/{APP_PASSWORD}/status.php")), ""),
        answer("302 Found", &to(&format!("https://{LOGIN}:{APP_PASSWORD}@h.example/")), ""),
        answer("207 Multi-Status", "", &format!("<{APP_PASSWORD}>x</{APP_PASSWORD}>")),
        answer("207 Multi-Status", "", &format!("<d:multistatus xmlns:d='DAV:'></{APP_PASSWORD}>")),
        answer("200 OK", "", &said),
        Reply::Raw(format!("HTTP/1.1 {said}\r\n\r\n").into_bytes()),
        Reply::Raw(format!("{said}\r\n\r\n").into_bytes()),
    ]
}

#[test]
fn a_server_that_hands_back_what_it_was_sent_finds_nobody_who_says_it_again() {
    let dialect = Dialect::Nextcloud;
    for target in ["GET /status.php", "PROPFIND", "MKCOL", "GET /ocs"] {
        for number in 0..echoes().len() {
            let home = Home::new();
            let asked = std::sync::atomic::AtomicUsize::new(0);
            let server = villain(dialect, move |method, path| {
                let line = format!("{method} {path}");
                let hit = line.replace(LOOK, "PROPFIND").starts_with(target);
                // The root is there while connecting.
                let later = target != "PROPFIND"
                    || asked.fetch_add(usize::from(hit), std::sync::atomic::Ordering::Relaxed) > 0;
                (hit && later).then(|| echoes().swap_remove(number))
            });
            let device = device(&home, &server, APP_PASSWORD);
            device.write("folder/x", "x");
            let run = talks(device.navette(&["sync", "--no-wait", "--json", "-vv"]));
            assert!([0, 1, 3].contains(&run.code), "{target} {number} {}", run.code);
            wrote_none(&home);
        }
    }
}

/// As TUS has it: the address of an upload is its own password.
#[test]
fn the_address_of_an_upload_is_in_the_journal_and_nowhere_else() {
    let home = Home::new();
    let pieces = std::sync::atomic::AtomicUsize::new(0);
    let server = villain(Dialect::Ocis, move |method, path| match (method, path) {
        (_, "/ocs/v2.php/cloud/capabilities?format=json") => Some(answer(
            "200 OK",
            "",
            r#"{"ocs":{"data":{"capabilities":{"files":{"tus_support":{"resumable":"1.0.0",
                "extension":"creation","max_chunk_size":1000000}}}}}}"#,
        )),
        ("POST", _) => {
            Some(answer("201 Created", &format!("Location: http://h.example{UPLOAD}\r\n"), ""))
        }
        // Every way in which a piece can go wrong, one after the other.
        ("PATCH" | "HEAD", _) => {
            match pieces.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 4 {
                0 => Some(answer("500 Oh No", "", &format!("<s:message>{UPLOAD}</s:message>"))),
                1 => Some(answer("302 Found", &format!("Location: {UPLOAD}/\r\n"), "")),
                2 => Some(answer(
                    "302 Found",
                    &format!("Location: http://h.example{UPLOAD}\r\n"),
                    "",
                )),
                _ => Some(Reply::Close),
            }
        }
        _ => None,
    });
    let device = device(&home, &server, PASSWORD);
    write(&device.path("large.bin"), vec![7; 3_000_000]);
    // Planning alone sends nothing.
    let failed = syncs(&device).iter().filter(|run| [1, 3].contains(&run.code)).count();
    assert_eq!(failed, 3);
    let heard = server.heard();
    let began = heard.iter().any(|heard| heard.line().starts_with(&format!("PATCH {UPLOAD}")));
    assert!(began, "{:?}", heard.iter().map(|heard| heard.line()).collect::<Vec<_>>());
    wrote_none(&home);
    // The search can find it where it is.
    let journal = files_below(&device.state).into_iter().any(|path| {
        fs::read(path).unwrap().windows(UPLOAD.len()).any(|part| part == UPLOAD.as_bytes())
    });
    assert!(journal, "the next run does not know where to go on");
}

#[test]
fn accounts_and_wrong_words_write_no_secret() {
    let home = Home::new();
    let server = villain(Dialect::Nextcloud, |_, _| None);
    let refusing = villain(Dialect::Nextcloud, |method, _| {
        matches!(method, "PROPFIND" | LOOK)
            .then(|| answer("401 Unauthorized", "WWW-Authenticate: Basic\r\n", &said(PASSWORD)))
    });
    let with = |words: &[&str]| {
        let mut command = home.navette(words);
        command.env("NAVETTE_PASSWORD", PASSWORD);
        talks(command)
    };
    let signed_in =
        |port: Option<u16>| format!("http://{LOGIN}:{APP_PASSWORD}@127.0.0.1:{}/", port.unwrap());
    let typed = signed_in(server.url().port());
    let folder = home.path("folder");
    fs::create_dir_all(&folder).unwrap();
    let folder = folder.to_str().unwrap();
    let added = with(&["account", "add", "--server", server.url().as_str(), "--user", LOGIN]);
    assert_eq!(added.code, 0, "{}", added.err);
    with(&["account", "add", "--server", refusing.url().as_str(), "--user", LOGIN, "-vv"]);
    with(&["account", "add", "--server", &typed, "--user", "other"]);
    with(&["account", "add", "--server", &format!("ftp{}", &typed[4..]), "--user", LOGIN]);
    with(&["account", "list"]);
    assert_eq!(with(&["folder", "add", folder]).code, 0);
    with(&["sync", "--no-wait", "-vv", folder]);
    with(&["sync", "--no-wait", "--json", folder]);
    with(&["sync", "--server", &typed, "--user", LOGIN, "--json", folder]);
    with(&["folder", "remove", folder]);
    with(&["account", "remove", &format!("{LOGIN}@{}", server.url().host_str().unwrap())]);
    wrote_none(&home);
}

/// What a program does that ends by a panic: it prints what it has in hand.
#[tokio::test]
async fn nothing_that_can_be_printed_in_a_panic_shows_a_secret() {
    let cookies = format!("Set-Cookie: session={COOKIE}\r\n");
    let server = villain(Dialect::Nextcloud, move |method, path| match (method, path) {
        (_, path) if path.contains("getapppassword") => Some(answer(
            "200 OK",
            &cookies,
            &format!(r#"{{"ocs":{{"data":{{"apppassword":"{APP_PASSWORD}"}}}}}}"#),
        )),
        ("PROPFIND", path) if path.ends_with("/listed/") => Some(answer(
            "500 Oh No",
            &cookies,
            &format!("<s:message>{}</s:message>", said(PASSWORD)),
        )),
        _ => None,
    });
    let connection = connection(server.url(), LOGIN, PASSWORD);
    let shown = format!("{connection:?}");
    let dav = Dav::connect(connection).await.unwrap();
    let made = dav.make_app_password("Navette").await.unwrap().unwrap();
    assert_eq!(made.expose(), APP_PASSWORD);
    let error = dav.list(&path("listed")).await.unwrap_err();
    let panics = || panic!("{dav:?} {made:?} {made} {error:?} {error} {shown}");
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics));
    let message = panicked.unwrap_err().downcast::<String>().unwrap();
    holds_none("a panic", message.as_bytes(), &[]);
}

/// The memory of a process holds what it signs in with, so none is kept of one that crashed.
#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_image_of_the_memory() {
    let home = Home::new();
    let server = Scripted::start(|_| Reply::Stall(Vec::new()));
    let device = device(&home, &server, PASSWORD);
    let mut command = Command::new("sh");
    // As far as the system lets: most set this to 0 by themselves.
    let script = "ulimit -c unlimited 2>/dev/null || ulimit -c hard; exec \"$@\"";
    let program = device.navette(&["sync"]);
    command.args(["-c", script, "sh"]).arg(program.get_program()).args(program.get_args());
    command.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    for _ in 0..3000 {
        let limits = fs::read_to_string(format!("/proc/{}/limits", child.id())).unwrap_or_default();
        let core =
            limits.lines().find(|line| line.starts_with("Max core file size")).unwrap_or_default();
        if core.split_whitespace().nth(4) == Some("0") {
            child.kill().unwrap();
            child.wait().unwrap();
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("a core file could be written");
}

/// Every test here relies on it.
#[test]
fn what_is_hidden_in_bytes_is_found() {
    let signed = STANDARD.encode(format!("{LOGIN}:{PASSWORD}"));
    for text in [PASSWORD, APP_PASSWORD, COOKIE, UPLOAD, signed.as_str()] {
        let bytes = [&[0xff, 0][..], text.as_bytes(), &[0]].concat();
        let found = std::panic::catch_unwind(|| holds_none("these", &bytes, &[]));
        assert!(found.is_err(), "{text}");
    }
    holds_none("these", b"nothing of the kind", &[]);
}
