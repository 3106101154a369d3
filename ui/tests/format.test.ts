/** Times, sizes and numbers as ui.md 6.5 and 6.6 have them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import * as format from "../src/lib/format";
import { language } from "../src/lib/language.svelte";
import { DAY, GB, HOUR, KB, MB, MINUTE, NOW } from "./fixtures/words";

beforeAll(() => vi.stubGlobal("navigator", { languages: ["en-GB"], platform: "" }));
afterAll(() => vi.unstubAllGlobals());
beforeEach(() => language.choose("en"));

describe("sizes", () => {
  test.each([
    [0, "0 KB", "0 Ko"],
    [1, "1 KB", "1 Ko"],
    [8.4 * KB, "8 KB", "8 Ko"],
    [12.4 * KB, "12.4 KB", "12,4 Ko"],
    [999.4 * KB, "999 KB", "999 Ko"],
    [1000 * KB, "1.0 MB", "1,0 Mo"],
    [1.4 * MB, "1.4 MB", "1,4 Mo"],
    [640 * MB, "640 MB", "640 Mo"],
    [18.2 * GB, "18.2 GB", "18,2 Go"],
    [2000 * GB, "2.0 TB", "2,0 To"],
  ])("%d bytes", (bytes, english, french) => {
    expect(format.size(bytes)).toBe(english.replaceAll(" ", "\u00a0"));
    language.choose("fr");
    expect(format.size(bytes)).toBe(french.replaceAll(" ", "\u00a0"));
  });

  test("a part stands in the unit of the whole", () => {
    expect(format.sizeOf(0.6 * MB, 2 * MB)).toBe("0.6 of 2.0\u00a0MB");
    expect(format.sizeOf(0, 2 * MB)).toBe("0 of 2.0\u00a0MB");
    language.choose("fr");
    expect(format.sizeOf(212 * MB, 640 * MB)).toBe("212 sur 640\u00a0Mo");
  });

  test("a rate, and the exact number", () => {
    expect(format.rate(6.2 * MB)).toBe("6.2\u00a0MB/s");
    language.choose("fr");
    expect(format.exactSize(1_468_006)).toBe("1\u202f468\u202f006\u00a0octets");
  });
});

describe("how long ago", () => {
  test.each([
    [-5, "just now", "à l’instant"],
    [9, "just now", "à l’instant"],
    [29, "20_s ago", "il y a 20_s"],
    [12 * MINUTE, "12_min ago", "il y a 12_min"],
    [3 * HOUR, "at 11:35", "à 11:35"],
    [20 * HOUR, "yesterday at 18:35", "hier à 18:35"],
    [5 * DAY, "on Tuesday", "mardi"],
    [9 * DAY, "on 13 Nov", "le 13 nov."],
    [400 * DAY, "on 18 Oct 2025", "le 18 oct. 2025"],
  ])("%d s", (seconds, english, french) => {
    expect(format.ago(NOW - seconds, NOW)).toBe(english.replaceAll("_", "\u00a0"));
    language.choose("fr");
    expect(format.ago(NOW - seconds, NOW)).toBe(french.replaceAll("_", "\u00a0"));
  });

  test("days by themselves", () => {
    const days = [0, 1, 5, 9].map((days) => format.day(NOW - days * DAY, NOW));
    expect(days).toEqual(["Today", "Yesterday", "Tuesday", "13 Nov"]);
    expect(format.moment(NOW + 25 * MINUTE, NOW)).toBe("15:00");
    expect(format.moment(NOW - DAY, NOW)).toBe("Yesterday 14:35");
    expect(format.day(NOW + DAY, NOW)).toBe("Tomorrow");
  });

  test("the exact time has its zone", () => {
    expect(format.exactTime(NOW)).toMatch(/22 November 2026.*14:35:20.*(CET|GMT\+1)/);
  });
});

test.each([
  [59, "less than a minute", "moins d’une minute"],
  [250, "4_min", "4_min"],
  [10 * MINUTE, "10_min", "10_min"],
  [23 * MINUTE, "25_min", "25_min"],
  [56 * MINUTE, "55_min", "55_min"],
  [58 * MINUTE, "about 1_h", "environ 1_h"],
  [130 * MINUTE, "about 2_h", "environ 2_h"],
])("%d s left", (seconds, english, french) => {
  expect(format.left(seconds)).toBe(english.replaceAll("_", "\u00a0"));
  language.choose("fr");
  expect(format.left(seconds)).toBe(french.replaceAll("_", "\u00a0"));
});

describe("paths", () => {
  test("the middle gives way, the name never", () => {
    expect(format.shorten("/a/b.txt")).toBe("/a/b.txt");
    const long = "/Projects/North/Field data/2026/November/transect-04.tif";
    expect(format.shorten(long, 40)).toBe("/Projects/…/November/transect-04.tif");
    expect(format.shorten(`/x/${"n".repeat(60)}.txt`, 40)).toContain("n".repeat(60));
    expect(format.shorten("C:\\Users\\Marie\\Documents\\Thesis\\chapter 3\\figures.docx", 30)).toMatch(
      /^C:\\.*\\figures\.docx$/,
    );
  });

  test("names, folders and the home", () => {
    expect(format.fileName("north/2026/a.tif")).toBe("a.tif");
    expect(format.folderOf("north/2026/a.tif")).toBe("north/2026");
    expect(format.folderOf("a.tif")).toBe("");
    expect(format.fromHome("/home/marie/Documents")).toBe("~/Documents");
    expect(format.fromHome("/home/marie")).toBe("~");
    expect(format.fromHome("/homes/marie")).toBe("/homes/marie");
  });

  test("initials", () => {
    expect(["Marie Delmas", "marie.delmas@example.org", "mdelmas", ""].map(format.initials)).toEqual([
      "MD",
      "MD",
      "M",
      "?",
    ]);
  });
});

test("numbers as their language writes them", () => {
  expect([format.count(12_345), format.percent(0.804)]).toEqual(["12,345", "80%"]);
  language.choose("fr");
  expect([format.count(12_345), format.percent(0.804)]).toEqual(["12\u202f345", "80\u202f%"]);
});
