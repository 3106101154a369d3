//! Rules that can be broken on purpose, to prove that the tests notice.
//!
//! Each mutant is a line or two somewhere in the program. Without the feature
//! `mutants`, which nothing but that proof turns on, [`broken`] is constant and
//! the compiler drops every trace of it. With it one mutant at a time is alive,
//! on one thread: all that an engine in memory does is done on its own.

/// Lists the mutants, each with what it breaks.
macro_rules! mutants {
    ($($part:ident { $(#[doc = $what:literal] $name:ident,)* })*) => {
        /// Something that is left out or done wrongly.
        #[cfg_attr(
            not(feature = "mutants"),
            allow(unreachable_pub, reason = "public with the feature")
        )]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Mutant {
            $($(#[doc = $what] $name,)*)*
        }

        /// What a mutant is about.
        #[cfg(feature = "mutants")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Part {
            $(#[doc = concat!(stringify!($part), ".")] $part,)*
        }

        #[cfg(feature = "mutants")]
        impl Mutant {
            /// All of them, part by part.
            pub const ALL: &[Self] = &[$($(Self::$name,)*)*];

            /// What it is about, and what it breaks.
            pub fn about(self) -> (Part, &'static str) {
                match self {
                    $($(Self::$name => (Part::$part, $what),)*)*
                }
            }
        }
    };
}

mutants! {
    Rules {
        /// A deletion here is carried out though there was an edit there.
        DeleteBeatsEdit,
        /// A deletion here is carried out though nobody has read what came there.
        DeletesUnread,
        /// Folders moved into each other are left so.
        NoLoopUndo,
        /// A dead folder dies though something in it lives.
        NoSkeleton,
        /// Of two edits the server's replaces the local one.
        NoSplit,
        /// Two nodes with one name are left so.
        NoClashRename,
        /// New files of both sides at one place are one, whatever they hold.
        UnequalUnite,
        /// A parked node counts as renamed by the user.
        ParkedIsRename,
        /// Nothing is parked to open a ring of occupied places.
        NoParking,
        /// Steps do not wait for those that make them possible.
        StepsWithoutOrder,
        /// Where both sides moved, this computer wins.
        TiesToLocal,
        /// Base takes the server's value though this computer shows another.
        BaseWithoutAgreement,
        /// What the account may not do is tried all the same.
        RightsIgnored,
        /// Names that this disk takes for one get no alias.
        NoAliases,
        /// What was taken away because it is not kept here is deleted there.
        HiddenIsDeleted,
        /// What is not kept here only by a move that the server does not show yet is taken away.
        HiddenBeforeItMoved,
        /// Equal bytes deleted on both sides are deleted, though it may be a move.
        MissedMovesGo,
    }
    Gates {
        /// No number of deletions is too many.
        NoBrake,
        /// What was deleted in earlier runs does not count.
        BrakeForgets,
        /// On a server without folder etags one look proves an absence.
        OneLookOnPlain,
        /// A server that is suddenly empty is believed at once.
        EmptyServerBelieved,
        /// What is not listed is gone, without asking at its old path.
        AbsenceUnasked,
        /// The server may change during a look.
        TornListingBelieved,
        /// What has just vanished here is gone at once.
        GoneAtOnce,
        /// A look lasts no time: what happens in its midst lies in the future.
        LookLastsNoTime,
        /// What cannot be read here is gone.
        UnreadableIsGone,
        /// What a rule leaves out from now on is gone there.
        IgnoredIsGoneThere,
        /// What is never synced goes with its folder on the server.
        IgnoredGoesToo,
        /// What only looks equal goes with a folder that is not kept here any more.
        PresumedLeaves,
        /// Rules that are perhaps just being saved hold at once.
        YoungRulesHold,
        /// What rules on their way here leave out is fetched all the same.
        RulesNotFirst,
        /// A share that vanishes is deleted here.
        VanishedShareIsGone,
        /// A folder that could not be listed is forgotten.
        UnlistedForgotten,
        /// Any root on the server is the one that was agreed with.
        RootUnchecked,
        /// A server that was set back to a backup is believed.
        RestoredServerBelieved,
        /// Another device's folder is taken.
        ForeignMarkerTaken,
        /// An empty folder without a marker is the one that was synced.
        EmptyFolderBelieved,
        /// A folder or journal that was restored is believed.
        NonceUnchecked,
        /// A journal that was lost or is older than the folder is believed.
        OldJournalTrusted,
        /// After the loss of the journal, what was deleted there is sent again.
        DiscardedSentAgain,
        /// A gate forgets what was agreed before the looks that are owed.
        OwedForgotten,
    }
    Guards {
        /// A local file is as it was observed if its id is the same.
        ExpectByInode,
        /// What came out of an exchange is not looked at.
        ExchangeUnproved,
        /// What was renamed is not looked at.
        RenameUnproved,
        /// An overwrite names no version.
        NoIfMatch,
        /// A creation is not refused where something stands.
        NoIfNoneMatch,
        /// A move replaces what stands at its target.
        MoveOverwrites,
        /// Where a request carries no condition, nobody looks before it.
        NoLookBefore,
        /// A folder is deleted there without a look at what is in it.
        FolderGoesUnlooked,
        /// The length of what was fetched is not held against the listing.
        LengthUnproved,
        /// The checksum of what was fetched is not held against the server's.
        SumUnproved,
        /// A zip is not held against a listing made after it.
        ZipUnproved,
        /// What a move carried along counts as known.
        MoveCarriesUnread,
        /// What a listing leaves out has come by a request for many files.
        UnlistedIsOurs,
    }
    Durability {
        /// A fetched file is shown before its bytes are durable.
        FileNotSynced,
        /// Rows are committed before their folders are durable.
        FolderNotSynced,
        /// Rows are committed though their folders could not be made durable.
        UnsyncedCommitted,
        /// What is asked of the server is not written down before.
        IntentLate,
        /// What cannot be refused is asked for before its intent is durable.
        BarrierOmitted,
        /// What the journal is asked to make durable is only committed.
        JournalAsync,
        /// What is deleted there is unlinked here.
        NotPutAside,
        /// Staging is not swept after a crash.
        SweepOmitted,
        /// What came out of an exchange before a crash counts as the server's.
        SwapPurged,
        /// What a killed run left is adopted before it is durable.
        AdoptedUnsettled,
    }
    Dialects {
        /// A version whose date is that of its arrival counts as settled.
        RacyBelieved,
        /// A racy version is not read again when its folder changes.
        RacyNotReadAgain,
        /// An etag alone names a version.
        EtagAlone,
        /// A torn overwrite of our own is somebody's edit.
        TornIsEdit,
        /// Checksums are believed where nobody has verified them.
        ChecksumBelieved,
        /// After a request without an answer the next one is sent at once.
        NoQuarantine,
        /// A new process does not wait for requests of the one before.
        WakesTrusting,
        /// What was asked for and is deleted here meanwhile comes back.
        LateLandingIgnored,
        /// What was deleted under no condition is not looked at in the trash.
        TrashUnlooked,
        /// What is being deleted may change its rows.
        DeletionThaws,
        /// What a creation may have overwritten is not looked up.
        OverwrittenUnlooked,
        /// That a look for it is due is forgotten.
        CreationForgotten,
        /// Uploads to one place have one name, whatever the bytes.
        UploadNameReused,
        /// A chunk's number stands for two parts of a file.
        ChunkNumberReused,
        /// An id without a birth time is the same file.
        ReusedIdTrusted,
        /// Equal length and date prove equal bytes.
        PresumedIsProved,
        /// A file that lost its answer is presumed to have arrived.
        SentIsPresumed,
        /// What is parked on the server is not known again.
        ParkedUnknown,
    }
}

#[cfg(feature = "mutants")]
mod switch {
    use std::cell::Cell;

    use crate::mutant::Mutant;

    thread_local! {
        static ALIVE: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    impl Mutant {
        /// Runs `check` while this one is alive, on this thread.
        pub fn while_alive<T>(self, check: impl FnOnce() -> T) -> T {
            /// Ends it even if the check panics.
            struct Before(Option<Mutant>);
            impl Drop for Before {
                fn drop(&mut self) {
                    ALIVE.set(self.0);
                }
            }
            let _before = Before(ALIVE.replace(Some(self)));
            check()
        }
    }

    pub(crate) fn broken(mutant: Mutant) -> bool {
        ALIVE.get() == Some(mutant)
    }
}

#[cfg(feature = "mutants")]
pub(crate) use switch::broken;

/// Whether what `mutant` breaks is broken.
#[cfg(not(feature = "mutants"))]
pub(crate) const fn broken(_mutant: Mutant) -> bool {
    false
}
