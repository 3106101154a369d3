import { vi } from "vitest";
import { $, firstStart, fit, goOn, holding, refusal, signedIn, toFolders } from "../../fixtures/assistant";
import { GB } from "../../fixtures/words";
import type { Shot } from "../shot";
import { choose } from "./steps";

const at = "#assistant";

export const shots: Shot[] = [
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
