/** In which language people read: chosen, or the system's. */

export type Chosen = "system" | string;

let available = $state<string[]>(["en"]);
let chosen = $state<Chosen>("system");

/** Of those that there are, the first that somebody reads; else English. */
export function pick(wanted: readonly string[], of: readonly string[]): string {
  const base = (tag: string) => tag.toLowerCase().split("-")[0] ?? tag;
  for (const tag of wanted) {
    const found = of.find((code) => code.toLowerCase() === tag.toLowerCase()) ?? of.find((code) => code === base(tag));
    if (found) return found;
  }
  return "en";
}

const current = $derived.by(() =>
  chosen === "system"
    ? pick(typeof navigator === "undefined" ? [] : (navigator.languages ?? [navigator.language]), available)
    : pick([chosen], available),
);

export const language = {
  /** The code of the language that is shown. Reactive. */
  get current(): string {
    return current;
  },
  choose(wanted: Chosen) {
    chosen = wanted;
  },
  offer(codes: string[]) {
    available = codes;
  },
};
