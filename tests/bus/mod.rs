//! A bus of our own, and those who speak on it.

#![allow(dead_code, reason = "shared between the tests")]
#![allow(clippy::disallowed_types, reason = "the code that `interface` makes has a map of its own")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, connection, interface};

pub(crate) const NETWORK_AT: &str = "/org/freedesktop/NetworkManager";
pub(crate) const POWER_AT: &str = "/org/freedesktop/UPower";
pub(crate) const BATTERY_AT: &str = "/org/freedesktop/UPower/devices/DisplayDevice";
pub(crate) const LOGIN_AT: &str = "/org/freedesktop/login1";

/// A bus of our own. Dropped, it is ended.
pub(crate) struct Bus {
    pub(crate) daemon: Child,
    pub(crate) address: String,
}

impl Bus {
    pub(crate) fn start() -> Self {
        let words = ["--session", "--nofork", "--nopidfile", "--print-address=1"];
        let mut daemon = Command::new("dbus-daemon")
            .args(words)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("dbus-daemon, of the package dbus: {error}"));
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned() }
    }

    pub(crate) fn builder(&self) -> connection::Builder<'static> {
        connection::Builder::address(self.address.as_str()).unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

pub(crate) struct NetworkManager {
    pub(crate) metered: u32,
    pub(crate) state: u32,
    pub(crate) primary: String,
}

#[interface(name = "org.freedesktop.NetworkManager")]
impl NetworkManager {
    #[zbus(property)]
    fn metered(&self) -> u32 {
        self.metered
    }

    #[zbus(property)]
    fn state(&self) -> u32 {
        self.state
    }

    #[zbus(property)]
    fn primary_connection(&self) -> OwnedObjectPath {
        OwnedObjectPath::try_from(self.primary.as_str()).unwrap()
    }
}

pub(crate) struct UPower {
    pub(crate) on_battery: bool,
}

#[interface(name = "org.freedesktop.UPower")]
impl UPower {
    #[zbus(property)]
    fn on_battery(&self) -> bool {
        self.on_battery
    }
}

pub(crate) struct Battery {
    pub(crate) warning_level: u32,
}

#[interface(name = "org.freedesktop.UPower.Device")]
impl Battery {
    #[zbus(property)]
    fn warning_level(&self) -> u32 {
        self.warning_level
    }
}

pub(crate) struct Login;

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    #[zbus(signal)]
    pub(crate) async fn prepare_for_sleep(
        emitter: &SignalEmitter<'_>,
        start: bool,
    ) -> zbus::Result<()>;
}

/// NetworkManager in the state `state`, with its connection at `primary`.
pub(crate) async fn network(bus: &Bus, metered: u32, state: u32, primary: &str) -> Connection {
    let manager = NetworkManager { metered, state, primary: primary.to_owned() };
    let served = bus.builder().name("org.freedesktop.NetworkManager").unwrap();
    served.serve_at(NETWORK_AT, manager).unwrap().build().await.unwrap()
}

pub(crate) async fn power(bus: &Bus) -> Connection {
    let served = bus.builder().name("org.freedesktop.UPower").unwrap();
    let served = served.serve_at(POWER_AT, UPower { on_battery: false }).unwrap();
    served.serve_at(BATTERY_AT, Battery { warning_level: 1 }).unwrap().build().await.unwrap()
}
