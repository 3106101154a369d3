/**
 * What Attention lists: a question is what the program asks, without the files
 * that were settled here a moment ago. Pure.
 */
import type { About, Concern, Conflict, Entry, Misnamed, Part } from "../types";

export type Kind = About["kind"];
/** A concern of one kind. */
export type Of<K extends Kind> = Concern & { about: Extract<About, { kind: K }> };
/** What a question of one kind says of each of its files. */
export type PartOf<K extends Kind> = K extends "conflict"
  ? Conflict
  : K extends "name"
    ? Misnamed
    : K extends "file"
      ? string
      : null;

/** One entry of the list. */
export type Question = {
  id: string;
  kind: Kind;
  folder: string;
  account: string;
  since: number;
  concern: Concern;
  /** How many files it is still about; 0 if it is not about single files. */
  files: number;
  /** Those of them that are known here: some, until all were asked for. */
  parts: Part[];
};

/** What stops everything comes first, what concerns a single file last. */
const ORDER: Kind[] = [
  "sign-in",
  "certificate",
  "stopped",
  "gate",
  "brake",
  "space",
  "disk",
  "large",
  "conflict",
  "name",
  "file",
];

/** The files that a question tells of one by one. */
export function partsOf(about: About): Part[] | null {
  return about.kind === "conflict" || about.kind === "name" || about.kind === "file" ? about.sample : null;
}

export const pathOf = (part: Part): string => (typeof part === "string" ? part : part.path);

/** Names a file within its question. Of one file there may be several copies. */
export const keyOf = (part: Part): string => (typeof part === "string" ? part : "copy" in part ? part.copy : part.path);

/** Names a file of a question among all that can be settled. */
export const idOf = (question: Pick<Question, "id">, part: Part): string => `${question.id}\n${keyOf(part)}`;

/**
 * The questions, without what `isSettled`; `whole` has all files of a question
 * where they were asked for.
 */
export function questions(
  concerns: Concern[],
  isSettled: (id: string) => boolean = () => false,
  whole: (id: string) => Part[] | undefined = () => undefined,
): Question[] {
  const found: Question[] = [];
  for (const concern of concerns) {
    const { id, folder, account, since, about } = concern;
    if (isSettled(id)) continue;
    const sample = partsOf(about);
    const known = sample && (whole(id) ?? sample);
    const parts = known?.filter((part) => !isSettled(idOf({ id }, part))) ?? [];
    const all = sample && "files" in about ? about.files : 0;
    const files = all - ((known?.length ?? 0) - parts.length);
    if (sample && files <= 0) continue;
    found.push({ id, kind: about.kind, folder, account, since, concern, files, parts });
  }
  return found.sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.since - a.since || a.id.localeCompare(b.id),
  );
}

/** The file of a question that is named, by its key or its path; else the first. */
export function partNamed(question: Question, name: string): Part | null {
  const is = (part: Part) => keyOf(part) === name || pathOf(part) === name;
  return question.parts.find(is) ?? question.parts[0] ?? null;
}

/** The question that an entry of the activity led to, if it is still open. */
export function asking(concerns: Concern[], entry: Pick<Entry, "folder" | "path" | "verb">): Concern | null {
  const here = concerns.filter((concern) => concern.folder === entry.folder);
  const told = here.find(({ about }) => partsOf(about)?.some((part) => pathOf(part) === entry.path));
  // Beyond the sample only versions have a question for sure: there is one a folder.
  const beyond = ({ about }: Concern) => about.kind === "conflict" && about.files > about.sample.length;
  return told ?? (entry.verb === "conflict" ? (here.find(beyond) ?? null) : null);
}

/**
 * Where to go once `left` is not there any more: what came after it, else what
 * came before it, else nowhere.
 */
export function following<T extends string>(before: T[], left: T, now: T[]): T | null {
  const at = before.indexOf(left);
  if (at < 0) return now[0] ?? null;
  const after = before.slice(at + 1).find((id) => now.includes(id));
  return after ?? before.slice(0, at).findLast((id) => now.includes(id)) ?? now[0] ?? null;
}
