import { firstStart, goOn, PLACE, toFolders } from "../../fixtures/assistant";
import { entry, progress, standing } from "../../fixtures/base";
import { GB, KB, MB, type Words } from "../../fixtures/words";
import type { Scene } from "../../program";
import type { Shot } from "../shot";

const at = "#assistant";

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

export const shots: Shot[] = [
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
