/** The sections of the settings, in their order. */
export const SECTIONS = ["general", "accounts", "folders", "network", "rules", "notices", "help", "about"] as const;
export type Section = (typeof SECTIONS)[number];

export const sectionFrom = (word: string | undefined): Section | null =>
  SECTIONS.find((known) => known === word) ?? null;

/** Where in the settings somebody is led: to a section, or to something in it (`of`). */
export type Place = { section: Section | null; of: string | null };

/**
 * What an address asks for. Its `id` alone is enough: the word of a section, the
 * name of an account, or the folder of a pair.
 */
export function placeOf(query: Record<string, string>, accounts: readonly string[]): Place {
  const of = query["id"] || null;
  const named = sectionFrom(query["section"]) ?? sectionFrom(of ?? undefined);
  if (named !== null || of === null) return { section: named, of: of === named ? null : of };
  return { section: accounts.includes(of) ? "accounts" : "folders", of };
}

/** The settings by which a refusal or a state (its word in docs/API.md) can be mended. */
const MENDED: Record<string, { section: Section; id: string }> = {
  "proxy-sign-in": { section: "network", id: "proxy" },
  "proxy-refused": { section: "network", id: "proxy" },
  "proxy-unreachable": { section: "network", id: "proxy" },
};

export const mendedAt = (word: string | null) => (word === null ? null : (MENDED[word] ?? null));
