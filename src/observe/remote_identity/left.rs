//! What is left of a folder that was deleted here: on the server it stays, with
//! what is never synced in it (amendment 30), as it would on this computer.

use crate::model::{Kind, Name, NodeId, RelPath, Side, layout};
use crate::server::{Listing, Resource};

use super::super::remote::{Look, is_synced};
use super::{Open, Pairing};

impl Pairing<'_> {
    /// Whether a folder holds what stays when the folder goes. One that was not
    /// listed is as it was.
    pub(super) fn holds_ignored(&self, path: &RelPath, node: NodeId) -> bool {
        match self.epoch.folders.get(path) {
            Some(Look::Listed(listing)) => {
                let mut folders =
                    listing.children.iter().filter(|(_, child)| child.kind == Kind::Dir);
                self.keeps(path, listing)
                    || folders.any(|(name, _)| self.holds_only_ignored(&path.join(name)))
            }
            _ => self.rows.remote.get(&node).is_some_and(|row| row.holds_ignored),
        }
    }

    /// Whether an unknown folder is only what is left of one. It becomes a node
    /// when something else is put into it, on whichever side.
    pub(super) fn is_left_behind(&self, open: &Open<'_>) -> bool {
        let key = self.names.key(&open.place);
        let mut here = self.rows.local.values().map(|row| &row.entry.place);
        self.holds_only_ignored(&open.path) && !here.any(|place| self.names.key(place) == key)
    }

    fn holds_only_ignored(&self, path: &RelPath) -> bool {
        let Some(Look::Listed(listing)) = self.epoch.folders.get(path) else { return false };
        let meant = self.rows.meant(Side::Remote, path);
        let mut holds_folders = false;
        let mut synced = listing
            .children
            .iter()
            .filter(|(name, child)| is_synced(self.rows, &meant, name, child.kind));
        // Nearly every folder holds a file, and is done with here.
        let only_ignored = synced.all(|(name, child)| {
            holds_folders = true;
            child.kind == Kind::Dir && self.holds_only_ignored(&path.join(name))
        });
        only_ignored && (holds_folders || self.keeps(path, listing))
    }

    /// What the systems make anew goes with its folder, and is nobody's.
    fn keeps(&self, path: &RelPath, listing: &Listing) -> bool {
        let rules = &self.rows.pair.chosen.rules;
        let meant = self.rows.meant(Side::Remote, path);
        let stays = |(name, child): &(Name, Resource)| {
            let is_out =
                layout::is_kept_apart(name) || rules.of(&meant, name, child.kind).is_some();
            is_out && !rules.goes_along(&meant, name, child.kind)
        };
        !listing.unusable.is_empty() || listing.children.iter().any(stays)
    }
}
