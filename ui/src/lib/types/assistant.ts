// Written by `NAVETTE_BLESS=1 cargo test -p navette-desktop --test types`: change the Rust types instead.
import type { Quota, Said } from "./pair";

/** The families of servers. */
export type Family = "nextcloud" | "owncloud10" | "ocis" | "plain";

/** A way to sign in. */
export type Way = "browser" | "password";

/** What answered at an address. */
export type Recognised = {
  /** The address as it is kept: of the storage, not of the page that was pasted. */
  address: string,
  /** Its host, for people. */
  host: string,
  /** Which family. */
  family: Family,
  /** What kind of server it says it is. */
  product: string,
  /** Its version, where it says it. */
  version: string | null,
  /** What those who run it call it, or its host. */
  title: string,
  /** Nobody on the way can read along. */
  encrypted: boolean,
  /** In the order in which they are offered. */
  ways: Array<Way>,
  /** The password is exchanged for one of this computer. */
  exchanges: boolean,
  /** The server has a local password beside the institution's: explain both. */
  two_passwords: boolean,
  /** It serves nobody for now. */
  maintenance: boolean,
};

/** What is kept of a sign-in. */
export type KeptAs = "token" | "password" | "nowhere";

/** Somebody is signed in, and nothing is written yet. */
export type SignedIn = {
  /** Names this sign-in until it is finished or abandoned. */
  session: string,
  /** The login. */
  login: string,
  /** What people call the account. */
  display_name: string | null,
  /** What those who run the server call it. */
  title: string,
  /** The room there. */
  quota: Quota | null,
  /** What is kept of the sign-in. */
  kept: KeptAs,
  /** An account that is there already: it is taken, no second one is made. */
  existing: string | null,
};

/** The browser is open at the server's page. */
export type BrowserSignIn = {
  /** Names it until somebody has signed in, or it is given up. */
  id: string,
  /** The page. */
  url: string,
  /** So long it is valid. */
  minutes: number,
};

/** A place on this computer that is proposed. */
export type Place = {
  /** The folder. */
  path: string,
  /** Bytes that are free on its disk. */
  free: number,
  /** Bytes that its disk has in all. */
  total: number,
  /** What its disk is called, if it is not the usual one. */
  volume: string | null,
  /** It is where such folders usually are. */
  usual: boolean,
};

/** What is at a place. */
export type PlaceKind = "new" | "empty" | "holds-files" | "of-another-client" | "nested" | "ours" | "unfit";

/**
 * The client whose folder a place is: it can be taken over without a download
 * if it is the `same` account.
 */
export type PlaceClient = {
  /** What it is called. */
  name: string,
  /** It belongs to this very account. */
  same: boolean,
  /** It is at work on the folder. */
  running: boolean,
  /** The folder of the server. */
  remote_path: string,
  /** Folders below that one that are not wanted here. */
  without: Array<string>,
};

/** What is at a place on this computer. */
export type PlaceReport = {
  /** The place. */
  path: string,
  /** What is there. */
  kind: PlaceKind,
  /** How many files it holds. */
  files: number,
  /** There are more. */
  more_files: boolean,
  /** How many bytes they have. */
  bytes: number,
  /** Bytes that are free there. */
  free: number,
  /** The client whose folder it is. */
  client: PlaceClient | null,
  /** Its fate in one sentence, or why it cannot be. */
  said: Said,
};

/** A folder of the server. */
export type RemoteFolder = {
  /** Its whole path. */
  path: string,
  /** Its name. */
  name: string,
  /** The bytes of all in it; null where the server does not say it. */
  size: number | null,
  /** Whether there are folders in it; null where the server does not say it. */
  has_folders: boolean | null,
  /** Somebody shares it with this account. */
  shared: boolean,
  /** Nothing can be added to it. */
  read_only: boolean,
  /** It lies on another storage. */
  external: boolean,
};

/** Whether what is wanted fits. */
export type Fit = {
  /** Bytes that come here at most; null where the server does not say it. */
  download: number | null,
  /** Bytes of the disk that they may take. */
  disk_free: number,
  /** They fit, as far as is known. */
  disk_fits: boolean,
  /** The room on the server. */
  quota: Quota | null,
  /** Why not. */
  said: Said | null,
};

/** What somebody has decided. */
export type Plan = {
  /** The sign-in. */
  session: string,
  /** The folder on this computer. */
  place: string,
  /** The folder on the server. */
  remote_path: string,
  /** Folders of the server, below that one, that are not kept here. */
  without: Array<string>,
  /** What is never synced. */
  rules: Array<string>,
  /** The folder is another client's, and is taken over as it is there. */
  take_over: boolean,
};
