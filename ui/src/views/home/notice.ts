/** The one notice of a folder, and its one way out. Pure. */
import { count } from "../../lib/format";
import { mendedAt } from "../../lib/settings/sections";
import { stateOf } from "../../lib/state";
import { say } from "../../lib/texts";
import type { Concern, Left, Standing } from "../../lib/types";

export type Way =
  | { to: "attention"; id: string | null }
  | { to: "retry" }
  | { to: "page" }
  | { to: "folders" }
  | { to: "settings"; section: string; id: string }
  | { to: "list"; left: Left[] };

export type FolderNotice = {
  tone: "quiet" | "warn" | "stop";
  title: string;
  body: string | null;
  way: (Way & { label: string }) | null;
};

/** What is about the folder on this computer, not about the way or the server. */
const OF_FOLDER = ["folder-missing", "not-a-folder", "marker-missing", "foreign-marker"];
const OF_PAGE = ["terms-not-accepted", "password-expired", "plan-ended", "upgrade-pending"];
const OF_ROOM = ["quota", "no-space"];
/** What somebody settles in Attention, where its entry may still be on its way. */
const OF_SIGN_IN = ["no-password", "sign-in", "app-password-needed", "account-blocked", "certificate"];

export const isOfFolder = (reason: string | null) => reason !== null && OF_FOLDER.includes(reason);

export function noticeOf(standing: Standing, concerns: Concern[]): FolderNotice | null {
  // What concerns a whole account is told with the first of its folders.
  const isMine = ({ id, folder }: Concern) => folder === standing.folder || standing.questions.includes(id);
  const mine = concerns.filter(isMine);
  switch (stateOf(standing)) {
    case "stopped":
      return { ...ofState(standing), tone: "stop", way: answer(mine) ?? wayOf(standing.reason) };
    case "hindered":
      // Being offline needs no more words than the state has.
      if (standing.said.remedy === null && mine.length === 0) return null;
      return { ...ofState(standing), tone: "quiet", way: answer(mine) ?? wayOf(standing.reason) };
    case "needs-you":
      return needs(standing, mine);
    case "waiting":
      return waits(standing) ?? unwatched(standing);
    default:
      return unwatched(standing);
  }
}

const ofState = ({ said }: Standing) => ({ title: said.sentence, body: said.remedy });

const answer = (mine: Concern[]) =>
  mine.length === 0
    ? null
    : { to: "attention" as const, id: mine.length === 1 ? (mine[0]?.id ?? null) : null, label: say("way-answer") };

function wayOf(reason: string | null): FolderNotice["way"] {
  if (isOfFolder(reason)) return { to: "folders", label: say("folder-missing.action") };
  if (reason !== null && OF_PAGE.includes(reason)) return { to: "page", label: say("way-page") };
  if (reason !== null && OF_ROOM.includes(reason)) return { to: "page", label: say("quota-full.action") };
  if (reason !== null && OF_SIGN_IN.includes(reason)) return { to: "attention", id: null, label: say("way-answer") };
  const settings = mendedAt(reason);
  if (settings) return { to: "settings", ...settings, label: say("way-settings") };
  return { to: "retry", label: say("state-offline.action") };
}

function needs(standing: Standing, mine: Concern[]): FolderNotice {
  const only = mine.length === 1 ? mine[0] : undefined;
  const words = only ? { title: only.said.sentence, body: only.said.remedy } : ofState(standing);
  const way = answer(mine) ?? { to: "attention" as const, id: null, label: say("way-answer") };
  return { ...words, tone: "warn", way };
}

/** One notice for a cause, however many files it holds up. */
function waits(standing: Standing): FolderNotice | null {
  const blocking = standing.left.filter((left) => left.blocks);
  const first = blocking[0];
  if (!first) return standing.said.remedy === null ? null : { ...ofState(standing), tone: "quiet", way: null };
  const same = blocking.filter((left) => left.said.sentence === first.said.sentence);
  const title =
    blocking.length === 1
      ? say("waits-one", { path: first.path, sentence: first.said.sentence })
      : say("waits-many", { files: say("files", { n: blocking.length }), sentence: first.said.sentence });
  return {
    tone: "quiet",
    title,
    body:
      same.length === blocking.length ? first.said.remedy : say("waits-others", { n: blocking.length - same.length }),
    way:
      blocking.length === 1
        ? null
        : { to: "list", left: blocking, label: say("waits-list", { n: count(blocking.length) }) },
  };
}

const unwatched = ({ unwatched }: Standing): FolderNotice | null =>
  unwatched && { tone: "quiet", title: unwatched.sentence, body: unwatched.remedy, way: null };

/**
 * What holds up all folders of an account for the same reason is said once,
 * above them, and not again in each.
 */
export function common(standings: Standing[], concerns: Concern[]): FolderNotice | null {
  const first = standings[0];
  if (!first || standings.length < 2 || isOfFolder(first.reason)) return null;
  if (first.state !== "hindered" && first.state !== "stopped") return null;
  const same = standings.every(
    ({ state, reason, said }) =>
      state === first.state &&
      reason === first.reason &&
      said.sentence === first.said.sentence &&
      said.remedy === first.said.remedy,
  );
  if (!same) return null;
  const folders = new Set(standings.map((standing) => standing.folder));
  const mine = concerns.filter((concern) => folders.has(concern.folder));
  return noticeOf(
    first,
    mine.map((concern) => ({ ...concern, folder: first.folder })),
  );
}
