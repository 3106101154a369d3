import { expect, test } from "vitest";
import { linesOf, rulesOf } from "../../src/lib/assistant/kinds";

test("rules are what was written, without empty lines, remarks and repetitions", () => {
  expect(linesOf("*.bak\n\n# mine\n  /private/ \n*.bak")).toEqual(["*.bak", "/private/"]);
});

test("one's own rules come after the kinds, so that they decide", () => {
  const rules = rulesOf(new Set(["videos"]), "!keep.mp4");
  expect(rules).toContain("*.mp4");
  expect(rules).toContain("*.MP4");
  expect(rules.at(-1)).toBe("!keep.mp4");
});
