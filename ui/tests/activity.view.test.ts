/** The view of what was done: a long list that stays short, filters in the address, what comes meanwhile. */
import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { route } from "../src/lib/model";
import type { ActivityQuery, Entry } from "../src/lib/types";
import { answering, busy, conflict, entries, many } from "./fixtures/activity";
import { entry, FIELD, THESIS } from "./fixtures/base";
import { base } from "./fixtures/scenes";
import { NOW, words } from "./fixtures/words";
import { open, resize, settle, type Window } from "./open";
import { refused, type Scene } from "./program";

const say = words("en");
let shown: Window | null = null;
afterEach(async () => {
  await shown?.close();
  shown = null;
});

async function begin(scene: Scene, at = "#activity"): Promise<Window> {
  await resize("usual");
  shown = await open(scene, { at });
  await vi.waitFor(() => expect(document.querySelector("[role=grid] [role=row], .empty, [role=alert]")).not.toBeNull());
  await settle();
  return shown;
}
const long = (length: number) => base(say, { activity: answering(many(length)) as Scene["activity"] });
const grid = () => document.querySelector<HTMLElement>("[role=grid]") as HTMLElement;
const rows = () => [...document.querySelectorAll<HTMLElement>("[role=row][tabindex]")];
const queries = (program: Window) =>
  program.asked.filter(([name]) => name === "activity").map(([, { query }]) => query);

test("of a hundred thousand entries only what is seen is drawn, and pages come as the end comes near", async () => {
  const program = await begin(long(100_000));
  expect(queries(program)).toEqual([{ folder: null, verbs: [], text: null, since: null, next: null, limit: 200 }]);
  for (let turn = 1; turn <= 3; turn += 1) {
    grid().scrollTop = grid().scrollHeight;
    await vi.waitFor(() => expect(queries(program)).toHaveLength(turn + 1));
    await settle();
  }
  expect(queries(program).at(-1)).toMatchObject({ next: "600" });
  expect(rows().length).toBeLessThan(60);
  expect(Number(grid().getAttribute("aria-rowcount"))).toBeGreaterThan(700);
});

/** All that fits, in one page: as much as somebody has who went through all pages. */
const whole = (all: Entry[]) => {
  const answer = answering(all);
  const scene = ({ query }: { query: ActivityQuery }) => answer({ query: { ...query, limit: all.length } });
  return base(say, { activity: scene as unknown as Scene["activity"] });
};

/** The most rows that were there at once, while something was done. */
async function most(deed: () => Promise<void>): Promise<number> {
  let most = rows().length;
  const watch = new MutationObserver(() => (most = Math.max(most, rows().length)));
  watch.observe(document.body, { childList: true, subtree: true });
  await deed();
  watch.disconnect();
  return most;
}

test("a hundred thousand lines are gone through, filtered and searched with few rows at any time", async () => {
  await begin(whole(many(100_000)));
  const count = () => Number(grid().getAttribute("aria-rowcount"));
  const soon = (holds: () => void) => vi.waitFor(holds, 10_000);
  expect(count()).toBeGreaterThan(100_000);
  const drawn = await most(async () => {
    for (const part of [0.2, 0.4, 0.6, 0.8, 1]) {
      grid().scrollTop = grid().scrollHeight * part;
      await settle();
    }
    await soon(() => expect(rows().at(-1)?.textContent).toContain("file 99999.txt"));
    grid().scrollTop = 0;
    await soon(() => expect(rows()[0]?.textContent).toContain("file 0.txt"));
    rows()[0]?.focus();
    await userEvent.keyboard("{End}");
    await soon(() => expect(document.activeElement?.textContent).toContain("file 99999.txt"));
    route.show({ kind: "received" });
    await soon(() => expect(count()).toBeLessThan(50_000));
    route.show({ kind: null, text: "file 99998" });
    await soon(() => expect(rows()).toHaveLength(1));
    route.show({ text: null });
    await soon(() => expect(count()).toBeGreaterThan(100_000));
  });
  expect(drawn).toBeLessThan(60);
}, 60_000);

test("much that is done at once is shown a few times, not once for each", async () => {
  const program = await begin(whole(many(20_000)));
  let draws = 0;
  const watch = new MutationObserver(() => (draws += 1));
  watch.observe(grid(), { childList: true, subtree: true });
  for (let n = 1; n <= 60; n += 1)
    await program.tell("done", entry({ id: 200_000 + n, batch: null, at: NOW, path: `new ${n}.txt` }));
  await vi.waitFor(() => expect(rows()[0]?.textContent).toContain("new 60.txt"));
  watch.disconnect();
  expect(draws).toBeLessThan(30);
});

test("one stop of the keyboard; the arrows pass over the days", async () => {
  await begin(busy(say));
  expect(rows().filter((row) => row.tabIndex === 0)).toHaveLength(1);
  rows()[0]?.focus();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  await vi.waitFor(() => expect(document.activeElement?.textContent).toContain("soil-samples.xlsx"));
  await userEvent.keyboard("{End}");
  await vi.waitFor(() => expect(document.activeElement?.textContent).toContain("Étude-comparative"));
  await userEvent.keyboard("{Home}");
  await vi.waitFor(() => expect(document.activeElement?.textContent).toContain("transect-04.tif"));
});

test("Enter opens the file, its name does, and its folder is shown", async () => {
  const program = await begin(busy(say));
  rows()[0]?.focus();
  await userEvent.keyboard("{Enter}");
  await page.getByRole("button", { name: "methods.md", exact: true }).click();
  rows()[0]?.focus();
  await page.getByRole("button", { name: "Show transect-04.tif in its folder" }).click();
  await settle();
  expect(program.asked.filter(([name]) => ["openPath", "reveal"].includes(name))).toEqual([
    ["openPath", { folder: FIELD, path: "north/transect-04.tif" }],
    ["openPath", { folder: THESIS, path: "methods.md" }],
    ["reveal", { folder: FIELD, path: "north/transect-04.tif" }],
  ]);
});

test("filters stand in the address, and the address makes the filters", async () => {
  const program = await begin(busy(say), "#activity?kind=sent&since=today");
  await page.getByRole("button", { name: "Received" }).click();
  await userEvent.fill(page.getByRole("searchbox"), "soil");
  await vi.waitFor(() => expect(location.hash).toBe("#activity?kind=received&since=today&text=soil"));
  await vi.waitFor(() => expect(queries(program).at(-1)).toMatchObject({ text: "soil" }));
  await vi.waitFor(() => expect(rows()).toHaveLength(1));
  expect(queries(program)[0]).toMatchObject({ verbs: ["sent", "updated"], since: Date.UTC(2026, 10, 21, 23) / 1000 });
  route.show({ text: null });
  await vi.waitFor(() => expect(document.querySelector<HTMLInputElement>("[data-search]")?.value).toBe(""));
});

test("“/” leads to the search, Esc clears it, and nothing found has a way out", async () => {
  await begin(busy(say), "#activity?text=transsect");
  await expect.element(page.getByText("No entry for “transsect”")).toBeVisible();
  await userEvent.keyboard("/");
  expect(document.activeElement?.hasAttribute("data-search")).toBe(true);
  await userEvent.keyboard("{Escape}");
  await vi.waitFor(() => expect(rows().length).toBeGreaterThan(5));
  expect(location.hash).toBe("#activity");
});

test("what is done meanwhile comes in at the top; whoever reads further down is asked", async () => {
  const program = await begin(long(300));
  await program.tell("done", entry({ id: 1001, at: NOW, path: "first.txt" }));
  await vi.waitFor(() => expect(rows()[0]?.textContent).toContain("first.txt"));
  grid().scrollTop = 900;
  await settle();
  await program.tell("done", entry({ id: 1002, at: NOW, path: "second.txt" }));
  await program.tell("done", entry({ id: 1002, at: NOW, path: "second.txt" }));
  const fresh = page.getByRole("button", { name: "1 new entry" });
  await fresh.click();
  await vi.waitFor(() => expect(rows()[0]?.textContent).toContain("second.txt"));
  expect(grid().scrollTop).toBe(0);
});

test("what the filters leave out does not come in", async () => {
  const program = await begin(busy(say), "#activity?kind=received");
  await program.tell("done", entry({ id: 1001, at: NOW, path: "sent.txt", verb: "sent" }));
  await settle();
  expect(document.body.textContent).not.toContain("sent.txt");
});

test("a choice can be taken back from its line, and what cannot is said", async () => {
  const undone: unknown[] = [];
  const program = await begin({
    ...busy(say),
    undo: (args) => {
      undone.push(args);
      return {
        done: [{ path: "a", copy: "b", reason: "changed", said: { sentence: "It was changed since.", remedy: null } }],
        entry: null,
      };
    },
  });
  const chosen = entries(say).find(({ verb }) => verb === "kept-mine");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.element(page.getByRole("alert").getByText("It was changed since.")).toBeVisible();
  expect(undone).toEqual([{ folder: THESIS, entry: chosen?.id }]);
  expect(program.unknown).toEqual([]);
  await program.tell("done", entry({ id: 2000, at: NOW, verb: "undone", undoes: chosen?.id ?? null }));
  await settle();
  expect(page.getByRole("button", { name: "Undo" }).query()).toBeNull();
});

test("an open question is one step away, and so is what was put aside", async () => {
  await begin(busy(say));
  await page.getByRole("button", { name: "Compare" }).click();
  expect([route.view, route.query["id"]]).toEqual(["attention", conflict(say).id]);
  route.go("activity");
  await settle();
  await page.getByRole("button", { name: "Bring back" }).click();
  expect([route.view, route.query]).toEqual([
    "bring-back",
    { id: `7 ${FIELD}`, folder: FIELD, text: "protocol-v2.pdf" },
  ]);
});

test("a refusal says why, and asks again", async () => {
  let times = 0;
  await begin(
    base(say, {
      activity: () => {
        times += 1;
        if (times === 1) throw refused("What was done cannot be read.", { details: "database is locked" });
        return { entries: entries(say), next: null };
      },
    }),
  );
  await expect.element(page.getByRole("alert").getByText("What was done cannot be read.")).toBeVisible();
  await page.getByRole("button", { name: "Try now" }).click();
  await vi.waitFor(() => expect(rows().length).toBeGreaterThan(5));
});
