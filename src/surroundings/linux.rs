//! Linux: NetworkManager, UPower and logind, by D-Bus.
//!
//! Each of them may be missing, come later, and go. So whatever is said by one
//! of them, or about one, everything is read again; nobody is started for it
//! (`NoAutoStart`), and nobody's silence is an error.

use std::time::Duration;

use futures::StreamExt as _;
use futures::stream::{SelectAll, select_all};
use zbus::proxy::MethodFlags;
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, MatchRule, Message, MessageStream, Proxy};

use super::{Senses, Told};

/// The bus of the whole computer.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemBus;

impl Senses for SystemBus {
    async fn sense(&self, told: &Told) {
        match Connection::system().await {
            Ok(bus) => bus.sense(told).await,
            Err(error) => tracing::debug!(%error, "no system bus"),
        }
    }
}

impl Senses for Connection {
    async fn sense(&self, told: &Told) {
        if let Err(error) = follow(self, told).await {
            tracing::debug!(%error, "the system bus");
        }
    }
}

const NETWORK: &str = "org.freedesktop.NetworkManager";
const NETWORK_AT: &str = "/org/freedesktop/NetworkManager";
const POWER: &str = "org.freedesktop.UPower";
const POWER_AT: &str = "/org/freedesktop/UPower";
const BATTERY: &str = "org.freedesktop.UPower.Device";
const BATTERY_AT: &str = "/org/freedesktop/UPower/devices/DisplayDevice";
const LOGIN: &str = "org.freedesktop.login1";
const LOGIN_AT: &str = "/org/freedesktop/login1";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const BUS: &str = "org.freedesktop.DBus";

/// Of `Metered`: yes, and probably.
const METERED: [u32; 2] = [1, 3];
/// Of `State`, from here on: connected, at least to the site.
const CONNECTED: u32 = 60;
/// Of `WarningLevel`, from here on: low, critical, action.
const LOW: u32 = 3;

/// What one network is, and whether it leads anywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Network {
    connected: bool,
    primary: Option<String>,
}

async fn follow(bus: &Connection, told: &Told) -> zbus::Result<()> {
    let mut words = words(bus).await?;
    let mut before = read(bus, told).await;
    while let Some(word) = words.next().await {
        let word = word?;
        if has_woken(&word) {
            told.tell(|now| now.arrivals += 1);
        }
        let network = read(bus, told).await;
        if network.connected && network != before {
            told.tell(|now| now.arrivals += 1);
        }
        before = network;
    }
    Ok(())
}

/// All that is said by them and about them.
async fn words(bus: &Connection) -> zbus::Result<SelectAll<MessageStream>> {
    let signal = || MatchRule::builder().msg_type(zbus::message::Type::Signal);
    let mut rules = Vec::new();
    for (name, at) in [(NETWORK, NETWORK_AT), (POWER, POWER_AT), (POWER, BATTERY_AT)] {
        rules.push(
            signal().sender(name)?.path(at)?.interface(PROPERTIES)?.member("PropertiesChanged")?,
        );
    }
    for name in [NETWORK, POWER] {
        rules.push(signal().sender(BUS)?.interface(BUS)?.member("NameOwnerChanged")?.arg(0, name)?);
    }
    let manager = "org.freedesktop.login1.Manager";
    rules.push(
        signal().sender(LOGIN)?.path(LOGIN_AT)?.interface(manager)?.member("PrepareForSleep")?,
    );
    let mut words = Vec::new();
    for rule in rules {
        words.push(MessageStream::for_match_rule(rule.build(), bus, None).await?);
    }
    Ok(select_all(words))
}

/// Whether logind says that the computer has woken: it is no more about to sleep.
fn has_woken(word: &Message) -> bool {
    let header = word.header();
    header.member().is_some_and(|member| member == "PrepareForSleep")
        && word.body().deserialize::<bool>().is_ok_and(|sleeps| !sleeps)
}

/// Reads everything again and tells what has changed.
async fn read(bus: &Connection, told: &Told) -> Network {
    let metered = value::<u32>(bus, NETWORK, NETWORK_AT, NETWORK, "Metered").await;
    let state = value::<u32>(bus, NETWORK, NETWORK_AT, NETWORK, "State").await;
    let primary =
        value::<OwnedObjectPath>(bus, NETWORK, NETWORK_AT, NETWORK, "PrimaryConnection").await;
    let battery = value::<bool>(bus, POWER, POWER_AT, POWER, "OnBattery").await.unwrap_or(false);
    let warning = value::<u32>(bus, POWER, BATTERY_AT, BATTERY, "WarningLevel").await;
    told.tell(|now| {
        now.metered = metered.is_some_and(|metered| METERED.contains(&metered));
        now.on_battery = battery;
        now.battery_low = battery && warning.is_some_and(|warning| warning >= LOW);
    });
    Network {
        connected: state.is_some_and(|state| state >= CONNECTED),
        primary: primary.map(|path| path.to_string()),
    }
}

/// One property; none where nobody has it, or takes too long to say.
async fn value<T: TryFrom<OwnedValue>>(
    bus: &Connection,
    name: &'static str,
    at: &'static str,
    interface: &'static str,
    property: &'static str,
) -> Option<T> {
    let asked = async {
        let properties = Proxy::new(bus, name, at, PROPERTIES).await?;
        let flags = MethodFlags::NoAutoStart.into();
        properties.call_with_flags("Get", flags, &(interface, property)).await
    };
    let answer = tokio::time::timeout(Duration::from_secs(5), asked).await.ok()?;
    let value: Option<OwnedValue> = answer
        .inspect_err(|error: &zbus::Error| tracing::trace!(%error, property, "not told"))
        .ok()?;
    T::try_from(value?).ok()
}
