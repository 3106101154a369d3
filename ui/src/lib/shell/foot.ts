/** The state at the foot of the side bar: a word, and the one fact that matters with it. */
import { ago, left, moment } from "../format";
import { stateOf } from "../state";
import { say } from "../texts";
import type { Overview, Standing } from "../types";

export function foot(overview: Overview, standings: Standing[], now: number): { word: string; more: string | null } {
  const word =
    overview.mood === "needs-you" ? say("mood-needs-you", { n: overview.needing }) : say(`mood-${overview.mood}`);
  return { word, more: more(overview, standings, now) };
}

function more(overview: Overview, standings: Standing[], now: number): string | null {
  switch (overview.mood) {
    case "syncing":
      return overview.time_left === null ? null : say("foot-left", { left: left(overview.time_left) });
    case "paused":
      return overview.until === null ? null : say("foot-until", { time: moment(overview.until, now) });
    case "offline":
    case "stopped": {
      const since = standings
        .filter((standing) => standing.state === (overview.mood === "stopped" ? "stopped" : "hindered"))
        .map((standing) => standing.since);
      return since.length === 0 ? null : say("foot-since", { time: moment(Math.min(...since), now) });
    }
    case "up-to-date": {
      // The one that was looked at longest ago: for all of them it is true.
      const checked = standings.map((standing) => standing.checked);
      if (checked.length === 0 || checked.includes(null)) return null;
      return say("foot-checked", { ago: ago(Math.min(...(checked as number[])), now) });
    }
    case "needs-you":
      return standings.some((standing) => !["needs-you", "stopped"].includes(stateOf(standing)))
        ? say("foot-rest")
        : null;
    default:
      return null;
  }
}
