//! Finds the languages: each folder of `src/text` is one, with all `.ftl` files
//! in it. Whoever adds a folder there has added a language.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
    let texts = root.join("src").join("text");
    println!("cargo:rerun-if-changed={}", texts.display());
    let mut list = "&[\n".to_owned();
    for folder in sorted(&texts)?.into_iter().filter(|path| path.is_dir()) {
        let files: Vec<_> = sorted(&folder)?
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "ftl"))
            .collect();
        if files.is_empty() {
            continue;
        }
        let _ = writeln!(list, "({:?}, &[", folder.file_name().unwrap_or_default());
        for file in files {
            let name = file.file_name().unwrap_or_default();
            let _ = writeln!(list, "({name:?}, include_str!({file:?})),");
        }
        list.push_str("]),\n");
    }
    list.push(']');
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(out.join("languages.rs"), list)
}

/// What is in a folder, in an order that does not change.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
