import { describe, expect, it } from "vitest";
import type { About, Concern, Conflict } from "../../src/lib/types";
import { asking, following, idOf, partNamed, questions } from "../../src/lib/attention/questions";

const said = { sentence: "", remedy: null };
function concern(id: string, about: About, since = 100, folder = "/a"): Concern {
  return { id, folder, account: "w", since, said, about };
}
const conflict = (path: string): Conflict => ({
  path,
  copy: `${path} (conflict)`,
  by: null,
  ours: true,
  equal: false,
  mine: { size: 1, date: 1 },
  theirs: { size: 1, date: 1 },
});
const versions = (paths: string[], files = paths.length) =>
  concern("c", { kind: "conflict", files, sample: paths.map(conflict) });
const file = (sample: string[], files = sample.length): Concern =>
  concern("f", { kind: "file", side: null, again: null, cause: "too-large", files, bytes: 0, sample });

describe("questions", () => {
  it("are what the program asks, with the files that it tells", () => {
    const [one] = questions([versions(["a", "b"], 50)]);
    expect([one?.id, one?.files, one?.parts.length]).toEqual(["c", 50, 2]);
  });

  it("have all files once these were asked for", () => {
    const all = Array.from({ length: 50 }, (_, at) => `${at}`);
    const [one] = questions(
      [file(["0", "1"], 60)],
      () => false,
      () => all,
    );
    expect([one?.files, one?.parts.length]).toEqual([60, 50]);
  });

  it("are without what was settled, and gone with their last file", () => {
    const gone = new Set([idOf({ id: "f" }, "a")]);
    const settled = (id: string) => gone.has(id);
    expect(questions([file(["a", "b"])], settled)[0]).toMatchObject({ files: 1, parts: ["b"] });
    gone.add(idOf({ id: "f" }, "b"));
    expect(questions([file(["a", "b"])], settled)).toEqual([]);
    // Those that are not known here are still there.
    expect(questions([file(["a", "b"], 9)], settled)[0]).toMatchObject({ files: 7, parts: [] });
    gone.add("f");
    expect(questions([file(["a", "b"], 9)], settled)).toEqual([]);
  });

  it("begin with what stops everything, then with what came last", () => {
    const signIn = concern("s", { kind: "sign-in", account: "w", server: "W", browser: false }, 1);
    const room = concern("r", { kind: "space", files: 3, bytes: 1, free: null }, 2);
    const other = { ...versions(["b"]), id: "o", since: 950, folder: "/other" };
    const all = questions([file(["a"]), versions(["a"]), other, room, signIn]);
    expect(all.map((one) => one.id)).toEqual(["s", "r", "o", "c", "f"]);
    expect(all[1]?.files).toBe(0);
  });

  it("open the file that is named, by its path or its copy, else the first", () => {
    const [one] = questions([versions(["a", "b"])]);
    if (!one) throw new Error("there is one");
    expect(partNamed(one, "b")).toBe(one.parts[1]);
    expect(partNamed(one, "b (conflict)")).toBe(one.parts[1]);
    expect(partNamed(one, "gone")).toBe(one.parts[0]);
  });

  it("are found by an entry of the activity", () => {
    const all = [file(["a"], 9), versions(["b"], 9)];
    const found = (path: string, verb: "conflict" | "held", folder = "/a") =>
      asking(all, { folder, path, verb })?.id ?? null;
    expect([found("a", "held"), found("b", "conflict"), found("z", "conflict")]).toEqual(["f", "c", "c"]);
    expect([found("z", "held"), found("b", "conflict", "/other")]).toEqual([null, null]);
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
