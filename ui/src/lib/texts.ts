/**
 * All that people read: the messages of Project Fluent that the program speaks
 * with, too. A language is a folder of `src/text`; nothing else lists them.
 */
import { FluentBundle, FluentResource, type Message } from "@fluent/bundle";
import { language } from "./language.svelte";

export type Args = Record<string, string | number>;

/** A message with its parts: bold sentence, the rest, and up to two buttons. */
export type Words = { title: string; body: string | null; action: string | null; other: string | null };

const files = import.meta.glob<string>("../../../src/text/*/*.ftl", { query: "?raw", import: "default", eager: true });

const bundles = new Map<string, FluentBundle>();
for (const [path, text] of Object.entries(files)) {
  const code = path.split("/").at(-2) ?? "en";
  const bundle = bundles.get(code) ?? new FluentBundle(code, { useIsolating: false });
  bundles.set(code, bundle);
  const wrong = bundle.addResource(new FluentResource(text));
  if (wrong.length > 0 && import.meta.env.DEV) throw new Error(`${path}: ${wrong.join(", ")}`);
}

/** The languages that there are. */
export const languages: readonly string[] = [...bundles.keys()].sort();
language.offer([...languages]);

/** What is not there is a mistake that tests see; people get the English words. */
function missing(what: string): void {
  if (import.meta.env.DEV || import.meta.env.MODE === "test") throw new Error(`Texts: ${what}`);
}

function find(id: string): { bundle: FluentBundle; message: Message } | null {
  const code = language.current;
  for (const bundle of [bundles.get(code), bundles.get("en")]) {
    const message = bundle?.getMessage(id);
    if (bundle && message) return { bundle, message };
    missing(`there is no “${id}” in ${code}`);
  }
  return null;
}

function format(id: string, part: string | null, args?: Args): string | null {
  const found = find(id);
  const pattern = part === null ? found?.message.value : found?.message.attributes[part];
  if (!found || !pattern) return null;
  const wrong: Error[] = [];
  const text = found.bundle.formatPattern(pattern, args ?? null, wrong);
  if (wrong.length > 0) missing(`${id}: ${wrong.map((error) => error.message).join(", ")}`);
  return text;
}

/** A message, or with a point an attribute of one: `say("close-once.action")`. */
export function say(id: string, args?: Args): string {
  const [name = id, part = null] = id.split(".");
  const text = format(name, part, args);
  if (text === null) missing(`“${id}” has no words`);
  return text ?? id;
}

/** A message with all of its parts. */
export function said(id: string, args?: Args): Words {
  return {
    title: say(id, args),
    body: format(id, "body", args),
    action: format(id, "action", args),
    other: format(id, "other", args),
  };
}

/** The name of a language in itself, with a capital. */
export function languageName(code: string): string {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
