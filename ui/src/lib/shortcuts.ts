/** The keys of the whole window (ui.md 6.1); views and lists have their own beside them. */
import * as commands from "./commands";
import { attempt, model, route, undoing, type View } from "./model";

const VIEWS: Record<string, View> = { 1: "home", 2: "activity", 3: "attention", 4: "bring-back", 5: "settings" };
const apple = typeof navigator !== "undefined" && /Mac/.test(navigator.platform);

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

/** The next region, or the one before: side bar, list, detail. */
function region(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")].filter(
    (region) => region.offsetParent !== null,
  );
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const to = regions.at((at + step + regions.length) % regions.length);
  const first = "h1, h2[tabindex], [aria-current], [tabindex='0'], button, a, input";
  (to?.querySelector<HTMLElement>(first) ?? to)?.focus();
}

/** To the search of the view; whether there is one. */
function search(): boolean {
  const field = document.querySelector<HTMLInputElement>("main [data-search]");
  field?.focus();
  field?.select();
  return field !== null;
}

export function togglePause(): Promise<boolean> {
  const paused = model.overview?.mood === "paused";
  return attempt(() => (paused ? commands.resume(null) : commands.pause(null, null)));
}

/** Hides the window; the first time it is explained before. */
export function closeWindow(): void {
  if (model.hasSeen("close-once")) void attempt(() => commands.hideWindow());
  else model.closing = true;
}

type Shell = { quit: () => void };

/** Returns whether the key was one of ours. */
export function press(event: KeyboardEvent, shell: Shell): boolean {
  if (event.defaultPrevented) return false;
  const ctrl = apple ? event.metaKey : event.ctrlKey;
  if (event.key === "F6") return (region(event.shiftKey ? -1 : 1), true);
  if (event.key === "F5") return (void attempt(() => commands.sync(null)), true);
  if (event.key === "/" && !ctrl && !event.altKey && !typing(event.target)) return search();
  if (!ctrl || event.altKey || event.shiftKey) return false;
  // A dialog is answered before anything else is done.
  if (document.querySelector("[role='dialog'], [role='alertdialog']")) return false;
  const view = VIEWS[event.key];
  if (view) return (route.go(view), true);
  switch (event.key.toLowerCase()) {
    case ",":
      return (route.go("settings"), true);
    case "r":
      return (void attempt(() => commands.sync(null)), true);
    case "p":
      return (void togglePause(), true);
    case "f":
      return search();
    case "o": {
      const folder = document.activeElement?.closest<HTMLElement>("[data-folder]")?.dataset["folder"];
      if (!folder) return false;
      return (void attempt(() => commands.openPath(folder, null)), true);
    }
    case "z":
      if (typing(event.target) || !undoing.last) return false;
      return (void attempt(() => undoing.run()), true);
    case "w":
      return (closeWindow(), true);
    case "q":
      return (shell.quit(), true);
    default:
      return false;
  }
}
