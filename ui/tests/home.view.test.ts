/** The Home: what can be done from it, and how it follows what is told. */
import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { model, route } from "../src/lib/model";
import { conflict } from "./fixtures/activity";
import { account, FIELD, overview, progress, standing, THESIS } from "./fixtures/base";
import { base, empty, failing, full, MOVING, offline, paused, syncing } from "./fixtures/scenes";
import { NOW, words } from "./fixtures/words";
import { open, resize, settle, type Window } from "./open";
import { refused, type Scene } from "./program";

const say = words("en");
let shown: Window | null = null;
afterEach(async () => {
  await shown?.close();
  shown = null;
});

async function begin(scene: Scene): Promise<Window> {
  await resize("usual");
  shown = await open(scene);
  return shown;
}
const asked = (program: Window, ...names: string[]) => program.asked.filter(([name]) => names.includes(name));
const card = (name: string) => page.getByRole("article", { name });

test("the headline and the rest are the program's, unchanged", async () => {
  const program = await begin(syncing(say));
  await expect.element(page.getByRole("heading", { level: 1 })).toHaveTextContent("Syncing 412 files, 4 min left");
  await program.tell("overview", overview(say, { headline: "All is well", rest: "Nothing needs you." }));
  await expect.element(page.getByRole("heading", { level: 1 })).toHaveTextContent("All is well");
});

test("a pause lasts an hour, until tomorrow, or until it is resumed", async () => {
  const program = await begin(full(say));
  for (const name of ["For an hour", "Until tomorrow at 08:00", "Until I resume"]) {
    await page.getByRole("button", { name: "Pause for how long" }).click();
    await page.getByRole("menuitem", { name }).click();
    await settle();
  }
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const tomorrow = Date.UTC(2026, 10, 23, 7) / 1000 - NOW;
  // The clock of the test goes on while it presses.
  expect(asked(program, "pause").map(([, { seconds }]) => seconds)).toEqual([
    3600,
    expect.closeTo(tomorrow, -2),
    null,
    null,
  ]);
});

test("each state has its one action", async () => {
  const program = await begin(paused(say));
  await page.getByRole("button", { name: "Resume" }).click();
  await program.tell("overview", offline(say).overview);
  await page.getByRole("button", { name: "Try now" }).click();
  await settle();
  expect(asked(program, "resume", "sync")).toEqual([
    ["resume", { folder: null }],
    ["sync", { folder: null }],
  ]);
});

test("a pause that the surroundings made can be overruled", async () => {
  const scene = paused(say);
  const metered = standing(say, { state: "paused", reason: "metered" });
  await begin({ ...scene, standings: [metered] });
  await expect.element(page.getByRole("button", { name: "Sync anyway" })).toBeVisible();
});

test("the thread is named, and tells how far it is", async () => {
  await begin(syncing(say));
  await expect
    .element(card("Thesis").getByRole("img"))
    .toHaveAccessibleName(
      "Thesis: this computer ~/Documents/Thesis and server /Thesis, Up to date, checked 20\u00a0s ago",
    );
  const bar = card("Field data 2026").getByRole("progressbar", { name: /Field data 2026: this computer/ });
  await expect.element(bar).toHaveAttribute("aria-valuetext", "128 of 412 files, 4\u00a0min left");
  await expect.element(bar).toHaveAttribute("aria-valuenow", "33");
});

test("the buttons and the menu of a card are about its folder", async () => {
  const program = await begin(full(say));
  await page.getByRole("button", { name: "Open folder Thesis" }).click();
  await page.getByRole("button", { name: "Open Field data 2026 in the browser" }).click();
  const choose = async (item: string) => {
    await page.getByRole("button", { name: "More for Thesis" }).click();
    await page.getByRole("menuitem", { name: item }).click();
    await settle();
  };
  await choose("Pause this folder");
  await program.tell("standing", standing(say, { state: "paused" }));
  await settle();
  await choose("Resume this folder");
  await choose("Stop syncing this folder…");
  const question = page.getByRole("alertdialog");
  await expect.element(question).toMatchTextContent("Stop syncing Thesis here?");
  await expect.element(question.getByRole("button", { name: "Cancel" })).toHaveFocus();
  await question.getByRole("button", { name: "Stop syncing it" }).click();
  await settle();
  expect(asked(program, "openPath", "openWeb", "pause", "resume", "removeFolder")).toEqual([
    ["openPath", { folder: THESIS, path: null }],
    ["openWeb", { folder: FIELD, path: null }],
    ["pause", { folder: THESIS, seconds: null }],
    ["resume", { folder: THESIS }],
    ["removeFolder", { folder: THESIS }],
  ]);
  await choose("Choose what is kept here…");
  expect([route.view, route.query]).toEqual(["settings", { section: "folders", id: THESIS }]);
});

test("Esc at the question of removing changes nothing", async () => {
  const program = await begin(full(say));
  await page.getByRole("button", { name: "More for Thesis" }).click();
  await page.getByRole("menuitem", { name: "Stop syncing this folder…" }).click();
  await expect.element(page.getByRole("button", { name: "Cancel" })).toHaveFocus();
  await userEvent.keyboard("{Escape}");
  await settle();
  expect(asked(program, "removeFolder")).toEqual([]);
});

test("Ctrl O opens the folder of the card that has the focus", async () => {
  const program = await begin(full(say));
  (page.getByRole("button", { name: "More for Field data 2026" }).element() as HTMLElement).focus();
  await userEvent.keyboard("{Control>}o{/Control}");
  await settle();
  expect(asked(program, "openPath")).toEqual([["openPath", { folder: FIELD, path: null }]]);
});

test("a folder that is gone leaves, a new one comes", async () => {
  const program = await begin(full(say));
  await program.tell("gone", THESIS);
  await program.tell("standing", standing(say, { folder: "/home/marie/Music" }));
  await settle();
  expect(
    page
      .getByRole("article")
      .elements()
      .map((one) => one.getAttribute("aria-label")),
  ).toEqual(["Field data 2026", "Music"]);
});

test("work shows only after a second, and a file that is done leaves soon after", async () => {
  const program = await begin(full(say));
  const busy = (moving = MOVING) =>
    standing(say, {
      state: "syncing",
      since: NOW,
      said: { sentence: "Syncing", remedy: null },
      progress: progress({ moving }),
    });
  await program.tell("standing", busy());
  await settle();
  expect(card("Thesis").getByText("Syncing").query()).toBeNull();
  await expect.element(card("Thesis").getByText("Syncing"), { timeout: 3000 }).toBeVisible();
  await expect.element(card("Thesis").getByText("transect-04.tif"), { timeout: 3000 }).toBeVisible();
  await program.tell("standing", busy(MOVING.slice(1)));
  await settle();
  await expect.element(card("Thesis").getByText("640 of 640\u00a0MB")).toBeVisible();
  await vi.waitFor(() => expect(card("Thesis").getByText("transect-04.tif").query()).toBeNull(), { timeout: 3000 });
});

test("while nothing comes through it says so, with the seconds", async () => {
  await begin(base(say, { standings: [standing(say, { state: "syncing", progress: progress({ stalled: 34 }) })] }));
  await expect.element(card("Thesis").getByText("waiting for the server, 34\u00a0s")).toBeVisible();
});

test("a question leads to its entry of Attention", async () => {
  await begin({ ...failing(say), concerns: [{ ...conflict(say), folder: FIELD }] });
  await card("Field data 2026").getByRole("button", { name: "Answer now" }).click();
  expect([route.view, route.query]).toEqual(["attention", { id: "conflict-methods" }]);
});

test("equal on both sides and a file in two versions: the card says that it needs somebody", async () => {
  const one = { ...conflict(say), folder: THESIS };
  await begin(base(say, { concerns: [one], standings: [standing(say, { questions: [one.id] })] }));
  await expect.element(card("Thesis").getByText("Needs you", { exact: true })).toBeVisible();
  expect(
    card("Thesis")
      .getByText(/^Up to date/)
      .query(),
  ).toBeNull();
  await expect.element(card("Thesis").getByText("Two versions of methods.md")).toBeVisible();
  await card("Thesis").getByRole("button", { name: "Answer now" }).click();
  expect([route.view, route.query]).toEqual(["attention", { id: "conflict-methods" }]);
});

test("what waits is listed behind its notice", async () => {
  const left = ["a.txt", "b.txt"].map((path) => ({
    path,
    side: "local" as const,
    again: null,
    cause: "quiet",
    blocks: true,
    said: { sentence: "It is being saved.", remedy: null },
  }));
  await begin(base(say, { standings: [standing(say, { state: "waiting", left })] }));
  await page.getByRole("button", { name: "See all 2" }).click();
  await expect
    .element(page.getByRole("dialog", { name: "What waits" }))
    .toHaveAccessibleDescription(/goes on by itself/);
  expect(page.getByRole("dialog").getByRole("listitem").elements()).toHaveLength(2);
  await userEvent.keyboard("{Escape}");
  await expect.element(page.getByRole("button", { name: "See all 2" })).toHaveFocus();
});

test("the room on a server warns at 80 %, and more at 95 %, always in words", async () => {
  const at = (used: number) =>
    account({ name: `at ${used}`, title: `Cloud ${used}`, quota: { used, total: 100 * 1024 ** 2 } });
  await begin(base(say, { accounts: [79, 80, 95].map((share) => at(share * 1024 ** 2)) }));
  const bars = [...document.querySelectorAll(".quota .progress")].map((bar) => bar.className.split(" ").at(-1));
  expect(bars).toEqual(["accent", "warn", "stop"]);
  await expect.element(page.getByText("95.0 of 100\u00a0MB used, 5.0\u00a0MB free")).toBeVisible();
});

test("nothing is there yet: one way on, to the assistant", async () => {
  await begin(empty(say));
  await page.getByRole("button", { name: "Begin" }).click();
  expect(route.view).toBe("assistant");
});

test("a folder is added from an account that is there, or from another", async () => {
  await begin(full(say));
  await page.getByRole("button", { name: "Add a folder" }).click();
  await page.getByRole("menuitem", { name: "From Research Cloud…" }).click();
  expect([route.view, route.query]).toEqual(["assistant", { id: "research" }]);
});

test("a refused action says why, and the next one that works takes it away", async () => {
  let times = 0;
  await begin({
    ...full(say),
    pause: () => {
      times += 1;
      if (times === 1)
        throw { code: "busy", said: { sentence: "Not now.", remedy: "Wait a little." }, details: "EBUSY", field: null };
      return undefined as never;
    },
  });
  const pause = page.getByRole("button", { name: "Pause", exact: true });
  await pause.click();
  await expect.element(page.getByRole("alert").getByText("Not now. Wait a little.")).toBeVisible();
  await page.getByText("Details").click();
  await expect.element(page.getByText("busy: EBUSY")).toBeVisible();
  await pause.click();
  await vi.waitFor(() => expect(model.trouble).toBeNull());
});

test("an account leads to its settings", async () => {
  await begin(full(say));
  await page.getByRole("button", { name: "More for Research Cloud" }).click();
  await page.getByRole("menuitem", { name: "Settings of this account" }).click();
  await settle();
  expect([route.view, route.query]).toEqual(["settings", { section: "accounts", id: "research" }]);
  await vi.waitFor(() => expect(document.activeElement?.textContent).toContain("cloud.labo-example.org"));
});

test("a refusal that settings can mend leads there", async () => {
  await begin({
    ...full(say),
    sync: () => {
      throw refused("The proxy cannot be reached.", { code: "proxy-unreachable" });
    },
  });
  await page.getByRole("button", { name: /Check now$/ }).click();
  await page.getByRole("alert").getByRole("button", { name: "Open the settings" }).click();
  expect([route.view, route.query]).toEqual(["settings", { section: "network", id: "proxy" }]);
});
