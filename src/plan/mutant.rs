//! Rules that can be broken on purpose, to prove that the tests notice.
//!
//! Without the feature `mutants`, which nothing but that proof turns on,
//! [`broken`] is constant and the compiler drops every trace of it.

/// A rule of the planner that is left out.
#[cfg_attr(not(feature = "mutants"), allow(unreachable_pub, reason = "public with the feature"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// A delete here is carried out though there was an edit there.
    DeleteBeatsEdit,
    /// Folders moved into each other are left so.
    NoLoopUndo,
    /// A dead folder dies though something in it lives.
    NoSkeleton,
    /// Of two edits the server's replaces the local one.
    NoSplit,
    /// Two nodes with one name are left so.
    NoClashRename,
    /// A parked node counts as renamed by the user.
    ParkedIsRename,
    /// Where both sides moved, this computer wins.
    TiesToLocal,
    /// Base takes the server's value though this computer shows another.
    BaseWithoutAgreement,
}

#[cfg(feature = "mutants")]
mod switch {
    use std::cell::Cell;

    use super::Mutant;

    thread_local! {
        static BROKEN: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    impl Mutant {
        /// All of them.
        pub const ALL: [Self; 8] = [
            Self::DeleteBeatsEdit,
            Self::NoLoopUndo,
            Self::NoSkeleton,
            Self::NoSplit,
            Self::NoClashRename,
            Self::ParkedIsRename,
            Self::TiesToLocal,
            Self::BaseWithoutAgreement,
        ];

        /// Runs `check` with this rule left out, on this thread.
        pub fn while_broken<T>(self, check: impl FnOnce() -> T) -> T {
            let before = BROKEN.replace(Some(self));
            let result = check();
            BROKEN.set(before);
            result
        }
    }

    pub(in crate::plan) fn broken(rule: Mutant) -> bool {
        BROKEN.get() == Some(rule)
    }
}

#[cfg(feature = "mutants")]
pub(super) use switch::broken;

/// Whether `rule` is left out.
#[cfg(not(feature = "mutants"))]
pub(super) const fn broken(_rule: Mutant) -> bool {
    false
}
