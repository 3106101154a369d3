//! The app opens.

use futures::FutureExt as _;

use crate::stage::play;

#[test]
fn the_window_opens_with_its_name_and_nothing_goes_wrong() {
    play("opens", |stage| {
        async move {
            let window = stage.open(&[]).await;
            let title = window.title().await;
            assert!(title.ends_with("Navette"), "{title}");
            window.find("heading", "").await;
            assert_eq!(window.wrong().await, [""; 0]);
        }
        .boxed_local()
    });
}
