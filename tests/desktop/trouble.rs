//! Ends of the program, wanted and not.

use futures::FutureExt as _;
use navette::cloud::Dialect;

use crate::person::{holds, server_holds, settle};
use crate::stage::{play, until};

#[test]
fn a_restart_keeps_everything() {
    play("restart", |stage| {
        async move {
            let person = settle(stage, Dialect::Nextcloud).await;
            person.window.end().await;
            std::fs::write(person.folder.join("meanwhile.txt"), "written\n").unwrap();
            person.server.write("Thesis/chapter 2.txt", "It goes on.\n");
            let window = stage.open(&[]).await;
            window.sees("Everything is up to date").await;
            assert!(window.look("textbox", "Server address").await.is_none());
            server_holds(&person.server, "meanwhile.txt", "written\n").await;
            holds(&person.folder.join("Thesis/chapter 2.txt"), "It goes on.\n").await;
            assert_eq!(window.wrong().await, [""; 0]);
        }
        .boxed_local()
    });
}

#[test]
fn a_power_cut_while_syncing_loses_nothing_and_the_next_start_goes_on() {
    play("power-cut", |stage| {
        async move {
            let person = settle(stage, Dialect::Nextcloud).await;
            let text = |number: usize| format!("{number}\n").repeat(20_000);
            for number in 0..60 {
                person.server.write(&format!("data/{number}.csv"), &text(number));
                std::fs::write(person.folder.join(format!("{number}.log")), text(number)).unwrap();
            }
            let first = person.folder.join("data");
            until("the first of many files", async || {
                std::fs::read_dir(&first).ok()?.next().map(drop)
            })
            .await;
            person.window.cut();
            let whole = |number: usize| {
                let path = person.folder.join(format!("data/{number}.csv"));
                std::fs::read_to_string(path).is_ok_and(|there| there == text(number))
            };
            // Whatever stands at its place is whole, also in the midst of it.
            for entry in std::fs::read_dir(&first).unwrap() {
                let name = entry.unwrap().file_name().to_string_lossy().into_owned();
                let number = name.strip_suffix(".csv").unwrap().parse().unwrap();
                assert!(whole(number), "half of {name} stands there");
            }
            let window = stage.open(&[]).await;
            window.sees("Everything is up to date").await;
            for number in 0..60 {
                holds(&person.folder.join(format!("data/{number}.csv")), &text(number)).await;
                server_holds(&person.server, &format!("{number}.log"), &text(number)).await;
            }
        }
        .boxed_local()
    });
}
