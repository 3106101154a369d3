//! Small new files that go to the server together.
//!
//! Such a request carries no conditions. So their folders are listed just
//! before, only what is absent there is sent, and whatever may have come there
//! since is looked for afterwards, among older versions (`overwrite`). What
//! fails of it goes again by itself, under the ordinary guard.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use futures::future::join_all;

use crate::event::{Event, Outcome};
use crate::model::{Digest, Folding, Name, RelPath};
use crate::mutant::{Mutant, broken};
use crate::server::{
    Effect, Part, Result, Server as _, ServerError, ServerErrorKind, Together, Written,
};
use crate::world::World;

use super::guard::folder_of;
use super::outcome::{Performed, Refusal};
use super::overwrite::{self, Back};
use super::send::Send;
use super::verb::Verb;

/// Files that go by themselves after all, at a time.
const ALONE: usize = 3;

/// A file that was read, with the bytes that the row says.
struct Ready {
    step: usize,
    send: Send,
    part: Part,
    digest: Digest,
}

/// Names, by folder, of files that are listed without the mark of a request of
/// their own; none of a folder that could not be looked at.
struct Unmarked(BTreeMap<RelPath, Option<BTreeSet<Name>>>);

impl Unmarked {
    /// Whether a request of its own may have brought what stands at `path`. Of
    /// what a listing leaves out nothing is known.
    fn may_be_marked(&self, path: &RelPath, name: &Name) -> bool {
        let names = self.0.get(&folder_of(path)).and_then(Option::as_ref);
        let is_known = |names: &BTreeSet<Name>| names.contains(&key(name));
        !names.is_some_and(is_known) && !broken(Mutant::UnlistedIsOurs)
    }
}

/// What becomes of the files of a group.
struct Sends<'a, W: World> {
    world: &'a W,
    ended: Vec<(usize, Performed)>,
    alone: Vec<(usize, Verb)>,
}

/// Sends the files of a group.
pub(super) async fn perform<W: World>(
    world: &W,
    steps: Vec<(usize, Verb)>,
) -> Vec<(usize, Performed)> {
    let mut sends = Sends { world, ended: Vec::new(), alone: Vec::new() };
    let ready = sends.read(steps).await;
    let ready = sends.absent(ready).await;
    let least =
        world.server().profile().together.map_or(usize::MAX, |Together { least, .. }| least);
    if ready.len() < least {
        sends.go_alone(ready);
    } else {
        sends.send(ready).await;
    }
    sends.finish().await
}

impl<W: World> Sends<'_, W> {
    fn end(&mut self, step: usize, refusal: impl Into<Refusal>) {
        self.ended.push((step, Performed::from(refusal.into())));
    }

    fn go_alone(&mut self, ready: Vec<Ready>) {
        self.alone.extend(ready.into_iter().map(|ready| (ready.step, Verb::Send(ready.send))));
    }

    /// Reads the files, and proves that their bytes are those of the rows.
    async fn read(&mut self, steps: Vec<(usize, Verb)>) -> Vec<Ready> {
        let mut ready = Vec::new();
        for (step, verb) in steps {
            let Verb::Send(send) = verb else {
                self.alone.push((step, verb));
                continue;
            };
            if !send.goes_together() {
                self.alone.push((step, Verb::Send(send)));
                continue;
            }
            match send.read(self.world).await {
                Ok((bytes, digest)) => match part(&send, bytes, &digest) {
                    Some(part) => ready.push(Ready { step, send, part, digest }),
                    None => self.alone.push((step, Verb::Send(send))),
                },
                Err(refusal) => self.end(step, refusal),
            }
        }
        ready
    }

    /// Those where nothing stands. The same name in another form is one name
    /// to Nextcloud (protocol.md 0.10).
    async fn absent(&mut self, ready: Vec<Ready>) -> Vec<Ready> {
        let folders: BTreeSet<RelPath> =
            ready.iter().map(|ready| folder_of(&ready.part.path)).collect();
        let server = self.world.server();
        let listed = folders.into_iter().map(async |folder| {
            let names = names(server.list(&folder).await);
            (folder, names)
        });
        let listed: BTreeMap<_, _> = join_all(listed).await.into_iter().collect();
        let mut absent = Vec::new();
        for ready in ready {
            match listed.get(&folder_of(&ready.part.path)) {
                Some(Ok(names)) if !names.contains(&key(ready.send.name())) => absent.push(ready),
                Some(Ok(_)) => self.end(ready.step, Refusal::STALE),
                Some(Err(error)) if error.kind.stops_all() => self.end(ready.step, error.clone()),
                // The request itself will say what is wrong there.
                Some(Err(_)) | None => self.go_alone(vec![ready]),
            }
        }
        absent
    }

    async fn send(&mut self, ready: Vec<Ready>) {
        let parts: Vec<Part> = ready.iter().map(|ready| ready.part.clone()).collect();
        let ends = self.world.server().put_together(&parts).await;
        let unmarked = self.unmarked(&parts).await;
        // Ids only ever grow, and the files are written one after another: one
        // whose id is greater than that of a file which is known to be new
        // has been made since, by this request or, just before it, by one of
        // its own, which leaves a mark.
        // RACE: another request for many files, or a program of the server,
        // leaves none.
        let mut newest = None;
        for (ready, end) in ready.into_iter().zip(ends) {
            match end {
                Ok(written) if !unmarked.may_be_marked(&ready.part.path, ready.send.name()) => {
                    self.arrived(ready, written, &mut newest).await;
                }
                Ok(written) => self.arrived(ready, written, &mut None).await,
                Err(error) if goes_again(&error) => self.go_alone(vec![ready]),
                Err(error) => self.end(ready.step, error),
            }
        }
    }

    /// What stands in the folders of `parts` without the mark of a request of its own.
    async fn unmarked(&self, parts: &[Part]) -> Unmarked {
        let folders: BTreeSet<RelPath> = parts.iter().map(|part| folder_of(&part.path)).collect();
        let server = self.world.server();
        let listed = folders.into_iter().map(async |folder| {
            let names = server.list(&folder).await.map(|listing| {
                let children = listing.children.into_iter();
                children.filter(|(_, child)| !child.uploaded).map(|(name, _)| key(&name)).collect()
            });
            (folder, names.ok())
        });
        Unmarked(join_all(listed).await.into_iter().collect())
    }

    async fn arrived(&mut self, ready: Ready, written: Written, newest: &mut Option<u64>) {
        let Ready { step, send, part, digest } = ready;
        let id: Option<u64> = written.file_id.as_deref().and_then(|id| id.parse().ok());
        let is_new = matches!((id, *newest), (Some(id), Some(newest)) if id > newest);
        let now = (Some(part.mtime), digest.size);
        let server = self.world.server();
        let back = match is_new {
            true => Ok(Back::Nothing),
            false => overwrite::undo(server, &part.path, written.file_id.as_deref(), now).await,
        };
        match back {
            Ok(Back::Nothing) => {
                *newest = id.max(*newest);
                self.world.tell(Event::Moved { node: send.node, bytes: digest.size });
                self.ended.push((step, send.arrived(self.world, written, &digest).await));
            }
            Ok(Back::Brought) => self.end(step, Refusal::STALE),
            Err(refusal) => self.end(step, refusal),
        }
    }

    /// Sends what goes by itself.
    async fn finish(mut self) -> Vec<(usize, Performed)> {
        let mut alone = self.alone.into_iter();
        loop {
            let some: Vec<_> = alone.by_ref().take(ALONE).collect();
            if some.is_empty() {
                return self.ended;
            }
            let stopped = self.ended.iter().any(|(_, performed)| performed.stop.is_some());
            let ends = some.into_iter().map(async |(step, verb)| match stopped {
                // Nothing more starts.
                true => (step, Performed::ended(Outcome::Skipped)),
                false => (step, verb.perform(self.world).await),
            });
            self.ended.extend(join_all(ends).await);
        }
    }
}

fn part(send: &Send, bytes: Bytes, digest: &Digest) -> Option<Part> {
    let path = send.target().clone();
    Some(Part { path, bytes, sha1: digest.sha1?, mtime: send.mtime()? })
}

fn key(name: &Name) -> Name {
    Folding { case: false, normalization: true }.key(name)
}

fn names(listing: Result<crate::server::Listing>) -> Result<BTreeSet<Name>> {
    Ok(listing?.children.iter().map(|(name, _)| key(name)).collect())
}

/// Whether a file that failed with others may go by itself: nothing has come
/// of it, and it need not be the fault of the file or the account.
fn goes_again(error: &ServerError) -> bool {
    error.effect == Effect::None
        && !error.kind.stops_all()
        && error.kind != ServerErrorKind::Changed
}
