/**
 * Two texts line by line, as two columns that stay level. Pure: the comparing
 * itself is the `diff` package's.
 */
import { diffArrays, diffWordsWithSpace } from "diff";

/** Part of a line; what is `changed` differs from the other side's line. */
export type Piece = { text: string; changed: boolean };
/** One level of both columns. `mine` and `theirs`: only that side has the line. */
export type Row = { kind: "same" | "changed" | "mine" | "theirs"; mine: Piece[] | null; theirs: Piece[] | null };
/** Equal lines that are left out for now, from `at` on. */
export type Fold = { kind: "fold"; at: number; lines: number };
export type Compared = {
  rows: Row[];
  /** How many rows differ. */
  differing: number;
  /** Nothing differs but how lines end, or whether the last one does. */
  onlyEnds: boolean;
  /** The texts have so little in common that no line was matched with another. */
  apart: boolean;
};

/** More differing lines than this are not matched: nobody reads them one by one, and it takes long. */
const MOST = 2000;
/** Lines of which less than this is the same are two lines, not a changed one. */
const ALIKE = 0.3;

const lines = (text: string): string[] => {
  const all = text.split(/\r\n|\n|\r/);
  if (all.at(-1) === "") all.pop();
  return all;
};

const whole = (text: string, changed = false): Piece[] => [{ text, changed }];

/** The pieces of both lines, or null if they are two different lines. */
function pieces(mine: string, theirs: string): [Piece[], Piece[]] | null {
  const parts = diffWordsWithSpace(mine, theirs);
  const kept = parts.reduce((sum, part) => (part.added || part.removed ? sum : sum + part.value.trim().length), 0);
  if (kept < ALIKE * Math.max(mine.trim().length, theirs.trim().length)) return null;
  const of = (left: "added" | "removed"): Piece[] =>
    parts
      .filter((part) => !part[left])
      .map((part) => ({ text: part.value, changed: part.added === true || part.removed === true }));
  return [of("added"), of("removed")];
}

/** Lines that stand in one place, of which nothing is equal. */
function differing(mine: string[], theirs: string[]): Row[] {
  const rows: Row[] = [];
  const onlyTheirs: Row[] = [];
  for (let at = 0; at < Math.max(mine.length, theirs.length); at += 1) {
    const [here, there] = [mine[at], theirs[at]];
    const both = here !== undefined && there !== undefined ? pieces(here, there) : null;
    if (both) {
      rows.push(...onlyTheirs.splice(0), { kind: "changed", mine: both[0], theirs: both[1] });
      continue;
    }
    if (here !== undefined) rows.push({ kind: "mine", mine: whole(here), theirs: null });
    if (there !== undefined) onlyTheirs.push({ kind: "theirs", mine: null, theirs: whole(there) });
  }
  return [...rows, ...onlyTheirs];
}

export function compare(mine: string, theirs: string): Compared {
  const [here, there] = [lines(mine), lines(theirs)];
  const parts = diffArrays(here, there, { maxEditLength: MOST });
  if (!parts) {
    const rows = differing(here, there);
    return { rows, differing: rows.length, onlyEnds: false, apart: true };
  }
  const rows: Row[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const settle = () => {
    rows.push(...differing(gone, come));
    [gone, come] = [[], []];
  };
  for (const part of parts) {
    if (part.removed) gone = part.value;
    else if (part.added) come = part.value;
    else {
      settle();
      rows.push(...part.value.map((text): Row => ({ kind: "same", mine: whole(text), theirs: whole(text) })));
    }
  }
  settle();
  const count = rows.filter((row) => row.kind !== "same").length;
  return { rows, differing: count, onlyEnds: count === 0 && mine !== theirs, apart: false };
}

/** Puts a fold where more than a few equal lines follow one another; `around` of them stay beside what differs. */
export function folded(rows: Row[], open: ReadonlySet<number> = new Set(), around = 3): (Row | Fold)[] {
  const shown: (Row | Fold)[] = [];
  for (let at = 0; at < rows.length;) {
    const row = rows[at]!;
    let end = at;
    while (end < rows.length && rows[end]!.kind === "same") end += 1;
    if (end === at) {
      shown.push(row);
      at += 1;
      continue;
    }
    const first = at === 0 ? at : at + around;
    const last = end === rows.length ? end : end - around;
    if (last - first < 3 || open.has(first)) shown.push(...rows.slice(at, end));
    else
      shown.push(...rows.slice(at, first), { kind: "fold", at: first, lines: last - first }, ...rows.slice(last, end));
    at = end;
  }
  return shown;
}

/** The sign before a line: colour alone would not tell. */
export function sign(row: Row, side: "mine" | "theirs"): "" | "≠" | "+" | "−" {
  if (row.kind === "same") return "";
  if (row.kind === "changed") return "≠";
  return row.kind === side ? "+" : "−";
}
