//! A panel that shows tray icons, played by the test.

#![allow(clippy::disallowed_types, reason = "the code that `interface` makes has a map of its own")]

use std::path::PathBuf;

use tokio::sync::mpsc;
use zbus::message::Header;
use zbus::zvariant::{Structure, Value};
use zbus::{Connection, Proxy, interface};

use super::{Stage, until};

/// Whom applications tell of their icons.
struct Watcher {
    told: mpsc::UnboundedSender<(String, String)>,
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, item: String, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().unwrap().to_string();
        // Some give their path, others their name.
        let path = if item.starts_with('/') { item } else { "/StatusNotifierItem".to_owned() };
        let _ = self.told.send((sender, path));
    }

    fn register_status_notifier_host(&self, _host: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// The panel.
pub(crate) struct Tray {
    connection: Connection,
    heard: mpsc::UnboundedReceiver<(String, String)>,
}

/// An icon in it, with its menu.
pub(crate) struct Icon {
    item: Proxy<'static>,
    menu: Proxy<'static>,
}

/// An entry of a menu: its number, what is written there, whether it can be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: i32,
    pub(crate) label: String,
    pub(crate) enabled: bool,
}

impl Tray {
    /// A panel stands on this desktop from now on.
    pub(crate) async fn on(stage: &Stage) -> Self {
        let (told, heard) = mpsc::unbounded_channel();
        let builder = stage.bus.builder().name("org.kde.StatusNotifierWatcher").unwrap();
        let builder = builder.serve_at("/StatusNotifierWatcher", Watcher { told }).unwrap();
        Self { connection: builder.build().await.unwrap(), heard }
    }

    /// The icon of the next application that shows one.
    pub(crate) async fn icon(&mut self) -> Icon {
        let told = tokio::time::timeout(super::PATIENCE, self.heard.recv()).await;
        let (name, path) = told.expect("no icon came to the tray").unwrap();
        let to = |interface: &'static str, path: String| {
            zbus::proxy::Builder::new(&self.connection)
                .destination(name.clone())
                .unwrap()
                .path(path)
                .unwrap()
                .interface(interface)
                .unwrap()
                // What it shows changes all the time.
                .cache_properties(zbus::proxy::CacheProperties::No)
                .build()
        };
        let item: Proxy<'static> = to("org.kde.StatusNotifierItem", path).await.unwrap();
        let menu: zbus::zvariant::OwnedObjectPath = item.get_property("Menu").await.unwrap();
        let menu = to("com.canonical.dbusmenu", menu.to_string()).await.unwrap();
        Icon { item, menu }
    }
}

impl Icon {
    /// How the application calls itself.
    pub(crate) async fn id(&self) -> String {
        self.item.get_property("Id").await.unwrap()
    }

    /// The file with the picture that is shown now.
    pub(crate) async fn picture(&self) -> PathBuf {
        let name: String = self.item.get_property("IconName").await.unwrap();
        let folder: String = self.item.get_property("IconThemePath").await.unwrap_or_default();
        let path = PathBuf::from(folder).join(name);
        if path.extension().is_some() { path } else { path.with_extension("png") }
    }

    /// What its menu shows, from top to bottom, without lines between.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        let names: Vec<&str> = Vec::new();
        let told = self.menu.call_method("GetLayout", &(0, -1, names)).await.unwrap();
        let body = told.body();
        let told: Structure<'_> = body.deserialize().unwrap();
        let mut entries = Vec::new();
        collect(&told.fields()[1], &mut entries);
        entries
    }

    /// Waits for an entry that says this.
    pub(crate) async fn entry(&self, label: &str) -> Entry {
        until(format!("“{label}” in the menu of the tray"), async || {
            self.entries().await.into_iter().find(|entry| entry.label == label)
        })
        .await
    }

    /// Presses an entry.
    pub(crate) async fn press(&self, label: &str) {
        let entry = self.entry(label).await;
        assert!(entry.enabled, "“{label}” cannot be pressed");
        let pressed = (entry.number, "clicked", Value::from(0), 0_u32);
        let _: () = self.menu.call("Event", &pressed).await.unwrap();
    }
}

/// A menu comes as number, properties, and what is below, itself again in this form.
fn collect(told: &Value<'_>, entries: &mut Vec<Entry>) {
    let told = if let Value::Value(told) = told { told } else { told };
    let Value::Structure(told) = told else { panic!("no menu: {told:?}") };
    let [Value::I32(number), Value::Dict(shown), Value::Array(below)] = told.fields() else {
        panic!("no menu: {told:?}");
    };
    if let Some(label) = shown.get::<_, String>(&"label").unwrap() {
        let enabled = shown.get(&"enabled").unwrap().unwrap_or(true);
        // An underscore marks the key of an entry.
        entries.push(Entry { number: *number, label: label.replace('_', ""), enabled });
    }
    for entry in below.iter() {
        collect(entry, entries);
    }
}
