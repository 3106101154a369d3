//! The small research project that the story is about.

use std::fs::{self, File, FileTimes};
use std::path::Path;
use std::time::Duration;

use super::{DemoError, Result};

/// Files are this much older than the demo: nobody edited them just now.
const AGE: Duration = Duration::from_secs(3 * 24 * 3600);

/// Fills a folder with the project.
pub(super) fn write(folder: &Path) -> Result<()> {
    let texts = [
        ("README.md", "# Spectra of the night sky\n\nMarie, with Ada and Henri.\n"),
        (
            "data/2026-11 measurements.csv",
            "night,wavelength,intensity\n1,557.7,0.92\n1,630.0,0.31\n",
        ),
        ("notes/reunion été.md", "- compare with last year's series\n- order a new grating\n"),
        (
            "paper/draft.tex",
            "\\documentclass{article}\n\\begin{document}\nThe sky glows.\n\\end{document}\n",
        ),
    ];
    for (path, text) in texts {
        put(&folder.join(path), text.as_bytes(), AGE)?;
    }
    for night in 1..=3 {
        let spectrum = noise(night, 256 * 1024);
        put(&folder.join(format!("data/raw/night-{night:02}.dat")), &spectrum, AGE)?;
    }
    Ok(())
}

/// Fills a folder with the field data of a survey.
pub(super) fn survey(folder: &Path) -> Result<()> {
    let soil = "plot,ph,kind\n1,6.4,sand\n2,7.1,clay\n";
    put(&folder.join("soil samples.csv"), soil.as_bytes(), AGE)?;
    put(&folder.join("read me first.txt"), b"One folder a transect.\n", AGE)?;
    for number in 1..=4 {
        let picture = noise(100 + number, 1024 * 1024);
        put(&folder.join(format!("transects/transect-{number:02}.tif")), &picture, AGE)?;
    }
    Ok(())
}

/// Writes a file, with the folders above it, as if `age` ago.
pub(super) fn put(path: &Path, bytes: &[u8], age: Duration) -> Result<()> {
    let wrote = || {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
        let file = File::options().append(true).open(path)?;
        let then = file.metadata()?.modified()? - age;
        file.set_times(FileTimes::new().set_modified(then))
    };
    wrote().map_err(|source| stage(path, source))
}

/// Adds a line at the end of a text.
pub(super) fn add(path: &Path, line: &str) -> Result<()> {
    let text = fs::read_to_string(path).map_err(|source| stage(path, source))?;
    fs::write(path, format!("{text}{line}\n")).map_err(|source| stage(path, source))
}

/// Renames a file or folder.
pub(super) fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|source| stage(from, source))
}

/// Deletes a file.
pub(super) fn delete(path: &Path) -> Result<()> {
    fs::remove_file(path).map_err(|source| stage(path, source))
}

/// Bytes that do not compress, the same for the same seed.
pub(super) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.finalize_xof().fill(&mut bytes);
    bytes
}

fn stage(path: &Path, source: std::io::Error) -> DemoError {
    DemoError::Stage { path: path.to_owned(), source }
}
