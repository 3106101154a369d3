//! One pass after another until both sides are equal: look, plan, execute,
//! write down. The only file that knows all the parts.

mod comparison;
mod foreseen;
mod gates;
mod ledger;
mod naming;
mod owed;
mod presumed;
mod records;
mod review;
mod rules;
mod run;
mod selection;
mod situation;
mod told;
mod waits;

use crate::clock::Clock as _;
use crate::disk::Disk as _;
use crate::event::Event;
use crate::execute;
use crate::journal::{Health, Journal, JournalFiles};
use std::collections::BTreeSet;

use crate::model::{Change, Choice, NodeId, RelPath, Rows, RuleTexts, Side, WaitReason};
use crate::mutant::{Mutant, broken};
use crate::observe::{self, Memory, Observation};
use crate::plan::{self, Answered, Plan, Situation, Wait};
use crate::report::{EngineError, Preview, Report, SyncOptions};
use crate::server::Server as _;
use crate::world::World;

use ledger::Ledger;
use selection::Choosing;

pub use selection::{Choosable, Leaving, Selection, Tick, Unfulfilled, choosable, without};

/// How often a look is repeated because the rules change meanwhile.
const RULES_TRIES: u32 = 3;

pub use foreseen::{Foreseen, foreseen, unsent};

/// The engine of one pair.
pub struct Engine<W: World> {
    world: W,
    journal: Journal,
    memory: Memory,
    ledger: Ledger,
    /// How much the server bears at once.
    width: execute::Width,
    /// What the settings say is never synced; none if nobody asked them.
    rules: Option<RuleTexts>,
    /// New folders of the server with more bytes wait until somebody is asked.
    confirm_above: Option<u64>,
    /// What somebody has answered to the brake, for the next run alone.
    answered: Answered,
    /// Effects of an interrupted run may stand on the disk without being
    /// durable or in the journal.
    unsettled: bool,
}

/// What a run begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// What the journal knows.
    #[default]
    Continue,
    /// A comparison: somebody has decided that this folder and that storage
    /// belong together, whatever the gates say.
    Anew,
}

/// What one look at both sides showed.
struct Look {
    local: Observation,
    remote: Observation,
    rules: rules::Standing,
}

impl<W: World> Engine<W> {
    /// Opens the journal, makes sure that it belongs to this folder
    /// (amendment 26), and puts right what a crash left in staging (amendment 8).
    pub async fn open(world: W, files: impl JournalFiles + 'static) -> Result<Self, EngineError> {
        Self::opened(world, files, Start::Continue).await
    }

    /// As [`Self::open`], after the user has decided that this folder and that
    /// storage belong together whatever the gates say (amendments 22, 26):
    /// what was agreed before is forgotten, and the next run begins with a
    /// comparison. Nothing is deleted or overwritten for it on either side.
    pub async fn open_anew(
        world: W,
        files: impl JournalFiles + 'static,
    ) -> Result<Self, EngineError> {
        Self::opened(world, files, Start::Anew).await
    }

    async fn opened(
        world: W,
        files: impl JournalFiles + 'static,
        start: Start,
    ) -> Result<Self, EngineError> {
        let (mut journal, health) = Journal::open(files)?;
        if let Health::Restored { damaged } | Health::Lost { damaged } = &health {
            tracing::warn!(%damaged, "the journal was unreadable and was put aside");
        }
        match start {
            Start::Continue => gates::check_marker(&world, &mut journal, &health).await?,
            Start::Anew => gates::start_anew(&world, &mut journal).await?,
        }
        execute::sweep(&world, &mut journal).await?;
        let mut memory = Memory::default();
        memory.wake(&world, journal.rows());
        let unsettled = !matches!(health, Health::New | Health::Clean);
        let (ledger, width) = (Ledger::default(), execute::Width::default());
        Ok(Self {
            world,
            journal,
            memory,
            ledger,
            width,
            rules: None,
            confirm_above: None,
            answered: Answered::default(),
            unsettled,
        })
    }

    /// Makes both sides equal, as far as the rules and the circumstances let
    /// it, and reports. Errors are what stopped the whole run; what concerns
    /// single files is in the report.
    pub async fn sync(&mut self, options: &SyncOptions) -> Result<Report, EngineError> {
        run::sync(self, options).await
    }

    /// Takes what somebody has answered to the brake. It holds until a run has
    /// come to its end.
    pub fn answer(&mut self, answered: Answered) {
        self.answered = answered;
    }

    /// Whether something may have changed on this computer since the last run;
    /// what the disk tells is kept for the next one.
    ///
    /// # Errors
    ///
    /// If the disk cannot be asked.
    pub async fn stirs_here(&mut self) -> Result<bool, EngineError> {
        observe::stirs_here(&self.world, &mut self.memory).await
    }

    /// Whether a run would find that something has changed since the last one,
    /// as far as one question to each side tells; what the disk tells is kept
    /// for that run. A server whose folders do not tell what happens below them
    /// may always have changed.
    ///
    /// # Errors
    ///
    /// If a side cannot be asked.
    pub async fn stirs(&mut self) -> Result<bool, EngineError> {
        Ok(self.stirs_here().await? || self.stirs_there().await?)
    }

    /// The same for the server alone. Whoever stops asking has changed nothing.
    ///
    /// # Errors
    ///
    /// If the server cannot be asked.
    pub async fn stirs_there(&self) -> Result<bool, EngineError> {
        observe::stirs_there(&self.world, self.journal.rows()).await
    }

    /// Looks and plans, and changes nothing on either side.
    pub async fn preview(&mut self, options: &SyncOptions) -> Result<Preview, EngineError> {
        let mut look = self.look().await?;
        let plan = self.plan(&mut look, options);
        let steps = told::planned(self.journal.rows(), &plan);
        let waits = look.waits(self.journal.rows(), &plan);
        let (rows, now) = (self.journal.rows(), self.world.clock().now());
        let items = self.ledger.items(rows, &look.mentions(), &waits, now);
        Ok(Preview { plan, steps, items })
    }

    /// Takes what the settings say. What they say is not to be kept here, and
    /// did not say before, is wished; the next run fulfils it. Nobody asks them
    /// for rules before: then those of the last run hold.
    ///
    /// # Errors
    ///
    /// If the journal cannot be written.
    pub fn heed(&mut self, choice: &Choice) -> Result<(), EngineError> {
        self.heed_rules(&choice.rules);
        self.confirm_above = choice.confirm_above;
        self.choose(|choosing| choosing.heed(&choice.without))
    }

    /// Notes that the settings now say what is applied ([`without`]).
    ///
    /// # Errors
    ///
    /// If the journal cannot be written.
    pub fn heeded(&mut self, without: BTreeSet<RelPath>) -> Result<(), EngineError> {
        self.choose(|choosing| choosing.told(without))
    }

    /// Looks at both sides and returns the folders that can be chosen.
    ///
    /// # Errors
    ///
    /// As those of a run.
    pub async fn choosable(&mut self) -> Result<Vec<Choosable>, EngineError> {
        self.look().await?;
        Ok(choosable(self.journal.rows()))
    }

    /// Looks at both sides and changes what is kept here; the next run carries
    /// it out. Returns what of the wish cannot be fulfilled; if anything, then
    /// nothing is changed.
    ///
    /// Edits that have not been sent yet are best sent before, by a run: they
    /// stay here in any case, but as new files.
    ///
    /// # Errors
    ///
    /// As those of a run.
    pub async fn select(
        &mut self,
        selection: &Selection,
    ) -> Result<Vec<(RelPath, Unfulfilled)>, EngineError> {
        self.look().await?;
        let mut unfulfilled = Vec::new();
        let mut choosing = Choosing::new(self.journal.rows());
        for path in &selection.tick {
            let ticked = choosing.tick(path);
            unfulfilled.extend(ticked.err().map(|why| (path.clone(), why)));
        }
        for path in &selection.untick {
            let unticked = choosing.untick(path, selection.leaving);
            unfulfilled.extend(unticked.err().map(|why| (path.clone(), why)));
        }
        let changes = choosing.changes();
        if unfulfilled.is_empty() {
            self.journal.commit(changes)?;
        }
        Ok(unfulfilled)
    }

    fn choose(&mut self, choice: impl FnOnce(&mut Choosing<'_>)) -> Result<(), EngineError> {
        let mut choosing = Choosing::new(self.journal.rows());
        choice(&mut choosing);
        let changes = choosing.changes();
        Ok(self.journal.commit(changes)?)
    }

    /// What the engine works on.
    pub fn world(&self) -> &W {
        &self.world
    }

    /// What is known of the pair.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Both seams that a change of the put-aside store needs.
    pub fn parts(&mut self) -> (&W, &mut Journal) {
        (&self.world, &mut self.journal)
    }

    /// Ends the work on this pair and marks the journal as properly closed,
    /// unless something may be here that is not durable: the next start then
    /// sees to that, as after a kill.
    pub fn close(self) -> Result<(), EngineError> {
        if self.unsettled && !broken(Mutant::AdoptedUnsettled) {
            return Ok(self.journal.leave()?);
        }
        Ok(self.journal.close()?)
    }

    /// Looks into the trash for what was deleted blindly and not looked at yet.
    async fn look_after_blind_requests(&mut self) -> Result<(), EngineError> {
        let (world, memory) = (&self.world, &self.memory);
        let waiting = |node| memory.is_quarantined(world, node);
        execute::look_after_deletions(world, &mut self.journal, waiting).await?;
        execute::look_after_creations(world, &mut self.journal, waiting).await
    }

    /// Looks at both sides and writes down what they show.
    async fn look(&mut self) -> Result<Look, EngineError> {
        self.world.tell(Event::Looking);
        if self.unsettled && !broken(Mutant::AdoptedUnsettled) {
            // What was cut off before it was durable is about to be adopted:
            // a power cut after that must not look like a deletion (I8).
            self.world.disk().settle().await?;
            self.unsettled = false;
        }
        // The remote look allocates node ids after the local one, so they run
        // one after the other; each is parallel in itself.
        let (mut local, rules) = self.look_here().await?;
        let mut remote =
            observe::observe_remote(&self.world, self.journal.rows(), &mut self.memory).await?;
        gates::check_root(&mut self.journal, remote.root.as_ref())?;
        let fresh = match self.confirm_above {
            Some(_) => selection::fresh(self.journal.rows(), &remote.changes),
            None => BTreeSet::new(),
        };
        let moved = selection::moved_away(self.journal.rows(), &remote.changes);
        self.write(&mut remote)?;
        let above = self.confirm_above.unwrap_or(u64::MAX);
        // RACE: a crash between these two, and a large new folder is fetched
        // unasked, and a file goes on staying away by itself.
        self.choose(|choosing| {
            choosing.want(&moved);
            choosing.prune();
            choosing.meet();
            choosing.come_back();
            choosing.ask_first(&fresh, above);
        })?;
        remote.mentions.extend(selection::questions(self.journal.rows()));
        for node in review::discarded(&self.world, self.journal.rows()).await? {
            local.doubts.entry(node).or_insert(WaitReason::Discarded);
        }
        let files =
            self.journal.rows().remote.values().filter(|row| !row.entry.body.is_dir()).count();
        let folders = self.journal.rows().remote.len() - files;
        let there = (files as u64, folders as u64);
        for (side, (files, folders)) in
            [(Side::Local, (local.files, local.folders)), (Side::Remote, there)]
        {
            self.world.tell(Event::Looked { side, files, folders });
        }
        let names = &self.world.server().profile().names;
        self.ledger.foresee(self.journal.rows(), names);
        local.mentions.extend(rules.mentions.iter().cloned());
        Ok(Look { local, remote, rules })
    }

    /// Looks at this computer, by the rules that hold there: if they have
    /// changed meanwhile, once more.
    async fn look_here(&mut self) -> Result<(Observation, rules::Standing), EngineError> {
        let mut standing = rules::refresh(self).await?;
        for _ in 0..RULES_TRIES {
            let (world, memory) = (&self.world, &mut self.memory);
            let mut local = observe::observe_local(world, self.journal.rows(), memory).await?;
            // A disk that was taken away meanwhile shows nothing, or a mount
            // point: that is nobody's deletion (I7).
            gates::check_still_there(&self.world, &self.journal).await?;
            self.write(&mut local)?;
            standing = rules::refresh(self).await?;
            if !standing.changed {
                return Ok((local, standing));
            }
        }
        // They change all the time: nothing is decided by them.
        standing.resting = true;
        Ok((Observation::default(), standing))
    }

    /// Writes down what was seen; the observation keeps the rest.
    fn write(&mut self, observation: &mut Observation) -> Result<(), EngineError> {
        if !observation.changes.is_empty() {
            let mut changes = std::mem::take(&mut observation.changes);
            // The gates may have written the pair meanwhile: only the fields
            // that observation owns are taken over.
            for change in &mut changes {
                if let Change::Pair(pair) = change {
                    let mut merged = self.journal.rows().pair.clone();
                    merged.next_node = pair.next_node;
                    merged.root_listed.clone_from(&pair.root_listed);
                    merged.walked_at = pair.walked_at;
                    **pair = merged;
                }
            }
            self.journal.commit(changes)?;
        }
        Ok(())
    }

    fn plan(&self, look: &mut Look, options: &SyncOptions) -> Plan {
        let situation = Situation {
            answered: self.answered.clone(),
            ..situation::of(&self.world, self.journal.rows(), look, &self.ledger, options)
        };
        let mut plan = plan::plan(&situation);
        situation::read_what_is_old_enough(&self.world, self.journal.rows(), look, &mut plan);
        situation::read_what_may_have_moved(self.journal.rows(), look, &mut plan);
        rules::before_all(self, &mut look.rules, &mut plan);
        plan
    }
}

impl Look {
    /// All that waits: what the plan left, and every node of which the look is
    /// in doubt, even if its old row hides any difference (a folder that is
    /// perhaps gone still counts as there).
    fn waits(&self, rows: &Rows, plan: &Plan) -> Vec<Wait> {
        let sides = [(Side::Local, &self.local.doubts), (Side::Remote, &self.remote.doubts)];
        let doubts = sides.into_iter().flat_map(|(side, doubts)| {
            doubts.iter().map(move |(&node, &reason)| Wait { node, side: Some(side), reason })
        });
        // What was seen only once, and not taken, has no row: it shows again or is gone.
        let doubts = doubts.filter(|wait| {
            wait.side.is_some_and(|side| rows.entry(side, wait.node).is_some())
                || wait.reason == WaitReason::Quarantined
        });
        let doubts: Vec<Wait> = doubts.collect();
        let doubtful: BTreeSet<NodeId> = doubts.iter().map(|wait| wait.node).collect();
        let planned = plan.waits.iter().filter(|wait| !doubtful.contains(&wait.node));
        doubts.iter().chain(planned).cloned().collect()
    }

    fn mentions(&self) -> Vec<observe::Mention> {
        self.local.mentions.iter().chain(&self.remote.mentions).cloned().collect()
    }
}
