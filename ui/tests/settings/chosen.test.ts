import { describe, expect, it } from "vitest";
import type { Option, Scope } from "../../src/lib/types";
import { former, isOwn, scopeFrom, scopeWord, stands, valueOf } from "../../src/lib/settings/chosen";

const option = (key: string, value: string, from: Option["from"], levels = ["sync", "account", "folder"]): Option => ({
  key,
  value,
  from,
  forms: "",
  levels,
});

describe("what is chosen", () => {
  const folder: Scope = { kind: "folder", path: "/home/marie/Thesis: two" };
  const options = [
    option("hours", "20:00-06:00", "folder"),
    option("largest", "500 MB", "sync"),
    option("proxy", "system", "usual", ["sync", "account"]),
  ];

  it("goes back to what wider places say if it was not chosen here", () => {
    expect(former(options, "hours", folder)).toBe("20:00-06:00");
    expect(former(options, "largest", folder)).toBe(null);
    expect(former(options, "largest", { kind: "sync" })).toBe("500 MB");
    expect(isOwn(options, "largest", folder)).toBe(false);
  });

  it("can be chosen only where it means something", () => {
    expect(stands(options, "proxy", folder)).toBe(false);
    expect(stands(options, "proxy", { kind: "sync" })).toBe(true);
    expect(stands(options, "reserve", folder)).toBe(false);
    expect(valueOf(options, "reserve")).toBe("");
  });

  it("is for a place that one word names", () => {
    for (const scope of [folder, { kind: "sync" } as const, { kind: "account", name: "w" } as const]) {
      expect(scopeFrom(scopeWord(scope))).toEqual(scope);
    }
  });
});
