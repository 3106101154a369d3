/**
 * All files of the questions that were looked at, where the program tells only
 * some of them with the question. Asked again whenever the question is told
 * otherwise.
 */
import { SvelteMap } from "svelte/reactivity";
import * as commands from "../commands";
import type { Concern, Part } from "../types";
import { partsOf } from "./questions";

export class Wholes {
  #known = new SvelteMap<string, { of: Concern; files: Part[] }>();
  #asked = new Map<string, Concern>();

  get(id: string): Part[] | undefined {
    return this.#known.get(id)?.files;
  }

  /** Asks for what is missing of this question, unless it was asked already. */
  async want(concern: Concern): Promise<void> {
    const { id, about, folder } = concern;
    const sample = partsOf(about);
    if (!sample || !("files" in about) || about.files <= sample.length) {
      this.#known.delete(id);
      return;
    }
    if (this.#asked.get(id) === concern) return;
    this.#asked.set(id, concern);
    try {
      const { files } = await commands.concernFiles(folder, id);
      if (this.#asked.get(id) === concern) this.#known.set(id, { of: concern, files });
    } catch {
      // The sample stands; the next look at it asks again.
      this.#asked.delete(id);
    }
  }
}
