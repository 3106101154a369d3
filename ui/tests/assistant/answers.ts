/** A program that answers the assistant as a test wants it to. */
import type { Ask } from "../../src/lib/assistant/ask";
import type { PlaceReport, Recognised, Refused, RemoteFolder, SignedIn } from "../../src/lib/types";

const GB = 1024 ** 3;

export const recognised: Recognised = {
  address: "https://cloud.research-example.org",
  host: "cloud.research-example.org",
  family: "owncloud10",
  product: "ownCloud",
  version: "10.15",
  title: "Research Cloud",
  encrypted: true,
  ways: ["browser", "password"],
  exchanges: true,
  two_passwords: false,
  maintenance: false,
};

export const signedIn: SignedIn = {
  session: "s1",
  login: "marie.delmas",
  display_name: "Marie Delmas",
  title: "Research Cloud",
  quota: { used: 13.4 * GB, total: 20 * GB },
  kept: "token",
  existing: null,
};

export const report: PlaceReport = {
  path: "/home/marie/Research Cloud",
  kind: "new",
  files: 0,
  more_files: false,
  bytes: 0,
  free: 96.4 * GB,
  client: null,
  said: { sentence: "Navette makes this folder.", remedy: null },
};

export const otherClient: PlaceReport = {
  ...report,
  path: "/home/marie/Nextcloud",
  kind: "of-another-client",
  files: 212,
  client: { name: "Nextcloud Desktop", same: true, running: false, remote_path: "/Work", without: ["Raw video"] },
  said: { sentence: "Nextcloud Desktop syncs this folder.", remedy: null },
};

export const folder = (path: string, size: number | null = null, more: Partial<RemoteFolder> = {}): RemoteFolder => ({
  path,
  name: path.slice(path.lastIndexOf("/") + 1),
  size,
  has_folders: true,
  shared: false,
  read_only: false,
  external: false,
  ...more,
});

export const storage: Record<string, RemoteFolder[]> = {
  "/": [
    folder("/Thesis", 4.2 * GB),
    folder("/Projects", 61 * GB, { shared: true }),
    folder("/Archive 1998–2015", 9.1 * GB),
    folder("/Shared with me", 0.625 * GB, { read_only: true, has_folders: false }),
  ],
  "/Projects": [
    folder("/Projects/Field data 2026", 18.2 * GB),
    folder("/Projects/Methods", 3.9 * GB),
    folder("/Projects/Raw video", 38.9 * GB),
  ],
  "/Thesis": [folder("/Thesis/Figures", 1.1 * GB, { has_folders: false })],
};

export const refused = (code: string, sentence: string, more: Partial<Refused> = {}): Refused => ({
  code,
  said: { sentence, remedy: null },
  details: null,
  field: null,
  ...more,
});

/** A promise that the test keeps or breaks. */
export function promised<T>() {
  let keep!: (value: T) => void;
  let refuse!: (refused: Refused) => void;
  const promise = new Promise<T>((resolve, reject) => ([keep, refuse] = [resolve, reject]));
  return { promise, keep, refuse };
}

/** All that was asked, in order, as `command argument …`. */
export type Asked = Ask & { asked: string[] };

export function answering(answers: Partial<Ask> = {}): Asked {
  const asked: string[] = [];
  const usual: Ask = {
    recognise: async () => recognised,
    signIn: async () => signedIn,
    signInByBrowser: async () => ({ id: "b1", url: "https://cloud.research-example.org/login/flow", minutes: 20 }),
    browserSignedIn: async () => signedIn,
    cancelBrowser: async () => {},
    openPage: async () => {},
    sessionOf: async (account) => ({ ...signedIn, existing: account }),
    places: async () => [
      { path: report.path, free: report.free, total: 200 * GB, volume: null, usual: true },
      { path: "/media/data/Research Cloud", free: 412 * GB, total: 900 * GB, volume: "Data", usual: false },
    ],
    examinePlace: async (_, path) => ({ ...report, path }),
    pickFolder: async () => "/home/marie/Cloud",
    remoteFolders: async (_, path) => storage[path] ?? [],
    createRemoteFolder: async (_, path) => folder(path, null, { has_folders: null }),
    fit: async () => ({
      download: 27 * GB,
      disk_free: report.free,
      disk_fits: true,
      quota: signedIn.quota,
      said: null,
    }),
    finish: async () => report.path,
    abandon: async () => {},
  };
  const all = { ...usual, ...answers };
  const told = Object.fromEntries(
    Object.entries(all).map(([name, answer]) => [
      name,
      (...args: unknown[]) => {
        asked.push([name, ...args.map((arg) => (typeof arg === "string" ? arg : JSON.stringify(arg)))].join(" "));
        return (answer as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  );
  return { ...(told as unknown as Ask), asked };
}

/** Lets everything that waits for nothing but promises go on. */
export const settled = async () => {
  for (let i = 0; i < 30; i++) await Promise.resolve();
};
