/**
 * What Attention lists. Several concerns may be one question: the files of a
 * folder that stand here in two versions, the names with one fault, the files
 * with one cause. Pure.
 */
import type { About, Concern } from "../types";

export type Kind = About["kind"];
/** A concern of one kind. */
export type Of<K extends Kind> = Concern & { about: Extract<About, { kind: K }> };

/** One entry of the list. All its concerns are of one kind and one folder. */
export type Question = {
  /** The same for as long as anything of it is open. */
  id: string;
  kind: Kind;
  folder: string;
  account: string;
  /** When the last of them came. */
  since: number;
  concerns: Concern[];
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

/** The word of a cause: causes are words, or objects of a word and what belongs to it. */
export function word(cause: unknown): string {
  if (typeof cause === "string") return cause;
  if (typeof cause === "object" && cause !== null) {
    const [only] = Object.entries(cause);
    if (only) return typeof only[1] === "string" && only[0] === "waits" ? `${only[0]} ${only[1]}` : only[0];
  }
  return "";
}

/** What a concern has in common with those that are one question with it. */
function common({ id, folder, about }: Concern): string {
  switch (about.kind) {
    case "conflict":
      return `conflict\n${folder}`;
    case "name":
      return `name\n${folder}\n${about.side}\n${about.reason}`;
    case "file":
      return `file\n${folder}\n${word(about.cause)}`;
    default:
      return id;
  }
}

export function questions(concerns: Concern[]): Question[] {
  const found = new Map<string, Question>();
  for (const concern of concerns) {
    const id = common(concern);
    const known = found.get(id);
    if (known) {
      known.concerns.push(concern);
      known.since = Math.max(known.since, concern.since);
    } else {
      const { folder, account, since } = concern;
      found.set(id, { id, kind: concern.about.kind, folder, account, since, concerns: [concern] });
    }
  }
  for (const question of found.values()) question.concerns.sort(byPath);
  return [...found.values()].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || b.since - a.since || a.id.localeCompare(b.id),
  );
}

/** The path that a concern is about, if it is about one. */
export function pathOf({ about }: Concern): string | null {
  if (about.kind === "conflict") return about.conflict.path;
  return about.kind === "name" || about.kind === "file" || about.kind === "large" ? about.path : null;
}

function byPath(a: Concern, b: Concern): number {
  return (pathOf(a) ?? "").localeCompare(pathOf(b) ?? "") || a.id.localeCompare(b.id);
}

/** The question that holds a concern: a notification names a concern, not a question. */
export function holding(all: Question[], id: string): Question | null {
  return all.find((question) => question.id === id || question.concerns.some((one) => one.id === id)) ?? null;
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
