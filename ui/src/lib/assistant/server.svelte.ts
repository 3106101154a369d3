/** The first step: which server. */
import { refusalOf } from "../model";
import type { Recognised, Refused } from "../types";
import { Latest, Quiet, type Ask } from "./ask";

export type Probed =
  | { kind: "nothing" }
  | { kind: "asking" }
  | { kind: "recognised"; server: Recognised }
  | { kind: "refused"; refused: Refused };

/** Long enough that nobody is told about half an address. */
const QUIET = 400;
/** How soon it is asked again what heals by itself. */
const AGAIN: Record<string, number> = { portal: 10_000, "sent-elsewhere": 10_000, maintenance: 300_000 };

export class Server {
  address = $state("");
  probed = $state.raw<Probed>({ kind: "nothing" });
  /** Whether somebody wanted to go on with it: until then nothing is held against a half address. */
  insisted = $state(false);
  #latest = new Latest();
  #quiet = new Quiet(QUIET);
  #asked: { address: string; answer: Promise<Recognised | null> } | null = null;

  constructor(readonly ask: Pick<Ask, "recognise">) {}

  get recognised(): Recognised | null {
    return this.probed.kind === "recognised" ? this.probed.server : null;
  }

  type(text: string) {
    const same = text.trim() === this.address.trim();
    this.address = text;
    if (same) return;
    this.insisted = false;
    this.#forget();
    if (looksWhole(text)) this.#quiet.then(() => void this.settle());
  }

  /** Asks at once, or waits for the answer that is under way; null if it is no server to go on with. */
  settle(): Promise<Recognised | null> {
    const address = this.address.trim();
    this.#quiet.drop();
    if (address === "") return Promise.resolve(null);
    if (this.#asked?.address !== address || this.probed.kind === "refused") {
      this.#asked = { address, answer: this.#recognise(address) };
    }
    return this.#asked.answer;
  }

  /** Nobody waits for an answer any more. */
  end() {
    this.#quiet.drop();
    this.#latest.drop();
    if (this.probed.kind === "asking") this.#forget();
  }

  async #recognise(address: string): Promise<Recognised | null> {
    const counts = this.#latest.begin();
    if (this.probed.kind !== "recognised" || this.#asked?.address !== address) this.probed = { kind: "asking" };
    try {
      const server = await this.ask.recognise(address);
      if (!counts()) return null;
      this.probed = { kind: "recognised", server };
      if (!server.maintenance) return server;
      this.#again("maintenance");
    } catch (thrown) {
      if (!counts()) return null;
      const refused = refusalOf(thrown);
      this.probed = { kind: "refused", refused };
      this.#again(refused.code);
    }
    return null;
  }

  #again(code: string) {
    const wait = AGAIN[code];
    if (wait === undefined) return;
    this.#quiet.then(() => {
      this.#asked = null;
      void this.settle();
    }, wait);
  }

  #forget() {
    this.#latest.drop();
    this.#quiet.drop();
    this.#asked = null;
    this.probed = { kind: "nothing" };
  }
}

/** Whether it may be an address already: nobody's server is called "clou". */
export function looksWhole(text: string): boolean {
  const host = hostOf(text);
  return (
    /^(localhost|\[[0-9a-f:]+\])(:\d+)?$/i.test(host) || /[^.\s]\.[^.\s]{2,}$|\.\d{1,3}(:\d+)?$|[^.\s]:\d+$/.test(host)
  );
}

/** The host, and the port if there is one, of what was typed. */
export const hostOf = (text: string) =>
  text
    .trim()
    .replace(/^[a-z+]+:\/\//i, "")
    .replace(/[/?#].*$/, "")
    .replace(/^[^@]*@/, "");
