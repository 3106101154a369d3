//! What the client says to a server over HTTP, which no story hears: there the
//! server is called in process.

use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, stream};
use navette::clock::{Clock, Moment};
use navette::cloud::{Dialect, Fate, Ready, Request, ServeOptions, SharedCloud, serve};
use navette::disk::SimDisk;
use navette::disk::sim::SimConfig;
use navette::engine::Engine;
use navette::event::Event;
use navette::journal::InMemory;
use navette::model::{Digest, RelPath, Timing};
use navette::mutant::Mutant;
use navette::report::{End, SyncOptions};
use navette::secret::Secret;
use navette::server::{Addresses, Connection, Dav, Guard, Server as _, ServerErrorKind, Upload};
use navette::world::World;
use navette_sim::tape::Dice;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::Scenes;

pub(super) const SCENES: Scenes = &[
    ("a creation is refused where something stands", &[Mutant::NoIfNoneMatch], created_over),
    ("a move is refused where something stands", &[Mutant::MoveOverwrites], moved_over),
    ("a chunk that comes late spoils nothing", &[Mutant::ChunkNumberReused], late_chunk),
    ("chunks of other bytes are not gone on with", &[Mutant::UploadNameReused], other_bytes),
    ("bytes that are not those of the checksum are not taken", &[Mutant::SumUnproved], || {
        not_taken(Dialect::OwnCloud10, Line::Spoilt)
    }),
    ("bytes that are fewer than were listed are not taken", &[Mutant::LengthUnproved], || {
        not_taken(Dialect::Plain, Line::Short)
    }),
];

const NOW: i64 = 1_800_000_000;
const MIB: usize = 1 << 20;

/// What the line to the server is like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Sound,
    /// [`RIGHT`] arrives as [`WRONG`].
    Spoilt,
    /// [`RIGHT`] arrives without its last byte, and as if that were all.
    Short,
}

const RIGHT: &[u8] = b"the right bytes";
const WRONG: &[u8] = b"the wrong bytes";

/// Serves `options` on this thread while `scene` plays.
fn serving(options: ServeOptions, line: Line, scene: impl AsyncFnOnce(SharedCloud, Dav)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (tell, told) = tokio::sync::oneshot::channel();
        let ready = |ready| assert!(tell.send(ready).is_ok());
        let serving = serve(options, ready, std::future::pending());
        tokio::select! {
            ended = serving => panic!("the server ended: {ended:?}"),
            () = async {
                let Ready { mut address, cloud } = told.await.unwrap();
                if line != Line::Sound {
                    address = through(line, address).await;
                }
                let base = format!("http://{address}/").parse().unwrap();
                let signed_in = Connection::new(base, "alice", Secret::new("alice"));
                scene(cloud, Dav::connect(signed_in).await.unwrap()).await;
            } => {}
        }
    });
}

/// Stands between client and server, and changes what the server says.
#[allow(clippy::disallowed_methods, reason = "a wire of its own, outside the engine")]
async fn through(line: Line, server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (from_server, to_server) = TcpStream::connect(server).await.unwrap().into_split();
            let (from_client, to_client) = client.into_split();
            tokio::spawn(forward(Line::Sound, from_client, to_server));
            tokio::spawn(forward(line, from_server, to_client));
        }
    });
    address
}

async fn forward(line: Line, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) {
    let mut block = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut block).await {
        let said = changed(line, &block[..length]);
        if to.write_all(&said).await.is_err() {
            return;
        }
    }
}

fn changed(line: Line, said: &[u8]) -> Vec<u8> {
    let mut said = said.to_vec();
    let mut replace = |old: &[u8], new: &[u8]| {
        if let Some(at) = said.windows(old.len()).position(|part| part == old) {
            said.splice(at..at + old.len(), new.iter().copied());
        }
    };
    match line {
        Line::Sound => {}
        Line::Spoilt => replace(RIGHT, WRONG),
        Line::Short => {
            let (all, last) = (RIGHT.len(), RIGHT.len() - 1);
            let length = |length| format!("content-length: {length}\r\n");
            replace(length(all).as_bytes(), length(last).as_bytes());
            replace(RIGHT, &RIGHT[..last]);
        }
    }
    said
}

fn nextcloud() -> ServeOptions {
    ServeOptions { clock: Arc::new(|| NOW), ..ServeOptions::new(Dialect::Nextcloud) }
}

fn path(text: &str) -> RelPath {
    RelPath::parse(text).unwrap()
}

/// Bytes that are nowhere the same.
fn large(size: usize) -> Vec<u8> {
    (0_u32..).flat_map(u32::to_le_bytes).take(size).collect()
}

fn upload(bytes: &[u8]) -> Upload {
    let digest = Digest::of(bytes);
    let pieces: Vec<_> =
        bytes.chunks(256 << 10).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let (body, name) = (stream::iter(pieces).boxed(), "one".to_owned());
    let (size, sha1, mtime) = (digest.size, digest.sha1, Some(1_700_000_000));
    Upload { body, size, sha1, mtime, name, resume: Addresses::default() }
}

fn created_over() {
    serving(nextcloud(), Line::Sound, async |cloud, dav| {
        cloud.lock().user("alice").write("a", "theirs").unwrap();
        let refused = dav.put(&path("a"), &Guard::Absent, upload(b"mine")).await.unwrap_err();
        assert_eq!(refused.kind, ServerErrorKind::Changed);
        assert_eq!(cloud.lock().user("alice").bytes("a").unwrap(), "theirs");
    });
}

fn moved_over() {
    serving(nextcloud(), Line::Sound, async |cloud, dav| {
        cloud.lock().user("alice").write("a", "mine").unwrap();
        cloud.lock().user("alice").write("b", "theirs").unwrap();
        let refused = dav.rename(&path("a"), &path("b"), &Guard::Present).await.unwrap_err();
        assert_eq!(refused.kind, ServerErrorKind::Changed);
        assert_eq!(cloud.lock().user("alice").bytes("b").unwrap(), "theirs");
    });
}

fn late_chunk() {
    let bytes = large(25 * MIB);
    let late = Bytes::copy_from_slice(&bytes[..10 * MIB]);
    let slot = Arc::new(Mutex::new(None::<SharedCloud>));
    let (cloud, mut once) = (slot.clone(), true);
    let faults = Box::new(move |request: &Request<'_>| {
        if request.method == "MOVE" && std::mem::take(&mut once) {
            // As long as the chunk that an earlier attempt may have sent last.
            let cloud = cloud.lock().unwrap().clone().unwrap();
            cloud.lock().add_chunk("alice", "one", "00002", late.clone()).unwrap();
        }
        Fate::Proceed
    });
    serving(ServeOptions { faults, ..nextcloud() }, Line::Sound, async |cloud, dav| {
        *slot.lock().unwrap() = Some(cloud.clone());
        let first = Bytes::copy_from_slice(&bytes[..10 * MIB]);
        cloud.lock().begin_upload("alice", "one").unwrap();
        cloud.lock().add_chunk("alice", "one", "00001", first).unwrap();
        while let Err(error) = dav.put(&path("f"), &Guard::Absent, upload(&bytes)).await {
            assert_eq!(error.kind, ServerErrorKind::Interrupted);
        }
        assert!(cloud.lock().user("alice").bytes("f").unwrap() == bytes);
    });
}

/// A computer in memory with a real line to a server.
struct Wired {
    disk: SimDisk,
    server: Dav,
    clock: Hasty,
    dice: Dice,
    timing: Timing,
}

/// A clock on which nobody waits: the time that somebody would has passed.
struct Hasty {
    now: Cell<Moment>,
    wall: Arc<AtomicI64>,
    disk: SimDisk,
}

impl Clock for Hasty {
    fn now(&self) -> Moment {
        self.now.get()
    }

    fn wall(&self) -> i64 {
        self.wall.load(Ordering::Relaxed)
    }

    async fn sleep(&self, wait: Duration) {
        self.now.set(self.now.get() + wait);
        let wall = NOW + i64::try_from(self.now.get().as_secs()).unwrap();
        self.wall.store(wall, Ordering::Relaxed);
        self.disk.set_time(wall * 1_000_000_000);
        tokio::task::yield_now().await;
    }
}

impl World for Wired {
    type Disk = SimDisk;
    type Server = Dav;
    type Clock = Hasty;
    type Entropy = Dice;

    fn disk(&self) -> &SimDisk {
        &self.disk
    }

    fn server(&self) -> &Dav {
        &self.server
    }

    fn clock(&self) -> &Hasty {
        &self.clock
    }

    fn entropy(&self) -> &Dice {
        &self.dice
    }

    fn timing(&self) -> &Timing {
        &self.timing
    }

    fn device(&self) -> &str {
        "wired"
    }

    fn tell(&self, _: Event) {}
}

impl Wired {
    /// A minute after the clocks were at [`NOW`].
    async fn new(disk: &SimDisk, wall: Arc<AtomicI64>, server: Dav) -> Self {
        let clock = Hasty { now: Cell::default(), wall, disk: disk.clone() };
        clock.sleep(Duration::from_secs(60)).await;
        let (dice, timing) = (Dice::new(7), Timing::default());
        Self { disk: disk.clone(), server, clock, dice, timing }
    }
}

/// A server of this family with a clock that others may set.
fn with_clock(dialect: Dialect, wall: &Arc<AtomicI64>) -> ServeOptions {
    let wall = wall.clone();
    let clock = Arc::new(move || wall.load(Ordering::Relaxed));
    ServeOptions { clock, ..ServeOptions::new(dialect) }
}

/// The last step of an upload is refused, and before it is tried again the
/// file gets other bytes of the same length.
fn other_bytes() {
    let disk = SimDisk::new(SimConfig { block: MIB, ..SimConfig::default() });
    let wall = Arc::new(AtomicI64::new(NOW));
    let texts = [b'1', b'2', b'3'].map(|letter| vec![letter; 100 << 10]);
    let (saved, last) = (disk.clone(), texts[2].clone());
    let mut once = true;
    let faults = Box::new(move |request: &Request<'_>| {
        if request.method != "MOVE" || !std::mem::take(&mut once) {
            return Fate::Proceed;
        }
        saved.user().write(&path("a"), &last).unwrap();
        Fate::Fail(ServerErrorKind::Locked)
    });
    let options = ServeOptions { faults, ..with_clock(Dialect::Nextcloud, &wall) };
    serving(options, Line::Sound, async |cloud, dav| {
        cloud.lock().user("alice").write("a", texts[0].clone()).unwrap();
        let world = Wired::new(&disk, wall, dav).await;
        let mut engine = Engine::open(world, InMemory::new()).await.unwrap();
        assert_eq!(engine.sync(&SyncOptions::default()).await.unwrap().end, End::Equal);
        disk.user().write(&path("a"), &texts[1]).unwrap();
        engine.world().clock().sleep(Duration::from_secs(60)).await;
        assert_eq!(engine.sync(&SyncOptions::default()).await.unwrap().end, End::Equal);
        assert!(cloud.lock().user("alice").bytes("a").unwrap() == texts[2]);
    });
}

/// What comes over this line is no version that the server has shown.
fn not_taken(dialect: Dialect, line: Line) {
    let (disk, wall) = (SimDisk::new(SimConfig::default()), Arc::new(AtomicI64::new(NOW)));
    serving(with_clock(dialect, &wall), line, async |cloud, dav| {
        cloud.lock().user("alice").write("a", RIGHT).unwrap();
        let world = Wired::new(&disk, wall, dav).await;
        let mut engine = Engine::open(world, InMemory::new()).await.unwrap();
        assert_eq!(engine.sync(&SyncOptions::default()).await.unwrap().end, End::Unfinished);
        assert!(disk.snapshot().is_empty());
    });
}
