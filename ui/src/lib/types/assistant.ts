import type { Quota, Said } from "./pair";

/** What answered at an address. */
export type Recognised = {
  /** The address as it is kept: of the storage, not of the page that was pasted. */
  address: string; host: string;
  family: "nextcloud" | "owncloud10" | "ocis" | "plain";
  product: string; version: string | null; title: string;
  encrypted: boolean;
  /** In the order in which they are offered. Others may come. */
  ways: ("browser" | "password")[];
  /** The password is exchanged at once for one of this computer. */
  exchanges: boolean;
  /** The server has a local password beside the institution's: explain both (words by this name). */
  two_passwords: boolean;
  maintenance: boolean;
};

/** Somebody is signed in, and nothing is written yet. */
export type SignedIn = {
  /** Names this sign-in until it is finished or abandoned. */
  session: string;
  login: string; display_name: string | null;
  title: string; quota: Quota | null;
  kept: "token" | "password" | "nowhere";
  /** An account that is there already: it is taken, no second one is made. */
  existing: string | null;
};

/** The browser is open at the server's page. */
export type BrowserSignIn = { id: string; url: string; minutes: number };

/** A place on this computer that is proposed. */
export type Place = { path: string; free: number; total: number; volume: string | null; usual: boolean };

/** What is at a place. */
export type PlaceReport = {
  path: string;
  kind: "new" | "empty" | "holds-files" | "of-another-client" | "nested" | "ours" | "unfit";
  files: number; more_files: boolean; bytes: number; free: number;
  /** The client whose folder it is: it can be taken over without a download, if `same` account. */
  client: { name: string; same: boolean; running: boolean; remote_path: string; without: string[] } | null;
  /** Its fate in one sentence, or why it cannot be. */
  said: Said;
};

/** A folder of the server, by its whole path there (`/Projects/2026`). Sizes may come late, or never (null). */
export type RemoteFolder = {
  path: string; name: string; size: number | null; has_folders: boolean | null;
  shared: boolean; read_only: boolean; external: boolean;
};

export type Fit = { download: number | null; disk_free: number; disk_fits: boolean; quota: Quota | null; said: Said | null };

export type Plan = {
  session: string; place: string; remote_path: string;
  /** Whole paths on the server, as `RemoteFolder` has them. */
  without: string[]; rules: string[]; take_over: boolean;
};
