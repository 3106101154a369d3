import { expect, test } from "vitest";
import { mendedAt, placeOf } from "../../src/lib/settings/sections";

test.each([
  [{}, { section: null, of: null }],
  [{ section: "network" }, { section: "network", of: null }],
  [{ section: "nonsense" }, { section: null, of: null }],
  [{ id: "network" }, { section: "network", of: null }],
  [{ id: "research" }, { section: "accounts", of: "research" }],
  [{ id: "/home/marie/Thesis" }, { section: "folders", of: "/home/marie/Thesis" }],
  [
    { section: "folders", id: "disk" },
    { section: "folders", of: "disk" },
  ],
  [
    { section: "accounts", id: "network" },
    { section: "accounts", of: "network" },
  ],
])("an address leads to its place: %o", (query, place) => {
  expect(placeOf(query as Record<string, string>, ["research"])).toEqual(place);
});

test("a proxy is mended in the settings, a password is not", () => {
  expect(mendedAt("proxy-unreachable")).toEqual({ section: "network", id: "proxy" });
  expect([mendedAt("sign-in"), mendedAt(null)]).toEqual([null, null]);
});
