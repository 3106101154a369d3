//! The words of the engine: nodes, places, contents, evidence and rows.
//!
//! Nothing here does I/O, waits, or decides. This folder imports nothing else
//! of ours; everything else may import it.

mod amount;
mod choice;
mod conflict_name;
mod content;
mod evidence;
mod ignore;
pub mod layout;
mod name;
mod name_rules;
mod node;
mod path;
mod rate;
mod row;
mod rules;
mod timing;
mod tree;
mod wait;

pub use amount::Amount;
pub use choice::{Choice, Chosen};
pub use conflict_name::{Copied, copied};
pub use content::{
    Body, Content, Digest, DigestBuilder, Hash, HashBuilder, Sha1Builder, Sha1Sum, Sums,
};
pub use evidence::{Etag, LocalSeen, Perms, RemoteSeen};
pub use ignore::{Ignore, Ignored};
pub use name::{BadName, Folding, Name, Stamp, computer_name};
pub use name_rules::{Longest, NameReason, NameRules, Pattern};
pub use node::{Kind, NodeId, Place, Side};
pub use path::RelPath;
pub use rate::{Rate, Reserve};
pub use row::{
    Aside, BaseRow, Change, Hold, HoldReason, Intent, LocalRow, PairState, RemoteRow, Rows, Stand,
    TooLarge, UploadAt,
};
pub use rules::{Level, RULES_FILE, Rule, RuleTexts, Rules, check_pattern, is_rules_copy};
pub use timing::Timing;
pub use tree::{Entry, Tree};
pub use wait::WaitReason;
