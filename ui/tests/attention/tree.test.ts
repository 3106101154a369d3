import { describe, expect, it } from "vitest";
import { everyFolder, seen, tree } from "../../src/lib/attention/tree";

const shown = (paths: string[], open: string[] = []) =>
  seen(tree(paths), new Set(open)).map((row) =>
    row.kind === "folder" ? `${row.level} ${row.name}/ ${row.files}` : `${row.level} ${row.name}`,
  );

describe("a tree of paths", () => {
  const paths = ["north/2025/a.csv", "north/2025/b.csv", "north/2026-11/c.csv", "shared/d.pdf", "readme.md"];

  it("shows the uppermost folders with all that is below, then files", () => {
    expect(shown(paths)).toEqual(["1 north/ 3", "1 shared/ 1", "1 readme.md"]);
  });

  it("shows what is in the folders that are open", () => {
    expect(shown(paths, ["north", "north/2025"])).toEqual([
      "1 north/ 3",
      "2 2025/ 2",
      "3 a.csv",
      "3 b.csv",
      "2 2026-11/ 1",
      "1 shared/ 1",
      "1 readme.md",
    ]);
  });

  it("counts numbers in names as people do", () => {
    expect(shown(["scan 10.tif", "scan 9.tif"])).toEqual(["1 scan 9.tif", "1 scan 10.tif"]);
  });

  it("knows all its folders, and holds many files", () => {
    expect(everyFolder(tree(paths)).sort()).toEqual(["north", "north/2025", "north/2026-11", "shared"]);
    const many = Array.from({ length: 100_000 }, (_, at) => `a/b${at % 100}/c${at}.txt`);
    expect(tree(many).files).toBe(100_000);
  });
});
