//! The session's bus.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use zbus::Connection;
use zbus::connection::Builder;
use zbus::fdo::DBusProxy;

use super::process::Process;
use super::until;

pub(crate) struct Bus {
    pub(crate) address: String,
    _daemon: Process,
}

impl Bus {
    pub(crate) fn start(command: impl Fn(&str) -> Command) -> Self {
        let mut command = command("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut daemon = Process::start(command);
        let mut address = String::new();
        BufReader::new(daemon.child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { address: address.trim().to_owned(), _daemon: daemon }
    }

    pub(crate) fn builder(&self) -> Builder<'static> {
        Builder::address(self.address.as_str()).unwrap()
    }

    pub(crate) async fn connect(&self) -> Connection {
        self.builder().build().await.unwrap()
    }

    /// Waits until somebody answers to this name.
    pub(crate) async fn has(&self, name: &str) {
        let connection = self.connect().await;
        let names = DBusProxy::new(&connection).await.unwrap();
        until(format!("{name} on the bus"), async || {
            names.name_has_owner(name.try_into().unwrap()).await.unwrap().then_some(())
        })
        .await;
    }
}
