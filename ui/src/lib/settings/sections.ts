/** The sections of the settings, in their order. */
export const SECTIONS = ["general", "accounts", "folders", "network", "rules", "notices", "help", "about"] as const;
export type Section = (typeof SECTIONS)[number];

export const sectionFrom = (word: string | undefined): Section | null =>
  SECTIONS.find((known) => known === word) ?? null;
