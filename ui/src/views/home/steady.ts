/**
 * A state without flicker (ui.md 6.5): work shows after a second and stays at
 * least one. All else shows at once.
 */
import type { PairState } from "../../lib/types";

const BUSY: readonly PairState[] = ["starting", "checking", "syncing"];
const MILLIS = 1000;

export class Steady {
  #shown: PairState;
  #since: number;
  #next: PairState;
  #nextSince: number;

  constructor(state: PairState, at: number) {
    this.#shown = this.#next = state;
    // What stood when the window opened has lasted long enough.
    this.#since = this.#nextSince = at - MILLIS;
  }

  see(state: PairState, at: number): void {
    this.settle(at);
    if (state === this.#next) return;
    this.#next = state;
    this.#nextSince = at;
    this.settle(at);
  }

  /** What is shown now. */
  at(now: number): PairState {
    this.settle(now);
    return this.#shown;
  }

  /** In how many milliseconds it shows something else; null if nothing is due. */
  due(now: number): number | null {
    if (this.#next === this.#shown) return null;
    return Math.max(0, this.#change() - now);
  }

  /** When the next state shows. */
  #change(): number {
    const kept = this.#shown === "syncing" ? this.#since + MILLIS : -Infinity;
    const lasted = BUSY.includes(this.#next) ? this.#nextSince + MILLIS : this.#nextSince;
    return Math.max(kept, lasted);
  }

  private settle(at: number): void {
    if (this.#next === this.#shown || at < this.#change()) return;
    this.#since = this.#change();
    this.#shown = this.#next;
  }
}
