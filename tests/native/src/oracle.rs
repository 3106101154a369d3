//! Knows what must still be there: every content that a user wrote and that no
//! user has since overwritten or deleted where it was shown.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use crate::luck::Luck;
use crate::place::{Content, Picture, Shown, content};

/// What people wrote, and what became of it by their own hands.
#[derive(Debug, Default)]
pub struct Oracle {
    /// What each content is called in messages.
    labels: BTreeMap<Content, String>,
    superseded: BTreeSet<Content>,
    /// What each content was written over.
    before: BTreeMap<Content, Content>,
    /// Moved, copied or dated by somebody: it may well stand where nobody deleted it.
    handled: BTreeSet<Content>,
    /// Who has ever put anything under a name, or changed what was there.
    touched: BTreeMap<String, BTreeSet<usize>>,
    /// Names that something has had one after the other.
    renamed: Vec<(String, String)>,
    excuse: Excuse,
    story: Vec<String>,
}

/// What may have been done before a program had written down what it had shown.
///
/// A file may have arrived, and its program been killed before it wrote that
/// down; whoever changes or deletes the file then does something of which the
/// program cannot know: it may keep both versions, or bring the file again. So
/// what people do from the beginning of a run that does not end properly until
/// the next one that does proves nothing about what comes back. A run after
/// which files are only presumed equal does not count as one that does.
#[derive(Debug, Default)]
struct Excuse {
    /// A run has begun that has not ended.
    running: bool,
    /// The last run did not end properly.
    broken: bool,
    contents: BTreeSet<Content>,
    names: BTreeSet<String>,
}

/// How long new contents are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lengths {
    /// Of few lengths, so that equal ones are common.
    Few,
    /// None is as long as another: where little but its length tells a file
    /// from another (SPEC.md, *What is known not to hold yet*).
    Unique,
}

fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

impl Oracle {
    /// Bytes that nobody has written yet. Whoever then does not write them says
    /// so ([`Self::never`]).
    pub fn fresh(&mut self, luck: &Luck, lengths: Lengths) -> Vec<u8> {
        let number = self.labels.len() + 1;
        self.fresh_of(match lengths {
            // In chunks, in a stream of several blocks, and in one piece.
            _ if luck.once_in(60) => (11 << 20) + number,
            _ if luck.once_in(12) => (300 << 10) + number,
            Lengths::Few => 8 + 8 * usize::try_from(luck.below(2)).unwrap_or(0),
            Lengths::Unique => 8 + 3 * number,
        })
    }

    /// As [`Self::fresh`], so many bytes, of which eight make it unique.
    pub fn fresh_of(&mut self, length: usize) -> Vec<u8> {
        let label = format!("t{:04}", self.labels.len() + 1);
        let mut bytes = format!("{label}...").into_bytes();
        let head = bytes.len();
        bytes.resize(length.max(head), b'.');
        if length > 1000 {
            blake3::Hasher::new().update(label.as_bytes()).finalize_xof().fill(&mut bytes[head..]);
        }
        self.labels.insert(content(&bytes), label);
        bytes
    }

    /// A date that nothing else has, in whole seconds and some time ago: none
    /// of the programs then waits for a file to come to rest.
    pub fn date(&self) -> SystemTime {
        let steps = self.labels.len() + self.story.len();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now.as_secs());
        now - Duration::from_secs(90_000 - 60 * (steps as u64 % 1400))
    }

    /// Programs begin to run.
    pub fn run_begins(&mut self) {
        self.excuse.running = true;
    }

    /// They have ended; properly, if all of them ended by themselves and
    /// nothing got lost.
    pub fn run_ended(&mut self, properly: bool) {
        let excuse = &mut self.excuse;
        (excuse.running, excuse.broken) = (false, !properly);
        let (contents, names) =
            (std::mem::take(&mut excuse.contents), std::mem::take(&mut excuse.names));
        if !properly {
            self.handled.extend(contents);
            names.into_iter().for_each(|name| self.contest(&name));
        }
    }

    /// Somebody at `side` wrote these bytes at `path`, over `over` if anything was there.
    pub fn wrote(&mut self, side: usize, path: &str, bytes: &[u8], over: Option<&Content>) {
        if let Some(over) = over {
            self.supersede(over);
            self.before.insert(content(bytes), over.clone());
        }
        self.touch_name(side, path);
    }

    /// Nobody got to see these bytes: they were never written.
    pub fn never(&mut self, bytes: &[u8]) {
        self.superseded.insert(content(bytes));
    }

    /// Somebody deleted a file that showed this.
    pub fn deleted(&mut self, side: usize, path: &str, shown: &Content) {
        self.supersede(shown);
        self.touch_name(side, path);
    }

    fn supersede(&mut self, shown: &Content) {
        self.superseded.insert(shown.clone());
        if self.excuse.broken {
            self.handled.insert(shown.clone());
        } else if self.excuse.running {
            self.excuse.contents.insert(shown.clone());
        }
    }

    /// Somebody moved, copied or dated what stands at `path` now.
    pub fn handled(&mut self, side: usize, path: &str, shown: &[Content]) {
        self.handled.extend(shown.iter().cloned());
        self.touch_name(side, path);
    }

    /// Somebody moved what stood at `from`, with these contents, to `to`.
    pub fn moved(&mut self, side: usize, from: &str, to: &str, shown: &[Content]) {
        self.handled(side, from, shown);
        self.handled(side, to, &[]);
        self.renamed.push((name(from).to_owned(), name(to).to_owned()));
    }

    /// Somebody decided to keep what was deleted elsewhere: from now on nothing
    /// that is shown again comes back by itself.
    pub fn kept(&mut self) {
        self.handled.extend(self.superseded.iter().cloned());
    }

    fn touch_name(&mut self, side: usize, path: &str) {
        let name = name(path).to_owned();
        if self.excuse.broken {
            self.contest(&name);
        } else if self.excuse.running {
            self.excuse.names.insert(name.clone());
        }
        self.touched.entry(name).or_default().insert(side);
    }

    /// As if people of both sides had used this name.
    fn contest(&mut self, name: &str) {
        self.touched.entry(name.to_owned()).or_default().extend([usize::MAX, usize::MAX - 1]);
    }

    /// Whether people at two sides put something under this name, or under one
    /// that a thing had before or after it.
    pub fn is_contested(&self, name: &str) -> bool {
        let mut sides = BTreeSet::<usize>::new();
        let mut known = BTreeSet::from([name]);
        let mut todo = vec![name];
        while let Some(name) = todo.pop() {
            sides.extend(self.touched.get(name).into_iter().flatten());
            for (from, to) in &self.renamed {
                let next = if from == name { to } else { from };
                if (from == name || to == name) && known.insert(next) {
                    todo.push(next);
                }
            }
        }
        sides.len() > 1
    }

    /// Notes what happened, for whoever has to find out why a case ended badly.
    pub fn note(&mut self, line: String) {
        self.story.push(line);
    }

    /// What happened so far.
    pub fn story(&self) -> &[String] {
        &self.story
    }

    /// What to call a content; none if nobody wrote it.
    pub fn label(&self, shown: &Content) -> Option<&str> {
        self.labels.get(shown).map(String::as_str)
    }

    /// Contents that must be there and are not among `there`, by their labels.
    pub fn missing(&self, there: &BTreeSet<&Content>) -> Vec<String> {
        let needed = self.labels.iter().filter(|(bytes, _)| !self.superseded.contains(*bytes));
        needed.filter(|(bytes, _)| !there.contains(bytes)).map(|(_, label)| label.clone()).collect()
    }

    /// Whether a user took this away for good: nobody else touched it, nor what
    /// it was written over elsewhere, so nothing explains that it is shown again.
    pub fn is_over(&self, shown: &Content) -> bool {
        let mut versions = std::iter::successors(Some(shown), |shown| self.before.get(*shown));
        self.superseded.contains(shown) && !versions.any(|shown| self.handled.contains(shown))
    }

    /// A tree, for people.
    pub fn told(&self, picture: &Picture) -> String {
        let lines = picture.iter().map(|(path, shown)| match shown {
            Shown::Folder => format!("{path}/"),
            Shown::File(bytes) => {
                format!("{path}={}", self.label(bytes).unwrap_or("bytes that nobody wrote"))
            }
        });
        lines.collect::<Vec<_>>().join("  ")
    }
}
