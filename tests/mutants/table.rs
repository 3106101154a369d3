//! The table of mutants: what each breaks, who noticed, and after how long.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use navette::mutant::Mutant;

use crate::killers::Killed;
use crate::memory::{Place, name};

/// The table as people read it.
pub(crate) fn of(killed: &BTreeMap<Mutant, Killed>) -> String {
    let mut table = String::new();
    let mut last = None;
    for (&mutant, one) in killed {
        let (part, _) = mutant.about();
        if last.replace(part) != Some(part) {
            let _ = writeln!(table, "\n{part:?}");
        }
        let _ = writeln!(table, "{}", line(mutant, one));
    }
    let dead = killed.values().filter(|one| one.is_dead()).count();
    let told = killed.values().filter_map(|one| one.story.as_ref()).map(|story| story.at.told);
    let (stories, most) = (told.clone().count(), told.max().unwrap_or_default());
    let cases = killed.values().filter(|one| one.cases.is_some()).count();
    let _ = writeln!(
        table,
        "\n{} mutants, {dead} killed: {cases} by cases of the planner, {stories} by stories \
         (the most patient one after {most}), the others by scenes.",
        killed.len(),
    );
    table
}

/// One mutant.
pub(crate) fn line(mutant: Mutant, one: &Killed) -> String {
    let (_, what) = mutant.about();
    let mark = if one.is_dead() { ' ' } else { '!' };
    let mut line = format!("{mark} {:22} {:78} {}", name(mutant), what.trim(), by(one));
    if !one.complaint.is_empty() {
        let complaint: String = one.complaint.chars().take(60).collect();
        let _ = write!(line, "  ({complaint})");
    }
    line
}

/// Who noticed.
fn by(one: &Killed) -> String {
    let mut by = Vec::new();
    by.extend(one.cases.map(|cases| format!("{cases} cases")));
    by.extend(one.story.as_ref().map(|story| {
        let Place { family, seed, told } = story.at;
        let news = if story.is_news { ", found anew" } else { "" };
        format!("story {seed} of {family}, after {told}{news}")
    }));
    by.extend(one.scenes.iter().map(|(scene, failed)| match failed {
        true => format!("scene “{scene}”"),
        false => format!("NOT by scene “{scene}”"),
    }));
    if by.is_empty() { "NOBODY".to_owned() } else { by.join("; ") }
}
