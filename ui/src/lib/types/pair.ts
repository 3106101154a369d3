/** A sentence, and what one can do about it. */
export type Said = { sentence: string; remedy: string | null };

/** Which side: this computer, or the server. */
export type Side = "local" | "remote";

export type PairState =
  | "starting" | "checking" | "syncing" | "up-to-date" | "waiting"
  | "needs-you" | "paused" | "hindered" | "stopped";

/** One file or folder on its way. `side` is the one that changes: `remote` is being sent. */
export type Moving = { path: string; side: Side; bytes: number; moved: number };

/** How far the steps are. Rate and time left are computed once, in Rust (ui.md 6.5). */
export type Progress = {
  steps: number; ended: number;
  files: number; files_ended: number;
  bytes: number; moved: number;
  /** Work done of work known, 0 to 1; never goes back within a run. */
  fraction: number;
  /** Bytes per second; null while unknown. */
  rate: number | null;
  /** Seconds; null while unknown. */
  time_left: number | null;
  /** Seconds without any progress, from 30 on. */
  stalled: number | null;
  moving: Moving[];
};

/** Something that the last run has left. */
export type Left = {
  path: string; side: Side | null; again: number | null;
  /** A word, or an object of a word and what belongs to it. */
  cause: unknown;
  blocks: boolean; said: Said;
};

/** Deletions that wait for a decision. `side` would lose the files. */
export type Brake = { side: Side; files: string[]; of: number; rule: string; said: Said };

/** One pair, as docs/API.md tells it. Times are seconds since 1970. */
export type Standing = {
  folder: string; account: string; server: string; user: string; remote_path: string;
  state: PairState; reason: string | null; said: Said;
  since: number; checked: number | null; until: number | null;
  files: number; runs: number; told: boolean;
  progress: Progress | null; left: Left[]; brakes: Brake[]; recent: Entry[];
  unwatched: Said | null;
};

export type Version = { size: number | null; date: number | null };

export type Verb =
  | "fetched" | "replaced" | "sent" | "updated" | "folder-made" | "moved" | "renamed"
  | "shown-as" | "put-aside" | "deleted" | "came-back" | "conflict" | "held" | "failed"
  | "kept-mine" | "kept-theirs" | "kept-both" | "undone";

/** One thing that was done. */
export type Entry = {
  id: number | null; batch: number | null; folder: string; at: number; path: string;
  verb: Verb; side: Side | null; why: string | null; cause: unknown; bytes: number;
  from: string | null; shown_as: string | null; aside: number | null; copy: string | null;
  copy_aside: number | null; undoes: number | null; here: Version | null; there: Version | null;
  said: Said;
};

/** A page of what was done, newest first; `next` asks for the one after it. */
export type ActivityPage = { entries: Entry[]; next: string | null };
export type ActivityQuery = {
  /** Null: of all folders. */
  folder: string | null;
  verbs: Verb[];
  /** Part of a path; not a pattern. */
  text: string | null;
  since: number | null;
  next: string | null;
  limit: number;
};

export type Quota = { used: number; total: number | null };

/** An account, with what its server last told of its room. */
export type Account = {
  name: string; server: string; host: string;
  /** What the server calls itself, or its host. */
  title: string;
  product: string | null; user: string; display_name: string | null;
  quota: Quota | null;
};

/** The one picture of everything, which window and tray show unchanged (ui.md 6.3). */
export type Overview = {
  mood: "needs-you" | "stopped" | "paused" | "offline" | "syncing" | "checking" | "up-to-date" | "empty";
  /** First line, and what else is true. */
  headline: string; rest: string;
  needing: number;
  /** When a pause ends; null without, or without a known end. */
  until: number | null;
  fraction: number | null; time_left: number | null;
};
