//! Cases with fresh seeds for as long as asked, and beside them one pair that
//! lives all that time and must not grow, and one of 50,000 files that is
//! watched and with which nothing happens.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::case::Case;
use crate::client::{Client, Patience, Program};
use crate::idle::Idle;
use crate::luck::Luck;
use crate::measure::{self, Figures};
use crate::oracle::{Lengths, Oracle};
use crate::people::{Person, Ways};
use crate::place::{Folder, Manner, Place, Storage};
use crate::server::{Family, Server};

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Orders {
    /// For how long.
    pub minutes: u64,
    /// The first seed.
    pub seed: u64,
    /// How many cases at once; most of the time they wait.
    pub at_once: usize,
    /// The program.
    pub navette: PathBuf,
}

/// Cases, as they are played one after another by several threads.
#[derive(Debug, Default)]
struct Played {
    next: AtomicU64,
    ended: AtomicU64,
    bad: Mutex<Vec<String>>,
}

/// Folders of the pair with which nothing happens, of a hundred files each.
const IDLE_FOLDERS: u64 = 500;

/// Plays for as long as asked, prints a line a minute.
///
/// # Errors
///
/// Every case that ended badly, and everything that grew.
pub fn soak(orders: &Orders) -> Result<(), Vec<String>> {
    let idle = Idle::begin(&orders.navette, IDLE_FOLDERS, 100).map_err(|error| vec![error])?;
    let (begun, before) = (Instant::now(), idle.now());
    let end = begun + Duration::from_secs(60 * orders.minutes);
    let played = Played { next: AtomicU64::new(orders.seed), ..Played::default() };
    let mut samples = Vec::new();
    let mut trouble = None;
    std::thread::scope(|scope| {
        for _ in 0..orders.at_once {
            scope.spawn(|| {
                while Instant::now() < end {
                    play_next(orders, &played);
                }
            });
        }
        trouble = live_long(orders, end, &played, &mut samples).err();
    });
    println!("{}", line(&played, &samples));
    let after = idle.now();
    println!("idle, before: {before:?}\nidle, after: {after:?}");
    let mut bad = played.bad.into_inner().unwrap_or_default();
    bad.extend(trouble);
    bad.extend(growth(&samples));
    bad.extend(idle.excess(before, after, begun.elapsed().as_secs()));
    if bad.is_empty() { Ok(()) } else { Err(bad) }
}

fn play_next(orders: &Orders, played: &Played) {
    let seed = played.next.fetch_add(1, Ordering::SeqCst);
    // As many families, troubles and pairs of them as in a row of seeds.
    let case =
        if (seed / 50).is_multiple_of(2) { Case::ordinary(seed) } else { Case::staying(seed) };
    let outcome = case.play_apart(&orders.navette);
    played.ended.fetch_add(1, Ordering::SeqCst);
    if !outcome.verdict.is_good() {
        println!("{}", outcome.told(&case));
        played.bad.lock().unwrap().push(format!("{}\n{}", case.title(), outcome.verdict));
    }
}

fn live_long(
    orders: &Orders,
    end: Instant,
    played: &Played,
    samples: &mut Vec<Sample>,
) -> Result<(), String> {
    let mut pair = LongPair::begin(&orders.navette, orders.seed)?;
    let mut minute = Instant::now();
    while Instant::now() < end {
        samples.push(pair.round()?);
        if minute.elapsed() >= Duration::from_secs(60) {
            minute = Instant::now();
            println!("{}", line(played, samples));
        }
        // The pair shall grow old, not keep a processor busy.
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}

fn line(played: &Played, samples: &[Sample]) -> String {
    let ended = played.ended.load(Ordering::SeqCst);
    let bad = played.bad.lock().map_or(0, |bad| bad.len());
    let last = samples.last().copied().unwrap_or_default();
    format!(
        "{ended} cases, {bad} end badly; the long pair after {} rounds: {} files, {} put aside; \
         idle: {} KiB at most, {} open files, {} ms of processor, {} requests; journal {} KiB, \
         {} left in staging",
        samples.len(),
        last.files,
        last.aside,
        last.idle.peak,
        last.idle.files,
        last.idle.cpu,
        last.requests,
        last.journal >> 10,
        last.staged,
    )
}

/// What one round of the long pair showed, after a run that had nothing to do.
#[derive(Clone, Copy, Debug, Default)]
struct Sample {
    /// What that run took.
    idle: Figures,
    /// Requests that it made.
    requests: u64,
    /// Bytes of the journal and all that lies beside it.
    journal: u64,
    /// Files of the pair.
    files: u64,
    /// Files that are put aside.
    aside: u64,
    /// Things that lie in staging.
    staged: u64,
}

/// A pair that lives long.
struct LongPair {
    client: Client,
    folder: Folder,
    storage: Storage,
    oracle: Oracle,
    luck: Luck,
    ways: Ways,
    log: PathBuf,
    _server: Server,
    _home: tempfile::TempDir,
}

const MANY: usize = 300;

impl LongPair {
    fn begin(navette: &Path, seed: u64) -> Result<Self, String> {
        let home = tempfile::tempdir().map_err(|error| error.to_string())?;
        let family = Family::Nextcloud;
        let server = Server::start(family, navette, home.path());
        let logs = home.path().join("logs");
        let (at, address) = ((home.path(), logs.clone()), server.address().to_owned());
        let client = Client::new(Program::Navette, navette, at, address, family);
        let mut pair = Self {
            folder: Folder::new(client.folder.clone(), Program::Navette.is_own()),
            storage: Storage::new(&server.files(), true),
            client,
            oracle: Oracle::default(),
            luck: Luck::new(seed, "long"),
            ways: Ways { lengths: Lengths::Few, dated: true, most: MANY },
            log: logs.join("measured.log"),
            _server: server,
            _home: home,
        };
        pair.fill().map_err(|error| error.to_string())?;
        pair.run()?;
        Ok(pair)
    }

    fn fill(&mut self) -> std::io::Result<()> {
        for folder in 0..MANY / 20 {
            self.folder.make_dir(&format!("folder {folder}"))?;
            for file in 0..20 {
                let bytes = self.oracle.fresh_of(500 + file);
                let date = Some(self.oracle.date());
                let path = format!("folder {folder}/file {file}");
                self.folder.write(&path, &bytes, Manner::InPlace, date)?;
                self.oracle.wrote(0, &path, &bytes, None);
            }
        }
        Ok(())
    }

    fn run(&self) -> Result<(Figures, serde_json::Value), String> {
        let figures = measure::run(&self.client.command(Patience::Usual), &self.log)?;
        let said = fs::read_to_string(&self.log).map_err(|error| error.to_string())?;
        let report = said.lines().find_map(|line| serde_json::from_str(line).ok());
        Ok((figures, report.ok_or("it does not report")?))
    }

    /// People act on both sides, a run makes them equal, and one more has
    /// nothing to do.
    fn round(&mut self) -> Result<Sample, String> {
        for _ in 0..8 {
            let there = self.luck.once_in(2);
            let person = Person {
                side: usize::from(there),
                name: if there { "there" } else { "here" },
                place: if there { &self.storage } else { &self.folder },
                ways: &self.ways,
                luck: &self.luck,
                spared: &|_| false,
            };
            person.act(&mut self.oracle);
        }
        self.run()?;
        let (idle, report) = self.run()?;
        if report["bytes_up"] != 0 || report["bytes_down"] != 0 {
            return Err(format!("an idle run moved bytes: {report:#}"));
        }
        let own = self.folder.root().join(".navette");
        Ok(Sample {
            idle,
            requests: report["requests"].as_u64().unwrap_or(u64::MAX),
            journal: lying_in(&self.client.state().join("journal")).1,
            files: report["counts"]["files"].as_u64().unwrap_or(0),
            aside: lying_in(&own.join("aside")).0,
            staged: lying_in(&own.join("staging")).0,
        })
    }
}

/// How many files lie in a folder, and how long they are together.
fn lying_in(folder: &Path) -> (u64, u64) {
    let found = walkdir::WalkDir::new(folder).min_depth(1).into_iter().filter_map(Result::ok);
    let lengths = found.filter_map(|entry| entry.metadata().ok().map(|found| found.len()));
    lengths.fold((0, 0), |(count, sum), length| (count + 1, sum + length))
}

/// A run that has nothing to do asks the server so much at most.
const IDLE_REQUESTS: u64 = 3;

/// What has grown over these rounds: counts and bytes, never seconds.
///
/// Memory may be a quarter and 4 MiB more in the last third of the rounds than
/// in the first one, open files four more. The journal with its copies may take
/// 1 MiB and 8 KiB for each file that the pair has or has put aside.
fn growth(samples: &[Sample]) -> Vec<String> {
    let third = samples.len() / 3;
    if third < 2 {
        return vec![format!("{} rounds are too few to see growth", samples.len())];
    }
    let (first, last) = (&samples[..third], &samples[samples.len() - third..]);
    let mut grown = Vec::new();
    let (before, after) = (median(first, |one| one.idle.peak), median(last, |one| one.idle.peak));
    if after > before + before / 4 + 4096 {
        grown.push(format!("memory of an idle run: {before} KiB, then {after} KiB"));
    }
    let (before, after) = (median(first, |one| one.idle.files), median(last, |one| one.idle.files));
    if after > before + 4 {
        grown.push(format!("open files of an idle run: {before}, then {after}"));
    }
    for (round, sample) in samples.iter().enumerate() {
        if sample.requests > IDLE_REQUESTS {
            grown.push(format!("round {round}: {} requests with nothing to do", sample.requests));
        }
        if sample.staged > 0 {
            grown.push(format!("round {round}: {} things lie in staging", sample.staged));
        }
        let room = (1 << 20) + (8 << 10) * (sample.files + sample.aside);
        if sample.journal > room {
            grown.push(format!("round {round}: a journal of {} bytes", sample.journal));
        }
    }
    grown
}

fn median(samples: &[Sample], figure: impl Fn(&Sample) -> u64) -> u64 {
    let mut figures: Vec<u64> = samples.iter().map(figure).collect();
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(change: impl Fn(u64, &mut Sample)) -> Vec<Sample> {
        let flat = Sample {
            idle: Figures { peak: 20_000, files: 12, cpu: 30 },
            requests: 2,
            journal: 300 << 10,
            files: 300,
            aside: 10,
            staged: 0,
        };
        let rounds = (0..30).map(|round| {
            let mut sample = flat;
            change(round, &mut sample);
            sample
        });
        rounds.collect()
    }

    #[test]
    fn what_stays_as_it_is_has_not_grown() {
        assert!(growth(&rounds(|_, _| {})).is_empty());
        assert!(growth(&rounds(|round, sample| sample.idle.peak += round % 5)).is_empty());
    }

    #[test]
    fn what_grows_is_found() {
        assert_eq!(growth(&rounds(|round, sample| sample.idle.peak += 600 * round)).len(), 1);
        assert_eq!(growth(&rounds(|round, sample| sample.idle.files += round)).len(), 1);
        assert_eq!(growth(&rounds(|_, sample| sample.requests += 2)).len(), 30);
        assert_eq!(growth(&rounds(|round, sample| sample.staged = round / 29)).len(), 1);
        assert_eq!(growth(&rounds(|_, sample| sample.journal <<= 5)).len(), 30);
    }

    #[test]
    fn too_few_rounds_prove_nothing() {
        assert_eq!(growth(&rounds(|_, _| {})[..5]).len(), 1);
    }
}
