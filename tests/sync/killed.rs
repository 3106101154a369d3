//! The real program against a storage in this process, which can stop the
//! world at any request: what a kill, a race or a full storage leaves of a
//! large upload.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use navette::cloud::{Dialect, Fate, Ready, Request, ServeOptions, SharedCloud, serve};
use navette::server::ServerErrorKind as Failed;
use tokio::sync::oneshot;

use crate::program::{Device, Home, LOGIN, PASSWORD, ended};
use crate::sample;

const MIB: usize = 1 << 20;
const SIZE: usize = 45 * MIB;

/// Requests that carry bytes, in their order: method, and how many.
type Log = Arc<Mutex<Vec<(&'static str, u64)>>>;

/// A storage. Dropped, it ends.
struct Watched {
    url: String,
    cloud: SharedCloud,
    log: Log,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watched {
    /// Starts one which lets `fate` decide about the requests that carry bytes.
    fn start(
        dialect: Dialect,
        mut fate: impl FnMut(&SharedCloud, &Request<'_>) -> Fate + Send + 'static,
    ) -> Self {
        let (log, slot) = (Log::default(), Arc::<Mutex<Option<SharedCloud>>>::default());
        let (written, inside) = (log.clone(), slot.clone());
        let options = ServeOptions {
            users: vec![(LOGIN.to_owned(), PASSWORD.to_owned())],
            faults: Box::new(move |request: &Request<'_>| {
                if !["PUT", "POST", "PATCH"].contains(&request.method) {
                    return Fate::Proceed;
                }
                written.lock().unwrap().push((request.method, request.size.unwrap_or(0)));
                let cloud = inside.lock().unwrap().clone().unwrap();
                fate(&cloud, request)
            }),
            ..ServeOptions::new(dialect)
        };
        let (tell, told) = channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let ready = |ready: Ready| tell.send(ready).unwrap();
            let served = serve(options, ready, async { drop(stopped.await) });
            runtime.unwrap().block_on(served).unwrap();
        });
        let Ready { address, cloud } = told.recv().unwrap();
        *slot.lock().unwrap() = Some(cloud.clone());
        let url = format!("http://{address}");
        Self { url, cloud, log, stop: Some(stop), thread: Some(thread) }
    }

    fn taken(&self) -> Vec<(&'static str, u64)> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }

    fn bytes(&self, name: &str) -> Option<Bytes> {
        self.cloud.lock().user(LOGIN).bytes(name)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn of(log: &[(&'static str, u64)], method: &str) -> Vec<u64> {
    log.iter().filter(|(what, _)| *what == method).map(|(_, size)| *size).collect()
}

/// A large file that has come to rest.
fn write_large(device: &Device<'_>, seed: usize) -> Vec<u8> {
    let bytes = sample::bytes(seed, SIZE);
    device.write("large", &bytes);
    let file = std::fs::File::options().write(true).open(device.path("large")).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(1_600_000_000)).unwrap();
    bytes
}

/// One side of a moment: what it says, and what it waits for.
type Side = (Sender<()>, Receiver<()>);

/// Both sides of a moment in which the storage stands still until the program
/// is dead: the storage's, which says that it has come, and the test's.
fn moment() -> (Side, Side) {
    let ((reached, wait_for_it), (dead, wait_for_death)) = (channel(), channel());
    ((reached, wait_for_death), (dead, wait_for_it))
}

/// Lets the program run until that moment, and kills it.
fn kill_at(device: &Device<'_>, (dead, reached): &Side) {
    let mut child = device.navette(&["sync"]).spawn().unwrap();
    // Only a program that has ended before keeps it waiting.
    reached.recv_timeout(Duration::from_secs(300)).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    dead.send(()).unwrap();
}

#[test]
fn a_process_killed_in_a_large_upload_is_gone_on_with_behind_the_chunks_that_arrived() {
    for dialect in [Dialect::Nextcloud, Dialect::OwnCloud10] {
        let ((reached, dead), test) = moment();
        let (mut killed, stood) = (false, Arc::new(Mutex::new(None)));
        let (standing, again) = (stood.clone(), Arc::new(Mutex::new(Vec::new())));
        let sent = again.clone();
        let storage = Watched::start(dialect, move |cloud, request| {
            let mut names = request.path.as_str().split('/').skip(1);
            let (Some(upload), Some(chunk)) = (names.next(), names.next()) else {
                return Fate::Proceed;
            };
            if killed {
                // What had arrived before the kill. What the dead program had
                // sent besides may still ask for its turn, and never gets in.
                let there = || cloud.lock().chunks(LOGIN, upload).unwrap();
                standing.lock().unwrap().get_or_insert_with(there);
                sent.lock().unwrap().push(chunk.to_owned());
                return Fate::Proceed;
            }
            if request.size.is_some_and(|size| size > 5 << 20) {
                // Many small chunks, so that the first ones have been answered.
                return Fate::Fail(Failed::TooLarge);
            }
            if chunk.parse::<u64>().unwrap() < 9 {
                return Fate::Proceed;
            }
            reached.send(()).unwrap();
            dead.recv().unwrap();
            killed = true;
            Fate::CutBody(0)
        });
        let home = Home::new();
        let device = home.device("here", &storage.url);
        let bytes = write_large(&device, 7);
        kill_at(&device, &test);
        assert_eq!(storage.bytes("large"), None, "{dialect:?}");
        let report = device.synced(&[]);
        assert!(storage.bytes("large").unwrap() == bytes, "{dialect:?}");
        let stood = stood.lock().unwrap().take().unwrap();
        assert!(stood.iter().any(|(_, size)| *size == 5 << 20), "{dialect:?}: {stood:?}");
        let again = again.lock().unwrap();
        assert!(stood.iter().all(|(chunk, _)| !again.contains(chunk)), "{dialect:?}: {again:?}");
        assert_eq!(report["counts"]["presumed"], 0, "{report:#}");
    }
}

#[test]
fn a_process_killed_in_a_large_upload_by_tus_is_gone_on_with_at_its_address() {
    let ((reached, dead), test) = moment();
    let (mut pieces, mut killed) = (0, false);
    let storage = Watched::start(Dialect::Ocis, move |_, request| {
        pieces += u32::from(request.method == "PATCH");
        if pieces == 3 && !std::mem::replace(&mut killed, true) {
            reached.send(()).unwrap();
            dead.recv().unwrap();
            return Fate::CutBody(0);
        }
        Fate::Proceed
    });
    let home = Home::new();
    let device = home.device("here", &storage.url);
    let bytes = write_large(&device, 8);
    kill_at(&device, &test);
    assert_eq!(of(&storage.taken(), "POST").len(), 1);
    let mut command = device.navette(&["sync"]);
    command.env("NAVETTE_LOG", "debug");
    let run = ended(command);
    assert_eq!(run.code, 0, "{}", run.tail());
    assert!(!run.err.contains("/data/"), "the address is a secret");
    assert!(storage.bytes("large").unwrap() == bytes);
    let log = storage.taken();
    assert_eq!(of(&log, "POST"), [0_u64; 0], "nothing is begun anew");
    assert_eq!(of(&log, "PATCH").iter().sum::<u64>(), SIZE as u64 - 20_000_000);
    assert_eq!(device.synced(&[])["bytes_up"], 0);
}

#[test]
fn what_a_large_creation_by_tus_has_overwritten_comes_back() {
    let mut pieces = 0;
    let storage = Watched::start(Dialect::Ocis, move |cloud, request| {
        pieces += u32::from(request.method == "PATCH");
        if pieces == 5 {
            // Behind the last look, which oCIS makes no condition.
            cloud.lock().user(LOGIN).write("large", "theirs").unwrap();
            pieces += 1;
        }
        Fate::Proceed
    });
    let home = Home::new();
    let device = home.device("here", &storage.url);
    let bytes = write_large(&device, 9);
    device.synced(&[]);
    assert_eq!(storage.bytes("large").unwrap(), "theirs");
    assert_eq!(device.read("large"), "theirs");
    let copies: Vec<_> = device.tree().into_keys().map(|path| device.folder.join(path)).collect();
    let ours = copies.iter().find(|path| path.to_string_lossy().contains("(conflict "));
    assert!(std::fs::read(ours.unwrap()).unwrap() == bytes);
}

#[test]
fn a_large_file_for_which_there_is_no_room_is_held_before_any_piece_of_it_leaves() {
    let storage = Watched::start(Dialect::Ocis, |_, _| Fate::Proceed);
    // oCIS shows the whole quota as free (protocol.md 4.1).
    storage.cloud.lock().user(LOGIN).write("used", vec![1; 30 * MIB]).unwrap();
    storage.cloud.lock().set_quota(LOGIN, Some(50 << 20));
    let home = Home::new();
    let device = home.device("here", &storage.url);
    write_large(&device, 10);
    let (code, report) = device.report(&[]);
    assert_ne!(code, 0);
    assert_eq!(report["items"][0]["cause"], "quota", "{report:#}");
    assert_eq!(of(&storage.taken(), "PATCH"), [0_u64; 0]);
    storage.cloud.lock().set_quota(LOGIN, None);
    device.synced(&[]);
    assert_eq!(storage.bytes("large").unwrap().len(), SIZE);
}
