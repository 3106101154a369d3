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

export function group(entries: Entry[], now: number): Line[] {
  const lines: Line[] = [];
  let begin = Infinity;
  let end = -Infinity;
  /** Of the day that is being put together: by batch, and by file. */
  let batches = new Map<string, Group>();
  let files = new Map<string, Group>();
  for (const entry of entries) {
    if (entry.at < begin || entry.at >= end) {
      begin = midnight(entry.at);
      end = midnight(entry.at, 1);
      batches = new Map();
      files = new Map();
      lines.push({ kind: "day", key: `day ${begin}`, label: day(entry.at, now) });
    }
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
