//! What kind of volume is simulated.

use super::*;

/// What a simulated volume is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimConfig {
    /// Two names can be exchanged in one step.
    pub exchange: bool,
    /// A file keeps its id when it is renamed.
    pub stable_ids: bool,
    /// The id of a removed file goes to the next new one.
    pub reuse_ids: bool,
    /// The volume keeps birth times.
    pub birth_times: bool,
    /// Which names it takes for one.
    pub folding: Folding,
    /// The step of its time stamps.
    pub granularity: Duration,
    /// The longest name, in bytes.
    pub max_name: usize,
    /// Names that Windows cannot show are refused.
    pub windows_names: bool,
    /// All the room for contents, in bytes.
    pub capacity: u64,
    /// The length of a block of a read stream, in bytes: small, so that small
    /// files can be torn.
    pub block: usize,
    /// What users do is on stable storage at once, so that after a power cut
    /// only the engine's own doings are in doubt.
    pub users_sync: bool,
    /// A file that a program holds open cannot be renamed, exchanged or
    /// removed, nor a folder above it (Windows).
    pub held_is_locked: bool,
    /// The system tells where something changes, as long as no event is lost.
    pub watched: bool,
}

impl Default for SimConfig {
    /// A volume like ext4.
    fn default() -> Self {
        Self {
            exchange: true,
            stable_ids: true,
            reuse_ids: true,
            birth_times: true,
            folding: Folding::default(),
            granularity: Duration::from_nanos(1),
            max_name: 255,
            windows_names: false,
            capacity: 1 << 30,
            block: 4,
            users_sync: true,
            held_is_locked: false,
            watched: false,
        }
    }
}

impl SimConfig {
    /// A volume like APFS.
    pub fn macos() -> Self {
        let folding = Folding { case: true, normalization: true };
        Self { folding, reuse_ids: false, ..Self::default() }
    }

    /// A volume like NTFS.
    pub fn windows() -> Self {
        Self {
            exchange: false,
            folding: Folding { case: true, normalization: false },
            granularity: Duration::from_nanos(100),
            held_is_locked: true,
            windows_names: true,
            ..Self::default()
        }
    }

    /// A volume like FAT: coarse, without ids, without exchange.
    pub fn fat() -> Self {
        Self {
            exchange: false,
            stable_ids: false,
            birth_times: false,
            folding: Folding { case: true, normalization: false },
            granularity: Duration::from_secs(2),
            windows_names: true,
            ..Self::default()
        }
    }
}
