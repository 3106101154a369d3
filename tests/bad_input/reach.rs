//! Servers that cannot be reached, trusted or signed in to.

use std::fs;
use std::net::TcpListener;

use crate::program::{Home, Storage, ended, tree};
use crate::rclone::Rclone;
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
    let rclone = Rclone::start_tls();
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
