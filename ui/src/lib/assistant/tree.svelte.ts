/**
 * The folders of the server: read as somebody opens them, with sizes that may
 * come late, and with what is kept of them here.
 */
import { refusalOf } from "../model";
import type { Refused, RemoteFolder } from "../types";
import type { Ask } from "./ask";
import { absolute, below, clean, isIn, join, nameOf, parentOf, wayDown } from "./path";
import { keptOf, tickOf, toggled, type Tick, type Without } from "./ticks";

export type Branch =
  { kind: "unread" } | { kind: "reading" } | { kind: "read"; paths: string[] } | { kind: "refused"; refused: Refused };

/** One line of the tree as it is seen. */
export type Row = {
  path: string;
  name: string;
  folder: RemoteFolder | null;
  level: number;
  position: number;
  siblings: number;
  /** Whether it is open; null if there is nothing to open. */
  open: boolean | null;
  branch: Branch;
  tick: Tick;
  /** Bytes; null while unknown. */
  kept: number | null;
  size: number | null;
  /** Whether a size may still come. */
  awaited: boolean;
};

/** When to ask again for sizes that did not come with the folders. */
const SIZES_AGAIN = [2_000, 6_000, 15_000];
/** How many folders a search looks at. */
const SEARCHED = 300;

export class Tree {
  /** The folder of the server that is kept equal: all else is below it. */
  top = $state("");
  without = $state.raw<Without>(new Set<string>());
  sought = $state("");
  /** How many folders a search has read; null while there is none. */
  looked = $state<number | null>(null);
  /** The search has given up before it was through. */
  gaveUp = $state(false);
  #folders = $state.raw<ReadonlyMap<string, RemoteFolder>>(new Map());
  #open = $state.raw<ReadonlySet<string>>(new Set([""]));
  #awaited = $state.raw<ReadonlySet<string>>(new Set());
  #branches = $state.raw<ReadonlyMap<string, Branch>>(new Map());
  /** What was left out below other tops: coming back to one loses nothing. */
  #before = new Map<string, Without>();
  #reading = new Map<string, Promise<void>>();
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #search = 0;

  constructor(
    readonly ask: Pick<Ask, "remoteFolders" | "createRemoteFolder">,
    readonly session: string,
  ) {}

  /** Reads what is directly in a folder, unless that is done already. */
  read(path: string): Promise<void> {
    if (this.branch(path).kind === "read") return Promise.resolve();
    const under = this.#reading.get(path) ?? this.#read(path).finally(() => this.#reading.delete(path));
    this.#reading.set(path, under);
    return under;
  }

  async #read(path: string): Promise<void> {
    this.#setBranch(path, { kind: "reading" });
    try {
      this.#take(path, await this.ask.remoteFolders(this.session, absolute(path)));
      this.#awaitSizes(path, 0);
    } catch (thrown) {
      this.#setBranch(path, { kind: "refused", refused: refusalOf(thrown) });
    }
  }

  branch(path: string): Branch {
    return this.#branches.get(path) ?? { kind: "unread" };
  }

  folder(path: string): RemoteFolder | null {
    return this.#folders.get(path) ?? null;
  }

  isOpen(path: string): boolean {
    return path === this.top || this.#open.has(path);
  }

  open(path: string): Promise<void> {
    this.#open = new Set(this.#open).add(path);
    return this.read(path);
  }

  close(path: string) {
    const open = new Set(this.#open);
    open.delete(path);
    this.#open = open;
  }

  toggle(path: string) {
    this.without = toggled(this.without, this.top, path, (at) => this.#children(at));
  }

  tick(path: string): Tick {
    return tickOf(this.without, path);
  }

  /** Makes another folder of the server the one that is kept equal. */
  async moveTop(path: string): Promise<void> {
    const to = clean(path);
    this.#before.set(this.top, this.without);
    this.without = this.#before.get(to) ?? new Set([...this.without].filter((at) => isIn(at, to)));
    this.top = to;
    await this.read(to);
  }

  /** Takes what another client has chosen: a folder, and what is left out in it. */
  async adopt(top: string, without: string[]): Promise<void> {
    await this.moveTop(top);
    this.without = new Set(without.map((path) => join(this.top, clean(path))));
    // Their sizes are known once the folders are read that they are in.
    const above = new Set([...this.without].flatMap((path) => wayDown(this.top, path).slice(0, -1)));
    for (const path of sorted([...above])) await this.read(path);
  }

  /** Makes a folder on the server, and keeps it here. */
  async create(parent: string, name: string): Promise<string> {
    const made = await this.ask.createRemoteFolder(this.session, absolute(join(parent, name.trim())));
    await this.open(parent);
    const path = clean(made.path);
    const paths = this.#children(parent);
    // It was made a moment ago: nothing is in it.
    const empty = { ...made, size: made.size ?? 0, has_folders: made.has_folders ?? false };
    this.#folders = new Map(this.#folders).set(path, empty);
    if (!paths.includes(path)) this.#setBranch(parent, { kind: "read", paths: sorted([...paths, path]) });
    if (this.tick(path) !== "all") this.toggle(path);
    return path;
  }

  /** The sum of what is in a folder; of the top from what is in it, if nobody told. */
  size(path: string): number | null {
    const told = this.folder(path)?.size;
    if (told !== undefined && (told !== null || path !== this.top)) return told;
    const branch = this.branch(path);
    if (path !== this.top || branch.kind !== "read") return null;
    let sum = 0;
    for (const child of branch.paths) {
      const size = this.folder(child)?.size ?? null;
      if (size === null) return null;
      sum += size;
    }
    return sum;
  }

  kept(path: string): number | null {
    return keptOf(this.without, path, this.size(path), (at) => this.folder(at)?.size ?? null);
  }

  /** What is left out, as a plan says it: from the top. */
  get leftOut(): string[] {
    return sorted([...this.without].map((path) => below(path, this.top)));
  }

  /** The lines that are seen: open branches, or what a search has found. */
  rows(topName: string): Row[] {
    const found = this.sought.trim() === "" ? null : this.#found();
    const rows: Row[] = [this.#row(this.top, topName, 1, 1, 1, true)];
    const walk = (path: string, level: number) => {
      const branch = this.branch(path);
      if (branch.kind !== "read") return;
      const paths = found ? branch.paths.filter((at) => found.has(at)) : branch.paths;
      paths.forEach((at, i) => {
        const inside = found !== null && paths.length > 0 && this.#children(at).some((child) => found.has(child));
        const open = found === null ? this.isOpen(at) : inside;
        rows.push(this.#row(at, nameOf(at), level, i + 1, paths.length, open));
        if (open) walk(at, level + 1);
      });
    };
    walk(this.top, 2);
    return rows;
  }

  /** How many folders a search has found; null while there is none. */
  get found(): number | null {
    return this.sought.trim() === "" ? null : this.#matches().length;
  }

  /** Shows the folders with this in their name, and reads on for more. */
  async seek(text: string): Promise<void> {
    this.sought = text;
    const search = ++this.#search;
    this.gaveUp = false;
    this.looked = null;
    if (text.trim() === "") return;
    this.looked = 0;
    const queue = [this.top];
    while (queue.length > 0 && search === this.#search) {
      if (this.looked >= SEARCHED) {
        this.gaveUp = true;
        break;
      }
      const path = queue.shift()!;
      await this.read(path);
      if (search !== this.#search) return;
      this.looked += 1;
      queue.push(...this.#children(path).filter((at) => this.folder(at)?.has_folders !== false));
    }
    if (search === this.#search) this.looked = null;
  }

  /** Nobody looks at it any more. */
  end() {
    this.#search += 1;
    this.#timers.forEach(clearTimeout);
    this.#timers.clear();
  }

  #row(path: string, name: string, level: number, position: number, siblings: number, isOpen: boolean): Row {
    const folder = this.folder(path);
    const branch = this.branch(path);
    const nothing = folder?.has_folders === false || (branch.kind === "read" && branch.paths.length === 0);
    const open = nothing && path !== this.top ? null : isOpen;
    const awaited =
      path === this.top
        ? this.#awaited.has(path) || branch.kind === "reading"
        : this.#awaited.has(parentOf(path) ?? "");
    return {
      path,
      name,
      folder,
      level,
      position,
      siblings,
      open,
      branch,
      awaited,
      tick: this.tick(path),
      kept: this.kept(path),
      size: this.size(path),
    };
  }

  #children(path: string): readonly string[] {
    const branch = this.branch(path);
    return branch.kind === "read" ? branch.paths : [];
  }

  #setBranch(path: string, branch: Branch) {
    this.#branches = new Map(this.#branches).set(path, branch);
  }

  #take(path: string, folders: RemoteFolder[]) {
    const known = new Map(this.#folders);
    for (const folder of folders) known.set(clean(folder.path), folder);
    this.#folders = known;
    this.#setBranch(path, { kind: "read", paths: sorted(folders.map((folder) => clean(folder.path))) });
  }

  /** Some servers count sizes only when asked a second time, some never. */
  #awaitSizes(path: string, time: number) {
    const missing = this.#children(path).some((at) => this.folder(at)?.size === null);
    const wait = SIZES_AGAIN[time];
    const awaited = new Set(this.#awaited);
    if (missing && wait !== undefined) awaited.add(path);
    else awaited.delete(path);
    this.#awaited = awaited;
    if (!missing || wait === undefined) return;
    const timer = setTimeout(async () => {
      this.#timers.delete(timer);
      try {
        this.#take(path, await this.ask.remoteFolders(this.session, absolute(path)));
      } catch {
        // What is read stays; only its sizes are not known yet.
      }
      this.#awaitSizes(path, time + 1);
    }, wait);
    this.#timers.add(timer);
  }

  /** What a search has found, with the way down to it. */
  #found(): Set<string> {
    return new Set(this.#matches().flatMap((path) => wayDown(this.top, path)));
  }

  #matches(): string[] {
    const text = this.sought.trim().toLocaleLowerCase();
    const matches = (path: string) => isIn(path, this.top) && nameOf(path).toLocaleLowerCase().includes(text);
    return [...this.#folders.keys()].filter(matches);
  }
}

const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const sorted = (paths: string[]) => paths.sort((a, b) => order.compare(a, b) || (a < b ? -1 : 1));
