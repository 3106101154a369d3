/**
 * Every state of every view in both themes and languages: axe finds nothing,
 * nothing is wider than the window, every command has an answer. With
 * NAVETTE_SHOTS (`npm run shots`) it is written down as a picture, too, in
 * `target/screenshots`.
 */
import { afterEach, describe, expect, inject, test } from "vitest";
import { page } from "vitest/browser";
import { model } from "../src/lib/model";
import { faults, overflows } from "./axe";
import { words, type Language } from "./fixtures/words";
import { open, resize, settle, SIZES, type Size, type Window } from "./open";
import type { Shot } from "./shots/shot";

const files = import.meta.glob<{ shots?: Shot[] }>("./shots/**/*.ts", { eager: true });
const shots = Object.values(files).flatMap((file) => file.shots ?? []);
const wanted = inject("shots");

let shown: Window | null = null;
afterEach(async () => {
  await shown?.close();
  shown = null;
});

async function look(shot: Shot, language: Language, theme: "light" | "dark"): Promise<void> {
  for (const size of Object.keys(SIZES) as Size[]) {
    await resize(size);
    expect(overflows(), size).toEqual([]);
    if (!wanted.write) continue;
    const path = `${wanted.folder}/${shot.name}-${language}-${theme}-${size}.png`;
    await page.screenshot({ path, element: document.documentElement });
  }
  await resize("usual");
}

for (const shot of shots.filter((shot) => shot.name.includes(wanted.only)))
  describe(shot.name, () => {
    for (const language of ["en", "fr"] as Language[])
      test(language, async () => {
        await resize("usual");
        shown = await open(shot.scene(words(language), language), { at: shot.at, preferences: { language } });
        await shot.act?.();
        await settle();
        expect(shown.unknown, "commands without an answer").toEqual([]);
        expect(await faults(), "axe, light").toEqual([]);
        await look(shot, language, "light");
        await shown.tell("preferences", { ...model.preferences, theme: "dark" });
        await settle();
        // In the other theme nothing differs but the colours.
        expect(await faults(["color-contrast"]), "axe, dark").toEqual([]);
        if (wanted.write) await look(shot, language, "dark");
      });
  });
