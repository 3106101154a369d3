//! What the user chose to keep here, as the journal remembers it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{NodeId, RelPath, RuleTexts, Rules};

/// What the settings say of a pair.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Folders of the server that are not to be kept here.
    pub without: BTreeSet<RelPath>,
    /// What is never synced; what stands in the folder itself is left open.
    pub rules: RuleTexts,
    /// New folders of the server with more bytes than that are asked about
    /// before they are fetched; none: they never are.
    pub confirm_above: Option<u64>,
}

/// What was chosen of a pair, beside the nodes that are not kept here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Folders that are not kept in sync here any more, and whose copy has
    /// stayed. Their local rows are the only ones: neither side of a plan sees
    /// them, nor anything below.
    pub kept: BTreeSet<NodeId>,
    /// Folders of the server that are not kept here because nobody has said yet
    /// whether they are to be: they were new, and large.
    pub asked: BTreeSet<NodeId>,
    /// Folders of the server that are not to be kept here, by path: it has not
    /// shown them yet.
    pub unmet: BTreeSet<RelPath>,
    /// What the settings said last: a difference is somebody's wish.
    pub settings: BTreeSet<RelPath>,
    /// What is never synced, as both sides were last looked at.
    pub rules: Arc<Rules>,
}
