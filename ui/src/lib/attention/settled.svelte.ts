/**
 * What was settled here and is still in the program's list, a question or one
 * of its files: it leaves the view at once. If the program keeps it for long, it was not settled, and is back.
 */
import { SvelteMap } from "svelte/reactivity";

/** The program tells of a new list within a second or two. */
const PATIENCE = 8_000;
const LAST = "navette.attention.settled";

class Settled {
  #hidden = new SvelteMap<string, ReturnType<typeof setTimeout>>();
  /** When the last one was, in seconds since 1970. */
  last = $state<number | null>(remembered());

  has(id: string): boolean {
    return this.#hidden.has(id);
  }

  hidden(): string[] {
    return [...this.#hidden.keys()];
  }

  settle(ids: string[]): void {
    for (const id of ids) {
      clearTimeout(this.#hidden.get(id));
      this.#hidden.set(
        id,
        setTimeout(() => this.#hidden.delete(id), PATIENCE),
      );
    }
    this.last = Math.floor(Date.now() / 1000);
    remember(this.last);
  }

  /** It was taken back. */
  reopen(ids: string[]): void {
    for (const id of ids) {
      clearTimeout(this.#hidden.get(id));
      this.#hidden.delete(id);
    }
  }
}

// A window without storage forgets it, no more.
function remembered(): number | null {
  try {
    return Number(localStorage.getItem(LAST)) || null;
  } catch {
    return null;
  }
}

function remember(at: number): void {
  try {
    localStorage.setItem(LAST, String(at));
  } catch {
    return;
  }
}

export const settled = new Settled();
