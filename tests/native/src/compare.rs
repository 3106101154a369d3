//! The same cases with Navette and with other programs, side by side.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::case::{Case, Outcome};
use crate::client::Program;
use crate::judge::Verdict;

/// In how many cases of a program what went wrong.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    cases: u64,
    lost: u64,
    buried: u64,
    diverged: u64,
    stuck: u64,
    revived: u64,
    torn: u64,
    spurious: u64,
    good: u64,
}

impl Tally {
    fn add(&mut self, verdict: &Verdict) {
        let Verdict { lost, buried, diverged, stuck, revived, torn, spurious } = verdict;
        self.cases += 1;
        self.lost += u64::from(!lost.is_empty());
        self.buried += u64::from(!lost.is_empty() && lost.len() == buried.len());
        self.diverged += u64::from(diverged.is_some());
        self.stuck += u64::from(stuck.is_some());
        self.revived += u64::from(!revived.is_empty());
        self.torn += u64::from(!torn.is_empty());
        self.spurious += u64::from(!spurious.is_empty());
        self.good += u64::from(verdict.is_good());
    }
}

/// The rows: a program, what it is called, and whether people act between its
/// runs only. rclone's documentation says that files that change during a run
/// may be lost; so it goes through the cases without that too.
const ROWS: [(Program, &str, bool); 4] = [
    (Program::Navette, "`navette`", false),
    (Program::Nextcloudcmd, "`nextcloudcmd`", false),
    (Program::Bisync, "`rclone bisync`", false),
    (Program::Bisync, "`rclone bisync`, people act between its runs only", true),
];

/// Goes through `cases` cases with each program, and prints the table; with
/// `aloud`, also what happened in each case that ended badly.
pub fn compare(navette: &Path, seed: u64, cases: u64, at_once: usize, aloud: bool) {
    println!(
        "| program | cases | ended well | lost | of these, to be dug out | diverged | stuck \
         | revived | torn | spurious conflicts |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (program, name, quiet) in ROWS {
        let tally = all(
            |seed| Case::compared(seed, program, quiet),
            navette,
            (seed, cases),
            at_once,
            aloud,
        );
        let Tally { cases, good, lost, buried, diverged, stuck, revived, torn, spurious } = tally;
        println!(
            "| {name} | {cases} | {good} | {lost} | {buried} | {diverged} | {stuck} | {revived} \
             | {torn} | {spurious} |"
        );
    }
}

fn all(
    case_of: impl Fn(u64) -> Case + Sync,
    navette: &Path,
    (seed, cases): (u64, u64),
    at_once: usize,
    aloud: bool,
) -> Tally {
    let next = AtomicU64::new(seed);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let seed_now = next.fetch_add(1, Ordering::SeqCst);
                    if seed_now >= seed + cases {
                        return;
                    }
                    let case = case_of(seed_now);
                    let outcome = case.play_apart(navette);
                    tell(&case, &outcome, aloud);
                    tally.lock().unwrap().add(&outcome.verdict);
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

fn tell(case: &Case, outcome: &Outcome, aloud: bool) {
    if outcome.verdict.is_good() {
        return;
    }
    match aloud {
        true => eprintln!("{}", outcome.told(case)),
        false => eprintln!("{}\n{}", case.title(), outcome.verdict),
    }
}
