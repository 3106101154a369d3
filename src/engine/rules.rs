//! Which rules hold: what the settings say, and the file `.navetteignore` as it
//! stands on this computer.
//!
//! They hold for both sides alike, and are in the journal, so that a look always
//! knows by which rules the rows were written. When they change, both sides are
//! looked at from the root: what is ignored now is forgotten on both (never
//! deleted, amendment 30), and what is not any more is compared as at a first
//! sync.

use std::collections::{BTreeMap, BTreeSet};

use crate::disk::{Disk as _, FileType};
use crate::event::Cause;
use crate::model::{
    Change, Name, NodeId, PairState, RULES_FILE, RelPath, RuleTexts, Rules, Side, WaitReason,
    is_rules_copy,
};
use crate::mutant::{Mutant, broken};
use crate::observe::Mention;
use crate::plan::{Op, Plan, Step, Wait};
use crate::report::EngineError;
use crate::world::World;

use super::{Engine, owed};

/// How the rules stand in a look.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing {
    /// The file was changed a moment ago: perhaps it is just being saved. The
    /// rules of before hold, and nothing is decided by them.
    pub(super) resting: bool,
    /// They come before all else: what is planned is not all that differs.
    pub(super) first: bool,
    /// They are others than at the last look.
    pub(super) changed: bool,
    /// What a user should know of.
    pub(super) mentions: Vec<Mention>,
}

/// Takes the rules as they are now.
pub(super) async fn refresh<W: World>(engine: &mut Engine<W>) -> Result<Standing, EngineError> {
    let mut standing = Standing::default();
    let before = engine.journal.rows().pair.chosen.rules.clone();
    let mut now = engine.rules.clone().unwrap_or_else(|| before.texts().clone());
    now.file = read(engine, RULES_FILE, &before.texts().file, &mut standing).await?;
    now.copies = Vec::new();
    for copy in copies(engine) {
        // Made by us a moment ago, it was written some time before.
        now.copies.push(read(engine, &copy, "", &mut standing).await?);
    }
    if standing.resting {
        now.file.clone_from(&before.texts().file);
        now.copies.clone_from(&before.texts().copies);
    }
    let rules = Rules::from(now);
    standing.mentions.extend(not_understood(&rules));
    if rules == *before {
        return Ok(standing);
    }
    // What is left out from now on is forgotten, and with it where it was.
    owed::look_first(&engine.world, &mut engine.journal).await?;
    standing.changed = true;
    let mut pair = engine.journal.rows().pair.clone();
    pair.chosen.rules = std::sync::Arc::new(rules);
    // All folders are looked at again: what was not seen before has no rows.
    let pair = PairState { walked_at: None, root_listed: None, ..pair };
    engine.journal.commit(vec![Change::Pair(Box::new(pair))])?;
    engine.memory.forget_here();
    Ok(standing)
}

/// Conflict copies of the file that stand beside it.
fn copies<W: World>(engine: &Engine<W>) -> BTreeSet<String> {
    let rows = engine.journal.rows().local.values();
    let top = rows.filter(|row| row.entry.place.parent.is_root() && !row.entry.body.is_dir());
    let names = top.map(|row| row.entry.place.name.as_str().to_owned());
    names.filter(|name| is_rules_copy(name)).collect()
}

/// Reads a file with rules. `before` holds while it cannot be read, and while it
/// is not certain that it is gone.
async fn read<W: World>(
    engine: &Engine<W>,
    name: &str,
    before: &str,
    standing: &mut Standing,
) -> Result<String, EngineError> {
    let (disk, path) = (engine.world.disk(), RelPath::parse(name).unwrap_or_default());
    let stat = match disk.stat(&path).await {
        Ok(Some(stat)) if stat.file_type == FileType::File => stat,
        Ok(None) if node(engine, Side::Local).is_some() => return Ok(before.to_owned()),
        Ok(_) => return Ok(String::new()),
        Err(error) => {
            tracing::warn!(%error, "the rules cannot be looked at");
            return Ok(before.to_owned());
        }
    };
    let bytes = disk.read_small(&path).await.ok().flatten();
    let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
        let cause = Cause::RulesUnreadable;
        standing.mentions.push(Mention { path: name.to_owned(), cause, blocks: true });
        return Ok(before.to_owned());
    };
    if text != before {
        let age = disk.volume_time().await?.saturating_sub(stat.seen.mtime);
        let racy = i64::try_from(engine.world.timing().racy.as_nanos()).unwrap_or(i64::MAX);
        // A date in the future says nothing about lately.
        standing.resting |= age.abs() < racy && !broken(Mutant::YoungRulesHold);
    }
    Ok(text)
}

/// Lines of the file that cannot be understood.
fn not_understood(rules: &Rules) -> impl Iterator<Item = Mention> {
    let broken = rules.broken().into_iter();
    broken.map(|(_, line, why)| Mention {
        path: RULES_FILE.to_owned(),
        cause: Cause::RuleBroken { line, why },
        blocks: false,
    })
}

/// The file's node on a side.
fn node<W: World>(engine: &Engine<W>, side: Side) -> Option<NodeId> {
    let rows = engine.journal.rows();
    let name = Name::new(RULES_FILE).ok()?;
    let is_it =
        |entry: &crate::model::Entry| entry.place.parent.is_root() && entry.place.name == name;
    match side {
        Side::Local => rows.local.iter().find(|(_, row)| is_it(&row.entry)).map(|(&it, _)| it),
        Side::Remote => rows.remote.iter().find(|(_, row)| is_it(&row.entry)).map(|(&it, _)| it),
    }
}

/// The file first: as long as a plan changes it on this computer, or must read
/// what the server has of it, nothing else is done, for it would be done by
/// rules that hold no more. While it rests, nothing is.
pub(super) fn before_all<W: World>(engine: &Engine<W>, standing: &mut Standing, plan: &mut Plan) {
    if standing.resting {
        standing.first = true;
        plan.steps.clear();
        plan.records.clear();
        let node = node(engine, Side::Local);
        let reason = WaitReason::Quiet;
        plan.waits.extend(node.map(|node| Wait { node, side: Some(Side::Local), reason }));
        return;
    }
    if broken(Mutant::RulesNotFirst) {
        return;
    }
    let nodes = [Side::Local, Side::Remote].map(|side| node(engine, side));
    let is_it = |step: &Step| nodes.contains(&Some(step.op.node()));
    let changes_here = |step: &Step| {
        is_it(step) && (step.op.side() == Some(Side::Local) || matches!(step.op, Op::Read { .. }))
    };
    if plan.steps.iter().any(changes_here) && plan.steps.iter().any(|step| !is_it(step)) {
        standing.first = true;
        plan.steps = only(std::mem::take(&mut plan.steps), is_it);
    }
}

/// Those steps, and what must be done before them.
fn only(steps: Vec<Step>, wanted: impl Fn(&Step) -> bool) -> Vec<Step> {
    let mut kept: BTreeSet<usize> = (0..steps.len()).filter(|&at| wanted(&steps[at])).collect();
    // Each step comes after those that it names.
    for at in (0..steps.len()).rev() {
        if kept.contains(&at) {
            kept.extend(&steps[at].after);
        }
    }
    let places: BTreeMap<usize, usize> =
        kept.iter().enumerate().map(|(new, &old)| (old, new)).collect();
    let all = steps.into_iter().enumerate().filter(|(at, _)| kept.contains(at));
    all.map(|(_, mut step)| {
        step.after = step.after.iter().filter_map(|at| places.get(at).copied()).collect();
        step
    })
    .collect()
}

impl<W: World> Engine<W> {
    /// Takes what the settings say is never synced; the next look follows it.
    pub(super) fn heed_rules(&mut self, texts: &RuleTexts) {
        self.rules = Some(texts.clone());
    }
}
