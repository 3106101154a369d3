/** What is chosen for the window alone: at once, with a way back. */
import { attempt, model, undoing } from "../model";
import { say } from "../texts";
import type { Preferences } from "../types";

export async function change<K extends keyof Preferences>(key: K, value: Preferences[K], what: string): Promise<void> {
  const before = model.preferences?.[key];
  if (before === undefined || before === value) return;
  const back = { [key]: before } as Partial<Preferences>;
  const done = await attempt(() => model.change({ [key]: value } as Partial<Preferences>));
  if (done) undoing.offer(say("settings-changed", { what }), () => model.change(back));
}
