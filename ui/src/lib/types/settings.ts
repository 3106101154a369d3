import type { Said } from "./pair";

/** What is chosen for the window alone. */
export type Preferences = {
  /** The name of a folder of texts, as "fr". */
  language: "system" | (string & {});
  /** What "system" is, so that the window speaks as the program does. */
  system_language: string;
  theme: "system" | "light" | "dark";
  notify: "all" | "needed" | "none";
  /** Of new files from others. */
  notify_new: boolean;
  tray_tone: "system" | "light" | "dark";
  start_with_session: boolean;
  /** What was explained once. */
  seen: string[];
};

/** `sync`: for everything; else an account's name, or a folder's path. */
export type Scope = { kind: "sync" } | { kind: "account"; name: string } | { kind: "folder"; path: string };

/** One of the keys of `navette config`. */
export type Option = { key: string; value: string; from: "usual" | "sync" | "account" | "folder"; forms: string; levels: string[] };

export type Pair = { folder: string; account: string; remote_path: string; rules: string[]; without: string[]; title: string };

export type Rules = { built_in: string[]; everywhere: string[]; account: string[]; folder: string[]; file: string[] };
export type RuleVerdict = { left_out: boolean; rule: string | null; level: string | null; said: Said };

export type Removal = { account: string; server: string; unsent: number; folders: string[] };
export type AboutNavette = { version: string; licence: string; components: { name: string; version: string; licence: string }[]; log_dir: string; settings: string; updates: "off" | "on" };
export type Gathered = { path: string; bytes: number; files: string[] };
