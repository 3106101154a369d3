/** What a card says of its folder. Pure. */
import { ago, count, fileName, fromHome, left, moment } from "../../lib/format";
import { say } from "../../lib/texts";
import type { PairState, Progress, Standing } from "../../lib/types";

const OFFLINE = ["unreachable", "proxy-unreachable"];

/** The state in a few words: beside the name, where the notice has the rest. */
export function stateWords(standing: Standing, state: PairState, now: number): string {
  switch (state) {
    case "starting":
    case "checking":
      return say("state-checking");
    case "syncing":
      return say("mood-syncing");
    case "up-to-date":
      return standing.checked === null
        ? say("mood-up-to-date")
        : say("state-pair-up-to-date", { ago: ago(standing.checked, now) });
    case "needs-you":
      return say("pair-needs-you");
    case "waiting":
      return say("pair-waiting");
    case "hindered":
      return standing.said.remedy === null && !OFFLINE.includes(standing.reason ?? "")
        ? standing.said.sentence
        : say(OFFLINE.includes(standing.reason ?? "") ? "state-offline" : "pair-waits-since", {
            time: moment(standing.since, now),
          });
    case "stopped":
      return say("pair-stopped-since", { time: moment(standing.since, now) });
    case "paused":
      return standing.said.sentence;
  }
}

export const nameOf = (standing: Standing) => fileName(standing.folder);
export const hereOf = (standing: Standing) => fromHome(standing.folder);

/** Of a drive that may be taken away, as far as its path tells. */
export const isOnDrive = (folder: string) =>
  /^\/(media|run\/media|mnt|Volumes)\//.test(folder) || /^[D-Z]:/.test(folder);

export const threadName = (standing: Standing, state: string) =>
  say("thread-name", { name: nameOf(standing), here: hereOf(standing), there: standing.remote_path, state });

/** “128 of 412 files, 4 min left”. */
export function progressWords(progress: Progress): string {
  const files = say("progress-files", { done: count(progress.files_ended), n: progress.files });
  return progress.time_left === null ? files : say("progress-left", { files, left: left(progress.time_left) });
}
