import { expect, it } from "vitest";
import { changed } from "../../src/lib/settings/kept";

it("ticks what is not left out any more, and unticks what is from now on", () => {
  expect(changed(["Photos/2019", "/Music/"], ["Music", "Films"])).toEqual({ tick: ["Photos/2019"], untick: ["Films"] });
  expect(changed(["a"], new Set(["a"]))).toEqual({ tick: [], untick: [] });
});
