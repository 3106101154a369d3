/** Leaving a path out, in a way that can be taken back. */
import * as commands from "../commands";
import { takenBack } from "../settings/lines";

/** Returns how to take it back: the line that came goes, others stay. */
export async function leaveOut(folder: string, path: string): Promise<() => Promise<void>> {
  const before = (await commands.rules(folder)).folder;
  await commands.leaveOut(folder, path);
  const after = (await commands.rules(folder)).folder;
  return async () => {
    const now = (await commands.rules(folder)).folder;
    await commands.setRules({ kind: "folder", path: folder }, takenBack(before, after, now));
  };
}
