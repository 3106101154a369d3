/** Verbs: which belong together for the filter, and how a line says them. Pure. */
import { fileName, list, time } from "../../lib/format";
import { language } from "../../lib/language.svelte";
import { say } from "../../lib/texts";
import type { Entry, Verb } from "../../lib/types";
import type { Group } from "./group";

export const KINDS = {
  sent: ["sent", "updated"],
  received: ["fetched", "replaced", "came-back"],
  moved: ["moved", "renamed", "shown-as", "folder-made"],
  aside: ["put-aside", "deleted"],
  versions: ["conflict", "kept-mine", "kept-theirs", "kept-both", "undone"],
  left: ["held", "failed"],
} as const satisfies Record<string, Verb[]>;
export type Kind = keyof typeof KINDS;

export const kindOf = (verb: Verb): Kind =>
  (Object.keys(KINDS) as Kind[]).find((kind) => (KINDS[kind] as readonly Verb[]).includes(verb)) ?? "sent";

/** Words by which the program tells why, as those that it uses itself. */
const WHYS = new Set([
  "new",
  "edited",
  "moved",
  "deleted",
  "conflict",
  "clash",
  "in-the-way",
  "restored",
  "unknown",
  "deselected",
]);
const SIDED = new Set(["new", "edited", "moved", "deleted"]);
const CHOICES = new Set<Verb>(["kept-mine", "kept-theirs", "kept-both", "undone"]);
const ON_SIDES = new Set<Verb>(["folder-made", "moved", "renamed", "deleted"]);

const capital = (text: string) => text.charAt(0).toLocaleUpperCase(language.current) + text.slice(1);

/** What was done, and on which side. */
export function what(group: Group): string {
  const first = group.entries[0] as Entry;
  const verb = ON_SIDES.has(first.verb) ? `${first.verb}-${first.side === "local" ? "here" : "there"}` : first.verb;
  const sentence = say(`did-${verb}`);
  const times = group.entries.length;
  return group.burst || times === 1 ? sentence : say("did-times", { sentence, n: times });
}

/** Why, or what came of it: the second line. */
export function why(group: Group): string | null {
  const first = group.entries[0] as Entry;
  if (first.verb === "held" || first.verb === "failed") return first.said.remedy ?? first.said.sentence;
  if (first.verb === "conflict") return say("because-conflict");
  if (first.verb === "shown-as") return say("because-shown-as", { name: fileName(first.shown_as ?? first.path) });
  if (first.verb === "came-back") return say("because-came-back");
  if (CHOICES.has(first.verb)) return say(`because-${first.verb}`, { copy: fileName(first.copy ?? first.path) });
  if (!group.burst && group.entries.length > 1) return at(group.entries);
  return first.why === null || !WHYS.has(first.why) ? null : reason(first.why, first);
}

/** The other side is where it began. */
function reason(why: string, { side }: Entry): string {
  return capital(say(SIDED.has(why) ? `why-${why}-${side === "remote" ? "here" : "there"}` : `why-${why}`));
}

/** “At 14:05, 14:11 and 14:20”, the earliest first; of many the first and the last. */
function at(entries: Entry[]): string {
  const times = entries.map((entry) => time(entry.at)).reverse();
  const all = [...new Set(times)];
  if (all.length > 4) return say("at-from-to", { from: all[0] ?? "", to: all.at(-1) ?? "" });
  return say("at-times", { times: list(all) });
}

/** What the line is about: a file, what it was renamed to, or one of many. */
export function subject(group: Group): string {
  const first = group.entries[0] as Entry;
  const name = fileName(first.path);
  if (group.burst)
    return say("line-and-others", { name, n: new Set(group.entries.map((entry) => entry.path)).size - 1 });
  if ((first.verb === "renamed" || first.verb === "moved") && first.from !== null && fileName(first.from) !== name)
    return `${fileName(first.from)} → ${name}`;
  return name;
}

export const isFolder = ({ verb, side }: Entry) => verb === "folder-made" || (verb === "deleted" && side === "local");

/** Whether there is something here that can be opened. */
export const isHere = ({ verb, side }: Entry) =>
  verb !== "put-aside" && verb !== "deleted" && !(verb === "held" && side === "remote");
