/** The frame around all views: its keys, where the focus goes, what is said to those who listen. */
import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { announcer, model, route, undoing } from "../src/lib/model";
import { empty, full, syncing } from "./fixtures/scenes";
import { overview } from "./fixtures/base";
import { words } from "./fixtures/words";
import { open, resize, settle, type Opening, type Window } from "./open";
import type { Overview } from "../src/lib/types";
import type { Scene } from "./program";

const say = words("en");
let shown: Window | null = null;
afterEach(async () => {
  await shown?.close();
  shown = null;
});

async function begin(scene: Scene = full(say), opening: Opening = {}): Promise<Window> {
  await resize("usual");
  shown = await open(scene, opening);
  return shown;
}

const heading = () => document.querySelector("h1");

test("the keys of the views lead there, and the focus goes to the heading", async () => {
  await begin();
  const keys = [
    ["2", "activity"],
    ["3", "attention"],
    ["4", "bring-back"],
    ["5", "settings"],
    ["1", "home"],
    [",", "settings"],
  ] as const;
  for (const [key, view] of keys) {
    await userEvent.keyboard(`{Control>}${key}{/Control}`);
    await settle();
    expect(route.view).toBe(view);
    expect(document.activeElement).toBe(heading());
  }
});

test("going back leads to the view before", async () => {
  await begin();
  route.go("activity", { text: "report" });
  route.go("settings");
  history.back();
  await vi.waitFor(() => expect(route.view).toBe("activity"));
  expect(route.query).toEqual({ text: "report" });
});

test("F5 checks now, Ctrl P pauses and resumes", async () => {
  const program = await begin();
  await userEvent.keyboard("{F5}");
  await userEvent.keyboard("{Control>}p{/Control}");
  await program.tell("overview", overview(say, { mood: "paused" }));
  await userEvent.keyboard("{Control>}p{/Control}");
  expect(program.asked.filter(([name]) => ["sync", "pause", "resume"].includes(name))).toEqual([
    ["sync", { folder: null }],
    ["pause", { folder: null, seconds: null }],
    ["resume", { folder: null }],
  ]);
});

test("F6 goes round the regions, and back", async () => {
  await begin();
  await userEvent.keyboard("{F6}");
  const inside = (selector: string) => document.activeElement?.closest(selector) !== null;
  expect(inside(".side")).toBe(true);
  await userEvent.keyboard("{F6}");
  expect(inside("main")).toBe(true);
  await userEvent.keyboard("{Shift>}{F6}{/Shift}");
  expect(inside(".side")).toBe(true);
});

test("without a tray, closing says so once, and that Navette runs all the same", async () => {
  const program = await begin();
  await program.tell("closing", "tray-none");
  const dialog = page.getByRole("alertdialog");
  await expect.element(dialog).toMatchTextContent(/This desktop shows no tray icons.*Navette runs all the same/s);
  await dialog.getByRole("button", { name: "Understood" }).click();
  await vi.waitFor(() => expect(program.asked.some(([name]) => name === "hideWindow")).toBe(true));
  expect(model.hasSeen("tray-none")).toBe(true);
});

test("closing is explained once, then the window hides; what is safe has the focus", async () => {
  const program = await begin(full(say), { preferences: { seen: [] } });
  await program.tell("closing", "close-once");
  await settle();
  const understood = page.getByRole("button", { name: "Understood" });
  await expect.element(understood).toHaveFocus();
  await understood.click();
  await vi.waitFor(() => expect(program.asked.map(([name]) => name)).toContain("hideWindow"));
  expect(model.hasSeen("close-once")).toBe(true);
  await userEvent.keyboard("{Control>}w{/Control}");
  await settle();
  expect(program.asked.filter(([name]) => name === "hideWindow")).toHaveLength(2);
});

test("Esc at the explanation is “Understood”, once", async () => {
  const program = await begin(full(say), { preferences: { seen: [] } });
  await program.tell("closing", "close-once");
  await settle();
  await userEvent.keyboard("{Escape}");
  await vi.waitFor(() => expect(program.asked.filter(([name]) => name === "hideWindow")).toHaveLength(1));
  expect(program.asked.map(([name]) => name)).not.toContain("quit");
});

test("quitting asks only while files are on their way, and the focus is on what is safe", async () => {
  const program = await begin(syncing(say));
  await userEvent.keyboard("{Control>}q{/Control}");
  await expect.element(page.getByRole("button", { name: "Keep syncing" })).toHaveFocus();
  expect(program.asked.map(([name]) => name)).not.toContain("quit");
  await userEvent.keyboard("{Escape}");
  await program.tell("overview", overview(say));
  await settle();
  await userEvent.keyboard("{Control>}q{/Control}");
  await vi.waitFor(() => expect(program.asked.map(([name]) => name)).toContain("quit"));
});

test("the theme and the language that are told are shown at once", async () => {
  const program = await begin();
  await program.tell("preferences", { ...model.preferences, theme: "dark", language: "fr" });
  await settle();
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(document.documentElement.lang).toBe("fr");
  await expect.element(page.getByRole("link", { name: "Réglages" })).toBeVisible();
});

test("the program says where to go, and what is open there", async () => {
  const program = await begin();
  await program.tell("goto", { view: "attention", id: "brake-1" });
  await settle();
  expect([route.view, route.query]).toEqual(["attention", { id: "brake-1" }]);
});

test("a notice of new files leads to what was done in their folder", async () => {
  const program = await begin({ ...full(say), activity: { entries: [], next: null } });
  await program.tell("goto", { view: "activity", id: "/data/Field" });
  expect([route.view, route.query]).toEqual(["activity", { folder: "/data/Field" }]);
});

test("where the program wants the window at first is where it opens", async () => {
  await begin({ ...empty(say), ready: { view: "assistant", id: null } });
  await vi.waitFor(() => expect(route.view).toBe("assistant"));
});

test("the number of what needs somebody is in the name of its place", async () => {
  await begin({ ...full(say), overview: overview(say, { mood: "needs-you", needing: 3 }) });
  await expect.element(page.getByRole("link", { name: "Attention, 3" })).toBeVisible();
});

test("a change of state is said to those who listen", async () => {
  const program = await begin();
  await program.tell("overview", overview(say, { mood: "offline", headline: "Offline since 09:14", rest: "" }));
  await settle();
  expect(announcer.text).toBe("Offline since 09:14");
});

test("how long ago it was checked is said anew every ten seconds, unless something newer was told", async () => {
  await resize("usual");
  let rest = 10;
  const scene = { ...full(say), overview: () => overview(say, { rest: `Checked ${(rest += 10)} s ago.` }) };
  shown = await open(scene, { clocks: "still" });
  await expect.element(page.getByText("Checked 20 s ago.").first()).toBeVisible();
  await vi.advanceTimersByTimeAsync(10_000);
  await settle();
  await expect.element(page.getByText("Checked 30 s ago.").first()).toBeVisible();
});

test("what was last told is not overtaken by an older answer", async () => {
  await resize("usual");
  let answer = (_: Overview) => {};
  const late = new Promise<Overview>((done) => (answer = done));
  let times = 0;
  const scene = { ...full(say), overview: () => ((times += 1) === 1 ? overview(say) : late) };
  shown = await open(scene, { clocks: "still" });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(times).toBe(2);
  await shown.tell("overview", overview(say, { headline: "Offline since 09:14", mood: "offline" }));
  answer(overview(say, { headline: "Everything is up to date" }));
  await settle();
  await expect.element(page.getByRole("heading", { level: 1, name: "Offline since 09:14" })).toBeVisible();
});

test("the focus goes back to where it was once what had it is gone", async () => {
  await begin();
  const before = page.getByRole("button", { name: "Open folder Thesis" });
  before.element().focus();
  undoing.offer("report.txt is back", () => {});
  await settle();
  page.getByRole("button", { name: "Undo" }).element().focus();
  await userEvent.keyboard("{Enter}");
  await expect.element(before).toHaveFocus();
});

test("Ctrl Z takes back the last action, and the bar goes", async () => {
  await begin();
  const undo = vi.fn();
  undoing.offer("report.txt is back", undo);
  await settle();
  await expect.element(page.getByText("report.txt is back")).toBeVisible();
  await userEvent.keyboard("{Control>}z{/Control}");
  await settle();
  expect(undo).toHaveBeenCalledOnce();
  expect(undoing.last).toBeNull();
});

test("what is refused is said at the top of the view", async () => {
  const said = { sentence: "Another program holds the folder.", remedy: null };
  const program = await begin({
    ...full(say),
    sync: () => Promise.reject({ code: "in-use", said, details: null, field: null }),
  });
  await userEvent.keyboard("{F5}");
  await expect.element(page.getByRole("alert")).toHaveTextContent(said.sentence);
  expect(program.unknown).toEqual([]);
});

test("little room makes the side bar a rail, and so does large text", async () => {
  await begin();
  const width = () => document.querySelector(".side")?.getBoundingClientRect().width;
  expect(width()).toBe(196);
  await resize("small");
  expect(width()).toBe(56);
  await resize("large");
  expect(width()).toBe(112);
});
