import { page } from "vitest/browser";
import { asides, CSV } from "../fixtures/asides";
import { picture } from "../fixtures/concerns";
import { base } from "../fixtures/scenes";
import { refused } from "../program";
import type { Words } from "../fixtures/words";
import type { Shot } from "./shot";

const back = (say: Words) => base(say, { asides: asides(), previewAside: { kind: "text", text: CSV, cut: false } });
const id = (number: number, folder: string) => `#bring-back?${new URLSearchParams({ id: `${number} ${folder}` })}`;

export const shots: Shot[] = [
  { name: "bring-back-full", at: "#bring-back", scene: back },
  { name: "bring-back-replaced", at: id(2, "/data/Field data 2026"), scene: back },
  {
    name: "bring-back-image",
    at: id(5, "/home/marie/Documents/Thesis"),
    scene: (say) =>
      base(say, {
        asides: asides(),
        previewAside: { kind: "image", data: picture("#bcd3e8", "#f0c35b"), width: 1600, height: 1050 },
      }),
  },
  { name: "bring-back-empty", at: "#bring-back", scene: (say) => base(say, { asides: [] }) },
  { name: "bring-back-none", at: "#bring-back?text=transsect", scene: (say) => base(say, { asides: [] }) },
  {
    name: "bring-back-failing",
    at: id(1, "/data/Field data 2026"),
    scene: (say) => ({
      ...back(say),
      bringBack: () => {
        throw refused(say("This computer’s disk is full.", "Le disque de cet ordinateur est plein."), { code: "disk" });
      },
    }),
    act: async () => {
      await page.getByRole("button", { name: /^Put back in|^Remettre à sa/ }).click();
    },
  },
  {
    name: "bring-back-question",
    at: "#bring-back",
    scene: back,
    act: async () => {
      await page.getByRole("button", { name: /^Delete all|^Tout supprimer/ }).click();
    },
  },
  {
    name: "bring-back-undo",
    at: "#bring-back",
    scene: (say) => ({ ...back(say), bringBack: "shared/protocol-v2.pdf" }),
    act: async () => {
      const button = page.getByRole("button", { name: /^Put back in|^Remettre à sa/ });
      if (!button.query()) await page.getByText("protocol-v2.pdf").click();
      await button.click();
    },
  },
];
