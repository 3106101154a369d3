//! What people in the stories keep from, because SPEC.md says that it does not
//! hold yet.

use super::*;

impl Stage {
    /// Bytes that somebody may write at `path` on the server, as far as `tells`
    /// lets them.
    ///
    /// A plain server does not say which version a PUT has made: another one of
    /// equal length, of the same moment, counts as ours (SPEC.md, *What is
    /// known not to hold yet*).
    pub(crate) fn token_there(&self, path: &str, tells: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let here = self.shown_at(path);
        let fits = |bytes: &[u8]| tells(bytes) && !here.contains(&bytes.len());
        let first = self.token();
        if fits(&first) {
            return first;
        }
        // The other length; a tape that has ended would never draw it.
        let number = self.tokens.get() + 1;
        self.tokens.set(number);
        let short = format!("t{number:03}");
        let other = if first.len() == short.len() { format!("{short}-long") } else { short };
        if fits(other.as_bytes()) {
            return other.into_bytes();
        }
        // A length that nothing else has, or ever had.
        let mut last = format!("{other}er").into_bytes();
        while self.oracle.borrow().knows_length(last.len()) {
            last.push(b'r');
        }
        last
    }

    /// The lengths that computers show at `path`, or of what is there wherever
    /// they show it, if the server is a plain one: there little but its length
    /// tells a file from another.
    pub(crate) fn shown_at(&self, path: &str) -> Vec<usize> {
        if self.plot.dialect != Dialect::Plain {
            return Vec::new();
        }
        let there = oracle::there(&self.cloud).remove(path).flatten();
        let shown = self.computers.iter().flat_map(oracle::here);
        let same = shown.filter(|(at, bytes)| at == path || bytes.is_some() && *bytes == there);
        same.filter_map(|(_, bytes)| Some(bytes?.len())).collect()
    }

    /// Whether what comes to `path` on the server now might be overwritten for
    /// good: oCIS cannot refuse a creation, nor can Nextcloud one of many files
    /// (protocol.md 0.2, 4.7). It is undone, unless the request lands when
    /// nobody waits for it any more.
    pub(crate) fn races(&self, path: &str) -> bool {
        let here = || self.is_here(path);
        let late = self.creates_blindly() && self.wire.late.load(Ordering::Relaxed);
        (late || self.may_forget_a_creation()) && here()
    }

    /// A path as the server spells it.
    pub(crate) fn spelled_there(&self, path: &str) -> String {
        match self.plot.dialect.ways().composes_names {
            true => path.replace("e\u{301}", "\u{e9}"),
            false => path.to_owned(),
        }
    }

    /// Whether some computer shows something at `path`, in a spelling that the
    /// server takes for this one.
    pub(crate) fn is_here(&self, path: &str) -> bool {
        let shown = self.computers.iter().flat_map(oracle::here);
        shown.into_iter().any(|(at, _)| self.spelled_there(&at) == path)
    }

    /// Whether some computer shows a file with these bytes at `path`.
    pub(crate) fn shows(&self, path: &str, bytes: &[u8]) -> bool {
        let shown = |world| oracle::here(world).remove(path).flatten();
        self.computers.iter().any(|world| shown(world).is_some_and(|here| here == bytes))
    }

    fn creates_blindly(&self) -> bool {
        matches!(self.plot.dialect, Dialect::Ocis | Dialect::Nextcloud)
    }

    /// Whether the note that a blind creation is to be looked at may be lost:
    /// with the journal, or on oCIS in a power cut, for one by one they are
    /// written down without a sync of their own.
    pub(crate) fn may_forget_a_creation(&self) -> bool {
        let power = self.plot.power && self.plot.crashes > 0;
        let forgotten = self.plot.dialect == Dialect::Ocis && power;
        let forgets = |disaster: &Disaster| match self.plot.trusts_gates {
            // Where a gate forgets what was agreed, the look comes first.
            true => disaster.loses_notes(),
            false => true,
        };
        let lost = self.plot.disasters.iter().any(forgets);
        let away = !self.plot.trusts_gates
            && self.plot.crashes + self.plot.faults > 0
            && self.plot.mishaps.contains(&Mishap::Unmounted);
        self.creates_blindly() && (forgotten || lost || away)
    }

    /// Of two versions of one second the server keeps one.
    pub(crate) fn keeps_one_of_a_second(&self) -> bool {
        self.plot.dialect == Dialect::Nextcloud
    }

    /// The trash tells apart versions of one length; where it does not, one of
    /// the very moment of a deletion stays in it.
    pub(crate) fn trash_tells_all(&self) -> bool {
        matches!(self.plot.dialect, Dialect::OwnCloud10 | Dialect::Plain)
    }
}
