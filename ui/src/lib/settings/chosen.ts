/** What is chosen where: everything, an account, a folder. The nearest counts. Pure. */
import type { Option, Scope } from "../types";

export type Key =
  | "upload_limit"
  | "download_limit"
  | "on_metered"
  | "on_battery"
  | "hours"
  | "reserve"
  | "computer_name"
  | "hidden"
  | "links"
  | "largest"
  | "proxy";

export const valueOf = (options: Option[], key: Key): string => options.find((one) => one.key === key)?.value ?? "";

/** Whether it was chosen right here, and not further out. */
export const isOwn = (options: Option[], key: Key, scope: Scope): boolean =>
  options.find((one) => one.key === key)?.from === scope.kind;

/** Whether it can be chosen here at all. */
export const stands = (options: Option[], key: Key, scope: Scope): boolean =>
  options.find((one) => one.key === key)?.levels.includes(scope.kind) ?? false;

/** What to write to have it again as it is now: null where it was not chosen here. */
export const former = (options: Option[], key: Key, scope: Scope): string | null =>
  isOwn(options, key, scope) ? valueOf(options, key) : null;

/** A scope as one word, for lists to choose from; and back. */
export const scopeWord = (scope: Scope): string => {
  if (scope.kind === "sync") return "sync";
  return scope.kind === "account" ? `account:${scope.name}` : `folder:${scope.path}`;
};

export function scopeFrom(word: string): Scope {
  const at = word.indexOf(":");
  const [kind, rest] = at < 0 ? [word, ""] : [word.slice(0, at), word.slice(at + 1)];
  if (kind === "account") return { kind, name: rest };
  return kind === "folder" ? { kind, path: rest } : { kind: "sync" };
}
