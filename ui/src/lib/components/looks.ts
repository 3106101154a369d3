/** How each state looks and is called, in all places: glyph, colour, word. */
import type { Overview, PairState } from "../types";

export type Look = "ok" | "syncing" | "checking" | "paused" | "needs-you" | "offline" | "stopped" | "empty";
export type Tone = "ok" | "accent" | "quiet" | "warn" | "stop";

export const TONES: Record<Look, Tone> = {
  ok: "ok",
  syncing: "accent",
  checking: "accent",
  paused: "quiet",
  "needs-you": "warn",
  offline: "quiet",
  stopped: "stop",
  empty: "quiet",
};

export const ofMood = (mood: Overview["mood"]): Look => (mood === "up-to-date" ? "ok" : mood);

const OF_STATE: Record<PairState, Look> = {
  starting: "checking",
  checking: "checking",
  syncing: "syncing",
  "up-to-date": "ok",
  waiting: "offline",
  "needs-you": "needs-you",
  paused: "paused",
  hindered: "offline",
  stopped: "stopped",
};

export const ofState = (state: PairState): Look => OF_STATE[state];
