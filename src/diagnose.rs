//! An archive for whoever is asked for help: versions, settings, what the
//! doctor finds, counts of the journal, and the log. No secret is ever in it,
//! and no name of a file, folder, server or person unless its user wants that
//! ([`Veil`]).

mod gather;
mod veil;

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::doctor::Finding;
use crate::journal::{Journal, OnDisk};
use crate::log;
use crate::model::{HoldReason, Rows};
use crate::settings::Settings;

pub use gather::{GatherError, Gathered, Sought, gather};
pub use veil::Veil;

/// The largest piece of one file of the log that is taken, in bytes: its end.
const LONGEST: usize = 4 << 20;

/// What goes into the archive: names in it, and texts.
#[derive(Default)]
pub struct Parts(Vec<(String, String)>);

impl Parts {
    /// Adds what is known of the program and the system.
    pub fn about(&mut self, wall: i64) {
        let about = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "system": std::env::consts::OS,
            "processor": std::env::consts::ARCH,
            "time": wall,
        });
        self.add("about.json", &about);
    }

    /// Adds what is configured.
    pub fn settings(&mut self, settings: &Settings, veil: &Veil) {
        let path = |path: &Path| veil.name(&path.to_string_lossy());
        let accounts = settings.accounts.iter().map(|account| {
            json!({
                "name": veil.name(&account.name),
                "server": veil.name(account.server.as_str()),
                "encrypted": account.server.url().scheme() == "https",
                "user": veil.name(&account.user),
                "id_is_known": account.user_id.is_some(),
                "own_certificates": account.ca_file.is_some(),
            })
        });
        let folders = settings.folders.iter().map(|folder| {
            json!({
                "path": path(&folder.path),
                "account": veil.name(&folder.account),
                "remote_path": veil.name(folder.remote_path.as_str()),
                "whole_storage": folder.remote_path.is_root(),
                "in_a_space": folder.space.is_some(),
            })
        });
        let known = json!({
            "accounts": accounts.collect::<Vec<_>>(),
            "folders": folders.collect::<Vec<_>>(),
        });
        self.add("settings.json", &known);
    }

    /// Adds what is known of a pair, the `number`th one.
    pub fn pair(&mut self, number: usize, state_dir: &Path, found: &[Finding]) {
        let journal = match Journal::read_only(&OnDisk::new(state_dir)) {
            Ok(Some(rows)) => counts(&rows),
            Ok(None) => json!({ "state": "none" }),
            Err(_) => json!({ "state": "unreadable" }),
        };
        self.add(&format!("pair-{number}/journal.json"), &journal);
        let found = found.iter().map(|finding| {
            json!({ "finding": finding.name(), "grade": finding.grade(), "values": finding.values() })
        });
        self.add(&format!("pair-{number}/doctor.json"), &json!(found.collect::<Vec<_>>()));
    }

    /// Adds the log in `dir`.
    ///
    /// # Errors
    ///
    /// If a file of it cannot be read.
    pub fn logs(&mut self, dir: &Path, veil: &Veil) -> io::Result<()> {
        for path in log::files(dir) {
            let bytes = std::fs::read(&path)?;
            let end = &bytes[bytes.len().saturating_sub(LONGEST)..];
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            self.0.push((format!("log/{name}"), veil.log(&String::from_utf8_lossy(end))));
        }
        Ok(())
    }

    /// The names of all that is in it.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|(name, _)| name.clone()).collect()
    }

    fn add(&mut self, name: &str, value: &Value) {
        self.0.push((name.to_owned(), format!("{value:#}\n")));
    }

    /// Writes the archive, which must not be there yet. Only its user may read it.
    ///
    /// # Errors
    ///
    /// If it is there, or cannot be written.
    pub fn write(&self, to: &Path, veil: &Veil) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut archive = ZipWriter::new(options.open(to)?);
        for (name, text) in &self.0 {
            archive.start_file(name, SimpleFileOptions::default())?;
            archive.write_all(veil.discreet(text).as_bytes())?;
        }
        archive.finish()?.sync_all()
    }
}

/// How much of what a journal holds.
fn counts(rows: &Rows) -> Value {
    let pair = &rows.pair;
    let gone = rows.holds.values().filter(|hold| hold.reason == HoldReason::MountGone).count();
    json!({
        "state": "readable",
        "agreed": rows.base.len(),
        "presumed": rows.base.values().filter(|row| row.presumed).count(),
        "here": rows.local.len(),
        "there": rows.remote.len(),
        "open_requests": rows.intents.len(),
        "unknown_outcomes": rows.intents.values().filter(|intent| intent.unknown).count(),
        "uploads": rows.uploads.len(),
        "held": rows.holds.len(),
        "storages_gone": gone,
        "put_aside": rows.asides.len(),
        "not_kept_here": pair.deselected.len(),
        "after_a_loss": pair.merging,
        "former_journals": pair.former_tags.len(),
    })
}
