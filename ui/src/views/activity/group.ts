/** Entries of what was done, put together so that one deed is one line. Pure. */
import { day, midnight } from "../../lib/format";
import type { Entry, Verb } from "../../lib/types";

/** What belongs together, newest first: many files of one deed, or one file many times. */
export type Group = { kind: "group"; key: string; entries: Entry[]; burst: boolean };
export type Heading = { kind: "day"; key: string; label: string };
export type Line = Group | Heading;

const deed = (entry: Entry) => [entry.folder, entry.verb, entry.side, entry.why].join("\u0000");
/** A new file and a new version of it are said in the same words. */
const SAME: Partial<Record<Verb, Verb>> = { updated: "sent", replaced: "fetched" };
const file = ({ folder, path, verb, side }: Entry) => [folder, path, SAME[verb] ?? verb, side].join("\u0000");

/** Choices and what is in the way have words of their own for each file. */
const SINGLE = new Set<Verb>(["held", "failed", "conflict", "kept-mine", "kept-theirs", "kept-both", "undone"]);

/** Names an entry for as long as it is shown, also where it could not be kept. */
export const keyOf = (entry: Entry) => `${entry.folder} ${entry.id ?? `${entry.at} ${entry.path} ${entry.verb}`}`;

/** The lines of one day: by batch, and by file. */
function ofDay(entries: Entry[]): Group[] {
  const lines: Group[] = [];
  const batches = new Map<string, Group>();
  const files = new Map<string, Group>();
  for (const entry of entries) {
    const single = SINGLE.has(entry.verb);
    const batch = single || entry.batch === null ? null : `${entry.batch}\u0000${deed(entry)}`;
    const again = single ? undefined : files.get(file(entry));
    const into = (batch === null ? undefined : batches.get(batch)) ?? (again?.burst ? undefined : again);
    if (into) {
      into.burst ||= into.entries[0]?.path !== entry.path;
      into.entries.push(entry);
      continue;
    }
    const fresh: Group = { kind: "group", key: keyOf(entry), entries: [entry], burst: false };
    lines.push(fresh);
    if (batch !== null) batches.set(batch, fresh);
    files.set(file(entry), fresh);
  }
  return lines;
}

type Day = { begin: number; first: Entry; last: Entry; count: number; groups: Group[] };

/**
 * Puts entries together, day by day, and remembers each day: of a page more, or
 * of one entry more at the top, only that day is put together anew.
 */
export class Grouping {
  #days: Day[] = [];

  lines(entries: Entry[], now: number): Line[] {
    const known = new Map(this.#days.map((day) => [day.begin, day]));
    const days: Day[] = [];
    const lines: Line[] = [];
    for (let from = 0; from < entries.length;) {
      const first = entries[from] as Entry;
      const begin = midnight(first.at);
      const end = midnight(first.at, 1);
      let to = from + 1;
      while (to < entries.length && (entries[to] as Entry).at >= begin && (entries[to] as Entry).at < end) to += 1;
      const last = entries[to - 1] as Entry;
      const before = known.get(begin);
      const same = before?.first === first && before.last === last && before.count === to - from;
      const groups = same ? before.groups : ofDay(entries.slice(from, to));
      days.push({ begin, first, last, count: to - from, groups });
      lines.push({ kind: "day", key: `day ${keyOf(first)}`, label: day(first.at, now) });
      for (const group of groups) lines.push(group);
      from = to;
    }
    this.#days = days;
    return lines;
  }
}

export const group = (entries: Entry[], now: number): Line[] => new Grouping().lines(entries, now);

/** The folder that all of these are in, below the synced one. */
export function commonFolder(paths: string[]): string {
  const all = paths.map((path) => path.split("/").slice(0, -1));
  const first = all[0] ?? [];
  let length = first.length;
  for (const parts of all) {
    let same = 0;
    while (same < length && parts[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, length).join("/");
}
