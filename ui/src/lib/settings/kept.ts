/** What of a folder of the server is kept here: the change, as the program wants it. Pure. */

/** Paths without the strokes at their ends, as both sides write them. */
export const clean = (path: string): string => path.replace(/^\/+|\/+$/g, "");

export type Change = { tick: string[]; untick: string[] };

/** From what was left out to what is left out now. */
export function changed(before: Iterable<string>, now: Iterable<string>): Change {
  const [was, is] = [new Set([...before].map(clean)), new Set([...now].map(clean))];
  return {
    tick: [...was].filter((path) => !is.has(path)).sort(),
    untick: [...is].filter((path) => !was.has(path)).sort(),
  };
}
