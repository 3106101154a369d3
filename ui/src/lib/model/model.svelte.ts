/**
 * What the window knows: asked once, then told. Views read it and give
 * commands; nobody else writes it, so what is shown is what the program said.
 */
import * as commands from "../commands";
import { language } from "../language.svelte";
import { now } from "../format";
import { whileVisible } from "./renew";
import type { Account, Concern, Overview, Preferences, Refused, Standing } from "../types";

/** How soon “20 s ago” is said anew. */
const SECONDS = 10;

class Model {
  /** Null until the program has answered. */
  overview = $state.raw<Overview | null>(null);
  accounts = $state.raw<Account[] | null>(null);
  standings = $state.raw<Standing[] | null>(null);
  concerns = $state.raw<Concern[] | null>(null);
  preferences = $state.raw<Preferences | null>(null);
  /** Seconds since 1970, renewed while the window is visible: for “20 s ago”. */
  now = $state(now());
  /** Somebody closes the window for the first time. */
  closing = $state(false);
  /** With whose words: without a tray closing only makes it small. */
  closingWords = $state<"close-once" | "tray-none">("close-once");
  /** Why the program did not answer at all. */
  refused = $state.raw<Refused | null>(null);
  /** Why what was last asked for outside of a form did not come to be. */
  trouble = $state.raw<Refused | null>(null);

  /** How the pair of this folder stands. */
  standing(folder: string): Standing | null {
    return this.standings?.find((standing) => standing.folder === folder) ?? null;
  }

  account(name: string): Account | null {
    return this.accounts?.find((account) => account.name === name) ?? null;
  }

  take(standing: Standing): void {
    const known = this.standings ?? [];
    const isKnown = known.some((other) => other.folder === standing.folder);
    this.standings = isKnown
      ? known.map((other) => (other.folder === standing.folder ? standing : other))
      : [...known, standing];
  }

  prefer(preferences: Preferences): void {
    this.preferences = preferences;
    language.choose(preferences.language, preferences.system_language);
  }

  /** Changes what is chosen for the window; shown at once, taken back if it is refused. */
  async change(change: Partial<Preferences>): Promise<void> {
    const before = this.preferences;
    if (before) this.prefer({ ...before, ...change });
    try {
      this.prefer(await commands.prefer(change));
    } catch (refusal) {
      if (before) this.prefer(before);
      throw refusal;
    }
  }

  /** Whether this was explained once. */
  hasSeen(what: string): boolean {
    return this.preferences?.seen.includes(what) ?? false;
  }

  async see(what: string): Promise<void> {
    if (this.preferences && !this.hasSeen(what)) await this.change({ seen: [...this.preferences.seen, what] });
  }
}

export const model = new Model();

/**
 * Begins to listen, then asks: so nothing that is told in between is missed.
 * Returns how to end it.
 */
export async function begin(): Promise<() => void> {
  const ends = await Promise.all([
    commands.on("overview", (overview) => (model.overview = overview)),
    commands.on("accounts", (accounts) => (model.accounts = accounts)),
    commands.on("standing", (standing) => model.take(standing)),
    commands.on("gone", (folder) => {
      model.standings = model.standings?.filter((standing) => standing.folder !== folder) ?? null;
    }),
    commands.on("concerns", (concerns) => (model.concerns = concerns)),
    commands.on("preferences", (preferences) => model.prefer(preferences)),
    commands.on("closing", (words) => {
      model.closingWords = words;
      model.closing = true;
    }),
  ]);
  await ask();
  const end = whileVisible(() => void renew(), SECONDS);
  return () => {
    end();
    for (const end of ends) end();
  };
}

/** The clock, and the one sentence that says how long ago something was. */
async function renew(): Promise<void> {
  model.now = now();
  const before = model.overview;
  try {
    const overview = await commands.overview();
    // What was told meanwhile is newer.
    if (model.overview === before) model.overview = overview;
  } catch {
    // What is known stays; whatever is asked for next says why.
  }
}

/** Asks for everything anew. */
export async function ask(): Promise<void> {
  try {
    const [preferences, overview, accounts, standings, concerns] = await Promise.all([
      commands.preferences(),
      commands.overview(),
      commands.accounts(),
      commands.standings(),
      commands.concerns(),
    ]);
    model.prefer(preferences);
    Object.assign(model, { overview, accounts, standings, concerns, refused: null, now: now() });
  } catch (refusal) {
    model.refused = refusalOf(refusal);
  }
}

/**
 * Does what somebody asked for outside of a form; a refusal is shown at the
 * top of the view. Returns whether it was done.
 */
export async function attempt(deed: () => Promise<unknown>): Promise<boolean> {
  model.trouble = null;
  try {
    await deed();
    return true;
  } catch (refusal) {
    model.trouble = refusalOf(refusal);
    return false;
  }
}

/** Whatever was thrown, as a refusal: commands reject with nothing else. */
export function refusalOf(thrown: unknown): Refused {
  if (typeof thrown === "object" && thrown !== null && "said" in thrown) return thrown as Refused;
  const details = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal", said: { sentence: details, remedy: null }, details, field: null };
}
