/** What those who listen are told: the state on a change and at most every 30 s, and what newly needs them, once. */
import { announcer, model } from "../model";
import { say } from "../texts";
import type { Concern, Overview } from "../types";

const SECONDS = 30;

/** Says what is new; `at` is in seconds. Pure but for what it remembers. */
export class Listener {
  #mood: Overview["mood"] | null = null;
  #last = -Infinity;
  #known: Set<string> | null = null;
  #said = "";

  state(overview: Overview, at: number): string | null {
    const text = [overview.headline, overview.rest].filter(Boolean).join(" ");
    if (overview.mood === this.#mood && (at - this.#last < SECONDS || text === this.#said)) return null;
    this.#mood = overview.mood;
    this.#last = at;
    this.#said = text;
    return text;
  }

  /** The first time nothing is new: all of it was there. */
  concerns(concerns: Concern[]): string | null {
    const fresh = this.#known ? concerns.filter((concern) => !this.#known?.has(concern.id)) : [];
    this.#known = new Set(concerns.map((concern) => concern.id));
    const first = fresh[0];
    return first ? say("announce-need", { n: fresh.length, first: first.said.sentence }) : null;
  }
}

/** Within a component: listens for as long as it is there. */
export function listen(): void {
  const listener = new Listener();
  const speak = (text: string | null) => text && announcer.say(text);
  $effect(() => {
    if (model.overview) speak(listener.state(model.overview, performance.now() / 1000));
  });
  $effect(() => {
    if (model.concerns) speak(listener.concerns(model.concerns));
  });
}
