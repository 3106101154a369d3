import { describe, expect, it } from "vitest";
import { added, fault, meaning, moved, takenBack, without } from "../../src/lib/settings/lines";

describe("lines of rules", () => {
  it("are added once, without blanks around them", () => {
    expect(added(["*.iso"], "  build/ ")).toEqual(["*.iso", "build/"]);
    expect(fault(["*.iso"], " *.iso ")).toBe("there");
    expect(fault([], "   ")).toBe("empty");
    expect(fault(["*.iso"], "*.zip")).toBe(null);
  });

  it("are taken out and moved, and stay within the list", () => {
    const lines = ["a", "b", "c"];
    expect(without(lines, 1)).toEqual(["a", "c"]);
    expect(moved(lines, 1, -1)).toEqual(["b", "a", "c"]);
    expect(moved(lines, 1, 1)).toEqual(["a", "c", "b"]);
    expect(moved(lines, 0, -1)).toBe(lines);
    expect(moved(lines, 2, 1)).toBe(lines);
  });

  it("are taken back without what others have added meanwhile", () => {
    expect(takenBack(["a"], ["a", "b"], ["a", "b", "c"])).toEqual(["a", "c"]);
    expect(takenBack(["a"], ["a", "a"], ["a", "a"])).toEqual(["a"]);
    expect(takenBack(["a"], ["a", "b"], ["a"])).toEqual(["a"]);
  });

  it("have a meaning in plain words", () => {
    expect(["# note", "!keep.log", "build/", "/build/", "a/b", "*.iso"].map(meaning)).toEqual([
      "comment",
      "back",
      "folder",
      "place",
      "place",
      "name",
    ]);
  });
});
