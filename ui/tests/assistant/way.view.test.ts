/** The assistant, as somebody goes through it: all the way, and back. */
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { route } from "../../src/lib/model";
import type { Plan } from "../../src/lib/types";
import { $, address, goOn, PLACE, refusal, row, toFolders } from "../fixtures/assistant";
import { entry, progress, standing } from "../fixtures/base";
import { full } from "../fixtures/scenes";
import { GB, MB } from "../fixtures/words";
import { settle } from "../open";
import { say, begin, asked, heading, field, active } from "./window";

test("back and forth keeps everything that was typed, ticked and chosen", async () => {
  await begin();
  await toFolders();
  row("Thesis").focus();
  await userEvent.keyboard(" ");
  await userEvent.fill(field("Folder on this computer"), "/data/Cloud");
  await goOn();
  expect(heading()).toBe("Ready to start");
  for (const title of ["What should be on this computer?", "Sign in to Research Cloud", "Where are your files?"]) {
    await page.getByRole("button", { name: "Back" }).click();
    await settle();
    expect(heading()).toBe(title);
    expect(active()).toBe($("h1"));
  }
  expect(field("Server address").value).toBe("cloud.research-example.org/index.php/apps/files");
  // Enter goes on from the heading, too, where the focus is after each step.
  for (let step = 0; step < 3; step += 1) {
    await page
      .getByRole("heading", { level: 1 })
      .element()
      .dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await settle();
  }
  expect(heading()).toBe("Ready to start");
  await expect.element(page.getByText("Not on this computer: Thesis")).toBeVisible();
  await goOn();
  const [{ plan } = {}] = asked("finish") as { plan: Plan }[];
  expect(plan).toMatchObject({ place: "/data/Cloud", without: ["/Thesis"], remote_path: "/", take_over: false });
  expect(asked("signInByBrowser")).toHaveLength(1);
});

test("every line of the summary leads to where it was chosen", async () => {
  await begin();
  await toFolders();
  await goOn();
  await page.getByRole("button", { name: "All folders are on this computer", exact: false }).click();
  await settle();
  expect(heading()).toBe("What should be on this computer?");
  await goOn();
  await page.getByRole("button", { name: "Marie Delmas on Research Cloud", exact: false }).click();
  await settle();
  expect(heading()).toBe("Sign in to Research Cloud");
});

test("starting with the session is chosen in the summary, and holds at once", async () => {
  await begin();
  await toFolders();
  await goOn();
  await page.getByRole("switch", { name: "Start Navette when I log in" }).click();
  await settle();
  expect(asked("prefer")).toEqual([{ change: { start_with_session: false } }]);
});

test("what stands in the way of beginning is told, and one may try again", async () => {
  let up = false;
  await begin({ finish: () => (up ? PLACE : refusal("unreachable", "Nothing answers.")) });
  await toFolders();
  await goOn();
  await goOn();
  await expect.element(page.getByRole("alert")).toHaveTextContent("Nothing answers.");
  up = true;
  await goOn();
  expect(heading()).toBe("Comparing both sides");
});

test("the steps lead back, and not ahead", async () => {
  await begin();
  await address();
  await page.getByRole("button", { name: "Folders" }).click({ force: true });
  expect(heading()).toBe("Sign in to Research Cloud");
  await page.getByRole("button", { name: /^Server/ }).click();
  await settle();
  expect(heading()).toBe("Where are your files?");
});

const syncing = standing(say, {
  folder: PLACE,
  state: "syncing",
  said: { sentence: "Syncing", remedy: null },
  recent: [entry({ folder: PLACE, verb: "fetched", path: "Thesis/chapter-2.docx" })],
  progress: progress({
    files: 4287,
    files_ended: 1630,
    bytes: 27 * GB,
    moved: 10.3 * GB,
    rate: 12.6 * MB,
    time_left: 1320,
  }),
});

test("the first sync shows what is told, what can be used already, and lets one leave at once", async () => {
  const program = await begin();
  await toFolders();
  await goOn();
  await goOn();
  expect(heading()).toBe("Comparing both sides");
  await program.tell("standing", syncing);
  await settle();
  expect(heading()).toBe("Bringing your files here");
  const bar = document.querySelector(".thread [role='progressbar']");
  expect(bar?.getAttribute("aria-valuetext")).toContain("1,630 of 4,287");
  await page.getByRole("button", { name: "Open chapter-2.docx" }).click();
  expect(asked("openPath")).toEqual([{ folder: PLACE, path: "Thesis/chapter-2.docx" }]);
  await page.getByRole("button", { name: "Pause" }).click();
  expect(asked("pause")).toEqual([{ folder: PLACE, seconds: null }]);
  await program.tell("standing", standing(say, { folder: PLACE, files: 4287 }));
  await settle();
  expect(heading()).toBe("Everything is here");
  await page.getByRole("button", { name: "Go to Home" }).click();
  await settle();
  expect(route.view).toBe("home");
  expect(asked("abandon")).toEqual([]);
});

test("whoever leaves before the end gives back what was signed in with", async () => {
  await begin({ accounts: full(say).accounts });
  await toFolders();
  await page.getByRole("button", { name: "Cancel" }).click();
  await vi.waitFor(() => expect(asked("abandon")).toEqual([{ session: "s1" }]));
  expect(route.view).toBe("home");
});

test("whoever quits gives it back, too", async () => {
  const program = await begin();
  await toFolders();
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: "Quit" }).click();
  await vi.waitFor(() => expect(asked("quit")).toHaveLength(1));
  const names = program.asked.map(([name]) => name);
  expect(names.indexOf("abandon")).toBeGreaterThan(0);
  expect(names.indexOf("abandon")).toBeLessThan(names.indexOf("quit"));
});

test("an account that is there gets a folder without signing in", async () => {
  await begin({ accounts: full(say).accounts }, "#assistant?id=research");
  await vi.waitFor(() => row("Thesis"));
  expect(asked("sessionOf")).toEqual([{ account: "research" }]);
  expect($("footer .at").textContent).toBe("Step 1 of 2");
  await goOn();
  await goOn();
  expect(asked("finish")).toHaveLength(1);
});
