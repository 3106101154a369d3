import { expect, test } from "vitest";
import { keptOf, tickOf, toggled } from "../../src/lib/assistant/ticks";

const children: Record<string, string[]> = {
  "": ["a", "b", "c"],
  b: ["b/x", "b/y", "b/z"],
  "b/y": ["b/y/1", "b/y/2"],
};
const childrenOf = (path: string) => children[path] ?? [];
const left = (...paths: string[]) => new Set(paths);
const click = (without: ReadonlySet<string>, path: string, top = "") =>
  [...toggled(without, top, path, childrenOf)].sort();

test("a folder is kept, partly kept or not, by what is left out in it and above it", () => {
  const without = left("b/x", "c");
  expect(["", "a", "b", "b/x", "b/x/deep", "b/y", "c"].map((path) => tickOf(without, path))).toEqual([
    "part",
    "all",
    "part",
    "none",
    "none",
    "all",
    "none",
  ]);
});

test("a folder whose name begins like another's is not in it", () => {
  expect(tickOf(left("ab"), "a")).toBe("all");
  expect(tickOf(left("a"), "ab")).toBe("all");
});

test("unticking a folder leaves it out, and nothing else that was left out in it", () => {
  expect(click(left(), "b")).toEqual(["b"]);
  expect(click(left("c"), "b")).toEqual(["b", "c"]);
});

test("ticking a folder that is partly kept keeps all of it", () => {
  expect(click(left("b/x", "b/y/1", "c"), "b")).toEqual(["c"]);
});

test("ticking a folder within one that is left out keeps only the way to it", () => {
  expect(click(left("b"), "b/y/1")).toEqual(["b/x", "b/y/2", "b/z"]);
  expect(tickOf(toggled(left("b"), "", "b/y/1", childrenOf), "b/y")).toBe("part");
});

test("the top is never left out itself, only all that is in it", () => {
  expect(click(left(), "")).toEqual(["a", "b", "c"]);
  expect(click(left("a", "b/x"), "")).toEqual([]);
  expect(click(left(), "b", "b")).toEqual(["b/x", "b/y", "b/z"]);
});

test("what is kept is the whole without what is left out, and unknown if a size is missing that matters", () => {
  const sizes: Record<string, number | null> = { b: 61, "b/x": 38.5, c: null };
  const sizeOf = (path: string) => sizes[path] ?? null;
  expect(keptOf(left("b/x"), "b", 61, sizeOf)).toBe(22.5);
  expect(keptOf(left("b"), "b", 61, sizeOf)).toBe(0);
  expect(keptOf(left("b"), "b/x", null, sizeOf)).toBe(0);
  expect(keptOf(left("c"), "", 100, sizeOf)).toBeNull();
  expect(keptOf(left(), "", null, sizeOf)).toBeNull();
});
