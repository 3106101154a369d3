//! What the settings say is kept here, between the settings and the engine.
//!
//! The settings say it by path, for people and for a lost journal; the journal
//! knows the nodes, whatever they are called by now. Before a run the engine
//! takes what somebody has changed in the settings; after it the settings get
//! the present paths.

use std::path::PathBuf;

use crate::engine::{Engine, without};
use crate::model::Choice;
use crate::report::EngineError;
use crate::settings::Settings;
use crate::world::World;

/// The part of the settings that is about one folder.
#[derive(Clone, Debug)]
pub struct Chooses {
    settings: PathBuf,
    local: PathBuf,
}

impl Chooses {
    /// The choice for the folder `local` in the file `settings`.
    pub fn new(settings: PathBuf, local: PathBuf) -> Self {
        Self { settings, local }
    }

    /// What is written there now; none if it cannot be read, or says nothing of
    /// this folder any more.
    pub fn read(&self) -> Option<Choice> {
        let settings = Settings::open(&self.settings);
        let settings = settings.inspect_err(|error| tracing::warn!(%error, "the settings")).ok()?;
        settings.folder(&self.local).map(|folder| settings.choice(folder))
    }

    /// Lets the engine take what is written there.
    ///
    /// # Errors
    ///
    /// If the journal cannot be written.
    pub fn heed<W: World>(&self, engine: &mut Engine<W>) -> Result<(), EngineError> {
        self.read().map_or(Ok(()), |choice| engine.heed(&choice))
    }

    /// Writes there what is not kept here, by its present paths. What cannot be
    /// written is written after another run: nothing but the words depend on it.
    ///
    /// # Errors
    ///
    /// If the journal cannot be written.
    pub fn give_back<W: World>(&self, engine: &mut Engine<W>) -> Result<(), EngineError> {
        let rows = engine.journal().rows();
        let now = without(rows);
        if now == rows.pair.chosen.settings {
            return Ok(());
        }
        let written = Settings::open(&self.settings).and_then(|mut settings| {
            settings.change_choice(&self.local, |choice| choice.without.clone_from(&now))
        });
        match written {
            Ok(()) => engine.heeded(now),
            Err(error) => {
                tracing::warn!(%error, "the settings were not changed");
                Ok(())
            }
        }
    }
}
