/** Many paths as folders that open: what a long list of deletions is about, at a glance. Pure. */

export type Folder = { name: string; path: string; files: number; folders: Folder[]; own: string[] };
/** What is seen of it. `level` begins with 1. */
export type Seen =
  | { kind: "folder"; name: string; path: string; level: number; files: number; open: boolean }
  | { kind: "file"; name: string; path: string; level: number };

const byName = new Intl.Collator(undefined, { numeric: true }).compare;

export function tree(paths: string[]): Folder {
  const root: Folder = { name: "", path: "", files: 0, folders: [], own: [] };
  const known = new Map<string, Folder>([["", root]]);
  const folder = (path: string): Folder => {
    const found = known.get(path);
    if (found) return found;
    const cut = path.lastIndexOf("/");
    const made: Folder = { name: path.slice(cut + 1), path, files: 0, folders: [], own: [] };
    known.set(path, made);
    folder(path.slice(0, Math.max(0, cut))).folders.push(made);
    return made;
  };
  for (const path of paths) {
    const cut = Math.max(0, path.lastIndexOf("/"));
    folder(path.slice(0, cut)).own.push(path);
    for (let at = cut; ; at = path.lastIndexOf("/", at - 1)) {
      folder(path.slice(0, Math.max(0, at))).files += 1;
      if (at <= 0) break;
    }
  }
  return root;
}

/** The rows that are seen while these folders are open. */
export function seen(root: Folder, open: ReadonlySet<string>, level = 1): Seen[] {
  const rows: Seen[] = [];
  for (const folder of root.folders.toSorted((a, b) => byName(a.name, b.name))) {
    const { name, path, files } = folder;
    const isOpen = open.has(path);
    rows.push({ kind: "folder", name, path, level, files, open: isOpen });
    if (isOpen) rows.push(...seen(folder, open, level + 1));
  }
  for (const path of root.own.toSorted(byName)) {
    rows.push({ kind: "file", name: path.slice(path.lastIndexOf("/") + 1), path, level });
  }
  return rows;
}

/** All its folders. */
export const everyFolder = (root: Folder): string[] =>
  root.folders.flatMap((folder) => [folder.path, ...everyFolder(folder)]);
