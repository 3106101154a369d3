import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { besides, fault, folderOf, lately, nameOf, renamings, stem } from "../../src/lib/attention/names";

describe("names", () => {
  it("stand in their folder", () => {
    expect([nameOf("a/b/c.txt"), folderOf("a/b/c.txt"), besides("a/b/c.txt", "d.txt")]).toEqual([
      "c.txt",
      "a/b",
      "a/b/d.txt",
    ]);
    expect([nameOf("c.txt"), folderOf("c.txt"), besides("c.txt", "d.txt")]).toEqual(["c.txt", "", "d.txt"]);
  });

  it("have faults that nobody has to be asked about", () => {
    expect(fault("a/b?.txt", "  ")).toBe("empty");
    expect(fault("a/b?.txt", "c/d.txt")).toBe("slash");
    expect(fault("a/b?.txt", "b?.txt")).toBe("same");
    expect(fault("a/b?.txt", "b.txt")).toBe(null);
  });

  it("are selected without their extension", () => {
    expect([stem("what.next.docx"), stem(".hidden"), stem("plain")]).toEqual([9, 7, 5]);
  });

  it("say when two would be called the same", () => {
    const all = renamings([
      { path: "x/Why?.md", suggestion: "Why.md" },
      { path: "x/why:.md", suggestion: "why.md" },
      { path: "y/Why?.md", suggestion: "Why.md" },
    ]);
    expect(all.map((one) => one.taken)).toEqual([true, true, false]);
  });
});

describe("asking while somebody types", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("asks once it is quiet", async () => {
    const ask = vi.fn(async (text: string) => text.length);
    const heard: [number, string][] = [];
    const check = lately(
      ask,
      (answer, question) => heard.push([answer, question]),
      () => {},
    );
    check.ask("a");
    check.ask("ab");
    await vi.advanceTimersByTimeAsync(249);
    expect(ask).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ask.mock.calls).toEqual([["ab"]]);
    expect(heard).toEqual([[2, "ab"]]);
  });

  it("does not hear an answer that was overtaken, nor one after the end", async () => {
    const answers: ((text: string) => void)[] = [];
    const heard: string[] = [];
    const check = lately(
      (_: string) => new Promise<string>((done) => answers.push(done)),
      (a) => heard.push(a),
      () => {},
      0,
    );
    check.ask("first");
    await vi.advanceTimersByTimeAsync(0);
    check.ask("second");
    await vi.advanceTimersByTimeAsync(0);
    answers[1]?.("to the second");
    answers[0]?.("to the first");
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["to the second"]);
    check.ask("third");
    check.drop();
    await vi.advanceTimersByTimeAsync(10);
    expect(answers.length).toBe(2);
  });
});
