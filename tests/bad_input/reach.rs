//! Servers that cannot be reached, trusted or signed in to.

use std::fs;
use std::net::TcpListener;

use crate::program::{Home, Storage, ended, tree};
use crate::real::rclone;
use crate::scripted::{Scripted, answer};
use crate::{fill, refused};

#[test]
fn an_address_that_is_none_ends_with_2() {
    let home = Home::new();
    for address in ["ftp://example.org", "https://", "http://[::1", "https://a:b@example.org"] {
        refused(&home.device("folder", address), &[], 2, "address");
    }
}

#[test]
fn a_server_without_encryption_elsewhere_ends_with_2_and_gets_no_password() {
    let home = Home::new();
    refused(&home.device("folder", "http://192.0.2.1"), &[], 2, "not encrypted");
}

#[test]
fn an_unknown_host_ends_with_3() {
    let home = Home::new();
    refused(&home.device("folder", "https://nonexistent.invalid"), &[], 3, "nonexistent.invalid");
}

#[test]
fn a_closed_port_ends_with_3() {
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let device = home.device("folder", format!("http://{address}"));
    fill(&device, 3);
    refused(&device, &[], 3, "refuses the connection");
}

#[test]
fn a_wrong_login_or_password_ends_with_3() {
    for dialect in ["nextcloud", "owncloud10", "ocis", "plain"] {
        let home = Home::new();
        let storage = Storage::start(&home, dialect);
        fs::write(home.path("wrong"), "not this one").unwrap();
        let device = home.device("folder", storage.url());
        let wrong = home.path("wrong");
        let words = ["--password-file", wrong.to_str().unwrap()];
        refused(&device, &words, 3, "does not accept this login and password");

        let mut command = home.navette(&["sync", "--server", &storage.url(), "--user", "mallory"]);
        command.arg("--state-dir").arg(home.path("state")).arg(&device.folder);
        let run = ended(command);
        assert_eq!(run.code, 3, "{}", run.err);
        assert!(run.err.contains("does not accept this login"), "{}", run.err);
    }
}

#[test]
fn no_password_ends_with_2_and_an_unreadable_one_with_6() {
    let home = Home::new();
    let device = home.device("folder", "http://127.0.0.1:9");
    let missing = home.path("missing");
    refused(&device, &["--password-file", missing.to_str().unwrap()], 6, "cannot be read");
    let mut command = device.navette(&["sync"]);
    command.env_remove("NAVETTE_PASSWORD");
    let run = ended(command);
    assert_eq!((run.code, run.err.lines().count()), (2, 1), "{}", run.err);
    assert!(run.err.contains("No password was given"), "{}", run.err);
}

#[test]
fn a_certificate_that_nobody_vouches_for_ends_with_3_until_it_is_named() {
    let home = Home::new();
    let rclone = rclone::start_tls();
    let device = home.device("folder", rclone.url());
    fill(&device, 3);
    refused(&device, &[], 3, "does not know who vouches for localhost");
    assert!(tree(&rclone.files()).is_empty());

    let garbage = home.path("garbage.pem");
    fs::write(&garbage, "no certificate").unwrap();
    refused(&device, &["--ca-file", garbage.to_str().unwrap()], 6, "certificates cannot be used");
    let missing = home.path("missing.pem");
    refused(&device, &["--ca-file", missing.to_str().unwrap()], 6, "certificates cannot be used");

    let certificate = rclone.certificate();
    device.synced(&["--ca-file", certificate.to_str().unwrap()]);
    assert_eq!(tree(&rclone.files()), device.tree());
}

#[test]
fn french_people_read_french() {
    let home = Home::new();
    for (address, code, part) in [
        ("http://127.0.0.1:9", 3, "127.0.0.1:9 est là, mais refuse la connexion"),
        ("http://192.0.2.1", 2, "n’est pas chiffrée"),
    ] {
        let mut command = home.device("folder", address).navette(&["sync"]);
        command.env("NAVETTE_LANG", "fr");
        let run = ended(command);
        assert_eq!((run.code, run.err.lines().count()), (code, 1), "{}", run.err);
        assert!(run.err.starts_with("navette\u{a0}: ") && run.err.contains(part), "{}", run.err);
    }
}

/// A proxy that notes what it is asked for, and answers so.
fn proxy(reply: &'static str) -> Scripted {
    Scripted::start(move |_| answer(reply, "Proxy-Authenticate: Basic realm=\"p\"\r\n", ""))
}

#[test]
fn a_proxy_of_the_environment_is_used_and_its_refusal_is_said() {
    let home = Home::new();
    let device = home.device("folder", "https://storage.invalid");
    fill(&device, 3);
    for (reply, said) in [
        ("407 Proxy Authentication Required", "wants a login of its own"),
        ("403 Forbidden", "lets nobody through to storage.invalid"),
    ] {
        let proxy = proxy(reply);
        let mut command = device.navette(&["sync"]);
        command.env("HTTPS_PROXY", proxy.url().as_str());
        let run = ended(command);
        assert_eq!((run.code, run.err.lines().count()), (3, 1), "{}", run.err);
        assert!(run.err.contains(said), "{}", run.err);
        let heard = proxy.heard();
        assert!(heard.iter().all(|heard| heard.line() == "CONNECT storage.invalid:443"));
        assert_eq!(heard.len(), 1);
        assert_eq!(heard[0].header("authorization"), None);
    }
}

#[test]
fn a_proxy_that_is_gone_and_one_that_is_left_out_are_said() {
    let home = Home::new();
    let device = home.device("folder", "https://storage.invalid");
    fill(&device, 3);
    let mut command = device.navette(&["sync"]);
    command.env("HTTPS_PROXY", "http://127.0.0.1:9");
    let run = ended(command);
    assert_eq!((run.code, run.err.lines().count()), (3, 1), "{}", run.err);
    assert!(
        run.err.contains("The proxy on the way to storage.invalid cannot be reached"),
        "{}",
        run.err
    );

    let proxy = proxy("407 Proxy Authentication Required");
    let mut command = device.navette(&["sync"]);
    command.env("HTTPS_PROXY", proxy.url().as_str()).env("NO_PROXY", "storage.invalid");
    let run = ended(command);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("No server called storage.invalid is known"), "{}", run.err);
    assert!(proxy.heard().is_empty());
}

#[test]
fn the_proxy_that_is_chosen_stands_above_that_of_the_environment_and_gets_its_password() {
    let home = Home::new();
    let add = ["account", "add", "--server", "https://storage.invalid", "--user", "alice"];
    let chosen = proxy("407 Proxy Authentication Required");
    let at = chosen.url().as_str().replace("http://", "http://me@");
    let run = |words: &[&str], variables: &[(&str, &str)]| {
        let mut command = home.navette(words);
        command.envs(variables.iter().copied());
        ended(command)
    };
    assert_eq!(run(&["config", "set", "proxy", &at], &[]).code, 0);
    let other = proxy("403 Forbidden");
    let (there, secret) = (other.url().to_string(), "open-sesame");
    let added = run(&add, &[("HTTPS_PROXY", &there), ("NAVETTE_PROXY_PASSWORD", secret)]);
    assert_eq!(added.code, 3, "{}", added.err);
    assert!(added.err.contains("wants a login of its own"), "{}", added.err);
    assert!(!added.err.contains(secret) && !added.out.contains(secret), "{}", added.err);
    let heard = chosen.heard();
    assert!(!heard.is_empty() && other.heard().is_empty());
    // “me:open-sesame”, as proxies take it.
    let login = Some("Basic bWU6b3Blbi1zZXNhbWU=");
    assert!(heard.iter().all(|heard| heard.header("proxy-authorization") == login));

    assert_eq!(run(&["config", "set", "proxy", "none"], &[]).code, 0);
    let direct = run(&add, &[("HTTPS_PROXY", &there)]);
    assert!(other.heard().is_empty(), "{} {}", direct.out, direct.err);
}

#[test]
fn no_proxy_stands_before_this_computer() {
    let home = Home::new();
    let storage = Storage::start(&home, "nextcloud");
    let device = home.device("folder", storage.url());
    fill(&device, 3);
    let mut command = device.navette(&["sync"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"] {
        command.env(name, "http://127.0.0.1:9");
    }
    let run = ended(command);
    assert_eq!(run.code, 0, "{}", run.err);
}
