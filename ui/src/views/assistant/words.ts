/** How a refusal is said, with the way out that the window itself can offer. */
import type { Folders } from "../../lib/assistant/folders.svelte";
import { KIND_NAMES, linesOf } from "../../lib/assistant/kinds";
import { nameOf } from "../../lib/assistant/path";
import { language } from "../../lib/language.svelte";
import { said, say } from "../../lib/texts";
import type { Recognised, Refused } from "../../lib/types";

export type Way = "portal" | "https" | "browser" | "server";
export type Sentence = {
  title: string;
  body: string | null;
  action: string | null;
  way: Way | null;
  tone: "quiet" | "warn" | "stop";
};

const plain = (refused: Refused): Sentence => {
  if (refused.code === "internal") return { ...said("setup-internal"), way: null, tone: "stop" };
  return { title: refused.said.sentence, body: refused.said.remedy, action: null, way: null, tone: "stop" };
};

/** Why an address is no server to go on with. */
export function ofServer(refused: Refused): Sentence {
  switch (refused.code) {
    case "portal":
      return { ...said("server-portal"), way: "portal", tone: "warn" };
    case "not-encrypted":
      return { ...said("server-not-encrypted"), action: say("setup-server-secure"), way: "https", tone: "stop" };
    case "sent-elsewhere":
    case "no-storage":
      return { ...plain(refused), action: say("server-portal.action"), way: "portal" };
    default:
      return plain(refused);
  }
}

/** Why nobody is signed in. */
export function ofSignIn(refused: Refused, server: Recognised): Sentence {
  const browser = server.ways.includes("browser");
  switch (refused.code) {
    case "sign-in": {
      const words = said("signin-wrong");
      const body = server.two_passwords ? words.body : refused.said.remedy;
      return { title: words.title, body, action: null, way: null, tone: "stop" };
    }
    case "second-factor":
    case "app-password-needed":
      return browser ? { ...said("signin-second-factor"), way: "browser", tone: "warn" } : plain(refused);
    case "password-expired":
      return { ...said("signin-expired"), way: "server", tone: "stop" };
    case "terms-not-accepted":
      return { ...said("signin-terms", { server: server.title }), way: "server", tone: "warn" };
    case "account-disabled":
      return { ...said("signin-disabled", { server: server.title }), action: null, way: null, tone: "stop" };
    default:
      return plain(refused);
  }
}

/** Anything else. */
export const ofRefusal = plain;

const lists = (items: string[]) => items.join(", ");

/** The names of folders: the first few of them, if there are many. */
export function nameList(paths: string[], most = 4): string {
  const names = paths.slice(0, most).map(nameOf);
  return lists(paths.length > most ? [...names, "…"] : names);
}

/** What is left out, in words. */
export function kindsWords(folders: Folders): string {
  const kinds = KIND_NAMES.filter((kind) => folders.kinds.has(kind)).map((kind) => lowered(say(`setup-kinds-${kind}`)));
  const own = linesOf(folders.own).length;
  return lists([
    say("setup-kinds-temporary"),
    ...kinds,
    ...(own > 0 ? [say("setup-kinds-own-count", { n: own })] : []),
  ]);
}

const lowered = (text: string) => text.charAt(0).toLocaleLowerCase(language.current) + text.slice(1);
