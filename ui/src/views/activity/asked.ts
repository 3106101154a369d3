/** What the filters ask for: kept in the address of the view. Pure. */
import type { ActivityQuery, Entry } from "../../lib/types";
import { KINDS, type Kind } from "./verbs";

export const SINCE = ["today", "week", "month"] as const;
export type Since = (typeof SINCE)[number];
export type Asked = { kind: Kind | null; folder: string | null; since: Since | null; text: string };

export const parse = (query: Record<string, string>): Asked => ({
  kind: query["kind"] !== undefined && Object.hasOwn(KINDS, query["kind"]) ? (query["kind"] as Kind) : null,
  folder: query["folder"] ?? null,
  since: SINCE.find((since) => since === query["since"]) ?? null,
  text: query["text"] ?? "",
});

export const isEverything = (asked: Asked) =>
  asked.kind === null && asked.folder === null && asked.since === null && asked.text.trim() === "";

export function begin(since: Since | null, now: number): number | null {
  if (since === null) return null;
  const date = new Date(now * 1000);
  const days = { today: 0, week: 6, month: 29 }[since];
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days).getTime() / 1000;
}

export const queryOf = (asked: Asked, next: string | null, limit: number, now: number): ActivityQuery => ({
  folder: asked.folder,
  verbs: asked.kind === null ? [] : [...KINDS[asked.kind]],
  text: asked.text.trim() === "" ? null : asked.text.trim(),
  since: begin(asked.since, now),
  next,
  limit,
});

/** Whether something that is done now belongs to what is asked for. */
export function fits(entry: Entry, asked: Asked): boolean {
  const text = asked.text.trim().toLocaleLowerCase();
  return (
    (asked.folder === null || asked.folder === entry.folder) &&
    (asked.kind === null || (KINDS[asked.kind] as readonly string[]).includes(entry.verb)) &&
    (text === "" || entry.path.toLocaleLowerCase().includes(text))
  );
}
