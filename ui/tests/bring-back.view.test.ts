/** Bring back: finding, looking, putting back in its place or beside, taking that back, and emptying. */
import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { undoing } from "../src/lib/model";
import type { Aside } from "../src/lib/types";
import { aside, asides } from "./fixtures/asides";
import { FIELD } from "./fixtures/base";
import { base } from "./fixtures/scenes";
import { words } from "./fixtures/words";
import { open, resize, settle, type Window } from "./open";
import { refused, type Scene } from "./program";

const say = words("en");
let shown: Window | null = null;
afterEach(async () => {
  await shown?.close();
  shown = null;
});

async function begin(
  all: Aside[] | Scene["asides"] = asides(),
  more: Partial<Scene> = {},
  at = "#bring-back",
): Promise<Window> {
  await resize("usual");
  const scene = base(say, {
    asides: all as never,
    previewAside: { kind: "text", text: "as it was", cut: false },
    ...more,
  });
  shown = await open(scene, { at });
  return shown;
}
const asked = (name: string) => shown?.asked.filter(([one]) => one === name).map(([, args]) => args) ?? [];
const button = (name: string) => page.getByRole("button", { name, exact: true });

test("each row says until when, and the first one is looked at", async () => {
  await begin();
  await expect.element(page.getByRole("row").first()).toMatchTextContent(/protocol-v2\.pdf.*until 22 Dec/);
  await expect.element(page.getByText("as it was")).toBeVisible();
  await expect.element(page.getByText(/This is not a backup/)).toBeVisible();
});

test("arrows go through the list, and what is seen beside it follows", async () => {
  await begin();
  page.getByRole("row").first().element().focus();
  await userEvent.keyboard("{ArrowDown}");
  await settle();
  await expect.element(page.getByRole("heading", { level: 2, name: "soil-samples.csv" })).toBeVisible();
});

test("the search asks the program once somebody has stopped typing, and Esc clears it", async () => {
  await begin((({ text }: { text: string | null }) => (text === null ? asides() : [])) as never);
  const field = page.getByRole("searchbox", { name: "Name or folder" });
  await field.fill("transsect");
  await expect.element(page.getByText("Nothing put aside for “transsect”")).toBeVisible();
  expect(asked("asides").at(-1)).toEqual({ folder: null, text: "transsect" });
  await button("Show everything").click();
  await expect.element(page.getByRole("row").first()).toMatchTextContent(/protocol-v2/);
  await expect.element(field).toHaveValue("");
});

test("what is put back in its place leaves the list, and is taken back", async () => {
  let there = true;
  const one = aside(1, "shared/protocol-v2.pdf", { folder: FIELD, place_free: true });
  await begin((() => (there ? [one] : [])) as never, {
    bringBack: (() => {
      there = false;
      return "shared/protocol-v2.pdf";
    }) as never,
    undo: (() => {
      there = true;
      return { done: [], entry: null };
    }) as never,
  });
  await button("Put back in its place").click();
  await vi.waitFor(() => expect(undoing.last?.sentence).toBe("protocol-v2.pdf is back in shared."));
  expect(asked("bringBack")).toEqual([{ folder: FIELD, number: 1, where: "place" }]);
  expect(page.getByRole("row").query()).toBeNull();
  await button("Undo").click();
  await vi.waitFor(() => expect(asked("undo")).toEqual([{ folder: FIELD, entry: null }]));
  await expect.element(page.getByRole("row").first()).toMatchTextContent(/protocol-v2/);
});

test("where another version stands it is put beside that, and says so", async () => {
  await begin([aside(3, "methods.md", { place_free: false })], { bringBack: "methods (2).md" });
  expect(button("Put back in its place").query()).toBeNull();
  await button("Put beside, as a copy").click();
  await expect.element(page.getByText("methods (2).md is back in Thesis, beside the one that is there.")).toBeVisible();
});

test("a refusal is said beside the file, which stays", async () => {
  await begin([aside(1, "a.md", { place_free: true })], {
    bringBack: () => {
      throw refused("This computer’s disk is full.");
    },
  });
  await button("Put back in its place").click();
  await expect.element(page.getByRole("alert")).toMatchTextContent("disk is full");
  await expect.element(page.getByRole("row").first()).toBeVisible();
});

test("all is deleted for good only after a question with the number, the focus on what is safe", async () => {
  const all = [aside(1, "a.md"), aside(2, "b.md", { folder: FIELD })];
  await begin(all, { emptyAsides: 1 });
  await button("Delete all for good…").click();
  const dialog = page.getByRole("alertdialog");
  await expect.element(dialog).toMatchTextContent("Delete 2 files, 24 KB, for good?".replace("24 KB", "24.0 KB"));
  await expect.element(dialog.getByRole("button", { name: "Keep them" })).toHaveFocus();
  await userEvent.keyboard("{Escape}");
  await settle();
  expect(asked("emptyAsides")).toEqual([]);
  await button("Delete all for good…").click();
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await vi.waitFor(() => expect(asked("emptyAsides")).toHaveLength(2));
});

test("a view without anything says what will come here", async () => {
  await begin([]);
  await expect.element(page.getByText("Nothing put aside", { exact: true })).toBeVisible();
  expect(button("Delete all for good…").query()).toBeNull();
});

test("in a small window there is the list, or one file with a way back to where it was", async () => {
  await begin();
  await resize("small");
  const heading = page.getByRole("heading", { level: 2, name: "soil-samples.csv" });
  expect(heading.query()).toBeNull();
  page.getByRole("row").first().element().focus();
  await userEvent.keyboard("{ArrowDown}{Enter}");
  await settle();
  await expect.element(heading).toHaveFocus();
  expect(page.getByRole("searchbox").query()).toBeNull();
  await button("What was put aside").click();
  await settle();
  await expect.element(page.getByRole("row").nth(1)).toHaveFocus();
});
