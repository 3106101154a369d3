//! What programs and people do to a real disk: the ways in which editors save,
//! links, ids that are used again.

use std::fs;

use navette::model::RelPath;
use navette::server::Server as _;

use crate::program::{Device, assert_equal, tree};
use crate::stage::{Stage, Tells};

/// The id that the server has given to a file.
fn id(stage: &Stage, device: &Device<'_>, path: &str) -> String {
    let path = RelPath::parse(&format!("{}/{path}", device.remote)).unwrap();
    let seen = stage.ask(async |dav| dav.stat(&path).await.unwrap().unwrap().seen);
    seen.file_id.unwrap()
}

/// A way to save: what it is called, and what it does with the path of a file
/// and its new bytes.
type Save<'a> = (&'static str, &'a dyn Fn(&Device<'_>, &str, &str));

/// The ways in which programs save a file.
const SAVES: [Save<'_>; 5] = [
    ("writes over it", &|device, path, text| device.write(path, text)),
    ("renames a new one over it", &|device, path, text| {
        let temporary = format!("{path}.tmp4711");
        device.write(&temporary, text);
        fs::rename(device.path(&temporary), device.path(path)).unwrap();
    }),
    ("keeps the old one as a backup", &|device, path, text| {
        let backup = format!("{path}~");
        fs::rename(device.path(path), device.path(&backup)).unwrap();
        device.write(path, text);
    }),
    ("makes a backup and removes it again", &|device, path, text| {
        let backup = format!("{path}.bak");
        fs::rename(device.path(path), device.path(&backup)).unwrap();
        device.write(path, text);
        fs::remove_file(device.path(&backup)).unwrap();
    }),
    ("removes it and writes it anew", &|device, path, text| {
        fs::remove_file(device.path(path)).unwrap();
        device.write(path, text);
    }),
];

/// However a program saves, the server sees an edit of the one file: its id
/// stays, and with it its shares and versions.
pub fn saves(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    let name = |save: usize| format!("paper {save}.odt");
    for save in 0..SAVES.len() {
        here.write(&name(save), format!("{save}: the first text"));
    }
    here.synced(&[]);
    there.synced(&[]);
    let ids: Vec<String> = (0..SAVES.len()).map(|save| id(stage, &here, &name(save))).collect();
    for round in 0..3 {
        let text = |save| format!("{save}: saved {round} times more, and longer");
        for (save, (_, act)) in SAVES.iter().enumerate() {
            act(&here, &name(save), &text(save));
        }
        let report = here.synced(&[]);
        assert_eq!(report["counts"]["updated"], SAVES.len(), "{report:#}");
        assert_eq!(report["counts"]["removed_there"], 0, "{report:#}");
        let report = there.synced(&[]);
        assert_eq!(report["counts"]["replaced"], SAVES.len(), "{report:#}");
        for (save, (what, _)) in SAVES.iter().enumerate() {
            assert_eq!(id(stage, &here, &name(save)), ids[save], "a program that {what}");
            assert_eq!(there.read(&name(save)), text(save), "a program that {what}");
        }
    }
}

/// Two names of one file are two files, and an edit by one name is one of both.
#[cfg(unix)]
pub fn links(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    here.write("one", "the same");
    fs::hard_link(here.path("one"), here.path("two")).unwrap();
    fs::create_dir(here.path("folder")).unwrap();
    fs::hard_link(here.path("one"), here.path("folder/three")).unwrap();
    here.synced(&[]);
    there.synced(&[]);
    assert_equal(&here.tree(), &there.tree());

    // Written in place, so that it stays one file.
    here.write("two", "edited by its second name");
    fs::rename(here.path("folder/three"), here.path("folder/four")).unwrap();
    let patience = if stage.patient { &[][..] } else { &["--no-wait"] };
    let (_, report) = here.report(patience);
    assert_eq!(report["counts"]["conflicts"], 0, "{report:#}");
    if stage.patient {
        there.synced(&[]);
        assert_equal(&here.tree(), &there.tree());
        for path in ["one", "two", "folder/four"] {
            assert_eq!(there.read(path), "edited by its second name");
        }
    }
    // What comes for one name leaves the others alone: they are the user's.
    there.write("one", "from the other computer");
    there.synced(patience);
    let (_, report) = here.report(patience);
    assert_eq!(report["counts"]["conflicts"], 0, "{report:#}");
    assert_eq!(here.read("one"), "from the other computer");
    assert_eq!(here.read("two"), "edited by its second name");
}

/// Ids of deleted files are given to new ones at once by some file systems:
/// another file is not taken for the old one that was renamed and edited.
pub fn used_again(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    for number in 0..30 {
        here.write(&format!("old {number}"), format!("old {number}"));
    }
    here.synced(&[]);
    there.synced(&[]);
    for number in 0..30 {
        fs::remove_file(here.path(&format!("old {number}"))).unwrap();
        here.write(&format!("new {number}"), format!("something else: {number}"));
    }
    here.write("one that stays", "so that not all is gone");
    let report = here.synced(&["--allow-deletes"]);
    assert_eq!(report["counts"]["conflicts"], 0, "{report:#}");
    if stage.tells == Tells::Ids || stage.patient {
        there.synced(&["--allow-deletes"]);
        assert_equal(&here.tree(), &there.tree());
    }
    if let Some(files) = &stage.files {
        assert_equal(&here.tree(), &tree(files));
    }
}

/// A program that adds to a file until this is dropped.
#[cfg(unix)]
struct Program(std::process::Child);

#[cfg(unix)]
impl Program {
    fn start(path: &std::path::Path) -> Self {
        let script = r#"n=0; while :; do n=$((n+1)); echo "line $n"; sleep 0.05; done >> "$0""#;
        let program = std::process::Command::new("sh").args(["-c", script]).arg(path).spawn();
        Self(program.unwrap())
    }
}

#[cfg(unix)]
impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A log that a program never stops writing to goes out as it was at one
/// moment; the run says so, and ends.
#[cfg(unix)]
pub fn logs(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    here.write("quiet", "nobody writes to it");
    here.write("log", "");
    let program = Program::start(&here.path("log"));
    let (code, report) = here.report(&[]);
    assert_ne!(code, 0, "{report:#}");
    let waits = serde_json::json!({"waits": "growing"});
    let items = report["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["path"] == "log" && item["cause"] == waits), "{report:#}");
    there.synced(&[]);
    let (arrived, now) = (there.read("log"), here.read("log"));
    assert!(arrived.starts_with("line 1\n") && now.starts_with(&arrived), "{arrived}");
    assert!(now.len() > arrived.len());
    drop(program);
    let report = here.synced(&[]);
    assert_eq!(report["counts"]["conflicts"], 0, "{report:#}");
    there.synced(&[]);
    assert_equal(&here.tree(), &there.tree());
}

/// Renames by letter case alone, and by how an accent is written.
pub fn spellings(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    for name in ["Résumé.txt", "Folder/a", "other"] {
        here.write(name, name);
    }
    here.synced(&[]);
    there.synced(&[]);
    let rename = |from: &str, to: &str| fs::rename(here.path(from), here.path(to)).unwrap();
    rename("Résumé.txt", "RÉSUMÉ.TXT");
    rename("Folder", "folder");
    rename("other", "Other");
    let report = here.synced(&[]);
    assert_eq!((&report["bytes_up"], &report["counts"]["moved"]), (&0.into(), &3.into()));
    let report = there.synced(&[]);
    assert_eq!((&report["bytes_down"], &report["counts"]["moved"]), (&0.into(), &3.into()));
    assert_equal(&here.tree(), &there.tree());
    assert_eq!(there.read("RÉSUMÉ.TXT"), "Résumé.txt");

    // The same letters, composed and decomposed, are two names on this disk.
    rename("RÉSUMÉ.TXT", "re\u{301}sume\u{301}");
    let report = here.synced(&[]);
    assert_eq!(report["bytes_up"], 0, "{report:#}");
    there.synced(&[]);
    assert_equal(&here.tree(), &there.tree());
}
