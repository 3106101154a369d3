export * from "./pair";
export * from "./attention";
export * from "./assistant";
export * from "./settings";

import type { Said } from "./pair";

/** Why a command was refused: the one shape of every rejection. */
export type Refused = {
  /** A word for programs, as in docs/API.md; "internal" for what nobody foresaw. */
  code: string;
  said: Said;
  /** In English, for whoever helps; without secrets. */
  details: string | null;
  /** The field of the form that is at fault: address, login, password, place, name, value. */
  field: string | null;
};

/** Where the program wants the window to be. */
export type Goto = { view: "home" | "activity" | "attention" | "bring-back" | "settings" | "assistant"; id: string | null };
