import { describe, expect, it } from "vitest";
import { compare, folded, sign, type Row } from "../../src/lib/attention/compare";

const text = (pieces: Row["mine"]) => pieces?.map((one) => (one.changed ? `[${one.text}]` : one.text)).join("") ?? null;
const shown = (mine: string, theirs: string) =>
  compare(mine, theirs).rows.map((row) => [sign(row, "mine"), text(row.mine), sign(row, "theirs"), text(row.theirs)]);

describe("compare", () => {
  it("marks the words of a changed line, and the line that only one side has", () => {
    expect(
      shown("We took 48 cores, 30 cm deep,\nalong.\nCores were frozen.\n", "We took 46 cores, 30 cm deep,\nalong.\n"),
    ).toEqual([
      ["≠", "We took [48] cores, 30 cm deep,", "≠", "We took [46] cores, 30 cm deep,"],
      ["", "along.", "", "along."],
      ["+", "Cores were frozen.", "−", null],
    ]);
  });

  it("does not call two different lines one changed line", () => {
    expect(shown("entirely\n", "other words\n")).toEqual([
      ["+", "entirely", "−", null],
      ["−", null, "+", "other words"],
    ]);
  });

  it("keeps the order of lines on both sides", () => {
    const { rows } = compare("a 1 x y\nzzz\nb 2 x y\n", "a 9 x y\nqqq qqq\nb 8 x y\n");
    expect(rows.flatMap((row) => text(row.theirs) ?? [])).toEqual(["a [9] x y", "qqq qqq", "b [8] x y"]);
    expect(rows.flatMap((row) => text(row.mine) ?? [])).toEqual(["a [1] x y", "zzz", "b [2] x y"]);
  });

  it("says when only the ends of lines differ", () => {
    const compared = compare("a\r\nb\r\n", "a\nb");
    expect([compared.differing, compared.onlyEnds]).toEqual([0, true]);
    expect(compare("a\n", "a\n").onlyEnds).toBe(false);
  });

  it("shows an empty text beside a full one", () => {
    expect(shown("", "one\n")).toEqual([["−", null, "+", "one"]]);
  });

  it("does not match texts that have too little in common", () => {
    const many = (word: string) => Array.from({ length: 1500 }, (_, at) => `${word}${at}`).join("\n");
    const compared = compare(many("a"), many("b"));
    expect(compared.apart).toBe(true);
    expect(compared.differing).toBe(3000);
  });
});

describe("folded", () => {
  const equal = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`).join("\n");

  it("leaves three equal lines beside what differs, and folds the rest", () => {
    const { rows } = compare(`${equal(10)}\nmine\n${equal(10)}`, `${equal(10)}\n${equal(10)}`);
    const kinds = folded(rows).map((row) => (row.kind === "fold" ? row.lines : row.kind));
    expect(kinds).toEqual([7, "same", "same", "same", "mine", "same", "same", "same", 7]);
  });

  it("opens the fold that somebody asks for", () => {
    const { rows } = compare(`${equal(10)}\nmine`, equal(10));
    const [fold] = folded(rows);
    expect(fold?.kind).toBe("fold");
    expect(folded(rows, new Set([fold?.kind === "fold" ? fold.at : -1]))).toEqual(rows);
  });

  it("does not fold two lines", () => {
    const { rows } = compare(`${equal(5)}\nmine`, equal(5));
    expect(folded(rows)).toEqual(rows);
  });
});
