/** The assistant, as somebody goes through it: what is kept, and where. */
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { Plan, RemoteFolder } from "../../src/lib/types";
import { $, goOn, nested, otherClient, refusal, row, storage, toFolders } from "../fixtures/assistant";
import { settle } from "../open";
import { say, begin, asked, heading, described, field, active } from "./window";

const names = () => [...document.querySelectorAll("[role='row'] .text")].map((at) => at.textContent);
/** Numbers and units do not part at the end of a line. */
const plain = (text: string | null | undefined) => text?.replace(/[\u00a0\u202f]/g, " ").trim();
const spoken = (name: string) => plain(row(name).getAttribute("aria-label"));

test("the tree is one stop of the tab key, and the keys do everything in it", async () => {
  await begin();
  await toFolders();
  const stops = document.querySelectorAll("[role='treegrid'] [tabindex='0']");
  expect(stops).toHaveLength(1);
  row("Research Cloud").focus();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  await settle();
  expect(active()).toBe(row("Projects"));
  expect(row("Projects").getAttribute("aria-expanded")).toBe("false");
  await userEvent.keyboard("{ArrowRight}");
  await vi.waitFor(() => row("Raw video"));
  expect(row("Projects").getAttribute("aria-expanded")).toBe("true");
  await userEvent.keyboard("{ArrowRight}{ArrowDown}{ArrowDown} ");
  await settle();
  expect(active()).toBe(row("Raw video"));
  expect(spoken("Raw video")).toContain("on the server only");
  expect(spoken("Projects")).toBe("Projects, partly kept here, 22.1 of 61.0 GB, shared");
  await userEvent.keyboard("{ArrowLeft}");
  await settle();
  expect(active()).toBe(row("Projects"));
  await userEvent.keyboard("{ArrowLeft}");
  await settle();
  expect(names()).not.toContain("Raw video");
  await userEvent.keyboard("{End}");
  await settle();
  expect(active()).toBe(row("Thesis"));
  await userEvent.keyboard("{Home}");
  await settle();
  expect(active()).toBe(row("Research Cloud"));
  expect(row("Thesis").getAttribute("aria-posinset")).toBe("4");
  expect(row("Thesis").getAttribute("aria-setsize")).toBe("4");
});

test("what stays on the server is told below the tree", async () => {
  await begin();
  await toFolders();
  await expect.element(page.getByText("All folders come to this computer, later ones too.")).toBeVisible();
  row("Thesis").focus();
  await userEvent.keyboard(" ");
  await expect.element(page.getByText("One folder stays on the server only: Thesis")).toBeVisible();
});

test("a size that comes late is a row of dots until then, never 0", async () => {
  let counted = false;
  await begin({ remoteFolders: ({ path }) => storage(path, counted ? [] : ["/Projects"]) });
  await toFolders();
  const size = (name: string) => plain(row(name).querySelector(".size")?.textContent);
  expect([size("Projects"), size("Research Cloud"), size("Thesis")]).toEqual(["…", "…", "4.2 GB"]);
  expect(spoken("Projects")).toContain("Size not known yet");
  counted = true;
  await vi.waitFor(() => expect(size("Projects")).toBe("61.0 GB"), 5000);
  expect(size("Research Cloud")).toBe("74.9 GB");
});

test("a search reads on, shows the way, and Esc clears it and nothing else", async () => {
  await begin();
  await toFolders();
  await userEvent.fill($("[data-search]"), "raw");
  await vi.waitFor(() => expect(names()).toEqual(["Research Cloud", "Projects", "Raw video"]));
  await expect.element(page.getByText("Folders found: 1")).toBeVisible();
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(heading()).toBe("What should be on this computer?");
  await userEvent.keyboard("{Escape}");
  await settle();
  expect(names()).toHaveLength(5);
});

test("a new folder is made where the keys are; Esc keeps the name that was typed", async () => {
  await begin();
  await toFolders();
  row("Thesis").focus();
  await page.getByRole("button", { name: "New folder" }).click();
  await userEvent.keyboard("Drafts{Escape}");
  await settle();
  expect(asked("createRemoteFolder")).toEqual([]);
  await page.getByRole("button", { name: "New folder" }).click();
  expect(field("Name of the new folder in Thesis").value).toBe("Drafts");
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() => row("Drafts"));
  expect(asked("createRemoteFolder")).toEqual([{ session: "s1", path: "/Thesis/Drafts" }]);
});

test("folders that cannot be read say why, and are read again at a click", async () => {
  let up = false;
  await begin({
    remoteFolders: ({ path }): RemoteFolder[] | Promise<RemoteFolder[]> =>
      String(path) === "/" || up ? storage(path) : refusal("unreachable", "Nothing answers."),
  });
  await toFolders();
  row("Projects").focus();
  await userEvent.keyboard("{ArrowRight}");
  await expect.element(page.getByText("Nothing answers.", { exact: false })).toBeVisible();
  up = true;
  await page.getByRole("button", { name: "Try again" }).click();
  await vi.waitFor(() => row("Raw video"));
});

test("a folder in another one that is synced is refused at the place, and keeps one there", async () => {
  await begin({ examinePlace: nested(say) });
  await toFolders();
  await goOn();
  const place = field("Folder on this computer");
  expect(active()).toBe(place);
  expect(described(place)).toContain("which is synced already");
  expect(heading()).toBe("What should be on this computer?");
});

test("another disk is taken at a click, and the system's own window chooses any folder", async () => {
  await begin();
  await toFolders();
  await page.getByRole("button", { name: "Use Data (412 GB free)" }).click();
  await settle();
  expect(field("Folder on this computer").value).toBe("/media/data/Research Cloud");
  await page.getByRole("button", { name: "Change…" }).click();
  await settle();
  expect(field("Folder on this computer").value).toBe("/home/marie/Cloud");
  expect(asked("pickFolder")).toEqual([
    { title: "Choose the folder for Research Cloud", at: "/media/data/Research Cloud" },
  ]);
});

test("another client's folder is taken over with what it had chosen, and given back", async () => {
  await begin({ examinePlace: otherClient(say) });
  await toFolders();
  await goOn();
  expect(heading()).toBe("What should be on this computer?");
  await page.getByRole("button", { name: "Take it over" }).click();
  await expect.element(page.getByText("One folder stays on the server only: Raw video")).toBeVisible();
  await page.getByRole("button", { name: "Do not take it over" }).click();
  await expect.element(page.getByText("All folders come to this computer, later ones too.")).toBeVisible();
  await page.getByRole("button", { name: "Take it over" }).click();
  await settle();
  await goOn();
  await goOn();
  const [{ plan } = {}] = asked("finish") as { plan: Plan }[];
  expect(plan).toMatchObject({ take_over: true, place: "/home/marie/ownCloud", without: ["/Projects/Raw video"] });
});

test("a client that runs is quit first; then one looks again", async () => {
  let running = true;
  await begin({ examinePlace: () => otherClient(say, { running }) });
  await toFolders();
  expect(page.getByRole("button", { name: "Take it over" }).elements()).toEqual([]);
  running = false;
  await page.getByRole("button", { name: "Look again" }).click();
  await expect.element(page.getByRole("button", { name: "Take it over" })).toBeVisible();
});

test("kinds of files and rules of one's own are part of the plan", async () => {
  await begin();
  await toFolders();
  await page.getByRole("button", { name: "Change: Left out: temporary files" }).click();
  await page.getByRole("checkbox", { name: "Disk images" }).click();
  await userEvent.fill(field("Rules of your own"), "*.bak");
  await page.getByRole("button", { name: "Done" }).click();
  await expect
    .element(page.getByText("Left out: temporary files, disk images, 1 rule of your own", { exact: true }))
    .toBeVisible();
  await goOn();
  await goOn();
  const [{ plan } = {}] = asked("finish") as { plan: Plan }[];
  expect(plan?.rules).toContain("*.iso");
  expect(plan?.rules.at(-1)).toBe("*.bak");
});

test("one folder of the server alone is kept equal, if somebody wants that", async () => {
  await begin();
  await toFolders();
  await page.getByRole("button", { name: "From the server", exact: false }).click();
  await vi.waitFor(() => $("[role='dialog'] [role='row'][aria-level='2']"));
  await settle();
  expect(active()).toBe($("[role='dialog'] [role='row']"));
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}");
  await settle();
  await page.getByRole("button", { name: "Take this folder" }).click();
  await vi.waitFor(() => expect(names()).toEqual(["Projects", "Field data 2026", "Methods", "Raw video"]));
  await goOn();
  await goOn();
  const [{ plan } = {}] = asked("finish") as { plan: Plan }[];
  expect(plan?.remote_path).toBe("/Projects");
});
