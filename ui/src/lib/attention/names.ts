/** New names for what cannot be called as it is: paths, and asking while somebody types. Pure but for the clock. */

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
/** The folder that a path stands in; empty at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const besides = (path: string, name: string): string =>
  folderOf(path) === "" ? name : `${folderOf(path)}/${name}`;

/** What is wrong with a new name that nobody has to be asked about. */
export function fault(path: string, name: string): "empty" | "slash" | "same" | null {
  if (name.trim() === "") return "empty";
  if (name.includes("/")) return "slash";
  return name === nameOf(path) ? "same" : null;
}

/** Where the selection of a name ends: people change the name, not its extension. */
export function stem(name: string): number {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? dot : name.length;
}

/**
 * Asks once nobody has typed for `wait` ms, and hears only the answer to the
 * last question: answers may overtake each other.
 */
export function lately<Q, A>(
  ask: (question: Q) => Promise<A>,
  hear: (answer: A, question: Q) => void,
  fail: (reason: unknown) => void,
  wait = 250,
): { ask: (question: Q) => void; drop: () => void } {
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const drop = () => {
    last += 1;
    clearTimeout(timer);
  };
  return {
    drop,
    ask: (question) => {
      drop();
      const mine = last;
      timer = setTimeout(() => {
        ask(question).then(
          (answer) => mine === last && hear(answer, question),
          (reason: unknown) => mine === last && fail(reason),
        );
      }, wait);
    },
  };
}

/** A name and the one it would get; `taken`: another of the same folder would get it, too. */
export type Renaming = { path: string; name: string; taken: boolean };

export function renamings(all: { path: string; suggestion: string }[]): Renaming[] {
  const count = new Map<string, number>();
  for (const one of all) {
    const to = besides(one.path, one.suggestion).toLowerCase();
    count.set(to, (count.get(to) ?? 0) + 1);
  }
  return all.map(({ path, suggestion }) => ({
    path,
    name: suggestion,
    taken: (count.get(besides(path, suggestion).toLowerCase()) ?? 0) > 1,
  }));
}
