import { vi } from "vitest";
import { userEvent } from "vitest/browser";
import {
  $,
  address,
  click,
  firstStart,
  fit,
  goOn,
  holding,
  nested,
  never,
  otherClient,
  PLACE,
  recognised,
  refusal,
  row,
  signedIn,
  storage,
  toFolders,
} from "../fixtures/assistant";
import { entry, progress, standing } from "../fixtures/base";
import { full } from "../fixtures/scenes";
import { GB, KB, MB, type Words } from "../fixtures/words";
import { settle } from "../open";
import type { Scene } from "../program";
import type { Shot } from "./shot";

const at = "#assistant";
const passwordOnly = (say: Words) => recognised(say, { ways: ["password"] });

const server: Shot[] = [
  { name: "assistant-1-server-empty", at, scene: (say) => firstStart(say), act: goOn },
  {
    name: "assistant-1-server-recognised",
    at,
    scene: (say) => firstStart(say),
    act: async () => {
      await userEvent.fill($("main input"), "cloud.research-example.org/index.php/apps/files");
      await vi.waitFor(() => $(".found h2"), 3000);
    },
  },
  {
    name: "assistant-1-server-asking",
    at,
    scene: (say) => firstStart(say, { recognise: never }),
    act: async () => {
      await address();
      await new Promise((done) => setTimeout(done, 350));
    },
  },
  {
    name: "assistant-1-server-unreachable",
    at,
    scene: (say) =>
      firstStart(say, {
        recognise: () =>
          refusal("unreachable", say("Nothing answers at cloud.example.org.", "Rien ne répond à cloud.example.org."), {
            said: {
              sentence: say("Nothing answers at cloud.example.org.", "Rien ne répond à cloud.example.org."),
              remedy: say(
                "Check the address and the network. Nothing has been sent.",
                "Vérifiez l’adresse et le réseau. Rien n’a été envoyé.",
              ),
            },
            details: "GET https://cloud.example.org/status.php: connection refused",
            field: "address",
          }),
      }),
    act: () => address("cloud.example.org"),
  },
  {
    name: "assistant-1-server-portal",
    at,
    scene: (say) =>
      firstStart(say, { recognise: () => refusal("portal", say("Sign in first.", "Connexion requise.")) }),
    act: () => address(),
  },
  {
    name: "assistant-1-server-bare",
    at,
    scene: (say) => firstStart(say, { recognise: () => refusal("not-encrypted", "") }),
    act: () => address("http://cloud.example.org"),
  },
  {
    name: "assistant-1-server-maintenance",
    at,
    scene: (say) => firstStart(say, { recognise: recognised(say, { maintenance: true }) }),
    act: () => address(),
  },
];

const wrong = (say: Words): Partial<Scene> => ({
  recognise: recognised(say, { two_passwords: true, ways: ["password", "browser"] }),
  signIn: () =>
    refusal("sign-in", say("Not accepted.", "Pas accepté."), { field: "password", details: "PROPFIND /: 401" }),
});

async function fillSignIn(): Promise<void> {
  const [login, password] = document.querySelectorAll<HTMLInputElement>("main input");
  if (login) await userEvent.fill(login, "marie.delmas@labo-example.org");
  if (password) await userEvent.fill(password, "correct horse");
}

const signIn: Shot[] = [
  { name: "assistant-2-signin-browser", at, scene: (say) => firstStart(say), act: () => address() },
  {
    name: "assistant-2-signin-waiting",
    at,
    scene: (say) => firstStart(say, { browserSignedIn: never }),
    act: async () => {
      await address();
      await goOn();
    },
  },
  {
    name: "assistant-2-signin-expired",
    at,
    scene: (say) => firstStart(say, { browserSignedIn: () => refusal("expired", "") }),
    act: async () => {
      await address();
      await goOn();
    },
  },
  {
    name: "assistant-2-signin-password",
    at,
    scene: (say) => firstStart(say, { recognise: passwordOnly(say) }),
    act: async () => {
      await address();
      await fillSignIn();
    },
  },
  {
    name: "assistant-2-signin-two-wrong",
    at,
    scene: (say) => firstStart(say, wrong(say)),
    act: async () => {
      await address();
      await fillSignIn();
      await goOn();
      await goOn();
      await click($(".others .link"));
    },
  },
  {
    name: "assistant-2-signin-second-factor",
    at,
    scene: (say) =>
      firstStart(say, {
        recognise: recognised(say, { ways: ["password", "browser"], exchanges: false }),
        signIn: () => refusal("second-factor", say("A second factor.", "Un second facteur."), { field: "password" }),
      }),
    act: async () => {
      await address();
      await fillSignIn();
      await goOn();
    },
  },
  {
    name: "assistant-2-signin-done",
    at,
    scene: (say) => firstStart(say, { browserSignedIn: signedIn(say, { existing: "research" }) }),
    act: async () => {
      await toFolders();
      await click($("footer button[type='button']"));
    },
  },
];

async function choose(): Promise<void> {
  await toFolders();
  await click(row("Projects").querySelector<HTMLElement>(".turn")!);
  await click(row("Raw video").querySelector<HTMLElement>(".tick")!);
  await click(row("Archive 1998–2015").querySelector<HTMLElement>(".tick")!);
  await vi.waitFor(() => $(".fit .progress"), 3000);
}

const folders: Shot[] = [
  {
    name: "assistant-3-folders",
    at,
    scene: (say) => firstStart(say, { examinePlace: holding(say) }),
    act: choose,
  },
  {
    name: "assistant-3-folders-late",
    at,
    scene: (say) =>
      firstStart(say, {
        remoteFolders: ({ path }) => storage(path, ["/Projects", "/Archive 1998–2015"]),
        fit: never,
      }),
    act: toFolders,
  },
  {
    name: "assistant-3-folders-reading",
    at,
    scene: (say) =>
      firstStart(say, {
        remoteFolders: ({ path }) =>
          path === "/Thesis"
            ? refusal("unreachable", say("Nothing answers.", "Rien ne répond."))
            : path === "/"
              ? storage(path)
              : never(),
      }),
    act: async () => {
      await toFolders();
      await click(row("Projects").querySelector<HTMLElement>(".turn")!);
      await click(row("Thesis").querySelector<HTMLElement>(".turn")!);
      await new Promise((done) => setTimeout(done, 350));
    },
  },
  {
    name: "assistant-3-folders-taken",
    at,
    scene: (say) => firstStart(say, { examinePlace: otherClient(say) }),
    act: toFolders,
  },
  {
    name: "assistant-3-folders-running",
    at,
    scene: (say) => firstStart(say, { examinePlace: otherClient(say, { running: true }) }),
    act: async () => {
      await toFolders();
      await goOn();
    },
  },
  {
    name: "assistant-3-folders-other-account",
    at,
    scene: (say) => firstStart(say, { examinePlace: otherClient(say, { same: false }) }),
    act: toFolders,
  },
  {
    name: "assistant-3-folders-taken-over",
    at,
    scene: (say) => firstStart(say, { examinePlace: otherClient(say) }),
    act: async () => {
      await toFolders();
      await click($(".answers button"));
    },
  },
  {
    name: "assistant-3-folders-nested",
    at,
    scene: (say) => firstStart(say, { examinePlace: nested(say) }),
    act: async () => {
      await toFolders();
      await goOn();
    },
  },
  {
    name: "assistant-3-folders-no-fit",
    at,
    scene: (say) =>
      firstStart(say, {
        fit: fit({
          download: 74.9 * GB,
          disk_free: 21 * GB,
          disk_fits: false,
          quota: { used: 19.6 * GB, total: 20 * GB },
        }),
      }),
    act: async () => {
      await toFolders();
      await vi.waitFor(() => $(".fit .progress.warn"), 3000);
    },
  },
  {
    name: "assistant-3-folders-search",
    at,
    scene: (say) => firstStart(say),
    act: async () => {
      await toFolders();
      await userEvent.fill($("[data-search]"), "raw");
      await settle();
    },
  },
  {
    name: "assistant-3-folders-new",
    at,
    scene: (say) => firstStart(say),
    act: async () => {
      await toFolders();
      await click($(".bar .button"));
      await userEvent.keyboard("a/b{Enter}");
      await settle();
    },
  },
  {
    name: "assistant-3-folders-kinds",
    at,
    scene: (say) => firstStart(say),
    act: async () => {
      await toFolders();
      await click(document.querySelectorAll<HTMLElement>(".change .link")[0]!);
      await vi.waitFor(() => $("[role='dialog']"));
      await click(document.querySelectorAll<HTMLElement>("[role='dialog'] [role='checkbox']")[1]!);
      await userEvent.fill($("[role='dialog'] textarea"), "*.bak\n/private/");
    },
  },
  {
    name: "assistant-3-folders-top",
    at,
    scene: (say) => firstStart(say),
    act: async () => {
      await toFolders();
      await click(document.querySelectorAll<HTMLElement>(".change .link")[1]!);
      await vi.waitFor(() => $("[role='dialog'] [role='row'][aria-level='2']"));
      await settle();
    },
  },
  {
    name: "assistant-3-folders-of-account",
    at: "#assistant?id=research",
    scene: (say) => ({ ...firstStart(say), ...full(say) }),
    act: async () => {
      await vi.waitFor(() => $("[role='row'][aria-level='2']"));
      await settle();
    },
  },
  {
    name: "assistant-3-folders-no-session",
    at: "#assistant?id=research",
    scene: (say) => ({
      ...firstStart(say),
      ...full(say),
      sessionOf: () =>
        refusal("no-password", "", {
          said: {
            sentence: say(
              "The password of this account is not to be had.",
              "Le mot de passe de ce compte est introuvable.",
            ),
            remedy: say("Sign in again under Attention.", "Reconnectez-vous sous À traiter."),
          },
        }),
    }),
  },
];

const summary: Shot[] = [
  {
    name: "assistant-4-summary",
    at,
    scene: (say) => firstStart(say, { examinePlace: holding(say) }),
    act: async () => {
      await choose();
      await goOn();
      await vi.waitFor(() => $(".line.way:nth-of-type(1)"));
    },
  },
  {
    name: "assistant-4-summary-no-fit",
    at,
    scene: (say) =>
      firstStart(say, {
        signIn: signedIn(say, { kept: "password" }),
        fit: fit({ download: 74.9 * GB, disk_free: 21 * GB, disk_fits: false }),
        finish: () =>
          refusal("unreachable", "", {
            said: {
              sentence: say(
                "Nothing answers at cloud.research-example.org.",
                "Rien ne répond à cloud.research-example.org.",
              ),
              remedy: say("Nothing was written down.", "Rien n’a été enregistré."),
            },
          }),
      }),
    act: async () => {
      await toFolders();
      await vi.waitFor(() => $(".fit .progress.warn"), 3000);
      await goOn();
      await goOn();
    },
  },
];

const begun = (say: Words, more: Parameters<typeof standing>[1]): Scene =>
  firstStart(say, {
    standings: [standing(say, { folder: PLACE, remote_path: "/", checked: null, files: 0, ...more })],
  });

async function begin(): Promise<void> {
  await toFolders();
  await goOn();
  await goOn();
}

const arrived = (path: string) => entry({ folder: PLACE, verb: "fetched", path });

const firstSync: Shot[] = [
  {
    name: "assistant-5-first-checking",
    at,
    scene: (say) =>
      begun(say, {
        state: "checking",
        said: { sentence: say("Checking for changes", "Recherche de changements"), remedy: null },
      }),
    act: begin,
  },
  {
    name: "assistant-5-first-moving",
    at,
    scene: (say) =>
      begun(say, {
        state: "syncing",
        said: { sentence: say("Syncing", "Synchronisation"), remedy: null },
        recent: [arrived("Thesis/chapter-2.docx"), arrived("Thesis/Figures/map-of-the-northern-transects.svg")],
        progress: progress({
          files: 4287,
          files_ended: 1630,
          bytes: 27 * GB,
          moved: 10.3 * GB,
          fraction: 0.38,
          rate: 12.6 * MB,
          time_left: 1320,
          moving: [
            { path: "Projects/Field data 2026/transect-04.tif", side: "local", bytes: 640 * MB, moved: 212 * MB },
            { path: "Thesis/chapter-3.docx", side: "local", bytes: 1.4 * MB, moved: 1.1 * MB },
            { path: "Thesis/notes-2026-11.md", side: "remote", bytes: 4 * KB, moved: 2 * KB },
          ],
        }),
      }),
    act: begin,
  },
  {
    name: "assistant-5-first-offline",
    at,
    scene: (say) =>
      begun(say, {
        state: "hindered",
        reason: "unreachable",
        said: {
          sentence: say(
            "Nothing answers at cloud.research-example.org.",
            "Rien ne répond à cloud.research-example.org.",
          ),
          remedy: say("Navette goes on as soon as it does.", "Navette continue dès que ce sera le cas."),
        },
      }),
    act: begin,
  },
  {
    name: "assistant-5-first-done",
    at,
    scene: (say) => begun(say, { files: 4287, recent: [arrived("Thesis/chapter-3.docx")] }),
    act: begin,
  },
];

export const shots: Shot[] = [...server, ...signIn, ...folders, ...summary, ...firstSync];
