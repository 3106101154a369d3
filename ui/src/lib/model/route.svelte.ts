/**
 * Where the window is: a view, and what it shows, in the address
 * (`#activity?text=transect`), so that going back works and nothing else keeps it.
 */
import type { Goto } from "../types";

export type View = Goto["view"];
export const VIEWS: readonly View[] = ["home", "activity", "attention", "bring-back", "settings", "assistant"];

type Query = Record<string, string>;

export function parse(hash: string): { view: View; query: Query } {
  const [name = "", search = ""] = hash.replace(/^#/, "").split("?");
  const view = VIEWS.find((view) => view === name) ?? "home";
  return { view, query: Object.fromEntries(new URLSearchParams(search)) };
}

export function address(view: View, query: Record<string, string | null | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value);
  const text = search.toString();
  return text === "" ? `#${view}` : `#${view}?${text}`;
}

class Route {
  #at = $state.raw(parse(typeof location === "undefined" ? "" : location.hash));

  get view(): View {
    return this.#at.view;
  }
  /** What the view shows: filters, or the entry that is open (`id`). */
  get query(): Query {
    return this.#at.query;
  }

  /** Goes to a view; going back leads here. */
  go(view: View, query: Record<string, string | null | undefined> = {}): void {
    history.pushState(null, "", address(view, query));
    this.read();
  }

  /** Where the program wants the window to be: in Activity it names a folder, else what is to be open. */
  follow({ view, id }: Goto): void {
    this.go(view, view === "activity" ? { folder: id } : { id });
  }

  /** Changes what the view shows, without a step to go back over. */
  show(query: Record<string, string | null | undefined>): void {
    history.replaceState(null, "", address(this.view, { ...this.query, ...query }));
    this.read();
  }

  read(): void {
    this.#at = parse(location.hash);
  }
}

export const route = new Route();
