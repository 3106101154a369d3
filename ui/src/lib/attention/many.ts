/**
 * One rule for many files in two versions: what it keeps of each, shown before
 * it runs. Pure.
 */
import type { Choice, Conflict, Version } from "../types";

export type Rule = "newest" | "mine" | "theirs";
/** What a rule keeps of one file; null: it does not say, and the file stays as it is. */
export type Fate = { conflict: Conflict; keeps: "mine" | "theirs" | null };
export type Tally = { mine: number; theirs: number; open: number };

/** Clocks of two computers may disagree by this many seconds: what is closer is not newer. */
const DOUBT = 120;

/** Which version is newer, if that is certain. */
export function newer({ mine, theirs }: { mine: Version; theirs: Version | null }): "mine" | "theirs" | null {
  if (mine.date === null || theirs?.date == null) return null;
  if (Math.abs(mine.date - theirs.date) < DOUBT) return null;
  return mine.date > theirs.date ? "mine" : "theirs";
}

function keeps(conflict: Conflict, rule: Rule): Fate["keeps"] {
  // The file itself is not here any more: only somebody who looks can tell why.
  if (conflict.theirs === null) return null;
  // Of equal bytes one is as good as the other, whatever their dates.
  if (rule === "newest") return conflict.equal ? "theirs" : newer(conflict);
  return rule;
}

export const fates = (conflicts: Conflict[], rule: Rule): Fate[] =>
  conflicts.map((conflict) => ({ conflict, keeps: keeps(conflict, rule) }));

export function tally(all: Fate[]): Tally {
  const count = (kept: Fate["keeps"]) => all.filter((fate) => fate.keeps === kept).length;
  return { mine: count("mine"), theirs: count("theirs"), open: count(null) };
}

/** What to ask of the program: each choice with its copies, which name a conflict better than its path does. */
export function asked(all: Fate[]): { choice: Choice; paths: string[] }[] {
  return (["mine", "theirs"] as const)
    .map((choice) => ({
      choice,
      paths: all.filter((fate) => fate.keeps === choice).map((fate) => fate.conflict.copy),
    }))
    .filter((one) => one.paths.length > 0);
}
