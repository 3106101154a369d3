#![allow(clippy::disallowed_types, reason = "the code that `interface` makes has a map of its own")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zbus::connection::Builder;
use zbus::fdo;
use zbus::interface;
use zbus::object_server::SignalEmitter;

use super::*;

#[test]
fn the_panel_of_gnome_is_dark_and_any_other_as_the_theme() {
    assert_eq!(panel_tone("ubuntu:GNOME", Some(2)), Tone::Dark);
    assert_eq!(panel_tone("KDE", Some(2)), Tone::Light);
    assert_eq!(panel_tone("KDE", Some(0)), Tone::Light);
    assert_eq!(panel_tone("KDE", Some(1)), Tone::Dark);
    assert_eq!(panel_tone("", None), Tone::Dark);
}

#[test]
fn either_word_reduces_the_motion_and_what_is_not_understood_does_not() {
    let motion = |told: &[(&str, &str, Value<'_>)]| {
        let mut said = Said::default();
        told.iter().for_each(|(space, key, value)| said.take(space, key, value));
        said.means("KDE").motion
    };
    let reduced = |number: u32| (APPEARANCE, REDUCED, Value::from(number));
    let animates = |does: bool| (INTERFACE, ANIMATES, Value::from(does));
    assert_eq!(motion(&[]), Motion::Free);
    assert_eq!(motion(&[reduced(1)]), Motion::Reduced);
    assert_eq!(motion(&[reduced(0), animates(false)]), Motion::Reduced);
    assert_eq!(motion(&[animates(false), animates(true)]), Motion::Free);
    assert_eq!(motion(&[reduced(7)]), Motion::Free);
    assert_eq!(motion(&[(INTERFACE, ANIMATES, Value::from("no"))]), Motion::Free);
    let wrapped = Value::Value(Box::new(Value::from(false)));
    assert_eq!(motion(&[(INTERFACE, ANIMATES, wrapped)]), Motion::Reduced);
}

/// A portal of before the second version, which knows one setting.
struct Portal {
    asked: Arc<Mutex<Vec<String>>>,
}

#[interface(name = "org.freedesktop.portal.Settings")]
impl Portal {
    fn read(&self, space: &str, key: &str) -> fdo::Result<OwnedValue> {
        self.asked.lock().unwrap().push(key.to_owned());
        match (space, key) {
            (INTERFACE, ANIMATES) => {
                let value = Value::Value(Box::new(Value::from(false)));
                value.try_into().map_err(|_| fdo::Error::Failed(String::new()))
            }
            _ => Err(fdo::Error::Failed("not found".to_owned())),
        }
    }

    #[zbus(signal)]
    async fn setting_changed(
        emitter: &SignalEmitter<'_>,
        space: &str,
        key: &str,
        value: Value<'_>,
    ) -> zbus::Result<()>;
}

/// A bus of its own.
struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start() -> Self {
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let mut daemon = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned() }
    }

    fn builder(&self) -> Builder<'static> {
        Builder::address(self.address.as_str()).unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

#[test]
fn it_is_asked_once_and_hears_what_changes() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let bus = Bus::start();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let portal = Portal { asked: asked.clone() };
        let builder = bus.builder().name(PORTAL).unwrap().serve_at(PLACE, portal).unwrap();
        let desk = builder.build().await.unwrap();
        let (tell, mut told) = watch::channel(Said::default().means("KDE"));
        let here = bus.builder().build().await.unwrap();
        let following = async { follow(here, "KDE", &tell).await.unwrap() };
        let story = async {
            let is = Prefers { tone: Tone::Dark, motion: Motion::Reduced };
            told.wait_for(|now| *now == is).await.unwrap();
            let emitter = SignalEmitter::new(&desk, PLACE).unwrap();
            let change = |space, key, value| Portal::setting_changed(&emitter, space, key, value);
            change(INTERFACE, ANIMATES, Value::from(true)).await.unwrap();
            change(APPEARANCE, SCHEME, Value::from(2_u32)).await.unwrap();
            let is = Prefers { tone: Tone::Light, motion: Motion::Free };
            told.wait_for(|now| *now == is).await.unwrap();
            assert_eq!(*asked.lock().unwrap(), [SCHEME, REDUCED, ANIMATES]);
        };
        let told = tokio::time::timeout(Duration::from_secs(20), async {
            tokio::select! {
                () = following => panic!("it goes on listening"),
                () = story => {}
            }
        });
        told.await.unwrap();
    });
}
