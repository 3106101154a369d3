/** What was done, put together and put into words. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { language } from "../src/lib/language.svelte";
import { begin, fits, isEverything, parse, queryOf } from "../src/views/activity/asked";
import { commonFolder, group, Grouping, type Group } from "../src/views/activity/group";
import { isHere, KINDS, kindOf, subject, what, why } from "../src/views/activity/verbs";
import type { Entry, Verb } from "../src/lib/types";
import { entry } from "./fixtures/base";
import { entries, many } from "./fixtures/activity";
import { DAY, MINUTE, NOW, words } from "./fixtures/words";

beforeEach(() => {
  vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" });
  language.choose("en");
});

const groups = (all: Entry[]) => group(all, NOW).filter((line): line is Group => line.kind === "group");
const told = (one: Group) => [subject(one), what(one), why(one)];

describe("lines", () => {
  test("entries of one batch, verb, side and reason are one line", () => {
    const [one, two] = groups([
      entry({ id: 4, batch: 1, path: "a/b/1.jpg", verb: "fetched", side: "local" }),
      entry({ id: 3, batch: 1, path: "a/2.jpg", verb: "fetched", side: "local" }),
      entry({ id: 2, batch: 1, path: "a/3.jpg", verb: "sent", side: "remote" }),
      entry({ id: 1, batch: 1, path: "a/b/4.jpg", verb: "fetched", side: "local" }),
    ]);
    expect(told(one as Group)).toEqual(["1.jpg and 2 others", "Received from the server", "New on the server"]);
    expect(commonFolder(one?.entries.map(({ path }) => path) ?? [])).toBe("a");
    expect(told(two as Group)).toEqual(["3.jpg", "Sent to the server", "New on this computer"]);
  });

  test("one file that came again and again on a day is one line, with its times", () => {
    const again = (before: number, verb: Verb) =>
      entry({
        id: -before,
        batch: -before,
        at: NOW - before * MINUTE,
        path: "soil.xlsx",
        verb,
        side: "local",
        why: "edited",
      });
    const lines = groups([again(15, "replaced"), again(24, "replaced"), again(30, "fetched")]);
    expect(lines.map(told)).toEqual([["soil.xlsx", "Received from the server, 3 times", "At 14:05, 14:11 and 14:20"]]);
    const often = Array.from({ length: 9 }, (_, n) => again(n * 10, "replaced"));
    expect(why(groups(often)[0] as Group)).toBe("Between 13:15 and 14:35");
  });

  test("days part what was done, and a file of yesterday is not one of today", () => {
    const lines = group([entry({ id: 2, batch: 2, at: NOW }), entry({ id: 1, batch: 1, at: NOW - DAY })], NOW);
    expect(lines.map((line) => (line.kind === "day" ? line.label : "·"))).toEqual(["Today", "·", "Yesterday", "·"]);
  });

  test("what is in the way, and choices, stand by themselves", () => {
    const held = (id: number, path: string) => entry({ id, batch: 1, path, verb: "held", why: null });
    expect(groups([held(2, "a"), held(1, "b"), held(3, "a")])).toHaveLength(3);
  });

  test("page by page, and with what is new at the top, lines are those of all at once", () => {
    const all = [...entries(words("en")), ...many(900)].sort((a, b) => b.at - a.at);
    const grouping = new Grouping();
    for (let to = 7; to < all.length + 100; to += 100)
      expect(grouping.lines(all.slice(3, to), NOW)).toEqual(group(all.slice(3, to), NOW));
    expect(grouping.lines(all, NOW)).toEqual(group(all, NOW));
  });

  test("of one entry more only its day is put together anew", () => {
    const all = many(100_000);
    const grouping = new Grouping();
    const before = grouping.lines(all.slice(1), NOW);
    const after = grouping.lines(all, NOW);
    const same = new Set(before);
    expect(after.filter((line) => line.kind === "group" && !same.has(line)).length).toBeLessThan(300);
  });

  test("a clock that was set back gives a day twice, each with a key of its own", () => {
    const at = [NOW, NOW - DAY, NOW - 60, NOW - 2 * DAY];
    const lines = group(
      at.map((at, n) => entry({ id: 9 - n, batch: 9 - n, at, path: `${n}.txt` })),
      NOW,
    );
    expect(lines.filter((line) => line.kind === "day")).toHaveLength(4);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
  });

  test("each line has a key of its own, and no entry is lost", () => {
    const all = [...entries(words("en")), ...many(500).map((one) => ({ ...one, folder: "/other" }))];
    all.sort((a, b) => b.at - a.at);
    const lines = group(all, NOW);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
    expect(groups(all).flatMap((one) => one.entries)).toHaveLength(all.length);
  });
});

describe("words", () => {
  test("every verb on either side has words in both languages, and a kind to be filtered by", () => {
    const verbs = Object.values(KINDS).flat() as Verb[];
    expect(new Set(verbs).size).toBe(18);
    for (const code of ["en", "fr"]) {
      language.choose(code);
      for (const verb of verbs)
        for (const side of ["local", "remote"] as const) {
          const one = groups([
            entry({ verb, side, copy: "copy.txt", shown_as: "other.txt", from: "from.txt" }),
          ])[0] as Group;
          expect(what(one)).not.toBe("");
          expect(subject(one)).toContain("chapter-3.docx");
          expect(KINDS[kindOf(verb)]).toContain(verb);
        }
    }
  });

  test("every reason is said from the side where it began", () => {
    const because = (reason: string | null, side: Entry["side"]) =>
      why(groups([entry({ why: reason, side })])[0] as Group);
    expect(because("edited", "remote")).toBe("Changed on this computer");
    expect(because("edited", "local")).toBe("Changed on the server");
    expect(because("deselected", "local")).toBe("No longer to be kept here");
    expect(because("a-word-of-tomorrow", "local")).toBeNull();
    expect(because(null, "local")).toBeNull();
    language.choose("fr");
    expect(because("edited", "local")).toBe("Modifié sur le serveur");
  });

  test("what was not done says what the program says of it", () => {
    const failed = entry({ verb: "failed", said: { sentence: "It is too large.", remedy: "4.0 GB are allowed." } });
    expect(told(groups([failed])[0] as Group)).toEqual(["chapter-3.docx", "Not synced", "4.0 GB are allowed."]);
  });

  test("a new name stands beside the old one, a new folder does not change the name", () => {
    const moved = (from: string, path: string) => subject(groups([entry({ verb: "moved", from, path })])[0] as Group);
    expect(moved("a/old.txt", "b/new.txt")).toBe("old.txt → new.txt");
    expect(moved("a/same.txt", "b/same.txt")).toBe("same.txt");
  });

  test("what is gone from here cannot be opened", () => {
    expect(isHere(entry({ verb: "put-aside", side: "local" }))).toBe(false);
    expect(isHere(entry({ verb: "deleted", side: "remote" }))).toBe(false);
    expect(isHere(entry({ verb: "fetched", side: "local" }))).toBe(true);
  });
});

describe("filters", () => {
  test("the address says what is asked for, and nonsense in it nothing", () => {
    expect(parse({ kind: "sent", since: "week", text: "a", folder: "/f" })).toEqual({
      kind: "sent",
      since: "week",
      text: "a",
      folder: "/f",
    });
    expect(isEverything(parse({ kind: "toString", since: "ever" }))).toBe(true);
  });

  test("days begin at midnight here", () => {
    const midnight = Date.UTC(2026, 10, 21, 23) / 1000;
    expect(begin("today", NOW)).toBe(midnight);
    expect(begin("week", NOW)).toBe(midnight - 6 * DAY);
    expect(begin(null, NOW)).toBeNull();
    expect(queryOf(parse({ kind: "left", text: "  " }), "c", 200, NOW)).toEqual({
      folder: null,
      verbs: ["held", "failed"],
      text: null,
      since: null,
      next: "c",
      limit: 200,
    });
  });

  test("what is done now is shown if it is asked for", () => {
    const one = entry({ path: "Reports/May.txt", verb: "sent" });
    expect(fits(one, parse({ text: "may", kind: "sent" }))).toBe(true);
    expect(fits(one, parse({ text: "june" }))).toBe(false);
    expect(fits(one, parse({ kind: "received" }))).toBe(false);
    expect(fits(one, parse({ folder: "/elsewhere" }))).toBe(false);
  });
});
