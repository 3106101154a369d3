//! Steps that the server can answer in one request.
//!
//! A step of such a kind does not queue in its lane but waits here until
//! several can start as one: a *group*, which counts as one running thing of
//! the lane of small steps. What may go together is said by [`Limits`] and
//! [`Member`]; how a group is carried out, by [`perform`].

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{NodeId, Rows};
use crate::plan::Op;
use crate::server::Profile;
use crate::world::World;

use super::fetches::{self, Crowds};
use super::outcome::Performed;
use super::sends;
use super::twins::Twins;
use super::verb::Verb;

/// Groups of one kind in flight at a time: with more, Nextcloud's locks on
/// folders get in each other's way (protocol.md 4.7).
const IN_FLIGHT: usize = 2;
/// After so many failures of the server at a kind each step goes by itself.
const FAILURES: usize = 2;
/// So many waiting steps of a kind are looked at for a group.
const GLANCE: usize = 1024;

/// A kind of steps that can be answered together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Small new files on their way to the server. Groups in flight share no
    /// folder.
    Send,
    /// Small new files of one folder on their way here.
    Fetch,
}

/// How large a group may be, and how small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    /// Fewer steps go each by itself.
    least: usize,
    /// Steps of a group.
    most: usize,
    /// Bytes of a group.
    bytes: u64,
    /// Steps of a group that are in one folder, at least.
    each_folder: usize,
    /// All steps of a group are in one folder.
    one_folder: bool,
    /// What [`Member::query`] of a group may add up to.
    query: usize,
}

/// What a step brings into a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// What it can be part of.
    pub(super) kind: Kind,
    /// Bytes that it moves.
    pub(super) bytes: u64,
    /// The folder that it is about.
    pub(super) folder: NodeId,
    /// How long it makes the address of the request.
    pub(super) query: usize,
    /// How many children the folder has that is listed for it.
    pub(super) crowd: usize,
}

impl Kind {
    /// All kinds, in the order in which groups are formed.
    pub(super) const ALL: [Self; 2] = [Self::Send, Self::Fetch];

    fn limits(self, profile: &Profile) -> Limits {
        match self {
            // A folder is looked at once for all its files: one alone gains nothing.
            Self::Send => {
                let together = profile.together.unwrap_or_default();
                let (most, bytes) = (together.most, together.bytes);
                let (each_folder, one_folder, query) = (2, false, usize::MAX);
                Limits { least: together.least, most, bytes, each_folder, one_folder, query }
            }
            // A zip and a listing for fewer GETs than that gain nothing.
            Self::Fetch => {
                let zips = profile.zips.map(|zips| (zips.files, zips.bytes, zips.query));
                let (most, bytes, query) = zips.unwrap_or_default();
                Limits { least: 4, most, bytes, each_folder: 4, one_folder: true, query }
            }
        }
    }
}

impl Member {
    /// What `op` can be part of, as far as the rows tell; none: it goes by itself.
    pub(super) fn of(
        rows: &Rows,
        profile: &Profile,
        twins: &Twins,
        crowds: &Crowds,
        op: &Op,
    ) -> Option<Self> {
        match op {
            Op::Send { node, to } => {
                let together = profile.together?;
                let bytes = rows.local.get(node)?.seen.size;
                let small = bytes <= together.each.min(together.bytes);
                // What is there already is copied, and nothing travels.
                let travels = twins.there(rows, *node).is_none();
                let (kind, folder) = (Kind::Send, to.parent);
                let member = Self { kind, bytes, folder, query: 0, crowd: 0 };
                (small && travels).then_some(member)
            }
            _ => fetches::member(rows, profile, twins, crowds, op),
        }
    }
}

/// What is to become of the steps that wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Formed {
    /// They start as one.
    pub(super) group: Vec<usize>,
    /// They go each by itself, through their lane.
    pub(super) alone: Vec<usize>,
    /// Some cannot start before something else is committed.
    pub(super) blocked: bool,
}

/// Steps that wait to be part of a group, and groups in flight.
#[derive(Debug, Default)]
pub(super) struct Groups {
    waiting: BTreeMap<Kind, BTreeMap<usize, Member>>,
    in_flight: BTreeMap<usize, (Kind, BTreeSet<NodeId>)>,
    /// Nothing has changed since no group could be formed.
    settled: BTreeSet<Kind>,
    next: usize,
}

impl Groups {
    /// A step may start as soon as a group takes it.
    pub(super) fn wait(&mut self, step: usize, member: Member) {
        self.settled.remove(&member.kind);
        self.waiting.entry(member.kind).or_default().insert(step, member);
    }

    /// A group starts. Returns what it is called in [`Self::ended`].
    pub(super) fn start(&mut self, kind: Kind, steps: &[usize]) -> usize {
        let folders = self.leave(kind, steps);
        self.next += 1;
        self.in_flight.insert(self.next, (kind, folders));
        self.next
    }

    /// These steps wait no more. Returns their folders.
    pub(super) fn leave(&mut self, kind: Kind, steps: &[usize]) -> BTreeSet<NodeId> {
        let waiting = self.waiting.entry(kind).or_default();
        steps.iter().filter_map(|step| Some(waiting.remove(step)?.folder)).collect()
    }

    /// A group has ended. Returns of which kind it was.
    pub(super) fn ended(&mut self, group: usize) -> Option<Kind> {
        let (kind, _) = self.in_flight.remove(&group)?;
        self.settled.remove(&kind);
        Some(kind)
    }

    /// The next group of `kind`, if one may start now; the server has failed
    /// at so many of it, and `free` tells whether nothing that is under way
    /// holds a step up.
    ///
    /// Whenever nothing is blocked and no group is in flight, some of the
    /// waiting steps are returned, if there are any.
    pub(super) fn form(
        &mut self,
        kind: Kind,
        profile: &Profile,
        failures: usize,
        free: impl Fn(usize) -> bool,
    ) -> Formed {
        let flying = || self.in_flight.values().filter(|(other, _)| *other == kind);
        let Some(waiting) = self.waiting.get(&kind).filter(|waiting| !waiting.is_empty()) else {
            return Formed::default();
        };
        if failures >= FAILURES {
            return Formed { alone: waiting.keys().copied().collect(), ..Formed::default() };
        }
        // A failure takes the place of a group: there are never more than two.
        if self.settled.contains(&kind) || flying().count() + failures >= IN_FLIGHT {
            return Formed::default();
        }
        let busy: BTreeSet<NodeId> = flying().flat_map(|(_, folders)| folders).copied().collect();
        let (alone_here, limits) = (busy.is_empty(), kind.limits(profile));
        let mut formed = choose(waiting, &busy, &limits, free);
        if formed.group.len() < limits.least {
            // Those that come after a group in flight may fill one up.
            let few = std::mem::take(&mut formed.group);
            if alone_here {
                formed.alone.extend(few);
            }
        }
        if formed == Formed::default() {
            self.settled.insert(kind);
        }
        formed
    }
}

/// Chooses steps in their order, as many as fit into one group.
fn choose(
    waiting: &BTreeMap<usize, Member>,
    busy: &BTreeSet<NodeId>,
    limits: &Limits,
    free: impl Fn(usize) -> bool,
) -> Formed {
    let mut formed = Formed::default();
    let mut folders: BTreeMap<NodeId, Vec<(usize, Member)>> = BTreeMap::new();
    let mut order = Vec::new();
    for (&step, member) in waiting.iter().take(GLANCE) {
        if busy.contains(&member.folder) {
            continue;
        }
        if !free(step) {
            formed.blocked = true;
            continue;
        }
        let steps = folders.entry(member.folder).or_default();
        if steps.is_empty() {
            order.push(member.folder);
        }
        steps.push((step, *member));
    }
    let (mut bytes, mut query) = (0, 0);
    for steps in order.iter().filter_map(|folder| folders.get(folder)) {
        if steps.len() < limits.each_folder {
            formed.alone.extend(steps.iter().map(|(step, _)| *step));
            continue;
        }
        for &(step, member) in steps {
            let fits = bytes + member.bytes <= limits.bytes && query + member.query <= limits.query;
            if formed.group.len() < limits.most && fits {
                bytes += member.bytes;
                query += member.query;
                formed.group.push(step);
            }
        }
        if limits.one_folder {
            let crowd = steps.iter().map(|(_, member)| member.crowd).max().unwrap_or_default();
            let worth = formed.group.len() >= limits.least
                && formed.group.len().saturating_mul(fetches::CROWD) >= crowd;
            if worth {
                break;
            }
            (bytes, query) = (0, 0);
            formed.group.clear();
            formed.alone.extend(steps.iter().map(|(step, _)| *step));
        }
    }
    formed
}

/// How a group ended.
pub(super) struct Ended {
    /// Each of its steps.
    pub(super) steps: Vec<(usize, Performed)>,
    /// The server failed at it as a group.
    pub(super) failed: bool,
}

/// Carries a group out. Each of its steps ends for itself.
pub(super) async fn perform<W: World>(world: &W, kind: Kind, steps: Vec<(usize, Verb)>) -> Ended {
    match kind {
        Kind::Send => Ended { steps: sends::perform(world, steps).await, failed: false },
        Kind::Fetch => fetches::perform(world, steps).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::Dialect;
    use crate::server::Together;

    fn profile() -> Profile {
        let together = Together { least: 3, most: 5, each: 10, bytes: 20 };
        Profile { together: Some(together), ..Dialect::Nextcloud.profile() }
    }

    fn groups(steps: &[(usize, u64, u64)]) -> Groups {
        let mut groups = Groups::default();
        for &(step, bytes, folder) in steps {
            let (kind, folder) = (Kind::Send, NodeId(folder));
            groups.wait(step, Member { kind, bytes, folder, query: 0, crowd: 0 });
        }
        groups
    }

    fn form(groups: &mut Groups) -> Formed {
        groups.form(Kind::Send, &profile(), 0, |_| true)
    }

    #[test]
    fn a_group_takes_as_many_as_fit_in_their_order() {
        let mut many = groups(&(0..9).map(|step| (step, 1, 7)).collect::<Vec<_>>());
        assert_eq!(form(&mut many).group, [0, 1, 2, 3, 4]);
        let mut long = groups(&(0..9).map(|step| (step, 6, 7)).collect::<Vec<_>>());
        assert_eq!(form(&mut long).group, [0, 1, 2]);
    }

    #[test]
    fn few_steps_go_alone_and_so_does_one_in_a_folder_of_its_own() {
        let mut few = groups(&[(0, 1, 7), (1, 1, 7)]);
        assert_eq!(form(&mut few), Formed { alone: vec![0, 1], ..Formed::default() });
        let mut all = groups(&[(0, 1, 7), (1, 1, 8), (2, 1, 7), (3, 1, 7)]);
        let formed = form(&mut all);
        assert_eq!((formed.group, formed.alone), (vec![0, 2, 3], vec![1]));
    }

    #[test]
    fn groups_in_flight_share_no_folder_and_are_two_at_most() {
        let steps: Vec<_> = (0..30).map(|step| (step, 1, step as u64 / 8)).collect();
        let mut groups = groups(&steps);
        let first = form(&mut groups).group;
        let name = groups.start(Kind::Send, &first);
        let second = form(&mut groups).group;
        assert_eq!((first, second.clone()), (vec![0, 1, 2, 3, 4], vec![8, 9, 10, 11, 12]));
        groups.start(Kind::Send, &second);
        assert_eq!(form(&mut groups), Formed::default(), "two are enough");
        groups.ended(name);
        assert_eq!(form(&mut groups).group, [5, 6, 7, 16, 17]);
    }

    #[test]
    fn what_is_too_few_waits_for_a_group_in_flight_and_then_goes_alone() {
        let mut groups = groups(&(0..7).map(|step| (step, 1, 7)).collect::<Vec<_>>());
        let first = form(&mut groups).group;
        let name = groups.start(Kind::Send, &first);
        assert_eq!(form(&mut groups), Formed::default());
        groups.ended(name);
        assert_eq!(form(&mut groups).alone, [5, 6]);
    }

    #[test]
    fn what_is_held_up_is_said_and_goes_later() {
        let mut groups = groups(&[(0, 1, 7), (1, 1, 7), (2, 1, 7)]);
        for _ in 0..2 {
            let formed = groups.form(Kind::Send, &profile(), 0, |_| false);
            assert_eq!(formed, Formed { blocked: true, ..Formed::default() });
        }
        assert_eq!(form(&mut groups).group, [0, 1, 2]);
    }
}
