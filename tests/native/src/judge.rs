//! What is found at the end of a case.

use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::fs;
use std::path::PathBuf;

use crate::client::Program;
use crate::oracle::Oracle;
use crate::place::{Content, Picture, Shown, content};

/// What went wrong. All empty: the case ended well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Contents that must be there and are shown nowhere, not even in a
    /// conflict copy.
    pub lost: Vec<String>,
    /// Those of them that can still be dug out: of the server's trash or older
    /// versions, or of what the program has put aside.
    pub buried: Vec<String>,
    /// The sides are not equal, although the program says that it is done.
    pub diverged: Option<String>,
    /// It does not come to an end by itself: every run fails, or does something.
    pub stuck: Option<String>,
    /// What a user took away, and nobody touched, is shown again.
    pub revived: Vec<String>,
    /// Bytes are shown that nobody wrote.
    pub torn: Vec<String>,
    /// Conflict copies of names that people used at one side only.
    pub spurious: Vec<String>,
}

impl Verdict {
    /// Whether the case ended well.
    pub fn is_good(&self) -> bool {
        *self == Self::default()
    }
}

impl Display for Verdict {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("LOST", &self.lost),
            ("of these, still to be dug out", &self.buried),
            ("REVIVED", &self.revived),
            ("TORN", &self.torn),
            ("SPURIOUS CONFLICTS", &self.spurious),
        ];
        for (what, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
            writeln!(to, "{what}: {}", list.join(", "))?;
        }
        for (what, text) in [("DIVERGED", &self.diverged), ("STUCK", &self.stuck)] {
            if let Some(text) = text {
                writeln!(to, "{what}: {text}")?;
            }
        }
        Ok(())
    }
}

/// The trees at the end.
pub struct Ends {
    /// Of each computer.
    pub here: Vec<Picture>,
    /// Of the server.
    pub there: Picture,
}

impl Ends {
    /// Without what a program keeps for itself.
    pub fn shown(self, program: Program) -> Self {
        let clean = |picture: Picture| -> Picture {
            let is_own = program.is_own();
            picture.into_iter().filter(|(path, _)| !path.split('/').any(is_own)).collect()
        };
        Self { here: self.here.into_iter().map(clean).collect(), there: clean(self.there) }
    }

    /// Whether all sides show the same, but for copies that the program keeps here.
    pub fn are_equal(&self, program: Program) -> bool {
        let shared = |picture: &Picture| -> Picture {
            let kept = |path: &String| {
                let mut names = path.split('/');
                program.keeps_copies_here() && names.any(|name| program.copied_name(name).is_some())
            };
            picture.clone().into_iter().filter(|(path, _)| !kept(path)).collect()
        };
        let there = shared(&self.there);
        self.here.iter().all(|here| shared(here) == there)
    }

    fn all(&self) -> impl Iterator<Item = (&String, &Shown)> {
        self.here.iter().chain([&self.there]).flatten()
    }
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Judges how a case ended. `stuck` says what the program did instead of
/// coming to rest; `graves` are the folders in which what is shown nowhere may
/// still be found.
pub fn judge(
    oracle: &Oracle,
    program: Program,
    ends: &Ends,
    stuck: Option<String>,
    graves: &[PathBuf],
) -> Verdict {
    let files = || {
        ends.all().filter_map(|(path, shown)| match shown {
            Shown::Folder => None,
            Shown::File(bytes) => Some((path, bytes)),
        })
    };
    let lost = oracle.missing(&files().map(|(_, bytes)| bytes).collect());
    let mut verdict = Verdict { lost, ..Verdict::default() };
    if !verdict.lost.is_empty() {
        let buried = dug_out(graves);
        let unburied = oracle.missing(&buried.iter().collect());
        let found = verdict.lost.iter().filter(|label| !unburied.contains(label));
        verdict.buried = found.cloned().collect();
    }
    let told = |path: &String, bytes: &Content| {
        format!("{path}={}", oracle.label(bytes).unwrap_or("bytes that nobody wrote"))
    };
    let list = |which: &dyn Fn(&str, &Content) -> bool| -> Vec<String> {
        let found = files().filter(|(path, bytes)| which(path, bytes));
        let found: BTreeSet<String> = found.map(|(path, bytes)| told(path, bytes)).collect();
        found.into_iter().collect()
    };
    let copied = |path: &str| program.copied_name(name(path));
    verdict.torn = list(&|_, bytes| oracle.label(bytes).is_none());
    // Before it has come to rest, a program may show anything.
    if stuck.is_none() {
        verdict.revived = list(&|path, bytes| copied(path).is_none() && oracle.is_over(bytes));
        verdict.spurious =
            list(&|path, _| copied(path).is_some_and(|name| !oracle.is_contested(&name)));
        if !ends.are_equal(program) {
            let here = ends.here.iter().map(|here| format!("\n  here: {}", oracle.told(here)));
            let there = format!("\n  there: {}", oracle.told(&ends.there));
            verdict.diverged = Some(here.chain([there]).collect());
        }
    }
    verdict.stuck = stuck;
    verdict
}

/// Everything that lies in these folders.
fn dug_out(graves: &[PathBuf]) -> BTreeSet<Content> {
    let files = graves.iter().flat_map(|grave| walkdir::WalkDir::new(grave).into_iter());
    let files = files.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    files.filter_map(|entry| Some(content(&fs::read(entry.path()).ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A case of one computer and a server, at its end.
    struct End {
        oracle: Oracle,
        ends: Ends,
    }

    const OURS: Program = Program::Navette;

    impl End {
        /// Both sides show a file that somebody wrote here.
        fn good() -> Self {
            let mut end = Self {
                oracle: Oracle::default(),
                ends: Ends { here: vec![Picture::new()], there: Picture::new() },
            };
            let bytes = end.write("a");
            end.show("a", &bytes);
            end
        }

        fn write(&mut self, path: &str) -> Vec<u8> {
            let bytes = self.oracle.fresh_of(20);
            self.oracle.wrote(0, path, &bytes, None);
            bytes
        }

        fn show(&mut self, path: &str, bytes: &[u8]) {
            let shown = Shown::File(content(bytes));
            self.ends.here[0].insert(path.to_owned(), shown.clone());
            self.ends.there.insert(path.to_owned(), shown);
        }

        fn judged(&self) -> Verdict {
            judge(&self.oracle, OURS, &self.ends, None, &[])
        }
    }

    #[test]
    fn what_is_as_it_should_be_is_good() {
        assert!(End::good().judged().is_good());
    }

    #[test]
    fn what_nobody_took_away_and_nobody_sees_is_lost() {
        let mut end = End::good();
        end.write("b");
        assert_eq!(end.judged().lost, ["t0002"]);
    }

    #[test]
    fn what_is_lost_may_still_be_dug_out() {
        let mut end = End::good();
        let grave = tempfile::tempdir().unwrap();
        fs::write(grave.path().join("hidden"), end.write("b")).unwrap();
        end.write("c");
        let verdict = judge(&end.oracle, OURS, &end.ends, None, &[grave.path().to_owned()]);
        assert_eq!(verdict.lost, ["t0002", "t0003"]);
        assert_eq!(verdict.buried, ["t0002"]);
    }

    #[test]
    fn what_somebody_deleted_and_nobody_touched_is_revived() {
        let mut end = End::good();
        let bytes = end.write("b");
        end.oracle.deleted(0, "b", &content(&bytes));
        assert!(end.judged().is_good());
        end.show("b", &bytes);
        assert_eq!(end.judged().revived, ["b=t0002"]);
        end.oracle.handled(1, "b", &[content(&bytes)]);
        assert!(end.judged().is_good());
    }

    #[test]
    fn what_was_written_over_something_that_was_moved_elsewhere_may_come_back_there() {
        let mut end = End::good();
        let old = end.write("b");
        let new = end.oracle.fresh_of(20);
        end.oracle.wrote(1, "b", &new, Some(&content(&old)));
        end.oracle.deleted(1, "b", &content(&new));
        end.show("c", &new);
        assert_eq!(end.judged().revived, ["c=t0003"]);
        end.oracle.moved(0, "b", "c", &[content(&old)]);
        assert!(end.judged().is_good());
    }

    #[test]
    fn bytes_that_nobody_wrote_are_torn() {
        let mut end = End::good();
        end.show("b", b"half a f");
        assert_eq!(end.judged().torn, ["b=bytes that nobody wrote"]);
    }

    #[test]
    fn a_conflict_copy_is_spurious_if_one_side_only_used_the_name() {
        let mut end = End::good();
        let bytes = end.write("a");
        end.show("a (conflict 2026-11-29 170000 desk)", &bytes);
        assert_eq!(end.judged().spurious.len(), 1);
        end.oracle.wrote(1, "elsewhere/a", b"", None);
        assert!(end.judged().is_good());
    }

    #[test]
    fn a_name_is_used_by_whoever_used_one_that_its_file_had_before() {
        let mut end = End::good();
        let bytes = end.write("b");
        end.show("b (conflict 2026-11-29 170000 desk)", &bytes);
        end.oracle.moved(0, "a", "c", &[]);
        end.oracle.moved(0, "c", "b", &[]);
        assert_eq!(end.judged().spurious.len(), 1);
        end.oracle.wrote(1, "a", b"", None);
        assert!(end.judged().is_good());
    }

    #[test]
    fn sides_that_differ_have_diverged_unless_the_program_keeps_copies_here() {
        let mut end = End::good();
        let bytes = end.write("b");
        end.ends.here[0].insert("b".to_owned(), Shown::File(content(&bytes)));
        assert!(end.judged().diverged.is_some());
        let mut end = End::good();
        let bytes = end.write("b (conflicted copy 1).txt");
        end.oracle.wrote(0, "b.txt", b"", None);
        end.oracle.wrote(1, "b.txt", b"", None);
        let here = &mut end.ends.here[0];
        let copied = [
            ("b (conflicted copy 1).txt", Shown::File(content(&bytes))),
            ("d (conflicted copy 1)", Shown::Folder),
            ("d (conflicted copy 1)/in it", Shown::File(content(&bytes))),
        ];
        here.extend(copied.map(|(path, shown)| (path.to_owned(), shown)));
        assert!(end.judged().diverged.is_some());
        let theirs = judge(&end.oracle, Program::Nextcloudcmd, &end.ends, None, &[]);
        assert!(theirs.is_good(), "{theirs}");
    }

    #[test]
    fn a_program_that_is_stuck_has_not_diverged_too() {
        let mut end = End::good();
        let bytes = end.write("b");
        end.ends.here[0].insert("b".to_owned(), Shown::File(content(&bytes)));
        let verdict = judge(&end.oracle, OURS, &end.ends, Some("fails".to_owned()), &[]);
        assert!(verdict.stuck.is_some() && verdict.diverged.is_none());
    }
}
