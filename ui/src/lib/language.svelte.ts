/** In which language people read: chosen, or the system's. */

export type Chosen = "system" | string;

let available = $state<string[]>(["en"]);
let chosen = $state<Chosen>("system");
/** The system's, as the program tells it: null before it has. */
let ofSystem = $state<string | null>(null);

/** Of those that there are, the first that somebody reads; else English. */
export function pick(wanted: readonly string[], of: readonly string[]): string {
  const base = (tag: string) => tag.toLowerCase().split("-")[0] ?? tag;
  for (const tag of wanted) {
    const found = of.find((code) => code.toLowerCase() === tag.toLowerCase()) ?? of.find((code) => code === base(tag));
    if (found) return found;
  }
  return "en";
}

/** The frame around the window knows only languages that the system has installed. */
const framed = () => (typeof navigator === "undefined" ? [] : (navigator.languages ?? [navigator.language]));

const current = $derived.by(() =>
  chosen === "system" ? pick(ofSystem === null ? framed() : [ofSystem], available) : pick([chosen], available),
);

export const language = {
  /** The code of the language that is shown. Reactive. */
  get current(): string {
    return current;
  },
  /** `system`: what the program takes for the system's, so that both speak one language. */
  choose(wanted: Chosen, system: string | null = null) {
    chosen = wanted;
    ofSystem = system;
  },
  offer(codes: string[]) {
    available = codes;
  },
};
