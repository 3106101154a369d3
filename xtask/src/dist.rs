//! What is handed out: the program, its completions, its manual page.

use std::fs::File;
use std::path::Path;

use crate::run::{Done, cargo, root, run};

/// Shells and the files that they look for.
const SHELLS: &[(&str, &str)] = &[
    ("bash", "completions/navette.bash"),
    ("zsh", "completions/_navette"),
    ("fish", "completions/navette.fish"),
    ("elvish", "completions/navette.elv"),
    ("powershell", "completions/_navette.ps1"),
];

/// Builds the release and puts everything into `dir`.
pub(crate) fn dist(dir: &str) -> Done {
    let dir = root().join(dir);
    run(cargo(&["build", "--package", "navette", "--release", "--locked"]))?;
    let program = format!("navette{}", std::env::consts::EXE_SUFFIX);
    make(&dir.join("completions"))?;
    make(&dir.join("man"))?;
    let built = root().join("target/release").join(&program);
    let copied = std::fs::copy(&built, dir.join(&program));
    copied.map_err(|error| format!("{}: {error}", built.display()))?;
    for (shell, file) in SHELLS {
        print_to(&built, &["completions", shell], &dir.join(file))?;
    }
    print_to(&built, &["man"], &dir.join("man/navette.1"))?;
    eprintln!("made {}", dir.display());
    Ok(())
}

fn make(dir: &Path) -> Done {
    std::fs::create_dir_all(dir).map_err(|error| format!("{}: {error}", dir.display()))
}

/// Runs the program and keeps what it prints in a file.
fn print_to(program: &Path, words: &[&str], path: &Path) -> Done {
    let file = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut command = std::process::Command::new(program);
    command.args(words).stdout(file);
    run(command)
}
