/** The pages of what was done, asked for one after the other, and what is done meanwhile. */
import * as commands from "../../lib/commands";
import { now } from "../../lib/format";
import { refusalOf } from "../../lib/model";
import type { Entry, Refused } from "../../lib/types";
import { fits, queryOf, type Asked } from "./asked";
import { keyOf } from "./group";

const LIMIT = 200;

export class Pages {
  /** Newest first; null until the first page has come. */
  entries = $state.raw<Entry[] | null>(null);
  /** Done since, and not shown yet: whoever reads further down is not pushed away. */
  fresh = $state.raw<Entry[]>([]);
  refused = $state.raw<Refused | null>(null);
  /** The keys of those. */
  #heard = new Set<string>();
  #next: string | null = null;
  #asking = false;
  /** Answers to what is not asked any more are dropped. */
  #turn = 0;
  #asked: Asked = { kind: null, folder: null, since: null, text: "" };

  /** Begins anew with other filters. */
  async ask(asked: Asked): Promise<void> {
    this.#asked = asked;
    this.#turn += 1;
    this.#next = null;
    this.#asking = false;
    this.#forget();
    await this.#page([]);
  }

  /** The page after what there is. */
  async more(): Promise<void> {
    if (this.#asking || this.#next === null || this.refused) return;
    await this.#page(this.entries ?? []);
  }

  async #page(before: Entry[]): Promise<void> {
    const turn = this.#turn;
    this.#asking = true;
    this.refused = null;
    try {
      const page = await commands.activity(queryOf(this.#asked, this.#next, LIMIT, now()));
      if (turn !== this.#turn) return;
      // What was told meanwhile may be in the first page, too.
      const first = before.length === 0;
      this.entries = first
        ? page.entries.filter((entry) => !this.#heard.has(keyOf(entry)))
        : (this.entries ?? before).concat(page.entries);
      this.#next = page.next;
    } catch (refusal) {
      if (turn === this.#turn) this.refused = refusalOf(refusal);
    } finally {
      if (turn === this.#turn) this.#asking = false;
    }
  }

  hear(entry: Entry): void {
    if (!fits(entry, this.#asked)) return;
    const key = keyOf(entry);
    if (this.#heard.has(key)) return;
    this.#heard.add(key);
    this.fresh = [entry, ...this.fresh];
  }

  /** Shows what is new. */
  show(): void {
    if (this.fresh.length === 0 || this.entries === null) return;
    this.entries = this.fresh.concat(this.entries);
    this.#forget();
  }

  #forget(): void {
    this.fresh = [];
    this.#heard.clear();
  }
}
