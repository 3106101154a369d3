//! The log that a watching Navette keeps of its work: files of bounded size and
//! number, which only their user may read.
//!
//! The newest is `navette.log`, older ones are `navette.1.log` and so on. Each
//! line is one JSON object: none of a library that writes what it carries.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;

/// The size at which a file is full, in bytes.
const FULL: u64 = 2 << 20;

/// How many full ones are kept.
const KEPT: usize = 5;

/// The log's files, written one after the other.
#[derive(Debug)]
pub struct Rotated {
    dir: PathBuf,
    file: File,
    size: u64,
    full: u64,
}

impl Rotated {
    /// Opens the log in `dir`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If nothing can be written there.
    pub fn open(dir: &Path) -> io::Result<Self> {
        Self::with_size(dir, FULL)
    }

    fn with_size(dir: &Path, full: u64) -> io::Result<Self> {
        private_dir(dir)?;
        let file = opened(&dir.join(name(0)))?;
        let size = file.metadata()?.len();
        Ok(Self { dir: dir.to_owned(), file, size, full })
    }

    /// Gives each file the next number, and begins a new one. The oldest goes.
    fn rotate(&mut self) -> io::Result<()> {
        for number in (0..KEPT).rev() {
            let [from, to] = [number, number + 1].map(|number| self.dir.join(name(number)));
            match fs::rename(from, to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.file = opened(&self.dir.join(name(0)))?;
        self.size = 0;
        Ok(())
    }
}

impl Write for Rotated {
    /// Writes a line. Lines are not torn between two files.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // Where a file cannot be renamed the log goes on in it: a log that is
        // too long is better than none.
        if self.size > 0 && self.size + line.len() as u64 > self.full && self.rotate().is_err() {
            self.size = 0;
        }
        self.file.write_all(line)?;
        self.size += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn name(number: usize) -> String {
    match number {
        0 => "navette.log".to_owned(),
        _ => format!("navette.{number}.log"),
    }
}

/// The files of the log in `dir` that are there, the newest first.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    (0..=KEPT).map(|number| dir.join(name(number))).filter(|path| path.is_file()).collect()
}

fn opened(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Whose lines may be shown, whatever is asked for: libraries that were looked
/// at and print no headers. Others do: one writes every cookie that comes,
/// another every frame of a websocket, the password among them.
pub fn is_discreet(target: &str) -> bool {
    const LOOKED_AT: [&str; 7] =
        ["navette", "navette_desktop", "reqwest", "hyper", "hyper_util", "h2", "rustls"];
    LOOKED_AT.contains(&target.split("::").next().unwrap_or_default())
}

/// Keeps a log of this process in `dir`, if anything can be written there.
pub fn keep(dir: &Path) {
    let files = Rotated::open(dir).ok().map(lines);
    // Fails only if there is a log already, as in tests.
    let _ = tracing_subscriber::registry().with(files).try_init();
}

/// Writes lines to the files of the log: those of ours, each one JSON object.
pub fn lines<S>(files: Rotated) -> impl Layer<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_writer(Mutex::new(files))
        .with_filter(EnvFilter::new("navette=debug,navette_desktop=debug"))
        .with_filter(filter_fn(|line| is_discreet(line.target())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(dir: &Path) -> Vec<String> {
        files(dir).iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    #[test]
    fn files_are_bounded_in_size_and_number_and_no_line_is_torn() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("logs");
        let mut log = Rotated::with_size(&dir, 20).unwrap();
        for number in 0..40 {
            log.write_all(format!("line {number:02}\n").as_bytes()).unwrap();
        }
        let texts = texts(&dir);
        assert_eq!(texts.len(), KEPT + 1);
        assert_eq!(texts[..2], ["line 38\nline 39\n", "line 36\nline 37\n"]);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), KEPT + 1);
    }

    #[test]
    fn the_next_start_writes_on() {
        let dir = tempfile::tempdir().unwrap();
        for line in ["one\n", "two\n"] {
            Rotated::open(dir.path()).unwrap().write_all(line.as_bytes()).unwrap();
        }
        assert_eq!(texts(dir.path()), ["one\ntwo\n"]);
    }

    #[test]
    fn a_line_longer_than_a_file_is_written_whole() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Rotated::with_size(dir.path(), 4).unwrap();
        log.write_all(b"much too long\n").unwrap();
        log.write_all(b"short\n").unwrap();
        assert_eq!(texts(dir.path()), ["short\n", "much too long\n"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_user_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let logs = dir.path().join("logs");
        Rotated::open(&logs).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&logs), mode(&logs.join("navette.log"))), (0o700, 0o600));
    }

    #[test]
    fn libraries_that_write_what_they_carry_are_never_shown() {
        for target in ["tungstenite::protocol", "tokio_tungstenite", "cookie_store", "log", ""] {
            assert!(!is_discreet(target), "{target}");
        }
        for target in ["navette::server::push", "navette", "hyper_util::client", "rustls"] {
            assert!(is_discreet(target), "{target}");
        }
    }
}
