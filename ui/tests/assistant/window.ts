/** The window at the assistant, and what a test asks of it. */
import { afterEach } from "vitest";
import { page } from "vitest/browser";
import { $, firstStart } from "../fixtures/assistant";
import { words } from "../fixtures/words";
import { open, resize, type Window } from "../open";
import type { Scene } from "../program";

export const say = words("en");
let shown: Window | null = null;
afterEach(async () => {
  await shown?.close();
  shown = null;
});

export async function begin(more: Partial<Scene> = {}, at = "#assistant"): Promise<Window> {
  await resize("usual");
  shown = await open(firstStart(say, more), { at });
  return shown;
}

export const asked = (name: string) =>
  (shown?.asked ?? []).filter(([command]) => command === name).map(([, args]) => args);
export const heading = () => $("h1").textContent;
export const described = (field: HTMLElement) => {
  const ids = field.getAttribute("aria-describedby")?.split(" ") ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
};
export const field = (label: string) => page.getByLabelText(label, { exact: true }).element() as HTMLInputElement;
export const active = () => document.activeElement;
