import { describe, expect, it } from "vitest";
import { beside, keyOf, shown, total } from "../../src/lib/bring-back";
import type { Aside } from "../../src/lib/types";

const aside = (number: number, at: number, place_free: boolean, size = 10): Aside => ({
  folder: "/a",
  number,
  path: `f${number}`,
  size,
  at,
  until: at + 100,
  place_free,
});

describe("what is put aside", () => {
  const all = [aside(1, 50, true), aside(2, 90, false), aside(3, 70, true)];

  it("is listed newest first, by what became of its place", () => {
    expect(shown(all, "all").map((one) => one.number)).toEqual([2, 3, 1]);
    expect(shown(all, "deleted").map((one) => one.number)).toEqual([3, 1]);
    expect(shown(all, "replaced").map((one) => one.number)).toEqual([2]);
  });

  it("is counted", () => {
    expect(total(all)).toEqual({ files: 3, bytes: 30 });
  });

  it("leaves the one beside it when it is brought back", () => {
    const list = shown(all, "all");
    expect(beside(list, keyOf(all[1]!))).toBe(keyOf(all[2]!));
    expect(beside(list, keyOf(all[0]!))).toBe(keyOf(all[2]!));
    expect(beside([all[0]!], keyOf(all[0]!))).toBe(null);
    expect(beside(list, "unknown")).toBe(null);
  });
});
