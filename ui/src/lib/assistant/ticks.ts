/**
 * Which folders of the server are kept here. All that is known is what is
 * left out: the topmost folders that stay on the server alone. So what comes
 * to be there later is kept.
 */
import { isIn, parentOf, wayDown } from "./path";

export type Tick = "all" | "part" | "none";
export type Without = ReadonlySet<string>;

/** A folder as far as the sums need it. Null: not known (yet). */
export type Sized = { size: number | null };

export function tickOf(without: Without, path: string): Tick {
  if (isLeftOut(without, path)) return "none";
  for (const left of without) if (isIn(left, path)) return "part";
  return "all";
}

function isLeftOut(without: Without, path: string): boolean {
  for (let at: string | null = path; at !== null; at = parentOf(at)) if (without.has(at)) return true;
  return false;
}

/**
 * What is left out once somebody has clicked on `path`. What was partly kept
 * is kept wholly. `top` itself cannot be left out, only all that is in it.
 */
export function toggled(
  without: Without,
  top: string,
  path: string,
  childrenOf: (path: string) => readonly string[],
): Without {
  return tickOf(without, path) === "all"
    ? unticked(without, top, path, childrenOf)
    : ticked(without, top, path, childrenOf);
}

function unticked(
  without: Without,
  top: string,
  path: string,
  childrenOf: (path: string) => readonly string[],
): Without {
  const left = new Set([...without].filter((at) => !isIn(at, path)));
  for (const at of path === top ? childrenOf(top) : [path]) left.add(at);
  return left;
}

function ticked(without: Without, top: string, path: string, childrenOf: (path: string) => readonly string[]): Without {
  const left = new Set([...without].filter((at) => at !== path && !isIn(at, path)));
  const way = wayDown(top, path);
  const first = way.findIndex((at) => left.has(at));
  if (first < 0) return left;
  // A folder above it was left out whole: now all in it but the way down to it is.
  left.delete(way[first]!);
  for (const at of way.slice(first, -1)) {
    for (const child of childrenOf(at)) if (!way.includes(child)) left.add(child);
  }
  return left;
}

/**
 * The bytes of `path` that are kept here; null as long as a size is missing
 * that matters.
 */
export function keptOf(
  without: Without,
  path: string,
  total: number | null,
  sizeOf: (path: string) => number | null,
): number | null {
  if (isLeftOut(without, path)) return 0;
  if (total === null) return null;
  let kept = total;
  for (const left of without) {
    if (!isIn(left, path)) continue;
    const size = sizeOf(left);
    if (size === null) return null;
    kept -= size;
  }
  return Math.max(0, kept);
}
