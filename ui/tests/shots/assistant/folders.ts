import { vi } from "vitest";
import { userEvent } from "vitest/browser";
import {
  $,
  click,
  firstStart,
  fit,
  goOn,
  holding,
  nested,
  never,
  otherClient,
  refusal,
  row,
  storage,
  toFolders,
} from "../../fixtures/assistant";
import { full } from "../../fixtures/scenes";
import { GB } from "../../fixtures/words";
import { settle } from "../../open";
import type { Shot } from "../shot";
import { choose } from "./steps";

const at = "#assistant";

export const shots: Shot[] = [
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
