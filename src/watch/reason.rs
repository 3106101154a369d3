//! Why a pair cannot be worked on, in one word, for programs. Promised in `docs/API.md`.

use crate::journal::JournalError;
use crate::pair::OpenError;
use crate::report::EngineError;

/// Returns the word for what stands in the way.
pub(super) fn word(error: &OpenError) -> &'static str {
    match error {
        OpenError::Missing => "folder-missing",
        OpenError::NotAFolder => "not-a-folder",
        OpenError::NoPassword => "no-password",
        OpenError::Connect(error) => error.word(),
        OpenError::Engine(error) => of_engine(error),
    }
}

fn of_engine(error: &EngineError) -> &'static str {
    match error {
        EngineError::Server(error) => error.kind.word(),
        EngineError::Disk(_) => "disk",
        EngineError::Journal(JournalError::Newer { .. }) => "journal-newer",
        EngineError::InUse | EngineError::Journal(JournalError::InUse) => "in-use",
        EngineError::Journal(_) => "journal",
        EngineError::Gate(gate) => gate.word(),
    }
}
