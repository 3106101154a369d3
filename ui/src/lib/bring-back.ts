/** What is put aside, as it is listed: which of it is shown, and how much there is. Pure. */
import type { Aside } from "./types";

/** `deleted`: its place is free; `replaced`: another version stands there. */
export type Kind = "all" | "deleted" | "replaced";

export const keyOf = (aside: Aside): string => `${aside.number} ${aside.folder}`;

/** The newest first. */
export const shown = (asides: Aside[], kind: Kind): Aside[] =>
  asides
    .filter((one) => kind === "all" || one.place_free === (kind === "deleted"))
    .toSorted((a, b) => b.at - a.at || b.number - a.number);

export const total = (asides: Aside[]): { files: number; bytes: number } => ({
  files: asides.length,
  bytes: asides.reduce((sum, one) => sum + one.size, 0),
});

/** What to select once this one is gone from the list. */
export function beside(all: Aside[], gone: string): string | null {
  const at = all.findIndex((one) => keyOf(one) === gone);
  const next = all[at + 1] ?? all[at - 1];
  return at < 0 || !next ? null : keyOf(next);
}
