import { describe, expect, it } from "vitest";
import type { About, Concern } from "../../src/lib/types";
import { following, holding, questions, word } from "../../src/lib/attention/questions";

const said = { sentence: "", remedy: null };
let number = 0;
function concern(about: About, since = 100, folder = "/a"): Concern {
  number += 1;
  return { id: `c${number}`, folder, account: "w", since, said, about };
}
const conflict = (path: string, since?: number, folder?: string) =>
  concern(
    {
      kind: "conflict",
      conflict: {
        path,
        copy: `${path} (conflict)`,
        by: null,
        ours: true,
        equal: false,
        mine: { size: 1, date: 1 },
        theirs: { size: 1, date: 1 },
      },
    },
    since,
    folder,
  );
const file = (path: string, cause: unknown) => concern({ kind: "file", path, side: null, again: null, cause });

describe("questions", () => {
  it("put the versions of a folder together, and those of another by themselves", () => {
    const all = questions([conflict("b.md", 5), conflict("a.md", 9), conflict("c.md", 7, "/other")]);
    expect(all.map((one) => one.concerns.length)).toEqual([2, 1]);
    expect(all[0]?.since).toBe(9);
    expect(all[0]?.concerns.map((one) => one.about.kind === "conflict" && one.about.conflict.path)).toEqual([
      "a.md",
      "b.md",
    ]);
  });

  it("keep their id while some of them are settled", () => {
    const [a, b] = [conflict("a"), conflict("b")];
    expect(questions([a, b])[0]?.id).toBe(questions([b])[0]?.id);
  });

  it("put names with one fault together, and not those with another", () => {
    const name = (path: string, reason: string) =>
      concern({ kind: "name", path, side: "remote", reason, bad: ":", suggestion: "x", other: null });
    const all = questions([name("a", "windows"), name("b", "twin"), name("c", "windows")]);
    expect(all.map((one) => one.concerns.length).sort()).toEqual([1, 2]);
  });

  it("are one a cause, whatever belongs to the cause", () => {
    const all = questions([file("a", "quota"), file("b", "quota"), file("c", { "name-forbidden": { word: "x" } })]);
    expect(all.map((one) => one.concerns.length).sort()).toEqual([1, 2]);
    expect(word({ waits: "brake" })).toBe("waits brake");
    expect(word({ "rule-broken": { line: 3 } })).toBe("rule-broken");
    expect(word(null)).toBe("");
  });

  it("begin with what stops everything, then with what came last", () => {
    const signIn = concern({ kind: "sign-in", account: "w", server: "W", browser: false }, 1);
    const brake = concern(
      {
        kind: "brake",
        side: "remote",
        overwritten: false,
        asked: "1",
        files: 1,
        sample: [],
        of: 2,
        bytes: 1,
        kept_days: null,
        has_trash: false,
      },
      2,
    );
    const all = questions([file("a", "quota"), conflict("a", 900), conflict("b", 950, "/other"), brake, signIn]);
    expect(all.map((one) => [one.kind, one.folder])).toEqual([
      ["sign-in", "/a"],
      ["brake", "/a"],
      ["conflict", "/other"],
      ["conflict", "/a"],
      ["file", "/a"],
    ]);
  });

  it("are found by any concern they hold", () => {
    const [a, b] = [conflict("a"), conflict("b")];
    const all = questions([a, b]);
    expect(holding(all, b.id)).toBe(all[0]);
    expect(holding(all, "nothing")).toBe(null);
  });
});

describe("following", () => {
  it("goes to what came after, else before, else nowhere", () => {
    expect(following(["a", "b", "c"], "b", ["a", "c"])).toBe("c");
    expect(following(["a", "b", "c"], "c", ["a", "b"])).toBe("b");
    expect(following(["a"], "a", [])).toBe(null);
  });

  it("passes over what was settled meanwhile, and takes what is new if nothing else is left", () => {
    expect(following(["a", "b", "c", "d"], "b", ["a", "d"])).toBe("d");
    expect(following(["a"], "a", ["new"])).toBe("new");
    expect(following(["a"], "unknown", ["x", "a"])).toBe("x");
  });
});
