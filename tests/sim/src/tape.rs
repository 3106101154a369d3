//! Every decision of a story, on a tape.
//!
//! A story draws from four streams, so that a change in one of them does not
//! shuffle the others. What was drawn is recorded. A recorded tape, played
//! again, tells the same story to the letter; a tape that was changed tells
//! another one, and where it ends, every further draw is 0. Zero is always the
//! harmless choice: nobody acts, nothing fails. So a shorter tape and smaller
//! numbers mean a simpler story, which is all that shrinking needs to know.

use std::fmt::{self, Display};
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use navette::cloud::Dialect;
use navette::entropy::Entropy;

/// What a stream decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// What the disks and the server are like, and what may happen at all.
    World,
    /// What people do.
    People,
    /// When something happens.
    Schedule,
    /// What fails, and how.
    Faults,
}

impl Source {
    /// All of them, in the order in which a tape holds them.
    pub const ALL: [Self; 4] = [Self::World, Self::People, Self::Schedule, Self::Faults];

    fn word(self) -> &'static str {
        match self {
            Self::World => "world",
            Self::People => "people",
            Self::Schedule => "schedule",
            Self::Faults => "faults",
        }
    }
}

/// A small random source (SplitMix64) for what need not be on the tape.
#[derive(Clone, Debug)]
pub struct Dice(Arc<Mutex<u64>>);

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn roll(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Dice {
    /// Dice that always fall the same way for a seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))))
    }

    /// A number below `n`.
    pub fn below(&self, n: u64) -> u64 {
        self.bits() % n.max(1)
    }
}

impl Entropy for Dice {
    fn bits(&self) -> u64 {
        roll(&mut held(&self.0))
    }
}

#[derive(Debug)]
struct Stream {
    /// Draws that were given beforehand; none if the dice decide.
    given: Option<Vec<u64>>,
    dice: u64,
    drawn: Vec<u64>,
}

/// One stream of decisions. Clones draw from the same one.
#[derive(Clone, Debug)]
pub struct Chance(Arc<Mutex<Stream>>);

impl Chance {
    fn new(seed: u64, source: Source, given: Option<Vec<u64>>) -> Self {
        let dice = seed.wrapping_mul(4).wrapping_add(source as u64 + 1);
        let dice = dice.wrapping_mul(0xD129_0D3E_5E4C_9B3D);
        Self(Arc::new(Mutex::new(Stream { given, dice, drawn: Vec::new() })))
    }

    fn draw(&self, fit: impl Fn(u64) -> u64) -> u64 {
        let mut stream = held(&self.0);
        let stream = &mut *stream;
        let raw = match &stream.given {
            Some(given) => given.get(stream.drawn.len()).copied().unwrap_or(0),
            None => roll(&mut stream.dice),
        };
        let value = fit(raw);
        stream.drawn.push(value);
        value
    }

    /// A number below `n`.
    pub fn below(&self, n: u64) -> u64 {
        self.draw(|raw| raw % n.max(1))
    }

    /// True once in `n` times.
    pub fn once_in(&self, n: u64) -> bool {
        n <= 1 || self.below(n) == n - 1
    }

    /// One of `from`; the first is the harmless one.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        let at = if from.is_empty() { 0 } else { self.below(from.len() as u64) };
        from.get(usize::try_from(at).unwrap_or(usize::MAX))
    }
}

impl Entropy for Chance {
    fn bits(&self) -> u64 {
        self.draw(|raw| raw)
    }
}

/// Where all decisions of one story come from.
#[derive(Clone, Debug)]
pub struct Chances {
    streams: [Chance; 4],
    seed: u64,
    dialect: Dialect,
}

impl Chances {
    /// The decisions of a seed.
    pub fn of_seed(seed: u64, dialect: Dialect) -> Self {
        Self::new(seed, dialect, |_| None)
    }

    /// The decisions on a tape.
    pub fn of_tape(tape: &Tape) -> Self {
        Self::new(tape.seed, tape.dialect, |source| Some(tape.streams[source as usize].clone()))
    }

    fn new(seed: u64, dialect: Dialect, given: impl Fn(Source) -> Option<Vec<u64>>) -> Self {
        let streams = Source::ALL.map(|source| Chance::new(seed, source, given(source)));
        Self { streams, seed, dialect }
    }

    /// One of the streams.
    pub fn from(&self, source: Source) -> Chance {
        self.streams[source as usize].clone()
    }

    /// What has been drawn so far.
    pub fn tape(&self) -> Tape {
        let streams = self.streams.each_ref().map(|chance| held(&chance.0).drawn.clone());
        Tape { seed: self.seed, dialect: self.dialect, streams }
    }

    /// What decides all that is not on the tape: nonces, how long a step takes,
    /// which of two computers goes first.
    pub fn dice(&self) -> Dice {
        Dice::new(self.seed)
    }

    /// The family of the server.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }
}

/// The decisions of one story, to be kept, shown and played again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tape {
    /// What the dice start from.
    pub seed: u64,
    /// The family of the server.
    pub dialect: Dialect,
    /// The draws of each stream, in the order of [`Source::ALL`].
    pub streams: [Vec<u64>; 4],
}

impl Tape {
    /// How many draws it holds that are not the harmless ones, and how many in all.
    pub fn weight(&self) -> (usize, usize) {
        let draws = || self.streams.iter().flatten();
        (draws().filter(|draw| **draw != 0).count(), draws().count())
    }

    /// The same without the zeros at the ends, which need not be written down.
    pub fn trimmed(mut self) -> Self {
        for stream in &mut self.streams {
            let end = stream.iter().rposition(|draw| *draw != 0).map_or(0, |last| last + 1);
            stream.truncate(end);
        }
        self
    }
}

impl Display for Tape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "family {}\nseed {}", word(self.dialect), self.seed)?;
        for (source, stream) in Source::ALL.iter().zip(&self.streams) {
            write!(f, "{}", source.word())?;
            for draw in stream {
                write!(f, " {draw}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// The families, by the words that the command line and the tapes know.
pub const FAMILIES: [(&str, Dialect); 4] = [
    ("nextcloud", Dialect::Nextcloud),
    ("owncloud10", Dialect::OwnCloud10),
    ("ocis", Dialect::Ocis),
    ("plain", Dialect::Plain),
];

/// What the command line and the tapes call a family.
pub fn word(dialect: Dialect) -> &'static str {
    FAMILIES.iter().find(|(_, other)| *other == dialect).map_or("", |(word, _)| word)
}

impl FromStr for Tape {
    type Err = String;

    /// Reads what [`Display`] wrote; lines that begin with `#` are for people.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut tape = Self { seed: 0, dialect: Dialect::Nextcloud, streams: Default::default() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split_whitespace();
            let Some(first) = words.next() else { continue };
            if first == "family" {
                let family = words.next().unwrap_or_default();
                let found = FAMILIES.iter().find(|(word, _)| *word == family);
                tape.dialect = found.ok_or_else(|| format!("no family is called {family}"))?.1;
                continue;
            }
            let numbers: Result<Vec<u64>, _> = words.map(str::parse).collect();
            let numbers = numbers.map_err(|error| format!("{first}: {error}"))?;
            match Source::ALL.into_iter().find(|source| source.word() == first) {
                Some(source) => tape.streams[source as usize] = numbers,
                None if first == "seed" => {
                    tape.seed = *numbers.first().ok_or("a seed is a number")?;
                }
                None => return Err(format!("no line begins with {first}")),
            }
        }
        Ok(tape)
    }
}
