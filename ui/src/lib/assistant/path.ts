/**
 * Paths of the server, as the assistant keeps them: names with "/" between
 * them, "" for the whole storage. The program says and hears them with a
 * leading "/".
 */
export const clean = (path: string) => path.split("/").filter(Boolean).join("/");
export const absolute = (path: string) => `/${clean(path)}`;
export const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
export const join = (parent: string, name: string) => (parent === "" ? name : `${parent}/${name}`);

/** The folder that it is in; null of the whole storage. */
export function parentOf(path: string): string | null {
  if (path === "") return null;
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

/** Whether `path` lies in `folder`, at any depth; nothing lies in itself. */
export const isIn = (path: string, folder: string) =>
  path !== folder && (folder === "" || path.startsWith(`${folder}/`));

/** The way from `top` down to `path`, without `top`. */
export function wayDown(top: string, path: string): string[] {
  const way: string[] = [];
  for (let at: string | null = path; at !== null && isIn(at, top); at = parentOf(at)) way.unshift(at);
  return way;
}

/** As seen from the folder `top`. */
export const below = (path: string, top: string) => (top === "" ? path : path.slice(top.length + 1));
