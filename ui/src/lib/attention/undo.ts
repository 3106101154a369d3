/** Taking back what somebody decided; what cannot be taken back any more is refused, in the program's words. */
import * as commands from "../commands";
import type { Refused } from "../types";

/** Without an entry: the last decision in that folder. */
export async function takeBack(folder: string, entry: number | null): Promise<void> {
  const { done } = await commands.undo(folder, entry);
  const left = done.find((one) => one.reason !== null);
  if (!left) return;
  const refused: Refused = { code: left.reason ?? "failed", said: left.said, details: null, field: null };
  throw refused;
}
