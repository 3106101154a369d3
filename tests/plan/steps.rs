//! Steps carried out on a world, each refused unless the real one would let it
//! happen and no byte would be lost by it.

use std::collections::BTreeSet;

use navette::model::{Body, Name, NodeId, Perms, Place, Side, Stand, Tree};
use navette::plan::Op;

use crate::world::{Verdict, World, ensure};

impl World {
    fn may(&self, node: NodeId, right: Perms) -> bool {
        self.perms().get(&node).is_none_or(|perms| perms.contains(right))
    }

    fn check_may(&self, op: &Op) -> Verdict {
        let may = match op {
            Op::MakeDir { side: Side::Remote, to, .. } => self.may(to.parent, Perms::ADD_DIR),
            Op::Send { to, .. } => self.may(to.parent, Perms::ADD_FILE),
            Op::Update { node } => self.may(*node, Perms::WRITE),
            Op::Remove { side: Side::Remote, node, .. } => self.may(*node, Perms::DELETE),
            Op::Park { side: Side::Remote, node } => self.may(*node, Perms::MOVE),
            Op::Move { side: Side::Remote, node, to, .. } => {
                let from = self.remote.tree.parent(*node);
                let is_dir = self.remote.tree.get(*node).is_some_and(|at| at.body.is_dir());
                let add = if is_dir { Perms::ADD_DIR } else { Perms::ADD_FILE };
                let within = from == Some(to.parent);
                self.may(*node, if within { Perms::RENAME } else { Perms::MOVE })
                    && (within || self.may(to.parent, add))
            }
            _ => true,
        };
        ensure!(may, "forbidden");
        Ok(())
    }

    /// Carries out one step, as the real world would, or says why it would not.
    pub(crate) fn carry_out(&mut self, op: &Op) -> Verdict {
        self.check_may(op)?;
        match op {
            Op::MakeDir { side, node, to, alias } => {
                ensure!(!self.side(*side).tree.contains(*node), "it is there already");
                self.put(*side, *node, to, alias.as_ref(), Body::Dir)
            }
            Op::Move { side, node, to, alias, given } => {
                let body = self.side(*side).tree.get(*node).ok_or("it is not there")?.body;
                let inside = to.parent == *node || self.really_below(*side, to.parent, *node);
                ensure!(!inside, "into itself");
                self.put(*side, *node, to, alias.as_ref(), body)?;
                if *side == Side::Local {
                    if *given {
                        self.given.insert(*node)
                    } else {
                        self.given.remove(node)
                    };
                }
                Ok(())
            }
            Op::Park { side, node } => {
                ensure!(self.side(*side).tree.contains(*node), "it is not there");
                ensure!(self.slot(*side, *node).is_some(), "it is parked already");
                self.shown(*side).stands.insert(*node, Stand::Parked);
                Ok(())
            }
            Op::Fetch { node, to, alias, given } => {
                ensure!(!self.local.tree.contains(*node), "it is here already");
                let body = self.remote.tree.get(*node).ok_or("it is not there")?.body;
                ensure!(!body.is_dir(), "a folder has no bytes");
                self.unread.remove(node);
                if *given {
                    self.given.insert(*node);
                }
                self.put(Side::Local, *node, to, alias.as_ref(), body)
            }
            Op::Replace { node, keep } => self.replace(*node, keep.as_ref()),
            Op::Send { node, to } => {
                ensure!(!self.remote.tree.contains(*node), "it is there already");
                let body = self.local.tree.get(*node).ok_or("it is not here")?.body;
                ensure!(!body.is_dir(), "a folder has no bytes");
                self.put(Side::Remote, *node, to, None, body)
            }
            Op::Update { node } => {
                let body = self.local.tree.get(*node).ok_or("it is not here")?.body;
                ensure!(!self.unread.contains(node), "unread bytes would be lost");
                let known = self.base.get(*node).map(|base| base.body);
                let there = self.remote.tree.0.get_mut(node).ok_or("it is not there")?;
                ensure!(Some(there.body) == known, "bytes of the server would be lost");
                there.body = body;
                Ok(())
            }
            Op::Remove { side, node, with } => self.remove(*side, *node, with),
            Op::Read { node } => {
                ensure!(self.unread.remove(node), "it was read already");
                Ok(())
            }
        }
    }

    pub(crate) fn really_below(&self, side: Side, node: NodeId, folder: NodeId) -> bool {
        let mut at = node;
        for _ in 0..1000 {
            match self.slot(side, at) {
                Some((parent, _)) if parent == folder => return true,
                Some((parent, _)) if !parent.is_root() => at = parent,
                _ => return false,
            }
        }
        true
    }

    fn replace(&mut self, node: NodeId, keep: Option<&(NodeId, Name)>) -> Verdict {
        let there = self.remote.tree.get(node).ok_or("it is not there")?.body;
        let here = self.local.tree.get(node).ok_or("it is not here")?.clone();
        match keep {
            None => {
                let known = self.base.get(node).is_some_and(|base| base.body == here.body);
                ensure!(known, "bytes of the user would be lost");
            }
            Some((copy, name)) => {
                let (parent, _) = self.slot(Side::Local, node).ok_or("it is parked")?;
                ensure!(
                    ![&self.base, &self.local.tree, &self.remote.tree]
                        .iter()
                        .any(|tree| tree.contains(*copy)),
                    "the copy is not new"
                );
                let to = Place::new(parent, name.clone());
                self.put(Side::Local, *copy, &to, None, here.body)?;
                ensure!(
                    self.is_free(Side::Remote, parent, name, *copy),
                    "the copy's name is taken there"
                );
            }
        }
        self.unread.remove(&node);
        if let Some(entry) = self.local.tree.0.get_mut(&node) {
            entry.body = there;
        }
        Ok(())
    }

    fn remove(&mut self, side: Side, node: NodeId, with: &[NodeId]) -> Verdict {
        let shown = self.side(side);
        let entry = shown.tree.get(node).ok_or("it is not there")?;
        match side {
            Side::Local => {
                ensure!(with == [node], "only one at a time here");
                ensure!(!entry.body.is_dir() || self.is_empty(side, node), "it is not empty");
                let same = |tree: &Tree| tree.get(node).is_some_and(|at| at.body == entry.body);
                let safe = same(&self.base) || same(&self.remote.tree);
                ensure!(safe || entry.body.is_dir(), "bytes of the user would be lost");
            }
            Side::Remote => {
                let below = shown.tree.iter().map(|(at, _)| at);
                let all: BTreeSet<NodeId> =
                    below.filter(|&at| at == node || self.really_below(side, at, node)).collect();
                let named: BTreeSet<NodeId> = with.iter().copied().collect();
                ensure!(all == named, "it holds {all:?}, not {named:?}");
                for at in all {
                    let there = shown.tree.get(at).map(|at| at.body);
                    let known = self.base.get(at).map(|at| at.body);
                    ensure!(there == known, "bytes of the server would be lost");
                    ensure!(!self.unread.contains(&at), "unread bytes would be lost");
                }
            }
        }
        for node in with {
            let shown = self.shown(side);
            shown.tree.0.remove(node);
            shown.stands.remove(node);
            if side == Side::Local {
                self.given.remove(node);
            } else {
                self.unread.remove(node);
            }
        }
        Ok(())
    }
}
