/** How questions and versions are called. */
import { longDate, moment, size, time } from "../format";
import { language } from "../language.svelte";
import { model } from "../model";
import { say } from "../texts";
import type { About, Conflict, Version } from "../types";
import { nameOf } from "./names";
import { pathOf, type Of, type PartOf, type Question } from "./questions";

/** The gates that the window knows; others have the program's own sentence. */
export const GATES = ["folder-missing", "marker-missing", "foreign-marker", "remote-root-changed", "remote-restored"];

/** What people call a folder: the last part of its path, in either way of writing it. */
export const folderName = (folder: string): string => folder.split(/[/\\]/).findLast((part) => part !== "") ?? folder;

/** What people call the server of an account. */
export const serverName = (account: string): string => model.account(account)?.title ?? account;

/** What happened, and where: it happened on the side opposite to the one that would follow. */
export const brakeWord = ({ side, overwritten }: Extract<About, { kind: "brake" }>) =>
  `${overwritten ? "changed" : "brake"}-${side === "remote" ? "here" : "there"}` as const;

/** The bold line of the list. */
export function title(question: Question): string {
  const { about } = question.concern;
  switch (about.kind) {
    case "brake":
      return say(`attention-line-${brakeWord(about)}`, { n: about.files });
    case "gate":
      return say(GATES.includes(about.gate) ? `attention-line-${about.gate}` : "attention-line-gate");
    case "file":
      return say("attention-line-file", { n: question.files });
    default:
      return say(`attention-line-${question.kind}`);
  }
}

/** The line below it: what it is about. */
export function subject(question: Question): string {
  const { about } = question.concern;
  const [first] = question.parts;
  if (first !== undefined) {
    const [name, others] = [nameOf(pathOf(first)), question.files - 1];
    return others === 0 ? name : say("attention-and-others", { name, n: others });
  }
  if (about.kind === "large") return nameOf(about.path);
  if (about.kind === "sign-in") return about.server;
  if (about.kind === "certificate") return about.host;
  return question.kind === "space" ? serverName(question.account) : folderName(question.folder);
}

/** “Since 09:14”, “since 21 November”: what comes behind it. */
export function sinceWhen(at: number): string {
  const isToday = new Date(at * 1000).toDateString() === new Date(model.now * 1000).toDateString();
  return isToday ? time(at) : say("attention-day", { date: longDate(at, model.now) });
}

/** What a name may not hold: “?” and “:”, or a word. */
export function unfit(bad: string): string {
  const signs = /^[^\p{L}\p{N}]+$/u.test(bad) ? [...new Set(bad.replace(/\s/g, "") || bad)] : [bad];
  const quoted = signs.map((sign) => say("attention-quoted", { text: sign }));
  return new Intl.ListFormat(language.current, { type: "conjunction" }).format(quoted);
}

/** Whose the version of the copy is: this computer's, another's, or nobody knows. */
export function copyTitle(conflict: Conflict): string {
  if (conflict.ours) return say("attention-here");
  return conflict.by ? say("attention-copy-of", { by: conflict.by }) : say("attention-copy-unknown");
}

export function keepCopy(conflict: Conflict): string {
  if (conflict.ours) return say("two-keep-mine");
  return conflict.by ? say("attention-keep-copy", { by: conflict.by }) : say("attention-keep-unknown");
}

export function versionLine({ size: bytes, date }: Version): string {
  const when = date === null ? say("attention-undated") : moment(date);
  return bytes === null ? when : say("attention-version", { when, size: size(bytes) });
}

/** For how long the program keeps what is put aside. */
export const KEPT_DAYS = 30;
export const keptUntil = (): number => Math.floor(Date.now() / 1000) + KEPT_DAYS * 86_400;

/** What was settled (questions, or files of one by their `idOf`), how to say so, how to take it back. */
export type Settle = (ids: string[], sentence: string, undo?: () => Promise<unknown>) => void;

/** What a detail is given. */
export type Detail<K extends Question["kind"]> = {
  question: Question;
  concern: Of<K>;
  /** The file of it that is looked at; null if it is not about single files. */
  part: PartOf<K>;
  settle: Settle;
};
