//! A sentence and a remedy for what other clients have left.

use crate::peer::PeerError;

use super::{Said, Texts};

/// Returns why a folder of another client cannot be taken over.
pub fn peer(texts: &Texts, error: &PeerError) -> Said {
    let (id, path) = match error {
        PeerError::Server(error) => return super::settings(texts, error),
        PeerError::Unreadable { path, source } => {
            let (path, reason) = (path.to_string_lossy(), source.to_string());
            let args = [("path", path.into()), ("reason", super::plain(&reason).into())];
            return texts.explain("error-file-unreadable", &args);
        }
        PeerError::Broken { path, .. } => ("error-peer-broken", path),
        PeerError::Unknown(path) => ("error-peer-unknown", path),
        PeerError::Running(path) => ("error-peer-running", path),
        PeerError::Standins(path) => ("error-peer-standins", path),
        PeerError::Nothing(path) => ("error-peer-nothing", path),
    };
    texts.explain(id, &[("path", path.to_string_lossy().into())])
}
