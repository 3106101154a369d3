//! What the clients of ownCloud and Nextcloud test their engines with, played
//! with ours: each scenario by the name that it has there. Where our rules
//! (docs/SPEC.md) differ from theirs, ours are expected, and the scenario says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "scenarios/allfilesdeleted.rs"]
mod allfilesdeleted;
#[path = "scenarios/blacklist.rs"]
mod blacklist;
#[path = "scenarios/chunkingng.rs"]
mod chunkingng;
#[path = "scenarios/databaseerror.rs"]
mod databaseerror;
#[path = "scenarios/download.rs"]
mod download;
#[path = "scenarios/duplicatefileid.rs"]
mod duplicatefileid;
#[path = "scenarios/excludedfiles.rs"]
mod excludedfiles;
#[path = "scenarios/lab.rs"]
mod lab;
#[path = "scenarios/localdiscovery.rs"]
mod localdiscovery;
#[path = "scenarios/lockedfiles.rs"]
mod lockedfiles;
#[path = "scenarios/names.rs"]
mod names;
#[path = "scenarios/owncloudpropagator.rs"]
mod owncloudpropagator;
#[path = "scenarios/permissions.rs"]
mod permissions;
#[path = "scenarios/remotediscovery.rs"]
mod remotediscovery;
#[path = "scenarios/selectivesync.rs"]
mod selectivesync;
#[path = "scenarios/syncconflict.rs"]
mod syncconflict;
#[path = "scenarios/syncdelete.rs"]
mod syncdelete;
#[path = "scenarios/syncengine.rs"]
mod syncengine;
#[path = "scenarios/syncfileitem.rs"]
mod syncfileitem;
#[path = "scenarios/syncjournaldb.rs"]
mod syncjournaldb;
#[path = "scenarios/syncmove.rs"]
mod syncmove;
#[path = "scenarios/traps.rs"]
mod traps;
