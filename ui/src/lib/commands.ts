/**
 * All that the window asks of the program, and hears of it. Each is a Tauri
 * command of the same name; each rejects with a `Refused`. Nothing else in
 * `ui/` imports `@tauri-apps/api`.
 */
import { invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";
import type * as T from "./types";

type Folder = string | null;

// Home
export const overview = () => invoke<T.Overview>("overview");
export const accounts = () => invoke<T.Account[]>("accounts");
export const standings = () => invoke<T.Standing[]>("standings");
export const sync = (folder: Folder) => invoke<void>("sync", { folder });
/** Without seconds: until resumed. */
export const pause = (folder: Folder, seconds: number | null) => invoke<void>("pause", { folder, seconds });
export const resume = (folder: Folder) => invoke<void>("resume", { folder });
/** Opens the folder, or what is in it, with the program of the system. */
export const openPath = (folder: string, path: string | null) => invoke<void>("open_path", { folder, path });
/** Shows it in the file manager. */
export const reveal = (folder: string, path: string) => invoke<void>("reveal", { folder, path });
/** Opens the server's page of it in the browser. */
export const openWeb = (folder: string, path: string | null) => invoke<void>("open_web", { folder, path });
/** Opens a page that Navette itself named (a remedy's, the server's own). */
export const openPage = (url: string) => invoke<void>("open_page", { url });

// Activity
export const activity = (query: T.ActivityQuery) => invoke<T.ActivityPage>("activity", { query });

// Attention
export const concerns = () => invoke<T.Concern[]>("concerns");
/** The files that a question is about, where its sample is not all; `more`: there are still others. */
export const concernFiles = (folder: string, id: string) =>
  invoke<{ files: T.Part[]; more: boolean }>("concern_files", { folder, id });
export const previewVersions = (folder: string, path: string, copy: string) =>
  invoke<{ mine: T.Preview; theirs: T.Preview }>("preview_versions", { folder, path, copy });
export const choose = (folder: string, choice: T.Choice, paths: string[]) =>
  invoke<T.Chosen>("choose", { folder, choice, paths });
export const undo = (folder: string, entry: number | null) => invoke<T.Chosen>("undo", { folder, entry });
/** `restore`: they come back from the other side; `delete`: they leave it, too. */
export const answerBrake = (folder: string, side: T.Side, answer: "restore" | "delete", asked: string | null = null) =>
  invoke<void>("answer_brake", { folder, side, answer, asked });
export const brakeFiles = (folder: string, side: T.Side) => invoke<string[]>("brake_files", { folder, side });
export const answerGate = (folder: string, gate: string) => invoke<void>("answer_gate", { folder, gate });
/** Whether a name could be, and the name as it would be. */
export const checkName = (folder: string, path: string, name: string) =>
  invoke<{ fits: boolean; said: T.Said | null; suggestion: string }>("check_name", { folder, path, name });
export const rename = (folder: string, path: string, side: T.Side, name: string) =>
  invoke<void>("rename", { folder, path, side, name });
/** Never syncs this path: a rule of the folder. */
export const leaveOut = (folder: string, path: string) => invoke<void>("leave_out", { folder, path });
export const signInAgain = (account: string, password: string) => invoke<void>("sign_in_again", { account, password });
export const signInAgainByBrowser = (account: string) =>
  invoke<T.BrowserSignIn>("sign_in_again_by_browser", { account });
export const trustCertificate = (account: string, fingerprint: string) =>
  invoke<void>("trust_certificate", { account, fingerprint });

// Bring back
export const asides = (folder: Folder, text: string | null) => invoke<T.Aside[]>("asides", { folder, text });
export const previewAside = (folder: string, number: number) => invoke<T.Preview>("preview_aside", { folder, number });
/** Returns where it is now: its place, or beside what stands there. */
export const bringBack = (folder: string, number: number, where: "place" | "beside") =>
  invoke<string>("bring_back", { folder, number, where });
/** Deletes what is put aside, for good. Returns how many. */
export const emptyAsides = (folder: string) => invoke<number>("empty_asides", { folder });

// Assistant
/**
 * Refused with `unreachable`, `no-storage`, `not-encrypted`, `bad-address`, `certificate` …;
 * `portal` or `sent-elsewhere` where a network wants a sign-in first: it is asked again by itself.
 */
export const recognise = (address: string) => invoke<T.Recognised>("recognise", { address });
/**
 * Refused with `sign-in` (this password is not sent again), `second-factor` or `app-password-needed`
 * (goes on in the browser), `password-expired`, `terms-not-accepted`, `account-disabled` …
 */
export const signIn = (address: string, login: string, password: string) =>
  invoke<T.SignedIn>("sign_in", { address, login, password });
export const signInByBrowser = (address: string) => invoke<T.BrowserSignIn>("sign_in_by_browser", { address });
/** Answers once somebody has signed in there, or rejects (`expired`, `cancelled`, or as `signIn`). */
export const browserSignedIn = (id: string) => invoke<T.SignedIn>("browser_signed_in", { id });
export const cancelBrowser = (id: string) => invoke<void>("cancel_browser", { id });
/** Trusts a certificate of a server to which nobody is signed in yet (`recognise` refused it by `certificate`). */
export const trustServer = (address: string, fingerprint: string) =>
  invoke<void>("trust_server", { address, fingerprint });
/** The session of an account that is there: to add a folder. */
export const sessionOf = (account: string) => invoke<T.SignedIn>("session_of", { account });
export const places = (session: string) => invoke<T.Place[]>("places", { session });
export const examinePlace = (session: string, path: string) =>
  invoke<T.PlaceReport>("examine_place", { session, path });
/** Asks for a folder of this computer; null if nobody chose one. */
export const pickFolder = (title: string, at: string | null) => invoke<string | null>("pick_folder", { title, at });
/** The folders directly in a folder of the server. Asked again for sizes that were not there yet. */
export const remoteFolders = (session: string, path: string) =>
  invoke<T.RemoteFolder[]>("remote_folders", { session, path });
export const createRemoteFolder = (session: string, path: string) =>
  invoke<T.RemoteFolder>("create_remote_folder", { session, path });
export const fit = (plan: T.Plan) => invoke<T.Fit>("fit", { plan });
/** Writes it down and begins. Returns the folder. */
export const finish = (plan: T.Plan) => invoke<string>("finish", { plan });
/** Gives back what was signed in with, if nothing uses it. */
export const abandon = (session: string) => invoke<void>("abandon", { session });

// Settings
export const preferences = () => invoke<T.Preferences>("preferences");
export const prefer = (change: Partial<T.Preferences>) => invoke<T.Preferences>("prefer", { change });
export const options = (scope: T.Scope) => invoke<T.Option[]>("options", { scope });
export const setOption = (scope: T.Scope, key: string, value: string | null) =>
  invoke<void>("set_option", { scope, key, value });
export const setProxyPassword = (password: string | null) => invoke<void>("set_proxy_password", { password });
export const pairs = () => invoke<T.Pair[]>("pairs");
/** What of the server's folders is kept here, of a pair that exists. */
export const pairFolders = (folder: string, path: string) =>
  invoke<(T.RemoteFolder & { tick: "all" | "part" | "none" | "kept" })[]>("pair_folders", { folder, path });
export const select = (folder: string, tick: string[], untick: string[], keep: boolean) =>
  invoke<void>("select", { folder, tick, untick, keep });
export const rules = (folder: string) => invoke<T.Rules>("rules", { folder });
export const setRules = (scope: T.Scope, lines: string[]) => invoke<void>("set_rules", { scope, lines });
export const testPath = (folder: string, path: string) => invoke<T.RuleVerdict>("test_path", { folder, path });
export const relocate = (folder: string, to: string) => invoke<void>("relocate", { folder, to });
export const removeFolder = (folder: string) => invoke<void>("remove_folder", { folder });
export const removal = (account: string) => invoke<T.Removal>("removal", { account });
/** `send`: what is not sent yet goes before. */
export const removeAccount = (account: string, send: boolean) => invoke<void>("remove_account", { account, send });
export const gather = (names: boolean, to: string) => invoke<T.Gathered>("gather", { names, to });
export const pickArchive = (title: string) => invoke<string | null>("pick_archive", { title });
export const openLog = () => invoke<void>("open_log");
export const about = () => invoke<T.AboutNavette>("about");

// The window itself
/** Whoever closes it for the first time was told: now it hides. */
export const hideWindow = () => invoke<void>("hide_window");
export const quit = () => invoke<void>("quit");
/** Whether the desktop shows tray icons. */
export const hasTray = () => invoke<boolean>("has_tray");
/** The first picture stands: for start-up times and tests. */
export const ready = () => invoke<T.Goto>("ready");

// What the program tells
type Told = {
  standing: T.Standing;
  /** This folder is not a pair any more. */
  gone: string;
  overview: T.Overview;
  accounts: T.Account[];
  done: T.Entry;
  concerns: T.Concern[];
  preferences: T.Preferences;
  goto: T.Goto;
  /**
   * Somebody closes the window for the first time: explain with the words of that
   * name (without a tray it only becomes small), then `hideWindow`, which keeps in
   * `seen` that it was explained.
   */
  closing: "close-once" | "tray-none";
};
export const on = <K extends keyof Told>(what: K, heard: (told: Told[K]) => void): Promise<UnlistenFn> =>
  listen<Told[K]>(what, (event) => heard(event.payload));
