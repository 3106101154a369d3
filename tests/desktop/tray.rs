//! The icon in the tray, over the bus.

use futures::FutureExt as _;
use navette::cloud::Dialect;

use crate::person::settle;
use crate::stage::{Tray, play, until};

#[test]
fn the_tray_shows_the_state_and_pauses_from_its_menu() {
    play("tray", |stage| {
        async move {
            let mut tray = Tray::on(stage).await;
            let person = settle(stage, Dialect::Nextcloud).await;
            let icon = tray.icon().await;
            let at_rest = icon.entry("Everything is up to date").await;
            assert!(!at_rest.enabled, "the state is no button");
            let picture = icon.picture().await;
            assert!(picture.exists(), "{}", picture.display());
            let bytes = std::fs::read(&picture).unwrap();
            icon.press("Pause until I resume").await;
            person.window.sees("Paused").await;
            icon.entry("Resume").await;
            until("another picture of the icon", async || {
                let now = std::fs::read(icon.picture().await).ok()?;
                (now != bytes).then_some(())
            })
            .await;
            icon.press("Resume").await;
            person.window.sees("Everything is up to date").await;
            icon.entry("Open Navette").await;
            icon.entry("Quit").await;
        }
        .boxed_local()
    });
}
