/** The words: whatever the window says is there, in both languages, with what it takes. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { language, pick } from "../src/lib/language.svelte";
import { languages, said, say } from "../src/lib/texts";

beforeEach(() => language.choose("en"));

const root = join(import.meta.dirname, "..");
const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(svelte|ts)$/.test(path))
    .map((path) => join(root, folder, path));

const read = (code: string, file: string) => readFileSync(join(root, "../src/text", code, file), "utf8");
const ids = (text: string) => [...text.matchAll(/^([a-z][\w-]*) =/gm)].map((match) => match[1] as string);

test("every language has every message of the window, and each but once", () => {
  const english = ids(read("en", "window.ftl"));
  expect(english.length).toBeGreaterThan(50);
  expect(new Set(english).size).toBe(english.length);
  for (const code of languages) expect(ids(read(code, "window.ftl"))).toEqual(english);
});

test("no message that stands literally in the code is missing in any language", () => {
  const used = sources("src").flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/\bsa(?:y|id)\(\s*"([\w.-]+)"/g)].map((match) => match[1] as string),
  );
  expect(used.length).toBeGreaterThan(40);
  for (const code of languages) {
    const all = readdirSync(join(root, "../src/text", code)).map((file) => read(code, file));
    const known = new Set(all.flatMap(ids));
    const lacking = [...new Set(used)].filter((id) => !known.has(id.split(".")[0] as string));
    expect(lacking, code).toEqual([]);
  }
});

test("no message of the window is unused", () => {
  const code = sources("src")
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  // Ids that are put together: their beginning stands before a `${`.
  const begun = [...code.matchAll(/`([a-z][\w-]*-)\$\{/g)].map((match) => match[1] as string);
  const unused = ids(read("en", "window.ftl")).filter(
    (id) => !new RegExp(`["\`]${id}(\\.\\w+)?["\`]`).test(code) && !begun.some((beginning) => id.startsWith(beginning)),
  );
  expect(unused).toEqual([]);
});

test("a message that is not there is a mistake", () => {
  expect(() => say("nobody-says-this")).toThrow("nobody-says-this");
  expect(() => say("foot-left")).toThrow("left");
});

test("a message comes with its parts, and counts as its language does", () => {
  expect(said("state-offline", { time: "09:14", n: 6 })).toEqual({
    title: "Offline since 09:14",
    body: "Your files are all here. Waiting to be sent: 6 changes.",
    action: "Try now",
    other: null,
  });
  language.choose("fr");
  expect(say("files", { n: 0 })).toBe("0 fichier");
  expect(say("files", { n: 12_345 })).toBe("12\u202f345 fichiers");
});

test("of the languages of the system the first that there is, is spoken", () => {
  expect(pick(["de-DE", "fr-CA", "en"], ["en", "fr"])).toBe("fr");
  expect(pick(["de"], ["en", "fr"])).toBe("en");
  vi.stubGlobal("navigator", { languages: ["fr-FR"], platform: "" });
  language.choose("system");
  language.offer([...languages]);
  expect(language.current).toBe("fr");
  // The program knows it better than the frame around the window.
  language.choose("system", "en");
  expect(language.current).toBe("en");
  language.choose("fr", "en");
  expect(language.current).toBe("fr");
  vi.unstubAllGlobals();
});

test("French keeps its spaces and its apostrophes", () => {
  const wrong = read("fr", "window.ftl")
    .split("\n")
    .filter((line) => / = |\[|\*\[|^ {4}\./.test(line) && !line.startsWith("#"))
    .filter(
      (line) =>
        / [;!?%»]|[^\u00a0\d] ?:(?=\s)|« |'|\S[!?;](?!\w)/.test(line.replace(/^[^=[]*[=\]]/, "")) &&
        !/[\u00a0]:|\u202f[;!?%]/.test(line),
    );
  expect(wrong).toEqual([]);
});
