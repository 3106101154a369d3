/** What has come here of a folder: the newest first. */
import type { Entry, Standing } from "../types";

const ARRIVED: ReadonlySet<string> = new Set(["fetched", "replaced"]);
const SHOWN = 3;

/** Files that arrived, of what is told; each once. */
export function arrivals(entries: readonly Entry[], folder: string): string[] {
  const paths = entries
    .filter((entry) => entry.folder === folder && ARRIVED.has(entry.verb))
    .map((entry) => entry.path);
  return [...new Set(paths)].slice(0, SHOWN);
}

/** How far the first sync is, in one word. */
export type Stage = "checking" | "moving" | "done" | "other";

export function stageOf(standing: Standing | null): Stage {
  switch (standing?.state) {
    case undefined:
    case "starting":
    case "checking":
      return "checking";
    case "syncing":
      return standing?.progress ? "moving" : "checking";
    case "up-to-date":
      return "done";
    default:
      return "other";
  }
}
