// Written by `NAVETTE_BLESS=1 cargo test -p navette-desktop --test types`: change the Rust types instead.

/** A sentence, and what one can do about it. */
export type Said = {
  /** What is the case. */
  sentence: string,
  /** What the user can do. */
  remedy: string | null,
};

/** Which side: this computer, or the server. */
export type Side = "local" | "remote";

/** The word for what holds of a pair. */
export type PairState = "starting" | "checking" | "syncing" | "up-to-date" | "waiting" | "needs-you" | "paused" | "hindered" | "stopped";

/** One file or folder on its way. `side` is the one that changes: `remote` is being sent. */
export type Moving = {
  /** The path as a person would say it. */
  path: string,
  /** The side that changes. */
  side: Side,
  /** Bytes in all. */
  bytes: number,
  /** Bytes that went by. */
  moved: number,
};

/** How far the steps are. The same numbers are shown everywhere. */
export type Progress = {
  /** Steps in all. */
  steps: number,
  /** Steps that have ended. */
  ended: number,
  /** Files that are sent or fetched, in all. */
  files: number,
  /** Those of them that have ended. */
  files_ended: number,
  /** Bytes in all. */
  bytes: number,
  /** Bytes that went by. */
  moved: number,
  /** Work done of work known, 0 to 1; never goes back within a run. */
  fraction: number,
  /** Bytes a second; null while unknown. */
  rate: number | null,
  /** Seconds; null while unknown. */
  time_left: number | null,
  /** Seconds without any progress, from 30 on. */
  stalled: number | null,
  /** What is on its way, in the order in which it began. */
  moving: Array<Moving>,
};

/** Something that the last run has left. */
export type Left = {
  /** The path as a person would say it. */
  path: string,
  /** The side it is about, if one. */
  side: Side | null,
  /** When it is tried again by itself; null: when it changes, or in the next run. */
  again: number | null,
  /** A word, or an object of a word and what belongs to it. */
  cause: unknown,
  /** It spoils the equality; else it is only mentioned. */
  blocks: boolean,
  /** Why, for people. */
  said: Said,
};

/** Deletions that wait for a decision. */
export type Brake = {
  /** The side that would lose the files. */
  side: Side,
  /** Their paths. */
  files: Array<string>,
  /** Names just these files, for whoever decides. */
  asked: string,
  /** How many files that side has. */
  of: number,
  /** Which rule holds them back. */
  rule: string,
  /** What is the case, for people. */
  said: Said,
};

/** How one pair stands. Times are seconds since 1970. */
export type Standing = {
  /** The folder on this computer. */
  folder: string,
  /** The name of its account. */
  account: string,
  /** The server's address. */
  server: string,
  /** The login. */
  user: string,
  /** The folder there; begins with `/`. */
  remote_path: string,
  /** What holds. */
  state: PairState,
  /** Why it is hindered or stopped, or pauses by itself, in a word. */
  reason: string | null,
  /** The state, for people. */
  said: Said,
  /** When this state was entered. */
  since: number,
  /** When both sides were last looked at, or asked, to the end. */
  checked: number | null,
  /** When a pause ends, if that is known. */
  until: number | null,
  /** How many files were equal on both sides after the last run. */
  files: number,
  /** How many runs have ended, well or not. */
  runs: number,
  /** The server tells of changes by itself. */
  told: boolean,
  /** How far the steps are, while syncing. */
  progress: Progress | null,
  /** What the last run has left. */
  left: Array<Left>,
  /** Deletions that wait for a decision. */
  brakes: Array<Brake>,
  /**
   * The ids of what needs somebody, as `concerns` tells it; what concerns a
   * whole account has the same one in each of its pairs.
   */
  questions: Array<string>,
  /** The last things that were done, newest first. */
  recent: Array<Entry>,
  /** Why the system does not tell of changes here. */
  unwatched: Said | null,
};

/** What a file was like on one side. */
export type Version = {
  /** Length in bytes, where it is known. */
  size: number | null,
  /** Last change of its content, in seconds since 1970, where it is known. */
  date: number | null,
};

/** What was done. The words are promised, for programs. */
export type Verb = "fetched" | "replaced" | "sent" | "updated" | "folder-made" | "moved" | "renamed" | "shown-as" | "put-aside" | "deleted" | "came-back" | "conflict" | "held" | "failed" | "kept-mine" | "kept-theirs" | "kept-both" | "undone" | "brought-back";

/** One thing that was done. */
export type Entry = {
  /** Its number: later entries of the folder have higher ones. Null if it could not be kept. */
  id: number | null,
  /** The number of the first entry of those that were done together. */
  batch: number | null,
  /** The folder of the pair. */
  folder: string,
  /** When, in seconds since 1970. */
  at: number,
  /** The path now, as a person would say it. */
  path: string,
  /** What was done. */
  verb: Verb,
  /** On which side. */
  side: Side | null,
  /** Why, in a word. */
  why: string | null,
  /** What was in the way: a word, or an object of a word and what belongs to it. */
  cause: unknown,
  /** Bytes of files that went by. */
  bytes: number,
  /** The path before. */
  from: string | null,
  /** The name that it has on this computer instead. */
  shown_as: string | null,
  /** The number under which what was here is put aside. */
  aside: number | null,
  /** The path of the copy, where there are two versions. */
  copy: string | null,
  /** The number under which the copy is put aside. */
  copy_aside: number | null,
  /** The number of the choice that was taken back. */
  undoes: number | null,
  /** What was here before. */
  here: Version | null,
  /** What the server showed before. */
  there: Version | null,
  /** All of it, for people. */
  said: Said,
};

/** A page of what was done, newest first; `next` asks for the one after it. */
export type ActivityPage = {
  /** The entries. */
  entries: Array<Entry>,
  /** What asks for the page after this one; null: there is none. */
  next: string | null,
};

/** Which entries are wanted. */
export type ActivityQuery = {
  /** Of this folder; null: of all folders. */
  folder: string | null,
  /** With one of these verbs; none: all. */
  verbs: Array<Verb>,
  /** Part of a path, whatever the case of its letters; not a pattern. */
  text: string | null,
  /** Since then, in seconds since 1970. */
  since: number | null,
  /** What the page before has called the next one. */
  next: string | null,
  /** So many at most. */
  limit: number,
};

/** How much room an account has on its server, in bytes. */
export type Quota = {
  /** What is used. */
  used: number,
  /** What there is; null without a limit. */
  total: number | null,
};

/** An account, with what its server last told of it. */
export type Account = {
  /** How folders and people call it. */
  name: string,
  /** The server's address. */
  server: string,
  /** The server's name in the network. */
  host: string,
  /** What the server calls itself, or its host. */
  title: string,
  /** Product and version, if they are known yet. */
  product: string | null,
  /** The login. */
  user: string,
  /** What people call the account. */
  display_name: string | null,
  /** Its room, if it is known yet. */
  quota: Quota | null,
};

/** What holds, in a word. */
export type Mood = "needs-you" | "stopped" | "paused" | "offline" | "syncing" | "checking" | "up-to-date" | "empty";

/** The one picture of everything. */
export type Overview = {
  /** What holds. */
  mood: Mood,
  /** The first line. */
  headline: string,
  /** What else is true. */
  rest: string,
  /** How many things need somebody. */
  needing: number,
  /** When a pause ends; null without, or without a known end. */
  until: number | null,
  /** Work done of work known of all that is synced, 0 to 1. */
  fraction: number | null,
  /** Seconds; null while unknown. */
  time_left: number | null,
};
