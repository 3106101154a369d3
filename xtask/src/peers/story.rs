//! What happens on two computers, for one program.

use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::measure::{self, Figures};
use super::program::{Program, Way};
use super::server::Server;

const FOLDERS: usize = 25;
const FILES: usize = 40;
const SMALL: usize = 4 << 10;
const LARGE: usize = 1 << 30;
const MOVED: usize = 11;

/// Longer than any of the programs lets a fresh change rest.
const REST: Duration = Duration::from_secs(4);

/// Two computers and a server.
pub(super) struct Story {
    program: Program,
    place: PathBuf,
    server: Server,
    figures: Vec<Figures>,
}

impl Story {
    pub(super) fn begin(program: Program, place: &Path) -> Result<Self, String> {
        let server = Server::start(place)?;
        for computer in ["one", "two"] {
            fs::create_dir_all(place.join(computer)).map_err(told)?;
            program.prepare(server.url(), &place.join(format!("{computer}-state")))?;
        }
        Ok(Self { program, place: place.to_owned(), server, figures: Vec::new() })
    }

    /// All of it; one entry a row of the table.
    pub(super) fn play(mut self) -> Result<Vec<Figures>, String> {
        let one = self.place.join("one");
        make_small(&one).map_err(told)?;
        self.measure("one", Way::Up)?;
        self.measure("one", Way::Up)?;
        self.measure("two", Way::Down)?;
        self.compare()?;
        touch(&one).map_err(told)?;
        self.measure("one", Way::Up)?;
        shift(&one).map_err(told)?;
        self.measure("one", Way::Up)?;
        self.measure("two", Way::Down)?;
        self.compare()?;
        make_large(&one.join("large.bin")).map_err(told)?;
        self.measure("one", Way::Up)?;
        self.measure("two", Way::Down)?;
        self.compare()?;
        fs::copy(one.join("large.bin"), one.join("copy of large.bin")).map_err(told)?;
        self.measure("one", Way::Up)?;
        Ok(self.figures)
    }

    #[allow(clippy::disallowed_methods, reason = "a benchmark waits in real time")]
    fn measure(&mut self, computer: &str, way: Way) -> Result<(), String> {
        std::thread::sleep(REST);
        self.server.count(&mut Figures::default())?;
        let state = self.place.join(format!("{computer}-state"));
        let folder = self.place.join(computer);
        let command = self.program.command(self.server.url(), &folder, &state, way);
        let mut figures = measure::run(&command, &self.place.join("program.log"))?;
        self.server.count(&mut figures)?;
        eprintln!("  {figures:?}");
        self.figures.push(figures);
        Ok(())
    }

    /// A program that is fast because it leaves something out is not compared.
    fn compare(&self) -> Result<(), String> {
        let [one, two] = ["one", "two"].map(|computer| contents(&self.place.join(computer)));
        if one.map_err(told)? == two.map_err(told)? {
            return Ok(());
        }
        Err(format!("{} left the two computers different", self.program.name()))
    }
}

fn told(error: io::Error) -> String {
    format!("the story cannot go on: {error}")
}

fn folder(number: usize) -> String {
    format!("folder {number:02}")
}

/// Files that look like no others, dated some days ago.
fn make_small(root: &Path) -> io::Result<()> {
    let mut noise = Noise(1);
    for number in 0..FOLDERS {
        let folder = root.join(folder(number));
        fs::create_dir(&folder)?;
        for file in 0..FILES {
            let path = folder.join(format!("file {file:02}.dat"));
            // Around 4 KiB, not all alike.
            fs::write(&path, noise.bytes(SMALL - 500 + (number * FILES + file)))?;
            date(&path, 5 * 24 * 3600 + (number * FILES + file) as u64)?;
        }
    }
    Ok(())
}

fn make_large(path: &Path) -> io::Result<()> {
    let mut noise = Noise(2);
    let mut file = File::create(path)?;
    for _ in 0..LARGE / (1 << 20) {
        file.write_all(&noise.bytes(1 << 20))?;
    }
    drop(file);
    date(path, 3600)
}

/// Gives every small file another date.
fn touch(root: &Path) -> io::Result<()> {
    for number in 0..FOLDERS {
        for file in 0..FILES {
            let path = root.join(folder(number)).join(format!("file {file:02}.dat"));
            date(&path, 24 * 3600 + (number * FILES + file) as u64)?;
        }
    }
    Ok(())
}

/// Moves folders with all that is in them.
fn shift(root: &Path) -> io::Result<()> {
    let target = root.join("moved here");
    fs::create_dir(&target)?;
    for number in 0..MOVED {
        fs::rename(root.join(folder(number)), target.join(folder(number)))?;
    }
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "dates of files are real")]
fn date(path: &Path, seconds_ago: u64) -> io::Result<()> {
    let moment = SystemTime::now() - Duration::from_secs(seconds_ago);
    File::options().write(true).open(path)?.set_times(FileTimes::new().set_modified(moment))
}

/// Every file by its path, but for what programs keep for themselves.
fn contents(root: &Path) -> io::Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut todo = vec![root.to_owned()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                todo.push(path);
            } else {
                let bytes = fs::read(&path)?;
                found.insert(path.strip_prefix(root).unwrap_or(&path).to_owned(), bytes);
            }
        }
    }
    Ok(found)
}

/// Bytes that nothing can compress, the same in every run (xorshift).
struct Noise(u64);

impl Noise {
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            bytes.extend_from_slice(&self.0.to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }
}
