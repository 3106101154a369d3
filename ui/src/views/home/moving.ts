/**
 * Which of the files on their way are shown (ui.md 6.5): those that last over
 * a second, three at most, in the order in which they came; whatever has ended
 * stays 600 ms, whole.
 */
import type { Moving } from "../../lib/types";

const LASTING = 1000;
const LEAVING = 600;
const ROWS = 3;

export type Row = Moving & { ended: boolean };
type Seen = { file: Moving; since: number; ended: number | null; shown: boolean };

export class Rows {
  #seen = new Map<string, Seen>();

  /** `since`: those that are on their way already have been, since then. */
  see(moving: Moving[], at: number, since = at): void {
    const now = new Map(moving.map((file) => [`${file.side} ${file.path}`, file]));
    for (const [key, seen] of this.#seen) {
      const file = now.get(key);
      if (file) Object.assign(seen, { file, ended: null });
      else if (!seen.shown) this.#seen.delete(key);
      else seen.ended ??= at;
    }
    for (const [key, file] of now)
      if (!this.#seen.has(key)) this.#seen.set(key, { file, since, ended: null, shown: false });
  }

  at(now: number): Row[] {
    for (const [key, seen] of this.#seen)
      if (seen.ended !== null && now - seen.ended >= LEAVING) this.#seen.delete(key);
    let room = ROWS - [...this.#seen.values()].filter((seen) => seen.shown).length;
    for (const seen of this.#seen.values()) {
      if (seen.shown || room <= 0 || now - seen.since < LASTING) continue;
      seen.shown = true;
      room -= 1;
    }
    return [...this.#seen.values()]
      .filter((seen) => seen.shown)
      .map(({ file, ended }) => ({ ...file, ended: ended !== null, moved: ended === null ? file.moved : file.bytes }));
  }
}
