//! GNOME's keychain, unlocked, and what lies in it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use zbus::Proxy;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::process::Process;
use super::{Bus, Stage};

const NAME: &str = "org.freedesktop.secrets";
const AT: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const ITEM: &str = "org.freedesktop.Secret.Item";

/// As the bus tells a secret: its session, parameters, bytes, kind.
type Told = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

pub(crate) fn start(command: impl Fn(&str) -> Command) -> Process {
    let mut command = command("gnome-keyring-daemon");
    command.args(["--foreground", "--unlock", "--components=secrets"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut daemon = Process::start(command);
    // Whatever opens it for the first time is its password from then on.
    daemon.child.stdin.take().unwrap().write_all(b"of the keychain").unwrap();
    daemon
}

impl Stage {
    /// All secrets of the keychain, by how each is called there.
    pub(crate) async fn secrets(&self) -> BTreeMap<String, String> {
        secrets(&self.bus).await
    }
}

async fn secrets(bus: &Bus) -> BTreeMap<String, String> {
    let connection = bus.connect().await;
    let service = Proxy::new(&connection, NAME, AT, SERVICE).await.unwrap();
    let (_, session): (OwnedValue, OwnedObjectPath) =
        service.call("OpenSession", &("plain", Value::from(""))).await.unwrap();
    let all: BTreeMap<&str, &str> = BTreeMap::new();
    let (items, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
        service.call("SearchItems", &(all,)).await.unwrap();
    assert_eq!(locked, [], "the keychain is open");
    let mut secrets = BTreeMap::new();
    for at in items {
        let item = Proxy::new(&connection, NAME, at, ITEM).await.unwrap();
        let label: String = item.get_property("Label").await.unwrap();
        let (told,): (Told,) = item.call("GetSecret", &(&session,)).await.unwrap();
        secrets.insert(label, String::from_utf8(told.2).unwrap());
    }
    secrets
}
