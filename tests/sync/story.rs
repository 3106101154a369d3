//! What happens to the tree, on every server alike.

use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use crate::edits;
use crate::program::{Device, Kind, assert_equal, tree};
use crate::sample;
use crate::stage::{Stage, Tells};

/// A tree of thousands of files goes up and down, twice, then what two people
/// do to it.
pub fn thousands(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    sample::fill(&here.folder);
    let whole = here.tree();
    let files = whole.values().filter(|kind| matches!(kind, Kind::File(_))).count();
    assert!(files >= sample::FILES, "{files} files");

    let report = here.synced(&[]);
    assert_eq!(report["counts"]["sent"], files, "{report:#}");
    assert_eq!(report["counts"]["files"], files, "{report:#}");
    assert_eq!(report["items"].as_array().unwrap().len(), 0, "{report:#}");
    let report = there.synced(&[]);
    assert_eq!(report["counts"]["fetched"], files, "{report:#}");
    assert_eq!(report["bytes_up"], 0, "{report:#}");
    assert_equal(&whole, &here.tree());
    assert_equal(&whole, &there.tree());

    for device in [&here, &there] {
        nothing_moves(device, files, stage.tells);
        assert_equal(&whole, &device.tree());
    }
    edits::rename(&here, &there, stage);
    edits::both(&here, &there, stage);
    if let Some(files) = &stage.files {
        assert_equal(&here.tree(), &tree(files));
    }
}

/// A run on sides that are equal already.
pub fn nothing_moves(device: &Device<'_>, files: usize, tells: Tells) {
    let report = device.synced(&[]);
    assert_eq!((&report["bytes_up"], &report["bytes_down"]), (&0.into(), &0.into()), "{report:#}");
    for (what, count) in report["counts"].as_object().unwrap() {
        let expected = if what == "files" { files } else { 0 };
        assert_eq!(*count, expected, "{what}: {report:#}");
    }
    if tells == Tells::Ids {
        assert!(report["requests"].as_u64().unwrap() <= 3, "{report:#}");
    }
}

/// Kills the program in the midst of its work, again and again; then it
/// finishes all the same.
pub fn kills(stage: &Stage) {
    let (here, there) = (stage.device("here"), stage.device("there"));
    sample::fill(&here.folder);
    let tree = here.tree();
    for device in [&here, &there] {
        let killed = (0..6).filter(|round| kill(device, Duration::from_millis(200 + 150 * round)));
        assert!(killed.count() > 0, "the program was never killed");
        device.synced(&[]);
        assert_equal(&tree, &device.tree());
    }
}

/// Lets the program work for so long at most, and says whether it was killed.
fn kill(device: &Device<'_>, after: Duration) -> bool {
    let mut command = device.navette(&["sync"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    sleep(after);
    child.kill().unwrap();
    !child.wait().unwrap().success()
}
