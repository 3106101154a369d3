//! From the first start to a synced folder.

use futures::FutureExt as _;
use navette::cloud::Dialect;

use crate::person::{choose_folder, find_server, go, holds, server_holds, settle, sign_in, words};
use crate::stage::{LOGIN, PASSWORD, Server, Tray, play, play_in};

#[test]
fn a_first_start_ends_in_a_synced_folder() {
    play("first-start", |stage| {
        async move {
            let person = settle(stage, Dialect::OwnCloud10).await;
            let here = person.folder.join("Thesis/chapter 1.txt");
            holds(&here, "It begins.\n").await;
            std::fs::write(person.folder.join("notes.txt"), "to do\n").unwrap();
            server_holds(&person.server, "notes.txt", "to do\n").await;
            person.server.write("Thesis/chapter 2.txt", "It goes on.\n");
            person.window.press("link", "Home").await;
            holds(&person.folder.join("Thesis/chapter 2.txt"), "It goes on.\n").await;
            go(&person.window, "Activity").await;
            person.window.sees("notes.txt").await;
            assert_eq!(person.window.wrong().await, [""; 0]);
        }
        .boxed_local()
    });
}

#[test]
fn who_reads_french_starts_in_french_without_having_chosen_it() {
    play_in("fr_FR.UTF-8", "first-start-fr", |stage| {
        async move {
            let mut tray = Tray::on(stage).await;
            // In these words the whole way is found.
            let person = settle(stage, Dialect::Nextcloud).await;
            let icon = tray.icon().await;
            icon.entry(words(&person.window).up_to_date).await;
            icon.entry("Mettre en pause une heure").await;
            holds(&person.folder.join("Thesis/chapter 1.txt"), "It begins.\n").await;
            std::fs::write(person.folder.join("à faire.txt"), "tout\n").unwrap();
            server_holds(&person.server, "à faire.txt", "tout\n").await;
            person.window.press("link", "Accueil").await;
            person.window.sees("À jour, vérifié").await;
            go(&person.window, "Activité").await;
            person.window.sees("à faire.txt").await;
            let read = person.window.text().await;
            for word in ["Activity", "Home", "Settings", "Today", "Sent"] {
                assert!(!read.contains(word), "“{word}” is English: {read}");
            }
            assert_eq!(person.window.wrong().await, [""; 0]);
        }
        .boxed_local()
    });
}

#[test]
fn the_password_lies_in_the_keychain_and_nowhere_else() {
    play("keychain", |stage| {
        async move {
            // A server that makes no passwords for single computers.
            let person = settle(stage, Dialect::Plain).await;
            let secrets = stage.secrets().await;
            assert!(secrets.values().any(|secret| secret == PASSWORD), "{:?}", secrets.keys());
            drop(person);
            for path in stage.files() {
                let bytes = std::fs::read(&path).unwrap_or_default();
                let found = bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes());
                assert!(!found, "the password lies in {}", path.display());
            }
        }
        .boxed_local()
    });
}

#[test]
fn a_wrong_password_is_said_so_and_the_right_one_goes_on() {
    play("wrong-password", |stage| {
        async move {
            let server = Server::start(Dialect::OwnCloud10).await;
            let window = stage.open(&[]).await;
            find_server(&window, &server).await;
            sign_in(&window, "not this one").await;
            window.sees("The server does not accept this password").await;
            sign_in(&window, PASSWORD).await;
            choose_folder(&window, &stage.path("Documents/Work")).await;
        }
        .boxed_local()
    });
}

#[test]
fn a_browser_signs_in_and_the_app_sees_no_password() {
    play("browser", |stage| {
        async move {
            let server = Server::start(Dialect::Nextcloud).await;
            server.write("shared.txt", "for all\n");
            let window = stage.open(&[]).await;
            find_server(&window, &server).await;
            window.press("button", "Open the browser").await;
            let browser = stage.browse(&stage.asked_page().await).await;
            browser.fill("Account name or email", LOGIN).await;
            browser.fill("Password", PASSWORD).await;
            browser.press("Log in").await;
            browser.press("Grant access").await;
            browser.sees("Account connected").await;
            choose_folder(&window, &stage.path("Documents/Work")).await;
            window.press("button", "Start").await;
            holds(&stage.path("Documents/Work/shared.txt"), "for all\n").await;
            let secrets = stage.secrets().await;
            assert!(!secrets.is_empty());
            assert!(secrets.values().all(|secret| !secret.contains(PASSWORD)));
        }
        .boxed_local()
    });
}
