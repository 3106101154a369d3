/** What is shown as the state of a folder. Pure. */
import type { PairState, Standing } from "./types";

/**
 * Both sides may be equal, or wait for something that passes, while a question
 * is open (a file in two versions): then it is the question that is said, here
 * as in the tray and on the command line.
 */
export const stateOf = ({ state, questions }: Standing): PairState =>
  questions.length > 0 && (state === "up-to-date" || state === "waiting") ? "needs-you" : state;
