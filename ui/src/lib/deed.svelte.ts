/** Something asked of the program from one place of a view: whether it is being done, and why it was refused there. */
import { refusalOf } from "./model";
import type { Refused } from "./types";

export class Deed {
  busy = $state(false);
  refused = $state.raw<Refused | null>(null);

  /** Does it, unless it is being done. What it gives is null if it was refused. */
  async run<T>(deed: () => Promise<T>): Promise<{ given: T } | null> {
    if (this.busy) return null;
    this.busy = true;
    this.refused = null;
    try {
      return { given: await deed() };
    } catch (refusal) {
      this.refused = refusalOf(refusal);
      return null;
    } finally {
      this.busy = false;
    }
  }

  clear(): void {
    this.refused = null;
  }
}
