/**
 * What is chosen for one scope, as the program tells it, and choosing: at once,
 * with a way back. What is refused stays as it was, and is said beside it.
 */
import * as commands from "../commands";
import { refusalOf, undoing } from "../model";
import { say } from "../texts";
import type { Option, Refused, Scope } from "../types";
import { former, isOwn, scopeWord, stands, valueOf, type Key } from "./chosen";

export class Choices {
  scope = $state.raw<Scope>({ kind: "sync" });
  options = $state.raw<Option[] | null>(null);
  /** Why the last choice was refused, and which it was. */
  refused = $state.raw<{ key: Key | null; why: Refused } | null>(null);

  async load(scope: Scope = this.scope): Promise<void> {
    this.scope = scope;
    this.refused = null;
    try {
      const options = await commands.options(scope);
      // Somebody may have gone on to another scope meanwhile.
      if (scopeWord(this.scope) === scopeWord(scope)) this.options = options;
    } catch (refusal) {
      this.refused = { key: null, why: refusalOf(refusal) };
    }
  }

  value(key: Key): string {
    return valueOf(this.options ?? [], key);
  }

  stands(key: Key): boolean {
    return stands(this.options ?? [], key, this.scope);
  }

  /** Chosen right here, and not further out: can be given back. */
  isOwn(key: Key): boolean {
    return this.scope.kind !== "sync" && isOwn(this.options ?? [], key, this.scope);
  }

  why(key: Key): string | null {
    return this.refused?.key === key ? this.refused.why.said.sentence : null;
  }

  /** `null`: as wider places say. `what`: how people call it. */
  async choose(key: Key, value: string | null, what: string): Promise<boolean> {
    const scope = this.scope;
    const before = former(this.options ?? [], key, scope);
    if (before === value) return true;
    if (!(await this.#set(scope, key, value))) return false;
    undoing.offer(say("settings-changed", { what }), async () => {
      await commands.setOption(scope, key, before);
      if (scopeWord(scope) === scopeWord(this.scope)) await this.load();
    });
    return true;
  }

  async #set(scope: Scope, key: Key, value: string | null): Promise<boolean> {
    try {
      await commands.setOption(scope, key, value);
    } catch (refusal) {
      this.refused = { key, why: refusalOf(refusal) };
      return false;
    }
    await this.load(scope);
    return true;
  }
}
