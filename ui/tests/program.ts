/**
 * A program that answers as it is told to: a scene says what each command
 * answers, as a value or as a function of what was asked. A command that a
 * scene does not know is refused, and remembered as a mistake of the test.
 */
import { emit } from "@tauri-apps/api/event";
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import type * as commands from "../src/lib/commands";
import type * as T from "../src/lib/types";

type Answered<F> = F extends (...args: never[]) => Promise<infer R> ? R : never;
type Named = Omit<typeof commands, "on">;
/** `openPath` is the command `open_path`. */
type Answers = {
  [K in keyof Named]?:
    Answered<Named[K]> | ((args: Record<string, never>) => Answered<Named[K]> | Promise<Answered<Named[K]>>);
};
export type Scene = Answers &
  Pick<Required<Answers>, "overview" | "accounts" | "standings" | "preferences" | "concerns">;

export type Program = {
  /** What was asked, in order: the command as `commands.ts` calls it, and its arguments. */
  asked: [name: string, args: Record<string, unknown>][];
  unknown: string[];
  /** What the program tells by itself. */
  tell: (what: string, payload: unknown) => Promise<void>;
  end: () => void;
};

/** Those whose answer nobody looks at: they are done. */
const DONE = new Set(
  "sync pause resume openPath reveal openWeb openPage removeFolder hideWindow quit openLog abandon cancelBrowser answerBrake answerGate rename leaveOut signInAgain trustCertificate setOption setProxyPassword select setRules relocate removeAccount".split(
    " ",
  ),
);

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export const refused = (sentence: string, more: Partial<T.Refused> = {}): T.Refused => ({
  code: "refused",
  said: { sentence, remedy: null },
  details: null,
  field: null,
  ...more,
});

export function program(scene: Scene): Program {
  const told: Program = {
    asked: [],
    unknown: [],
    tell: async (what, payload) => {
      await emit(what, payload);
    },
    end: () => clearMocks(),
  };
  let preferences = scene.preferences as T.Preferences;
  const own: Record<string, (args: Record<string, unknown>) => unknown> = {
    preferences: () => preferences,
    prefer: ({ change }) => (preferences = { ...preferences, ...(change as Partial<T.Preferences>) }),
    ready: () => ({ view: "home", id: null }),
    hasTray: () => true,
  };
  mockIPC(
    (command, args) => {
      const name = camel(command);
      const given = (args ?? {}) as Record<string, unknown>;
      told.asked.push([name, given]);
      const answer = name in scene && name !== "preferences" ? scene[name as keyof Scene] : own[name];
      if (answer === undefined && DONE.has(name)) return null;
      if (answer === undefined) {
        told.unknown.push(name);
        throw refused(`No scene answers ${name}.`);
      }
      return typeof answer === "function" ? (answer as (args: Record<string, unknown>) => unknown)(given) : answer;
    },
    { shouldMockEvents: true },
  );
  return told;
}
