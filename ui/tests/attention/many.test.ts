import { describe, expect, it } from "vitest";
import type { Conflict } from "../../src/lib/types";
import { asked, fates, newer, tally } from "../../src/lib/attention/many";

const conflict = (path: string, mine: number | null, theirs: number | null | undefined, equal = false): Conflict => ({
  path,
  copy: `${path} (conflict)`,
  by: null,
  ours: true,
  equal,
  mine: { size: 1, date: mine },
  theirs: theirs === undefined ? null : { size: 1, date: theirs },
});

describe("a rule for many", () => {
  const all = [
    conflict("mine", 1000, 100),
    conflict("theirs", 100, 1000),
    conflict("close", 1000, 1060),
    conflict("undated", null, 1000),
    conflict("gone", 1000, undefined),
    conflict("equal", 1000, 1000, true),
  ];

  it("keeps the newest where that is certain, and leaves the rest as it is", () => {
    const found = fates(all, "newest");
    expect(found.map((fate) => fate.keeps)).toEqual(["mine", "theirs", null, null, null, "theirs"]);
    expect(tally(found)).toEqual({ mine: 1, theirs: 2, open: 3 });
  });

  it("keeps one side’s wherever both are there", () => {
    expect(tally(fates(all, "mine"))).toEqual({ mine: 5, theirs: 0, open: 1 });
    expect(tally(fates(all, "theirs"))).toEqual({ mine: 0, theirs: 5, open: 1 });
  });

  it("asks once for each choice that it makes, and names copies", () => {
    expect(asked(fates(all, "newest"))).toEqual([
      { choice: "mine", paths: ["mine (conflict)"] },
      { choice: "theirs", paths: ["theirs (conflict)", "equal (conflict)"] },
    ]);
    expect(asked(fates([conflict("close", 1, 2)], "newest"))).toEqual([]);
  });

  it("calls nothing newer that clocks may have made so", () => {
    expect(newer(conflict("x", 1119, 1000))).toBe(null);
    expect(newer(conflict("x", 1120, 1000))).toBe("mine");
  });
});
