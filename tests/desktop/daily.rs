//! Ordinary days: two versions, deletions, pauses, languages, an account that goes.

use futures::FutureExt as _;
use navette::cloud::Dialect;

use crate::person::{go, holds, server_holds, settle};
use crate::stage::{PASSWORD, play, until};

#[test]
fn two_versions_are_settled_in_the_window_and_taken_back() {
    play("two-versions", |stage| {
        async move {
            let person = settle(stage, Dialect::Nextcloud).await;
            let (window, path) = (&person.window, person.folder.join("Thesis/chapter 1.txt"));
            window.press("button", "Pause").await;
            window.sees("Paused").await;
            std::fs::write(&path, "It begins here.\n").unwrap();
            person.server.write("Thesis/chapter 1.txt", "It begins there.\n");
            window.press("button", "Resume").await;
            go(window, "Attention, 1").await;
            window.sees("Two versions of chapter 1.txt").await;
            window.press("button", "Keep this computer’s").await;
            holds(&path, "It begins here.\n").await;
            server_holds(&person.server, "Thesis/chapter 1.txt", "It begins here.\n").await;
            window.press("button", "Undo").await;
            holds(&path, "It begins there.\n").await;
        }
        .boxed_local()
    });
}

#[test]
fn many_deletions_wait_for_an_answer_and_come_back() {
    play("brake", |stage| {
        async move {
            let person = settle(stage, Dialect::Nextcloud).await;
            let data = person.folder.join("data");
            std::fs::create_dir(&data).unwrap();
            for number in 0..120 {
                std::fs::write(data.join(format!("{number}.csv")), format!("{number}\n")).unwrap();
            }
            server_holds(&person.server, "data/119.csv", "119\n").await;
            person.window.sees("Everything is up to date").await;
            std::fs::remove_dir_all(&data).unwrap();
            go(&person.window, "Attention, 1").await;
            person.window.sees("files disappeared here").await;
            assert_eq!(person.server.read("data/7.csv").as_deref(), Some("7\n"));
            person.window.press("button", "Bring them back here").await;
            holds(&data.join("7.csv"), "7\n").await;
            holds(&data.join("119.csv"), "119\n").await;
        }
        .boxed_local()
    });
}

#[test]
fn a_pause_holds_what_changes_until_it_is_resumed() {
    play("pause", |stage| {
        async move {
            let person = settle(stage, Dialect::Nextcloud).await;
            person.window.press("button", "Pause").await;
            person.window.find("button", "Resume").await;
            std::fs::write(person.folder.join("later.txt"), "wait\n").unwrap();
            // Longer than a change takes otherwise.
            tokio::time::sleep(std::time::Duration::from_secs(4)).await;
            assert_eq!(person.server.read("later.txt"), None);
            person.window.press("button", "Resume").await;
            server_holds(&person.server, "later.txt", "wait\n").await;
        }
        .boxed_local()
    });
}

#[test]
fn the_language_changes_at_once_and_is_kept() {
    play("language", |stage| {
        async move {
            let person = settle(stage, Dialect::Nextcloud).await;
            go(&person.window, "Settings").await;
            let chosen = until("the choice of a language", async || {
                match person.window.look("combobox", "Language").await {
                    Some(choice) => Some(choice),
                    None => person.window.look("button", "Language").await,
                }
            })
            .await;
            chosen.click().await.unwrap();
            person.window.press("option", "Français").await;
            person.window.find("link", "Accueil").await;
            person.window.end().await;
            let window = stage.open(&[]).await;
            window.find("link", "Accueil").await;
            window.sees("Tout est à jour").await;
        }
        .boxed_local()
    });
}

#[test]
fn an_account_is_removed_and_its_files_stay() {
    play("removal", |stage| {
        async move {
            let person = settle(stage, Dialect::Plain).await;
            let window = &person.window;
            go(window, "Settings").await;
            until("the accounts", async || {
                if window.look("button", "Remove…").await.is_some() {
                    return Some(());
                }
                for role in ["tab", "link", "button"] {
                    if let Some(section) = window.look(role, "Accounts").await {
                        section.click().await.ok()?;
                    }
                }
                None
            })
            .await;
            window.press("button", "Remove…").await;
            window.sees("What stays").await;
            until("the removal", async || {
                window.look("button", "Remove").await?;
                let remove = window.last("button", "Remove").await?;
                remove.click().await.ok()
            })
            .await;
            window.sees("No account yet").await;
            holds(&person.folder.join("Thesis/chapter 1.txt"), "It begins.\n").await;
            assert_eq!(person.server.read("Thesis/chapter 1.txt").as_deref(), Some("It begins.\n"));
            let secrets = stage.secrets().await;
            assert!(secrets.values().all(|secret| secret != PASSWORD), "{:?}", secrets.keys());
        }
        .boxed_local()
    });
}
