/** Opens the window on a scene, as a person finds it: with its styles, its frame and its clock. */
import "../src/lib/styles/index.css";
import { mount, tick, unmount } from "svelte";
import { vi } from "vitest";
import { page } from "vitest/browser";
import App from "../src/App.svelte";
import { announcer, model, route, undoing } from "../src/lib/model";
import type { Preferences } from "../src/lib/types";
import { NOW } from "./fixtures/words";
import { program, type Program, type Scene } from "./program";

export type Window = Program & { close: () => Promise<void> };
export type Opening = {
  at?: string;
  preferences?: Partial<Preferences>;
  /** Clocks stand still until the test moves them (`vi.advanceTimersByTimeAsync`). */
  clocks?: "real" | "still";
};

/** In pixels, and what 100 % of text is. */
export const SIZES = {
  usual: { width: 960, height: 640, text: 100 },
  small: { width: 720, height: 480, text: 100 },
  large: { width: 960, height: 640, text: 200 },
} as const;
export type Size = keyof typeof SIZES;

export async function resize(size: Size): Promise<void> {
  const { width, height, text } = SIZES[size];
  document.documentElement.style.fontSize = `${text}%`;
  await page.viewport(width, height);
  window.dispatchEvent(new Event("resize"));
  await settle();
}

/** What was asked is answered, and what was answered is drawn. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await tick();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  }
}

export async function open(
  scene: Scene,
  { at = "#home", preferences = {}, clocks = "real" }: Opening = {},
): Promise<Window> {
  const still = clocks === "still" ? (["setInterval", "clearInterval"] as const) : [];
  vi.useFakeTimers({ toFake: ["Date", ...still], now: NOW * 1000 });
  document.documentElement.style.fontSize = "";
  Object.assign(model, { overview: null, accounts: null, standings: null, concerns: null, preferences: null });
  Object.assign(model, { closing: false, refused: null, trouble: null, now: NOW });
  undoing.dismiss();
  announcer.say("");
  history.replaceState(null, "", at);
  route.read();
  const told = program({ ...scene, preferences: { ...(scene.preferences as Preferences), ...preferences } });
  const target = document.createElement("div");
  target.id = "app";
  document.body.append(target);
  const app = mount(App, { target });
  await vi.waitFor(() => {
    if (!told.asked.some(([name]) => name === "ready")) throw new Error("The window has not asked yet.");
  });
  await settle();
  const close = async () => {
    await unmount(app);
    target.remove();
    vi.useRealTimers();
    await tick();
    told.end();
  };
  return { ...told, close };
}
